"""Run the replicates of one scenario, in threads or processes, with progress and a clean stop.

The compiled week releases the interpreter's lock, so threads of one process share the cores; ensembles of small
markets, whose weeks are half Python, gain by a pool of processes (`experiments.pool`). A replicate's luck depends on
the seed, the replicate's number, the agent and the week, never on who ran it: the results are the same for any number
of threads or processes.
"""

from __future__ import annotations

import contextvars
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from experiments.pool import Job, Pool
    from sim.figures import Record
    from sim.market import Market
    from sim.scenario import Scenario

__all__ = [
    "Engine",
    "Progress",
    "Run",
    "Watch",
    "Watcher",
    "available_cores",
    "one_line",
    "run_one",
    "run_replicates",
    "share_threads",
    "trace_of",
]

Engine = Literal["compiled", "objects"]

BIG_MARKET = 50_000
"""Consumers from which one market keeps several threads busy."""

_PROGRESS_EVERY = 0.1  # seconds


@dataclass(frozen=True)
class Run:
    """What became of one replicate.

    Attributes
    ----------
    replicate
        Its number, from 0.
    status
        ``done``; ``stopped`` when it was cut before its last week (or never began); ``failed``.
    seconds
        Wall time.
    record
        The figures of the weeks that were finished; None when there are none.
    error
        One line saying what failed, otherwise empty.
    seen
        What a watcher gave at the end of a run that was done; None without one.
    trace
        Where it failed, call by call, without the folders of this machine; otherwise empty.
    """

    replicate: int
    status: Literal["done", "stopped", "failed"]
    seconds: float
    record: Record | None = None
    error: str = ""
    seen: Any = None
    trace: str = ""

    @property
    def weeks(self) -> int:
        """Weeks with results."""
        return 0 if self.record is None else self.record.weeks


class Watcher(Protocol):
    """Looks at one market while it runs, and changes nothing."""

    def look(self, market: Market) -> None:
        """Note the week that has just ended."""

    def end(self, market: Market) -> Any:
        """Give what was seen: something that can be pickled, because it may have to cross to another process."""


Watch = Callable[["Market"], Watcher]
"""Makes the watcher of a market before its first week; where processes run markets, it must be picklable."""


@dataclass(frozen=True)
class Progress:
    """How far all replicates together have come."""

    weeks_done: int
    weeks_total: int
    replicates_done: int
    replicates_total: int


def available_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def share_threads(replicates: int, threads: int, consumers: int) -> tuple[int, int]:
    """Decide how many markets run side by side and how many threads each one gets.

    Markets of one thread each use the cores best. Only when there are far fewer replicates than threads, and
    the market is big enough to be split, do replicates run one after the other with all threads. A small one would
    only wait for its threads: 5,000 consumers take more than twice as long with two.
    """
    if replicates >= threads:
        return threads, 1
    if (replicates == 1 or 2 * replicates <= threads) and consumers >= BIG_MARKET:
        return 1, threads
    return replicates, 1


