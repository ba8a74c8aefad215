"""Charts of experiments, as plain figures of plotly. Colours are names of the page's, such as ``--accent/0.2``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dashboards.batches.findings import Fan, FigureChoice, Grid, Overview
from dashboards.batches.text import say
from dashboards.charts import style
from dashboards.charts.picture import Picture
from experiments.answers.drawing import band, finite, percent_sign
from experiments.numbers import LARGE_UNITS, PERCENT_UNITS, count, figure_text, plain_number
from experiments.text import say as say_experiments
from sim.text import language

if TYPE_CHECKING:
    from experiments.answers.told import Chart

__all__ = ["fan_chart", "fan_words", "figure_title", "heat_chart", "heat_words", "native", "picture_of", "shown_value"]

COLOURS = ("--firm-0", "--firm-2", "--firm-4", "--firm-5", "--firm-3", "--firm-6", "--firm-7", "--firm-1")
_TOKENS = {
    "c0": "--firm-0", "c1": "--firm-2", "c2": "--firm-4", "c3": "--firm-5", "c4": "--ink", "c5": "--firm-7",
    "c6": "--firm-6", "c7": "--firm-3", "ink": "--ink", "muted": "--muted", "line": "--line", "accent": "--accent",
    "surface": "--surface", "event": "--warn",
}  # fmt: skip
_TOKEN = re.compile(r"@([a-z]\w*)((?:/[\d.]+)?)")
_TEXTS = {"text", "name", "x", "y", "z", "labels", "ticktext", "hovertext", "customdata", "categoryarray"}
_MOST_FANS = 4
_SHORTEST_GAP = 0.065
_MOST_WRITTEN = 100

SCALE = ((0.0, "--accent/0.06"), (1.0, "--accent/0.6"))
"""From least to most; the text of the page is read on all of it, in light and in dark."""


def figure_title(figure: FigureChoice, item: str) -> str:
    """Name a figure of somebody."""
    from sim.figures import FIGURES

    name = figure.name if figure.is_formula or figure.key not in FIGURES else FIGURES[figure.key].name[language()]
    return say_experiments("claims.of", name=name, of=item) if item else name


def picture_of(overview: Overview, heading: str, figure: str, words: str, note: str) -> Picture:
    """Say what a chart of an experiment is of, where it is looked at away from its page.

    Parameters
    ----------
    overview
        The experiment.
    heading, figure
        The heading of the chart, and the figure that was chosen.
    words, note
        What it shows in a sentence, and how to read it.
    """
    market = say("batches.plan.market_of", consumers=count(overview.consumers), weeks=count(overview.weeks))
    return Picture(f"{heading} – {figure}", overview.title, [words, f"{market}.", note])


def shown_value(value: float, figure: FigureChoice) -> str:
    """Give a value of a figure in its form."""
    return figure_text(value, figure.unit, figure.digits) if figure.unit else plain_number(value)


def escaped(text: str) -> str:
    """Give a text that plotly shows as it is written."""
    return style.escaped(text).replace("\n", "<br>")


def base_layout(**more: Any) -> dict[str, Any]:
    """Give what all charts have in common."""
    return {
        "margin": {"l": 56, "r": 24, "t": 12, "b": 40}, "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)", "showlegend": False, "dragmode": False, "hovermode": "closest",
    } | more  # fmt: skip


def base_axis(title: str = "", **more: Any) -> dict[str, Any]:
    """Give an axis."""
    return {
        "title": {"text": escaped(title), "font": {"size": 12, "color": "--muted"}, "standoff": 10}, "fixedrange": True,
        "zeroline": False,
    } | more  # fmt: skip


def fan_chart(fans: Sequence[Fan], figure: FigureChoice, *, place: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Draw how runs spread week by week: bands of 8 and 5 in 10 runs, and the middle, for each scenario.

    Parameters
    ----------
    fans, figure
        What is drawn.
    place
        Number of the colour of each scenario; by default in the order given.
    """
    is_percent = figure.unit in PERCENT_UNITS
    scale = 100.0 if is_percent else 1.0
    shown = fans[:_MOST_FANS]
    data: list[dict[str, Any]] = []
    ends: list[tuple[float, str, str]] = []
    weeks: list[int] = []
    for number, fan in enumerate(shown):
        colour = COLOURS[(place or {}).get(fan.arm, number) % len(COLOURS)]
        rows = [[scale * value for value in row] for row in fan.quantiles.tolist()]
        weeks = list(range(1, len(rows[0]) + 1))
        data.append(band(weeks, rows[0], rows[4], colour, 0.13 if len(shown) < 3 else 0.09))
        data.append(band(weeks, rows[1], rows[3], colour, 0.22 if len(shown) < 3 else 0.15))
        texts = [
            [shown_value(value, figure) for value in column] for column in fan.quantiles.T.tolist()
        ]  # low, quarter, middle, three quarters, high of each week
        data.append(
            {
                "type": "scatter", "mode": "lines", "x": weeks, "y": finite(rows[2]), "name": escaped(fan.arm),
                "line": {"color": colour, "width": 2.4}, "customdata": texts,
                "hovertemplate": say("batches.chart.fan_hover", arm=escaped(fan.arm)) + "<extra></extra>",
            }
        )  # fmt: skip
        last = next((value for value in reversed(rows[2]) if value == value), None)
        if last is not None:
            ends.append((last, fan.arm, colour))
    low, high = _ends([scale * value for fan in shown for value in fan.quantiles.ravel().tolist()])
    annotations = _labels(ends, low, high) if len(shown) > 1 else _bands_named(shown, scale)
    up = base_axis(ticksuffix=percent_sign() if is_percent else "", range=[low, high])
    if figure.unit in LARGE_UNITS:
        up["tickformat"] = "~s"
    right = 24 + 7 * max((len(one["text"]) for one in annotations), default=0)
    across = base_axis(say_experiments("report.script.week"), showgrid=False, range=[1, max(weeks, default=1)])
    layout = base_layout(
        xaxis=across, yaxis=up, annotations=annotations, hovermode="x",
        margin={"l": 60, "r": min(right, 150), "t": 12, "b": 44}, uirevision="fan",
    )  # fmt: skip
    return {"data": data, "layout": layout}


