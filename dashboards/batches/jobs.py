"""Jobs: started as processes of their own, watched through their files, stopped and resumed by any page.

Nothing of a job lives in this process: what is known of it is read from its folder, so that a page that is loaded
again, a second browser and a server that was started anew all see the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from dashboards.batches import notes, orders
from dashboards.batches.errors import JobError
from dashboards.batches.notes import Ended, Kind, Order
from dashboards.batches.progress import Counts, counts_of
from dashboards.batches.shelf import Shelf, UnfitNameError
from dashboards.batches.text import say

__all__ = ["ACTIVE", "Job", "Jobs", "State", "apart", "environment"]

State = Literal["waiting", "running", "stopping", "done", "stopped", "failed", "elsewhere"]
"""``elsewhere``: another program, such as the command line, makes runs in the folder."""
ACTIVE = ("waiting", "running", "stopping", "elsewhere")
"""States that change by themselves."""

_FRESH = 0.5
_RATE_SECONDS = 20.0
_INTERRUPTED, _RUN_FAILED = 130, 1
_PACKAGES = Path(__file__).resolve().parent.parent.parent
_MESSAGE = 600
_MOST_WAITING = 20


@dataclass(frozen=True)
class Job:
    """What is known of a job, or of an experiment that was run without one.

    Attributes
    ----------
    name
        Of its folder.
    kind, title, about, asked
        See `Order`.
    state
        What becomes of it.
    counts
        Runs: all, there, failed.
    rate
        Runs a second, lately; 0 if it is not known.
    started, seconds
        Since 1970, and how long it has taken so far or took.
    message
        What the command said last: why it failed, in several lines, or what it is at.
    has_folder
        Whether there is a folder with results.
    is_job
        Whether it was started from here.
    """

    name: str
    kind: Kind
    title: Mapping[str, str]
    about: str
    asked: Mapping[str, str]
    state: State
    counts: Counts
    rate: float
    started: float
    seconds: float
    message: str = ""
    has_folder: bool = True
    is_job: bool = True

    @property
    def is_active(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in ACTIVE

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take; None if that is not known."""
        if self.state != "running" or not self.rate or not self.counts.total:
            return None
        return max(0, self.counts.total - self.counts.there) / self.rate

    @property
    def share(self) -> float | None:
        """What is done of all, from 0 to 1; None if that is not known."""
        return min(1.0, self.counts.there / self.counts.total) if self.counts.total else None

    @property
    def can_resume(self) -> bool:
        """Whether it can go on."""
        return self.state in ("stopped", "failed")


@dataclass
class _Watch:
    """What is remembered of a job between two looks."""

    process: subprocess.Popen[bytes] | None = None
    samples: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=200))
    settled: tuple[tuple[float, ...], Job] | None = None


