"""Runs of comparisons: the same as those of the command line, kept, stopped, and behind the Lab."""

import threading
import time
from concurrent.futures import CancelledError

import numpy as np
import pytest

from dashboards.compare import runs
from dashboards.compare.asking import asked_for, first_figure
from dashboards.compare.sides import Setup
from experiments.answers.compare import compare
from experiments.answers.explain import explain
from tests.dashboards.compare.conftest import FUTURES, WEEKS, small


def test_it_is_what_the_command_line_finds(two):
    asked = first_figure(two.setup.scenarios)
    found = two.compared(asked)
    again = compare(two.setup.scenarios, [asked], replicates=FUTURES)
    assert found.figures == again.figures
    assert found.changes == again.changes
    assert found.notes == again.notes


def test_the_same_is_not_run_twice(two, pool):
    same = Setup((small("baseline"), small("sincere_opening")), FUTURES)
    assert runs.run(same, pool=pool) is two
    assert runs.known(same) is two
    assert runs.known(Setup(same.sides, FUTURES + 1)) is None
    asked = first_figure(same.scenarios)
    assert two.compared(asked) is two.compared(asked)


def test_weeks_are_those_of_the_runs(two):
    asked = first_figure(two.setup.scenarios)
    series = two.series(asked)
    assert {letter: values.shape for letter, values in series.items()} == {
        "A": (FUTURES, WEEKS),
        "B": (FUTURES, WEEKS),
    }
    figure = two.compared(asked).figures[0]
    np.testing.assert_allclose(series["A"].mean(axis=0), figure.base_weeks, rtol=1e-6)
    np.testing.assert_allclose((series["B"] - series["A"]).mean(axis=0), figure.arms[0].course.value, atol=1e-6)
    every = two.every("share", {"A": ["Nova", "Agora"], "B": ["Agora"]})
    assert list(every["A"]) == ["Nova", "Agora"]
    assert list(every["B"]) == ["Agora"]
    np.testing.assert_array_equal(every["A"]["Nova"], series["A"])


def test_it_stops_when_it_is_told_to(pool):
    stop = threading.Event()
    seen = []

    def on_progress(done):
        seen.append(done.runs)
        stop.set()

    with pytest.raises(runs.Stopped):
        runs.run(Setup((small("hypocrite"), small("gaffe")), 64), pool=pool, on_progress=on_progress, stop=stop)
    assert seen[-1] < 128
    assert runs.known(Setup((small("hypocrite"), small("gaffe")), 64)) is None


def test_it_waits_while_somebody_with_more_right_waits(pool):
    place = runs.Behind(pool, is_wanted := _Wanted())
    future = place.submit(_made, (1, 2, 3))
    time.sleep(0.2)
    assert not future.done()
    is_wanted.now = False
    assert future.result(20) == [1, 2, 3]
    assert len(place.seconds) == 3
    place.close()


class _Wanted:
    now = True

    def __call__(self):
        return self.now


def _made(tasks, stop=None):
    return list(tasks)


def test_what_is_stopped_begins_no_further_run_and_leaves_the_processes(pool):
    place = runs.Behind(pool)
    place.stop()
    with pytest.raises(CancelledError):
        place.submit(_made, (1,)).result(20)
    place.close()
    assert runs.Behind(pool).submit(_made, (1,)).result(20) == [1]


def test_explanations_are_those_of_the_command_line(two, pool):
    asked = first_figure(two.setup.scenarios)
    changes, markets = runs.markets_to_explain(two.setup, 1, "family", 64)
    assert (changes, markets) == (1, 2)
    found = runs.explained(two.setup, 1, asked, grouping="family", budget=64, pool=pool)
    names = list(two.setup.scenarios.items())
    again = explain(names[0], names[1], [asked], grouping="family", budget=64, replicates=FUTURES)
    assert found.figures == again.figures


def test_a_first_look_is_small(two):
    big = Setup(two.setup.sides, 64)
    assert runs.sized(big, "thorough") is big
    quick = runs.sized(big, "quick")
    assert quick.futures == runs.QUICK_FUTURES
    assert next(iter(quick.scenarios.values())).population.size <= runs.QUICK_CONSUMERS
    assert runs.seconds_of_a_run(two, quick) > 0


def test_a_week_by_itself(two):
    scenarios = list(two.setup.scenarios.values())
    one = two.compared(asked_for(scenarios, "share", "Nova", "week", 5)).figures[0]
    assert one.base == pytest.approx(one.base_weeks[4])
