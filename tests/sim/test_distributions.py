import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from scipy import stats

from sim.distributions import Distribution, draw
from sim.streams import Luck

N = 100_000
adapter = TypeAdapter(Distribution)


def a(distribution, **parameters):
    return adapter.validate_python({"distribution": distribution, **parameters})


KINDS = [
    (a("uniform", low=-1.0, high=3.0), stats.uniform(-1, 4)),
    (a("normal", mean=0.12, sd=0.5), stats.norm(0.12, 0.5)),
    (a("lognormal", median=0.9, sigma=0.4), stats.lognorm(0.4, scale=0.9)),
    (a("lognormal", median=0.25, sigma=1.665), stats.lognorm(1.665, scale=0.25)),
    (a("gamma", mean=0.4, shape=0.8), stats.gamma(0.8, scale=0.5)),
    (a("gamma", mean=2.0, shape=0.1), stats.gamma(0.1, scale=20)),
    (a("gamma", mean=1.0, shape=50.0), stats.gamma(50, scale=0.02)),
    (a("beta", mean=0.3, concentration=3.0), stats.beta(0.9, 2.1)),
    (a("beta", mean=0.5, concentration=1.0), stats.beta(0.5, 0.5)),
    (a("beta", mean=0.9, concentration=200.0), stats.beta(180, 20)),
    (a("pareto", minimum=0.1, exponent=3.5), stats.pareto(3.5, scale=0.1)),
]
WITH_POLES = [a("gamma", mean=2.0, shape=0.1), a("beta", mean=0.5, concentration=1.0)]
NAMES = [repr(kind) for kind, _ in KINDS]


@pytest.fixture(scope="module")
def uniforms():
    return Luck(1).uniforms("some trait", N)


@pytest.mark.parametrize(("kind", "theory"), KINDS, ids=NAMES)
def test_quantiles(kind, theory):
    levels = np.array([0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999], np.float32)
    # A Pareto's uniform is turned round: the same distribution, from the other end.
    at = 1 - levels.astype(float) if kind.distribution == "pareto" else levels.astype(float)
    # Tabulated quantiles are as near as they say, but for densities with a pole.
    nearness = 1e-4 if kind in WITH_POLES else 1e-5
    assert draw(kind, levels) == pytest.approx(theory.ppf(at), rel=nearness, abs=2e-7)


@pytest.mark.parametrize(("kind", "theory"), KINDS, ids=NAMES)
def test_draws_follow_their_distribution(kind, theory, uniforms):
    values = draw(kind, uniforms)
    assert values.dtype == np.float32
    assert values.shape == uniforms.shape
    assert np.isfinite(values).all()
    assert stats.kstest(values, theory.cdf).statistic < 1.95 / np.sqrt(N)


@pytest.mark.parametrize(("kind", "theory"), KINDS, ids=NAMES)
def test_means_and_spreads(kind, theory, uniforms):
    values = draw(kind, uniforms).astype(float)
    assert values.mean() == pytest.approx(theory.mean(), abs=4 * theory.std() / np.sqrt(N))


def test_the_stated_means_are_the_means(uniforms):
    assert draw(a("gamma", mean=0.4, shape=0.8), uniforms).mean() == pytest.approx(0.4, rel=0.02)
    assert draw(a("beta", mean=0.35, concentration=4.0), uniforms).mean() == pytest.approx(0.35, rel=0.02)
    assert np.median(draw(a("lognormal", median=3.0, sigma=0.4), uniforms)) == pytest.approx(3.0, rel=0.02)


def test_a_constant_is_the_same_for_everyone(uniforms):
    assert (draw(a("constant", value=0.7), uniforms) == np.float32(0.7)).all()


@pytest.mark.parametrize(("kind", "theory"), KINDS, ids=NAMES)
def test_bounds_hold_and_only_what_lies_beyond_is_moved(kind, theory, uniforms):
    low, high = np.float32(theory.ppf(0.2)), np.float32(theory.ppf(0.9))
    free, held = draw(kind, uniforms), draw(kind, uniforms, float(low), float(high))
    assert held.min() == low
    assert held.max() == high
    inside = (free >= low) & (free <= high)
    assert inside.mean() == pytest.approx(0.7, abs=0.01)
    assert (held[inside] == free[inside]).all()


@pytest.mark.parametrize(("kind", "theory"), KINDS, ids=NAMES)
def test_the_extremest_uniforms_give_finite_numbers_on_the_right_side(kind, theory):
    least, most = np.sort(draw(kind, np.array([2.0**-25, 1 - 2.0**-24], np.float32)))
    assert np.isfinite([least, most]).all()
    assert least <= theory.ppf(1e-4)
    assert most >= theory.ppf(1 - 1e-4)


@pytest.mark.parametrize(
    "kind", [kind for kind, _ in KINDS if kind.distribution != "pareto"], ids=lambda kind: kind.distribution
)
def test_more_luck_is_never_less(kind):
    levels = np.linspace(0.001, 0.999, 5000, dtype=np.float32)
    assert (np.diff(draw(kind, levels)) >= 0).all()


def test_uniforms_of_any_shape_are_taken_and_left_alone(uniforms):
    before = uniforms[:12].reshape(3, 4).copy()
    values = draw(a("normal", mean=0.0, sd=1.0), before)
    assert values.shape == (3, 4)
    assert (before == uniforms[:12].reshape(3, 4)).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"distribution": "cauchy"},
        {"distribution": "normal", "mean": 0.0, "sd": -1.0},
        {"distribution": "gamma", "mean": 0.0, "shape": 1.0},
        {"distribution": "gamma", "mean": 1.0, "shape": 0.01},
        {"distribution": "beta", "mean": 1.0, "concentration": 2.0},
        {"distribution": "pareto", "minimum": 1.0, "exponent": 1.0},
        {"distribution": "lognormal", "median": 1.0},
        {"distribution": "normal", "mean": float("nan"), "sd": 1.0},
    ],
)
def test_impossible_parameters_are_refused(wrong):
    with pytest.raises(ValidationError):
        adapter.validate_python(wrong)
