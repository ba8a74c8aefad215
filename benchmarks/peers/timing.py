"""How fast the peers are, and how much memory they take, at several sizes of the market."""

from __future__ import annotations

import statistics
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.measure import Sample
from benchmarks.peers.peers import Entry, ask
from benchmarks.peers.spec import Spec

__all__ = ["FULL", "SMALL", "Plan", "Speed", "measure", "rows"]


@dataclass(frozen=True)
class Plan:
    """What is measured.

    Attributes
    ----------
    sizes
        Consumers, rising.
    turns
        How often each peer is measured at each size, one after the other in turn.
    warm, weeks, seconds
        Weeks lived before those that are timed; weeks and seconds that are timed at least.
    budget
        Seconds that one measurement may take: a peer that would take longer stops at the size before.
    """

    sizes: tuple[int, ...]
    turns: int
    warm: int
    weeks: int
    seconds: float
    budget: float


FULL = Plan(sizes=(1_000, 10_000, 100_000, 1_000_000), turns=3, warm=4, weeks=4, seconds=0.5, budget=60.0)
SMALL = Plan(sizes=(100, 400), turns=1, warm=1, weeks=1, seconds=0.0, budget=30.0)


@dataclass
class Speed:
    """What was measured of one peer.

    Attributes
    ----------
    entry
        The peer.
    weeks, builds
        By size: seconds a consumer-week, and seconds a consumer to build the market.
    peaks
        By size: the most memory its process held, in bytes.
    stopped
        Why it went no further; empty if it did all sizes.
    """

    entry: Entry
    weeks: dict[int, Sample] = field(default_factory=dict)
    builds: dict[int, Sample] = field(default_factory=dict)
    peaks: dict[int, float] = field(default_factory=dict)
    stopped: str = ""

    @property
    def bytes_each(self) -> float | None:
        """Memory a consumer: the peak at the largest size less that at the smallest, over the consumers between."""
        sizes = sorted(self.peaks)
        if len(sizes) < 2:
            return None
        return (self.peaks[sizes[-1]] - self.peaks[sizes[0]]) / (sizes[-1] - sizes[0])

    def forecast(self, size: int, plan: Plan) -> float:
        """Return how long a measurement with so many consumers will take, judged by the size before."""
        before = max(self.weeks, default=0)
        if not before:
            return 0.0
        return size * (self.builds[before].median + self.weeks[before].median * (plan.warm + plan.weeks))


def measure(entries: Sequence[Entry], spec: Spec, plan: Plan, say: Callable[[str], None]) -> list[Speed]:
    """Measure peers turn by turn, size by size."""
    speeds = [Speed(entry) for entry in entries]
    for size in plan.sizes:
        for speed in speeds:
            if not speed.stopped and (seconds := speed.forecast(size, plan)) > plan.budget:
                speed.stopped = f"{size:,} would take about {seconds:.0f} s"
        seen: dict[str, list[dict[str, Any]]] = {}
        for turn in range(plan.turns):
            for speed in speeds:
                if not speed.stopped:
                    say(f"{speed.entry.title}: {size:,} consumers, turn {turn + 1} of {plan.turns}")
                    seen.setdefault(speed.entry.key, []).append(_ask(speed, spec, size, plan))
        for speed in speeds:
            if not speed.stopped:
                _note(speed, size, seen[speed.entry.key])
    return speeds


def _ask(speed: Speed, spec: Spec, size: int, plan: Plan) -> dict[str, Any]:
    job = {"consumers": size, "warm": plan.warm, "weeks": plan.weeks, "seconds": plan.seconds}
    try:
        return ask(speed.entry, spec, "time", limit=5 * plan.budget, **job)
    except subprocess.TimeoutExpired:
        speed.stopped = f"{size:,} took more than {5 * plan.budget:.0f} s"
        return {}


def _note(speed: Speed, size: int, seen: Sequence[dict[str, Any]]) -> None:
    title = f"{speed.entry.title}, {size:,} consumers"
    speed.weeks[size] = Sample(title, "s/consumer-week", tuple(found["week"] / size for found in seen))
    speed.builds[size] = Sample(f"{title}, building", "s/consumer", tuple(found["build"] / size for found in seen))
    peaks = [found["peak"] for found in seen if found["peak"] is not None]
    if peaks:
        speed.peaks[size] = statistics.median(peaks)


def rows(speeds: Sequence[Speed], sizes: Sequence[int]) -> list[str]:
    """Return a Markdown table: nanoseconds a consumer-week by size, then building, memory, and the ratio to ours."""
    heads = " | ".join(f"{size:,}" for size in sizes)
    lines = [f"| ns a consumer-week | {heads} | times ours | build, µs a consumer | bytes a consumer |"]
    lines.append("| --- " * (len(sizes) + 4) + "|")
    ours = next((speed for speed in speeds if speed.entry.key == "ours"), None)
    for speed in speeds:
        cells = [_cell(speed.weeks[size]) if size in speed.weeks else "–" for size in sizes]
        reached = max(speed.weeks, default=0)
        ratio = "–"
        if ours and reached in ours.weeks:
            ratio = f"{speed.weeks[reached].median / ours.weeks[reached].median:.3g}"
        build = f"{speed.builds[reached].median * 1e6:.2g}" if reached else "–"
        memory = "–" if speed.bytes_each is None else f"{speed.bytes_each:,.0f}"
        lines.append(f"| {speed.entry.title} | {' | '.join(cells)} | {ratio} | {build} | {memory} |")
    return lines


def _cell(sample: Sample) -> str:
    least, middle, most = (1e9 * x for x in (min(sample.values), sample.median, max(sample.values)))
    return f"**{middle:,.0f}** ({least:,.0f}–{most:,.0f})"
