"""Designs that fill the space of the factors evenly: Latin hypercubes and Sobol' points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from experiments.batch.designs.base import DesignError, RandomDesign
from experiments.text import say

if TYPE_CHECKING:
    from experiments.batch.designs.base import Floats
    from experiments.batch.factors import Factor

__all__ = ["LatinHypercube", "Sobol", "nearest_powers", "sobol_points"]

MOST_ROWS = 1_000_000


class LatinHypercube(RandomDesign):
    """As many strata a factor as there are rows, each with one row (McKay, Beckman and Conover 1979)."""

    kind: Literal["latin_hypercube"]
    size: int = Field(ge=2, le=MOST_ROWS, description="Rows")

    def row_count(self, factors: Sequence[Factor]) -> int:
        """Give the number of rows."""
        return self.size

    def levels(self, factors: Sequence[Factor]) -> Floats:
        """Give levels, (size, D)."""
        from scipy.stats import qmc

        return qmc.LatinHypercube(len(factors), rng=self.random).random(self.size)


class Sobol(RandomDesign):
    """Scrambled Sobol' points (Sobol' 1967, Owen 1998): more even than a Latin hypercube in several factors at once."""

    kind: Literal["sobol"]
    size: int = Field(ge=2, le=MOST_ROWS, description="Rows, a power of two")

    def row_count(self, factors: Sequence[Factor]) -> int:
        """Give the number of rows."""
        return self.size

    def problems(self, factors: Sequence[Factor]) -> Iterator[DesignError]:
        """Refuse sizes at which the points are not even."""
        yield from power_of_two(self.size)

    def levels(self, factors: Sequence[Factor]) -> Floats:
        """Give levels, (size, D)."""
        return sobol_points(len(factors), self.size, self)


def sobol_points(dimensions: int, count: int, design: RandomDesign) -> Floats:
    """Give `count` scrambled Sobol' points, (count, dimensions)."""
    from scipy.stats import qmc

    return qmc.Sobol(dimensions, rng=design.random).random_base2(count.bit_length() - 1)


def power_of_two(size: int) -> Iterator[DesignError]:
    """Refuse a size that is no power of two."""
    if size & (size - 1):
        below, above = nearest_powers(size)
        yield DesignError(say("batch.file.power_of_two", below=below, above=above), "size")


def nearest_powers(size: int) -> tuple[int, int]:
    """Give the powers of two around a number."""
    return 1 << (size.bit_length() - 1), 1 << size.bit_length()
