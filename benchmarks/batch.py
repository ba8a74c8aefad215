"""Measure experiments: `python3 -m benchmarks.batch [--small] [--store] [--thousands]`.

Prints Markdown tables. Without options: what handing out runs of some 50 ms costs, and what a second worker gains, each
beside the same runs made one after the other, all in one go. `--store`: a file of 10,000 runs of 104 weeks of all
figures, written and read. `--thousands`: the packaged experiment `small_markets`, 10,000 runs. `--small`: a smoke test
whose figures mean nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import machine

if TYPE_CHECKING:
    from experiments.batch.executors import Executor
    from experiments.batch.experiment import Experiment
    from experiments.batch.runner import Done

__all__ = ["main"]

EXPERIMENT = """
[[arm]]
scenario = "baseline"
[[factor]]
key = "firm.Nova.levers.price"
low = 8.0
high = 12.0
[design]
kind = "latin_hypercube"
size = {points}
[runs]
consumers = {consumers}
horizon = {weeks}
"""


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.batch", description=__doc__)
    parser.add_argument("--small", action="store_true", help="only to see that it runs")
    parser.add_argument("--store", action="store_true", help="write and read a file of 10,000 runs")
    parser.add_argument("--thousands", action="store_true", help="make 10,000 runs")
    options = parser.parse_args()
    print(machine())
    if hasattr(os, "getloadavg"):
        print(f"Load before: {os.getloadavg()[0]:.2f}")
    with tempfile.TemporaryDirectory(prefix="userisation-benchmark-") as folder:
        if options.store:
            lines = _store(Path(folder), 200 if options.small else 10_000)
        elif options.thousands:
            lines = _thousands(Path(folder), small=options.small)
        else:
            lines = _handing_out(Path(folder), small=options.small)
        print("\n| what | figure |\n| --- | --- |")
        for what, figure in lines:
            print(f"| {what} | {figure} |", flush=True)


def _made(folder: Path, points: int, consumers: int, weeks: int) -> Experiment:
    from experiments.batch.reading import read_experiment

    path = folder / "measured.toml"
    path.write_text(EXPERIMENT.format(points=points, consumers=consumers, weeks=weeks), encoding="utf-8")
    return read_experiment(path)


def _handing_out(folder: Path, *, small: bool) -> Iterator[tuple[str, str]]:
    """Compare runs one after the other with the same runs by one worker and by two, several times in turn."""
    from experiments.batch.executors import Processes
    from experiments.batch.work import make_runs, pack
    from experiments.pool import Pool

    experiment = _made(folder, *((8, 200, 5) if small else (100, 2000, 78)))
    tasks, common = list(experiment.tasks()), pack(experiment)
    make_runs(common, tasks[:4])

    def alone() -> tuple[float, float]:
        begun, cpu = time.perf_counter(), time.process_time()
        made = make_runs(common, tasks)
        assert isinstance(made, list)
        assert all(one.status == "done" for one in made)
        return time.perf_counter() - begun, time.process_time() - cpu

    def by(pool: Pool) -> tuple[float, float]:
        before = time.process_time() + _processor_time(pool.pids)
        seconds = _whole(experiment, folder, Processes(pool.processes, pool))
        return seconds, time.process_time() + _processor_time(pool.pids) - before

    with Pool(1) as one, Pool(2) as two:
        for pool in (one, two):
            by(pool)  # warm
        rounds = [(alone(), by(one), by(two)) for _ in range(1 if small else 5)]
    yield "one run, alone", f"{1000 * min(a for (a, _), _, _ in rounds) / len(tasks):.1f} ms"
    yield "more time with one worker than one after the other", _ratios([b / a for (a, _), (b, _), _ in rounds], -1)
    yield "more processor time with one worker", _ratios([b / a for (_, a), (_, b), _ in rounds], -1)
    yield "more processor time with two workers", _ratios([c / a for (_, a), _, (_, c) in rounds], -1)
    yield "two workers against one", _ratios([b / c for _, (b, _), (c, _) in rounds])
    yield "two workers against one after the other", _ratios([a / c for (a, _), _, (c, _) in rounds])


def _processor_time(pids: list[int]) -> float:
    """Give the seconds that processes have computed; where the system does not tell, 0."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        except (OSError, ValueError):
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK") if ticks else 0.0


