"""One peer in a process of its own: reads a job from standard input and prints what it found, both as JSON."""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from typing import Any

from benchmarks.peak import peak_bytes
from benchmarks.peers.spec import Builder, Spec, Totals

__all__ = ["figures_of", "main", "spec_from"]


def main() -> None:
    """Do one job."""
    job = json.load(sys.stdin)
    try:
        build: Builder = getattr(import_module(job["module"]), job["function"])
    except ImportError as error:
        print(json.dumps({"missing": error.name or str(error)}))
        return
    print(json.dumps(JOBS[job["kind"]](build, spec_from(job["spec"]), job)))


def _probe(build: Builder, spec: Spec, job: dict[str, Any]) -> dict[str, Any]:
    build(spec, 100, 1).live()
    return {}


def _timed(build: Builder, spec: Spec, job: dict[str, Any]) -> dict[str, Any]:
    """Measure seconds to build, seconds a week, and the peak of memory."""
    build(spec, 100, 1).live()  # compiled code and libraries are loaded from here on
    size = job["consumers"]
    begun = time.perf_counter()
    market = build(spec, size, 1)
    built = time.perf_counter()
    for _ in range(job["warm"]):
        market.live()
    weeks, start = 0, time.perf_counter()
    while weeks < job["weeks"] or time.perf_counter() - start < job["seconds"]:
        market.live()
        weeks += 1
    return {"build": built - begun, "week": (time.perf_counter() - start) / weeks, "peak": _peak()}


def _ensemble(build: Builder, spec: Spec, job: dict[str, Any]) -> dict[str, Any]:
    """Run replicates and return the figures of each."""
    return {"figures": [figures_of(build, spec, seed, **job["ensemble"]) for seed in job["seeds"]]}


def figures_of(
    build: Builder, spec: Spec, seed: int, *, consumers: int, weeks: int, last: int
) -> dict[str, list[float]]:
    """Live some weeks and return what the last of them were like.

    Returns
    -------
    dict
        Each firm's share of the units, units a head and week, mean satisfaction of an occasion, the militants of each
        cause in parts of all, and at the end the mean belief about each firm.
    """
    market = build(spec, consumers, seed)
    totals: list[Totals] = [market.live() for _ in range(weeks)][-last:]
    sold = [sum(week.units[f] for week in totals) for f in range(spec.firms)]
    return {
        "share": [units / sum(sold) for units in sold],
        "units": [sum(sold) / (consumers * last)],
        "satisfaction": [sum(week.satisfaction for week in totals) / sum(week.trips for week in totals)],
        "militants": [sum(week.militants[c] for week in totals) / (consumers * last) for c in range(spec.causes)],
        "belief": market.beliefs(),
    }


JOBS = {"probe": _probe, "time": _timed, "ensemble": _ensemble}


def spec_from(table: dict[str, Any]) -> Spec:
    """Return the spec that `Spec.as_table` and JSON made a table of."""
    return Spec(**{key: _tuple(value) for key, value in table.items()})


def _tuple(value: Any) -> Any:
    """Make tuples of the lists within a value: JSON knows no tuples."""
    if isinstance(value, dict):
        return {key: _tuple(each) for key, each in value.items()}
    return tuple(_tuple(each) for each in value) if isinstance(value, list) else value


def _peak() -> int | None:
    """Return the most memory that this process has held, in bytes; None where the system does not tell."""
    try:
        return peak_bytes()
    except OSError:
        return None


if __name__ == "__main__":
    main()
