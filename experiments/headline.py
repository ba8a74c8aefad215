"""The result of a run in a sentence: who leads at the end, who gained the most, and what firms have lost to nobody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.naming import alternative_name
from experiments.numbers import decimal, interval, percent
from experiments.summary import ENDS, ENOUGH_FOR_DECILES, Spread, spread
from experiments.text import say

if TYPE_CHECKING:
    import numpy as np

    from experiments.store import Results

__all__ = ["Alternative", "Facts", "Leader", "facts", "points", "range_words", "sentence", "support"]

NO_CHANGE = 0.0005
"""Share below which a gain is none: it would be shown as 0.0 points."""
WORTH_TELLING = 0.01
"""Share of all units without a firm from which the sentence speaks of it."""
MOST_SECTORS = 3
"""Sectors that one sentence can name."""


@dataclass(frozen=True)
class Leader:
    """The firm with the largest share of a sector at the end, and in how many replicates it leads."""

    firm: str
    sector: str
    share: Spread
    leads_in: int


@dataclass(frozen=True)
class Alternative:
    """A commons or a sharing market with a larger share of its sector than any firm."""

    sector: Mapping[str, Any]
    kind: str
    share: float


@dataclass(frozen=True)
class Facts:
    """What the sentence says.

    Attributes
    ----------
    leaders
        One for each sector, in the scenario's order.
    gainer
        Firm whose share grew most from start to end.
    gain
        By how much, as a fraction of its sector, with its range.
    replicates, weeks
        What the numbers are made of.
    ahead
        Commons and sharing markets that are larger than any firm of their sector.
    without_firms
        Share of all units that come without a firm, at the end; NaN where the results do not tell.
    """

    leaders: tuple[Leader, ...]
    gainer: str
    gain: Spread
    replicates: int
    weeks: int
    ahead: tuple[Alternative, ...] = ()
    without_firms: float = float("nan")


def facts(results: Results, point: int = 1) -> Facts | None:
    """Find leaders and gainer; None when there is no run with shares."""
    import numpy as np

    figure = results.figures(point).get("share")
    if figure is None or not figure.items:
        return None
    scenario = json.loads(results.points()[point]["scenario"])
    sector_of = {firm["name"]: firm["sector"] for firm in scenario["firm"]}
    weeks = min(run.weeks for run in results.runs(point) if run.weeks)
    values = np.nan_to_num(results.series("share", point)[:, :weeks])
    start, end = values[:, :ENDS].mean(axis=1), values[:, -ENDS:].mean(axis=1)
    leaders = []
    for sector in scenario["sector"]:
        places = [place for place, firm in enumerate(figure.items) if sector_of[firm] == sector["name"]]
        best = places[int(np.argmax(np.median(end[:, places], axis=0)))]
        leads_in = int((end[:, places].argmax(axis=1) == places.index(best)).sum())
        leaders.append(Leader(figure.items[best], sector["name"], spread(end[:, best]), leads_in))
    gainer = int(np.argmax(np.median(end - start, axis=0)))
    without = _at_end(results, "alternatives", point)
    return Facts(
        leaders=tuple(leaders),
        gainer=figure.items[gainer],
        gain=spread(end[:, gainer] - start[:, gainer]),
        replicates=len(values),
        weeks=weeks,
        ahead=tuple(_ahead(results, point, scenario, leaders)),
        without_firms=float(without[0]) if without is not None else float("nan"),
    )


def _at_end(results: Results, key: str, point: int) -> np.ndarray | None:
    """Give the median over runs of a figure at the end, for each of its items; None where there is no such figure."""
    import numpy as np

    if key not in results.figures(point):
        return None
    weeks = min(run.weeks for run in results.runs(point) if run.weeks)
    values = np.nan_to_num(results.series(key, point)[:, max(0, weeks - ENDS) : weeks])
    return np.median(values.mean(axis=1), axis=0)


def _ahead(results: Results, point: int, scenario: Mapping[str, Any], leaders: list[Leader]) -> Iterator[Alternative]:
    """Find the commons and sharing markets that are larger than the largest firm of their sector."""
    for kind in ("commons", "sharing"):
        shares = _at_end(results, f"{kind}_share", point)
        if shares is None:
            continue
        for sector, leader, share in zip(scenario["sector"], leaders, shares.tolist(), strict=True):
            if sector.get(kind) and share > leader.share.middle:
                yield Alternative(sector, kind, share)


def sentence(known: Facts, mark: Callable[[str], str] = str) -> str:
    """Say it in the language of the context; `mark` emphasises names and numbers."""
    said = _about_firms(known, mark)
    beyond = _beyond_firms(known, mark)
    return f"{said.rstrip('.')}. {beyond}" if beyond else said


def _beyond_firms(known: Facts, mark: Callable[[str], str]) -> str:
    """Tell of the one commons or sharing market that is larger than any firm, or else how much comes without firms."""
    if len(known.ahead) == 1:
        largest = known.ahead[0]
        name = alternative_name(largest.sector, largest.kind)
        share = mark(percent(largest.share))
        return say("headline.more_than_leader", name=mark(name), sector=largest.sector["name"], share=share)
    if known.without_firms >= WORTH_TELLING:
        return say("headline.without_firms", share=mark(percent(known.without_firms)))
    return ""


def _about_firms(known: Facts, mark: Callable[[str], str]) -> str:
    if all(one.share.middle == 0 for one in known.leaders):
        return say("headline.nobody_bought")
    first = known.leaders[0]
    # Start and end must not overlap for there to be a gain.
    gained = known.gain.middle >= NO_CHANGE and known.weeks >= 2 * ENDS
    gain = mark(points(known.gain.middle))
    if len(known.leaders) > 1:
        led = say("headline.semicolon").join(
            say("headline.leads_sector", leader=mark(one.firm), sector=one.sector, share=mark(_share(one)))
            for one in [one for one in known.leaders if one.share.middle > 0][:MOST_SECTORS]
        )
        said = say("headline.in_sectors", led=led)
        return f"{said} {say('headline.gained', gainer=mark(known.gainer), gain=gain)}" if gained else said
    words = {"leader": mark(first.firm), "share": mark(_share(first))}
    if first.firm == known.gainer and gained:
        return say("headline.leads_and_gains", gain=gain, **words)
    if not gained:
        return say("headline.leads", **words)
    return say("headline.leads_other_gains", gainer=mark(known.gainer), gain=gain, **words)


def _share(leader: Leader) -> str:
    return percent(leader.share.middle)


def support(known: Facts) -> str:
    """Say how sure the sentence is: range, number of futures, weeks."""
    if known.replicates == 1:
        return say("headline.one_future", weeks=known.weeks)
    numbers = {"replicates": known.replicates, "weeks": known.weeks}
    if len(known.leaders) > 1:
        return say("headline.many_futures", **numbers)
    leader = known.leaders[0]
    spread_words = range_words(leader.share, "share", 3, known.replicates)
    return say("headline.many_futures_leader", leads_in=leader.leads_in, range=spread_words, **numbers)


def points(change: float) -> str:
    """Give a change of a share in percentage points, with its sign."""
    sign = "+" if change > 0 else ""
    return say("headline.points", change=f"{sign}{decimal(100 * change, 1)}")


def range_words(values: Spread, unit: str, digits: int, replicates: int) -> str:
    """Give a range in words, of a figure or of a change of share ("points"); empty with one replicate."""
    if replicates < 2:
        return ""
    if unit == "points":
        low, high = (decimal(100 * end, digits) for end in (values.low, values.high))
        text = say("headline.points_range", low=low, high=high)
    else:
        text = interval(values.low, values.high, unit, digits)
    key = "range.deciles" if replicates >= ENOUGH_FOR_DECILES else "range.extremes"
    return say(key, range=text)
