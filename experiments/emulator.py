"""Stand-ins for a market: each target statistic as a smooth function of the parameters, with its error and its luck.

A Gaussian process (Rasmussen and Williams 2006, ch. 2 and 5) of scikit-learn gives a statistic's mean over futures; a
gamma regression gives the variance of single futures about it; what is common to all points is how the luck of
statistics hangs together. Parameters are coordinates in the unit cube of the prior.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FEWEST_POINTS", "MOST_POINTS", "Emulator", "Fit", "UndefinedError", "fit_emulator", "one_thread"]

FEWEST_POINTS = 8
"""Points with a number, without which a statistic cannot be emulated."""
MOST_POINTS = 400
"""Points that an emulator learns from at most: work grows with their cube."""
_RESTARTS = 2
_SHORTEST, _LONGEST = 0.05, 30.0  # correlation lengths, in the unit cube
_LEAST_SPREAD = 1e-9
_PENALTY = 1e-2  # of the coefficients of log variance: a prior sd of some tens, so that few points do no harm
_MOST_BITE = 1e6  # luck is known to a millionth of a statistic's spread at best


class UndefinedError(ValueError):
    """A statistic has no value at too many points; `place` is its number."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


@contextmanager
def one_thread() -> Iterator[None]:
    """Do linear algebra in one thread: matrices are small, and the bits must not depend on the machine's cores."""
    # Only libraries that are there already are told: first those that bring their own threads.
    import scipy.linalg  # noqa: F401
    import sklearn.gaussian_process
    import sklearn.linear_model  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


@dataclass(frozen=True)
class Fit:
    """How well an emulator foretells points that it is not shown (leave-one-out, in closed form).

    Attributes
    ----------
    explained
        Share of the variance of the statistic's mean between points, the luck of the means taken out.
    error
        Root mean square error, luck taken out, in the statistic's unit.
    surprise
        Mean square of the errors over the variance that the emulator gives them: 1 where it knows how wrong it is.
    """

    explained: float
    error: float
    surprise: float


class Emulator:
    """All statistics over the unit cube.

    Parameters
    ----------
    processes
        For each statistic its kernel, points, solved residuals, inverse covariance, centre, scale and inflation.
    luck
        For each statistic the coefficients of its log variance.
    correlation
        (K, K) of the luck of statistics in one future.
    fits
        For each statistic.
    """

    def __init__(self, processes: list[_Process], luck: Floats, correlation: Floats, fits: list[Fit]) -> None:
        self._processes = processes
        self._luck = luck
        self.correlation = correlation
        self.fits = fits

    def predict(self, cube: Floats) -> tuple[Floats, Floats]:
        """Give each statistic's mean over futures, and the variance of the emulator's error.

        Parameters
        ----------
        cube
            (n, D), each coordinate in 0 to 1.

        Returns
        -------
        tuple of ndarray
            Two of shape (n, K), in the statistics' units and their squares.
        """
        means, variances = np.empty((2, len(cube), len(self._processes)))
        for k, process in enumerate(self._processes):
            means[:, k], variances[:, k] = process.predict(cube)
        return means, variances

    def luck(self, cube: Floats) -> Floats:
        """Give the variance of single futures about the mean, (n, K)."""
        return np.exp(_features(cube) @ self._luck.T)

    def covariance(self, cube: Floats) -> Floats:
        """Give the covariance of the luck of single futures, (n, K, K)."""
        spread = np.sqrt(self.luck(cube))
        return spread[:, :, None] * self.correlation * spread[:, None, :]


@dataclass(frozen=True)
class _Process:
    """One Gaussian process, ready to predict."""

    kernel: Any
    points: Floats
    solved: Floats
    inverse: Floats
    centre: float
    scale: float
    inflation: float

    def predict(self, cube: Floats) -> tuple[Floats, Floats]:
        if self.kernel is None:  # it never varied
            return np.full(len(cube), self.centre), np.zeros(len(cube))
        cross = self.kernel(cube, self.points)
        variance = self.kernel.diag(cube) - ((cross @ self.inverse) * cross).sum(axis=1)
        scale = self.scale**2 * self.inflation
        return self.centre + self.scale * (cross @ self.solved), scale * np.maximum(variance, 0.0)


