"""The posterior of a toy whose exact posterior is known on a grid."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.calibration.inference import (
    AVERAGED,
    Aim,
    chosen_apart,
    distances,
    log_likelihood,
    sample,
    sobol,
    temper,
    widened,
)
from experiments.emulator import fit_emulator, one_thread
from tests.experiments.calibration import toy


@pytest.mark.slow
def test_the_posterior_is_near_the_exact_one():
    # Three observations, 80 points of 2 futures each. Means within half a standard deviation of the exact posterior's
    # (0.15 was measured on average), standard deviations within a third.
    for seed in (1, 2, 3):
        random = np.random.default_rng([11, seed])
        seen = toy.observed(random.random(toy.DIMENSIONS), random)
        grid, weights = toy.posterior(seen)
        mean = weights @ grid
        sd = np.sqrt(weights @ (grid - mean) ** 2)
        found = toy.closed_in(seen, seed)
        assert np.abs(found.cube.mean(axis=0) - mean).max() < 0.5 * sd.max()
        assert found.cube.std(axis=0) == pytest.approx(sd, rel=1 / 3)
        assert found.effective > 200


def test_the_likelihood_counts_measurement_luck_and_the_emulators_error():
    emulator = toy.learnt(64, 1)
    cube = np.array([[0.3, 0.5, 0.7]])
    means, errors = emulator.predict(cube)
    seen = means[0] + np.array([0.1, 0.0, -0.1, 0.0, 0.05])
    covariance = emulator.covariance(cube)[0] + np.diag(errors[0] + toy.ERROR**2)
    missed = seen - means[0]
    wanted = -0.5 * missed @ np.linalg.solve(covariance, missed) - 0.5 * np.linalg.slogdet(covariance)[1]
    assert log_likelihood(emulator, toy.aim_of(seen), cube)[0] == pytest.approx(wanted, rel=1e-6)


def test_a_mean_over_many_futures_has_little_luck():
    emulator = toy.learnt(64, 1)
    cube = np.array([[0.3, 0.5, 0.7]])
    means, errors = emulator.predict(cube)
    aim = Aim(means[0], means[0], toy.ERROR, np.full(toy.STATISTICS, AVERAGED))
    covariance = AVERAGED**2 * emulator.covariance(cube)[0] + np.diag(errors[0] + toy.ERROR**2)
    assert log_likelihood(emulator, aim, cube)[0] == pytest.approx(-0.5 * np.linalg.slogdet(covariance)[1], rel=1e-6)


def test_within_a_band_nothing_is_better():
    aim = Aim(np.array([1.0]), np.array([3.0]), np.array([0.0]))
    assert aim.missed(np.array([[0.5], [1.0], [2.0], [3.5]])).ravel().tolist() == [-0.5, 0.0, 0.0, 0.5]


def test_what_no_point_comes_near_counts_less():
    numbers = np.array([[[1.0, 5.0]], [[2.0, 6.0]], [[3.0, np.nan]]])
    aim = Aim(np.array([2.1, 9.0]), np.array([2.1, 9.0]), np.array([0.1, 0.1]))
    assert widened(aim, numbers, np.full((3, 2), 1e-4)).sd == pytest.approx([0.1, np.hypot(0.1, 3.0)])
    means, scaled = distances(aim, numbers, np.full((3, 2), 1e-4))
    assert np.isnan(means[2, 1])
    assert scaled[1, 0] == pytest.approx(0.1 / np.sqrt(0.01 + 2e-4))


def test_a_point_that_is_known_exactly_is_sampled_all_the_same():
    cube = sobol(2, 32, 1)
    numbers = np.repeat((cube @ [1.0, 2.0])[:, None, None], 2, axis=1)
    with one_thread():
        emulator = fit_emulator(cube, numbers, 1)
        for wanted in (0.5, 50.0):
            aim = Aim(np.array([wanted]), np.array([wanted]), np.array([1e-7]))
            assert np.isfinite(sample(emulator, aim, 2, 1).cube).all()


def test_a_flattened_likelihood_leaves_the_share_that_is_asked_for():
    values = -0.5 * (np.linspace(-50, 50, 4001)) ** 2
    power = temper(values, 0.2)
    weight = np.exp(power * (values - values.max()))
    assert weight.sum() ** 2 / (weight**2).sum() / len(values) == pytest.approx(0.2, rel=1e-6)
    assert temper(values, 0.0) == 1.0


def test_chains_find_both_of_two_modes():
    # One statistic, u (1 - u), is 0.16 at u = 0.2 and at u = 0.8: both ends hold half of the posterior (tolerance 0.15,
    # some 100 independent draws at least).
    cube = sobol(1, 32, 1)
    numbers = (cube * (1 - cube))[:, None, :] + 0.002 * np.random.default_rng(1).standard_normal((32, 2, 1))
    with one_thread():
        found = sample(fit_emulator(cube, numbers, 1), Aim(*np.array([[0.16], [0.16], [0.004]])), 1, 1)
    low, high = (np.abs(found.cube - 0.2) < 0.06).mean(), (np.abs(found.cube - 0.8) < 0.06).mean()
    assert low + high > 0.95
    assert low == pytest.approx(0.5, abs=0.15)


def test_the_same_seed_gives_the_same_sample():
    emulator, aim = toy.learnt(32, 2), toy.aim_of(np.zeros(toy.STATISTICS))
    with one_thread():
        first, second, other = (sample(emulator, aim, 3, seed, brief=True).cube for seed in (5, 5, 6))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_points_of_a_wave_lie_apart():
    candidates = np.random.default_rng(1).random((1000, 2))
    known = np.array([[0.5, 0.5]])
    chosen = chosen_apart(candidates, known, 8, 1)
    everything = np.concatenate([known, chosen])
    gaps = np.linalg.norm(everything[:, None] - everything, axis=2) + 9 * np.eye(9)
    assert gaps.min() > 0.2
