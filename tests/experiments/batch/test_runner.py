"""Runs of experiments: the same bytes whoever makes them, and nothing lost whatever goes wrong."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.batch.designs.grids import Table
from experiments.batch.executors import Here, Processes
from experiments.batch.experiment import model_version
from experiments.batch.folder import BatchFolderError, opened
from experiments.batch.results import FILE, open_results
from experiments.batch.runner import Done, Runner, piece_size
from experiments.batch.store import BatchStore, StoreError
from experiments.batch.work import make_runs, pack
from experiments.pool import Pool
from experiments.runs import run_replicates
from sim.scenario import changed
from tests.experiments.batch import sabotage
from tests.experiments.batch.files import GRID, made, write

ROOT = Path(__file__).parent.parent.parent.parent
posix = pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")


@pytest.fixture(scope="module")
def pool():
    with Pool(2) as processes:
        yield processes


def ran(experiment, folder, executor, **options):
    """Make all runs of an experiment in a folder."""
    with opened(folder, experiment, how="resume" if (folder / FILE).exists() else "new") as store:
        try:
            return Runner(experiment, store, executor, **options).run()
        finally:
            executor.close()


def blocks(folder):
    """All that was found, by point and replicate: bytes of figures, and ends."""
    with sqlite3.connect(folder / FILE) as file:
        rows = file.execute("SELECT point, replicate, status, luck, weeks, series FROM run ORDER BY id").fetchall()
        ends = file.execute("SELECT * FROM summary ORDER BY run").fetchall()
        names = sorted(row[1] for row in file.execute("PRAGMA table_info(summary)"))
    file.close()
    return rows, ends, names


class Sabotaged(Processes):
    """Processes whose work goes wrong."""

    function = staticmethod(sabotage.poisoned)

    def submit(self, function, *arguments):
        assert function is make_runs
        return super().submit(self.function, *arguments)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The small experiment, made here, one run after the other."""
    folder = tmp_path_factory.mktemp("reference")
    done = ran(made(folder), folder / "out", Here())
    assert (done.runs, done.total, done.failed) == (24, 24, 0)
    return folder / "out"


def test_a_run_is_what_the_scenario_with_these_settings_gives(reference, tmp_path):
    experiment = made(tmp_path)
    dear = changed(experiment.arms[1].scenario, {"firm.Nova.levers.price": 11.0, "network.peers": 4})
    alone = run_replicates(dear, replicates=3)
    with open_results(reference) as results:
        shares = results.series("share", "Nova")
        (place,) = np.flatnonzero((results.runs.points == 7) & (results.runs.replicates == 2))
        assert alone[2].record is not None
        assert np.array_equal(shares[place], alone[2].record["share"][:, 0])


def test_processes_any_number_of_them_give_the_same_bytes(reference, pool, tmp_path):
    assert ran(made(tmp_path), tmp_path / "two", Processes(2, pool)).runs == 24
    assert ran(made(tmp_path), tmp_path / "three", Processes(3)).runs == 24
    assert blocks(tmp_path / "two") == blocks(tmp_path / "three") == blocks(reference)


def test_the_other_engine_and_formulas(pool, tmp_path):
    text = GRID.replace("horizon = 6", 'horizon = 2\nengine = "objects"') + (
        '[record]\nfigures = ["share.Nova", "units"]\n[record.formulas]\n"two shares" = "2 * end(share)"\n'
    )
    text = text.replace("consumers = 100", "consumers = 20").replace("replicates = 3", "replicates = 1")
    ran(made(tmp_path, text), tmp_path / "objects", Processes(2, pool))
    ran(made(tmp_path, text.replace('engine = "objects"', "")), tmp_path / "compiled", Here())
    assert blocks(tmp_path / "objects") == blocks(tmp_path / "compiled")
    with open_results(tmp_path / "objects") as results:
        assert results.figures["share"] == ("Nova",)
        assert len(results.figures["units"]) == 5
        # All firms' shares add up to one.
        assert results.end("two shares") == pytest.approx(2.0)


