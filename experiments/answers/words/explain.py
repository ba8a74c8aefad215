"""A difference explained, in words, tables and charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from experiments.answers.asked import change_text, digits_for, name_of, plain_name, value_text
from experiments.answers.doubts import doubt_texts
from experiments.answers.drawing import COLOURS, axis, finite, line, percent_sign, points_axis
from experiments.answers.findings import Noted
from experiments.answers.told import Chart, Column, Table, Told
from experiments.answers.words.changes import change_name, change_values
from experiments.answers.words.quantities import scenario_names
from experiments.numbers import UNKNOWN, count, percent
from experiments.text import say

if TYPE_CHECKING:
    from experiments.answers.asked import Asked
    from experiments.answers.explain import Explained, FigureExplained
    from experiments.answers.findings import Span

__all__ = ["tell"]

MOST_DRAWN = 4
_MOST_LINES = 7
_MOST_BARS = 14
_WIDTH = 44  # letters of a label in a chart


def tell(found: Explained) -> Told:
    """Put it into the language of the context."""
    names = [change_name(change) for change in found.changes]
    charts: list[Chart] = []
    for figure in found.figures[:MOST_DRAWN]:
        charts += [_waterfall(found, figure, names), _over_time(figure, names)]
    tables: list[Table] = []
    for figure in found.figures:
        tables.append(_shares(found, figure, names))
        if figure.interactions:
            tables.append(_interactions(figure, names))
    own = scenario_names(found.titles, [found.before, found.after], labelled=True)
    return Told(
        question=say(
            "answers.explain.question",
            before=own[found.before],
            after=own[found.after],
            figure=name_of(found.figures[0].asked),
        ),
        answer=_answer(found, found.figures[0], names),
        tables=tuple(tables),
        charts=tuple(charts),
        doubts=doubt_texts(_named(found, names)),
        assumptions=_assumptions(found),
    )


def _named(found: Explained, names: Sequence[str]) -> list[Noted]:
    return [Noted(doubt=one.doubt, about=one.about, value=one.value) for one in found.notes]


def _answer(found: Explained, figure: FigureExplained, names: Sequence[str]) -> str:
    asked, total = figure.asked, figure.total
    own = scenario_names(found.titles, [found.before, found.after])
    words = {"figure": name_of(asked), "before": own[found.before], "after": own[found.after]}
    if not math.isfinite(total.value):
        return say("answers.explain.unknown", **words)
    digits = digits_for((total.high - total.low) / 2, total.value, asked)
    words |= {
        "total": change_text(total.value, asked, digits),
        "interval": _interval(total, asked),
        "from": value_text(figure.before, asked),
        "to": value_text(figure.after, asked),
    }
    if not total.is_clear and math.isfinite(total.low):
        first = say("answers.explain.unclear", **words)
    else:
        first = say("answers.explain.total", **words)
    order = sorted(range(len(names)), key=lambda place: -abs(figure.shares[place].share.value))
    parts = [
        say("answers.explain.part", name=names[place], share=_change(figure.shares[place].share, asked))
        for place in order[:3]
        if abs(figure.shares[place].share.value) > 0
    ]
    return f"{first} {say('answers.explain.parts', parts=say('answers.and').join(parts))}" if parts else first


def _change(span: Span, asked: Asked) -> str:
    digits = digits_for((span.high - span.low) / 2, span.value, asked)
    value = change_text(span.value, asked, digits)
    return f"{value} ({_interval(span, asked, 'answers.range')})" if math.isfinite(span.low) else value


def _interval(span: Span, asked: Asked, key: str = "answers.interval") -> str:
    if not math.isfinite(span.low):
        return UNKNOWN
    digits = digits_for((span.high - span.low) / 2, span.value, asked)
    low, high = (change_text(value, asked, digits, bare=True) for value in (span.low, span.high))
    return say(key, low=low, high=high)


def _shares(found: Explained, figure: FigureExplained, names: Sequence[str]) -> Table:
    asked = figure.asked
    keys = ("change", "before", "after", "share", "interval", "part", "alone", "last")
    titles = {"before": found.before, "after": found.after}
    left = {"change", "before", "after"}
    shown = [key for key in keys if key not in ("alone", "last") or _known(figure, key)]
    columns = [
        Column(titles.get(key) or say(f"answers.explain.column.{key}"), "left" if key in left else "right")
        for key in shown
    ]
    total = figure.total
    half = max((one.share.high - one.share.low) / 2 for one in figure.shares)
    digits = digits_for(min(half, abs(total.value) or half) if math.isfinite(half) else 0.0, total.value, asked)
    # One number of decimals for all, so that readers can add shares up.
    digits = max(digits, digits_for((total.high - total.low) / 2, total.value, asked))
    rows = []
    order = sorted(range(len(names)), key=lambda place: -abs(figure.shares[place].share.value))
    for place in order:
        one, (before, after) = figure.shares[place], change_values(found.changes[place])
        low, high = (change_text(x, asked, digits, bare=True) for x in (one.share.low, one.share.high))
        cells = {
            "change": names[place], "before": before, "after": after,
            "share": change_text(one.share.value, asked, digits),
            "interval": say("answers.range", low=low, high=high) if math.isfinite(one.share.low) else UNKNOWN,
            "part": percent(one.share.value / total.value, 0) if total.is_clear else UNKNOWN,
            "alone": change_text(one.alone, asked, digits), "last": change_text(one.last, asked, digits),
        }  # fmt: skip
        rows.append(tuple(cells[key] for key in shown))
    low, high = (change_text(x, asked, digits, bare=True) for x in (total.low, total.high))
    ending = {
        "change": say("answers.explain.sum", before=found.before, after=found.after),
        "before": value_text(figure.before, asked), "after": value_text(figure.after, asked),
        "share": change_text(total.value, asked, digits),
        "interval": say("answers.range", low=low, high=high) if math.isfinite(total.low) else UNKNOWN,
        "part": percent(1.0, 0) if total.is_clear else UNKNOWN,
    }  # fmt: skip
    rows.append(tuple(ending.get(key, "") for key in shown))
    note = say("answers.explain.note" if found.is_exact else "answers.explain.note_sampled")
    return Table(name_of(asked), tuple(columns), tuple(rows), note)


def _known(figure: FigureExplained, key: str) -> bool:
    return all(math.isfinite(getattr(one, key)) for one in figure.shares)


def _interactions(figure: FigureExplained, names: Sequence[str]) -> Table:
    columns = (
        Column(say("answers.explain.column.first"), "left"),
        Column(say("answers.explain.column.second"), "left"),
        Column(say("answers.explain.column.together")),
        Column(say("answers.explain.column.interval")),
    )
    rows = []
    for pair in figure.interactions[:10]:
        digits = digits_for((pair.effect.high - pair.effect.low) / 2, pair.effect.value, figure.asked)
        value = change_text(pair.effect.value, figure.asked, digits)
        rows.append(
            (names[pair.first], names[pair.second], value, _interval(pair.effect, figure.asked, "answers.range"))
        )
    title = say("answers.explain.interactions", figure=name_of(figure.asked))
    return Table(title, columns, tuple(rows), say("answers.explain.interactions_note"))


def _assumptions(found: Explained) -> tuple[str, ...]:
    made = found.made
    words = {"replicates": count(found.futures), "consumers": count(made.consumers), "weeks": count(made.weeks)}
    key = "one" if len(found.changes) == 1 else "exact" if found.is_exact else "sampled"
    markets = say(
        f"answers.explain.{key}", coalitions=count(found.coalitions), changes=count(len(found.changes)), **words
    )
    return (markets, say("answers.explain.orders"), say("answers.assume.level"), say("answers.assume.size", **words))


def _waterfall(found: Explained, figure: FigureExplained, names: Sequence[str]) -> Chart:
    """Draw the way from A to B: bars for the changes, the largest first, on a common axis."""
    from sim.figures import FIGURES

    asked = figure.asked
    unit = FIGURES[asked.key].unit
    is_share = unit in ("share", "probability", "rate")
    scale, suffix = (100.0, percent_sign()) if is_share else (1.0, "")
    order = sorted(range(len(names)), key=lambda place: -abs(figure.shares[place].share.value))
    shown, rest = (order, []) if len(order) <= _MOST_BARS else (order[: _MOST_BARS - 1], order[_MOST_BARS - 1 :])
    labels, bases, sizes, low, high, texts, colours = (
        [found.before],
        [0.0],
        [figure.before],
        [0.0],
        [0.0],
        [""],
        ["@muted/0.55"],
    )
    texts = [value_text(figure.before, asked)]
    at = figure.before
    for place in shown:
        span = figure.shares[place].share
        labels.append(_wrapped(names[place]))
        bases.append(at)
        sizes.append(span.value)
        low.append(span.value - span.low if math.isfinite(span.low) else 0.0)
        high.append(span.high - span.value if math.isfinite(span.high) else 0.0)
        digits = digits_for((span.high - span.low) / 2, span.value, asked)
        texts.append(change_text(span.value, asked, digits, bare=True))
        colours.append("@c2/0.85" if span.value >= 0 else "@c1/0.85")
        at += span.value
    if rest:
        more = sum(figure.shares[place].share.value for place in rest)
        labels.append(say("answers.explain.others", count=len(rest)))
        bases.append(at)
        sizes.append(more)
        low.append(0.0)
        high.append(0.0)
        texts.append(change_text(more, asked, bare=True))
        colours.append("@c5/0.7")
    labels.append(found.after)
    bases.append(0.0)
    sizes.append(figure.after)
    low.append(0.0)
    high.append(0.0)
    texts.append(value_text(figure.after, asked))
    colours.append("@muted/0.55")
    labels = [f"{place}. {label}" if 0 < place < len(labels) - 1 else label for place, label in enumerate(labels)]
    # The axis need not begin at 0 where the way is short: bars of A and B would hide it.
    edges = [
        x
        for base, size, less, more in zip(bases[1:-1], sizes[1:-1], low[1:-1], high[1:-1], strict=True)
        for x in (base, base + size - less, base + size + more)
    ]
    edges += [figure.before, figure.after]
    edges = [x for x in edges if math.isfinite(x)]
    room: dict[str, Any] = {}
    if edges:
        least, most = min(edges), max(edges)
        span_width = (most - least) or abs(most) or 1.0
        start = least - 0.25 * span_width
        if start > 0 or most < 0:
            room = {"range": [scale * start, scale * (most + 0.2 * span_width)]}
    bars = {
        "type": "bar", "orientation": "h", "y": labels, "x": finite(sizes, scale), "base": finite(bases, scale),
        "marker": {"color": colours}, "hoverinfo": "text", "hovertext": texts, "width": 0.62,
        "error_x": {
            "type": "data", "symmetric": False, "array": finite(high, scale), "arrayminus": finite(low, scale),
            "color": "@ink", "thickness": 1.2, "width": 4,
        },
    }  # fmt: skip
    tops = [
        max(base, base + size) + max(0.0, up if size >= 0 else up + size)
        for base, size, up in zip(bases, sizes, high, strict=True)
    ]
    marks = [
        {
            "x": finite([top], scale)[0], "y": label, "text": text, "showarrow": False, "xanchor": "left", "xshift": 8,
            "font": {"size": 12, "color": "@ink"},
        }
        for top, label, text in zip(tops, labels, texts, strict=True)
    ]  # fmt: skip
    layout = {
        "yaxis": {"autorange": "reversed", "type": "category", "showgrid": False, "tickfont": {"color": "@ink"}},
        "xaxis": {"ticksuffix": suffix, "showgrid": True, "zeroline": False, **room}, "annotations": marks,
        "margin": {"r": 70},
    }  # fmt: skip
    lines = sum(label.count("\n") for label in labels)
    return Chart(
        say("answers.explain.chart.waterfall", figure=name_of(asked), before=found.before, after=found.after),
        (bars,),
        layout,
        say("answers.explain.chart.waterfall_note"),
        _answer(found, figure, names),
        height=70 + 40 * len(labels) + 10 * lines,
        is_wide=True,
    )


def _over_time(figure: FigureExplained, names: Sequence[str]) -> Chart:
    from sim.figures import FIGURES
    from sim.quantities import UNITS
    from sim.text import language

    unit = FIGURES[figure.asked.key].unit
    title = say("answers.points") if unit in ("share", "probability", "rate") else UNITS[unit][language()]
    up, scale = points_axis(title, unit, zeroline=True)
    weeks = list(range(1, len(figure.total_course) + 1))
    order = sorted(
        range(len(names)), key=lambda place: -sum(abs(x) for x in figure.shares[place].course if math.isfinite(x))
    )
    data = [
        line(
            weeks,
            [scale * x for x in figure.shares[place].course],
            _wrapped(names[place]),
            COLOURS[number % len(COLOURS)],
        )
        for number, place in enumerate(order[:_MOST_LINES])
    ]
    rest = order[_MOST_LINES:]
    if rest:
        together = [sum(figure.shares[place].course[week] for place in rest) for week in range(len(weeks))]
        name = say("answers.explain.others", count=len(rest))
        data.append(line(weeks, [scale * x for x in together], name, "@muted"))
    whole = [scale * x for x in figure.total_course]
    data.append(line(weeks, whole, say("answers.explain.whole"), "@ink", line={"dash": "dot", "width": 2.8}))
    return Chart(
        say("answers.explain.chart.weeks", figure=plain_name(figure.asked)),
        tuple(data),
        {"xaxis": axis(say("report.script.week")), "yaxis": up, "showlegend": True, "hovermode": "x unified"},
        say("answers.explain.chart.weeks_note"),
        height=420,
        is_wide=True,
    )


def _wrapped(text: str) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, _WIDTH)[:3])
