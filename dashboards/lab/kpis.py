"""Figures in large letters: what they are at the end, and how far from the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboards.lab.headline import is_one
from dashboards.lab.measure import ENDS, LEAD, Difference, difference, item_of, leads, outcome
from dashboards.lab.text import say
from experiments.numbers import PERCENT_UNITS, decimal, figure_text, interval, percent
from sim.text import language

if TYPE_CHECKING:
    from dashboards.futures import Ensemble

__all__ = ["CHOSEN", "Card", "Shown", "card", "change_text", "choices", "figure_name", "is_good"]

CHOSEN = ("share", "total_profit", "sincerity", LEAD)
"""The figures that are shown first."""
_MOST_POINTS = 60
_NEGLIGIBLE = 0.005
"""A change by a smaller part of the figure is neither good nor bad, however sure it is."""

_BAD = {
    "lost_buyers", "defect_rate", "complaints", "gap", "leavers", "boycott_size", "attackers", "crisis",
    "response_delay", "gaffes", "leaks", "not_bought",
}  # fmt: skip
_NEUTRAL = {
    "price", "openness", "sharing", "entered", "leader_share", "mean_price", "commons_share", "sharing_share",
    "sharing_price", "sharing_stock", "goods_owned", "alternatives", "prosumers", "switching_rate", "hhi", "militants",
    "episode_length", "flips", "talk_per_act", "contribution_gini", "top_contributors", "frequency", "reviews",
    "commons_members", "commons_contributors", "tools", "commons_quality", "commons_defects", "sector_profit",
    "given_back", "dividends", "buycott_size", "supports", "ideas", "codesigns", "external_share", "userisation",
}  # fmt: skip


@dataclass(frozen=True)
class Card:
    """What a card shows; see `components.Kpi`."""

    label: str
    value: str
    unit: str
    change: str
    direction: int
    good: bool | None
    spark: Sequence[float]
    ghost: Sequence[float]
    note: str


@dataclass(frozen=True, eq=False)
class Shown:
    """What cards are made of.

    Attributes
    ----------
    now, before
        Futures of the market and of its baseline; None where they are the same.
    you, sector, firms
        Your firm, its sector and the sector's firms.
    you_before
        Your firm in the baseline.
    """

    now: Ensemble
    before: Ensemble | None
    you: str
    sector: str
    firms: Sequence[str]
    you_before: str = ""


def choices() -> list[tuple[str, str]]:
    """Give the figures to choose from: key and name, in the order of the registry."""
    from sim.figures import FIGURES

    found = [(LEAD, say("kpi.lead"))]
    found += [(f.key, f.name[language()]) for f in FIGURES.values() if f.scope in ("firm", "sector", "market")]
    return found


def figure_name(key: str) -> str:
    """Name a figure in the language of the context."""
    from sim.figures import FIGURES

    return say("kpi.lead") if key == LEAD else FIGURES[key].name[language()]


def is_good(key: str) -> bool | None:
    """Tell whether a rise is good for a strategist; None where it is neither."""
    return None if key in _NEUTRAL else key not in _BAD


def change_text(value: float, unit: str, digits: int) -> str:
    """Give a change with its sign: in points for shares."""
    sign = "+" if value > 0 else ""
    if unit in PERCENT_UNITS:
        return _points(100 * value, max(1, digits - 2))
    return sign + figure_text(value, unit, digits)


def _points(value: float, digits: int) -> str:
    written = ("+" if value > 0 else "") + decimal(value, digits)
    return say("kpi.point" if is_one(value, written) else "kpi.points", points=written)


def card(shown: Shown, key: str) -> Card:
    """Make the card of a figure."""
    from sim.figures import FIGURES

    now, before = shown.now, shown.before
    if key == LEAD:
        return _lead_card(shown)
    figure = FIGURES[key]
    item = item_of(now, key, shown.you, shown.sector)
    label = figure.name[language()]
    if item is None or key not in now.figures:
        return Card(label, "–", "", "", 0, None, (), (), "")
    found = outcome(now, key, item)
    text = figure_text(found.middle, figure.unit, figure.digits)
    value, unit = _apart(text)
    note = say("kpi.range", range=interval(found.low, found.high, figure.unit, figure.digits))
    change: Difference | None = None
    ghost: Sequence[float] = ()
    if before is not None and key in before.figures:
        there = item_of(before, key, shown.you_before or shown.you, shown.sector)
        if there is not None:
            change = difference(now, before, key, item, there)
            ghost = _spark(before.quantiles(key)[2, :, there]) if before.weeks == now.weeks else ()
    said, direction, good = _change(change, key, figure.unit, figure.digits)
    if change is not None and abs(change.middle) < _NEGLIGIBLE * abs(found.middle):
        good = None
    return Card(label, value, unit, said, direction, good, _spark(now.quantiles(key)[2, :, item]), ghost, note)


def _lead_card(shown: Shown) -> Card:
    def course(ensemble: Ensemble, you: str) -> list[float] | None:
        names = ensemble.names("share")
        if you not in names:
            return None
        sector = [names.index(firm) for firm in shown.firms if firm in names]
        return [float(x) for x in leads(ensemble, names.index(you), sector).mean(axis=0)]

    here = course(shown.now, shown.you)
    if here is None:
        return Card(say("kpi.lead"), "–", "", "", 0, None, (), (), "")
    before = shown.before if shown.before is not None and shown.before.weeks == shown.now.weeks else None
    there = None if before is None else course(before, shown.you_before or shown.you)
    value, unit = _apart(percent(here[-1], 0))
    said, direction, good = "", 0, None
    if there is not None:
        apart = here[-1] - there[-1]
        direction, good = (1 if apart > 0 else -1 if apart < 0 else 0), (apart > 0 if apart else None)
        said = say("kpi.against", change=_points(100 * apart, 0)) if apart else say("kpi.no_change")
    return Card(
        say("kpi.lead"), value, unit, said, direction, good, _thin(here), () if there is None else _thin(there),
        say("kpi.lead_note"),
    )  # fmt: skip


def _change(change: Difference | None, key: str, unit: str, digits: int) -> tuple[str, int, bool | None]:
    """Say a change, and what it is worth; where futures do not agree on its direction, say so."""
    if change is None:
        return "", 0, None
    if not any(digit in _bare(end, unit, digits) for end in (change.low, change.high) for digit in "123456789"):
        return say("kpi.no_change"), 0, None
    reach = f"({_bare(change.low, unit, digits)} … {_bare(change.high, unit, digits)})"
    if not change.is_clear:
        return f"{say('kpi.unclear')} {reach}", 0, None
    rises = change.middle > 0
    good = is_good(key)
    said = change_text(change.middle, unit, digits)
    return (
        f"{said} {reach}",
        1 if rises else -1,
        (None if good is None else good == rises),
    )


def _bare(value: float, unit: str, digits: int) -> str:
    if unit in PERCENT_UNITS:
        return ("+" if value > 0 else "") + decimal(100 * value, max(1, digits - 2))
    return change_text(value, unit, digits)


def _apart(text: str) -> tuple[str, str]:
    """Split what is written small from a number: "34.2%" into "34.2" and "%"."""
    stem = text.rstrip("%KMBkd\u202f")
    if not stem or not stem[-1].isdigit():
        return text, ""
    return stem, text[len(stem) :].strip("\u202f")


def _spark(values: object) -> list[float]:
    """Give means over the last weeks, for a small chart."""
    import numpy as np

    series = np.nan_to_num(np.asarray(values, dtype=np.float64))
    total = np.cumsum(series)
    total[ENDS:] = total[ENDS:] - total[:-ENDS].copy()
    return _thin((total / np.minimum(np.arange(1, len(series) + 1), ENDS)).tolist())


def _thin(values: list[float]) -> list[float]:
    """Keep as many points as a small chart can show."""
    step = max(1, -(-len(values) // _MOST_POINTS))
    kept = values[::step]
    return [float(f"{value:.5g}") for value in (kept if kept[-1:] == values[-1:] else [*kept, values[-1]])]