def test_only_ends_are_kept_if_asked(tmp_path):
    ran(made(tmp_path, GRID + "[record]\nseries = false"), tmp_path / "out", Here())
    with open_results(tmp_path / "out") as results:
        assert results.end("share", "Nova").shape == (8, 3)
        with pytest.raises(KeyError):
            results.series("share", "Nova")


def test_a_run_that_raises_is_kept_with_settings_and_trace_and_the_rest_goes_on(tmp_path):
    table = GRID.replace('kind = "full_grid"', 'kind = "table"\nrows = [{ price = 9.0 }, { peers = 4 }]')
    experiment = made(tmp_path, table)
    spoilt = replace(experiment, design=Table(kind="table", rows=[{"price": -1.0}, {"peers": 4}]))
    done = ran(spoilt, tmp_path / "out", Here())
    assert (done.runs, done.failed) == (12, 6)
    with open_results(tmp_path / "out") as results:
        failures = results.failures()
        assert [(one.point, one.replicate) for one in failures] == [(p, r) for p in (1, 3) for r in range(3)]
        assert all(one.settings == {"firm.Nova.levers.price": -1.0} for one in failures)
        assert all("firm.Nova.levers.price" in one.error for one in failures)
        assert all("sim/scenario.py" in one.trace for one in failures)
        assert all(str(ROOT) not in one.trace for one in failures)
        assert results.status().done == 6


def test_a_market_that_breaks_in_its_weeks_is_kept_with_its_trace(tmp_path):
    experiment = made(tmp_path)
    broken = experiment.arms[0].scenario.model_copy(update={"firms": "none"})
    spoilt = replace(experiment, arms=(replace(experiment.arms[0], scenario=broken),))
    task = replace(next(experiment.tasks()), settings={})
    finished = make_runs(pack(spoilt), [task])
    assert isinstance(finished, list)
    (one,) = finished
    assert (one.status, one.kept) == ("failed", None)
    assert "str" in one.error
    assert "sim/market.py" in one.trace


@posix
def test_a_run_that_kills_its_worker_is_marked_and_all_others_are_made(reference, pool, tmp_path):
    done = ran(made(tmp_path), tmp_path / "out", Sabotaged(2, pool))
    assert (done.runs, done.failed) == (24, 1)
    with open_results(tmp_path / "out") as results:
        (crashed,) = results.failures()
        assert (crashed.point, crashed.replicate, crashed.status) == (sabotage.POISON, 0, "crashed")
        assert crashed.settings == {"firm.Nova.levers.price": 9.0, "network.peers": 4}
        assert "3" in crashed.error
        assert results.status().done == 23
    others = [row for row in blocks(reference)[0] if row[:2] != (sabotage.POISON, 0)]
    assert [row for row in blocks(tmp_path / "out")[0] if row[2] == "done"] == others
    # Tried again without the poison, it is done as if nothing had been.
    assert ran(made(tmp_path), tmp_path / "out", Here(), retry=True).runs == 24
    assert blocks(tmp_path / "out") == blocks(reference)


@posix
def test_a_worker_that_is_killed_is_replaced_and_its_runs_made_again(reference, pool, tmp_path):
    executor = Sabotaged(2, pool)
    executor.function = sabotage.DiesOnce(tmp_path / "died")
    before = set(pool.pids)
    assert ran(made(tmp_path), tmp_path / "out", executor).failed == 0
    assert (tmp_path / "died").exists()
    assert before != set(pool.pids)
    assert blocks(tmp_path / "out") == blocks(reference)


def test_where_no_process_can_work_runs_are_made_here(monkeypatch, reference, tmp_path):
    monkeypatch.setattr("experiments.pool._START", "raise SystemExit")
    assert ran(made(tmp_path), tmp_path / "out", Processes(2)).runs == 24
    assert blocks(tmp_path / "out") == blocks(reference)


