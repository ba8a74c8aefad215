"""Campaigns: for some weeks a firm makes a game of contributing and calls the public to it (the co-written film).

While it lasts, play rises by the campaign's play and the search for communities by its reach, both fading with
(1 − fatigue)^age as the novelty wears off. It costs a sum a week.
"""

from __future__ import annotations

from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

__all__ = ["COLUMNS", "SIGNALS", "CampaignsParameters", "novelty"]

COLUMNS = ()

SIGNALS = ("pull",)


class CampaignsParameters(MechanismParameters):
    """Parameters of campaigns."""

    fatigue: float = quantity(
        0.15,
        "rate",
        0,
        1,
        "Share of a campaign's novelty lost in a week",
        "Part de la nouveauté d'une opération perdue en une semaine",
        source="S2 (five weeks)",
    )


def novelty(p: CampaignsParameters, age: int) -> float:
    """Return what is left of a campaign's novelty after some weeks (0 in its first)."""
    return (1 - p.fatigue) ** age
