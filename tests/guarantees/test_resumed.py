"""A market saved at the end of any week goes on, in a new process and with either engine, with the same bits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sim.checkpoint import restore, save
from sim.market import Market
from tests.guarantees.markets import STRESS, differing, everything, is_same, lived, stress

ROOT = Path(__file__).resolve().parents[2]

GO_ON = """
import sys
from sim.checkpoint import restore, save
market = restore(sys.argv[1], engine=sys.argv[2])
market.run()
save(market, sys.argv[3])
"""


def small(size=75):
    return stress(population=STRESS["population"] | {"size": size}, horizon=12)


@pytest.fixture(scope="module")
def unbroken():
    return lived(small())


def broken(scenario, week, path, **how):
    """Live up to a week, and save."""
    market = Market(scenario, **how)
    market.run(week)
    save(market, path)
    return market


def test_much_is_under_way_where_the_market_is_broken(unbroken):
    """Without this the tests below could resume a market in which nothing waits to go on."""
    market = Market(small())
    seen = dict.fromkeys(
        ("campaign", "hardship", "waiting", "weary", "stock", "office", "line", "leak", "quarter"), False
    )
    for _ in range(11):
        market.step()
        named = market.firm_named
        under_way = {
            "campaign": named["Nova"].campaign_spend > 0,
            "hardship": 0 < min(market.hardship) < max(market.hardship) < 1,
            "waiting": not named["Late"].entered_in,
            "weary": max(market.salience.weary) > 0,
            "stock": any(sharing.stock for sharing in market.sharing.values()),
            "office": bool((market.population.get("ambassador") >= 0).any()),
            "line": named["Mirage Tours"].entered_in == 4,
            "leak": any(firm.leaks for firm in market.firms),
            "quarter": named["Nova"].quarter_weeks > 0,
        }
        seen = {name: seen[name] or now for name, now in under_way.items()}
    assert all(seen.values()), seen


@pytest.mark.parametrize("engine", ["compiled", "objects"])
def test_in_a_new_process(tmp_path, unbroken, engine):
    # Week 7: crises are open, a price is changed for a while, a firm is bankrupt.
    broken(small(), 7, tmp_path / "early.npz")
    command = [sys.executable, "-c", GO_ON, str(tmp_path / "early.npz"), engine, str(tmp_path / "late.npz")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    resumed = restore(tmp_path / "late.npz")
    assert resumed.week == 12
    assert not resumed.running
    assert differing(unbroken, resumed) == []


@pytest.mark.parametrize("week", [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12])
def test_at_any_week(tmp_path, unbroken, week):
    saved = broken(small(), week, tmp_path / "market.npz")
    resumed = restore(tmp_path / "market.npz")
    assert resumed.week == week
    assert resumed.running == (week < 12)
    assert differing(saved, resumed) == []
    resumed.run()
    assert differing(unbroken, resumed) == []


@pytest.mark.parametrize("engines", [("compiled", "objects"), ("objects", "compiled"), ("objects", "objects")])
def test_with_the_other_engine(tmp_path, unbroken, engines):
    first, second = engines
    broken(small(), 6, tmp_path / "market.npz", engine=first)
    resumed = restore(tmp_path / "market.npz", engine=second)
    resumed.run()
    assert resumed.engine == second
    assert differing(unbroken, resumed) == []


@pytest.mark.parametrize("how", [{"lanes": 8}, {"lanes": 1024}, {"threads": 2, "lanes": 16}])
def test_from_other_lanes_and_threads(tmp_path, unbroken, how):
    broken(small(), 6, tmp_path / "market.npz", **how)
    resumed = restore(tmp_path / "market.npz", threads=2)
    resumed.run()
    assert differing(unbroken, resumed) == []


def test_saving_twice_and_resuming_twice(tmp_path, unbroken):
    """Saving leaves a market alone, and a file can be used more than once."""
    market = broken(small(), 5, tmp_path / "market.npz")
    market.run(2)
    save(market, tmp_path / "later.npz")
    for name in ("market.npz", "later.npz", "market.npz"):
        resumed = restore(tmp_path / name)
        resumed.run()
        assert differing(unbroken, resumed) == [], name
    market.run()
    assert differing(unbroken, market) == []


def test_other_luck_is_kept(tmp_path):
    scenario = small()
    broken(scenario, 5, tmp_path / "market.npz", seed=99, replicate=3)
    resumed = restore(tmp_path / "market.npz")
    assert (resumed.setup.seed, resumed.replicate) == (99, 3)
    resumed.run()
    assert differing(lived(scenario, seed=99, replicate=3), resumed) == []
    assert not is_same(everything(resumed)["column taste"], everything(lived(scenario))["column taste"])


@pytest.mark.parametrize("engine", ["compiled", "objects"])
def test_past_the_horizon(tmp_path, engine):
    """A market that lived on past its horizon can be saved and goes on as well."""
    scenario = stress(population=STRESS["population"] | {"size": 30}, horizon=4)
    whole = Market(scenario)
    whole.run(11)
    broken(scenario, 7, tmp_path / "market.npz", engine=engine)
    resumed = restore(tmp_path / "market.npz")
    resumed.run(4)
    assert differing(whole, resumed) == []
