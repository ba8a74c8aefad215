import numpy as np
import pytest

from experiments.panel.draws import placed_draws, population_draws, zero_draws
from experiments.panel.likelihood import choice_probabilities, design, log_likelihoods
from experiments.panel.start import stationary_first, stationary_weights
from tests.experiments.panel.synthetic import mapped, simulated

BRANDS = 4
POINT = np.array([-0.4, -0.9, -1.1, 1.1, 1.4, 0.4, 0.3, 0.4, 0.9, 0.7])


@pytest.fixture(scope="module")
def panel():
    panel = simulated(households=25, mean_size=6)
    panel.price[np.arange(0, 100, 7), (panel.chosen[0:100:7] + 1) % BRANDS] = np.nan
    return panel


@pytest.mark.parametrize("start", ["stationary", "drop"])
def test_the_gradient_is_the_slope(panel, start):
    task, draws = design(panel), population_draws(25, design(panel), 16, 1)
    scores = log_likelihoods(POINT, task, draws, start)[1]
    assert task.names[:3] == ("appeal.B", "appeal.C", "appeal.D")
    for index in range(len(POINT)):
        shift = np.zeros(len(POINT))
        shift[index] = 1e-5
        above = log_likelihoods(POINT + shift, task, draws, start, scores=False)[0]
        below = log_likelihoods(POINT - shift, task, draws, start, scores=False)[0]
        np.testing.assert_allclose(scores[:, index], (above - below) / 2e-5, atol=2e-6)


@pytest.mark.parametrize("dimensions", [0, 1, 2])
@pytest.mark.parametrize("price", ["lognormal", "normal", "censored"])
@pytest.mark.parametrize("start", ["stationary", "none"])
def test_the_gradient_is_the_slope_with_a_market_map_and_any_price_effect(panel, start, price, dimensions):
    task = design(panel, spreads="own", price=price, dimensions=dimensions)
    draws = population_draws(25, task, 16, 1)
    point = np.random.default_rng(3).normal(0.3, 0.6, len(task.names))
    point[task.traits] = 0.4, 0.8, 0.3, 0.5
    scores = log_likelihoods(point, task, draws, start)[1]
    assert sum(name.startswith("place.") for name in task.names) == dimensions * (BRANDS - 1)
    if price == "censored":  # some households mind prices, others do not
        effect = point[task.traits][0] + point[task.traits][1] * draws.price
        assert 0.1 < (effect > 0).mean() < 0.9
    for index in range(len(point)):
        shift = np.zeros(len(point))
        shift[index] = 1e-6
        above = log_likelihoods(point + shift, task, draws, start, scores=False)[0]
        below = log_likelihoods(point - shift, task, draws, start, scores=False)[0]
        np.testing.assert_allclose(scores[:, index], (above - below) / 2e-6, atol=1e-5)


@pytest.mark.slow
def test_placed_points_find_the_likelihood_of_a_market_map():
    """20 households of ten purchases: 128 placed points against 65,536 of the population."""
    truth = mapped()
    panel = simulated(truth, households=20, mean_size=10, brands=8)
    task = design(panel, spreads="own", price="censored", dimensions=2)
    places = np.delete(truth.places - truth.places[task.base], task.base, axis=0).T.ravel()
    price = np.array([truth.price_mean, truth.price_sd]) * task.price_unit
    point = np.r_[np.zeros(7), truth.taste_spreads, places, price, 0.3, 0.4, 1.0, 0.8]
    exact = log_likelihoods(point, task, population_draws(20, task, 2**16, 5), scores=False)[0]
    near = [log_likelihoods(point, task, placed_draws(point, task, 128, s), scores=False)[0] for s in range(4)]
    far = [log_likelihoods(point, task, population_draws(20, task, 128, s), scores=False)[0] for s in range(4)]
    assert np.abs(near - exact).mean() < 0.15
    assert np.abs(near - exact).mean() < np.abs(far - exact).mean() / 3


def test_blocks_do_not_matter(panel, monkeypatch):
    task, draws = design(panel), population_draws(25, design(panel), 16, 1)
    whole = log_likelihoods(POINT, task, draws)
    monkeypatch.setattr("experiments.panel.likelihood.ELEMENTS_PER_BLOCK", 1)
    split = log_likelihoods(POINT, task, draws)
    np.testing.assert_allclose(split[0], whole[0])
    np.testing.assert_allclose(split[1], whole[1], atol=1e-10)


