"""The consumers' week in C, a yardstick for the compiled one: the same rules over the same memory, the same bits.

The sources in `c/` are built with the system's gcc when they are first needed, for one number of lanes and peers. The
records that Python and C share come from a header written here from their numpy types, so the two cannot go out of
step. `in_c` lets markets live their weeks through the kernel; `check_same_bits` compares it with the compiled rules;
`versus_c` measures both in turns; `python3 -m benchmarks.c_kernel` prints where the time of both goes, phase by phase.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import numpy as np

import sim.market
from benchmarks.measure import MARKET, Sample
from sim.market import Market
from sim.mechanisms.base import MAX_CAUSES
from sim.mechanisms.contribution import BINS
from sim.phases import PHASES, read_clock
from sim.records import FIRM_COUNTS, FIRM_SIGNALS, KEYS, MARKET_COUNTS, SECTORS

__all__ = [
    "NoCompilerError",
    "PhaseTable",
    "check_same_bits",
    "everything_in",
    "has_compiler",
    "in_c",
    "phases",
    "versus_c",
]

SOURCES = Path(__file__).resolve().parent / "c"
FLAGS = (
    *("-std=gnu11", "-O3", "-march=native", "-mprefer-vector-width=512", "-fPIC", "-shared", "-Wall", "-Wextra"),
    *("-Wno-parentheses", "-Werror", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"),
    *("-ffinite-math-only", "-fno-signed-zeros"),
)
"""No flag here may change a bit: all arithmetic stays in its order, each step rounded to float32. There is never a NaN,
an infinity or a −0.0 among what consumers are; saying so gives single instructions for `lower` and `higher`."""


class NoCompilerError(RuntimeError):
    """There is no gcc to build the kernel with."""


def has_compiler() -> bool:
    """Tell whether the kernel can be built here."""
    return shutil.which("gcc") is not None


# ----------------------------------------------------------------------------------------------------- the records

_TYPES = {"f4": "float", "i4": "int32_t", "u4": "uint32_t", "i8": "int64_t", "b1": "_Bool"}


def _struct(name: str, dtype: np.dtype[Any], before: list[str]) -> None:
    """Append to `before` the C structure that lies in memory as records of this type do, after those it holds."""
    lines, checks = [], []
    for key, (kind, offset, *_) in (dtype.fields or {}).items():
        base, shape = kind.subdtype or (kind, ())
        if base.fields:
            _struct(f"{key}_{name}", base, before)
            declared = f"struct {key}_{name} {key}"
        else:
            declared = f"{_TYPES[base.str[1:]]} {key}"
        lines.append(f"    {declared}{''.join(f'[{n}]' for n in shape)};")
        checks.append(f'_Static_assert(offsetof(struct {name}, {key}) == {offset}, "{name}.{key}");')
    checks.append(f'_Static_assert(sizeof(struct {name}) == {dtype.itemsize}, "{name}");')
    before.append("\n".join([f"struct {name} {{", *lines, "};", *checks]))


@cache
def _header(rows: np.dtype[Any], settings: np.dtype[Any]) -> str:
    """Return the header with all records and constants that the kernel shares with Python."""
    parts = [
        "#pragma once",
        "#include <stddef.h>",
        "#include <stdint.h>",
        f"#define MAX_CAUSES {MAX_CAUSES}",
        f"#define BINS {BINS}",
        f"enum phase {{ {', '.join(phase.upper() for phase in PHASES)} }};",
    ]
    records = {
        "rows": rows,
        "firm": FIRM_SIGNALS,
        "sector": SECTORS,
        "keys": KEYS,
        "settings": settings,
        "firm_counts": FIRM_COUNTS,
        "market_counts": MARKET_COUNTS,
    }
    for name, dtype in records.items():
        _struct(name, dtype, parts)
    return "\n\n".join(parts) + "\n"


# -------------------------------------------------------------------------------------------------------- building


@cache
def _build(header: str, lanes: int, peers: int) -> ctypes.CDLL:
    """Build the kernel, or find it where it was built before, and load it."""
    gcc = shutil.which("gcc")
    if gcc is None:
        raise NoCompilerError("the C kernel is built when it is measured, and there is no gcc on this machine")
    if lanes % 32:
        raise ValueError(f"the C kernel works on whole vectors: a multiple of 32 lanes, not {lanes}")
    command = [gcc, *FLAGS, f"-DLANES={lanes}", f"-DPEERS={peers}"]
    version = subprocess.run([gcc, "--version"], check=True, capture_output=True, text=True).stdout
    digest = hashlib.sha256("\n".join([*command, version, header, _processor()]).encode())
    for source in sorted(SOURCES.iterdir()):
        digest.update(source.read_bytes())
    folder = Path(tempfile.gettempdir()) / f"userisation-c-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    library = folder / f"week-{digest.hexdigest()[:16]}.so"
    if not library.exists():
        with tempfile.TemporaryDirectory(dir=folder) as there:
            (Path(there) / "records.h").write_text(header, encoding="utf-8")
            made = Path(there) / "week.so"
            built = subprocess.run(
                [*command, "-I", there, str(SOURCES / "week.c"), "-o", str(made)], capture_output=True, text=True
            )
            if built.returncode:
                raise RuntimeError(f"gcc cannot build the C kernel:\n{built.stderr}")
            made.replace(library)
    return ctypes.CDLL(str(library))


def _processor() -> str:
    """Return what "-march=native" stands for: a kernel built for another processor must not be found."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line for line in lines if line.startswith("flags")), "")


