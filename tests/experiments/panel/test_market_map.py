"""The market map: how many dimensions it can have, which way round it is shown, and what the panel says of it."""

import numpy as np
import pytest

from experiments.panel.consumer import CONSUMER, Consumer
from experiments.panel.draws import population_draws
from experiments.panel.likelihood import design, log_likelihoods
from experiments.panel.market_map import arranged, free_parameters, most_dimensions, places_of, turning
from tests.experiments.panel.synthetic import Truth, mapped, simulated

SHARE = np.array([0.05, 0.25, 0.1, 0.2, 0.1, 0.1, 0.05, 0.15])


@pytest.fixture(scope="module")
def panel():
    return simulated(mapped(), households=30, mean_size=6, brands=8)


@pytest.fixture(scope="module")
def task(panel):
    return design(panel, spreads="own", price="censored", dimensions=2)


@pytest.fixture
def point(task):
    return np.random.default_rng(1).normal(0.3, 1.0, len(task.names))


def with_places(point, task, places):
    """Put another map, brand by brand, into a point; the base brand is moved to the origin."""
    other = point.copy()
    other[task.places] = np.delete(places - places[task.base], task.base, axis=0).T.ravel()
    return other


def turned(places, angle):
    return places @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


@pytest.mark.parametrize(
    ("brands", "dimensions"), [(2, 0), (3, 0), (4, 0), (5, 1), (6, 2), (10, 2), (50, 2)]
)  # fmt: skip
def test_a_map_has_no_more_dimensions_than_the_brands_can_tell(brands, dimensions):
    assert most_dimensions(brands) == dimensions


@pytest.mark.parametrize("brands", [5, 6, 8])
def test_the_most_dimensions_are_told_by_the_covariances_of_utility_differences(brands):
    """The covariances have full rank in spreads and places, but for turning; one dimension more would be too many."""

    def rank_and_free(dimensions):
        random = np.random.default_rng(brands)
        start = random.normal(1.0, 0.5, brands + dimensions * (brands - 1))

        def covariances(values):
            places = np.vstack([np.zeros(dimensions), values[brands:].reshape(brands - 1, dimensions)])
            whole = np.diag(values[:brands] ** 2) + places @ places.T
            differences = np.eye(brands)[1:] - np.eye(brands)[0]
            return (differences @ whole @ differences.T)[np.triu_indices(brands - 1)]

        steps = 1e-6 * np.eye(len(start))
        slopes = [(covariances(start + step) - covariances(start - step)) / 2e-6 for step in steps]
        return np.linalg.matrix_rank(np.array(slopes), tol=1e-5), len(start) - dimensions * (dimensions - 1) // 2

    rank, free = rank_and_free(most_dimensions(brands))
    assert rank == free
    if most_dimensions(brands) < 2:
        rank, free = rank_and_free(most_dimensions(brands) + 1)
        assert rank < free


def test_a_map_is_shown_centred_along_its_principal_axes(point, task):
    shown = arranged(point, task, SHARE)
    assert SHARE @ shown == pytest.approx(0.0, abs=1e-12)
    spread = (SHARE[:, None] * shown).T @ shown
    assert spread[0, 1] == pytest.approx(0.0, abs=1e-12)
    assert spread[0, 0] > spread[1, 1] > 0
    assert (shown[1] > 0).all()  # the most bought brand
    distances = [np.linalg.norm(p[:, None] - p, axis=2) for p in (shown, places_of(point, task))]
    assert distances[0] == pytest.approx(distances[1])


@pytest.mark.parametrize("angle", [0.3, 2.0, np.pi])
def test_turning_mirroring_or_moving_a_map_changes_nothing(point, panel, task, angle):
    places = places_of(point, task)
    draws = population_draws(30, task, 2**13, 2)
    before = log_likelihoods(point, task, draws, scores=False)[0]
    for other in (turned(places, angle), places * [1, -1], places + np.array([3.0, -1.0])):
        same = with_places(point, task, other)
        assert arranged(same, task, SHARE) == pytest.approx(arranged(point, task, SHARE))
        after = log_likelihoods(same, task, draws, scores=False)[0]
        # 8,192 points of the population a household: what is left is the error of simulation.
        assert after.sum() == pytest.approx(before.sum(), rel=0.01)


def test_a_brand_on_the_origin_does_not_decide_the_sign(point, task):
    places = np.zeros((8, 2))
    places[[0, 2, 4]] = [[1.0, 0.0], [-2.0, 0.0], [0.0, 0.5]]
    balanced = np.array([0.2, 0.3, 0.1, 0.1, 0.0, 0.1, 0.1, 0.1])
    shown = arranged(with_places(point, task, places), task, balanced)
    assert shown[1] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert shown[0, 0] == pytest.approx(1.0)
    assert shown[2, 0] == pytest.approx(-2.0)


def test_a_map_without_extent_or_dimensions_is_shown_as_it_is(point, panel, task):
    assert not arranged(with_places(point, task, np.zeros((8, 2))), task, SHARE).any()
    plain = design(panel, spreads="own", price="censored")
    assert arranged(np.zeros(len(plain.names)), plain, SHARE).shape == (8, 0)


def test_the_direction_of_turning_is_that_of_a_small_turn(point, task):
    small = with_places(point, task, turned(places_of(point, task), 1e-6)) - point
    [direction] = turning(point, task).T
    assert abs(direction @ small) == pytest.approx(np.linalg.norm(small))
    assert np.linalg.norm(direction) == pytest.approx(1.0)
    assert free_parameters(task) == len(task.names) - 1


@pytest.mark.slow
def test_a_panel_with_a_map_asks_for_it_and_one_without_does_not():
    """150 households of 12 purchases; without a map the criterion is close, with one it is far apart."""
    few = Consumer(draws=64)
    plain = Truth(appeal=np.zeros(6), taste_spreads=np.full(6, 1.5), places=np.zeros((6, 0)))
    for seed in (0, 1):
        found = few.find(simulated(plain, households=150, mean_size=12, seed=seed, brands=6), 1)
        assert found.task.dimensions == 0
        assert found.aic[0] == min(found.aic)
        assert len(found.aic) == 3
    found = Consumer(draws=16).find(simulated(mapped(), households=150, mean_size=12, seed=2, brands=8), 1)
    assert found.task.dimensions == 2
    assert found.aic[2] < min(found.aic[:2]) - 20


@pytest.mark.parametrize(("brands", "names"), [(2, ["taste_spread"]), (3, ["taste_spread.A", "taste_spread.B"])])
def test_few_brands_have_no_map(brands, names):
    truth = Truth(appeal=np.zeros(brands), taste_spreads=np.ones(brands), places=np.zeros((brands, 0)))
    found = Consumer(draws=16).find(simulated(truth, households=40, brands=brands), 1)
    assert found.task.dimensions == 0
    assert [name for name in found.task.names if name.startswith("taste_spread")][: len(names)] == names
    assert CONSUMER.dimensions == 2
