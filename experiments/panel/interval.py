"""An estimate and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Interval:
    """An estimate and its 95 % interval."""

    value: float
    low: float
    high: float


def percentiles(value: float, sample: list[float]) -> Interval:
    """Give a value with the middle 95 % of a sample; unknown bounds if there is none."""
    if not sample:
        return Interval(float(value), float("nan"), float("nan"))
    low, high = np.nanpercentile(sample, [2.5, 97.5])
    return Interval(float(value), float(low), float(high))
