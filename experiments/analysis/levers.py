"""What a search may decide: numbers, whole numbers and choices, as coordinates of a unit cube."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Choice", "Lever", "Number", "WholeNumber", "decided", "features", "sampled"]


@dataclass(frozen=True)
class Number:
    """Any number between two, in the lever's unit."""

    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse an empty range."""
        if not self.low < self.high:
            raise ValueError(f"there is nothing to decide between {self.low} and {self.high}")


@dataclass(frozen=True)
class WholeNumber:
    """Any whole number between two, both included."""

    low: int
    high: int

    def __post_init__(self) -> None:
        """Refuse an empty range."""
        if not self.low < self.high:
            raise ValueError(f"there is nothing to decide between {self.low} and {self.high}")


@dataclass(frozen=True)
class Choice:
    """One of so many options, coded 0, 1, ..."""

    options: int

    def __post_init__(self) -> None:
        """Refuse a choice of one."""
        if self.options < 2:
            raise ValueError(f"{self.options} options are no choice")


Lever = Number | WholeNumber | Choice


def decided(cube: Floats, levers: Sequence[Lever]) -> Floats:
    """Give decisions (n, L) in the levers' units for coordinates (n, L) of the unit cube; each option has its share."""
    found = np.empty_like(cube)
    for place, lever in enumerate(levers):
        column = cube[:, place]
        if isinstance(lever, Number):
            found[:, place] = lever.low + column * (lever.high - lever.low)
        else:
            low, count = (0, lever.options) if isinstance(lever, Choice) else (lever.low, lever.high - lever.low + 1)
            found[:, place] = low + np.minimum(np.floor(column * count), count - 1)
    return found


def features(decisions: Floats, levers: Sequence[Lever]) -> Floats:
    """Give what an emulator sees of decisions (n, L): ranges as 0 to 1, and 0 or 1 for each option of a choice."""
    columns: list[Floats] = []
    for place, lever in enumerate(levers):
        column = decisions[:, place]
        if isinstance(lever, Choice):
            columns.extend((column == code).astype(float) for code in range(lever.options))
        else:
            columns.append((column - lever.low) / (lever.high - lever.low))
    return np.stack(columns, axis=1)


def sampled(count: int, dimensions: int, seed: int) -> Floats:
    """Give the first points of a scrambled Sobol' sequence, (count, dimensions)."""
    from scipy.stats import qmc

    power = int(np.ceil(np.log2(max(count, 2))))
    drawn = qmc.Sobol(dimensions, rng=np.random.default_rng(seed)).random_base2(power)
    return np.asarray(drawn[:count], dtype=float)
