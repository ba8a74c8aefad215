"""A pool of processes that stay warm and run the replicates of small markets side by side.

A week of a small market is half Python, and threads of one process take turns at Python: processes do not. They are
started without the main module of the program (which would run a script that has no guard a second time), talk over a
pipe of their own, and end when it does. Luck is addressed by replicate: results are the same as in threads.
"""

from __future__ import annotations

import atexit
import importlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from experiments.text import say

if TYPE_CHECKING:
    from experiments.replicate import Run, Watch
    from sim.scenario import Scenario

__all__ = ["Job", "Pool", "WorkerLostError", "pool_that_pays", "seconds_saved", "shared_pool"]

_START = """
import pickle, sys
try:
    sys.path[:] = pickle.load(sys.stdin.buffer)
except (EOFError, pickle.UnpicklingError):  # who started it is gone already
    sys.exit()
from experiments.worker import serve
serve()
"""

START_SECONDS = 1.5
"""What a pool must save before it is started: starting takes a little more than one second."""

_IN_THREADS, _PYTHON, _CONSUMER = 0.53e-3, 0.4e-3, 55e-9
"""Seconds a week of a market of five firms: at least, in threads; its Python; and each consumer. Measured."""

_ATTEMPTS = 2
_PIPE_BYTES = 1 << 20


class WorkerLostError(RuntimeError):
    """A worker process ended before it had answered.

    Attributes
    ----------
    was_ready
        Whether it had ever been ready to work: where none is, processes cannot work at all.
    """

    was_ready = True


