"""What is measured of markets of many sizes: numbers of futures, seconds, bytes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import MARKET, machine
from benchmarks.peak import peak_bytes
from experiments.claims.measures import Measure, numbers
from experiments.precision.questions import natural
from experiments.replicate import available_cores
from experiments.runs import run_replicates

__all__ = ["FULL", "SMALL", "Plan", "measure", "measures_of", "seconds_a_week", "sized"]

FIGURES = {
    "baseline": ("share", "profit", "quality", "sincerity", "rating", "userisation", "switching_rate"),
    "sweatshop_scandal": ("share", "profit", "sincerity", "boycott_size", "militants"),
    "open_source_commons": ("share", "commons_share", "commons_quality", "commons_contributors", "top_contributors"),
}
"""What is looked at in each scenario: of firms, all of them."""
EARLY = 13
"""Weeks that the largest markets live."""


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes
    ----------
    futures
        Futures by size.
    weeks
        That each of them lasts; None: the scenario's.
    giant, giants
        Consumers of the largest market of all, which lives `EARLY` weeks, and its futures, each in its own process.
    timed, warm, block, turns
        Sizes at which weeks are timed, weeks lived before, weeks timed together, and how often.
    """

    futures: Mapping[int, int]
    weeks: int | None
    giant: int
    giants: int
    timed: tuple[int, ...]
    warm: int
    block: int
    turns: int


FULL = Plan(
    {10**3: 64, 10**4: 48, 10**5: 16, 10**6: 5}, None, 10**7, 4, (10**4, 10**5, 10**6, 10**7), warm=2, block=3, turns=3
)
SMALL = Plan({100: 6, 300: 6, 900: 6}, 16, 2000, 2, (300, 1000, 3000), warm=1, block=1, turns=2)


def measures_of(scenario: Any) -> tuple[Measure, ...]:
    """Give the numbers that are kept of a scenario: each figure in its natural weeks, and its mean over the first."""
    from sim.claims import items_of
    from sim.figures import FIGURES as known

    keys = [*FIGURES[scenario.name], "revenue"]
    items = items_of(scenario)
    pairs = [(key, item) for key in keys for item in (items[known[key].scope] or [""])]
    late = [Measure(key, item, natural(key)) for key, item in pairs]
    return (*late, *(Measure(key, item, "mean", (1, EARLY)) for key, item in pairs))


def sized(scenario: Any, consumers: int) -> Any:
    """Give a scenario with as many consumers, even if there are more of them than people whom they stand for.

    A scenario file may not say so, since nobody is half a consumer; the law of sampling does not mind.
    """
    from sim.scenario import changed

    if consumers <= scenario.population.represents:
        return changed(scenario, {"population.size": consumers})
    population = scenario.population.model_copy(update={"size": consumers})
    return scenario.model_copy(update={"population": population})


