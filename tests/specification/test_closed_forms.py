"""What theory says of the rules in the long run."""

import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from sim.distributions import Gamma, draw
from sim.mechanisms.purchase import count_units, enter_race, miss_on_shelf, start_race
from sim.population import most_units
from sim.streams import Luck, draw_week, key_of

DRAWS = 200_000
U = (0.3, -1.0, 1.2, 0.0)
OUTSIDE = 0.5


def words_of(luck: Luck, week: int, size: int) -> np.ndarray:
    words = np.zeros((4, size), np.uint32)
    draw_week(words, 0, np.uint32(week), luck.replicate, luck.k0, luck.k1)
    return words


def race(outside: float | None, available: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    words = words_of(Luck(11), 1, DRAWS)
    best, total = np.zeros((2, DRAWS), np.float32)
    choice = np.zeros(DRAWS, np.int32)
    key = np.uint32(key_of("outside_key in drinks"))
    start_race(best, choice, total, words[0], key, outside is not None, np.float32(outside or 0.0))
    for f, (utility, on_shelf) in enumerate(zip(U, available, strict=True)):
        own, shelf = np.uint32(key_of(f"firm {f}")), np.uint32(key_of(f"shelf of firm {f}"))
        utilities = np.full(DRAWS, utility, np.float32)
        miss_on_shelf(utilities, words[1], shelf, np.float32(on_shelf))
        enter_race(best, choice, total, utilities, words[0], own, f)
    return choice, total


def logit(outside: float | None, available: tuple[float, ...]) -> dict[int, float]:
    """Choice probabilities: a mixture of logits over what may be on the shelf."""
    shares = dict.fromkeys([-1, *range(len(U))], 0.0)
    for on_shelf in product([True, False], repeat=len(U)):
        probability = math.prod(a if there else 1 - a for a, there in zip(available, on_shelf, strict=True))
        rates = {f: math.exp(U[f]) for f in range(len(U)) if on_shelf[f]}
        if outside is not None:
            rates[-1] = math.exp(outside)
        for option, rate in rates.items():
            shares[option] += probability * rate / sum(rates.values())
        if not rates:
            shares[-1] += probability
    return shares


@pytest.mark.parametrize("available", [(1.0,) * 4, (0.5, 1.0, 0.8, 0.1), (0.3, 0.3, 0.3, 0.3)])
@pytest.mark.parametrize("outside", [None, OUTSIDE])
def test_the_race_of_clocks_is_a_logit(outside, available):
    choice, _ = race(outside, available)
    for option, share in logit(outside, available).items():
        assert (choice == option).mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / DRAWS) + 1e-12)


@pytest.mark.parametrize("outside", [None, OUTSIDE])
def test_the_sum_of_rates_is_the_logits_denominator(outside):
    _, total = race(outside, (1.0,) * 4)
    expected = sum(np.exp(U)) + (np.exp(outside) if outside is not None else 0)
    assert np.allclose(total, expected, rtol=1e-6)


def test_a_price_cut_moves_buyers_only_to_the_firm_that_cuts():
    before, _ = race(OUTSIDE, (1.0,) * 4)
    words, (best, total) = words_of(Luck(11), 1, DRAWS), np.zeros((2, DRAWS), np.float32)
    choice = np.zeros(DRAWS, np.int32)
    start_race(best, choice, total, words[0], np.uint32(key_of("outside_key in drinks")), True, np.float32(OUTSIDE))
    for f, utility in enumerate(U):
        utilities = np.full(DRAWS, utility + (0.4 if f == 1 else 0.0), np.float32)
        enter_race(best, choice, total, utilities, words[0], np.uint32(key_of(f"firm {f}")), f)
    moved = choice != before
    assert moved.any()
    assert (choice[moved] == 1).all()


@pytest.mark.parametrize(("mean", "shape"), [(0.4, 0.8), (1.5, 3.0)])
def test_a_years_purchases_are_negative_binomial(mean, shape):
    consumers, weeks = 20_000, 52
    luck = Luck(3)
    rates = draw(Gamma(distribution="gamma", mean=mean, shape=shape), luck.uniforms("rate of drinks", consumers))
    most, key = most_units(rates), np.uint32(key_of("units in drinks"))
    bought = np.zeros(consumers, np.int64)
    units, scratch = np.zeros(consumers, np.int32), np.zeros((3, consumers), np.float32)
    for week in range(1, weeks + 1):
        count_units(units, *scratch, rates, words_of(luck, week, consumers)[1], key, most)
        bought += units
    nbd = stats.nbinom(shape, shape / (shape + weeks * mean))

    # Chi-square over cells of about five hundred consumers each; none of its parameters is fitted.
    edges = np.unique(nbd.ppf(np.linspace(0, 1, 41)[1:-1]))
    cells = np.searchsorted(edges, bought)
    probabilities = np.diff([0.0, *nbd.cdf(edges), 1.0])
    observed = np.bincount(cells, minlength=probabilities.size)
    assert stats.chisquare(observed, probabilities * consumers).pvalue > 1e-3

    assert bought.mean() == pytest.approx(nbd.mean(), abs=4 * nbd.std() / np.sqrt(consumers))
    assert fitted_shape(bought) == pytest.approx(shape, rel=0.05)


def fitted_shape(counts: np.ndarray) -> float:
    """The maximum-likelihood shape, given the mean."""
    from scipy.optimize import minimize_scalar

    mean = counts.mean()
    found = minimize_scalar(
        lambda k: -stats.nbinom.logpmf(counts, k, k / (k + mean)).sum(), bounds=(0.05, 20), method="bounded"
    )
    return float(found.x)


@pytest.mark.parametrize("rate", [0.3, 12.0, 19.5, 20.0])
def test_units_of_any_rate_are_poisson(rate):
    """Mean and variance of 200,000 counts lie within four standard errors of the rate."""
    size = 200_000
    most = most_units(np.array([rate], np.float32))
    words = np.random.default_rng(5).integers(0, 2**32, size, dtype=np.uint32)
    units, scratch = np.zeros(size, np.int32), np.zeros((3, size), np.float32)
    count_units(units, *scratch, np.full(size, rate, np.float32), words, np.uint32(7), most)
    assert units.mean() == pytest.approx(rate, abs=4 * math.sqrt(rate / size))
    assert units.var() == pytest.approx(rate, abs=4 * math.sqrt((rate + 2 * rate**2) / size))
