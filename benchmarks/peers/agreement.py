"""Whether the peers run the same market: figures of an ensemble, compared with ours."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["FULL", "NAMES", "SMALL", "TOLERANCES", "Agreement", "Ensemble", "compare", "rows"]

Figures = Mapping[str, Sequence[float]]
"""One replicate's figures: values (one a firm or cause, or one alone) by name."""

NAMES = {
    "share": "share of units, each firm",
    "units": "units a head and week",
    "satisfaction": "mean satisfaction",
    "militants": "share of militants, each cause",
    "belief": "mean belief at the end, each firm",
}
TOLERANCES = {"share": 0.005, "units": 0.01, "satisfaction": 0.005, "militants": 0.005, "belief": 0.005}
"""The largest difference that still counts as the same, in the figure's own unit, for the full ensemble."""


@dataclass(frozen=True)
class Ensemble:
    """What is run of each peer.

    Attributes
    ----------
    replicates, consumers, weeks, last
        Runs, their size and length, and the weeks at their end over which figures are averaged.
    slack
        What tolerances are multiplied by: 1, or more for an ensemble too small to tell.
    """

    replicates: int
    consumers: int
    weeks: int
    last: int
    slack: float = 1.0


FULL = Ensemble(replicates=30, consumers=10_000, weeks=26, last=13)
SMALL = Ensemble(replicates=3, consumers=400, weeks=10, last=5, slack=20.0)


@dataclass(frozen=True)
class Agreement:
    """How one figure of a peer compares with ours, at the firm or cause where they differ most.

    Attributes
    ----------
    name
        Of the figure.
    difference, error
        Mean of the peer's replicates less that of ours, and its standard error.
    tolerance
        The largest difference that counts as the same.
    """

    name: str
    difference: float
    error: float
    tolerance: float

    @property
    def score(self) -> float:
        """The difference in standard errors."""
        if self.difference == 0:
            return 0.0
        return self.difference / self.error if self.error else math.inf

    @property
    def holds(self) -> bool:
        """Whether the difference is within the tolerance even if chance hides two standard errors of it."""
        return abs(self.difference) + 2 * self.error <= self.tolerance


def compare(peer: Sequence[Figures], ours: Sequence[Figures], slack: float = 1.0) -> list[Agreement]:
    """Compare a peer's replicates with ours, figure by figure."""
    found = []
    for name, tolerance in TOLERANCES.items():
        places = range(len(ours[0][name]))
        each = [_one(name, [r[name][i] for r in peer], [r[name][i] for r in ours], tolerance * slack) for i in places]
        found.append(max(each, key=lambda a: abs(a.difference) + 2 * a.error))
    return found


def _one(name: str, peer: Sequence[float], ours: Sequence[float], tolerance: float) -> Agreement:
    difference = statistics.fmean(peer) - statistics.fmean(ours)
    # The same luck gives the same runs: then there is no chance in their difference.
    is_same = list(peer) == list(ours)
    variance = 0.0 if is_same else statistics.variance(peer) / len(peer) + statistics.variance(ours) / len(ours)
    return Agreement(name, difference, math.sqrt(variance), tolerance)


def rows(found: Mapping[str, Sequence[Agreement]], slack: float = 1.0) -> list[str]:
    """Return a Markdown table of agreements: a row a peer (by title), a column a figure."""
    tolerances = [f"{NAMES[name]} (±{tolerance * slack:.3g})" for name, tolerance in TOLERANCES.items()]
    lines = [f"| peer, less ours | {' | '.join(tolerances)} | agrees |", "| --- " * (len(TOLERANCES) + 2) + "|"]
    for title, agreements in found.items():
        cells = [
            f"{a.difference:+.4f} ({a.score:+.1f}){'' if a.holds else ' **too far**'}" if a.difference else "0"
            for a in agreements
        ]
        verdict = "yes" if all(a.holds for a in agreements) else "**no**"
        lines.append(f"| {title} | {' | '.join(cells)} | {verdict} |")
    return lines