def test_a_stop_keeps_what_is_finished_and_the_rest_follows(reference, tmp_path):
    stop = threading.Event()
    done = ran(made(tmp_path), tmp_path / "out", Here(), stop=stop, seconds=10.0, on_progress=lambda one: stop.set())
    assert 0 < done.runs < 24
    with open_results(tmp_path / "out") as results:
        assert results.status().missing == 24 - done.runs
        assert not results.status().is_complete
    assert ran(made(tmp_path), tmp_path / "out", Here()).runs == 24
    assert blocks(tmp_path / "out") == blocks(reference)


def test_a_long_run_is_cut_at_the_end_of_its_week(pool, tmp_path):
    text = GRID.replace("horizon = 6", "horizon = 5200").replace("consumers = 100", "consumers = 3000")
    stop = threading.Event()
    executor = Processes(2, pool)
    threading.Timer(1.5, stop.set).start()
    begun = time.monotonic()
    done = ran(made(tmp_path, text), tmp_path / "out", executor, stop=stop, seconds=60.0)
    assert done.runs == 0
    assert time.monotonic() - begun < 30


def test_a_worker_with_another_model_makes_no_run(pool, tmp_path):
    executor = Sabotaged(2, pool)
    executor.function = sabotage.of_another_model
    done = ran(made(tmp_path), tmp_path / "out", executor)
    assert (done.runs, done.failed) == (24, 24)
    with open_results(tmp_path / "out") as results:
        for one in results.failures():
            assert "has another version of the model" in one.error
            assert model_version() + " and more" in one.error
    # Made by whoever has the right one, all is well.
    assert ran(made(tmp_path), tmp_path / "out", Here(), retry=True).failed == 0


def test_the_time_left_does_not_count_how_long_workers_take_to_start(tmp_path, monkeypatch):
    started = 0.0

    class Late(Here):
        def submit(self, function, *arguments):
            nonlocal started
            started = 1000.0  # seconds that go by until the first worker is there
            return super().submit(function, *arguments)

    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + started)
    monkeypatch.setattr("experiments.batch.runner.time", clock)
    told: list[Done] = []
    ran(made(tmp_path), tmp_path / "out", Late(), seconds=0.25, on_progress=told.append)
    first = next(one for one in told if one.runs)
    assert first.rate > first.runs / 500
    assert all(one.seconds_left is None for one in told if not one.runs)


def test_progress_tells_rate_and_time_left(tmp_path):
    told: list[Done] = []
    ran(made(tmp_path), tmp_path / "out", Here(), seconds=0.05, on_progress=told.append)
    assert told[-1].runs == told[-1].total == 24
    assert told[-1].rate > 0
    assert told[-1].seconds_left == 0


SCRIPT = """
import sys
from pathlib import Path
from experiments.batch.executors import Processes
from experiments.batch.folder import opened
from experiments.batch.reading import read_experiment
from experiments.batch.runner import Runner
from tests.experiments.batch import sabotage

class Slow(Processes):
    def submit(self, function, *arguments):
        return super().submit(sabotage.slow, *arguments)

if __name__ == "__main__":
    experiment = read_experiment(sys.argv[1])
    with opened(Path(sys.argv[2]), experiment, how="new") as store:
        Runner(experiment, store, Slow(2), seconds=0.1).run()
"""


@posix
def test_when_the_coordinator_is_killed_what_is_kept_is_whole_and_the_rest_follows(reference, tmp_path):
    file, folder = write(tmp_path), tmp_path / "out"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(file), str(folder)], env=environment, cwd=ROOT)
    until = time.monotonic() + 120

    def known() -> int:
        try:
            with open_results(folder) as results:
                return results.status().done
        except StoreError:
            return 0

    while known() < 4:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with sqlite3.connect(folder / FILE) as check:
        assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    check.close()
    assert 4 <= known() < 24
    assert ran(made(tmp_path), folder, Here()).runs == 24
    assert blocks(folder) == blocks(reference)


