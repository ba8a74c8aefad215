import numpy as np
import pytest

from sim.market import Market
from sim.phases import PHASES
from sim.population import DECLARED
from sim.profiling import TABLE, loops_of, profile

RARE = {
    *("bought", "brand_trust", "persistence", "episode", "playfulness", "reciprocity", "contributed", "attachment"),
    *("taste", "supplier", "inertia", "use_preference", "skill"),
}
"""Columns that only those read or write who act, besides those of `TABLE`."""


@pytest.fixture(scope="module")
def market():
    market = Market("two_sectors", consumers=2000, weeks=12)
    market.run(3)
    return market


def test_every_phase_and_every_column_has_its_place():
    assert tuple(TABLE) == PHASES
    placed = {name for phase in TABLE.values() for name in (*phase.reads, *phase.writes)}
    assert placed | RARE == {column.name for column in DECLARED}


def test_times_and_bytes_of_each_phase(market):
    week = market.week
    found = profile(market, 4)
    assert market.week == week + found.weeks == week + 4
    assert tuple(found.phases) == tuple(found.bytes) == PHASES
    assert all(spent >= 0 for spent in found.phases.values())
    assert found.total > 0
    assert found.python > 0
    assert found.bandwidth > 0.1
    # Ten peers of 12 bytes each; rates of two sectors, price sensitivity and cohort.
    assert found.bytes["hearing"] == market.population.peers.shape[1] * 12
    assert found.bytes["units"] == 2 * 4 + 4 + 1
    assert market.times.size == 0


def test_a_clock_changes_nothing():
    timed, plain = (Market("baseline", consumers=700, weeks=6) for _ in range(2))
    profile(timed, 6)
    plain.run()
    for key in plain.record.keys:
        np.testing.assert_array_equal(timed.record[key], plain.record[key])
    assert (timed.words_heard()["words"] == plain.words_heard()["words"]).all()


@pytest.mark.heavy
def test_what_became_of_loops(market):
    rules = {loops.rule: loops for phase in loops_of(market).values() for loops in phase}
    for name in ("draw_week", "update_quality", "update_sincerity", "utility_of", "enter_race", "count_units"):
        assert rules[name].loops == rules[name].vectorised >= 1
        assert rules[name].width >= 4
    # One loop looks up, one by one; the other parts what was found.
    assert rules["gather_words"].vectorised < rules["gather_words"].loops == 2
    assert rules["pack_words"].vectorised == rules["pack_words"].loops
    assert all(loops.vectorised <= loops.loops for loops in rules.values())


def test_one_agent_at_a_time_has_no_phases():
    with pytest.raises(ValueError, match="compiled engine"):
        profile(Market("baseline", consumers=20, weeks=2, engine="objects"), 1)
