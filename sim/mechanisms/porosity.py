"""Porosity: firms spread into neighbouring sectors, and what people believe of them goes along.

A firm may have a line in another sector (`parent` in the scenario). It enters when its week has come, when the parent
can pay for the entry, and when the parent's community is large enough. At entry each consumer's beliefs about the line,
and its appeal, move by `carry_over` towards those about the parent; from then on both are drawn together by
`spillover` a week, and members of the parent's community are at home with the line. The line draws on the parent's
community, and its profit and loss are the parent's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.compiling import compiled
from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

if TYPE_CHECKING:
    from sim.agents import Firm

__all__ = ["COLUMNS", "PorosityParameters", "may_enter", "spill_over"]

COLUMNS = ()


class PorosityParameters(MechanismParameters):
    """Parameters of the porosity between sectors."""

    carry_over: float = quantity(
        0.5,
        "share",
        0,
        1,
        "Share of beliefs and appeal that a line takes over from its firm at entry",
        "Part des croyances et de l'attrait qu'une ligne reprend à sa firme à l'entrée",
        symbol="κ_0",
        source="S0",
    )
    spillover: float = quantity(
        0.02,
        "rate",
        0,
        1,
        "Share of the difference between beliefs about a firm and its line that goes in a week",
        "Part de l'écart de croyances entre une firme et sa ligne qui disparaît en une semaine",
        symbol="κ_l",
        source="S0",
    )
    interest: float = quantity(
        0.0,
        "share",
        0,
        1,
        "Members of its community, per head of population, that a firm needs before it spreads",
        "Membres de sa communauté, par tête, qu'il faut à une firme pour s'étendre",
    )


_HALF = np.float32(0.5)


@compiled
def spill_over(line, parent, share):
    """Draw the beliefs of a tile about a line and its firm together: each goes half of `share` of the way."""
    for lane in range(line.size):
        step = _HALF * share * (parent[lane] - line[lane])
        line[lane] = line[lane] + step
        parent[lane] = parent[lane] - step


def may_enter(parent: Firm, entry_cost: float, members_per_head: float, p: PorosityParameters) -> bool:
    """Tell whether a firm can spread: it lives, can pay the entry in full, and its community is large enough."""
    return bool(p.enabled and parent.alive and parent.cash >= 100 * entry_cost and members_per_head >= p.interest)
