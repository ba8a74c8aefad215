from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest

from experiments.panel.repeats import repeats
from tests.experiments.panel.synthetic import Truth, blank, simulated


def test_the_expectation_is_that_of_all_orders():
    panel = blank(households=3, seed=4).of_households(np.array([0]))
    chosen = np.array([0, 0, 1, 2, 1, 0])
    panel = replace(
        panel, chosen=chosen, household=np.zeros(6, dtype=int), time=np.arange(6), price=np.ones((6, 4)),
        feature=None, display=None,
    )  # fmt: skip
    found = repeats(panel)
    orders = [sum(a == b for a, b in pairwise(order)) for order in permutations(chosen)]
    assert found.expected[0] == pytest.approx(np.mean(orders))
    assert found.repeated[0] == 1
    assert found.rate() == pytest.approx(1 / 5)
    assert found.excess() == pytest.approx((1 - np.mean(orders)) / 5)


def test_first_purchases_are_no_repeats_of_the_household_before():
    panel = replace(blank(households=5, seed=4), chosen=np.zeros(blank(households=5, seed=4).occasions, dtype=int))
    assert repeats(panel).rate() == 1.0
    assert repeats(panel).pairs.sum() == panel.occasions - 5


def test_inertia_shows_as_excess_and_its_absence_does_not():
    shape = {"households": 400, "mean_size": 12, "seed": 2}
    none = simulated(Truth(inertia_mean=0.0, inertia_sd=0.0), **shape)
    some = simulated(Truth(inertia_mean=1.0, inertia_sd=0.0), **shape)
    assert abs(repeats(none).excess()) < 0.015
    assert repeats(some).excess() > 0.05


def test_weights_count_households():
    panel = simulated(households=6, seed=1)
    doubled = panel.of_households(np.array([0, 1, 1, 2, 3, 4, 5]))
    assert repeats(panel).excess(np.array([1.0, 2, 1, 1, 1, 1])) == pytest.approx(repeats(doubled).excess())
