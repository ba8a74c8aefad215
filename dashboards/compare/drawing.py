"""The charts of a comparison, as plain data of Plotly. Names of markets and firms come from files: they are escaped."""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboards.charts.simple import DASHES, band, beside, blank, colour_of, finite, line, scale_of, side_of, title, upright
from dashboards.compare.text import say
from experiments.answers.asked import change_text, digits_for, value_text
from experiments.numbers import count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.answers.asked import Asked
    from experiments.answers.compare import FigureCompared
    from experiments.answers.explain import Explained, FigureExplained

    Floats = NDArray[np.float64]

__all__ = [
    "LEVELS_HEIGHT",
    "differences",
    "levels",
    "over_time",
    "pairs",
    "panel",
    "shared_range",
    "waterfall",
    "waterfall_height",
]

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
    """Draw all markets over one another: median, and eight futures in ten; `series` are (replicates, weeks) by letter."""
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
            xaxis={"title": title(say("compare.axis.week")), "range": [1, weeks[-1]], "showgrid": False},
            yaxis={"range": [low, high], **scale.ticks, "nticks": 6},
            margin={"l": 56, "r": 92, "t": 10, "b": 42},
            annotations=beside(ends, low, high, height=height - 52),
            hovermode="x unified",
            shapes=[upright(week)] if week else [],
            uirevision=f"{asked.key}.{asked.of}",
        ),
    }  # fmt: skip


def panel(
    items: Sequence[str], series: Mapping[str, Floats], asked: Asked, *, ends: Sequence[float], height: int = PANEL_HEIGHT
) -> Figure:  # fmt: skip
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
    shades, lines, ends, heights = [], [], [], [0.0]
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
            xaxis={"title": title(say("compare.axis.week")), "range": [1, weeks[-1]], "showgrid": False},
            yaxis={"range": [low_end, high_end], **scale.ticks, "nticks": 6, "zeroline": False, "title": title(_unit_words(unit))},
            margin={"l": 64, "r": 112, "t": 10, "b": 42},
            annotations=beside(ends, low_end, high_end, height=LEVELS_HEIGHT - 52),
            hovermode="x unified",
            shapes=[zero, *([upright(week)] if week else [])],
        ),
    }  # fmt: skip


def _unit_words(unit: str) -> str:
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
                "type": "scatter", "mode": "markers", "x": finite(values, scale.factor), "y": height, "showlegend": False,
                "marker": {"color": side_of(place, 0.55), "size": 8, "line": {"width": 0}},
                "hovertemplate": "%{x:+,.4~g}<extra></extra>",
            }
        )  # fmt: skip
        span = arm.difference
        if math.isfinite(span.low):
            middle = finite([span.value], scale.factor)
            data.append(
                {
                    "type": "scatter", "mode": "markers", "x": middle, "y": [row], "showlegend": False, "hoverinfo": "skip",
                    "marker": {"color": "--ink", "size": 10, "symbol": "diamond"},
                    "error_x": {
                        "type": "data", "symmetric": False, "array": finite([span.high - span.value], scale.factor),
                        "arrayminus": finite([span.value - span.low], scale.factor), "color": "--ink", "thickness": 2, "width": 7,
                    },
                }
            )  # fmt: skip
    return {
        "data": data,
        "layout": blank(
            xaxis={"rangemode": "tozero", "showgrid": True, **scale.ticks, "title": title(_unit_words(unit)), "zeroline": True, "zerolinecolor": "--muted"},
            yaxis={"range": [-0.6, len(figure.arms) - 0.4], "tickvals": [at for at, _ in names], "ticktext": [text for _, text in names], "showgrid": False, "zeroline": False},
            margin={"l": 64, "r": 16, "t": 8, "b": 42},
        ),
    }  # fmt: skip


def waterfall_height(found: Explained) -> int:
    """Give the height that the way from A to B needs."""
    bars = min(len(found.changes), _MOST_BARS)
    return 90 + 40 * (bars + 2)


