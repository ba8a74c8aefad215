"""A market whose answers are known: smooth means of three parameters, luck that goes with one of them."""

from __future__ import annotations

import numpy as np

from experiments.calibration.inference import Aim, chosen_apart, sample, sobol
from experiments.emulator import fit_emulator, one_thread

DIMENSIONS, STATISTICS = 3, 5
ERROR = np.full(STATISTICS, 0.05)
_WEIGHTS = np.random.default_rng(0).standard_normal((STATISTICS, 8)) * 0.5
CORRELATION = 0.4 ** np.abs(np.subtract.outer(np.arange(STATISTICS), np.arange(STATISTICS)))


def means(cube):
    terms = np.column_stack([cube, cube**2, cube[:, 0] * cube[:, 1], np.sin(4 * cube[:, 2])])
    return terms @ _WEIGHTS.T


def luck(cube):
    return 0.03 + 0.06 * cube[:, 0]


def runs(cube, replicates, random):
    """Give (n, replicates, K) futures."""
    lower = np.linalg.cholesky(CORRELATION)
    standard = random.standard_normal((len(cube), replicates, STATISTICS)) @ lower.T
    return means(cube)[:, None, :] + luck(cube)[:, None, None] * standard


def observed(truth, random):
    """Give what is measured of one future at a point (D,)."""
    return runs(truth[None], 1, random)[0, 0] + ERROR * random.standard_normal(STATISTICS)


def posterior(seen, points=60):
    """Give the exact posterior on a grid: points (n, D) and their weights."""
    steps = (np.arange(points) + 0.5) / points
    first, second = (x.ravel() for x in np.meshgrid(steps, steps, indexing="ij"))
    grid, weights = [], []
    for value in steps:
        cube = np.column_stack([np.full(len(first), value), first, second])
        covariance = luck(cube[:1])[0] ** 2 * CORRELATION + np.diag(ERROR**2)
        lower = np.linalg.cholesky(covariance)
        missed = np.linalg.solve(lower, (seen - means(cube)).T)
        grid.append(cube)
        weights.append(-0.5 * (missed**2).sum(axis=0) - np.log(np.diag(lower)).sum())
    logs = np.concatenate(weights)
    shares = np.exp(logs - logs.max())
    return np.concatenate(grid), shares / shares.sum()


def learnt(points, seed, replicates=2):
    """Give an emulator of an even design."""
    cube = sobol(DIMENSIONS, points, seed)
    with one_thread():
        return fit_emulator(cube, runs(cube, replicates, np.random.default_rng(seed)), seed)


def aim_of(seen):
    return Aim(seen, seen, ERROR)


def closed_in(seen, seed, points=32, waves=3, wave_points=16):
    """Calibrate as a study does, and give the sample."""
    random = np.random.default_rng([seed, 9])
    cube = sobol(DIMENSIONS, points, seed)
    numbers = runs(cube, 2, random)
    with one_thread():
        for wave in range(waves + 1):
            emulator = fit_emulator(cube, numbers, seed)
            if wave == waves:
                return sample(emulator, aim_of(seen), DIMENSIONS, seed)
            share = (0.2, 0.05)[wave] if wave < 2 else 0.0
            found = sample(emulator, aim_of(seen), DIMENSIONS, seed + wave, share=share, brief=True)
            more = chosen_apart(found.cube, cube, wave_points, seed + wave)
            cube = np.concatenate([cube, more])
            numbers = np.concatenate([numbers, runs(more, 2, random)])
    raise AssertionError
