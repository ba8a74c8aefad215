"""A branch beside the untouched future: figures side by side, and their difference week by week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboards.charts.picture import Picture
from dashboards.charts.style import escaped
from dashboards.market.recording import Recording
from dashboards.market.series import colour_of
from dashboards.market.text import say
from dashboards.spreadsheet import as_csv
from experiments.answers.drawing import percent_sign
from experiments.naming import item_name
from experiments.numbers import PERCENT_UNITS, compact, count, decimal, figure_text
from sim.figures import FIGURES, Figure
from sim.text import language

__all__ = [
    "COMPARED",
    "Row",
    "branch_csv",
    "compared",
    "difference_figure",
    "levels_figure",
    "picture_of",
    "rows",
    "verdict",
]

COMPARED = (
    "share", "price", "profit", "total_profit", "quality", "satisfaction", "sincerity", "reputation", "community",
    "contributors", "attackers", "defenders", "boycott_size", "salience", "militants", "switching_rate", "alternatives",
    "surplus", "userisation",
)  # fmt: skip
"""Figures that can be compared."""

_LAST = 13
_NOTHING = 0.0005


@dataclass(frozen=True)
class Row:
    """One figure of one thing in both futures.

    Attributes
    ----------
    name
        What it is of; for a figure of the market its own name.
    untouched, branch, change
        Means over the last quarter, and their difference; NaN where it is not defined.
    soon
        The same difference in the quarter after the event.
    """

    name: str
    untouched: float
    branch: float
    soon: float
    figure: Figure

    @property
    def change(self) -> float:
        """Branch less untouched."""
        return self.branch - self.untouched

    def texts(self) -> dict[str, str]:
        """Give the row as texts; shares differ by points."""
        form = (self.figure.unit, self.figure.digits)
        return {
            "name": self.name,
            "untouched": figure_text(self.untouched, *form),
            "branch": figure_text(self.branch, *form),
            "soon": change_text(self.soon, self.figure),
            "change": change_text(self.change, self.figure),
        }


def change_text(change: float, figure: Figure) -> str:
    """Give a difference with its sign; of shares in points."""
    if not np.isfinite(change):
        return figure_text(change, figure.unit, figure.digits)
    if figure.unit in PERCENT_UNITS:
        digits = max(1, figure.digits - 2)
        text = say("market.compare.points", points=decimal(abs(100 * change), digits))
    else:
        text = figure_text(abs(change), figure.unit, figure.digits)
    if not any(digit in "123456789" for digit in text):
        return say("market.compare.same")
    return ("+" if change > 0 else "−") + text


def compared(untouched: Recording, branch: Recording, key: str) -> list[tuple[str, Any, Any]]:
    """Pair the values of a figure by what it is of: name, values (weeks,) untouched, and in the branch.

    What is in one future only has no values in the other.
    """
    figure = FIGURES[key]
    mine, theirs = _by_name(untouched, figure), _by_name(branch, figure)
    missing = np.full(untouched.weeks, np.nan)
    names = [*mine, *(name for name in theirs if name not in mine)]
    return [(name, mine.get(name, missing), theirs.get(name, missing)) for name in names]


def rows(untouched: Recording, branch: Recording, week: int) -> list[Row]:
    """Give figures side by side, as means over quarters; `week` is that of the event."""
    found, after_event = [], slice(week - 1, week - 1 + _LAST)
    for key in COMPARED:
        figure = FIGURES[key]
        for name, before, after in compared(untouched, branch, key):
            label = figure.name[language()] if figure.scope == "market" else f"{figure.name[language()]} · {name}"
            soon = _mean(after[after_event]) - _mean(before[after_event])
            found.append(Row(label, _mean(before[-_LAST:]), _mean(after[-_LAST:]), soon, figure))
    return found


def verdict(untouched: Recording, branch: Recording, week: int, event: str) -> str:
    """Say what the event did to shares: in the quarter that followed, and in the last quarter."""
    after, end = slice(week - 1, week - 1 + _LAST), slice(-_LAST, None)
    begun = say("market.compare.event", event=event, week=week)
    soon = _most_moved(untouched, branch, after, "soon")
    if week + 2 * _LAST > untouched.weeks + 1:
        return f"{begun} {soon}"
    return f"{begun} {soon} {_most_moved(untouched, branch, end, 'end')}"


def _most_moved(untouched: Recording, branch: Recording, weeks: slice, when: str) -> str:
    """Say who gained and who lost most share over some weeks."""
    figure = FIGURES["share"]
    moved = [
        (name, _mean(after[weeks]) - (_mean(before[weeks]) if np.isfinite(before).any() else 0.0))
        for name, before, after in compared(untouched, branch, "share")
    ]
    loser, gainer = min(moved, key=lambda pair: pair[1]), max(moved, key=lambda pair: pair[1])
    if max(abs(loser[1]), abs(gainer[1])) < _NOTHING:
        return say(f"market.compare.nothing_{when}")
    return say(
        f"market.compare.moved_{when}",
        gainer=gainer[0],
        gain=change_text(gainer[1], figure),
        loser=loser[0],
        loss=change_text(loser[1], figure),
    )


def levels_figure(untouched: Recording, branch: Recording, key: str, week: int) -> dict[str, Any]:
    """Draw a figure in both futures, the untouched one dotted, as plain plotly data."""
    figure = FIGURES[key]
    is_share = figure.unit in PERCENT_UNITS
    colours, data, ends = _colours(branch, figure), [], []
    for name, before, after in compared(untouched, branch, key):
        label = figure.name[language()] if figure.scope == "market" else name
        for values, dash, width in ((before, "dot", 1.5), (after, "solid", 2.2)):
            shown = _finite(values if not is_share else 100.0 * values)
            data.append(_trace(shown, label, colours[name], width, dash))
        known = [value for value in data[-1]["y"] if value is not None]
        if known:
            ends.append((known[-1], label, colours[name]))
    values = [value for trace in data for value in trace["y"] if value is not None] or [0.0, 1.0]
    low, high = min([0.0, *values]), 1.05 * max([0.0, *values]) or 1.0
    return _chart(data, ends, (low, high), week, untouched.weeks, percent_sign() if is_share else "")


def difference_figure(untouched: Recording, branch: Recording, key: str, week: int) -> dict[str, Any]:
    """Draw the difference of a figure between both futures, week by week, as plain plotly data."""
    figure = FIGURES[key]
    scale = 100.0 if figure.unit in PERCENT_UNITS else 1.0
    colours, data, ends = _colours(branch, figure), [], []
    for name, before, after in compared(untouched, branch, key):
        # Who is not in the untouched future had nothing of it: all it has comes of the event.
        change = scale * (after - (before if np.isfinite(before).any() else np.zeros(len(before))))
        label = figure.name[language()] if figure.scope == "market" else name
        data.append(_trace(_finite(change), label, colours[name], 2.2, "solid", "+"))
        known = [value for value in data[-1]["y"] if value is not None]
        if known:
            ends.append((known[-1], label, colours[name]))
    suffix = say("market.compare.axis_points") if scale == 100.0 else ""
    return _chart(data, ends, _range(data), week, untouched.weeks, suffix)


def _finite(values: NDArray[np.float64]) -> list[float | None]:
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values]


def _trace(
    values: list[float | None], name: str, colour: str, width: float, dash: str, sign: str = ""
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": list(range(1, len(values) + 1)), "y": values, "name": escaped(name),
        "line": {"color": colour, "width": width, "dash": dash}, "hovertemplate": f"%{{y:{sign}.4~g}}",
    }  # fmt: skip


def _chart(
    data: list[dict[str, Any]],
    ends: list[tuple[float, str, str]],
    room: tuple[float, float],
    week: int,
    weeks: int,
    suffix: str,
) -> dict[str, Any]:
    """Put lines on axes, with the week of the event and names at their ends."""
    low, high = room
    event = {"color": "--event", "width": 1.4, "dash": "dot"}
    return {
        "data": data,
        "layout": {
            "margin": {"l": 62, "r": 112, "t": 16, "b": 40},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "hovermode": "x unified",
            "showlegend": False,
            "xaxis": {"range": [1, weeks], "showgrid": False, "title": {"text": say("market.week_axis")}},
            "yaxis": {"range": [low, high], "zeroline": True, "nticks": 6, "ticksuffix": suffix},
            "shapes": [{"type": "line", "x0": week, "x1": week, "yref": "paper", "y0": 0, "y1": 1, "line": event}],
            "annotations": _labels(ends, high - low),
        },
    }


def picture_of(untouched: Recording, title: str, told: str, note: str) -> Picture:
    """Say what a chart of both futures is of, where it is looked at away from its page.

    Parameters
    ----------
    untouched
        The future without the event.
    title
        What is drawn.
    told, note
        What the event changed, in words, and how to read the chart.
    """
    market = getattr(untouched.scenario.title, language()) or untouched.scenario.name
    people, number = compact(untouched.weight), count(untouched.replicate + 1)
    size = say("market.drawn", size=count(untouched.size), people=people, number=number)
    return Picture(title, market, [told, size, note])


def branch_csv(untouched: Recording, branch: Recording) -> bytes:
    """Give both futures week by week for a spreadsheet, which takes no name in it for a formula."""
    rows: list[list[object]] = []
    for key in COMPARED:
        for name, before, after in compared(untouched, branch, key):
            for week, pair in enumerate(zip(before.tolist(), after.tolist(), strict=True), start=1):
                rows.append([key, name, week, *pair])
    heading = [say(f"market.compare.{head}") for head in ("figure", "of", "week", "untouched", "branch")]
    return as_csv(heading, rows)


def _by_name(recording: Recording, figure: Figure) -> dict[str, NDArray[np.float64]]:
    values = recording.figures[figure.key]
    if figure.scope == "market":
        return {figure.name[language()]: values}
    items = recording.items[figure.scope]
    return {item_name(figure.scope, item, alone=len(items) == 1): values[:, i] for i, item in enumerate(items)}


def _colours(recording: Recording, figure: Figure) -> dict[str, str]:
    names = list(_by_name(recording, figure))
    if figure.scope != "firm":
        return {name: f"--firm-{i % 8}" for i, name in enumerate(names)}
    places = {supplier.firm: place for place, supplier in enumerate(recording.suppliers)}
    return {name: colour_of(recording, places[i]) for i, name in enumerate(names)}


def _range(data: list[dict[str, Any]]) -> tuple[float, float]:
    values = [value for trace in data for value in trace["y"] if value is not None]
    most = max([abs(value) for value in values], default=0.0) or 1.0
    low, high = min([0.0, *values]), max([0.0, *values])
    return min(low, -0.15 * most) - 0.08 * most, max(high, 0.15 * most) + 0.08 * most


def _labels(ends: list[tuple[float, str, str]], height: float) -> list[dict[str, Any]]:
    """Write names at the ends of lines, pushed apart."""
    ends = sorted(ends)[:12]
    places, gap = [end[0] for end in ends], height * 0.075
    for _ in range(40):
        for i in range(len(places) - 1):
            if places[i + 1] - places[i] < gap:
                middle = (places[i] + places[i + 1]) / 2
                places[i], places[i + 1] = middle - gap / 2, middle + gap / 2
    return [
        {
            "x": 1.01, "xref": "paper", "xanchor": "left", "y": place, "text": escaped(label[:18]),
            "showarrow": False, "font": {"color": colour, "size": 12},
        }
        for place, (_, label, colour) in zip(places, ends, strict=True)
    ]  # fmt: skip


def _mean(values: NDArray[np.float64]) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
