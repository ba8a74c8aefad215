"""The engine's service: newest wish first, fair, remembered, the same numbers as anywhere else."""

import threading

import numpy as np
import pytest

from dashboards.ensemble import LEVELS, Ensemble, levels_of
from dashboards.futures import CONSUMERS, FIRST, Service, affordable, interactive
from dashboards.markets import Draft
from experiments.pool import Pool
from experiments.runs import run_replicates
from sim.scenario import changed

pytestmark = pytest.mark.slow
PATIENCE = 120


@pytest.fixture(scope="module")
def pool():
    with Pool(2) as made:
        yield made


@pytest.fixture
def engine(pool):
    service = Service(pool)
    yield service
    service.close()


def market(price=10.0, weeks=10, size=300):
    scenario = Draft.of("baseline").scenario
    return changed(scenario, {"horizon": weeks, "population.size": size, "firm.Nova.levers.price": price})


def test_figures_are_those_of_ordinary_runs(engine):
    found = engine.ask("a", market(), futures=3, figures=("share", "surplus", "share")).wait(PATIENCE)
    runs = run_replicates(market(), replicates=3)
    assert found.numbers == (0, 1, 2)
    assert list(found.figures) == ["share", "surplus"]
    for place, run in enumerate(runs):
        assert run.record is not None
        np.testing.assert_array_equal(found.figures["share"][place], run.record["share"].astype(np.float32))
        np.testing.assert_array_equal(found.figures["surplus"][place, :, 0], run.record["surplus"].astype(np.float32))
    assert found.names("share") == ("Nova", "Citadel", "Summit", "Mirage", "Agora")


def test_what_is_known_is_not_run_again(engine):
    first = engine.ask("a", market(), futures=4, figures=("share", "profit")).wait(PATIENCE)
    again = engine.ask("b", market(), futures=2, figures=("profit",))
    assert again.ended.is_set()
    np.testing.assert_array_equal(again.ensemble.figures["profit"], first.figures["profit"][:2])
    more = engine.ask("b", market(), futures=6, figures=("share",))
    assert len(more.done) >= 4
    assert more.wait(PATIENCE).numbers == tuple(range(6))
    assert engine.peek(market(), futures=6, figures=("share",)) is not None
    assert engine.peek(market(9.0), futures=1, figures=("share",)) is None


def test_the_newest_wish_takes_the_place_of_an_older_one(engine):
    long = engine.ask("a", market(9.0, 2000), futures=16, figures=("share",))
    quick = engine.ask("a", market(8.0), futures=2, figures=("share",))
    assert quick.wait(PATIENCE) is not None
    assert long.is_cancelled
    assert long.wait(0) is None


def test_the_same_wish_again_goes_on(engine):
    first = engine.ask("a", market(7.0, 60), futures=8, figures=("share", "profit"))
    assert engine.ask("a", market(7.0, 60), futures=8, figures=("share",)) is first
    assert first.wait(PATIENCE) is not None


def test_a_row_of_wishes_ends_with_the_last_one(engine):
    wishes = [engine.ask("a", market(5 + step / 10, 30), futures=8, figures=("share",)) for step in range(12)]
    assert wishes[-1].wait(PATIENCE).is_whole
    assert all(wish.is_cancelled or wish.ended.is_set() for wish in wishes)


def test_the_first_futures_are_told_before_all_are_there(engine):
    heard, over = [], threading.Event()

    def news(wish):
        heard.append(len(wish.ensemble.numbers))
        if wish.ended.is_set():
            over.set()

    engine.ask("a", market(6.5, 40), futures=12, figures=("share",), on_news=news, is_held=True)
    assert over.wait(PATIENCE)
    assert heard[-1] == 12
    assert FIRST <= heard[0] < 12
    # Nor need a lever be held where the rest takes long: here, 40 futures of two hundred weeks.
    heard.clear()
    over.clear()
    engine.ask("a", market(6.6, 200, 2000), futures=40, figures=("share",), on_news=news)
    assert over.wait(PATIENCE)
    assert len(heard) == 2
    assert FIRST <= heard[0] < 40


