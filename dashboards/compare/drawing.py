"""The charts of a comparison, as plain data of Plotly. Names of markets and firms come from files: they are escaped."""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboards.charts.simple import (
    DASHES,
    band,
    beside,
    blank,
    colour_of,
    finite,
    line,
    scale_of,
    side_of,
    title,
    upright,
)
from dashboards.compare.text import say
from experiments.answers.asked import change_text, digits_for, value_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.answers.asked import Asked
    from experiments.answers.compare import FigureCompared

    Floats = NDArray[np.float64]

__all__ = [
    "LEVELS_HEIGHT", "PANEL_HEIGHT", "differences", "levels", "pairs", "pairs_height", "panel", "shared_range",
    "unit_words", "weeks_axis",
]  # fmt: skip

LEVELS_HEIGHT = 320
PANEL_HEIGHT = 230
_LOW, _HIGH = 0.1, 0.9
_MOST_NAMED = 8
_MOST_BARS = 12
_WRAPPED = 34
Figure = dict[str, Any]


def shared_range(series: Sequence[Floats], factor: float, *, from_zero: bool) -> list[float]:
    """Give the ends of an axis that holds eight futures in ten of all series, (replicates, weeks) each."""
    edges = []
    for one in series:
        known = one[:, np.isfinite(one).any(axis=0)]
        if known.size:
            low, high = np.nanquantile(known, [_LOW, _HIGH], axis=0)
            edges += [float(low.min()), float(high.max())]
    if not edges:
        return [0.0, 1.0]
    low, high = factor * min(edges), factor * max(edges)
    if from_zero and low >= 0 and low < 0.6 * high:
        low = 0.0
    room = 0.05 * ((high - low) or abs(high) or 1.0)
    return [low if low == 0.0 else low - room, high + room]