def test_without_heterogeneity_it_is_the_plain_logit(panel):
    task = design(panel)
    value = log_likelihoods(POINT, task, zero_draws(25, task), "drop", scores=False)[0]
    appeal = np.insert(POINT[:3], task.base, 0.0)
    beta = np.exp(POINT[4]) / task.price_unit
    expected = np.zeros(25)
    for row in range(panel.occasions):
        last = panel.last[row]
        if last < 0:
            continue
        weights = [
            0.0
            if np.isnan(panel.price[row, f])
            else np.exp(
                appeal[f]
                - beta * panel.price[row, f]
                + POINT[6] * (f == last)
                + POINT[8] * panel.feature[row, f]
                + POINT[9] * panel.display[row, f]
            )
            for f in range(BRANDS)
        ]
        expected[panel.household[row]] += np.log(weights[panel.chosen[row]] / sum(weights))
    np.testing.assert_allclose(value, expected)


def test_the_stationary_start_is_that_of_the_markov_chain():
    random = np.random.default_rng(2)
    rest, now = random.uniform(0.1, 2, (2, 5))
    for inertia in (-0.8, 0.0, 0.3, 1.5):
        bonus = 1 + np.expm1(inertia) * np.eye(5)
        step = bonus * rest
        step /= step.sum(axis=1, keepdims=True)
        stationary = np.linalg.matrix_power(step, 500)[0]
        first = bonus * now
        first /= first.sum(axis=1, keepdims=True)
        expected = stationary @ first
        weights = stationary_weights(rest[None, :, None], now[None, :, None], np.full((1, 1), inertia))[0, :, 0]
        np.testing.assert_allclose(weights / weights.sum(), expected)
        for brand in range(5):
            given = stationary_first(
                rest[None, :, None], now[None, :, None], np.array([brand]), np.full((1, 1), inertia)
            )
            assert np.exp(given[0][0, 0]) == pytest.approx(expected[brand])


def test_without_inertia_the_first_choice_is_like_any_other():
    rest, now = np.array([1.0, 2.0, 3.0]), np.array([3.0, 1.0, 1.0])
    weights = stationary_weights(rest[None, :, None], now[None, :, None], np.zeros((1, 1)))[0, :, 0]
    np.testing.assert_allclose(weights / weights.sum(), now / now.sum())


def test_probabilities_belong_to_the_likelihood(panel):
    task, draws = design(panel), placed_draws(POINT, design(panel), 16, 1)
    starts = panel.starts
    for household, table, _ in choice_probabilities(POINT, task, draws):
        np.testing.assert_allclose(table.sum(axis=1), 1.0)
        chosen = panel.chosen[starts[household] : starts[household + 1]]
        joint = np.log(table[np.arange(len(chosen)), chosen]).sum(axis=0) + draws.log_weight[household]
        value = log_likelihoods(POINT, task, draws, scores=False)[0][household]
        assert np.log(np.exp(joint).mean()) == pytest.approx(value)


def test_few_placed_points_do_as_well_as_many_of_the_population():
    panel = simulated(households=20, mean_size=25)
    task = design(panel)
    exact = log_likelihoods(POINT, task, population_draws(20, task, 2**15, 5), scores=False)[0].sum()
    near = [log_likelihoods(POINT, task, placed_draws(POINT, task, 64, s), scores=False)[0].sum() for s in range(6)]
    far = [log_likelihoods(POINT, task, population_draws(20, task, 64, s), scores=False)[0].sum() for s in range(6)]
    assert abs(np.mean(near) - exact) < 0.3
    assert np.abs(np.array(near) - exact).mean() < np.abs(np.array(far) - exact).mean() / 3


def test_weights_of_placed_points_integrate_to_one():
    task = design(simulated(households=10, mean_size=12))
    draws = placed_draws(POINT, task, 4096, 1)
    np.testing.assert_allclose(np.exp(draws.log_weight).mean(axis=1), 1.0, atol=0.06)
    assert np.exp(draws.log_weight).max() <= 4.0 + 1e-9
