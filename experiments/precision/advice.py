"""The cheapest ensemble that knows a number well enough.

The error of the mean of R futures of N consumers is |c|/N + 1.96 √((a + b/N) / R): a bias, counted where its interval
excludes 0, and a 95 % interval of chance. Bias is hidden from whoever looks at one ensemble; so at most a third of the
allowed error is left to it, taken at the end of its interval. Fewer than five futures are never advised: they could not
show how uncertain they are themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.claims.effects import FEWEST

if TYPE_CHECKING:
    from experiments.precision.laws import CostLaw, ErrorLaw

__all__ = ["FEWEST", "MOST", "NORMAL", "Advice", "Need", "cheapest", "error_at", "futures_needed", "sizes_between"]

NORMAL = 1.959964
"""Standard errors in half a 95 % interval."""
MOST = 100_000
"""Futures that one run can have."""
BIAS_PART = 1 / 3
"""Part of the allowed error that is left to bias."""
_STEPS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
_TAILS = (2.5, 97.5)


@dataclass(frozen=True)
class Need:
    """A number's laws, and the error with which it should be known, in its unit."""

    law: ErrorLaw
    error: float


@dataclass(frozen=True)
class Advice:
    """An ensemble.

    Attributes
    ----------
    consumers, replicates
        N and R.
    fewest, most
        95 % interval of the replicates needed with so many consumers: pilots know variances roughly.
    seconds
        What it would take here.
    """

    consumers: int
    replicates: int
    fewest: int
    most: int
    seconds: float


def error_at(law: ErrorLaw, consumers: float, replicates: float) -> float:
    """Give the error of the mean of an ensemble: its clear bias and half its 95 % interval of chance."""
    return abs(law.clear_bias(consumers)) + NORMAL * math.sqrt(law.variance(consumers) / replicates)


def futures_needed(need: Need, consumers: float) -> int | None:
    """Give the replicates with which a number is known well enough; None if bias may take too much of the error."""
    law = need.law
    if law.most_bias(consumers) > BIAS_PART * need.error:
        return None
    chance = need.error - abs(law.clear_bias(consumers))
    return _whole(law.variance(consumers), chance)


def sizes_between(low: int, high: float) -> Iterator[int]:
    """Give round numbers of consumers from `low` to `high`, `low` first."""
    yield low
    for power in range(int(math.log10(low)), int(math.log10(max(high, low))) + 1):
        for step in _STEPS:
            size = round(step * 10**power)
            if low < size <= high:
                yield size


def cheapest(needs: Sequence[Need], cost: CostLaw, weeks: int, low: int, high: float) -> Advice | None:
    """Choose the ensemble that meets all needs in the least time.

    Parameters
    ----------
    needs
        What is to be known; one or more.
    cost, weeks
        What futures take, and how long they last.
    low, high
        Least and most consumers: below the smallest pilot the laws were not seen.

    Returns
    -------
    Advice or None
        None if no ensemble of at most `MOST` replicates does it.
    """
    best: Advice | None = None
    for size in sizes_between(low, high):
        wanted = [futures_needed(need, size) for need in needs]
        known = [one for one in wanted if one is not None]
        replicates = max(FEWEST, *known, 0)
        if len(known) < len(wanted) or replicates > MOST:
            continue
        seconds = cost.seconds(size, weeks, replicates)
        if best is None or seconds < best.seconds:
            best = Advice(size, replicates, *_range(needs, size), seconds)
    return best


def _range(needs: Sequence[Need], consumers: int) -> tuple[int, int]:
    import numpy as np

    ends = []
    for need in needs:
        _, _, a, b = need.law.draws.T
        chance = need.error - abs(need.law.clear_bias(consumers))
        low, high = np.percentile(a + b / consumers, _TAILS)
        ends.append([max(FEWEST, _whole(float(x), chance)) for x in (low, high)])
    return max(low for low, _ in ends), max(high for _, high in ends)


def _whole(variance: float, chance: float) -> int:
    """Give the futures whose mean has half an interval of `chance` at most."""
    # The tolerance keeps what is a whole number but for rounding.
    return 0 if variance <= 0 else math.ceil(NORMAL**2 * variance / chance**2 * (1 - 1e-12))
