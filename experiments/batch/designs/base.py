"""What a design is: a table of an experiment file that turns factors into rows of values.

A design thinks in *levels*: numbers from 0 to 1, one a factor, which the factor turns into a value (the quantile of its
range at that level, or one of its listed values). `UNSET` in a row leaves the scenario's own value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
from pydantic import Field

from sim.quantities import Strict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.batch.factors import Factor

    Floats = NDArray[np.float64]

__all__ = ["UNSET", "Design", "DesignError", "RandomDesign", "Row"]

UNSET: Final = None
"""A factor that keeps the scenario's own value."""


class DesignError(ValueError):
    """A design cannot be made of these factors; the message is for the user.

    Attributes
    ----------
    at
        Path of the value that is wrong, below the table of the design or, if it begins with ``factor``, of the file.
    """

    def __init__(self, message: str, *at: str | int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(frozen=True)
class Row:
    """One setting of all factors.

    Attributes
    ----------
    values
        The value of each factor, or `UNSET`.
    levels
        (D,) levels from 0 to 1; empty where the design names values.
    """

    values: tuple[Any, ...]
    levels: tuple[float, ...] = ()


class Design(Strict):
    """A design; subclasses have a ``kind`` and give `levels`, or make their rows themselves."""

    kind: str

    needs_ranges: ClassVar[bool] = True
    """Whether every factor must say which values it can have."""

    def row_count(self, factors: Sequence[Factor]) -> int:
        """Count the rows, without making them where that is possible."""
        return len(self.make_rows(factors))

    def levels(self, factors: Sequence[Factor]) -> Floats:
        """Give levels from 0 to 1, (rows, D)."""
        raise NotImplementedError

    def make_rows(self, factors: Sequence[Factor]) -> list[Row]:
        """Give the rows in order.

        Raises
        ------
        DesignError
            The design cannot be made of these factors.
        """
        return [
            Row(tuple(factor.value(level) for factor, level in zip(factors, row, strict=True)), tuple(row))
            for row in self.levels(factors).tolist()
        ]

    def read_beside(self, folder: Path) -> Design:
        """Read the files that the design names, relative to the folder of the experiment; give it complete."""
        return self

    def problems(self, factors: Sequence[Factor]) -> Iterator[DesignError]:
        """Say what is wrong with the design for these factors, without making its rows."""
        return iter(())


class RandomDesign(Design):
    """A design with luck of its own."""

    seed: int = Field(1, ge=0, lt=2**63, description="Seed of the design; runs have their own")

    @property
    def random(self) -> np.random.Generator:
        """The source of the design's luck."""
        return np.random.default_rng(self.seed)
