"""Business clients: few, large and expert, where `population.clients` is "businesses".

The same volume of purchases comes from fewer clients: the population stands for H / order_size of them, and each
order is of order_size units. They are professionals: skill k becomes k + expertise · (1 − k). Off: all clients are
households.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

__all__ = ["COLUMNS", "BusinessParameters", "as_professionals"]

COLUMNS = ()


class BusinessParameters(MechanismParameters):
    """Parameters of business clients."""

    order_size: int = quantity(
        20, "units", 1, 10_000, "Units of an order of a business", "Unités d'une commande d'entreprise", source="S2"
    )
    expertise: float = quantity(
        0.6,
        "share",
        0,
        1,
        "Share of the lack of skill that professionals make up for",
        "Part du manque de compétence que comblent les professionnels",
        source="S2",
    )


def as_professionals(skill: NDArray[np.float32], p: BusinessParameters) -> NDArray[np.float32]:
    """Return the skill of professionals."""
    return skill + np.float32(p.expertise) * (np.float32(1) - skill)
