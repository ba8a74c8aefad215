"""Run one replicate of a market: to its horizon, to a stop or to a failure, and say what became of it."""

from __future__ import annotations

import os
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from sim.figures import Record
    from sim.market import Market
    from sim.scenario import Scenario

__all__ = ["Engine", "Run", "Watch", "Watcher", "available_cores", "one_line", "run_one", "trace_of"]

Engine = Literal["compiled", "objects"]


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


def available_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


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
