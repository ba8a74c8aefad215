"""A comparison in words, tables and charts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from experiments.amounts import counted
from experiments.answers.asked import change_text, digits_for, name_of, plain_name, value_text
from experiments.answers.doubts import doubt_texts
from experiments.answers.drawing import COLOURS, axis, band, finite, line, percent_sign, points_axis
from experiments.answers.told import Chart, Column, Table, Told
from experiments.answers.words.changes import changes_table
from experiments.answers.words.quantities import scenario_names
from experiments.numbers import UNKNOWN, compact, count, decimal, percent
from experiments.text import say

if TYPE_CHECKING:
    from experiments.answers.asked import Asked
    from experiments.answers.compare import ArmCompared, Compared, FigureCompared, Pairs
    from experiments.answers.findings import Span

__all__ = ["tell"]

MOST_DRAWN = 4
"""Figures that have charts; the others are in the tables."""
_MOST_CHANGES = 40
_LARGE = 1e6
_MOST_DIGITS = 6


def tell(found: Compared) -> Told:
    """Put a comparison into the language of the context."""
    charts: list[Chart] = []
    for figure in found.figures[:MOST_DRAWN]:
        charts += _charts(found, figure)
    # Where settings are paired, what they do themselves cancels, too: that is not what the same luck gained.
    gained = [] if found.pairs == "settings" else [_pairing(found)]
    tables = [_differences(found), *gained, *_what_differs(found)]
    return Told(
        question=_question(found),
        answer=" ".join(_answer(found, figure) for figure in found.figures[:1]),
        tables=tuple(tables),
        charts=tuple(charts),
        doubts=doubt_texts(found.notes),
        assumptions=_assumptions(found),
    )


def _question(found: Compared) -> str:
    names = scenario_names(found.titles, found.arms, labelled=True)
    others, figures = found.arms[1:], [name_of(figure.asked) for figure in found.figures]
    what = figures[0] if len(figures) == 1 else say("answers.compare.figures", first=figures[0], count=len(figures) - 1)
    if len(others) == 1:
        return say("answers.compare.question", base=names[found.arms[0]], arm=names[others[0]], figure=what)
    return say(
        "answers.compare.question_many",
        base=names[found.arms[0]],
        arms=", ".join(names[x] for x in others),
        figure=what,
    )


def _answer(found: Compared, figure: FigureCompared) -> str:
    """Answer for one figure: of the only other market, or of the one that differs most."""
    asked = figure.asked
    arm = max(figure.arms, key=lambda one: abs(one.difference.value) if math.isfinite(one.difference.value) else -1.0)
    names = scenario_names(found.titles, found.arms)
    base = names[found.arms[0]]
    words = {"figure": name_of(asked), "arm": names[arm.arm], "base": base}
    if not math.isfinite(arm.difference.value):
        return say("answers.compare.unknown", **words)
    span = arm.joint if len(figure.arms) > 1 else arm.difference
    words |= {
        "change": change_text(arm.difference.value, asked, _digits(span, asked)),
        "interval": _interval(span, asked),
        "before": value_text(figure.base, asked),
        "after": value_text(arm.mean, asked),
        "above": _above(arm, found.pairs),
    }
    if not math.isfinite(span.low):
        key = "few"
    elif arm.never_varies and not arm.difference.value:
        key = "same"
    else:
        key = "clear" if span.is_clear else "unclear"
    first = say(f"answers.compare.{key}", **words)
    if len(figure.arms) == 1:
        return first
    clear = sum(one.joint.is_clear for one in figure.arms)
    return say("answers.compare.of_many", count=len(figure.arms), clear=clear, base=base, first=first)


def _above(arm: ArmCompared, pairs: Pairs) -> str:
    if not arm.pairs:
        return UNKNOWN
    up = round(arm.above.value * arm.pairs)
    key = "above_settings" if pairs == "settings" else "above"
    return say(f"answers.compare.{key}", count=count(up), total=count(arm.pairs))


def _digits(span: Span, asked: Asked) -> int:
    digits = digits_for((span.high - span.low) / 2, span.value, asked)
    # An interval that excludes 0 must not seem to begin with it.
    nearest = min(abs(span.low), abs(span.high))
    while span.is_clear and digits < _MOST_DIGITS and _shown(nearest, asked, digits) == _shown(0.0, asked, digits):
        digits += 1
    return digits


def _shown(value: float, asked: Asked, digits: int) -> str:
    return change_text(value, asked, digits, bare=True).lstrip("+−")


def _interval(span: Span, asked: Asked, key: str = "answers.interval") -> str:
    digits = _digits(span, asked)
    low, high = (change_text(value, asked, digits, bare=True) for value in (span.low, span.high))
    return UNKNOWN if not math.isfinite(span.low) else say(key, low=low, high=high)


def _differences(found: Compared) -> Table:
    many, figures = len(found.arms) > 2, len(found.figures) > 1
    columns = [Column(say("answers.compare.column.figure"), "left")] if figures else []
    columns += [
        Column(say("answers.compare.column.scenario"), "left"),
        Column(found.arms[0]),
        Column(say("answers.compare.column.mean")),
        Column(say("answers.compare.column.difference")),
        Column(say("answers.compare.column.interval")),
    ]
    if many:
        columns.append(Column(say("answers.compare.column.joint")))
    columns.append(Column(say("answers.compare.column.above")))
    rows = []
    for figure in found.figures:
        for place, arm in enumerate(figure.arms):
            digits = _digits(arm.difference, figure.asked)
            cells = [name_of(figure.asked) if place == 0 else ""] if figures else []
            cells += [
                arm.arm,
                value_text(figure.base, figure.asked),
                value_text(arm.mean, figure.asked),
                change_text(arm.difference.value, figure.asked, digits),
                _interval(arm.difference, figure.asked, "answers.range"),
            ]
            if many:
                cells.append(_interval(arm.joint, figure.asked, "answers.range"))
            up = {"count": count(round(arm.above.value * arm.pairs)), "total": count(arm.pairs)} if arm.pairs else {}
            share = say("answers.compare.share_above", share=percent(arm.above.value, 0), **up) if up else UNKNOWN
            cells.append(share)
            rows.append(tuple(cells))
    title = name_of(found.figures[0].asked) if not figures else say("answers.compare.differences")
    note = say("answers.compare.note_settings" if found.pairs == "settings" else "answers.compare.note")
    note += " " + say("answers.compare.joint") if many else ""
    return Table(title, tuple(columns), tuple(rows), note)


def _pairing(found: Compared) -> Table:
    columns = (
        Column(say("answers.compare.column.figure"), "left"),
        Column(say("answers.compare.column.scenario"), "left"),
        Column(say("answers.compare.column.as_precise"), "left"),
    )
    rows = [
        (name_of(figure.asked) if place == 0 else "", arm.arm, _gain(arm))
        for figure in found.figures
        for place, arm in enumerate(figure.arms)
    ]
    return Table(say("answers.compare.luck"), columns, tuple(rows), say("answers.compare.luck_note"))


def _gain(arm: ArmCompared) -> str:
    """Say what pairing gained: as precise as so many independent runs."""
    ratio = arm.variance_ratio
    if arm.pairs < 2:
        return UNKNOWN
    if arm.never_varies:
        return say("answers.compare.gain_endless")
    if not math.isfinite(ratio.value) or not math.isfinite(arm.independent_runs):
        return UNKNOWN
    words = {
        "runs": compact(arm.independent_runs), "pairs": count(arm.pairs), "times": _times(ratio.value),
        "low": _times(ratio.low), "high": _times(ratio.high),
    }  # fmt: skip
    return say("answers.compare.gain", **words)


def _times(value: float) -> str:
    if not math.isfinite(value):
        return say("answers.compare.more_than", value=compact(_LARGE))
    return decimal(value, 1) if value < 10 else compact(round(value))


def _what_differs(found: Compared) -> list[Table]:
    tables = []
    for arm, changes in found.changes.items():
        rows = changes_table(changes[:_MOST_CHANGES])
        columns = (Column(say("answers.change.column"), "left"), Column(found.arms[0], "left"), Column(arm, "left"))
        left = len(changes) - _MOST_CHANGES
        note = say("answers.change.more", count=left) if left > 0 else ""
        if rows:
            tables.append(Table(say("answers.change.title", base=found.arms[0], arm=arm), columns, rows, note))
    return tables


def _assumptions(found: Compared) -> tuple[str, ...]:
    made = found.made
    words = {"replicates": count(made.replicates), "consumers": count(made.consumers), "weeks": count(made.weeks)}
    said = [say(f"answers.compare.pairs.{found.pairs}", settings=counted("setting", found.settings), **words)]
    said += [say("answers.assume.level"), say("answers.assume.size", **words)]
    return tuple(said)


def _charts(found: Compared, figure: FigureCompared) -> list[Chart]:
    asked, base = figure.asked, found.arms[0]
    weeks = list(range(1, len(figure.base_weeks) + 1))
    unit = _unit(asked)
    name = plain_name(asked)
    week = say("report.script.week")
    several = len(figure.arms) > 1
    across, scale = points_axis(_change_unit(asked), unit, zeroline=True)
    data: list[dict[str, object]] = []
    for place, arm in enumerate(figure.arms):
        colour = COLOURS[(1 + place) % len(COLOURS)]
        low, high = ([scale * value for value in side] for side in (arm.course.low, arm.course.high))
        data.append(band(weeks, low, high, colour, 0.10 if several else 0.2))
    for place, arm in enumerate(figure.arms):
        colour = COLOURS[(1 + place) % len(COLOURS)]
        data.append(line(weeks, [scale * value for value in arm.course.value], arm.arm, colour))
    differences = Chart(
        say("answers.compare.chart.differences", figure=name, base=base),
        tuple(data),
        {"xaxis": axis(week), "yaxis": across, "showlegend": several, "hovermode": "x unified"},
        say("answers.compare.chart.differences_note"),
        _answer(found, figure),
    )
    factor, suffix = (100.0, percent_sign()) if unit in ("share", "probability", "rate") else (1.0, "")
    levels = [line(weeks, [factor * value for value in figure.base_weeks], base, COLOURS[0])]
    for place, arm in enumerate(figure.arms):
        colour = COLOURS[(1 + place) % len(COLOURS)]
        levels.append(
            line(weeks, [factor * value for value in arm.weeks_mean], arm.arm, colour, line={"dash": "solid"})
        )
    level = Chart(
        say("answers.compare.chart.levels", figure=name),
        tuple(levels),
        {
            "xaxis": axis(week), "yaxis": axis("", ticksuffix=suffix), "showlegend": True, "hovermode": "x unified",
        },
        say("answers.compare.chart.levels_note"),
    )  # fmt: skip
    along, scale = points_axis(_change_unit(asked), unit, zeroline=True)
    spread: list[dict[str, object]] = []
    for place, arm in enumerate(reversed(figure.arms)):
        colour = COLOURS[(len(figure.arms) - place) % len(COLOURS)]
        spread.append(
            {
                "type": "box", "orientation": "h", "x": finite(arm.differences, scale), "name": arm.arm,
                "boxpoints": "all", "jitter": 0.6, "pointpos": 0, "fillcolor": f"{colour}/0.12",
                "line": {"color": colour, "width": 1.4}, "marker": {"color": f"{colour}/0.75", "size": 6},
                "hoverinfo": "x",
            }
        )  # fmt: skip
    distribution = Chart(
        say("answers.compare.chart.pairs", figure=name_of(asked), base=base),
        tuple(spread),
        {
            "xaxis": {**along, "rangemode": "tozero", "showgrid": True},
            "yaxis": {"showgrid": False, "showticklabels": several, "type": "category"},
        },
        say("answers.compare.chart.pairs_note"),
        height=max(240, 110 + 90 * len(figure.arms)),
        is_wide=True,
    )
    return [differences, level, distribution]


def _unit(asked: Asked) -> str:
    from sim.figures import FIGURES

    return FIGURES[asked.key].unit


def _change_unit(asked: Asked) -> str:
    from sim.quantities import UNITS
    from sim.text import language

    unit = _unit(asked)
    return say("answers.points") if unit in ("share", "probability", "rate") else UNITS[unit][language()]
