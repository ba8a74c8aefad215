"""Offers: sold, rented by the use, or by subscription; some prefer the use of a good to its possession.

For a rented or subscribed offer, utility gains use_weight · (2u − 1), u being the consumer's preference for use over
possession; who subscribed to the last supplier stays more easily (renewal). One rental wears out a part of a good, so
its unit cost is that part of the good's.
"""

from __future__ import annotations

import numpy as np

from sim.columns import Column
from sim.compiling import compiled
from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

__all__ = ["COLUMNS", "SIGNALS", "OffersParameters", "add_use", "wear_of"]

COLUMNS = (Column("use_preference", "number", None, "share", "preference for use over possession", 0.5),)

SIGNALS = ("is_use", "renews")


class OffersParameters(MechanismParameters):
    """Parameters of the modes in which a firm offers its goods."""

    use_weight: float = quantity(
        1.5,
        "utility",
        0,
        50,
        "Utility of use without possession to those who prefer it fully (lost by those who prefer possession)",
        "Utilité de l'usage sans possession pour qui le préfère tout à fait (perdue par qui préfère posséder)",
        symbol="β_u",
        source="S4",
    )
    renewal: float = quantity(
        0.8,
        "utility",
        0,
        50,
        "Utility of staying with one's subscription",
        "Utilité de garder son abonnement",
        symbol="β_r",
    )
    wear: float = quantity(
        0.25,
        "share",
        0,
        1,
        "Share of a good that one rental wears out",
        "Part d'un bien qu'une location use",
        symbol="w_r",
    )


_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_TWO = np.float32(2.0)


@compiled
def add_use(utility, use_preference, supplier, firm, code, p):
    """Add to the utility of one supplier what it means to use its goods rather than to own them."""
    if firm.is_use > _ZERO:
        renewal = p.renewal * firm.renews
        for lane in range(utility.size):
            leaning = _TWO * use_preference[lane] - _ONE
            stays = renewal if supplier[lane] == code else _ZERO
            utility[lane] = utility[lane] + p.use_weight * leaning + stays


def wear_of(p: OffersParameters, mode: str) -> float:
    """Return the share of a good that one unit of an offer uses up: all of it, or what a rental wears out."""
    return p.wear if p.enabled and mode == "rent" else 1.0