def run_replicates(
    scenario: Scenario,
    *,
    replicates: int = 1,
    threads: int = 1,
    engine: Engine = "compiled",
    figures: Iterable[str] | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_run: Callable[[Run], None] | None = None,
    stop: threading.Event | None = None,
    pool: Pool | None = None,
    each: Callable[[int], Scenario] | None = None,
    numbers: Sequence[int] | None = None,
    watch: Watch | None = None,
) -> list[Run]:
    """Run a scenario several times, with the same scenario and different luck.

    Parameters
    ----------
    scenario
        What to run: its own seed, horizon and population count.
    replicates
        How many runs; replicate r of one scenario and replicate r of another meet the same luck.
    threads
        Cores to use at most.
    engine
        ``compiled``, or ``objects`` for the one-agent-at-a-time engine in plain Python.
    figures
        Key figures to record; None: all.
    on_progress
        Called about ten times a second, in the calling thread.
    on_run
        Called once for each replicate when it ends, in the calling thread, in the order in which they end.
    stop
        Set it (from anywhere) to stop after the weeks under way.
    pool
        Processes in which to run them; None: those that all share, if they run already or would pay for their start,
        otherwise threads. The engine ``objects`` takes none.
    each
        Gives the scenario of each replicate, where they differ, such as the draws of an ensemble; they have the weeks
        and the size of `scenario`.
    numbers
        Numbers of the replicates, if they are not 0, 1, 2 and so on; then `replicates` is not read.
    watch
        Makes a watcher for every market; what these see at the end comes with the runs.

    Returns
    -------
    list of Run
        In order of `numbers`, one for each. A replicate that fails is reported in its Run; the others go on.

    Raises
    ------
    ValueError
        `replicates` or `threads` is less than one.
    """
    wanted = list(range(replicates) if numbers is None else numbers)
    replicates = len(wanted) if numbers is not None else replicates
    if replicates < 1 or threads < 1:
        raise ValueError(f"replicates and threads must be at least 1, not {replicates} and {threads}")
    stop = stop or threading.Event()
    side_by_side, threads_each = share_threads(replicates, threads, scenario.population.size)
    if engine == "objects":
        side_by_side, threads_each = 1, 1  # plain Python holds the interpreter's lock
    weeks_done, kept = dict.fromkeys(wanted, 0), None if figures is None else tuple(figures)
    runs: dict[int, Run] = {}

    def report() -> None:
        if on_progress is not None:
            total = scenario.horizon * replicates
            on_progress(Progress(sum(weeks_done.values()), total, len(runs), replicates))

    if engine == "objects" or not _are_small(replicates, threads_each):
        pool = None
    elif pool is None:
        from experiments.pool import pool_that_pays

        pool = pool_that_pays([(scenario, replicates)], threads)
    jobs: set[Job] = set()
    common: Job | None = None
    if pool is not None:
        from experiments.pool import Job

        pool.warm_up(scenario)
        side_by_side = min(replicates, threads, pool.processes)
        if each is None:
            common = Job(scenario, kept, stop, watch)
            jobs.add(common)

    def run(number: int) -> Run:
        def note(weeks: int) -> None:
            weeks_done[number] = weeks

        try:
            own = scenario if each is None else each(number)
        except Exception as error:
            return Run(number, "failed", 0.0, error=one_line(error), trace=trace_of(error))
        if pool is None:
            return run_one(own, number, threads_each, engine, kept, note, stop, watch)
        job = common or Job(own, kept, stop, watch)
        jobs.add(job)
        try:
            one = pool.run(number, job, note)
        finally:
            if job is not common:
                jobs.discard(job)
        note(one.weeks)
        return one

    def pass_on_the_stop() -> None:
        for job in tuple(jobs):
            job.ask_to_stop()

    with ThreadPoolExecutor(side_by_side, thread_name_prefix="market") as threads_of_markets:
        pending: set[Future[Run]] = set()
        for number in wanted:
            # Each thread speaks the caller's language.
            pending.add(threads_of_markets.submit(contextvars.copy_context().run, run, number))
        try:
            while pending:
                finished, pending = wait(pending, timeout=_PROGRESS_EVERY, return_when=FIRST_COMPLETED)
                for future in finished:
                    ended = future.result()
                    runs[ended.replicate] = ended
                    if on_run is not None:
                        on_run(ended)
                report()
                if stop.is_set():
                    pass_on_the_stop()
        except BaseException:
            stop.set()
            pass_on_the_stop()
            threads_of_markets.shutdown(wait=True, cancel_futures=True)
            raise
    return [runs[number] for number in wanted]


def _are_small(replicates: int, threads_each: int) -> bool:
    """Tell whether there are several markets of one thread each: what processes are for."""
    return replicates > 1 and threads_each == 1


def run_one(
    scenario: Scenario,
    number: int,
    threads: int,
    engine: Engine,
    figures: tuple[str, ...] | None,
    on_weeks: Callable[[int], None],
    stop: threading.Event,
    watch: Watch | None = None,
) -> Run:
    """Run one replicate to its horizon, to a stop or to a failure."""
    if stop.is_set():
        return Run(number, "stopped", 0.0)
    begun = time.perf_counter()
    market = None
    try:
        from sim.market import Market

        market = Market(scenario, replicate=number, engine=engine, threads=threads, figures=figures)
        watcher = None if watch is None else watch(market)
        while market.running and not stop.is_set():
            market.step()
            if watcher is not None:
                watcher.look(market)
            on_weeks(market.record.weeks)
        status: Literal["done", "stopped"] = "stopped" if market.running else "done"
        record = market.record if market.record.weeks else None
        seen = None if watcher is None or status != "done" else watcher.end(market)
        return Run(number, status, time.perf_counter() - begun, record, seen=seen)
    except Exception as error:
        return Run(number, "failed", time.perf_counter() - begun, error=one_line(error), trace=trace_of(error))


def one_line(error: Exception) -> str:
    """Say what failed and where, in one line without the paths of this machine."""
    said = " ".join(str(error).split())
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    where = f" ({Path(ours[-1].filename).name}:{ours[-1].lineno})" if ours else ""
    return f"{type(error).__name__}: {said}{where}" if said else f"{type(error).__name__}{where}"


def trace_of(error: BaseException) -> str:
    """Give the calls that led to an error, the innermost last; of files only what lies inside their package."""
    lines = [
        f"{_inside(frame.filename)}:{frame.lineno} {frame.name}: {frame.line or ''}".rstrip(": ")
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    return "\n".join([*lines, "".join(traceback.format_exception_only(error)).strip()])


def _inside(file: str) -> str:
    """Cut a path down to its part below the folder of packages, or below ours."""
    parts = Path(file).parts
    for place in range(len(parts) - 1, -1, -1):
        if parts[place] in {"site-packages", "dist-packages"}:
            return "/".join(parts[place + 1 :])
    return "/".join(parts[-2:])