def waterfall(found: Explained, figure: FigureExplained, names: Sequence[str], letters: tuple[str, str]) -> Figure:
    """Draw the way from one market to another: a bar for each change, the largest first."""
    from sim.figures import FIGURES

    asked = figure.asked
    scale = scale_of(FIGURES[asked.key].unit)
    order = sorted(range(len(names)), key=lambda at: -abs(figure.shares[at].share.value))
    shown, rest = (order, []) if len(order) <= _MOST_BARS else (order[: _MOST_BARS - 1], order[_MOST_BARS - 1 :])
    total = figure.total
    half = (total.high - total.low) / 2 if math.isfinite(total.low) else 0.0
    digits = digits_for(half, total.value, asked)  # the same for all, so that they can be added up
    steps: list[tuple[str, float, float, float, float, str, str]] = []  # name, base, size, less, more, text, colour
    at = figure.before
    for number, place in enumerate(shown, start=1):
        span = figure.shares[place].share
        less, more = (span.value - span.low, span.high - span.value) if math.isfinite(span.low) else (0.0, 0.0)
        text = change_text(span.value, asked, digits, bare=True)
        colour = "--good" if span.value >= 0 else "--bad"
        steps.append((f"{number}. {_wrapped(names[place])}", at, span.value, less, more, text, colour))
        at += span.value
    if rest:
        more_of = sum(figure.shares[place].share.value for place in rest)
        name = say("compare.why.others", count=count(len(rest)))
        steps.append((name, at, more_of, 0.0, 0.0, change_text(more_of, asked, digits, bare=True), "--muted/0.7"))
    whole = [
        (f"<b>{letters[0]}</b>", 0.0, figure.before, 0.0, 0.0, value_text(figure.before, asked), "--track"),
        *steps,
        (f"<b>{letters[1]}</b>", 0.0, figure.after, 0.0, 0.0, value_text(figure.after, asked), "--track"),
    ]
    edges = [x for _, base, size, less, more, _, _ in steps for x in (base, base + size - less, base + size + more)]
    edges = [x for x in (*edges, figure.before, figure.after) if math.isfinite(x)]
    least, most = min(edges), max(edges)
    span_width = (most - least) or abs(most) or 1.0
    start = least - 0.3 * span_width
    room: dict[str, Any] = {}
    if start > 0 or most < 0:  # the bars of A and B would hide a short way
        room = {"range": [scale.factor * start, scale.factor * (most + 0.28 * span_width)]}
    labels = [one[0] for one in whole]
    bars = {
        "type": "bar", "orientation": "h", "y": labels, "x": finite((one[2] for one in whole), scale.factor),
        "base": finite((one[1] for one in whole), scale.factor), "marker": {"color": [one[6] for one in whole]},
        "width": 0.6, "showlegend": False, "hovertext": [one[5] for one in whole], "hoverinfo": "text",
        "error_x": {
            "type": "data", "symmetric": False, "array": finite((one[4] for one in whole), scale.factor),
            "arrayminus": finite((one[3] for one in whole), scale.factor), "color": "--ink", "thickness": 1.2, "width": 4,
        },
    }  # fmt: skip
    tops = [
        max(base, base + size) + (max(0.0, more) if size >= 0 else max(0.0, more + size))
        for _, base, size, _, more, _, _ in whole
    ]
    marks = [
        {
            "x": finite([top], scale.factor)[0],
            "y": label,
            "text": text,
            "showarrow": False,
            "xanchor": "left",
            "xshift": 8,
        }
        for top, label, (*_, text, _) in zip(tops, labels, whole, strict=True)
    ]
    return {
        "data": [bars],
        "layout": blank(
            yaxis={"autorange": "reversed", "type": "category", "showgrid": False, "tickfont": {"color": "--ink"}, "automargin": True},
            xaxis={**scale.ticks, "showgrid": True, "zeroline": False, "nticks": 6, **room},
            annotations=marks,
            margin={"l": 12, "r": 64, "t": 8, "b": 30},
        ),
    }  # fmt: skip


def over_time(figure: FigureExplained, names: Sequence[str], *, most: int = 5) -> Figure:
    """Draw the shares of the changes week by week, and the whole difference."""
    from sim.figures import FIGURES

    unit = FIGURES[figure.asked.key].unit
    scale = scale_of(unit, changes=True)
    weeks = list(range(1, len(figure.total_course) + 1))
    order = sorted(range(len(names)), key=lambda at: -abs(figure.shares[at].share.value))
    data, ends, heights = [], [], [0.0]
    for number, place in enumerate(order[:most]):
        course = finite(figure.shares[place].course, scale.factor)
        colour = colour_of(0 if number == 0 else 1 + number)  # the second is grey
        data.append(
            line(
                weeks,
                course,
                colour,
                dash=DASHES[number % 4],
                hover=f"{_plain(names[place])}: %{{y:+,.3~g}}<extra></extra>",
            )
        )
        ends.append((next((x for x in reversed(course) if x is not None), None), _plain(names[place], 26), colour))
        heights += [x for x in course if x is not None]
    whole = finite(figure.total_course, scale.factor)
    data.append(
        line(weeks, whole, "--ink", dash="dot", hover=f"{say('compare.why.whole')}: %{{y:+,.3~g}}<extra></extra>")
    )
    ends.append(
        (next((x for x in reversed(whole) if x is not None), None), f"<b>{say('compare.why.whole')}</b>", "--ink")
    )
    heights += [x for x in whole if x is not None]
    low, high = min(heights), max(heights)
    room = 0.06 * ((high - low) or 1.0)
    return {
        "data": data,
        "layout": blank(
            xaxis={"title": title(say("compare.axis.week")), "range": [1, weeks[-1]], "showgrid": False},
            yaxis={"range": [low - room, high + room], **scale.ticks, "nticks": 6, "title": title(_unit_words(unit))},
            margin={"l": 64, "r": 190, "t": 10, "b": 42},
            annotations=beside(ends, low - room, high + room, height=LEVELS_HEIGHT - 52),
            hovermode="x unified",
        ),
    }  # fmt: skip


def _plain(text: str, longest: int = 60) -> str:
    return html.escape(textwrap.shorten(text, longest, placeholder="…"))


def _wrapped(text: str) -> str:
    return "<br>".join(html.escape(part) for part in textwrap.wrap(text, _WRAPPED)[:3])