def _quantiles(series: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the low end of eight futures in ten, the median and the high end, week by week."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a week without a number has none
        low, middle, high = np.nanquantile(series, [_LOW, 0.5, _HIGH], axis=0)
    return low, middle, high


def _hover(letter: str, unit: str) -> str:
    suffix = {"share": "%", "probability": "%", "rate": "%"}.get(unit, "")
    form = ",.1f" if suffix else ",.4~g"
    return f"{html.escape(letter)}: %{{y:{form}}}{suffix}<extra></extra>"


def levels(
    series: Mapping[str, Floats], asked: Asked, *, week: int | None = None, height: int = LEVELS_HEIGHT
) -> Figure:
    """Draw all markets over one another: median, and eight futures in ten.

    `series` are (replicates, weeks) by letter.
    """
    from sim.figures import FIGURES

    unit = FIGURES[asked.key].unit
    scale = scale_of(unit)
    weeks = list(range(1, next(iter(series.values())).shape[1] + 1))
    low, high = shared_range(list(series.values()), scale.factor, from_zero=False)
    shades, lines, ends = [], [], []
    for place, (letter, values) in enumerate(series.items()):
        least, middle, most = _quantiles(values)
        colour = side_of(place)
        shades.append(band(weeks, finite(least, scale.factor), finite(most, scale.factor), side_of(place, 0.13)))
        course = finite(middle, scale.factor)
        lines.append(line(weeks, course, colour, name=letter, dash=DASHES[place % 4], hover=_hover(letter, unit)))
        end = next((x for x in reversed(course) if x is not None), None)
        last = [x for x in middle.tolist() if math.isfinite(x)]
        ends.append((end, f"<b>{letter}</b> {value_text(last[-1], asked)}" if last else letter, colour))
    return {
        "data": [*shades, *lines],
        "layout": blank(
            xaxis=weeks_axis(weeks),
            yaxis={"range": [low, high], **scale.ticks, "nticks": 6},
            margin={"l": 56, "r": 92, "t": 10, "b": 42},
            annotations=beside(ends, low, high, height=height - 52),
            hovermode="x unified",
            shapes=[upright(week)] if week else [],
            uirevision=f"{asked.key}.{asked.of}",
        ),
    }  # fmt: skip


def panel(
    items: Sequence[str],
    series: Mapping[str, Floats],
    asked: Asked,
    *,
    ends: Sequence[float],
    height: int = PANEL_HEIGHT,
) -> Figure:
    """Draw one market alone: medians of all firms (or whatever the figure is of), the one asked for in front.

    Parameters
    ----------
    items
        In the order of all markets, so that each has its colour everywhere.
    series
        (replicates, weeks) by item; what the market does not have is missing.
    ends
        Of the axis, the same in all panels.
    """
    from sim.figures import FIGURES

    unit = FIGURES[asked.key].unit
    scale = scale_of(unit)
    data, named = [], []
    weeks: list[int] = []
    for place, item in enumerate(items):
        if item not in series:
            continue
        least, middle, most = _quantiles(series[item])
        weeks = list(range(1, len(middle) + 1))
        is_asked = item == asked.of
        colour = colour_of(place)
        if is_asked:
            data.append(band(weeks, finite(least, scale.factor), finite(most, scale.factor), colour_of(place, 0.16)))
        course = finite(middle, scale.factor)
        data.append(line(weeks, course, colour, width=2.8 if is_asked else 1.4, hover=_hover(item or "", unit)))
        end = next((x for x in reversed(course) if x is not None), None)
        text = html.escape(textwrap.shorten(item, 14, placeholder="…"))
        named.append((end, f"<b>{text}</b>" if is_asked else text, colour))
    low, high = ends
    return {
        "data": data,
        "layout": blank(
            xaxis={"range": [1, max(weeks, default=1)], "showgrid": False, "nticks": 5},
            yaxis={"range": [low, high], **scale.ticks, "nticks": 5},
            margin={"l": 50, "r": 88, "t": 8, "b": 26},
            annotations=beside(named[:_MOST_NAMED], low, high, height=height - 34),
        ),
    }  # fmt: skip


def differences(
    figure: FigureCompared, series: Mapping[str, Floats], letters: Sequence[str], *, week: int | None = None
) -> Figure:
    """Draw what the others have more than the first, week by week.

    The dark band holds the mean difference of all weeks at once (95 %); the light one, where there is one other
    market only, eight futures in ten.
    """
    from sim.figures import FIGURES

    asked = figure.asked
    unit = FIGURES[asked.key].unit
    scale = scale_of(unit, changes=True)
    weeks = list(range(1, len(figure.base_weeks) + 1))
    shades: list[Figure] = []
    lines, ends, heights = [], [], [0.0]
    for place, arm in enumerate(figure.arms, start=1):
        letter = letters[place]
        colour = side_of(place)
        if len(figure.arms) == 1:
            least, _, most = _quantiles(series[letter] - series[letters[0]])
            edges = finite(least, scale.factor), finite(most, scale.factor)
            shades.insert(0, band(weeks, *edges, side_of(place, 0.12)))
            heights += [x for side in edges for x in side if x is not None]
        low, high = finite(arm.course.low, scale.factor), finite(arm.course.high, scale.factor)
        shades.append(band(weeks, low, high, side_of(place, 0.26)))
        course = finite(arm.course.value, scale.factor)
        name = say("compare.minus", other=letter, first=letters[0])
        form = "+,.2f" if unit in ("share", "probability", "rate") else "+,.4~g"
        lines.append(line(weeks, course, colour, dash=DASHES[place % 4], hover=f"{name}: %{{y:{form}}}<extra></extra>"))
        heights += [x for side in (low, high, course) for x in side if x is not None]
        known = [x for x in arm.course.value if math.isfinite(x)]
        end = next((x for x in reversed(course) if x is not None), None)
        text = change_text(known[-1], asked, digits_for(0.0, known[-1], asked), bare=True) if known else ""
        ends.append((end, f"<b>{name}</b> {text}", colour))
    low_end, high_end = min(heights), max(heights)
    room = 0.06 * ((high_end - low_end) or 1.0)
    low_end, high_end = low_end - room, high_end + room
    zero = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": 0,
        "y1": 0,
        "line": {"color": "--muted", "width": 1.2},
    }
    return {
        "data": [*shades, *lines],
        "layout": blank(
            xaxis=weeks_axis(weeks),
            yaxis={
                "range": [low_end, high_end], **scale.ticks, "nticks": 6, "zeroline": False,
                "title": title(unit_words(unit)),
            },
            margin={"l": 64, "r": 112, "t": 10, "b": 42},
            annotations=beside(ends, low_end, high_end, height=LEVELS_HEIGHT - 52),
            hovermode="x unified",
            shapes=[zero, *([upright(week)] if week else [])],
        ),
    }  # fmt: skip