def _ends(values: Sequence[float]) -> tuple[float, float]:
    known = [value for value in values if value - value == 0]
    if not known:
        return 0.0, 1.0
    low, high = min(known), max(known)
    pad = 0.06 * (high - low or abs(high) or 1.0)
    # Nothing that cannot be negative gets an axis that is.
    return (0.0 if low >= 0 > low - pad else low - pad), high + pad


def _labels(ends: Sequence[tuple[float, str, str]], low: float, high: float) -> list[dict[str, Any]]:
    """Put names at the ends of lines, pushed apart."""
    gap = _SHORTEST_GAP * (high - low or 1.0)
    placed: list[float] = []
    for value, _, _ in sorted(ends):
        placed.append(max(value, placed[-1] + gap) if placed else value)
    over = max(0.0, (placed[-1] if placed else 0.0) - high + gap / 2)
    return [
        {
            "x": 1.0, "xref": "paper", "xanchor": "left", "xshift": 6, "y": at - over, "yanchor": "middle",
            "text": escaped(arm if len(arm) <= 18 else f"{arm[:17]}…"), "showarrow": False,
            "font": {"color": colour, "size": 12},
        }
        for at, (_, arm, colour) in zip(placed, sorted(ends), strict=True)
    ]  # fmt: skip


def _bands_named(fans: Sequence[Fan], scale: float) -> list[dict[str, Any]]:
    """Say at the end of a fan what its bands hold."""
    found = []
    for fan in fans:
        weeks = [week for week in fan.quantiles.T.tolist() if all(value == value for value in week)]
        if not weeks:
            continue
        last = [scale * value for value in weeks[-1]]
        spread = (last[4] - last[0]) or 1.0
        wide = last[4] - last[3] > 0.12 * spread
        texts = [(last[2], say("batches.chart.middle"), "--ink")]
        texts += [(last[4], say("batches.chart.eight_in_ten"), "--muted")] if wide else []
        for at, text, colour in texts:
            found.append(
                {
                    "x": 1.0, "xref": "paper", "xanchor": "left", "xshift": 6, "y": at, "yanchor": "middle",
                    "text": escaped(text), "showarrow": False, "font": {"color": colour, "size": 11},
                }
            )  # fmt: skip
    return found