class Jobs:
    """All jobs of a folder of results. Any number of pages may share it."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._lock = threading.RLock()
        self._watched: dict[str, _Watch] = {}
        self._seen: tuple[float, tuple[Job, ...]] = (-1.0, ())

    # Looking

    def all(self) -> tuple[Job, ...]:
        """Give all jobs and experiments, the newest first. They are looked at twice a second at most."""
        with self._lock:
            now = time.monotonic()
            if now - self._seen[0] > _FRESH:
                self._seen = (now, self._look())
            return self._seen[1]

    def find(self, name: str) -> Job | None:
        """Give the job of a name."""
        return next((job for job in self.all() if job.name == name), None)

    def active(self) -> tuple[Job, ...]:
        """Give the jobs that go on by themselves."""
        return tuple(job for job in self.all() if job.is_active)

    def forget(self) -> None:
        """Look anew at the next question."""
        with self._lock:
            self._seen = (-1.0, ())

    def _look(self) -> tuple[Job, ...]:
        names = dict.fromkeys((*self.shelf.job_names(), *self.shelf.names()))
        found = [self._state_of(name) for name in names]
        for name in [name for name in self._watched if name not in names]:
            process = self._watched[name].process
            if process is None or process.poll() is not None:
                del self._watched[name]
        return tuple(sorted((job for job in found if job is not None), key=lambda job: (-job.started, job.name)))

    def _state_of(self, name: str) -> Job | None:
        try:
            place, folder = self.shelf.job(name), self.shelf.folder(name)
        except UnfitNameError:
            return None
        watch = self._watched.setdefault(name, _Watch())
        if watch.process is not None and watch.process.poll() is not None:
            watch.process = None
        marks = _marks(place, folder)
        if watch.settled is not None and watch.settled[0] == marks and watch.process is None:
            return watch.settled[1]
        order = Order.read(place)
        job = _found(name, folder) if order is None else self._job(name, place, folder, order, watch)
        watch.settled = None if job is None or job.is_active else (marks, job)
        return job

    def _job(self, name: str, place: Path, folder: Path, order: Order, watch: _Watch) -> Job:
        now, ended = time.time(), Ended.read(place)
        alive = notes.is_held(place / notes.LOCK) or (watch.process is not None and ended is None)
        counts = counts_of(folder, order.kind, order.total)
        state: State
        if alive:
            has_begun = (place / notes.BEGAN).exists()
            state = "stopping" if (place / notes.STOP).exists() else "running" if has_begun else "waiting"
        elif order.kind == "batch" and _is_busy(folder):
            state = "elsewhere"
        elif ended is None or ended.code == _INTERRUPTED:
            # A batch whose last run is there is done, however its process ended.
            state = "done" if order.kind == "batch" and counts.is_complete else "stopped"
        elif ended.code in (0, _RUN_FAILED):
            state = "done" if order.kind != "batch" or counts.is_complete else "failed"
        else:
            state = "failed"
        begun = _time(place / notes.BEGAN) or now
        seconds = float(round(max(0.0, (now if alive or ended is None else ended.at) - begun)))
        rate = 0.0
        if state == "running":
            watch.samples.append((time.monotonic(), counts.there))
            rate = _rate(watch.samples)
        else:
            watch.samples.clear()
        message = ""
        if state == "failed" or alive:
            message = _last_words(place / notes.LOG, lines=6 if state == "failed" else 1)
        return Job(
            name, order.kind, order.title, order.about, order.asked, state, counts, rate, order.started, seconds,
            message, _has_results(folder),
        )  # fmt: skip

    # Doing

    def start(self, name: str, order: Order) -> None:
        """Start a job in the folder of a name that is free.

        Raises
        ------
        JobError
            It cannot be started; nothing was.
        UnfitNameError
            The name is none of a folder.
        """
        with self._lock:
            place, folder = self.shelf.job(name), self.shelf.folder(name)
            if (place / notes.JOB).exists() or folder.exists():
                raise JobError(say("batches.job.name_taken", name=name))
            if sum(job.state == "waiting" for job in self.all()) >= _MOST_WAITING:
                raise JobError(say("batches.job.too_many", most=_MOST_WAITING))
            self._launch(name, place, order)

    def cancel(self, name: str) -> None:
        """Ask a job to stop: what is under way is finished, and all that is there is kept.

        Raises
        ------
        JobError
            It is none of ours.
        """
        with self._lock:
            job, place = self.find(name), self.shelf.job(name)
            if job is None or not job.is_active:
                return
            if job.state == "elsewhere":
                raise JobError(say("batches.job.not_ours", name=name))
            (place / notes.STOP).touch()
            self.forget()

    def resume(self, name: str, *, retry: bool = False, workers: int | None = None) -> None:
        """Go on with a job, or with an experiment that something else has begun.

        Parameters
        ----------
        name
            Of its folder.
        retry
            Whether runs that failed are made again.
        workers
            Processes, of an experiment that was not started here.

        Raises
        ------
        JobError
            There is nothing to go on with, or it goes on already.
        """
        with self._lock:
            self.forget()
            job, place, folder = self.find(name), self.shelf.job(name), self.shelf.folder(name)
            if job is None:
                raise JobError(say("batches.job.missing", name=name))
            if job.is_active:
                raise JobError(say("batches.job.active", name=name))
            order = Order.read(place) or orders.of_folder(folder, workers)
            if order.kind == "batch" and _has_results(folder):
                order = orders.resumed(order, retry=retry)
            self._launch(name, place, replace(order, started=time.time()))

    def dismiss(self, name: str) -> None:
        """Take a job off the list that has left nothing.

        Raises
        ------
        JobError
            It goes on, or has left something.
        """
        with self._lock:
            self.forget()
            job, place, folder = self.find(name), self.shelf.job(name), self.shelf.folder(name)
            if job is None:
                return
            if job.is_active or (folder.is_dir() and any(folder.iterdir())):
                raise JobError(say("batches.job.has_results", name=name))
            for path in place.iterdir():
                path.unlink(missing_ok=True)
            place.rmdir()
            if folder.is_dir():
                folder.rmdir()
            self.forget()

    def _launch(self, name: str, place: Path, order: Order) -> None:
        try:
            self.shelf.root.mkdir(parents=True, exist_ok=True)
            place.mkdir(parents=True, exist_ok=True)
            for mark in (notes.STOP, notes.BEGAN, notes.ENDED):
                (place / mark).unlink(missing_ok=True)
            order.write(place)
            with (place / notes.LOG).open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "dashboards.batches.worker", str(place)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.shelf.root, env=environment(), **apart(),
                )  # fmt: skip
        except OSError as error:
            reason = error.strerror or str(error)
            raise JobError(say("batches.job.cannot_start", name=name, reason=reason)) from error
        self._watched[name] = _Watch(process)
        self.forget()


def environment() -> dict[str, str]:
    """Find the same packages in a process that begins elsewhere."""
    known = os.environ.get("PYTHONPATH", "")
    paths = [str(_PACKAGES), *([known] if known else [])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}


def apart() -> dict[str, Any]:
    """Keep a process out of reach of what ends this one: Ctrl-C, and a terminal that is closed."""
    if os.name == "nt":
        names = ("CREATE_NEW_PROCESS_GROUP", "CREATE_NO_WINDOW", "BELOW_NORMAL_PRIORITY_CLASS")
        return {"creationflags": sum(getattr(subprocess, name, 0) for name in names)}
    return {"start_new_session": True}


def _found(name: str, folder: Path) -> Job | None:
    """Tell of an experiment, or of an answer, that lies in a folder without having been a job."""
    from dashboards.batches.progress import told_by

    told = told_by(folder)
    if told is None:
        return None
    counts = counts_of(folder, told.kind, 0)
    state: State = "done"
    if told.kind == "batch" and not counts.is_complete:
        state = "elsewhere" if _is_busy(folder) else "stopped"
    return Job(
        name, told.kind, told.title, told.about, told.asked, state, counts, 0.0, told.started, counts.seconds,
        is_job=False,
    )  # fmt: skip


def _is_busy(folder: Path) -> bool:
    from experiments.batch.folder import LOCK

    return notes.is_held(folder / LOCK)


def _has_results(folder: Path) -> bool:
    from dashboards.batches.progress import RESULTS

    return any((folder / name).is_file() for name in RESULTS)


def _marks(place: Path, folder: Path) -> tuple[float, ...]:
    """Give what changes when anything happens to a job."""
    from dashboards.batches.progress import RESULTS

    files = [place / name for name in (notes.JOB, notes.BEGAN, notes.STOP, notes.ENDED)]
    files += [folder / f"{name}{end}" for name in RESULTS for end in ("", "-wal")]
    return tuple(_time(path) for path in files)


def _time(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _rate(samples: deque[tuple[float, int]]) -> float:
    """Give runs a second over the last seconds."""
    last, there = samples[-1]
    while len(samples) > 2 and last - samples[0][0] > _RATE_SECONDS:
        samples.popleft()
    first, before = samples[0]
    return (there - before) / (last - first) if last - first > 1.0 else 0.0


def _last_words(log: Path, lines: int) -> str:
    """Give what a command said last."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    said = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join(said[-lines:])[-_MESSAGE:]
