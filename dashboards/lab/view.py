"""From futures to what is seen: sentence, cards, charts; everything as texts and JSON, made once."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dashboards.charts.outcomes import outcome_chart
from dashboards.charts.shares import share_chart
from dashboards.charts.style import escaped
from dashboards.charts.tornado import Bar, tornado_chart
from dashboards.futures import CONSUMERS, Ensemble
from dashboards.lab import headline
from dashboards.lab.kpis import CHOSEN, Card, Shown, card, change_text, figure_name, is_good
from dashboards.lab.levers import Lever, common, label_in, levers_of, moved
from dashboards.lab.measure import LEAD, Difference, difference, item_of, leads, outcome
from dashboards.lab.text import say
from dashboards.markets import Draft, problems_of
from experiments.answers.drawing import percent_sign
from experiments.naming import alternative_name
from experiments.numbers import LARGE_UNITS, PERCENT_UNITS, count, figure_text, percent, plain_number
from sim.figures import FIGURES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Axes", "Choice", "Pull", "Tornado", "View", "build", "needed", "pulls", "tornado_of"]

SHARE_HEIGHT = 318
_MOST_BARS = 9
PART = 0.2
"""By how much of its range a lever is moved to see what it does."""


@dataclass(frozen=True)
class Choice:
    """What the one at the screen wants to see: how many futures, which figures on the cards, which outcome."""

    futures: int = 16
    cards: tuple[str, ...] = CHOSEN
    outcome: str = "total_profit"


@dataclass(frozen=True)
class Axes:
    """Up to where axes go: they only grow while a lever is dragged."""

    about: object = None
    top: float = 0.0
    outcome: tuple[float, float] | None = None


@dataclass(frozen=True)
class View:
    """What is seen of a market; texts are in the language in which it was made."""

    draft: Draft
    done: int
    wished: int
    sentence: str
    support: tuple[str, ...]
    cards: tuple[Card, ...]
    share_title: str
    share_sub: str
    share_label: str
    share_figure: str
    outcome_figure: str
    outcome_label: str
    outcome_sub: str
    axes: Axes

    @property
    def is_whole(self) -> bool:
        """Whether all futures are in it."""
        return self.done >= self.wished


def needed(draft: Draft, choice: Choice) -> tuple[str, ...]:
    """Give the key figures that a view is made of."""
    keys = ["share", "alive", "total_profit", choice.outcome, *(key for key in choice.cards if key != LEAD)]
    sector = _sector(draft)
    keys += [f"{kind}_share" for kind in ("commons", "sharing") if sector.get(kind)]
    return tuple(dict.fromkeys(key for key in keys if key in FIGURES))


def _sector(draft: Draft) -> dict[str, Any]:
    data = draft.laid_out
    name = next((firm["sector"] for firm in data["firm"] if firm["name"] == draft.you), data["firm"][0]["sector"])
    found: dict[str, Any] = next(sector for sector in data["sector"] if sector["name"] == name)
    return found


def build(draft: Draft, baseline: Draft, now: Ensemble, before: Ensemble | None, choice: Choice, axes: Axes) -> View:
    """Make all that is seen, in the language of the context.

    Parameters
    ----------
    draft, baseline
        The market and what it is compared with.
    now, before
        Their futures; None where the two markets are the same.
    choice
        What is to be seen.
    axes
        Up to where the axes went.
    """
    data, sector = draft.laid_out, _sector(draft)
    firms = [firm["name"] for firm in data["firm"] if firm["sector"] == sector["name"]]
    if before is not None:
        before = before.until(now.weeks)
    shown = Shown(now, before, draft.you, sector["name"], firms, baseline.you)
    about = (draft.base.text_hash, baseline.scenario.text_hash, draft.you, choice.outcome)
    if axes.about != about:
        axes = Axes(about)
    known = _known(draft, shown)
    others = [
        (alternative_name(sector, kind), f"{kind}_share", place)
        for kind in ("commons", "sharing")
        if sector.get(kind) and (place := now.items["sector"].index(sector["name"])) >= 0
    ]
    words = {"baseline": say("share.baseline"), "percent": percent_sign(), "weeks": say("unit.weeks")}
    marks = [one.week for one in draft.happenings if one.is_on and one.week <= now.weeks]
    drawn = share_chart(
        now, before, you=draft.you, firms=firms, others=others, words=words, marks=marks, top=axes.top,
        height=SHARE_HEIGHT,
    )  # fmt: skip
    sub = [say("share.sub" if before is not None else "share.sub_same")]
    if len(data["sector"]) > 1:
        sub.insert(0, say("share.of_sector", sector=sector["name"]))
    if drawn.hidden:
        sub.append(say("share.hidden", count=count(drawn.hidden)) if drawn.hidden > 1 else say("share.hidden_one"))
    figure, label, reach = _outcomes(shown, choice, axes.outcome)
    return View(
        draft=draft,
        done=len(now.numbers),
        wished=now.wished,
        sentence=headline.sentence(known),
        support=tuple(headline.support(known)),
        cards=tuple(card(shown, key) for key in choice.cards),
        share_title=headline.title(known),
        share_sub=" ".join(sub),
        share_label=_share_label(now, firms),
        share_figure=_json(drawn.figure),
        outcome_figure=figure,
        outcome_label=label,
        outcome_sub=say("outcomes.sub", figure=figure_name(choice.outcome), futures=count(len(now.numbers))),
        axes=replace(axes, about=about, top=drawn.top, outcome=reach),
    )


def _json(figure: dict[str, Any]) -> str:
    return json.dumps(figure, separators=(",", ":"), ensure_ascii=False)


def _known(draft: Draft, shown: Shown) -> headline.Known:
    import numpy as np

    now, before, you = shown.now, shown.before, shown.you
    names = now.names("share")
    item = names.index(you)
    sector = [names.index(firm) for firm in shown.firms if firm in names]
    end = outcome(now, "share", item)
    change, profit = (_against(shown, key) for key in ("share", "total_profit"))
    leading = int(leads(now, item, sector)[:, -1].sum()) if len(sector) > 1 else None
    gone = int((np.nan_to_num(now.figures["alive"][:, -1, item], nan=1.0) == 0).sum()) if "alive" in now.figures else 0
    capped = draft.scenario.population.size
    return headline.Known(
        you=you, weeks=now.weeks, futures=len(now.numbers), share=end.middle, leads=leading, gone=gone,
        change=change, profit=None if before is None else profit,
        consumers=CONSUMERS if capped > CONSUMERS else 0,
        common=0 if before is None or before.weeks >= now.weeks else before.weeks,
    )  # fmt: skip


def _against(shown: Shown, key: str) -> Difference | None:
    now, before = shown.now, shown.before
    if before is None or key not in now.figures or key not in before.figures:
        return None
    here = item_of(now, key, shown.you, shown.sector)
    there = item_of(before, key, shown.you_before or shown.you, shown.sector)
    return None if here is None or there is None else difference(now, before, key, here, there)


def _share_label(now: Ensemble, firms: list[str]) -> str:
    names = now.names("share")
    ends = [(firm, outcome(now, "share", names.index(firm)).middle) for firm in firms if firm in names][:10]
    said = ", ".join(say("share.label_part", name=firm, share=percent(end, 0)) for firm, end in ends)
    return say("share.label", words=said)


def _outcomes(
    shown: Shown, choice: Choice, reach: tuple[float, float] | None
) -> tuple[str, str, tuple[float, float] | None]:
    key = choice.outcome
    figure, now, before = FIGURES[key], shown.now, shown.before
    item = item_of(now, key, shown.you, shown.sector)
    if item is None:
        return _json({"data": [], "layout": {}}), "", reach
    found = outcome(now, key, item)
    there = None if before is None else item_of(before, key, shown.you_before or shown.you, shown.sector)
    was = outcome(before, key, there) if before is not None and there is not None else None
    factor = 100.0 if figure.unit in PERCENT_UNITS else 1.0
    values = [found.values] if was is None else [found.values, was.values]
    low = factor * min(float(v.min()) for v in values)
    high = factor * max(float(v.max()) for v in values)
    if reach is not None:
        low, high = min(low, reach[0]), max(high, reach[1])

    def said(values: NDArray[np.float64], numbers: tuple[int, ...]) -> list[str]:
        return [
            escaped(say("outcomes.future", number=number + 1, value=figure_text(value, figure.unit, figure.digits)))
            for number, value in zip(numbers, values.tolist(), strict=True)
        ]

    drawn = outcome_chart(
        found.values * factor,
        None if was is None else was.values * factor,
        words={"now": say("outcomes.now"), "before": say("outcomes.before")},
        texts=said(found.values, now.numbers),
        texts_before=said(was.values, before.numbers) if was is not None and before is not None else (),
        suffix=percent_sign() if factor == 100 else "",
        axis=(low, high),
    )
    texts = {
        name: figure_text(value, figure.unit, figure.digits)
        for name, value in (("median", found.middle), ("low", found.low), ("high", found.high))
    }
    return _json(drawn), say("outcomes.label", figure=figure_name(key), **texts), (low, high)


# --- one lever at a time ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pull:
    """A lever moved a little down and a little up."""

    lever: Lever
    down: Draft
    up: Draft
    down_value: float
    up_value: float


@dataclass(frozen=True)
class Tornado:
    """What is seen of single levers."""

    draft: Draft
    figure: str
    label: str
    height: int
    futures: int


def pulls(draft: Draft) -> list[Pull]:
    """Give the levers to try one by one: the numbers among those in sight and those that were changed."""
    levers = levers_of(draft)
    wanted = [lever for group in common(draft).values() for lever in group]
    changed = [levers[key] for key, _ in draft.changes if key in levers]
    found = []
    for lever in dict.fromkeys([*changed[-4:], *wanted]):
        value = draft.value(lever.key)
        if lever.range is None or not isinstance(value, int | float) or isinstance(value, bool):
            continue
        reach = lever.range.including(float(value))
        low, high = reach.moved(float(value), -PART), reach.moved(float(value), PART)
        down, up = moved(draft, lever, low), moved(draft, lever, high)
        if down != up and not problems_of(down) and not problems_of(up):
            found.append(Pull(lever, down, up, low, high))
    return found[:_MOST_BARS]


def tornado_of(
    draft: Draft, now: Ensemble, effects: list[tuple[Pull, Ensemble, Ensemble]], choice: Choice
) -> Tornado | None:
    """Draw what each lever does to the outcome, in the language of the context."""
    figure, sector = FIGURES[choice.outcome], _sector(draft)["name"]
    item = item_of(now, figure.key, draft.you, sector)
    if item is None or not effects:
        return None
    factor = 100.0 if figure.unit in PERCENT_UNITS else 1.0
    bars, futures = [], 0
    for pull, down, up in effects:
        changes = []
        for ensemble in (down, up):
            change = difference(ensemble, now, figure.key, item, item)
            changes.append(0.0 if change is None else change.middle)
            futures = len(ensemble.numbers)
        texts = [
            say("tornado.bar", way=say(f"tornado.{way}"), value=_value(pull.lever, value),
                change=change_text(change, figure.unit, figure.digits))
            for way, value, change in (
                ("down", pull.down_value, changes[0]),
                ("up", pull.up_value, changes[1]),
            )
        ]  # fmt: skip
        bars.append(Bar(label_in(draft, pull.lever), changes[0] * factor, changes[1] * factor, *texts))
    suffix = percent_sign() if factor == 100 else ""
    words = {"down": say("tornado.down"), "up": say("tornado.up")}
    drawn = tornado_chart(bars, words=words, suffix=suffix, rising_is_good=is_good(figure.key))
    said = "; ".join(
        say("tornado.label_part", lever=bar.label,
            down=change_text(bar.down / factor, figure.unit, figure.digits),
            up=change_text(bar.up / factor, figure.unit, figure.digits))
        for bar in sorted(bars, key=lambda one: -one.reach)
    )  # fmt: skip
    height = 44 + 28 * len(bars)
    return Tornado(draft, _json(drawn), say("tornado.label", words=said), height, futures)


def _value(lever: Lever, value: float) -> str:
    unit = "" if lever.setting.quantity is None else lever.setting.quantity.unit
    if lever.factor == 100:
        return percent(value, 0)
    return figure_text(value, unit, 1) if unit in LARGE_UNITS and abs(value) >= 10_000 else plain_number(value)
