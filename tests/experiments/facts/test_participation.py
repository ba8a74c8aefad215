"""Shares of members and contributors, the idea funnel, and what launches add, on hand-made numbers."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments.facts.participation import (
    contributed,
    ideas_implemented,
    launch_growth,
    launch_ratio,
    one_time_share,
    poster_share,
    top_share,
)

GIVEN = np.array([0, 0, 0, 0, 0, 1, 1, 1, 2, 45], dtype=float)


def seen(**series):
    return SimpleNamespace(series=lambda figure, firm: np.array(series[figure], dtype=float))


def test_posters_and_one_timers():
    assert poster_share(GIVEN) == pytest.approx(0.5)
    assert one_time_share(GIVEN) == pytest.approx(0.6)
    assert np.isnan(poster_share(np.array([])))
    assert np.isnan(one_time_share(np.zeros(3)))


def test_the_top_of_contributors():
    assert top_share(GIVEN, 0.2) == pytest.approx(0.9)
    # Half of the first of five: linear in between.
    assert top_share(GIVEN, 0.1) == pytest.approx(0.45)
    assert top_share(np.full(10, 2.0), 0.3) == pytest.approx(0.3)
    assert np.isnan(top_share(np.zeros(4)))


def test_contributions_are_those_of_members():
    member = np.array([[True, False, True], [False, False, True]])
    made = np.array([[2.0, 7.0, 0.0], [0.0, 0.0, 5.0]])
    watched: Any = SimpleNamespace(participation=SimpleNamespace(member=member, contributions=made))
    given, memberships = contributed(watched)
    assert memberships == 3
    assert sorted(given) == [0.0, 2.0, 5.0]


def test_the_share_of_ideas_that_are_launched():
    firm = seen(ideas=[300, 0, 100], customer_launches=[0, 1, 4])
    assert ideas_implemented(firm, "Nova") == pytest.approx(0.01)
    assert np.isnan(ideas_implemented(seen(ideas=[0, 0], customer_launches=[0, 0]), "Nova"))


def test_launches_that_stay_the_same_have_no_elasticity():
    few, many = seen(ideas=[10], total_launches=[8]), seen(ideas=[1000], total_launches=[8])
    assert launch_growth(few, many, "Nova") == pytest.approx(0.0)
    more = seen(ideas=[1000], total_launches=[80])
    assert launch_growth(few, more, "Nova") == pytest.approx(0.5)
    assert np.isnan(launch_growth(few, few, "Nova"))


def test_a_launch_of_each_kind_is_compared_with_none():
    outside = seen(units=[100, 130], total_launches=[1, 2]), seen(units=[100, 100], total_launches=[0, 0])
    inside = seen(units=[100, 110], total_launches=[0, 1]), seen(units=[100, 100], total_launches=[0, 0])
    # 15 units a launch against 10.
    assert launch_ratio(outside, inside, "Nova", weeks=2) == pytest.approx(1.5)
