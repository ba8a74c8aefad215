"""The charts of an explanation, as plain data of Plotly: the way from A to B, and its parts week by week."""

from __future__ import annotations

import html
import math
import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dashboards.charts.simple import DASHES, beside, blank, colour_of, finite, line, scale_of, title
from dashboards.compare.drawing import LEVELS_HEIGHT, unit_words, weeks_axis
from dashboards.compare.text import say
from experiments.answers.asked import change_text, digits_for, value_text
from experiments.numbers import count

if TYPE_CHECKING:
    from experiments.answers.explain import Explained, FigureExplained

__all__ = ["over_time", "waterfall", "waterfall_height"]

_MOST_BARS = 12
_WRAPPED = 26
Figure = dict[str, Any]


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
            "arrayminus": finite((one[3] for one in whole), scale.factor), "color": "--ink", "thickness": 1.2,
            "width": 4,
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
            yaxis={
                "autorange": "reversed", "type": "category", "showgrid": False, "tickfont": {"color": "--ink"},
                "automargin": True,
            },
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
        end = next((x for x in reversed(course) if x is not None), None)
        what = re.split(r"\s?: ", names[place])[-1]
        ends.append((end, _plain(f"{1 + number}. {what}", 18), colour))
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
            xaxis=weeks_axis(weeks),
            yaxis={
                "range": [low - room, high + room], **scale.ticks, "nticks": 6, "title": title(unit_words(unit)),
            },
            margin={"l": 64, "r": 132, "t": 10, "b": 42},
            annotations=beside(ends, low - room, high + room, height=LEVELS_HEIGHT - 52),
            hovermode="x unified",
        ),
    }  # fmt: skip


def _plain(text: str, longest: int = 60) -> str:
    return html.escape(textwrap.shorten(text, longest, placeholder="…"))


def _wrapped(text: str) -> str:
    return "<br>".join(html.escape(part) for part in textwrap.wrap(text, _WRAPPED)[:3])