def measure(plan: Plan, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure everything; the result is plain data.

    Returns
    -------
    dict
        ``machine``, ``threads``, ``weeks``; ``scenarios``: by name the rows {size: {replicates, seconds, numbers}} with
        numbers (measures, replicates); ``giant``: size, replicates, numbers, bytes and seconds of the largest market of
        `baseline`; ``timed``: by market and threads, then by size, seconds a week, one a turn; ``heavy_bytes``: bytes a
        consumer of the market with 8 firms at that size.
    """
    from sim.scenario import load, with_horizon

    threads = available_cores()
    found: dict[str, Any] = {"machine": machine(), "threads": threads, "weeks": {}, "scenarios": {}}
    for name in FIGURES:
        scenario = with_horizon(load(name), plan.weeks)
        found["weeks"][name] = scenario.horizon
        found["scenarios"][name] = {}
        for size, futures in plan.futures.items():
            say(f"{name}: {futures} futures of {size:,} consumers")
            found["scenarios"][name][str(size)] = _ensemble(sized(scenario, size), futures, threads)
    say(f"baseline: {plan.giants} futures of {plan.giant:,} consumers, {EARLY} weeks")
    each = [_ask("baseline", plan.giant, replicate, threads) for replicate in range(plan.giants)]
    few = _ask("baseline", 1000, 0, threads)
    found["giant"] = {
        "size": plan.giant,
        "weeks": EARLY,
        "numbers": [list(row) for row in zip(*(one["numbers"] for one in each), strict=True)],
        "build": [one["build"] for one in each],
        "week": [one["week"] for one in each],
        "bytes": (max(one["peak"] for one in each) - few["peak"]) / (plan.giant - 1000),
    }
    found["timed"] = {}
    for market, cores in dict.fromkeys([("baseline", 1), ("baseline", threads), (str(MARKET), 1)]):
        name = f"{Path(market).stem}, {cores} thread{'s' if cores > 1 else ''}"
        say(f"{name}: seconds a week at {', '.join(f'{size:,}' for size in plan.timed)} consumers")
        found["timed"][name] = seconds_a_week(
            market, plan.timed, cores, warm=plan.warm, block=plan.block, turns=plan.turns
        )
    say(f"million: {plan.giant:,} consumers, {EARLY} weeks")
    heavy = [_ask(str(MARKET), size, 0, threads)["peak"] for size in (1000, plan.giant)]
    found["heavy_bytes"] = (heavy[1] - heavy[0]) / (plan.giant - 1000)
    return found


def seconds_a_week(
    scenario: str, sizes: Sequence[int], threads: int, *, warm: int, block: int, turns: int
) -> dict[str, list[float]]:
    """Time weeks of running markets of a scenario, size after size in turn.

    Small markets are timed over more weeks, so that every reading lasts.

    Returns
    -------
    dict
        By size, seconds a week, one a turn.
    """
    from sim.market import Market
    from sim.scenario import load

    markets = {size: Market(sized(load(scenario, {"horizon": 5200}), size), threads=threads) for size in sizes}
    for market in markets.values():
        market.run(warm)
    found: dict[str, list[float]] = {str(size): [] for size in sizes}
    for _ in range(turns):
        for size, market in markets.items():
            weeks = max(block, min(52, round(block * sizes[-1] / size / 10)))
            begun = time.perf_counter()
            market.run(weeks)
            found[str(size)].append((time.perf_counter() - begun) / weeks)
    return found


def _ensemble(scenario: Any, futures: int, threads: int) -> dict[str, Any]:
    wanted = measures_of(scenario)
    begun = time.perf_counter()
    runs = run_replicates(scenario, replicates=futures, threads=threads, figures={measure.key for measure in wanted})
    seconds = time.perf_counter() - begun
    failed = [run.error for run in runs if run.record is None]
    if failed:
        raise RuntimeError(failed[0])
    table = [numbers(run.record, wanted) for run in runs if run.record is not None]
    return {"replicates": futures, "seconds": seconds, "numbers": [list(row) for row in zip(*table, strict=True)]}


def _ask(scenario: str, size: int, replicate: int, threads: int) -> dict[str, Any]:
    """Have a process of its own run one large market, so that its memory is its own."""
    words = [sys.executable, "-m", "benchmarks.scale.measuring", scenario, str(size), str(replicate), str(threads)]
    done = subprocess.run(words, cwd=Path(__file__).resolve().parents[2], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def _giant(name: str, size: int, replicate: int, threads: int) -> dict[str, Any]:
    from sim.market import Market
    from sim.scenario import load, with_horizon

    scenario = sized(with_horizon(load(name), EARLY), size)
    wanted = measures_of(scenario) if name in FIGURES else ()
    # What compiled code is loaded is no part of building.
    Market("baseline", consumers=100, threads=threads, weeks=1).run()
    begun = time.perf_counter()
    market = Market(scenario, replicate=replicate, threads=threads, figures={measure.key for measure in wanted} or None)
    built = time.perf_counter()
    market.run()
    return {
        "build": built - begun,
        "week": (time.perf_counter() - built) / EARLY,
        "peak": peak_bytes(),
        "numbers": numbers(market.record, wanted),
    }


if __name__ == "__main__":
    print(json.dumps(_giant(sys.argv[1], *(int(word) for word in sys.argv[2:]))))
