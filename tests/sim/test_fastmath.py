import numba
import numpy as np
import pytest

from sim.compiling import plain
from sim.fastmath import clip01, exp32, log32


@numba.njit
def exp_of(x):
    y = np.empty_like(x)
    for i in range(x.size):
        y[i] = exp32(x[i])
    return y


@numba.njit
def log_of(x):
    y = np.empty_like(x)
    for i in range(x.size):
        y[i] = log32(x[i])
    return y


def everywhere(low, high, n=400_000):
    return np.linspace(low, high, n, dtype=np.float64).astype(np.float32)


def test_the_exponential_is_near_relatively_and_nearer_where_utilities_are():
    # x times log2(e) is rounded to 2**-24 of itself, and log2(e) is itself off by 1.3e-8: 7.3e-8 |x| in all.
    x = everywhere(-87, 87)
    y = exp_of(x)
    assert y.dtype == np.float32
    exact = np.exp(x.astype(np.float64))
    error = np.abs(y / exact - 1)
    assert (error <= 2e-7 + 7.3e-8 * np.abs(x)).all()
    assert error[np.abs(x) < 10].max() < 6e-7


@pytest.mark.parametrize(
    ("x", "held_to"), [(-1e30, -87), (-87.5, -87), (88, 87), (1e30, 87), (np.inf, 87), (-np.inf, -87)]
)
def test_the_exponential_is_held_to_a_finite_positive_number(x, held_to):
    assert exp32(np.float32(x)) == exp32(np.float32(held_to))
    assert 0 < exp32(np.float32(x)) < np.inf


def test_the_exponential_of_zero_is_one_and_it_never_falls_by_more_than_rounding():
    assert exp32(np.float32(0)) == 1
    y = exp_of(everywhere(-5, 5)).astype(float)
    assert (y[1:] >= y[:-1] * (1 - 2e-7)).all()


def test_the_logarithm_is_as_near_as_it_says():
    x = np.concatenate([np.geomspace(1.2e-38, 3.3e38, 400_000), np.linspace(0.3, 3, 400_000)]).astype(np.float32)
    exact = np.log(x.astype(np.float64))
    error = np.abs(log_of(x) - exact)
    assert (error <= 2e-7 * np.maximum(1, np.abs(exact))).all()


def test_the_logarithm_of_one_is_zero_and_near_one_it_is_near_relatively():
    assert log32(np.float32(1)) == 0
    x = (1 - np.arange(1, 1000) * 2.0**-24).astype(np.float32)
    assert log_of(x) == pytest.approx(np.log(x.astype(float)), rel=1e-6)


def test_logarithm_and_exponential_undo_each_other():
    x = everywhere(-20, 20, 10_000)
    assert log_of(exp_of(x)) == pytest.approx(x, abs=3e-6)


@pytest.mark.parametrize(("x", "held"), [(-1, 0), (-0.0, 0), (0.25, 0.25), (1, 1), (1.5, 1), (np.inf, 1), (-np.inf, 0)])
def test_clip(x, held):
    assert clip01(np.float32(x)) == held


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (exp32, np.linspace(-90, 90, 3001)),
        (log32, np.geomspace(1.2e-38, 3e38, 3001)),
        (log32, (np.arange(1, 2**24, 5001) + 0.5) * 2.0**-24),
        (clip01, np.linspace(-1, 2, 301)),
    ],
)
def test_the_plain_twins_give_the_same_bits(rule, values):
    twin = plain(rule)
    for x in values.astype(np.float32):
        assert np.float32(twin(x)).tobytes() == np.float32(rule(x)).tobytes(), x