def heat_chart(grid: Grid, figure: FigureChoice, across: str, up: str) -> dict[str, Any]:
    """Draw a figure over two factors; every cell says its value, so that colour is not all."""
    scale = 100.0 if figure.unit in PERCENT_UNITS else 1.0
    values = grid.values.tolist()
    texts = [[shown_value(value, figure) if value == value else "" for value in row] for row in values]
    runs = [[count(number) for number in row] for row in grid.counts.tolist()]
    small = len(grid.across) * len(grid.up) <= _MOST_WRITTEN
    trace: dict[str, Any] = {
        "type": "heatmap", "x": list(map(escaped, grid.across)), "y": list(map(escaped, grid.up)),
        "z": [finite(row, scale) for row in values], "text": texts, "customdata": runs, "xgap": 2, "ygap": 2,
        "colorscale": [list(stop) for stop in SCALE], "showscale": not small,
        "hovertemplate": say(
            "batches.chart.heat_hover", across=escaped(across), up=escaped(up), figure=escaped(figure.name)
        ) + "<extra></extra>",
    }  # fmt: skip
    if small:
        trace["texttemplate"] = "%{text}"
        trace["textfont"] = {"size": 12, "weight": 600, "color": "--ink"}
    longest = max((len(text) for text in grid.up), default=4)
    layout = base_layout(
        xaxis=base_axis(across, type="category", showgrid=False, tickangle=0 if len(grid.across) <= 6 else -35),
        yaxis=base_axis(up, type="category", showgrid=False, automargin=True),
        margin={"l": min(160, 50 + 6 * longest), "r": 12, "t": 12, "b": 64},
    )
    return {"data": [trace], "layout": layout}


def native(chart: Chart) -> dict[str, Any]:
    """Give a chart of an answer as the page draws it: its colours by the page's names, its texts as they are."""
    layout = _turned(dict(chart.layout))
    for key in ("xaxis", "yaxis"):
        layout.setdefault(key, {})
    for key in [key for key in layout if key.startswith(("xaxis", "yaxis"))]:
        own = layout[key]
        title = own.get("title")
        words = title if isinstance(title, dict) else {"text": title or ""}
        words = {"font": {"size": 12, "color": "--muted"}, "standoff": 10, **words}
        usual = {"fixedrange": True, "automargin": True, "zeroline": key.startswith("y"), "showgrid": key[0] == "y"}
        layout[key] = {**usual, **own, "title": words}
    legend = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)"}
    layout["legend"] = {**legend, **layout.get("legend", {})}
    top = 34 if layout.get("showlegend") else 12
    layout = base_layout(bargap=0.3, margin={"l": 12, "r": 20, "t": top, "b": 12}) | layout
    data = [_turned(dict(trace)) for trace in chart.data]
    return {"data": data, "layout": layout}


def _turned(value: Any, *, is_text: bool = False) -> Any:
    if isinstance(value, str):
        if is_text:
            return escaped(value)
        found = _TOKEN.fullmatch(value)
        return _TOKENS[found[1]] + found[2] if found and found[1] in _TOKENS else value
    if isinstance(value, Mapping):
        return {key: _turned(inner, is_text=key in _TEXTS) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_turned(inner, is_text=is_text) for inner in value]
    return value


def fan_words(fans: Sequence[Fan], figure: FigureChoice, title: str) -> str:
    """Say where runs end: the middle, and 8 in 10."""
    said = []
    for fan in fans[:_MOST_FANS]:
        weeks = [week for week in fan.quantiles.T.tolist() if all(value == value for value in week)]
        if not weeks:
            continue
        low, _, middle, _, high = (shown_value(value, figure) for value in weeks[-1])
        key = "batches.chart.fan_words" if len(fans) == 1 else "batches.chart.fan_words_of"
        said.append(say(key, title=title, arm=fan.arm, low=low, middle=middle, high=high, runs=count(fan.runs)))
    return "\n".join(said)


def heat_words(grid: Grid, figure: FigureChoice, title: str, across: str, up: str) -> str:
    """Say where a figure is highest and lowest."""
    import numpy as np

    known = np.isfinite(grid.values)
    if not known.any():
        return say("batches.chart.heat_empty", title=title)

    def at(place: int) -> dict[str, str]:
        row, column = divmod(int(place), len(grid.across))
        value = shown_value(float(grid.values[row, column]), figure)
        return {"value": value, "across": grid.across[column], "up": grid.up[row]}

    best, worst = at(int(np.nanargmax(grid.values))), at(int(np.nanargmin(grid.values)))
    return say(
        "batches.chart.heat_words", title=title, factor=across, other=up, high=best["value"],
        high_across=best["across"], high_up=best["up"], low=worst["value"], low_across=worst["across"],
        low_up=worst["up"],
    )  # fmt: skip
