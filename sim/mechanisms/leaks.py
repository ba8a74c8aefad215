"""Leaks: the gap between what a firm claims and what it does comes to light by itself, sooner or later.

In a week a firm with gap g springs a leak with probability 1 − exp(−rate · g · (1 + watch · attackers per head)): the
more militants look, the more is found. A leak puts the firm to shame by reach · g. If it is about a cause, it also
shows `reach` of the firm's real conduct on the cause where claim and conduct are farthest apart, and opens a crisis.
"""

from __future__ import annotations

import math

from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

__all__ = ["COLUMNS", "LeaksParameters", "leak_probability", "worst_cause"]

COLUMNS = ()


class LeaksParameters(MechanismParameters):
    """Parameters of leaks."""

    rate: float = quantity(
        0.02,
        "rate",
        0,
        1,
        "Hazard of a leak at a full gap between claim and conduct",
        "Risque de fuite à plein écart entre discours et actes",
        symbol="λ_l",
    )
    watch: float = quantity(
        50.0,
        "ratio",
        0,
        10_000,
        "How much militants who attack raise the hazard, per head",
        "Combien les militants qui attaquent élèvent le risque, par tête",
    )
    reach: float = quantity(
        0.5,
        "share",
        0,
        1,
        "Share of the truth that a leak shows",
        "Part de la vérité que montre une fuite",
    )


def leak_probability(p: LeaksParameters, gap: float, attackers_per_head: float) -> float:
    """Return the probability of a leak in a week."""
    return -math.expm1(-p.rate * gap * (1 + p.watch * attackers_per_head))


def worst_cause(proclaimed: list[float], conduct: list[float]) -> int | None:
    """Return the cause on which a firm claims most beyond its conduct; None where it claims no more than it does."""
    excess = [said - done for said, done in zip(proclaimed, conduct, strict=True)]
    most = max(excess, default=0.0)
    return excess.index(most) if most > 0 else None
