"""The shape of ratings: J-shaped where those who feel strongly write, with one mode where everybody does."""

from __future__ import annotations

import numpy as np

from experiments.panel.data import Integers

__all__ = ["is_j_shaped", "modes", "rebinned"]

_SURE = 2.0
"""Standard errors by which a bin must lie above the lowest one since the last mode to begin another."""


def rebinned(counts: Integers, bins: int) -> Integers:
    """Add neighbouring bins up to so many."""
    return counts.reshape(bins, -1).sum(axis=1)


def modes(counts: Integers) -> int:
    """Count the modes of a histogram; a rise after a fall that chance could make is none."""
    found, is_rising, turn = 0, True, float(counts[0])
    for value in counts[1:].astype(float):
        margin = _SURE * np.sqrt(value + turn)
        if is_rising and value < turn - margin:
            found, is_rising, turn = found + 1, False, value
        elif not is_rising and value > turn + margin:
            is_rising, turn = True, value
        elif (is_rising and value > turn) or (not is_rising and value < turn):
            turn = value
    return found + is_rising


def is_j_shaped(stars: Integers) -> bool:
    """Tell whether ratings have a mode at each end, the higher one dominating, and none between."""
    worst, poor, _, good, best = stars.tolist()
    return bool(best > good and worst > poor and best > worst and modes(stars) == 2)
