"""Compare with peers: `python3 -m benchmarks.peers [--small] [--out FOLDER] [--docs]`.

Runs the reduced market of MARKET.md in every tool that is installed, checks that all agree with ours, measures their
speed and memory, and prints Markdown tables. What is missing is named and left out; the extra `peers` brings most of
it. `--small` uses tiny markets: a smoke test whose figures mean nothing. Exit code: 0, or 1 where a peer disagrees.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.chart import Line, chart
from benchmarks.measure import machine
from benchmarks.pages import DOCS, renewed
from benchmarks.peers import agreement, timing
from benchmarks.peers.peers import PEERS, Entry, ask, missing
from benchmarks.peers.spec import Spec, read_spec

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Run all of it; return the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m benchmarks.peers", description=__doc__)
    parser.add_argument("--small", action="store_true", help="tiny markets: only to see that the peers run")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="also write peers.md and peers.svg there")
    parser.add_argument("--docs", action="store_true", help="also renew docs/performance.md and its picture")
    options = parser.parse_args(arguments)
    spec = read_spec()
    plan = timing.SMALL if options.small else timing.FULL
    ensemble = agreement.SMALL if options.small else agreement.FULL
    lacking = missing(PEERS, spec)
    entries = [entry for entry in PEERS if entry.key not in lacking]
    found = _agreements(entries, spec, ensemble)
    speeds = timing.measure(entries, spec, plan, _say)
    text = _page(plan, ensemble, found, speeds, lacking)
    print(text)
    picture = _picture(speeds)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "peers.md").write_text(text + "\n", encoding="utf-8")
        (options.out / "peers.svg").write_text(picture, encoding="utf-8")
    if options.docs:
        page = DOCS / "performance.md"
        page.write_text(renewed(page.read_text(encoding="utf-8"), text, "peers"), encoding="utf-8")
        (DOCS / "images" / "peers.svg").write_text(picture, encoding="utf-8")
    return 0 if all(a.holds for each in found.values() for a in each) else 1


def _agreements(entries: list[Entry], spec: Spec, ensemble: agreement.Ensemble) -> dict[str, list[agreement.Agreement]]:
    """Run each peer's ensemble, and compare it with ours."""
    size = {"consumers": ensemble.consumers, "weeks": ensemble.weeks, "last": ensemble.last}
    figures = {}
    for entry in entries:
        _say(f"{entry.title}: {ensemble.replicates} replicates")
        figures[entry.key] = ask(entry, spec, "ensemble", seeds=list(range(1, ensemble.replicates + 1)), ensemble=size)
    ours = figures["ours"]["figures"]
    return {
        entry.title: agreement.compare(figures[entry.key]["figures"], ours, ensemble.slack)
        for entry in entries
        if entry.key != "ours"
    }


def _page(
    plan: timing.Plan,
    ensemble: agreement.Ensemble,
    found: dict[str, list[agreement.Agreement]],
    speeds: list[timing.Speed],
    lacking: dict[str, str],
) -> str:
    e = ensemble
    notes = [f"- {speed.entry.title} stopped: {speed.stopped}." for speed in speeds if speed.stopped]
    notes += [f"- {x.title}: not available here (no `{lacking[x.key]}`)." for x in PEERS if x.key in lacking]
    return "\n".join(
        [
            f"{machine()} {_versions()}",
            "",
            *timing.rows(speeds, plan.sizes),
            "",
            f"Median (least–most) of {plan.turns} turns, every measurement in a process of its own; “times ours”, "
            "building and memory at the largest size that a peer reached.",
            *notes,
            "",
            f"Agreement: means over weeks {e.weeks - e.last + 1}–{e.weeks} of {e.replicates} replicates with "
            f"{e.consumers:,} consumers; each peer's mean less ours (and in standard errors), at the firm or cause "
            "where it is worst. It agrees if the difference and two standard errors are within the tolerance.",
            "",
            *agreement.rows(found, e.slack),
        ]
    )


def _versions() -> str:
    """Say which versions of the peers' tools are installed."""
    found = []
    for package in ("agentpy", "mesa-frames", "polars"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return f"Peers: {', '.join(found)}." if found else ""


def _picture(speeds: list[timing.Speed]) -> str:
    """Draw consumer-weeks a second against the number of consumers."""
    lines = [
        Line(
            speed.entry.title,
            speed.entry.colour,
            [(size, 1 / sample.median) for size, sample in speed.weeks.items()],
            bold=speed.entry.title.startswith("ours"),
        )
        for speed in speeds
    ]
    return chart("One reduced market, several tools", "Consumer-weeks a second", "Consumers", lines)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