def weeks_axis(weeks: Sequence[int]) -> Figure:
    """Give the axis of weeks."""
    return {"title": title(say("compare.axis.week")), "range": [1, weeks[-1]], "showgrid": False}


def unit_words(unit: str) -> str:
    """Say what changes of a unit are counted in."""
    from sim.quantities import UNITS
    from sim.text import language

    return say("compare.axis.points") if unit in ("share", "probability", "rate") else UNITS[unit][language()]


def pairs_height(figure: FigureCompared, rows: int = 0) -> int:
    """Give the height that the dots of all markets need, or a table of so many rows beside them."""
    return max(130 + 80 * len(figure.arms), 34 * rows + 20)


def pairs(figure: FigureCompared, letters: Sequence[str]) -> Figure:
    """Draw the difference in every single future as a dot, and the mean with its interval."""
    from sim.figures import FIGURES

    unit = FIGURES[figure.asked.key].unit
    scale = scale_of(unit, changes=True)
    data: list[Figure] = []
    names = []
    for place, arm in enumerate(figure.arms, start=1):
        row = len(figure.arms) - place
        names.append((row, say("compare.minus", other=letters[place], first=letters[0])))
        values = [value for value in arm.differences if math.isfinite(value)]
        # Spread by their rank, so that the same chart is drawn every time.
        height = [row + 0.26 * math.sin(2.4 * rank) for rank in range(len(values))]
        data.append(
            {
                "type": "scatter", "mode": "markers", "x": finite(values, scale.factor), "y": height,
                "showlegend": False,
                "marker": {"color": side_of(place, 0.55), "size": 8, "line": {"width": 0}},
                "hovertemplate": "%{x:+,.4~g}<extra></extra>",
            }
        )  # fmt: skip
        span = arm.difference
        if math.isfinite(span.low):
            middle = finite([span.value], scale.factor)
            data.append(
                {
                    "type": "scatter", "mode": "markers", "x": middle, "y": [row], "showlegend": False,
                    "hoverinfo": "skip",
                    "marker": {"color": "--ink", "size": 10, "symbol": "diamond"},
                    "error_x": {
                        "type": "data", "symmetric": False, "array": finite([span.high - span.value], scale.factor),
                        "arrayminus": finite([span.value - span.low], scale.factor), "color": "--ink", "thickness": 2,
                        "width": 7,
                    },
                }
            )  # fmt: skip
    return {
        "data": data,
        "layout": blank(
            xaxis={
                "rangemode": "tozero", "showgrid": True, **scale.ticks, "title": title(unit_words(unit)),
                "zeroline": True, "zerolinecolor": "--muted",
            },
            yaxis={
                "range": [-0.6, len(figure.arms) - 0.4], "tickvals": [at for at, _ in names],
                "ticktext": [text for _, text in names], "showgrid": False, "zeroline": False,
            },
            margin={"l": 64, "r": 16, "t": 8, "b": 42},
        ),
    }  # fmt: skip
