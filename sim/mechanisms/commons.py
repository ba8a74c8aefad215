"""Commons: what people make and share without a firm, with tools that get better and cheaper.

A commons creates value like a wholly open firm without employees (`creation`): its quality grows with its contributors,
and no one captures it. Its price is that of the materials; using it takes skill, tools or published files:

    tools(t) = 1 − (1 − T₀) exp(−γ_T t / 52),   hassle = z₀ (1 − k) (1 − tools) (1 − ease · files),

files being the largest share that a firm of the sector publishes. What firms publish raises the commons towards
their quality; part of the contributions to the commons flows back to a firm as far as its files are open.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

if TYPE_CHECKING:
    from sim.suppliers import Supplier

__all__ = ["COLUMNS", "SIGNALS", "CommonsParameters", "contributions_to", "learn_from_files", "tools_after"]

COLUMNS = ()

SIGNALS = ("hassle",)


class CommonsParameters(MechanismParameters):
    """Parameters of the commons of all sectors."""

    self_help: float = quantity(
        0.5,
        "score",
        0,
        1,
        "Human contact that the members of a commons give each other",
        "Contact humain que les membres d'un commun se donnent",
        symbol="φ_c",
    )
    feed: float = quantity(
        0.03,
        "rate",
        0,
        1,
        "Speed at which published files raise a commons towards the quality of their firm",
        "Vitesse à laquelle les fichiers publiés élèvent un commun vers la qualité de leur firme",
        symbol="κ_F",
        source="S4",
    )
    ease: float = quantity(
        0.4,
        "share",
        0,
        1,
        "Share of the hassle that fully published files take away",
        "Part de l'effort qu'ôtent des fichiers entièrement publiés",
        symbol="e_F",
    )
    return_flow: float = quantity(
        0.5,
        "share",
        0,
        1,
        "Share of the contributions to a commons that serve a firm whose files are all open",
        "Part des contributions à un commun qui servent une firme dont tous les fichiers sont ouverts",
        symbol="κ_c",
        source="S1",
    )
    launches: float = quantity(
        8.0,
        "per_year",
        0,
        520,
        "Ideas that a commons carries out in a year",
        "Idées qu'un commun réalise en un an",
    )


def tools_after(start: float, progress: float, weeks: float) -> float:
    """Return the level of tools, 0 to 1, some weeks after the start; `progress` is a year."""
    return 1 - (1 - start) * math.exp(-progress * weeks / 52)


def learn_from_files(quality: float, firms: Sequence[Supplier], p: CommonsParameters) -> float:
    """Return the quality of a commons after a week of learning from the best that firms of its sector publish."""
    best = max((firm.open_files * firm.true_quality for firm in firms if firm.alive), default=0.0)
    return quality + p.feed * max(0.0, best - quality)


def contributions_to(open_files: float, made: float, p: CommonsParameters) -> float:
    """Return the contributions to a commons (of `made` a week) that serve a firm with so open files."""
    return p.return_flow * open_files * made if p.enabled else 0.0
