"""Emulators find again the functions that made the numbers, and know how wrong they are."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.calibration.inference import sobol
from experiments.emulator import UndefinedError, fit_emulator, one_thread
from tests.experiments.calibration import toy


def test_means_and_their_errors_are_foretold():
    # 64 points of 2 futures; 500 new points. The mean of 2 x 64 futures of luck 0.06 knows a smooth surface of some 10
    # terms to about 0.06 sqrt(10 / 128) = 0.017; tolerance a factor of 2. Of standardised errors, 95 % lie within 2:
    # between 85 % and 100 %, as errors of neighbouring points are alike.
    emulator = toy.learnt(64, 1)
    cube = np.random.default_rng(2).random((500, toy.DIMENSIONS))
    means, errors = emulator.predict(cube)
    missed = means - toy.means(cube)
    assert np.sqrt((missed**2).mean()) < 0.034
    assert 0.85 < (np.abs(missed) < 2 * np.sqrt(errors)).mean() <= 1.0
    assert all(fit.explained > 0.9 for fit in emulator.fits)
    assert all(0.4 < fit.surprise < 2.0 for fit in emulator.fits)


def test_luck_and_how_it_hangs_together_are_found():
    # 256 points of 4 futures: 768 degrees of freedom. With 7 coefficients a standard deviation is known to 7 % or so on
    # average, at corners to 12 %; tolerance two of these, a correlation to 0.036, tolerance 0.12.
    emulator = toy.learnt(256, 3, replicates=4)
    cube = np.random.default_rng(4).random((50, toy.DIMENSIONS))
    assert np.sqrt(emulator.luck(cube)) == pytest.approx(toy.luck(cube)[:, None] * np.ones(toy.STATISTICS), rel=0.25)
    assert np.abs(emulator.correlation - toy.CORRELATION).max() < 0.12
    covariance = emulator.covariance(cube)
    assert np.allclose(np.diagonal(covariance, axis1=1, axis2=2), emulator.luck(cube))


def test_errors_left_out_are_those_of_emulators_without_the_point():
    # Leave-one-out in closed form against an emulator that never saw the point, with the same correlation lengths.
    cube, random = sobol(2, 16, 5), np.random.default_rng(5)
    numbers = (np.sin(3 * cube[:, :1]) + cube[:, 1:])[:, None, :] + 0.05 * random.standard_normal((16, 2, 1))
    with one_thread():
        process = fit_emulator(cube, numbers, 1)._processes[0]
    wanted = (numbers.mean(axis=(1, 2)) - process.centre) / process.scale
    own = np.linalg.inv(process.inverse)
    for left_out in (0, 7):
        rest = np.arange(16) != left_out
        foretold = own[left_out, rest] @ np.linalg.solve(own[np.ix_(rest, rest)], wanted[rest])
        closed = wanted[left_out] - process.solved[left_out] / process.inverse[left_out, left_out]
        assert foretold == pytest.approx(closed, abs=1e-6)


def test_what_never_varies_is_known_exactly():
    cube = sobol(2, 16, 1)
    with one_thread():
        emulator = fit_emulator(cube, np.full((16, 2, 1), 3.0), 1)
    means, errors = emulator.predict(cube[:3])
    assert means == pytest.approx(3.0)
    assert errors == pytest.approx(0.0)


def test_failed_runs_are_left_out_and_too_many_refused():
    cube = sobol(3, 32, 1)
    numbers = toy.runs(cube, 2, np.random.default_rng(1))
    numbers[3, 1, 0] = numbers[9, :, 2] = np.nan
    with one_thread():
        emulator = fit_emulator(cube, numbers, 1)
        assert np.isfinite(emulator.predict(cube)[0]).all()
        numbers[5:, :, 4] = np.nan
        with pytest.raises(UndefinedError) as caught:
            fit_emulator(cube, numbers, 1)
    assert caught.value.place == 4


def test_the_same_runs_give_the_same_emulator():
    cube = np.random.default_rng(1).random((5, toy.DIMENSIONS))
    first, second = toy.learnt(32, 7), toy.learnt(32, 7)
    assert np.array_equal(first.predict(cube)[0], second.predict(cube)[0])