# --------------------------------------------------------------------------------------------------------- running


def _where(array: Any) -> int:
    """Return the address of an array; its `__array_interface__` would describe all fields of a record first."""
    return int(array.ctypes.data)


_WORDS = (
    *("size", "numbers", "number_rows", "codes", "code_rows", "tags", "tag_rows", "peers", "rows"),
    *(
        "firms",
        "firm_rows",
        "sectors",
        "sector_rows",
        "keys",
        "salience",
        "hardship",
        "cohorts",
        "settings",
        "week",
        "replicate",
        "k0",
        "k1",
        "window",
    ),
    *("words", "next_words", "times", "firm_counts", "counts"),
)


class _Week(ctypes.Structure):
    """What the kernel is called with: `struct week`, all words of 64 bits."""

    _fields_ = tuple((name, ctypes.c_uint64) for name in _WORDS)


def _run_tiles(
    kernel: ctypes.CDLL,
    first: int,
    last: int,
    size: int,
    population: Any,
    rows: Any,
    firms: Any,
    sectors: Any,
    keys: Any,
    salience: Any,
    hardship: Any,
    s: Any,
    luck: Any,
    window: int,
    words: Any,
    next_words: Any,
    times: Any,
    firm_counts: Any,
    counts: Any,
) -> None:
    """Do what `sim.week.run_tiles` does, in C."""
    numbers, codes, tags, peers = population
    week = _Week(
        *(size, _where(numbers), numbers.shape[1], _where(codes), codes.shape[1]),
        *(_where(tags), tags.shape[1], _where(peers)),
        *(_where(rows), _where(firms), firms.size, _where(sectors), sectors.size, _where(keys)),
        *(_where(salience), _where(hardship), hardship.size, _where(s), *(int(word) for word in luck), window),
        *(_where(words), _where(next_words), _where(times) if times.size else 0, _where(firm_counts), _where(counts)),
    )
    kernel.run_tiles(ctypes.c_int64(first), ctypes.c_int64(last), ctypes.byref(week))


@contextmanager
def in_c(market: Market) -> Iterator[None]:
    """Let this market, and others of the same shape, live their weeks through the C kernel inside the block.

    A market of other lanes, peers or mechanisms must not live in it. The kernel keeps times of its phases where the
    compiled week does: in `market.times`, if there is room.

    Parameters
    ----------
    market
        A market of the compiled engine.

    Raises
    ------
    NoCompilerError
        If there is no gcc.
    """
    header = _header(market._rows.dtype, market._settings.dtype)
    kernel = _build(header, market.population.columns.lanes, market.population.peers.shape[1])
    with mock.patch.object(sim.market, "run_tiles", partial(_run_tiles, kernel)):
        yield


def check_same_bits(scenario: str, consumers: int, weeks: int, **settings: Any) -> None:
    """Run a scenario both ways and compare everything that consumers are, say and have counted, week by week.

    Raises
    ------
    AssertionError
        Where the two differ first.
    """
    compiled, in_kernel = (Market(scenario, consumers=consumers, weeks=weeks, **settings) for _ in range(2))
    while compiled.week < compiled.setup.horizon:
        compiled.step()
        with in_c(in_kernel):
            in_kernel.step()
        for (name, ours), theirs in zip(everything_in(compiled), dict(everything_in(in_kernel)).values(), strict=True):
            differ = np.argwhere(ours != theirs)
            assert not differ.size, f"{scenario}, week {compiled.week}, {name}: differ at {differ[:4].tolist()}"


def everything_in(market: Market) -> Iterator[tuple[str, Any]]:
    """Yield all arrays that a week writes, by name, as integers: 0.0 and −0.0 are not the same bits."""
    columns = market.population.columns
    for name in columns.row:
        values = columns.get(name)
        yield name, values.view(np.int32) if values.dtype == np.float32 else values
    yield "unused lanes too", columns.numbers.view(np.int32)
    yield "their codes", columns.codes
    yield "their tags", columns.tags
    yield "words", market._words
    of_suppliers, of_market = market.counted
    for f, supplier in enumerate(market.suppliers):
        for name in FIRM_COUNTS.names or ():
            yield f"{name} of {supplier.name}", of_suppliers[name][f]
    for name in MARKET_COUNTS.names or ():
        yield name, of_market[name]


# ------------------------------------------------------------------------------------------------------- measuring


