"""What is measured: each function runs something, several times, and returns seconds or bytes."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = ["Sample", "build", "engines", "ensembles", "figures_share", "machine", "memory", "start_up"]

HERE = Path(__file__).resolve().parent
MARKET = HERE / "million.toml"


@dataclass(frozen=True)
class Sample:
    """Repeated measurements of one thing.

    Attributes
    ----------
    name, unit
        What it is.
    values
        One a repeat.
    """

    name: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle value: what to quote."""
        return statistics.median(self.values)

    def row(self) -> str:
        """One row of a Markdown table: name, unit, least, median, most."""
        least, most = min(self.values), max(self.values)
        return f"| {self.name} | {self.unit} | {least:,.4g} | **{self.median:,.4g}** | {most:,.4g} |"


def engines(consumers: int, weeks: int, few: int, repeats: int, threads: Sequence[int]) -> list[Sample]:
    """Consumer-weeks a second of the compiled engine and of the one-agent-at-a-time engine, turn by turn.

    The object engine runs the same market with `few` consumers for two weeks, since its cost a consumer-week does not
    depend on their number; the ratio is taken within each turn.
    """
    from sim.market import Market

    markets = {n: Market(str(MARKET), consumers=consumers, weeks=10**3, threads=n) for n in threads}
    for market in markets.values():
        market.step()
    slow = Market(str(MARKET), consumers=few, weeks=10**3, engine="objects")
    slow.step()
    rates: dict[int, list[float]] = {n: [] for n in threads}
    one_by_one: list[float] = []
    for _ in range(repeats):
        for n, market in markets.items():
            rates[n].append(consumers * weeks / _seconds(partial(market.run, weeks)))
        one_by_one.append(few * 2 / _seconds(partial(slow.run, 2)))
    unit = "consumer-weeks/s"
    samples = [Sample(f"compiled engine, {n} thread(s)", unit, tuple(values)) for n, values in rates.items()]
    ratios = tuple(a / b for a, b in zip(rates[threads[-1]], one_by_one, strict=True))
    if len(threads) > 1:
        gains = tuple(b / a for a, b in zip(rates[threads[0]], rates[threads[-1]], strict=True))
        samples.append(Sample(f"{threads[-1]} threads : {threads[0]}", "ratio", gains))
    return [
        *samples,
        Sample("one agent at a time", unit, tuple(one_by_one)),
        Sample(f"compiled, {threads[-1]} thread(s) : one at a time", "ratio", ratios),
    ]


def ensembles(replicates: int, consumers: int, weeks: int, cores: int, repeats: int) -> list[Sample]:
    """Seconds for ensembles of dashboard-size markets, figures ready, code and processes warm; and for one future.

    Processes, threads and one future take turns.
    """
    from experiments.pool import Pool
    from sim.scenario import load, with_horizon

    samples = []
    with Pool(cores) as pool:
        for scenario in ("baseline", str(MARKET)):
            market = with_horizon(load(scenario, {"population.size": consumers}), weeks)
            name, size = Path(scenario).stem, f"{consumers:,} consumers × {weeks} weeks"
            ways: dict[str, Callable[[], object]] = {
                f"{name}: {replicates} futures × {size}, {cores} processes": partial(
                    _live, market, replicates=replicates, threads=cores, pool=pool
                ),
                f"{name}: {replicates} futures × {size}, {cores} threads": partial(
                    _live, market, replicates=replicates, threads=cores
                ),
                f"{name}: one future × {size}": partial(_live, market, replicates=1, threads=cores),
            }
            seconds: dict[str, list[float]] = {way: [] for way in ways}
            for turn in range(repeats + 1):
                for way, action in ways.items():
                    taken = _seconds(action)
                    if turn > 0:  # in the first turn processes start, and load compiled code
                        seconds[way].append(taken)
            samples += [Sample(way, "s", tuple(values)) for way, values in seconds.items()]
    return samples


def _live(scenario: Scenario, **options: Any) -> None:
    """Run an ensemble until its figures are ready."""
    from experiments.runs import run_replicates

    for run in run_replicates(scenario, **options):
        assert run.record is not None
        run.record.work_out()


def build(consumers: int, threads: int, repeats: int) -> Sample:
    """Seconds to draw a market's consumers and link them, the scenario being loaded."""
    from sim.market import Market
    from sim.scenario import load

    scenario = load(str(MARKET), {"population.size": consumers})
    values = [_seconds(lambda: Market(scenario, threads=threads)) for _ in range(repeats)]
    return Sample(f"building {consumers:,} consumers with their network, {threads} thread(s)", "s", tuple(values))


def figures_share(consumers: int, weeks: int, repeats: int) -> Sample:
    """Share of a future's processor time that recording all figures takes, against recording none, in turns."""
    from sim.market import Market

    def seconds(figures: tuple[str, ...] | None) -> float:
        market = Market(str(MARKET), consumers=consumers, weeks=weeks, figures=figures)
        begun = time.process_time()
        market.run()
        for key in market.record.keys:
            market.record[key]
        return time.process_time() - begun

    shares = tuple(100 * (1 - seconds(()) / seconds(None)) for _ in range(repeats))
    return Sample(f"recording all figures, {consumers:,} consumers", "% of the time", shares)


def memory(consumers: int, weeks: int, repeats: int) -> Sample:
    """Peak memory a consumer, in bytes: the peak of a process with many less that of one with a thousand (Linux)."""
    code = (
        "import sys; from benchmarks.peak import peak_bytes; from sim.market import Market;"
        f"Market({str(MARKET)!r}, consumers=int(sys.argv[1]), weeks={weeks}).run();"
        "print(peak_bytes())"
    )
    values = []
    for _ in range(repeats):
        peaks = [int(_output([sys.executable, "-c", code, str(size)])) for size in (1000, consumers)]
        values.append((peaks[1] - peaks[0]) / (consumers - 1000))
    return Sample(f"peak memory, {consumers:,} consumers, 8 firms", "bytes/consumer", tuple(values))


def start_up(repeats: int) -> list[Sample]:
    """Seconds of `userisation run` of a small market, as a whole process: compiling first, then warm."""
    first, warm = [], []
    for _ in range(max(1, repeats // 3)):
        with tempfile.TemporaryDirectory() as cache:
            first.append(_run_command(cache))
            warm += [_run_command(cache) for _ in range(3)]
    return [
        Sample("userisation run, first ever (compiles)", "s", tuple(first)),
        Sample("userisation run, warm", "s", tuple(warm)),
    ]


def machine() -> str:
    """Say what is measured on: the machine and the versions that matter."""
    import mesa
    import numba
    import numpy

    from experiments.replicate import available_cores

    return (
        f"{available_cores()} cores ({platform.machine()}), Python {platform.python_version()}, "
        f"numpy {numpy.__version__}, numba {numba.__version__}, mesa {mesa.__version__}."
    )


def _run_command(cache: str) -> float:
    command = [sys.executable, "-m", "experiments", "run", "baseline", "--consumers", "500", "--weeks", "26"]
    environment = os.environ | {"USERISATION_CACHE": cache, "USERISATION_ENV": "mine"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or every start would compile the libraries' Python anew
    with tempfile.TemporaryDirectory() as folder:
        return _seconds(lambda: _output([*command, "--out", str(Path(folder) / "out")], environment))


def _output(command: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, cwd=HERE.parent, env=environment, check=True, capture_output=True, text=True)
    return done.stdout


def _seconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun
