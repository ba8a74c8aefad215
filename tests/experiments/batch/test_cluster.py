"""The same experiment on a Dask cluster: a scheduler and workers in processes of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.batch.executors import Cluster, ExecutorError, Here
from experiments.batch.folder import opened
from experiments.batch.results import open_results
from experiments.batch.runner import Runner
from tests.experiments.batch import sabotage
from tests.experiments.batch.files import GRID, made, write
from tests.experiments.batch.test_runner import blocks, ran

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="sends POSIX signals"),
    # What Dask's own threads and sockets leave behind at the end is not ours to mend.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]

ROOT = Path(__file__).parent.parent.parent.parent


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def dask(*words: object) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    command = [sys.executable, "-m", "distributed.cli." + str(words[0]), *map(str, words[1:])]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=quiet, stderr=quiet, start_new_session=True)


@pytest.fixture(scope="module")
def address():
    """A scheduler with two workers of one thread each, whose nannies replace them when they die."""
    port = free_port()
    where = f"tcp://127.0.0.1:{port}"
    processes = [dask("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")]
    common = ("--nthreads", 1, "--no-dashboard", "--memory-limit", 0)
    processes += [dask("dask_worker", where, "--name", name, *common) for name in ("one", "two")]
    until = time.monotonic() + 120
    while True:
        try:
            cluster = Cluster(where, wait_seconds=5)
        except ExecutorError:
            assert time.monotonic() < until
            assert all(process.poll() is None for process in processes)
            time.sleep(0.5)
        else:
            workers = cluster.workers
            cluster.close()
            if workers == 2:
                break
    yield where
    for process in reversed(processes):
        os.killpg(process.pid, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Sabotaged(Cluster):
    """A cluster whose work goes wrong."""

    function = staticmethod(sabotage.poisoned)

    def submit(self, function, *arguments):
        return super().submit(self.function, *arguments)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    ran(made(folder), folder / "out", Here())
    return folder / "out"


def test_a_cluster_gives_the_same_bytes_as_this_process(address, reference, tmp_path):
    done = ran(made(tmp_path), tmp_path / "out", Cluster(address))
    assert (done.runs, done.failed) == (24, 0)
    assert blocks(tmp_path / "out") == blocks(reference)


def test_what_was_begun_here_is_gone_on_with_there(address, reference, tmp_path):
    import threading

    stop = threading.Event()
    begun = ran(made(tmp_path), tmp_path / "out", Here(), seconds=10.0, stop=stop, on_progress=lambda _: stop.set())
    assert 0 < begun.runs < 24
    assert ran(made(tmp_path), tmp_path / "out", Cluster(address)).runs == 24
    assert blocks(tmp_path / "out") == blocks(reference)


def test_a_worker_of_the_cluster_that_is_killed_is_replaced(address, reference, tmp_path):
    cluster = Sabotaged(address)
    cluster.function = sabotage.DiesOnce(tmp_path / "died")
    assert ran(made(tmp_path), tmp_path / "out", cluster).failed == 0
    assert (tmp_path / "died").exists()
    assert blocks(tmp_path / "out") == blocks(reference)


def test_a_run_that_kills_workers_of_the_cluster_is_marked(address, tmp_path):
    done = ran(made(tmp_path), tmp_path / "out", Sabotaged(address))
    assert (done.runs, done.failed) == (24, 1)
    with open_results(tmp_path / "out") as results:
        assert [(one.point, one.replicate, one.status) for one in results.failures()] == [
            (sabotage.POISON, 0, "crashed")
        ]


def test_the_command_takes_the_address(address, command, tmp_path):
    ended = command("batch", write(tmp_path), "--cluster", address, "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    assert "24 of 24 runs are done" in ended.err


def test_questions_to_experiments_take_it_too(address, command, tmp_path):
    text = GRID.replace("levels = [9.0, 11.0]", "low = 9.0\nhigh = 11.0").replace(
        "levels = [4, 8]", "low = 4\nhigh = 8"
    )
    file = write(tmp_path, text.replace('kind = "full_grid"', 'kind = "morris"\ntrajectories = 4'))
    words = (file, "--figure", "share:Nova", "--out", tmp_path / "out")
    refused = command("sensitivity", *words, "--cluster", address, "--workers", 2)
    assert refused.code == 2
    assert "either --workers or --cluster" in refused.err
    ended = command("sensitivity", *words, "--cluster", address)
    assert ended.code == 0, ended.err
    with open_results(tmp_path / "out") as results:
        assert results.status().done == 2 * 4 * 3 * 3
    text = GRID.replace("replicates = 3", "replicates = 1").replace("levels = [9.0, 11.0]", "low = 9.0\nhigh = 11.0")
    other = write(tmp_path, text.replace('kind = "full_grid"', 'kind = "latin_hypercube"\nsize = 64'), "other.toml")
    told = command("discover", other, "--fails", "share:Nova < 15%", "--cluster", address, "--out", tmp_path / "other")
    assert told.code == 0, told.err
    with open_results(tmp_path / "other") as results:
        assert results.status().done == 2 * 64
    again = command("sensitivity", tmp_path / "out", "--figure", "share:Nova", "--cluster", address)
    assert again.code == 2
    assert "--cluster is for runs that are to be made" in again.err


def test_where_nobody_answers_it_is_said_and_no_folder_is_begun(command, tmp_path):
    for where in (f"tcp://127.0.0.1:{free_port()}", "nonsense"):
        with pytest.raises(ExecutorError, match="no Dask scheduler answers"):
            Cluster(where, wait_seconds=1)
    ended = command("batch", write(tmp_path), "--cluster", "nonsense", "--out", tmp_path / "out")
    assert ended.code == 2
    assert "no Dask scheduler answers at nonsense" in ended.err
    assert not (tmp_path / "out").exists()


def test_workers_with_another_model_are_refused(address, monkeypatch):
    import experiments.batch.experiment as ours

    real = ours.model_version
    monkeypatch.setattr(Cluster, "_versions", lambda _: {"tcp://x": real() + " other"})
    with pytest.raises(ExecutorError, match="another version of the model"):
        Cluster(address)


OTHER = """
import experiments.batch.experiment as ours

