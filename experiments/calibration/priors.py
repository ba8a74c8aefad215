"""What is believed of a parameter before: a distribution within bounds, and its map from the unit interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field

from sim.quantities import Strict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Lognormal", "Loguniform", "Normal", "Prior", "Uniform"]

TAIL = 4.0
"""Standard deviations at which a normal prior ends unless bounds are given."""


class Uniform(Strict):
    """Every value between two bounds is as likely."""

    distribution: Literal["uniform"]
    low: float
    high: float

    def ends(self) -> tuple[float, float]:
        """Give the least and the largest value."""
        return self.low, self.high

    def value(self, cube: Floats) -> Floats:
        """Give the quantiles at levels in 0 to 1, the shape of `cube`."""
        return self.low + (self.high - self.low) * np.asarray(cube)


class Loguniform(Strict):
    """Every ratio is as likely: uniform in the logarithm."""

    distribution: Literal["loguniform"]
    low: float = Field(gt=0)
    high: float = Field(gt=0)

    def ends(self) -> tuple[float, float]:
        """Give the least and the largest value."""
        return self.low, self.high

    def value(self, cube: Floats) -> Floats:
        """Give the quantiles at levels in 0 to 1, the shape of `cube`."""
        found = self.low * (self.high / self.low) ** np.asarray(cube)
        return np.asarray(np.clip(found, self.low, self.high))


class Normal(Strict):
    """Normal with a mean and a standard deviation, cut at bounds (by default at four standard deviations)."""

    distribution: Literal["normal"]
    mean: float
    sd: float = Field(gt=0)
    low: float | None = None
    high: float | None = None

    def ends(self) -> tuple[float, float]:
        """Give the least and the largest value."""
        low = self.mean - TAIL * self.sd if self.low is None else self.low
        return low, self.mean + TAIL * self.sd if self.high is None else self.high

    def value(self, cube: Floats) -> Floats:
        """Give the quantiles at levels in 0 to 1, the shape of `cube`."""
        low, high = self.ends()
        return _cut_normal(np.asarray(cube), self.mean, self.sd, low, high)


class Lognormal(Strict):
    """Lognormal with a median and the standard deviation of its logarithm, cut as `Normal` is."""

    distribution: Literal["lognormal"]
    median: float = Field(gt=0)
    sigma: float = Field(gt=0, le=4)
    low: float | None = Field(None, gt=0)
    high: float | None = Field(None, gt=0)

    def ends(self) -> tuple[float, float]:
        """Give the least and the largest value."""
        low = self.median * math.exp(-TAIL * self.sigma) if self.low is None else self.low
        return low, self.median * math.exp(TAIL * self.sigma) if self.high is None else self.high

    def value(self, cube: Floats) -> Floats:
        """Give the quantiles at levels in 0 to 1, the shape of `cube`."""
        low, high = self.ends()
        logs = _cut_normal(np.asarray(cube), math.log(self.median), self.sigma, math.log(low), math.log(high))
        return np.asarray(np.clip(np.exp(logs), low, high))


Prior = Annotated[Uniform | Loguniform | Normal | Lognormal, Field(discriminator="distribution")]


def _cut_normal(cube: Floats, mean: float, sd: float, low: float, high: float) -> Floats:
    from scipy.special import ndtr, ndtri

    first, last = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
    return np.asarray(np.clip(mean + sd * ndtri(first + cube * (last - first)), low, high))


def settings_of(parameters: Any, cube: Floats) -> Mapping[str, float | int]:
    """Give the values of all keys at a point of the unit cube.

    Parameters
    ----------
    parameters
        Each with its `prior`, `keys`, and whether it is `whole`.
    cube
        (D,) coordinates.
    """
    found: dict[str, float | int] = {}
    for parameter, coordinate in zip(parameters, cube, strict=True):
        value = float(parameter.prior.value(coordinate))
        for key in parameter.keys:
            found[key] = round(value) if parameter.whole else value
    return found
