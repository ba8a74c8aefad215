"""Where the consumers' week spends its time: phase by phase, against what its memory takes to move.

Times come from the stopwatch that the compiled week carries (`sim.phases`). Bytes are those of the columns that a phase
reads or writes for everyone, and of peers and words; what only those touch who act (shoppers, members, militants) is
left out, and so are the rows of scratch, which stay in the processor's nearest cache.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim import lanes, streams, week
from sim.columns import KINDS
from sim.compiling import anew
from sim.market import Market
from sim.mechanisms import (
    activation,
    ambassadors,
    beliefs,
    contribution,
    experience,
    income,
    offers,
    porosity,
    purchase,
    sharing,
    sincerity,
)
from sim.phases import PHASES, read_clock
from sim.prefetch import prefetch_words

__all__ = ["TABLE", "Loops", "Phase", "Profile", "loops_of", "profile"]

_WORD = 8
_PEER = 4
_MOVED = 64 << 20  # bytes


@dataclass(frozen=True)
class Phase:
    """What belongs to a phase of the week.

    Attributes
    ----------
    rules
        Its compiled rules.
    reads, writes
        Columns that it reads and writes for everyone.
    listens, speaks
        Whether it looks up what all peers said; whether it writes what everyone says.
    """

    rules: tuple[Any, ...]
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    listens: bool = False
    speaks: bool = False


TABLE: dict[str, Phase] = {
    "draws": Phase((streams.draw_week,)),
    "hearing": Phase((prefetch_words, beliefs.gather_words, activation.targets_of), listens=True),
    "beliefs": Phase(
        (
            beliefs.sum_words,
            beliefs.update_quality,
            sincerity.update_sincerity,
            porosity.spill_over,
            activation.sum_voices,
            activation.sway_beliefs,
        ),
        ("quality", "sincerity", "peer_trust", "brand_trust", "community"),
        ("quality", "sincerity"),
    ),
    "activation": Phase((activation.add_pressure, activation.activate), ("values", "threshold", "role")),
    "units": Phase(
        (income.tighten, purchase.list_wants, lanes.list_lanes, purchase.count_units, purchase.start_race),
        ("rate", "price_sensitivity", "cohort"),
    ),
    "utilities": Phase(
        (
            purchase.utility_of,
            purchase.fit_values,
            contribution.communities_of,
            contribution.add_attachment,
            activation.targets_acted_on,
            activation.add_militancy,
            offers.add_use,
            purchase.add_effort,
            sharing.add_visits,
            lanes.squeeze,
        ),
        ("community", "target", "energy"),
    ),
    "choice": Phase((purchase.miss_on_shelf, purchase.enter_race)),
    "purchases": Phase((purchase.settle, purchase.tally_purchases)),
    "experience": Phase((experience.experience,)),
    "goods": Phase((sharing.keep_goods, sharing.trust_hosts), ("owned",), ("owned",)),
    "contribution": Phase((contribution.contribute,), ("community", "propensity")),
    "ambassadors": Phase((ambassadors.federate,), ("ambassador", "community")),
    "saying": Phase(
        (activation.pack_voices, activation.tally_militants, ambassadors.add_ambassadors, beliefs.pack_words),
        ("role", "energy", "stance", "cause", "target", "ambassador", "mentioned", "satisfaction", "sincerity"),
        speaks=True,
    ),
    "tallies": Phase((purchase.tally_reach, week._tally_minds), ("bought", "quality", "sincerity")),
}
"""The phases in the order of the week."""


@dataclass(frozen=True)
class Loops:
    """What became of a rule's loops over all lanes.

    Attributes
    ----------
    rule
        Its name.
    loops, vectorised
        Innermost loops over lanes, and how many of them work on several lanes at a time.
    width
        Numbers of 32 bits that they work on at a time; 1 where there are none.
    """

    rule: str
    loops: int
    vectorised: int
    width: int


@dataclass(frozen=True)
class Profile:
    """Where a week's time goes.

    Attributes
    ----------
    consumers, weeks, suppliers
        Size of the market, weeks that were timed, and rows of suppliers.
    phases
        Nanoseconds a consumer-week of each phase (the median week), in their order; NaN without a clock.
    bytes
        Bytes a consumer-week of each phase.
    bandwidth
        Bytes a nanosecond that one thread copies here, out of cache.
    python
        Nanoseconds a week outside the compiled one: firms, events, figures.
    """

    consumers: int
    weeks: int
    suppliers: int
    phases: dict[str, float]
    bytes: dict[str, int]
    bandwidth: float
    python: float

    @property
    def total(self) -> float:
        """Nanoseconds a consumer-week of all phases together."""
        return sum(self.phases.values())


def profile(market: Market, weeks: int, on_week: Callable[[], bool] | None = None) -> Profile:
    """Live on for some weeks, in one thread, and time them phase by phase.

    Parameters
    ----------
    market
        A market of the compiled engine; it is best warm, some weeks old.
    weeks
        Weeks to time, at least 1.
    on_week
        Called after each week; True stops.

    Raises
    ------
    ValueError
        If the market's engine is not the compiled one, or weeks is less than 1.
    """
    if market.engine != "compiled" or weeks < 1:
        raise ValueError(f"a profile needs the compiled engine and at least 1 week, not {market.engine!r}, {weeks}")
    threads, market.threads = market.threads, 1
    laps, whole = [], []
    ticks, first = int(read_clock()), time.perf_counter()
    try:
        for _ in range(weeks):
            market.times = np.zeros(len(PHASES), np.int64)
            begun = time.perf_counter()
            market.step()
            whole.append(time.perf_counter() - begun)
            laps.append(market.times)
            if on_week is not None and on_week():
                break
    finally:
        market.threads, market.times = threads, np.zeros(0, np.int64)
    # The weeks themselves tell how long a tick of the processor's counter is, by the system's clock.
    ticks, passed = int(read_clock()) - ticks, time.perf_counter() - first
    seconds = np.array(laps) * (passed / ticks if ticks else np.nan)
    size = market.population.size
    compiled = np.median(seconds, axis=0)
    return Profile(
        size,
        len(laps),
        len(market.suppliers),
        dict(zip(PHASES, (compiled / size * 1e9).tolist(), strict=True)),
        {name: _bytes_of(TABLE[name], market) for name in PHASES},
        _bandwidth(),
        float(np.median(np.array(whole) - seconds.sum(axis=1))) * 1e9,
    )


def loops_of(market: Market) -> dict[str, list[Loops]]:
    """Compile the week anew, and tell for each phase what became of the loops of its rules.

    Takes as long as the first compilation. A loop counts as one over lanes if its variable is called `lane`.
    """
    import numba

    typeof: Any = numba.typeof
    twins: dict[Any, Any] = {}
    top = anew(week.run_tiles, twins)
    top.compile(tuple(typeof(argument) for argument in market.tile_arguments()))
    return {
        name: [_look_at(rule, twins[rule]) for rule in phase.rules if rule in twins] for name, phase in TABLE.items()
    }


def _look_at(rule: Any, twin: Any) -> Loops:
    loops = _lane_loops(rule.py_func)
    # A rule may be compiled for several kinds of arguments: the one that fares worst tells.
    found = [_vector_loops(twin.inspect_llvm(kind)) for kind in twin.signatures]
    vectorised, width = min(found, default=(0, 1))
    return Loops(rule.py_func.__name__, loops, min(loops, vectorised), width if loops and vectorised else 1)


def _lane_loops(function: Callable[..., Any]) -> int:
    """Count the innermost loops over `lane` in a function's source."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return sum(
        isinstance(node, ast.For)
        and isinstance(node.target, ast.Name)
        and node.target.id == "lane"
        and not any(isinstance(inner, ast.For) for below in node.body for inner in ast.walk(below))
        for node in ast.walk(tree)
    )


def _vector_loops(code: str) -> tuple[int, int]:
    """Count the vector loops in a function's LLVM code, fillings of memory among them, and find the widest vector."""
    widths = [int(width) for width in re.findall(r"<(\d+) x (?:float|i32)>", code)]
    loops = re.findall(r"^vector\.body\d*:|call void @llvm\.memset.*i64 %", code, re.M)
    return len(loops), max(widths, default=1)


def _bytes_of(phase: Phase, market: Market) -> int:
    columns, peers = market.population.columns, market.population.peers.shape[1]
    touched = sum(
        columns.width[name] * KINDS[columns.declared[name].kind].itemsize for name in (*phase.reads, *phase.writes)
    )
    return touched + (peers * (_PEER + _WORD) if phase.listens else 0) + (_WORD if phase.speaks else 0)


def _bandwidth() -> float:
    """Return the bytes a nanosecond that one thread reads and writes in a copy much larger than its caches."""
    source = np.ones(_MOVED // 8)
    target = np.empty_like(source)
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        np.copyto(target, source)
        times.append(time.perf_counter() - begun)
    return 2 * _MOVED / min(times) * 1e-9
