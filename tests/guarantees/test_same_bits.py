"""The same scenario and seed give the same bits, however the work is dealt out."""

from __future__ import annotations

import numpy as np
import pytest

from sim.market import Market
from tests.guarantees.markets import STRESS, differing, everything, lived, made, reduced, stress

SIZE = 1531
"""More than a tile of 1024, and no multiple of any number of lanes (it is prime)."""


@pytest.fixture(scope="module")
def large():
    return made(STRESS | {"population": STRESS["population"] | {"size": SIZE}, "horizon": 12})


@pytest.fixture(scope="module")
def one_thread(large):
    return lived(large, lanes=64)


def test_the_market_that_is_compared_has_everything_going_on(one_thread):
    """Without this the comparisons could agree about nothing."""
    record = one_thread.record
    for key in ("boycott_size", "buycott_size", "attackers", "defenders", "crisis", "launches", "recovery"):
        assert np.nansum(record[key]) > 0, key
    for key in ("flips", "not_bought", "userisation", "switching_rate", "contribution_gini", "episode_length"):
        assert np.nansum(record[key]) > 0, key
    for key in ("commons_share", "sharing_share", "commons_contributors", "hosting_income", "ambassadors", "gaffes"):
        assert np.nansum(record[key]) > 0, key
    for key in ("prosumers", "alternatives", "hardship", "cohort_alternatives", "leavers", "employee_ideas"):
        assert np.nansum(record[key]) > 0, key
    assert np.ptp(record["entered"], axis=0).sum() == 2
    assert (record["leaks"][-1] > 0).any()
    assert (one_thread.population.get("ambassador") >= 0).any()
    assert np.nansum(record["ideas"]) > 0
    assert np.nansum(record["codesigns"]) > 0
    assert np.nansum(record["complaints"]) > 0
    assert record["alive"].min() == 0
    assert (np.ptp(record["availability"], axis=0) > 0).sum() >= 3


@pytest.mark.parametrize("threads", [2, 4])
def test_threads(large, one_thread, threads, monkeypatch):
    monkeypatch.setattr("sim.market._TILES_WORTH_A_THREAD", 1)  # or so small a market would stay in one
    assert differing(one_thread, lived(large, lanes=64, threads=threads)) == []


@pytest.mark.parametrize("lanes", [1, 8, 512, 1024])
def test_lanes(large, one_thread, lanes):
    assert differing(one_thread, lived(large, lanes=lanes)) == []


@pytest.mark.parametrize("size", [10, 63, 64, 65, 511])
def test_a_size_that_is_no_multiple_of_the_lanes(size, monkeypatch):
    scenario = stress(population=STRESS["population"] | {"size": size}, horizon=8)
    first = lived(scenario, lanes=64)
    assert differing(first, lived(scenario, lanes=1)) == []
    monkeypatch.setattr("sim.market._TILES_WORTH_A_THREAD", 1)
    assert differing(first, lived(scenario, lanes=8, threads=2)) == []


def test_the_default_lanes_are_no_exception(large, one_thread):
    assert differing(one_thread, lived(large)) == []


def test_the_same_market_twice():
    assert differing(lived(reduced("baseline")), lived(reduced("baseline"))) == []


def test_week_by_week_is_the_same_as_in_one_go():
    scenario = stress(horizon=9)
    stepped = Market(scenario)
    while stepped.running:
        stepped.step()
    pieces = Market(scenario)
    for weeks in (1, 5, 3):
        pieces.run(weeks)
    whole = lived(scenario)
    assert stepped.week == pieces.week == whole.week == 9
    assert differing(whole, stepped) == []
    assert differing(whole, pieces) == []


@pytest.mark.parametrize("change", [{"seed": 21}, {"replicate": 1}])
def test_other_luck_gives_another_market(one_thread, large, change):
    other = lived(large, **change)
    left, right = everything(one_thread), everything(other)
    assert not np.array_equal(left["column taste"], right["column taste"])
    assert not np.array_equal(left["figure units"], right["figure units"])


def test_what_mesa_draws_is_not_the_markets_luck():
    """Drawing from Mesa's generators, as user code may, leaves the market alone."""
    scenario = stress(horizon=6)
    quiet, drawn = Market(scenario), Market(scenario)
    for _ in range(6):
        quiet.step()
        drawn.step()
        drawn.random.random()
        drawn.rng.random()
        drawn.agents.shuffle()
    assert differing(quiet, drawn) == []
