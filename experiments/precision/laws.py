"""The laws of error of a figure, fitted to pilots of several sizes, and the law of cost.

With N consumers, the number that one future gives has mean m + c/N and variance a + b/N over futures:

- b/N is sampling: which consumers were drawn, and what each met with. More consumers lessen it, or more futures.
- a is luck that belongs to firms, causes and the market (ideas, defects that make the news, crises): it stays however
  many consumers there are, and only more futures lessen it.
- c/N is what small markets get wrong whatever the number of futures: few reviews, whole ideas, thin networks.

Variances are fitted by weighted least squares with weights (R − 1) / variance², iterated, which is the maximum of the
likelihood of sample variances of normal numbers [McCullagh and Nelder, Generalized Linear Models, 1989, ch. 8]; neither
a nor b may be negative. Means are fitted with weights R / variance. Intervals come from a bootstrap over futures
[Efron and Tibshirani, An Introduction to the Bootstrap, 1993]; where all sizes have as many futures, the same are drawn
at every size, because replicate r meets the same luck of firms whatever the size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from experiments.claims.effects import FEWEST

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Bounded", "CostLaw", "ErrorLaw", "fit_cost", "fit_error", "slope"]

RESAMPLES = 999
_SEED = 20
_TAILS = (2.5, 97.5)
_ROUNDS = 12  # of reweighting: the weights hardly change after five
_MISFIT = 3.0  # standard errors by which a logarithm of a variance may miss the law
_LEAST_EACH = 2e-8  # seconds a consumer-week: less is noise of small pilots, not speed


class Bounded(NamedTuple):
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class ErrorLaw:
    """How the number of one future spreads and how far it is off, against the number of consumers N.

    Attributes
    ----------
    level
        m, the mean that many consumers would give, in the figure's unit.
    bias
        c: the mean of N consumers is m + c/N.
    lasting, sampling
        a and b: the variance over futures is a + b/N, in squares of the figure's unit.
    sizes, replicates, means, variances
        What the laws were fitted to: one of each for every pilot.
    fits
        Whether every pilot's variance agrees with the law, within three standard errors of its logarithm.
    draws
        The bootstrap's (m, c, a, b), of shape (resamples, 4).
    """

    level: Bounded
    bias: Bounded
    lasting: Bounded
    sampling: Bounded
    sizes: tuple[int, ...]
    replicates: tuple[int, ...]
    means: tuple[float, ...]
    variances: tuple[float, ...]
    fits: bool
    draws: np.ndarray

    def variance(self, consumers: float) -> float:
        """Give the variance of one future with so many consumers."""
        return self.lasting.value + self.sampling.value / consumers

    def most_bias(self, consumers: float) -> float:
        """Give the largest bias that the interval of c allows, without its sign."""
        return max(abs(self.bias.low), abs(self.bias.high)) / consumers

    def clear_bias(self, consumers: float) -> float:
        """Give the bias with its sign; 0 where its interval includes 0."""
        return self.bias.value / consumers if self.bias.is_clear else 0.0

    def luck(self, consumers: float) -> float:
        """Give the share of the variance that no number of consumers removes; 0 where nothing varies."""
        whole = self.variance(consumers)
        return self.lasting.value / whole if whole > 0 else 0.0


@dataclass(frozen=True)
class CostLaw:
    """Seconds of one future: `start` + `each` × consumers × weeks, as an ensemble runs them here."""

    start: float
    each: float

    def seconds(self, consumers: float, weeks: int, replicates: float = 1) -> float:
        """Give the seconds of an ensemble."""
        return replicates * (self.start + self.each * consumers * weeks)


def fit_error(sizes: Sequence[int], numbers: Sequence[np.ndarray]) -> ErrorLaw | None:
    """Fit the laws of one number.

    Parameters
    ----------
    sizes
        Consumers of each pilot, two or more different ones.
    numbers
        For each pilot the number in each future, of shape (replicates,); NaN where it is not defined. Futures in which
        it is undefined are left out, of all pilots together where they have the same number of futures.

    Returns
    -------
    ErrorLaw or None
        None if fewer than five futures of a pilot, or fewer than half of them, have a value.
    """
    import numpy as np

    rows = [np.asarray(row, dtype=float) for row in numbers]
    is_joint = len({len(row) for row in rows}) == 1
    known = [np.isfinite(row) for row in rows]
    if is_joint:
        known = [np.logical_and.reduce(known)] * len(rows)
    if any(mask.sum() < max(FEWEST, mask.size / 2) for mask in known):
        return None
    rows = [row[mask] for row, mask in zip(rows, known, strict=True)]
    counts = np.array([len(row) for row in rows], dtype=float)
    means = np.array([row.mean() for row in rows])
    variances = np.array([_variance(row[None, :])[0] for row in rows])
    inverse = 1.0 / np.asarray(sizes, dtype=float)
    m, c, a, b = (float(x[0]) for x in _laws(inverse, means[None, :], variances[None, :], counts))
    luck = np.random.default_rng(_SEED)
    drawn_means, drawn_variances = np.empty((RESAMPLES, len(rows))), np.empty((RESAMPLES, len(rows)))
    picks = luck.integers(0, len(rows[0]), (RESAMPLES, len(rows[0])))
    for place, row in enumerate(rows):
        if not is_joint:
            picks = luck.integers(0, len(row), (RESAMPLES, len(row)))
        drawn = row[picks]
        drawn_means[:, place] = drawn.mean(axis=1)
        # A resample varies less than what it is drawn from, by (R − 1) / R.
        drawn_variances[:, place] = _variance(drawn) * len(row) / (len(row) - 1)
    draws = np.stack(_laws(inverse, drawn_means, drawn_variances, counts), axis=1)
    low, high = np.percentile(draws, _TAILS, axis=0)
    level, bias, lasting, sampling = (
        Bounded(v, float(x), float(y)) for v, x, y in zip((m, c, a, b), low, high, strict=True)
    )
    return ErrorLaw(
        level=level,
        bias=bias,
        lasting=lasting,
        sampling=sampling,
        sizes=tuple(sizes),
        replicates=tuple(int(count) for count in counts),
        means=tuple(means.tolist()),
        variances=tuple(variances.tolist()),
        fits=_fits(a + b * inverse, variances, drawn_variances),
        draws=draws,
    )


def fit_cost(sizes: Sequence[int], seconds: Sequence[float], weeks: int) -> CostLaw:
    """Fit the law of cost by least squares of relative deviations, neither term negative.

    Parameters
    ----------
    sizes, seconds
        Consumers, and seconds that one future of such an ensemble took.
    weeks
        That each future lasted.
    """
    import numpy as np

    took = np.maximum(np.asarray(seconds, dtype=float), 1e-9)
    work = np.asarray(sizes, dtype=float) * weeks
    start, each = _two(work, took[None, :], 1.0 / took[None, :] ** 2)
    return CostLaw(float(start[0]), max(float(each[0]), _LEAST_EACH))


def slope(sizes: Sequence[int], seconds: Sequence[float]) -> float:
    """Give the exponent of seconds against size: the slope of the least-squares line of their logarithms."""
    import numpy as np

    return float(np.polyfit(np.log(np.asarray(sizes, dtype=float)), np.log(np.asarray(seconds, dtype=float)), 1)[0])


def _variance(values: np.ndarray) -> np.ndarray:
    """Give sample variances along the second axis: 0 where all values are the same, without a rounding error."""
    import numpy as np

    return np.where(np.ptp(values, axis=1) == 0, 0.0, values.var(axis=1, ddof=1))


def _laws(
    inverse: np.ndarray, means: np.ndarray, variances: np.ndarray, counts: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Fit m, c, a and b to each row.

    Parameters
    ----------
    inverse, counts
        1/N and futures of each pilot, of shape (pilots,).
    means, variances
        Of shape (rows, pilots).
    """
    import numpy as np

    unit = variances.mean(axis=1, keepdims=True)
    unit = np.where(unit > 0, unit, 1.0)
    weights = np.broadcast_to(counts - 1, variances.shape)
    a, b = _two(inverse, variances / unit, weights)
    for _ in range(_ROUNDS):
        law = np.maximum(a[:, None] + b[:, None] * inverse, 1e-9)
        a, b = _two(inverse, variances / unit, weights / law**2)
    spread = np.maximum(a[:, None] + b[:, None] * inverse, 1e-9)
    m, c = _line(inverse, means, counts / spread)
    return m, c, a * unit[:, 0], b * unit[:, 0]


