"""Who went where: flows of consumers between suppliers from one week to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboards.market.recording import NOBODY, Recording

__all__ = ["Flows", "flows"]


@dataclass(frozen=True)
class Flows:
    """Consumers by the supplier that was their last, in one week and in another.

    Attributes
    ----------
    places : tuple of int
        Suppliers of the sector by their place, then `NOBODY`: who has not bought yet.
    people : float array, shape (places, places)
        People by where they were (rows) and where they are (columns); who stayed is on the diagonal.
    """

    places: tuple[int, ...]
    people: NDArray[np.float64]

    @property
    def moved(self) -> float:
        """People who had a supplier and have another one."""
        inner = self.people[:-1, :-1]
        return float(inner.sum() - np.trace(inner))


def flows(recording: Recording, sector: int, first: int, last: int) -> Flows:
    """Count the flows of one sector between two weeks, 0 being the start.

    Raises
    ------
    IndexError
        A week that was not lived.
    """
    if not 0 <= first <= last <= recording.weeks:
        raise IndexError(f"weeks go from 0 to {recording.weeks}, not from {first} to {last}")
    places = (*recording.in_sector(sector), NOBODY)
    where = np.full(256, len(places) - 1)
    where[list(places)] = np.arange(len(places))
    channel = recording.channels[f"supplier.{sector}"]
    pairs = where[channel[first]] * len(places) + where[channel[last]]
    counts = np.bincount(pairs, minlength=len(places) ** 2).reshape(len(places), -1)
    return Flows(places, counts.astype(np.float64) * recording.weight)