def _ratios(found: list[float], plus: float = 0.0) -> str:
    found = [one + plus for one in found]
    if plus:
        return f"{statistics.median(found):+.1%} (from {min(found):+.1%} to {max(found):+.1%})"
    return f"{statistics.median(found):.2f} × (from {min(found):.2f} to {max(found):.2f})"


def _whole(
    experiment: Experiment,
    folder: Path,
    executor: Executor,
    on_progress: Callable[[Done], None] | None = None,
    seconds: float = 0.05,
) -> float:
    """Make all runs of an experiment into a new file; give the seconds."""
    from experiments.batch.folder import opened
    from experiments.batch.runner import Runner

    begun = time.perf_counter()
    with opened(folder / "out", experiment, how="replace") as store, closing(executor):
        done = Runner(experiment, store, executor, seconds=seconds, on_progress=on_progress).run()
        assert done.runs == done.total
        assert not done.failed
    return time.perf_counter() - begun


def _store(folder: Path, count: int) -> Iterator[tuple[str, str]]:
    """Write a file with the figures of one run over and over, and read one figure of all."""
    from dataclasses import replace

    import numpy as np

    from experiments.batch.folder import opened
    from experiments.batch.results import FILE, open_results
    from experiments.batch.work import make_runs, pack

    experiment = _made(folder, count, 500, 104)
    tasks = list(experiment.tasks())
    made = make_runs(pack(experiment), tasks[:1])
    assert isinstance(made, list)
    (one,) = made
    begun = time.perf_counter()
    with opened(folder / "out", experiment, how="replace") as store:
        prepared = time.perf_counter()
        for first in range(0, count, 5):
            store.put((replace(one, point=task.point) for task in tasks[first : first + 5]), 1)
        written = time.perf_counter()
    yield "points written", f"{prepared - begun:.1f} s"
    yield "a run written (104 weeks, all figures)", f"{1000 * (written - prepared) / count:.2f} ms"
    yield "size", f"{(folder / 'out' / FILE).stat().st_size / 1e9:.2f} GB"
    for figure, item in (("share", "Nova"), (list(one.kept.layout)[-1][0] if one.kept else "share", None)):
        times = []
        for _ in range(5):
            with open_results(folder / "out") as results:
                begun = time.perf_counter()
                whose = results.figures[figure][0] if item is None else item
                series = results.series(figure, whose)
                np.nanquantile(series, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
                times.append(time.perf_counter() - begun)
                assert series.shape == (count, 104)
        yield f"fan chart of {figure} over {count:,} runs, first and best of 5", f"{times[0]:.2f} s, {min(times):.2f} s"
    with open_results(folder / "out") as results:
        begun = time.perf_counter()
        results.query('SELECT round(price), avg("share.Nova") FROM results GROUP BY 1')
        yield "mean of an end by a setting, in SQL", f"{time.perf_counter() - begun:.2f} s"


def _thousands(folder: Path, *, small: bool) -> Iterator[tuple[str, str]]:
    """Make the runs of the packaged experiment of small markets, and watch the memory."""
    from experiments.batch.executors import Processes
    from experiments.batch.reading import read_experiment
    from experiments.batch.results import FILE, open_results
    from experiments.replicate import available_cores

    experiment = _made(folder, 20, 1000, 52) if small else read_experiment("small_markets")
    memory: list[tuple[int, float]] = []

    def watch(done: Done) -> None:
        if not memory or done.runs - memory[-1][0] >= experiment.run_count / 20:
            memory.append((done.runs, _own_memory()))

    cores = available_cores()
    seconds = _whole(experiment, folder, Processes(cores), watch, 0.03)
    yield f"{experiment.run_count:,} runs with {cores} workers", f"{seconds:.0f} s"
    yield "runs a second", f"{experiment.run_count / seconds:.1f}"
    with open_results(folder / "out") as results:
        yield "time in runs, all workers together", f"{results.status().seconds:.0f} s"
    yield "size", f"{(folder / 'out' / FILE).stat().st_size / 1e9:.2f} GB"
    told = [f"{used / 1e6:.0f} MB at {runs:,}" for runs, used in memory[:: max(1, len(memory) // 4)]]
    yield "memory of the coordinator", ", ".join(told)


def _own_memory() -> float:
    """Give the memory of this process in bytes; where the system does not tell, 0."""
    try:
        return 4096.0 * int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError):
        return 0.0


if __name__ == "__main__":
    main()