# --- the folder ---------------------------------------------------------------------------------------------


def test_two_batches_cannot_share_a_folder(tmp_path):
    experiment = made(tmp_path)
    with opened(tmp_path / "out", experiment, how="new") as store:
        Runner(experiment, store, Here(), seconds=10.0).run()
        for how in ("resume", "replace"):
            with pytest.raises(BatchFolderError, match="in use"), opened(tmp_path / "out", experiment, how=how):
                pass
        assert len(store.known()) == 24


def test_another_experiment_is_not_gone_on_with(tmp_path):
    experiment = made(tmp_path)
    with opened(tmp_path / "out", experiment, how="new"):
        pass
    other = made(tmp_path, GRID.replace("[9.0, 11.0]", "[9.0, 12.0]").replace("replicates = 3", "replicates = 4"))
    wrong = pytest.raises(BatchFolderError, match="the factors, the replicates differ")
    with wrong, opened(tmp_path / "out", other, how="resume"):
        pass
    with pytest.raises(BatchFolderError, match="--resume"), opened(tmp_path / "out", experiment, how="new"):
        pass
    with pytest.raises(BatchFolderError, match="no experiment"), opened(tmp_path / "none", experiment, how="resume"):
        pass


def test_a_folder_of_somebody_else_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("dear", encoding="utf-8")
    for how in ("new", "replace"):
        with pytest.raises(BatchFolderError, match="not empty"), opened(tmp_path / "out", made(tmp_path), how=how):
            pass
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["letter.txt"]


def test_a_full_disk_is_told_and_what_was_kept_is_safe(reference, tmp_path):
    experiment = made(tmp_path)
    with opened(tmp_path / "out", experiment, how="new") as store:
        (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
        store._connection.execute(f"PRAGMA max_page_count = {pages + 15}")
        with pytest.raises(StoreError) as error:
            Runner(experiment, store, Here(), seconds=10.0).run()
        assert error.value.reason == "unwritable"
        assert "full" in error.value.detail
    with open_results(tmp_path / "out") as results:
        assert 0 < results.status().done < 24
    assert ran(experiment, tmp_path / "out", Here()).runs == 24
    assert blocks(tmp_path / "out") == blocks(reference)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_told(tmp_path):
    (tmp_path / "shut").mkdir(mode=0o500)
    with pytest.raises(BatchFolderError) as error, opened(tmp_path / "shut" / "out", made(tmp_path), how="new"):
        pass
    assert error.value.cannot_write


def test_a_place_that_is_no_folder_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    for place in ("file", "file/out"):
        with pytest.raises(BatchFolderError) as error, opened(tmp_path / place, made(tmp_path), how="new"):
            pass
        assert error.value.cannot_write


def test_a_file_that_is_no_experiment_is_told(tmp_path):
    (tmp_path / FILE).write_text("nothing" * 100, encoding="utf-8")
    with pytest.raises(StoreError) as error:
        BatchStore.open(tmp_path / FILE)
    assert error.value.reason == "foreign"


# --- pieces of work -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "size", "left", "expected"),
    [
        (0.05, 1e5, 10_000, 5),
        (10.0, 1e5, 10_000, 1),
        (0.05, 1e7, 10_000, 1),
        (0.05, 1e5, 8, 2),
        (1e-9, 1.0, 10**6, 500),
    ],
)
def test_short_runs_are_handed_out_many_at_a_time(seconds, size, left, expected):
    class Two(Here):
        workers = 2

    assert piece_size(seconds, size, left, Two()) == expected


def test_a_dear_way_of_handing_out_gets_longer_pieces():
    class Far(Here):
        overhead = 0.03

    assert piece_size(0.05, 1e4, 10_000, Far()) == 30