ours.model_version = lambda: "9.9.9 (other rules)"
"""


def test_a_worker_with_another_model_that_joins_later_gets_no_more_runs(address, reference, tmp_path):
    (tmp_path / "other.py").write_text(OTHER, encoding="utf-8")
    cluster = Sabotaged(address)
    cluster.function = sabotage.slow
    other = ("--nthreads", 1, "--no-dashboard", "--memory-limit", 0, "--no-nanny", "--preload", tmp_path / "other.py")
    late = dask("dask_worker", address, *other)
    try:
        cluster._client.wait_for_workers(3, timeout=60)
        assert ran(made(tmp_path), tmp_path / "out", cluster).failed == 0
    finally:
        os.killpg(late.pid, signal.SIGTERM)
        late.wait()
    assert cluster.workers == 2
    assert blocks(tmp_path / "out") == blocks(reference)


def test_where_only_workers_with_another_model_are_left_it_is_said(address, tmp_path, monkeypatch):
    cluster = Sabotaged(address)
    cluster.function = sabotage.of_another_model
    monkeypatch.setattr(Cluster, "_version_of", lambda _, worker: "9.9.9")
    with pytest.raises(ExecutorError, match=r"another version of the model \(9\.9\.9\)"):
        ran(made(tmp_path), tmp_path / "out", cluster)
    with open_results(tmp_path / "out") as results:
        assert results.status().missing == 24


def test_without_the_extra_it_is_said(monkeypatch):
    monkeypatch.setattr("experiments.batch.executors.find_spec", lambda _: None)
    with pytest.raises(ExecutorError, match=r"pip install 'userisation\[cluster\]'"):
        Cluster("tcp://127.0.0.1:1")


def test_when_the_scheduler_goes_what_was_made_is_kept(tmp_path):
    port = free_port()
    where = f"tcp://127.0.0.1:{port}"
    scheduler = dask("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
    worker = dask("dask_worker", where, "--nthreads", 1, "--no-dashboard", "--memory-limit", 0)
    try:
        cluster = None
        until = time.monotonic() + 120
        while cluster is None:
            try:
                cluster = Sabotaged(where, wait_seconds=5)
            except ExecutorError:
                assert time.monotonic() < until
                time.sleep(0.5)
        cluster.function = sabotage.slow
        experiment = made(tmp_path)
        gone: list[int] = []

        def kill(done):
            if done.runs and not gone:
                gone.append(done.runs)
                os.killpg(scheduler.pid, signal.SIGKILL)

        with opened(tmp_path / "out", experiment, how="new") as store:
            runner = Runner(experiment, store, cluster, seconds=2.0, on_progress=kill)
            with pytest.raises(ExecutorError, match="workers are gone"):
                runner.run()
            assert gone
            assert len(store.known()) >= gone[0]
        cluster.close()
    finally:
        for process in (worker, scheduler):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert ran(made(tmp_path), tmp_path / "out", Here()).runs == 24