class _Worker:
    """One process, and one replicate at a time."""

    def __init__(self) -> None:
        # A group of its own: Ctrl-C on the terminal is for the process that knows what to do about it.
        apart: dict[str, Any] = {"process_group": 0}
        if os.name == "nt":
            apart = {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **apart
        )
        self._widen()
        self._writing = threading.Lock()
        self._errand = 0
        self.is_ready = False
        self._send(sys.path)

    def _widen(self) -> None:
        """Make room for a whole answer, where the system can, so that a worker need not wait until it is read."""
        assert self._process.stdout is not None
        with suppress(ImportError, AttributeError, OSError):
            fcntl: Any = importlib.import_module("fcntl")
            fcntl.fcntl(self._process.stdout, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def next_errand(self) -> int:
        """Give what it does next a number: a wish to stop is for one errand, and may come when it is over."""
        self._errand += 1
        return self._errand

    def run(self, errand: int, number: int, job: Job, on_weeks: Callable[[int], None]) -> Run:
        """Run one replicate; raise `WorkerLostError` if the process does not live to answer."""

        def note(weeks: int) -> None:
            on_weeks(weeks)
            if job.stop.is_set():
                self.ask_to_stop(errand)

        self._send(("run", errand, number, job.text))
        _, run = self._until_the_answer(note)
        if run.record is not None:
            run.record.scenario = job.scenario
        return run

    def call(self, errand: int, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Call a function and give what it returns, or raise what it raises."""
        self._send(("call", errand, function, arguments))
        kind, value = self._until_the_answer(lambda _: None)
        if kind == "raised":
            raise value
        return value

    def _until_the_answer(self, note: Callable[[int], None]) -> tuple[str, Any]:
        """Listen until the work is done; give the kind of the answer and its value."""
        while True:
            kind, *values = self._answer()
            if kind == "weeks":
                note(values[0])
            elif kind == "ready":
                self.is_ready = True
            else:
                return kind, values[0]

    def ask_to_stop(self, errand: int) -> None:
        """Let the replicate under way end with its week, if it is that errand."""
        try:
            self._send(("stop", errand))
        except WorkerLostError:
            return  # whoever waits for its answer learns of it

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _send(self, order: Any) -> None:
        assert self._process.stdin is not None
        try:
            with self._writing:
                self._process.stdin.write(pickle.dumps(order, pickle.HIGHEST_PROTOCOL))
                self._process.stdin.flush()
        except (OSError, ValueError) as error:
            raise WorkerLostError from error

    def _answer(self) -> tuple[Any, ...]:
        assert self._process.stdout is not None
        try:
            answer: tuple[Any, ...] = pickle.load(self._process.stdout)  # from our own worker
        except Exception as error:  # half an answer can raise anything
            raise WorkerLostError from error
        return answer


class Job:
    """What the replicates of one ensemble have in common.

    Parameters
    ----------
    scenario, figures
        As for `run_replicates`.
    stop
        Set to stop all replicates after the weeks under way.
    watch
        As for `run_replicates`.
    """

    def __init__(
        self,
        scenario: Scenario,
        figures: tuple[str, ...] | None,
        stop: threading.Event,
        watch: Watch | None = None,
    ) -> None:
        from sim.text import language

        self.scenario = scenario
        self.figures = figures
        self.stop = stop
        self.watch = watch
        self.text = pickle.dumps((language(), scenario, figures, watch), pickle.HIGHEST_PROTOCOL)
        self.busy: dict[_Worker, int] = {}

    def ask_to_stop(self) -> None:
        """Pass the wish to stop on to all that are at work on it."""
        for worker, errand in tuple(self.busy.items()):
            worker.ask_to_stop(errand)


class Pool:
    """Worker processes, started when they are first needed, or ahead by `start`; close it, or use it in a `with`.

    Several threads can have replicates run at the same time.

    Parameters
    ----------
    processes
        How many there are at most; None: one for each core.
    """

    def __init__(self, processes: int | None = None) -> None:
        from experiments.replicate import available_cores

        self.processes = processes or available_cores()
        self._free = threading.Semaphore(self.processes)
        self._idle: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._calling: dict[_Worker, int] = {}
        self._changing = threading.Lock()
        self._is_warm = False

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes there are."""
        with self._changing:
            return sorted(worker.pid for worker in self._all)

    def start(self) -> None:
        """Start all processes, without waiting until they are ready."""
        with self._changing:
            while len(self._all) < self.processes:
                worker = _Worker()
                self._all.add(worker)
                self._idle.append(worker)

    def close(self) -> None:
        """End all processes; a replicate under way is lost."""
        with self._changing:
            workers, self._all, self._idle = self._all, set(), []
        for worker in workers:
            worker.close()

    def warm_up(self, scenario: Scenario) -> None:
        """Compile in this process what was never compiled before: workers only load it, and never compile at once."""
        if self._is_warm:
            return
        from sim import compiling

        if not compiling.is_warm():
            from sim.market import Market

            Market(scenario).step()
        self._is_warm = True

    def run(self, number: int, job: Job, on_weeks: Callable[[int], None]) -> Run:
        """Run one replicate in a process; a process that dies is replaced, and the replicate begun again, once.

        Where no process can work at all, it is run here.
        """
        from experiments.replicate import Run, run_one

        was_ready = False
        for _ in range(_ATTEMPTS):
            with self._free:
                if job.stop.is_set():
                    return Run(number, "stopped", 0.0)
                try:
                    worker = self._take()
                except (OSError, WorkerLostError):
                    break
                job.busy[worker] = errand = worker.next_errand()
                try:
                    run = worker.run(errand, number, job, on_weeks)
                except WorkerLostError:
                    was_ready = was_ready or worker.is_ready
                    self._bury(worker)
                else:
                    with self._changing:
                        self._idle.append(worker)
                    return run
                finally:
                    if job.busy.get(worker) == errand:
                        del job.busy[worker]
        if not was_ready:  # processes cannot work here at all
            return run_one(job.scenario, number, 1, "compiled", job.figures, on_weeks, job.stop, job.watch)
        return Run(number, "failed", 0.0, error=say("runs.worker_lost", times=_ATTEMPTS))

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Have a process call a function, once; a process that dies is replaced at the next call.

        Parameters
        ----------
        function
            Of a module, so that the process can import it; called with `arguments` and, as ``stop``, an event that is
            set when `stop_calls` is called here.

        Raises
        ------
        WorkerLostError
            The process died before it had answered, or could not be started.
        Exception
            Whatever the function raises.
        """
        with self._free:
            try:
                worker = self._take()
            except OSError as error:
                lost = WorkerLostError(str(error))
                lost.was_ready = False
                raise lost from error
            errand = worker.next_errand()
            with self._changing:
                self._calling[worker] = errand
            try:
                result = worker.call(errand, function, arguments)
            except WorkerLostError as lost:
                lost.was_ready = worker.is_ready
                self._bury(worker)
                raise
            except BaseException:
                self._give_back(worker)
                raise
            self._give_back(worker)
            return result

    def stop_calls(self) -> None:
        """Tell all functions under way that they should come to an end."""
        with self._changing:
            calling = tuple(self._calling.items())
        for worker, errand in calling:
            worker.ask_to_stop(errand)

    def _give_back(self, worker: _Worker) -> None:
        with self._changing:
            self._calling.pop(worker, None)
            if worker in self._all:
                self._idle.append(worker)

    def _take(self) -> _Worker:
        with self._changing:
            if self._idle:
                return self._idle.pop()
            worker = _Worker()
            self._all.add(worker)
            return worker

    def _bury(self, worker: _Worker) -> None:
        with self._changing:
            self._all.discard(worker)
            self._calling.pop(worker, None)
        worker.close()


_shared: Pool | None = None
_sharing = threading.Lock()


def shared_pool() -> Pool:
    """Give the pool that all of this process share, of a process for each core; it closes with the interpreter."""
    global _shared
    with _sharing:
        if _shared is None:
            _shared = Pool()
        return _shared


def seconds_saved(consumers: int, weeks: int, threads: int) -> float:
    """Estimate what processes instead of threads save of some weeks, of all replicates together, of small markets.

    Threads take turns at the Python of a week: however many there are, it takes no less than the turns.
    """
    return weeks * max(0.0, _IN_THREADS - (_PYTHON + _CONSUMER * consumers) / threads)


def pool_that_pays(ensembles: Iterable[tuple[Scenario, int]], threads: int) -> Pool | None:
    """Give the shared pool if some scenarios, each run so many times, gain more than it takes to start; or None.

    Parameters
    ----------
    ensembles
        Scenarios and their numbers of replicates.
    threads
        Cores to use at most.
    """
    if threads < 2:
        return None
    saved = sum(
        seconds_saved(scenario.population.size, scenario.horizon * replicates, min(threads, replicates))
        for scenario, replicates in ensembles
        if replicates > 1
    )
    is_running = _shared is not None and bool(_shared.pids)
    if saved <= (0.0 if is_running else START_SECONDS):
        return None
    from sim import compiling

    # Without stored code every process would compile for itself.
    return shared_pool() if compiling.cache_folder() is not None else None


def _close_shared() -> None:
    if _shared is not None:
        _shared.close()


def _forget_shared() -> None:
    """Leave the workers to the process that started them."""
    global _shared, _sharing
    _shared, _sharing = None, threading.Lock()


atexit.register(_close_shared)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_shared)
