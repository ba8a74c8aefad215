"""Jobs live on their own: started, stopped, gone on with, found again by whoever comes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dashboards.batches import notes, orders
from dashboards.batches.errors import JobError
from dashboards.batches.jobs import Job, Jobs
from dashboards.batches.notes import Ended, Order
from dashboards.batches.shelf import JOBS, UnfitNameError
from experiments.batch.results import open_results
from experiments.locking import alone_or_not
from tests.dashboards.batches.conftest import SMALL, many, until

ROOT = Path(__file__).resolve().parents[3]


def begin(jobs: Jobs, name: str, text: str) -> None:
    place = jobs.shelf.job(name)
    place.mkdir(parents=True)
    file = place / "mine.toml"
    file.write_text(text, encoding="utf-8")
    order = orders.batch(file, jobs.shelf.folder(name), {"en": "Mine", "fr": "Le mien"}, workers=1)
    jobs.start(name, orders.spoken(order))


def process_of(jobs: Jobs, name: str) -> int:
    process = jobs._watched[name].process
    assert process is not None
    return process.pid


def ended(job: Job) -> bool:
    return not job.is_active


@pytest.mark.slow
def test_a_job_is_stopped_and_gone_on_with_by_others_than_those_who_began_it(jobs, server):
    begin(jobs, "mine", many())
    waiting = jobs.find("mine")
    assert waiting is not None
    assert waiting.is_active
    running = until(jobs, "mine", lambda job: job.counts.there > 0 or ended(job))
    assert (running.state, running.counts.total, running.title["fr"]) == ("running", 720, "Le mien")
    with pytest.raises(JobError):
        jobs.resume("mine")
    others = server()  # another server, or this one started anew
    others.cancel("mine")
    others.cancel("mine")  # a second wish is no more than the first
    stopped = until(jobs, "mine", ended)
    assert stopped.state == "stopped"
    assert 0 < stopped.counts.there < 720
    kept = stopped.counts.there
    others.forget()
    assert others.find("mine") == stopped
    others.resume("mine")
    done = until(others, "mine", ended)
    assert (done.state, done.counts.there, done.counts.failed) == ("done", 720, 0)
    with open_results(jobs.shelf.folder("mine")) as results:
        assert results.status().done == 720
    log = (jobs.shelf.job("mine") / notes.LOG).read_text(encoding="utf-8")
    assert f"{kept} of 720 runs are there" in log


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_a_job_whose_process_was_killed_is_stopped_and_keeps_what_there_is(jobs, server):
    begin(jobs, "mine", many())
    until(jobs, "mine", lambda job: job.counts.there > 0 or ended(job))
    os.kill(process_of(jobs, "mine"), signal.SIGKILL)
    stopped = until(jobs, "mine", ended)
    assert stopped.state == "stopped"
    assert stopped.can_resume
    assert 0 < stopped.counts.there < 720
    assert server().find("mine") == stopped


@pytest.mark.slow
def test_jobs_wait_for_their_turn_and_can_be_stopped_while_they_wait(jobs):
    (jobs.shelf.root / JOBS).mkdir(parents=True)
    with alone_or_not(jobs.shelf.root / JOBS / notes.TURN) as first:
        assert first
        begin(jobs, "mine", SMALL)
        until(jobs, "mine", lambda job: notes.is_held(jobs.shelf.job("mine") / notes.LOCK))
        waiting = until(jobs, "mine", lambda job: True)
        assert (waiting.state, waiting.counts.there, waiting.has_folder) == ("waiting", 0, False)
        jobs.cancel("mine")
        stopped = until(jobs, "mine", ended)
    assert stopped.state == "stopped"
    jobs.dismiss("mine")
    assert jobs.find("mine") is None
    assert jobs.shelf.job_names() == []


@pytest.mark.slow
def test_a_job_that_fails_says_why(jobs):
    begin(jobs, "mine", SMALL.replace("network.peers", "network.pears"))
    failed = until(jobs, "mine", ended)
    assert failed.state == "failed"
    assert "pears" in failed.message
    assert failed.can_resume


def test_names_that_lead_out_are_refused_before_anything_is_begun(jobs, tmp_path):
    order = Order("batch", ("batch", "x.toml"))
    for name in ("../mine", "..", "a/b", "/mine", ""):
        for ask in (lambda name: jobs.start(name, order), jobs.resume, jobs.cancel, jobs.dismiss):
            with pytest.raises((UnfitNameError, JobError)):
                ask(name)
    assert [path for path in tmp_path.rglob("*") if path.name != "results"] == []


def test_a_name_that_is_taken_is_refused(jobs):
    jobs.shelf.folder("mine").mkdir(parents=True)
    with pytest.raises(JobError):
        jobs.start("mine", Order("batch", ("batch", "x.toml")))


@pytest.mark.slow
def test_experiments_of_the_command_line_are_found_and_gone_on_with(jobs, found):
    shutil.copytree(found, jobs.shelf.root / "by-hand")
    (jobs.shelf.root / "something else").mkdir()
    (job,) = jobs.all()
    assert (job.name, job.kind, job.state, job.is_job) == ("by-hand", "batch", "done", False)
    assert (job.title, job.counts.there) == ({"en": "Small", "fr": "Petite"}, 36)
    with pytest.raises(JobError):
        jobs.dismiss("by-hand")
    order = orders.of_folder(jobs.shelf.folder("by-hand"), workers=1)
    assert order.words[0] == "batch"
    assert "--resume" in order.words
    with alone_or_not(jobs.shelf.folder("by-hand") / "batch.lock") as held:
        assert held
        jobs.forget()
        jobs._watched.clear()
        assert jobs.all()[0].state == "done"  # nothing is missing: whoever holds it makes no runs
    jobs.resume("by-hand", workers=1)
    assert until(jobs, "by-hand", ended).state == "done"


def test_an_experiment_that_runs_elsewhere_is_shown_and_left_alone(jobs, found):
    import sqlite3

    folder = jobs.shelf.root / "by-hand"
    shutil.copytree(found, folder)
    with sqlite3.connect(folder / "experiment.sqlite") as file:
        file.execute("DELETE FROM summary WHERE run > 20")
        file.execute("DELETE FROM run WHERE id > 20")
    file.close()
    (job,) = jobs.all()
    assert (job.state, job.counts.there, job.counts.total) == ("stopped", 20, 36)
    with alone_or_not(folder / "batch.lock") as held:
        assert held
        jobs._watched.clear()
        jobs.forget()
        (job,) = jobs.all()
        assert (job.state, job.is_active) == ("elsewhere", True)
        with pytest.raises(JobError):
            jobs.cancel("by-hand")
        with pytest.raises(JobError):
            jobs.resume("by-hand")


def test_notes_that_are_damaged_are_no_jobs(jobs, tmp_path):
    place = jobs.shelf.job("mine")
    place.mkdir(parents=True)
    for text in ("", "[]", '{"kind": "rm"}', '{"kind": "batch"}', '{"kind": "batch", "words": 3}', "\0"):
        (place / notes.JOB).write_text(text, encoding="utf-8")
        jobs.forget()
        assert jobs.all() == ()
    order = Order("discover", ("discover", "x"), {"en": "A"}, "x", {"en": "Why?"}, 12.0, 3)
    order.write(place)
    assert Order.read(place) == order
    Ended(130, 13.0).write(place)
    assert Ended.read(place) == Ended(130, 13.0)
    assert Ended.read(tmp_path) is None


def test_orders_are_commands():
    file, folder = Path("a.toml"), Path("out")
    order = orders.resumed(orders.batch(file, folder, {}, workers=2))
    assert order.words == ("batch", "a.toml", "--out", "out", "--workers", "2", "--resume")
    assert orders.resumed(order, retry=True).words[-1] == "--retry"
    asked = orders.discover(folder, Path("b"), {}, "share:Nova < 15%", role="lever")
    assert asked.words == ("discover", "out", "--fails", "share:Nova < 15%", "--role", "lever", "--out", "b")
    assert (asked.about, asked.makes_runs) == ("out", False)
    searched = orders.advise(file, folder, {}, ["share:Nova"], minimise=["militants"], runs=600, consumers=500)
    assert searched.words[2:6] == ("--objective", "share:Nova", "--minimise", "militants")
    assert searched.makes_runs
    assert "--spend" not in searched.words
    limited = orders.advise(file, folder, {}, ["share:Nova"], spend=1234567.5, runs=600)
    assert limited.words[limited.words.index("--spend") + 1] == "1234567.5"
    played = orders.rivals("baseline", folder, {}, ["A", "B"], [orders.LeverRange("price", 8, 12)], runs=80)
    assert "price=8:12" in played.words


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="ends a group of processes as POSIX does")
def test_a_job_outlives_the_server_that_began_it(jobs):
    """The server's terminal is closed: its whole group is ended, and the job goes on."""
    place = jobs.shelf.job("mine")
    place.mkdir(parents=True)
    (place / "mine.toml").write_text(many(), encoding="utf-8")
    code = (
        "import sys, pathlib\n"
        "from dashboards.batches import orders\n"
        "from dashboards.batches.jobs import Jobs\n"
        "from dashboards.batches.shelf import Shelf\n"
        "root = pathlib.Path(sys.argv[1])\n"
        "jobs = Jobs(Shelf(root))\n"
        "file = jobs.shelf.job('mine') / 'mine.toml'\n"
        "jobs.start('mine', orders.batch(file, jobs.shelf.folder('mine'), {'en': 'Mine'}, workers=1))\n"
        "print('begun', flush=True)\n"
        "sys.stdin.read()\n"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", code, str(jobs.shelf.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
        process_group=0,
    )  # fmt: skip
    with server:
        assert server.stdout is not None
        assert server.stdout.readline() == b"begun\n"
        until(jobs, "mine", lambda job: job.state == "running")
        os.killpg(server.pid, signal.SIGINT)
        os.killpg(server.pid, signal.SIGHUP)
        os.killpg(server.pid, signal.SIGKILL)
    going = until(jobs, "mine", lambda job: job.counts.there > 0 or ended(job))
    assert going.state == "running"
    jobs.cancel("mine")
    assert until(jobs, "mine", ended).state == "stopped"
