from __future__ import annotations

import threading

import numpy as np
import pytest

from experiments.replicate import Run
from experiments.runs import Progress, run_replicates, share_threads
from tests.experiments import fake_sim


def figure(run, key):
    assert run.record is not None
    return run.record[key]


def test_replicates_come_in_order_with_their_own_luck(fake_market):
    runs = run_replicates(fake_sim.scenario(horizon=20), replicates=5, threads=3)
    assert [run.replicate for run in runs] == [0, 1, 2, 3, 4]
    assert [(run.status, run.weeks) for run in runs] == [("done", 20)] * 5
    shares = [figure(run, "share") for run in runs]
    assert not np.array_equal(shares[0], shares[1])


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_results_do_not_depend_on_the_threads(fake_market, threads):
    alone = run_replicates(fake_sim.scenario(horizon=20), replicates=4, threads=1)
    together = run_replicates(fake_sim.scenario(horizon=20), replicates=4, threads=threads)
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(figure(one, "share"), figure(other, "share"))


@pytest.mark.slow
def test_the_real_market_gives_the_same_with_any_number_of_threads():
    from sim.scenario import load

    scenario = load("baseline", ["population.size=3000", "horizon=6"])
    alone = run_replicates(scenario, replicates=3, threads=1)
    together = run_replicates(scenario, replicates=3, threads=3)
    assert [run.status for run in alone] == ["done"] * 3
    for one, other in zip(alone, together, strict=True):
        for key in ("share", "cash", "rating"):
            np.testing.assert_array_equal(figure(one, key), figure(other, key))
    single = run_replicates(scenario, replicates=1, threads=2)[0]
    np.testing.assert_array_equal(figure(single, "share"), figure(alone[0], "share"))


def test_a_failed_replicate_is_reported_and_the_others_go_on(fake_market):
    fake_market.fails_at = {1: 5}
    runs = run_replicates(fake_sim.scenario(horizon=10), replicates=3, threads=2)
    assert [run.status for run in runs] == ["done", "failed", "done"]
    assert runs[1].record is None
    assert runs[1].error.startswith("ZeroDivisionError: a market without customers (fake_sim.py:")
    assert "/" not in runs[1].error


def test_a_stop_keeps_the_weeks_that_were_finished(fake_market):
    stop = threading.Event()
    reached = []

    def watch(progress):
        reached.append(progress.weeks_done)
        if progress.weeks_done >= 3:
            stop.set()

    fake_market.seconds_a_week = 0.05
    runs = run_replicates(fake_sim.scenario(horizon=60), replicates=1, threads=1, on_progress=watch, stop=stop)
    assert runs[0].status == "stopped"
    assert 3 <= runs[0].weeks < 60
    assert figure(runs[0], "share").shape == (runs[0].weeks, 3)


def test_replicates_that_never_began_have_nothing(fake_market):
    stop = threading.Event()
    stop.set()
    runs = run_replicates(fake_sim.scenario(), replicates=2, threads=1, stop=stop)
    assert runs == [Run(0, "stopped", 0.0), Run(1, "stopped", 0.0)]


def test_progress_ends_complete(fake_market):
    seen: list[Progress] = []
    run_replicates(fake_sim.scenario(horizon=9), replicates=3, threads=2, on_progress=seen.append)
    last = seen[-1]
    assert (last.weeks_done, last.weeks_total, last.replicates_done, last.replicates_total) == (27, 27, 3, 3)
    assert [one.weeks_done for one in seen] == sorted(one.weeks_done for one in seen)


def test_every_run_is_handed_over_once_in_the_calling_thread(fake_market):
    threads, numbers = set(), []

    def keep(run):
        threads.add(threading.current_thread())
        numbers.append(run.replicate)

    run_replicates(fake_sim.scenario(horizon=5), replicates=6, threads=3, on_run=keep)
    assert sorted(numbers) == list(range(6))
    assert threads == {threading.current_thread()}


def test_an_error_of_the_caller_stops_the_rest(fake_market):
    fake_market.seconds_a_week = 0.01
    started = []

    def keep(run):
        started.append(run)
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        run_replicates(fake_sim.scenario(horizon=10), replicates=500, threads=1, on_run=keep)
    assert len(started) == 1


@pytest.mark.parametrize(("replicates", "threads"), [(0, 1), (1, 0)])
def test_nothing_to_do_is_refused(replicates, threads):
    with pytest.raises(ValueError, match="at least 1"):
        run_replicates(fake_sim.scenario(), replicates=replicates, threads=threads)


@pytest.mark.parametrize(
    ("replicates", "threads", "consumers", "expected"),
    [
        (20, 8, 5_000, (8, 1)),
        (8, 8, 5_000_000, (8, 1)),
        (1, 8, 5_000, (1, 1)),
        (1, 8, 1_000_000, (1, 8)),
        (3, 8, 5_000, (3, 1)),
        (3, 8, 1_000_000, (1, 8)),
        (5, 8, 1_000_000, (5, 1)),
    ],
)
def test_threads_go_to_markets_first_and_to_large_ones_only(replicates, threads, consumers, expected):
    assert share_threads(replicates, threads, consumers) == expected