def fit_emulator(cube: Floats, numbers: Floats, seed: int, nugget: bool = False) -> Emulator:
    """Learn from runs.

    Parameters
    ----------
    cube
        (n, D), the points.
    numbers
        (n, R, K), the statistics of every future; NaN where there is none.
    seed
        Of the search for correlation lengths.
    nugget
        Whether the luck of means is estimated with the process: where there is one future a point, it is not known
        otherwise.

    Returns
    -------
    Emulator
        Of all K statistics.

    Raises
    ------
    UndefinedError
        A statistic is undefined at too many points.
    """
    statistics = numbers.shape[2]
    known = np.isfinite(numbers)
    runs = known.sum(axis=1)  # (n, K)
    for k in range(statistics):
        if (runs[:, k] > 0).sum() < FEWEST_POINTS:
            raise UndefinedError(k)
    filled = np.where(known, numbers, 0.0)
    means = filled.sum(axis=1) / np.maximum(runs, 1)
    residuals = np.where(known, numbers - means[:, None, :], 0.0)
    spread = np.array([means[runs[:, k] > 0, k].std() for k in range(statistics)])
    features = _features(cube)
    luck = np.array(
        [_fit_luck(features, residuals[:, :, k], runs[:, k], spread[k]) for k in range(statistics)],
    )  # fmt: skip
    variances = np.exp(features @ luck.T)  # (n, K)
    correlation = _correlation(residuals / np.sqrt(variances)[:, None, :], known, runs)
    processes, fits = [], []
    for k in range(statistics):
        here = np.flatnonzero(runs[:, k] > 0)
        noise = variances[here, k] / runs[here, k]
        process, fit = _fit_process(cube[here], means[here, k], noise, seed, nugget)
        processes.append(process)
        fits.append(fit)
    return Emulator(processes, luck, correlation, fits)


def _features(cube: Floats) -> Floats:
    """Give what log variances are linear in: 1, each coordinate, and its square, centred."""
    centred = 2.0 * cube - 1.0
    return np.hstack([np.ones((len(cube), 1)), centred, centred**2 - 1.0 / 3.0])


def _fit_luck(features: Floats, residuals: Floats, runs: NDArray[np.int64], spread: float) -> Floats:
    """Fit log variance of single futures; sample variances follow gamma laws whose shape is half their freedom."""
    from sklearn.linear_model import GammaRegressor

    usable = runs > 1
    least = max(spread / _MOST_BITE, _LEAST_SPREAD) ** 2
    coefficients = np.zeros(features.shape[1])
    squares = (residuals[usable] ** 2).sum(axis=1)
    freedom = runs[usable] - 1.0
    mean = squares.sum() / max(freedom.sum(), 1.0)
    if mean <= least:
        coefficients[0] = np.log(least)
        return coefficients
    coefficients[0] = np.log(mean)
    sample = np.maximum(squares / freedom / mean, 1e-6)
    model = GammaRegressor(alpha=_PENALTY, max_iter=1000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a search that ends early: what it found is as good as the data
        model.fit(features[usable, 1:], sample, sample_weight=freedom)
    coefficients[0] += model.intercept_
    coefficients[1:] = model.coef_
    return coefficients


def _correlation(standard: Floats, known: NDArray[np.bool_], runs: NDArray[np.int64]) -> Floats:
    """Pool the luck of all points, shrunk (Ledoit and Wolf 2004) because there are few futures at each."""
    from sklearn.covariance import ledoit_wolf

    whole = known.all(axis=2) & (runs.min(axis=1) > 1)[:, None]
    rows = standard[whole]
    if len(rows) < 4:
        return np.eye(standard.shape[2])
    covariance, _ = ledoit_wolf(rows, assume_centered=True)
    sd = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    correlation = covariance / sd[:, None] / sd
    np.fill_diagonal(correlation, 1.0)
    return correlation


def _fit_process(points: Floats, means: Floats, noise: Floats, seed: int, nugget: bool) -> tuple[_Process, Fit]:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    centre, scale = float(means.mean()), float(means.std())
    if scale <= max(_LEAST_SPREAD * abs(centre), 1e-300):
        empty = np.empty(0)
        return _Process(None, points, empty, empty, centre, scale, 1.0), Fit(1.0, 0.0, 0.0)
    dimensions = points.shape[1]
    kernel = ConstantKernel(3.0, (1e-2, 1e4)) * Matern(np.full(dimensions, 1.0), (_SHORTEST, _LONGEST), nu=2.5)
    if nugget:
        kernel = kernel + WhiteKernel(1e-2, (1e-8, 1.0))
    wanted, error = (means - centre) / scale, noise / scale**2 + 1e-8
    model = GaussianProcessRegressor(kernel, alpha=error, n_restarts_optimizer=_RESTARTS, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a length at its bound is a parameter that does nothing: no news
        model.fit(points, wanted)
    inverse = _inverse(model.L_)
    # Rasmussen and Williams 2006, eq. 5.12: each point foretold from all others.
    missed = model.alpha_ / np.diag(inverse)
    surprise = float(np.mean(missed**2 * np.diag(inverse)))
    own = max(0.0, float(np.mean(missed**2 - error)))
    whole = max(1e-12, 1.0 - float(np.mean(error)))
    fit = Fit(max(0.0, 1.0 - own / whole), scale * own**0.5, surprise)
    process = _Process(model.kernel_, points, model.alpha_, inverse, centre, scale, max(1.0, surprise))
    return process, fit


def _inverse(lower: Floats) -> Floats:
    from scipy.linalg import cho_solve

    return np.asarray(cho_solve((lower, True), np.eye(len(lower))))
