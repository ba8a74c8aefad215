"""Flows add up: to everybody, to each supplier's customers, and over stretches of weeks."""

from __future__ import annotations

import numpy as np
import pytest

from dashboards.market.flows import flows
from dashboards.market.recording import NOBODY


def test_everybody_is_somewhere(untouched):
    found = flows(untouched, 0, 5, 30)
    assert found.people.sum() == pytest.approx(untouched.size * untouched.weight)
    channel = untouched.channels["supplier.0"]
    for i, place in enumerate(found.places):
        assert found.people[i].sum() == pytest.approx((channel[5] == place).sum() * untouched.weight)
        assert found.people[:, i].sum() == pytest.approx((channel[30] == place).sum() * untouched.weight)


def test_some_move_within_half_a_year(untouched):
    found = flows(untouched, 0, 5, 30)
    stayed = np.trace(found.people[:-1, :-1])
    assert 0 < found.moved == pytest.approx(found.people[:-1, :-1].sum() - stayed)


def test_nobody_moves_in_no_time(untouched):
    found = flows(untouched, 0, 12, 12)
    assert found.moved == 0
    assert np.array_equal(found.people, np.diag(np.diag(found.people)))


def test_at_the_start_nobody_has_bought(untouched):
    found = flows(untouched, 0, 0, 30)
    assert found.people[:-1].sum() == 0
    assert found.places[-1] == NOBODY


def test_a_sector_has_its_own_suppliers(sectors):
    first, second = flows(sectors, 0, 3, 30), flows(sectors, 1, 3, 30)
    assert set(first.places[:-1]).isdisjoint(second.places[:-1])
    assert first.people.sum() == pytest.approx(second.people.sum())


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (6, 5), (0, 41)])
def test_weeks_that_were_not_lived_are_refused(untouched, first, last):
    with pytest.raises(IndexError, match="0 to 40"):
        flows(untouched, 0, first, last)
