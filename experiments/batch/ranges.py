"""Distributions of factors: those of calibration, and whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from experiments.calibration.priors import Lognormal, Loguniform, Normal, Uniform
from sim.quantities import Strict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Integer", "Range"]


class Integer(Strict):
    """Every whole number between two bounds, both included, is as likely."""

    distribution: Literal["integer"]
    low: int
    high: int

    def ends(self) -> tuple[float, float]:
        """Give the least and the largest value."""
        return float(self.low), float(self.high)

    def value(self, cube: Floats) -> Floats:
        """Give the quantiles at levels in 0 to 1, the shape of `cube`."""
        return np.asarray(np.minimum(self.low + np.floor(np.asarray(cube) * (self.high - self.low + 1)), self.high))


Range = Annotated[Uniform | Loguniform | Normal | Lognormal | Integer, Field(discriminator="distribution")]
"""What a factor's values are drawn from."""
