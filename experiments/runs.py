"""Run the replicates of one scenario, in threads or processes, with progress and a clean stop.

The compiled week releases the interpreter's lock, so threads of one process share the cores; ensembles of small
markets, whose weeks are half Python, gain by a pool of processes (`experiments.pool`). A replicate's luck depends on
the seed, the replicate's number, the agent and the week, never on who ran it: the results are the same for any number
of threads or processes.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.replicate import Engine, Run, Watch, one_line, run_one, trace_of

if TYPE_CHECKING:
    from experiments.pool import Job, Pool
    from sim.scenario import Scenario

__all__ = ["Progress", "run_replicates", "share_threads"]


BIG_MARKET = 50_000
"""Consumers from which one market keeps several threads busy."""

_PROGRESS_EVERY = 0.1  # seconds


@dataclass(frozen=True)
class Progress:
    """How far all replicates together have come."""

    weeks_done: int
    weeks_total: int
    replicates_done: int
    replicates_total: int


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