def test_a_lever_that_is_let_go_stops_what_was_under_way(engine):
    held = engine.ask("a", market(6.1, 2000), futures=16, figures=("share",), is_held=True)
    still = engine.ask("a", market(6.2, 2000), futures=16, figures=("share",), is_held=True)
    assert not held.is_cancelled  # it may show its first futures
    last = engine.ask("a", market(6.3), futures=4, figures=("share",))
    assert held.is_cancelled
    assert still.is_cancelled
    assert last.wait(PATIENCE) is not None


def test_what_was_begun_ahead_is_gone_on_with_when_it_is_wished_for(engine):
    ahead = engine.ask(("me", "ahead"), market(6.4, 300), futures=8, figures=("share",), priority=3)
    other = engine.ask(("you", "now"), market(6.4, 300), futures=8, figures=("share",))
    now = engine.ask(("me", "now"), market(6.4, 300), futures=8, figures=("share",))
    assert now is ahead
    assert other is not ahead
    assert now.priority == 0
    assert now.wait(PATIENCE).is_whole
    engine.forget("you")


def test_sessions_take_turns(engine):
    slow = engine.ask("slow", market(9.5, 400), futures=64, figures=("share",))
    quick = [engine.ask(f"quick {n}", market(9 + n / 100), futures=2, figures=("share",)) for n in range(4)]
    assert all(wish.wait(PATIENCE) is not None for wish in quick)
    assert not slow.ended.is_set()
    slow.cancel()


def test_what_is_less_urgent_waits(engine):
    side = engine.ask("side", market(4.5, 200), futures=40, figures=("share",), priority=5)
    main = engine.ask("main", market(4.6, 50), futures=4, figures=("share",))
    assert main.wait(PATIENCE) is not None
    assert not side.ended.is_set()
    side.cancel()


def test_a_session_that_is_gone_leaves_no_wishes(engine):
    one = engine.ask(("me", "now"), market(3.5, 2000), futures=16, figures=("share",))
    other = engine.ask(("you", "now"), market(3.6), futures=2, figures=("share",))
    engine.forget("me")
    assert one.is_cancelled
    assert other.wait(PATIENCE) is not None


def test_a_model_error_is_a_message(engine):
    wish = engine.ask("a", market(3.3), futures=2, figures=("no such figure",))
    assert wish.ended.wait(PATIENCE)
    assert wish.wait(0) is None
    assert "no such figure" in wish.problem
    assert engine.ask("a", market(3.3), futures=2, figures=("share",)).wait(PATIENCE) is not None


def test_a_large_population_is_cut_for_those_who_wait():
    large = Draft.of("catsup").scenario
    assert large.population.size > CONSUMERS
    small = interactive(large)
    assert (small.population.size, small.population.represents) == (CONSUMERS, large.population.represents)
    same = Draft.of("baseline").scenario
    assert interactive(same) is same


def test_a_market_without_end_has_fewer_futures_than_were_asked_for():
    assert affordable(market(), 64, 6) == 64
    assert FIRST <= affordable(market(weeks=5200), 64, 90) < 64


def test_levels_are_numpys_quantiles():
    values = np.random.default_rng(3).normal(size=(16, 7, 3)).astype(np.float32)
    np.testing.assert_allclose(levels_of(values), np.quantile(values, LEVELS, axis=0), rtol=2e-6, atol=1e-6)
    one = values[:1]
    np.testing.assert_array_equal(levels_of(one), np.repeat(one, 5, axis=0))


def test_fewer_futures_are_the_first_ones():
    values = np.arange(24, dtype=np.float32).reshape(4, 3, 2)
    whole = Ensemble(market(), (0, 1, 2, 3), {"share": values}, {"firm": ("a", "b")}, 4)
    np.testing.assert_array_equal(whole.first(2).figures["share"], values[:2])
    assert whole.first(9) is whole


def test_it_tells_whether_somebody_waits(engine):
    assert not engine.is_wanted
    patient = engine.ask("idle", market(9.5, weeks=200, size=3000), futures=64, priority=9)
    assert not engine.is_wanted
    wish = engine.ask("lab", market(9.0, weeks=200, size=3000), futures=64)
    assert engine.is_wanted
    wish.cancel()
    assert not engine.is_wanted
    patient.cancel()
