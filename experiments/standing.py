"""Firms that are not always in the market: start-ups and lines that enter later, and firms that go bankrupt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from experiments.numbers import count
from experiments.text import say

if TYPE_CHECKING:
    import numpy as np

    from experiments.store import Results

__all__ = ["ONLY_INSIDE", "Presence", "Standing", "Weeks", "changes_text", "presence", "standing_text", "standings"]

ONLY_INSIDE = frozenset({
    "price", "margin", "availability", "quality", "belief", "satisfaction", "defect_rate", "rating", "reputation",
    "openness", "sharing", "sincerity", "gap", "external_share", "human_contact", "response_delay",
})  # fmt: skip
"""Figures that mean nothing of a firm outside the market: nothing is on offer, and nobody acts."""

MOST_NAMED = 6
"""Firms that one line can name."""


@dataclass(frozen=True)
class Presence:
    """Where firms are: arrays (runs, weeks, firms), true while a firm is in the market, and once it has entered."""

    firms: tuple[str, ...]
    inside: np.ndarray
    entered: np.ndarray


class Weeks(NamedTuple):
    """When something happens over replicates."""

    median: float
    first: int
    last: int


@dataclass(frozen=True)
class Standing:
    """What became of a firm over replicates.

    Attributes
    ----------
    replicates
        Runs looked at.
    entered, bankrupt
        In how many of them it was in the market at some time, and was bankrupt in the end.
    entry, end
        Week of its entry, and of its bankruptcy, over the runs where that happened: median, first and last. None
        without any.
    """

    replicates: int
    entered: int
    bankrupt: int
    entry: Weeks | None
    end: Weeks | None

    @property
    def is_always_there(self) -> bool:
        """Whether it was in the market from the first week to the last, in all runs."""
        return self.entered == self.replicates and not self.bankrupt and self.comes_at_once

    @property
    def comes_at_once(self) -> bool:
        """Whether it is there from the first week, wherever it comes at all."""
        return self.entry is not None and self.entry.last <= 1

    @property
    def is_mostly_there(self) -> bool:
        """Whether it was in the market in the end, in half of the runs at least."""
        return 2 * (self.entered - self.bankrupt) >= self.replicates


def presence(results: Results, point: int = 1) -> Presence | None:
    """Find where firms are in the weeks that all runs reached; None where the results do not tell."""
    import numpy as np

    stored = results.figures(point)
    if "alive" not in stored:
        return None
    weeks = min((run.weeks for run in results.runs(point) if run.weeks), default=0)
    inside = results.series("alive", point)[:, :weeks] > 0
    if "entered" in stored:
        entered = results.series("entered", point)[:, :weeks] > 0
    else:
        entered = np.ones_like(inside)
    return Presence(stored["alive"].items, inside, entered)


def standings(found: Presence | None) -> dict[str, Standing]:
    """Sum up what became of each firm; empty where the results do not tell."""
    if found is None or not found.inside.size:
        return {}
    return {name: _standing(found.inside[:, :, f], found.entered[:, :, f]) for f, name in enumerate(found.firms)}


def _standing(inside: np.ndarray, entered: np.ndarray) -> Standing:
    came = entered[:, -1]
    gone = came & ~inside[:, -1]
    first = entered[came].argmax(axis=1) + 1
    # Nobody comes back: the first week outside after entry is that of the bankruptcy.
    last = (entered[gone] & ~inside[gone]).argmax(axis=1) + 1
    return Standing(
        replicates=len(inside),
        entered=int(came.sum()),
        bankrupt=int(gone.sum()),
        entry=_weeks(first),
        end=_weeks(last),
    )


def _weeks(weeks: np.ndarray) -> Weeks | None:
    import numpy as np

    return Weeks(float(np.median(weeks)), int(weeks.min()), int(weeks.max())) if len(weeks) else None


def standing_text(one: Standing | None) -> str:
    """Say when a firm came and went; empty for one that is always there."""
    if one is None or one.is_always_there:
        return ""
    if not one.entered:
        return say("standing.waits")
    parts = []
    if one.entry is not None and (one.entered < one.replicates or not one.comes_at_once):
        parts.append(_when("entered", one.entered, one.replicates, one.entry))
    if one.end is not None:
        parts.append(_when("bankrupt", one.bankrupt, one.replicates, one.end))
    return ", ".join(parts)


def _when(what: str, part: int, total: int, weeks: Weeks) -> str:
    week = count(math.floor(weeks.median))
    if weeks.first < weeks.last:
        week = say("standing.between", week=week, first=count(weeks.first), last=count(weeks.last))
    return say(f"standing.{what}" if part == total else f"standing.{what}_in", part=part, total=total, week=week)


def changes_text(found: Mapping[str, Standing]) -> str:
    """Name the firms that come or go, as a sentence; empty where all are always there."""
    told = [(name, text) for name, one in found.items() if (text := standing_text(one))]
    named = [say("standing.of_firm", firm=name, words=text) for name, text in told[:MOST_NAMED]]
    if len(told) > MOST_NAMED:
        named.append(say("standing.more", count=len(told) - MOST_NAMED))
    return f"{say('headline.semicolon').join(named)}." if named else ""