def versus_c(
    consumers: int, weeks: int, repeats: int, threads: Sequence[int], scenario: str = str(MARKET)
) -> list[Sample]:
    """Consumer-weeks a second in C, and how many times as fast as the compiled engine that is, turn by turn.

    Only the consumers' week is timed, not the firms' part, which is the same for both. A yardstick that gave other
    results would measure nothing: a short run is compared first.

    Raises
    ------
    NoCompilerError
        If there is no gcc.
    AssertionError
        If the two differ.
    """
    check_same_bits(scenario, min(consumers, 3000), 4)
    samples = []
    for n in threads:
        markets = [Market(scenario, consumers=consumers, weeks=10**3, threads=n) for _ in range(2)]
        rates: list[list[float]] = [[], []]
        for repeat in range(repeats + 1):
            compiled = _seconds_of_weeks(markets[0], weeks)
            with in_c(markets[1]):
                seconds = compiled, _seconds_of_weeks(markets[1], weeks)
            if repeat:  # the first turn warms up
                for i in range(2):
                    rates[i].append(consumers * weeks / seconds[i])
        ratios = tuple(c / ours for ours, c in zip(*rates, strict=True))
        unit = "consumer-weeks/s"
        samples += [
            Sample(f"consumers' week, compiled, {n} thread(s)", unit, tuple(rates[0])),
            Sample(f"consumers' week, C kernel, {n} thread(s)", unit, tuple(rates[1])),
            Sample(f"C kernel : compiled, {n} thread(s)", "ratio", ratios),
        ]
    return samples


def _seconds_of_weeks(market: Market, weeks: int) -> float:
    """Live some weeks, and return the seconds that the tiles took."""
    taken = 0.0
    tiles = market._run_tiles_in_threads

    def timed() -> None:
        nonlocal taken
        begun = time.perf_counter()
        tiles()
        taken += time.perf_counter() - begun

    with mock.patch.object(market, "_run_tiles_in_threads", timed):
        market.run(weeks)
    return taken


class PhaseTable(NamedTuple):
    """Nanoseconds a consumer-week that each phase takes in one thread, the least over some turns.

    Attributes
    ----------
    compiled, in_c
        One value a phase of `sim.phases.PHASES`, then that of what is not timed apart, then that of the whole week.
    """

    compiled: tuple[float, ...]
    in_c: tuple[float, ...]

    def as_markdown(self) -> str:
        """Return the table in Markdown."""
        lines = ["| phase, ns a consumer-week | compiled | C | times |", "| --- | --- | --- | --- |"]
        for name, ours, c in zip((*PHASES, "the rest", "**all**"), self.compiled, self.in_c, strict=True):
            times = f"{ours / c:.1f}" if c >= 0.1 else ""
            lines.append(f"| {name} | {ours:.1f} | {c:.1f} | {times} |")
        return "\n".join(lines)


def phases(consumers: int, weeks: int, repeats: int, scenario: str = str(MARKET), warm: int = 4) -> PhaseTable:
    """Measure the phases of the compiled week and of the C kernel, turn by turn, on two markets on their way.

    What the C kernel fetches ahead from memory counts as hearing, as it does in the compiled week, though it fetches
    columns too. What serves all choices of a sector, such as squeezing its buyers together, counts as utilities.

    Raises
    ------
    NoCompilerError
        If there is no gcc.
    """
    markets = [Market(scenario, consumers=consumers, weeks=10**3) for _ in range(2)]
    turns: list[list[list[float]]] = [[], []]
    for market in markets:
        market.run(warm)
        market.times = np.zeros(len(PHASES), np.int64)
    for _ in range(repeats):
        for i, market in enumerate(markets):
            with nullcontext() if i == 0 else in_c(market):
                turns[i].append(_phases_of(market, weeks))
    compiled, c = (tuple(min(values) for values in zip(*each, strict=True)) for each in turns)
    return PhaseTable(compiled, c)


def _phases_of(market: Market, weeks: int) -> list[float]:
    """Live some weeks and return what a row of `PhaseTable` holds."""
    market.times[:] = 0
    ticks, begun = read_clock(), time.perf_counter()
    taken = _seconds_of_weeks(market, weeks)
    ticks, passed = read_clock() - ticks, time.perf_counter() - begun
    each = [phase * passed / max(ticks, 1) for phase in market.times.tolist()]
    return [seconds * 1e9 / (market.population.size * weeks) for seconds in (*each, taken - sum(each), taken)]


def main() -> None:
    """Print the rates of the C kernel against the compiled engine, and the phases of both."""
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.c_kernel", description=__doc__)
    parser.add_argument("--consumers", type=int, default=1_000_000)
    parser.add_argument("--weeks", type=int, default=4, help="weeks a repeat")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, nargs="*", default=[1])
    parser.add_argument("--scenario", default=str(MARKET))
    options = parser.parse_args()
    if not has_compiler():
        sys.exit("there is no gcc on this machine: the C kernel cannot be built")
    if options.threads:
        for sample in versus_c(options.consumers, options.weeks, options.repeats, options.threads, options.scenario):
            print(sample.row())
    print(phases(options.consumers, options.weeks, options.repeats, options.scenario).as_markdown())


if __name__ == "__main__":
    main()
