"""Replicates in processes: what becomes of them when something is stopped, fails or dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from experiments.exits import Exit
from experiments.pool import Job, Pool, WorkerLostError, pool_that_pays, seconds_saved, shared_pool
from experiments.replicate import run_one
from experiments.runs import Progress, run_replicates
from sim.scenario import changed, load
from sim.text import use_language
from tests.experiments.watching import Counting

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.slow


def market(weeks, consumers=500):
    return load("baseline", {"population.size": consumers, "horizon": weeks})


@pytest.fixture(scope="module")
def pool():
    with Pool(2) as processes:
        get_ready(processes)
        yield processes


def get_ready(pool):
    """Have every process of a pool work until it has ended a replicate."""
    while len(pool.pids) < pool.processes:
        run_replicates(market(20), replicates=pool.processes, threads=pool.processes, pool=pool)


def is_alive(pid):
    """Whether a process runs; one that only waits to be noticed as ended does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return status != "Z"


def is_gone(pids, within=10.0):
    until = time.monotonic() + within
    while any(is_alive(pid) for pid in pids):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_every_run_is_told_of_in_the_calling_thread(pool):
    seen: list[Progress] = []
    numbers, callers = [], set()

    def keep(run):
        numbers.append(run.replicate)
        callers.add(threading.current_thread())

    runs = run_replicates(market(30), replicates=5, threads=2, pool=pool, on_progress=seen.append, on_run=keep)
    assert [(run.replicate, run.status, run.weeks) for run in runs] == [(r, "done", 30) for r in range(5)]
    assert sorted(numbers) == list(range(5))
    assert callers == {threading.current_thread()}
    assert (seen[-1].weeks_done, seen[-1].replicates_done) == (150, 5)
    assert runs[0].record is not None
    assert runs[0].record.scenario.horizon == 30


def test_progress_comes_while_replicates_run(pool):
    seen: list[Progress] = []
    run_replicates(market(1500), replicates=2, threads=2, pool=pool, on_progress=seen.append)
    assert len({one.weeks_done for one in seen}) >= 3


def test_a_stop_keeps_the_weeks_that_were_finished(pool):
    stop = threading.Event()

    def watch(progress):
        if progress.weeks_done > 1000:  # of both that are under way: neither is still being built
            stop.set()

    runs = run_replicates(market(5200), replicates=3, threads=2, pool=pool, on_progress=watch, stop=stop)
    assert [run.status for run in runs] == ["stopped"] * 3
    assert all(0 < run.weeks < 5200 for run in runs[:2])
    assert runs[2].weeks == 0
    again = run_replicates(market(20), replicates=2, threads=2, pool=pool)
    assert [run.status for run in again] == ["done"] * 2


def test_a_wish_to_stop_that_comes_too_late_stops_nobody_else():
    with Pool(1) as one:
        first = Job(market(5), None, threading.Event())
        assert one.run(0, first, lambda _: None).status == "done"
        (worker,) = one._idle
        old = worker._errand

        heard: list[int] = []

        def ask(weeks: int) -> None:
            heard.append(weeks)
            worker.ask_to_stop(errand)

        errand = old  # asked while the next one is under way, as it tells its weeks
        assert one.run(1, Job(market(800), None, threading.Event()), ask).status == "done"
        assert heard
        errand = worker._errand + 1
        assert one.run(2, Job(market(800), None, threading.Event()), ask).status == "stopped"
        assert first.busy == {}


def test_replicates_may_have_numbers_scenarios_and_watchers_of_their_own(pool):
    def each(number):
        return changed(market(6), {"firm.Nova.levers.price": 8.0 + number})

    numbers = (7, 3, 11)
    options: dict[str, Any] = {"numbers": numbers, "each": each, "watch": Counting, "figures": ("share", "price")}
    there = run_replicates(market(6), threads=2, pool=pool, **options)
    here = [run_one(each(number), number, 1, "compiled", None, lambda _: None, threading.Event()) for number in numbers]
    assert [run.replicate for run in there] == list(numbers)
    for one, other in zip(there, here, strict=True):
        assert one.record is not None
        assert other.record is not None
        assert one.record["price"][0, 0] == 8.0 + one.replicate
        assert (one.record["share"] == other.record["share"]).all()
        weeks, shares = one.seen
        assert weeks == [1, 2, 3, 4, 5, 6]
        assert shares == other.record["share"][-1].tolist()
    alone = run_replicates(market(6), threads=1, **options)
    assert [run.seen for run in alone] == [run.seen for run in there]


def test_a_scenario_that_cannot_be_made_fails_alone(pool):
    def each(number):
        return changed(market(6), {"firm.Nova.levers.price": 5.0 - 3 * number})

    runs = run_replicates(market(6), replicates=3, threads=2, pool=pool, each=each)
    assert [run.status for run in runs] == ["done", "done", "failed"]
    assert "price" in runs[2].error


def test_a_run_that_raises_says_so(pool):
    broken = market(10).model_copy(update={"firms": "none"})
    here = run_replicates(broken, replicates=1)
    there = run_replicates(broken, replicates=2, threads=2, pool=pool)
    assert [run.status for run in there] == ["failed"] * 2
    assert there[0].error == here[0].error


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_a_process_that_is_killed_is_replaced_and_its_replicate_run_again():
    with Pool(2) as processes:
        killed: list[int] = []

        def kill(progress):
            if progress.weeks_done and not killed:
                killed.append(processes.pids[0])
                os.kill(killed[0], signal.SIGKILL)

        runs = run_replicates(market(1000), replicates=4, threads=2, pool=processes, on_progress=kill)
        assert killed
        assert [run.status for run in runs] == ["done"] * 4
        assert killed[0] not in processes.pids


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_a_replicate_whose_processes_are_always_killed_is_reported():
    with Pool(2) as processes, use_language("fr"):
        # Both have worked before: two that die before they are ready would be taken for a machine without processes.
        get_ready(processes)

        def kill(progress):
            if progress.weeks_done:
                for pid in processes.pids:
                    with suppress(ProcessLookupError):  # ended and replaced just now
                        os.kill(pid, signal.SIGKILL)

        runs = run_replicates(market(5200, 5000), replicates=2, threads=2, pool=processes, on_progress=kill)
    assert [run.status for run in runs] == ["failed"] * 2
    assert all("processus" in run.error for run in runs)


@pytest.mark.parametrize("wrong", [("experiments.pool._START", "raise SystemExit"), ("sys.executable", "/nowhere")])
def test_where_processes_cannot_work_the_replicates_still_run(monkeypatch, wrong):
    monkeypatch.setattr(*wrong)
    with Pool(2) as processes:
        runs = run_replicates(market(5), replicates=2, threads=2, pool=processes)
    assert [run.status for run in runs] == ["done"] * 2


def test_closing_ends_all_processes():
    with Pool(2) as processes:
        processes.start()
        pids = processes.pids
        assert len(pids) == 2
    assert is_gone(pids)
    assert processes.pids == []


# --- functions ----------------------------------------------------------------------------------------------


def add(a, b, stop):
    return a + b


def raises(stop):
    raise KeyError("this")


class CannotBePickledError(Exception):
    def __reduce__(self):
        raise TypeError("not me")


def raises_what_cannot_be_pickled(stop):
    raise CannotBePickledError("said")


def gives_what_cannot_be_pickled(stop):
    return threading.Lock()


def waits(stop):
    return stop.wait(60)


def dies(stop):
    os._exit(1)


def test_a_process_calls_a_function(pool):
    assert pool.call(add, 2, 3) == 5
    with pytest.raises(KeyError, match="this"):
        pool.call(raises)
    for wrong, said in ((raises_what_cannot_be_pickled, "said"), (gives_what_cannot_be_pickled, "pickle")):
        with pytest.raises(RuntimeError, match=said):
            pool.call(wrong)
    assert pool.call(add, "a", "b") == "ab"


def test_functions_can_be_told_to_stop(pool):
    threading.Timer(0.5, pool.stop_calls).start()
    assert pool.call(waits) is True


def test_a_process_that_dies_of_a_function_is_told_and_replaced():
    with Pool(1) as one:
        assert one.call(add, 1, 1) == 2
        (before,) = one.pids
        with pytest.raises(WorkerLostError) as lost:
            one.call(dies)
        assert lost.value.was_ready
        assert one.call(add, 1, 1) == 2
        assert one.pids != [before]


def test_where_no_process_can_be_started_a_call_says_so(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere")
    with Pool(1) as one, pytest.raises(WorkerLostError) as lost:
        one.call(add, 1, 1)
    assert not lost.value.was_ready


SCRIPT = """
import os, sys, threading
from experiments.pool import Pool
from experiments.runs import Progress, run_one, run_replicates
from sim.scenario import load
print("begun", flush=True)
pool = Pool(2)
pool.start()
print(*pool.pids, flush=True)
run_replicates(load("baseline", {"population.size": 500, "horizon": 20}), replicates=2, threads=2, pool=pool)
"""


@pytest.mark.parametrize("end", ["os._exit(3)", "os.kill(os.getpid(), 9)", "pool.close()"])
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
def test_no_process_outlives_the_one_that_started_it(end, tmp_path):
    """The script has no guard: its workers must not run it a second time."""
    script = tmp_path / "script.py"
    script.write_text(SCRIPT + end, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=120)
    begun, pids = done.stdout.splitlines()
    assert begun == "begun"
    assert is_gone([int(pid) for pid in pids.split()])
    assert done.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_ctrl_c_keeps_what_was_finished_and_leaves_no_process(tmp_path):
    """The signal goes to the whole group, as it does on a terminal."""
    folder = tmp_path / "out"
    process = subprocess.Popen(
        [
            sys.executable, "-c", "from experiments.cli import app; import sys; app(sys.argv[1:])",
            "run", "baseline", "-r", "5000", "--threads", "2", "--weeks", "300", "--consumers", "300",
            "--out", str(folder),
        ],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"USERISATION_LANG": "en"}, start_new_session=True,
    )  # fmt: skip
    from tests.experiments.test_cli_interrupt import finished, wait_for

    wait_for(process, lambda: (folder / "results.sqlite").exists() and finished(folder) >= 4)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    pids = [int(pid) for pid in children.read_text(encoding="ascii").split()] if children.exists() else []
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == Exit.INTERRUPTED
    assert "Traceback" not in err
    assert "of 5000 replicates were finished" in err
    assert is_gone(pids)


def test_a_pool_is_started_where_it_pays_only():
    assert pool_that_pays([(market(104, 5000), 16)], 2) is None
    assert pool_that_pays([(market(104, 5000), 1000)], 1) is None
    assert pool_that_pays([(market(104, 1_000_000), 1000)], 2) is None
    assert pool_that_pays([(market(104, 5000), 1000)], 2) is shared_pool()
    many = [(changed(market(104, 5000), {"seed": seed}), 16) for seed in range(20)]
    assert pool_that_pays(many, 2) is shared_pool()
    assert shared_pool().pids == []


def test_large_markets_gain_nothing():
    assert seconds_saved(5000, 1000, 2) > 0
    assert seconds_saved(50_000, 1000, 2) == 0