def _line(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit y = p + q x to each row by weighted least squares."""
    import numpy as np

    whole = weights.sum(axis=1)
    middle_x, middle_y = (weights * x).sum(axis=1) / whole, (weights * y).sum(axis=1) / whole
    away = x - middle_x[:, None]
    q = (weights * away * (y - middle_y[:, None])).sum(axis=1) / np.maximum((weights * away**2).sum(axis=1), 1e-300)
    return middle_y - q * middle_x, q


def _two(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit y = p + q x to each row like `_line`, with p and q not negative; all x are positive."""
    import numpy as np

    p, q = _line(x, y, weights)
    # Where one would be negative it is 0, and the other is fitted alone: with two terms that is the optimum.
    alone_p = (weights * y).sum(axis=1) / weights.sum(axis=1)
    alone_q = (weights * x * y).sum(axis=1) / (weights * x**2).sum(axis=1)
    return (
        np.where(q < 0, alone_p, np.where(p < 0, 0.0, p)),
        np.where(q < 0, 0.0, np.where(p < 0, alone_q, q)),
    )


def _fits(law: np.ndarray, variances: np.ndarray, drawn: np.ndarray) -> bool:
    """Tell whether variances (pilots,) agree with a law, judged by the scatter of resampled ones (rows, pilots)."""
    import numpy as np

    if not (variances > 0).all() or not (law > 0).all():
        return bool((variances == 0).all())
    scatter = np.log(np.maximum(drawn, 1e-300)).std(axis=0)
    return bool((np.abs(np.log(variances / law)) <= _MISFIT * np.maximum(scatter, 1e-9)).all())
