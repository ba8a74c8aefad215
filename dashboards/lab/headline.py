"""What the futures say, in one sentence, and how sure that is."""

from __future__ import annotations

import html
from dataclasses import dataclass

from dashboards.lab.measure import ENDS, Difference
from dashboards.lab.text import say
from experiments.numbers import count, decimal, percent
from sim.text import language

__all__ = ["Known", "is_one", "sentence", "support", "title"]

_SEEN = 0.0005
"""Share of a market from which a difference is not written as 0.0 points."""


@dataclass(frozen=True)
class Known:
    """What there is to tell.

    Attributes
    ----------
    you, weeks, futures
        Your firm, the weeks and the futures.
    share
        Median share of your firm at the end.
    leads
        In how many futures it leads; None where it is alone in its sector.
    gone
        In how many futures it is out of the market at the end.
    change
        Its share against the baseline's; None where this is the baseline.
    profit
        Its profit so far against the baseline's; None where that is not known.
    consumers
        Consumers simulated, where these are fewer than the scenario has; else 0.
    common
        Weeks of the baseline, where it has fewer; else 0.
    """

    you: str
    weeks: int
    futures: int
    share: float
    leads: int | None
    gone: int
    change: Difference | None
    profit: Difference | None
    consumers: int = 0
    common: int = 0


def sentence(known: Known) -> str:
    """Say it in the language of the context, as HTML: names are escaped, what counts is emphasised."""
    you = _strong(known.you)
    if known.gone == known.futures:
        return say("headline.out", you=you)
    words = {"weeks": count(known.weeks), "you": you, "share": _strong(percent(known.share, 0))}
    if known.leads is None:
        return say("headline.alone", **words)
    said = say("headline.holds", **words)
    if known.change is not None and not known.common:
        said += _against(known.change)
    if known.leads == known.futures:
        return said + say("headline.leads_always", futures=_strong(count(known.futures)))
    if known.leads == 0:
        return said + say("headline.leads_never", futures=count(known.futures))
    times = say("headline.times", count=count(known.leads), futures=count(known.futures))
    return said + say("headline.leads", times=_strong(times))


def _against(change: Difference) -> str:
    if change.middle == change.low == change.high == 0:
        return say("headline.level")
    if not change.is_clear:
        return say("headline.unclear")
    return say("headline.above" if change.middle > 0 else "headline.below", points=_strong(_points(abs(change.middle))))


def support(known: Known) -> list[str]:
    """Say how sure it is, sentence by sentence."""
    said = []
    if known.change is None:
        said.append(say("headline.same"))
    elif not known.change.is_clear and max(abs(known.change.low), abs(known.change.high)) >= _SEEN:
        low, high = (_signed(end) for end in (known.change.low, known.change.high))
        said.append(say("headline.pairs_unclear", points=_points(known.change.middle), low=low, high=high))
    if known.common:
        said.append(say("headline.common", weeks=count(known.common)))
    if known.profit is not None and known.profit.low == known.profit.high == 0:
        said.append(say("headline.pairs_same", futures=count(known.profit.futures)))
    elif known.profit is not None:
        said.append(_pairs(known.profit))
    else:
        said.append(say("headline.futures", futures=count(known.futures)))
    if 0 < known.gone < known.futures:
        said.append(say("headline.out_of_some", count=count(known.gone), futures=count(known.futures)))
    said.append(say("headline.numbers", weeks=count(min(ENDS, known.weeks))))
    if known.consumers:
        said.append(say("headline.capped", size=count(known.consumers)))
    return [*said, say("headline.no_forecast")]


def _pairs(profit: Difference) -> str:
    """Say in how many futures the profit is above the baseline's."""
    futures = count(profit.futures)
    if profit.above in (0, profit.futures):
        return say("headline.pairs_all" if profit.above else "headline.pairs_none", futures=futures)
    return say("headline.pairs", count=count(profit.above), futures=futures)


def title(known: Known) -> str:
    """Name the chart of shares by what is seen in it."""
    if known.change is None or known.common:
        return say("share.title_same")
    if not known.change.is_clear:
        return say("share.title_unclear", you=known.you)
    return say("share.title_above" if known.change.middle > 0 else "share.title_below", you=known.you)


def _points(change: float) -> str:
    number = decimal(100 * change, 0 if abs(change) >= 0.0195 else 1)
    return say("headline.point" if is_one(100 * change, number) else "headline.points", points=number)


def is_one(value: float, written: str) -> bool:
    """Tell whether a number goes with a singular: in English one alone, in French all below two."""
    return abs(value) < 1.95 if language() == "fr" else written in ("1", "−1", "+1")


def _signed(change: float) -> str:
    return ("+" if change > 0 else "") + decimal(100 * change, 1)


def _strong(text: str) -> str:
    return f"<em>{html.escape(text)}</em>"
