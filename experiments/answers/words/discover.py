"""Conditions of failure in words, tables and charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from experiments.amounts import counted
from experiments.answers.doubts import doubt_texts
from experiments.answers.drawing import axis, finite
from experiments.answers.told import Chart, Column, Table, Told
from experiments.answers.words.quantities import (
    amount,
    condition_words,
    limit_words,
    limits_words,
    share_range,
    title_of,
)
from experiments.numbers import UNKNOWN, count, decimal, percent, plain_number
from experiments.text import say

if TYPE_CHECKING:
    from experiments.answers.discover import ArmBoxes, Discovered, Factor, FailureBox, Held, Limit

__all__ = ["box_shapes", "factor_axis", "tell"]


def tell(findings: Discovered) -> Told:
    """Put findings into the language of the context."""
    several = len(findings.arms) > 1
    said, tables, charts = [], [], []
    for arm in findings.arms:
        sentence = _sentence(findings, arm)
        said.append(say("sensitivity.in_arm", arm=arm.arm, sentence=sentence) if several else sentence)
        tables += _tables(arm, several=several)
        charts += _charts(arm, several=several)
    return Told(
        question=say("discover.question", condition=condition_words(findings.groups), title=title_of(findings.title)),
        answer=" ".join(said),
        tables=tuple(tables),
        charts=tuple(charts),
        doubts=tuple(dict.fromkeys(text for arm in findings.arms for text in doubt_texts(arm.notes))),
        assumptions=_assumptions(findings),
    )


def _sentence(findings: Discovered, arm: ArmBoxes) -> str:
    condition = condition_words(findings.groups)
    values = {
        "condition": condition, "points": count(arm.points), "share": percent(arm.failures / arm.points, 0),
        "range": share_range(arm.share_low, arm.share_high),
    }  # fmt: skip
    first = findings.groups[0][0].outcome
    if arm.failures == 0:
        span = say("answers.range", low=amount(arm.lowest, first), high=amount(arm.highest, first))
        return say("discover.never", most=percent(arm.share_high, 1), span=span, **values)
    if arm.failures == arm.points:
        span = say("answers.range", low=amount(arm.lowest, first), high=amount(arm.highest, first))
        return say("discover.always", least=percent(arm.share_low, 1), span=span, **values)
    significant = [box for box in arm.boxes if box.is_significant]
    if not significant:
        return say("discover.no_pattern", **values)
    box = significant[0]
    return say(
        "discover.answer",
        box=limits_words(box.limits, arm.factors),
        coverage=percent(box.held.coverage, 0),
        density=percent(box.held.density, 0),
        density_range=share_range(box.held.density_low, box.held.density_high),
        held_out=percent(box.held_out.density, 0),
        **values,
    )


def _titled(key: str, arm: ArmBoxes, *, several: bool, **values: object) -> str:
    title = say(key, **values)
    return say("sensitivity.of_arm", title=title, arm=arm.arm) if several else title


# Tables


def _tables(arm: ArmBoxes, *, several: bool) -> list[Table]:
    found = []
    if any(box.limits for box in arm.boxes):
        found += [_boxes_table(arm, several=several), _limits_table(arm, several=several)]
    if arm.rules:
        found.append(_rules_table(arm, several=several))
    return found


def _boxes_table(arm: ArmBoxes, *, several: bool) -> Table:
    names = ("box", "coverage", "density", "mass", "held_out", "p")
    columns = [Column(say(f"discover.column.{name}"), "left" if name == "box" else "right") for name in names]
    rows = [
        (
            limits_words(box.limits, arm.factors), percent(box.held.coverage, 0), _density(box.held),
            percent(box.held.mass, 0), _density(box.held_out), _probability(box.p),
        )
        for box in arm.boxes
    ]  # fmt: skip
    title = _titled("discover.table.boxes", arm, several=several)
    return Table(title, tuple(columns), tuple(rows), say("discover.note.boxes"))


def _limits_table(arm: ArmBoxes, *, several: bool) -> Table:
    names = ("factor", "role", "limit", "range", "reproduced", "spread")
    columns = [
        Column(say(f"discover.column.{name}"), "left" if place < 3 else "right") for place, name in enumerate(names)
    ]
    rows = []
    for box in arm.boxes:
        for limit in box.limits:
            factor = arm.factors[limit.factor]
            rows.append((
                factor.name, say(f"answers.role.{factor.role}"), limit_words(limit, arm.factors),
                _range_of(factor), percent(limit.reproduced, 0), _spread(limit),
            ))  # fmt: skip
    title = _titled("discover.table.limits", arm, several=several)
    return Table(title, tuple(columns), tuple(rows), say("discover.note.limits"))


def _rules_table(arm: ArmBoxes, *, several: bool) -> Table:
    columns = [Column(say(f"discover.column.{name}"), "left" if name == "rule" else "right")
               for name in ("rule", "coverage", "density", "mass")]  # fmt: skip
    rows = [
        (limits_words(rule.limits, arm.factors), percent(rule.held.coverage, 0), _density(rule.held),
         percent(rule.held.mass, 0))
        for rule in arm.rules
    ]  # fmt: skip
    error = 1.96 * arm.accuracy_error
    interval = share_range(max(0.0, arm.accuracy - error), min(1.0, arm.accuracy + error))
    note = say("discover.note.rules", accuracy=percent(arm.accuracy, 0), range=interval)
    return Table(_titled("discover.table.rules", arm, several=several), tuple(columns), tuple(rows), note)


def _density(held: Held) -> str:
    if not math.isfinite(held.density):
        return UNKNOWN
    return say(
        "answers.with_range", value=percent(held.density, 0), range=share_range(held.density_low, held.density_high)
    )


def _probability(p: float) -> str:
    return say("discover.less_than", value=decimal(0.001, 3)) if p < 0.001 else decimal(p, 3)


def _range_of(factor: Factor) -> str:
    if factor.labels:
        return ", ".join(factor.labels[:4]) + ("…" if len(factor.labels) > 4 else "")
    return say("answers.range", low=plain_number(factor.low), high=plain_number(factor.high))


def _spread(limit: Limit) -> str:
    parts = []
    for side, edge in ((0, limit.low), (2, limit.high)):
        low, high = limit.spread[side : side + 2] if len(limit.spread) == 4 else (math.nan, math.nan)
        if math.isfinite(edge) and math.isfinite(low):
            parts.append(say("answers.range", low=plain_number(low), high=plain_number(high)))
    return say("answers.and").join(parts) or UNKNOWN


# Charts


def _charts(arm: ArmBoxes, *, several: bool) -> list[Chart]:
    if not arm.boxes:
        return []
    return [_scatter(arm, several=several), _trajectory(arm, several=several)]


def _two_factors(arm: ArmBoxes) -> list[int]:
    """Choose the two factors to draw: those that the first box restricts most surely, then those of the rules."""
    limits = sorted(arm.boxes[0].limits, key=lambda one: (-(one.reproduced or 0.0), one.quasi_p))
    wanted = [one.factor for one in limits]
    wanted += [one.factor for box in arm.boxes[1:] for one in box.limits]
    wanted += [one.factor for rule in arm.rules for one in rule.limits]
    return list(dict.fromkeys([*wanted, *range(len(arm.factors))]))[:2]


def _scatter(arm: ArmBoxes, *, several: bool) -> Chart:
    chosen = _two_factors(arm)
    across, up = chosen[0], chosen[-1]
    data: list[dict[str, Any]] = []
    for failing, key, colour, symbol in ((False, "others", "@muted/0.45", "circle"), (True, "failing", "@c1", "x")):
        rows = [row for row, fails in zip(arm.sample, arm.failing, strict=True) if fails == failing]
        data.append({
            "type": "scatter", "mode": "markers", "name": say(f"discover.chart.{key}"),
            "x": _jittered([row[across] for row in rows], arm.factors[across]),
            "y": _jittered([row[up] for row in rows], arm.factors[up]) if len(chosen) > 1 else [0] * len(rows),
            "marker": {"color": colour, "size": 7 if failing else 6, "symbol": symbol},
        })  # fmt: skip
    shapes = []
    for place, box in enumerate(arm.boxes):
        shapes += box_shapes(box.limits, arm.factors, across, up if len(chosen) > 1 else None, first=place == 0)
    layout = {
        "xaxis": factor_axis(arm.factors[across]),
        "yaxis": factor_axis(arm.factors[up]) if len(chosen) > 1 else {"visible": False},
        "shapes": shapes, "showlegend": True, "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }  # fmt: skip
    others = [one for one in arm.boxes[0].limits if one.factor not in chosen]
    note = say("discover.chart.scatter_note")
    if others:
        note += " " + say("discover.chart.also", limits=limits_words(others, arm.factors))
    title = _titled("discover.chart.scatter", arm, several=several)
    return Chart(title, tuple(data), layout, note, limits_words(arm.boxes[0].limits, arm.factors), 440)


def _jittered(values: Sequence[float], factor: Factor) -> list[float]:
    """Spread the points of a category out, always in the same way."""
    if not factor.labels:
        return [float(f"{value:.6g}") for value in values]
    return [round(value + ((place * 0.618034) % 1.0 - 0.5) * 0.6, 3) for place, value in enumerate(values)]


def factor_axis(factor: Factor) -> dict[str, Any]:
    """Give the axis of a factor: its range, or its labels."""
    if factor.labels:
        return axis(factor.name, tickvals=list(range(len(factor.labels))), ticktext=list(factor.labels),
                    range=[-0.5, len(factor.labels) - 0.5], automargin=True)  # fmt: skip
    room = 0.02 * (factor.high - factor.low)
    return axis(factor.name, range=[factor.low - room, factor.high + room], automargin=True)


def box_shapes(
    limits: Sequence[Limit], factors: Sequence[Factor], across: int, up: int | None, *, first: bool = True
) -> list[dict[str, Any]]:
    """Draw a box over two factors: one rectangle, or one for each group of neighbouring categories."""
    if not limits:
        return []
    wide = _spans(limits, factors[across], across)
    high = _spans(limits, factors[up], up) if up is not None else [(-1.0, 1.0)]
    style = {
        "fillcolor": "@c1/0.12",
        "line": {"color": "@c1", "width": 2 if first else 1, "dash": "solid" if first else "dash"},
    }
    return [
        {"type": "rect", "x0": x0, "x1": x1, "y0": y0, "y1": y1, "layer": "below", **style}
        for x0, x1 in wide
        for y0, y1 in high
    ]


def _spans(limits: Sequence[Limit], factor: Factor, number: int) -> list[tuple[float, float]]:
    limit = next((one for one in limits if one.factor == number), None)
    if factor.labels:
        allowed = [place for place, label in enumerate(factor.labels) if limit is None or label in limit.allowed]
        return [(place - 0.5, place + 0.5) for place in allowed]
    low = factor.low if limit is None or math.isnan(limit.low) else limit.low
    high = factor.high if limit is None or math.isnan(limit.high) else limit.high
    return [(low, high)]


def _trajectory(arm: ArmBoxes, *, several: bool) -> Chart:
    box: FailureBox = arm.boxes[0]
    coverage, density, restricted = (list(column) for column in zip(*box.trajectory, strict=True))
    texts = [say("discover.chart.restrictions", count=number) for number in restricted]
    data: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "lines+markers", "name": say("discover.chart.steps"), "x": finite(coverage, 100),
            "y": finite(density, 100), "text": texts, "line": {"color": "@c0", "width": 1.6}, "marker": {"size": 6},
        },
        {
            "type": "scatter", "mode": "markers", "name": say("discover.chart.chosen"),
            "x": finite([box.held.coverage], 100), "y": finite([box.held.density], 100),
            "marker": {"symbol": "star", "size": 16, "color": "@c1"},
        },
        {
            "type": "scatter", "mode": "markers", "name": say("discover.chart.held_out"),
            "x": finite([box.held_out.coverage], 100), "y": finite([box.held_out.density], 100),
            "marker": {"symbol": "diamond-open", "size": 13, "color": "@c2", "line": {"width": 2}},
        },
    ]  # fmt: skip
    layout = {
        "xaxis": axis(say("discover.axis.coverage"), range=[-3, 103]),
        "yaxis": axis(say("discover.axis.density"), range=[0, 105]),
        "showlegend": True, "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }  # fmt: skip
    title = _titled("discover.chart.trajectory", arm, several=several)
    return Chart(title, tuple(data), layout, say("discover.chart.trajectory_note"), title, 400)


def _assumptions(findings: Discovered) -> tuple[str, ...]:
    found = [say("answers.premise.ranges")]
    found += [
        say(
            "discover.assume.points",
            arm=arm.arm,
            points=counted("point", arm.points),
            replicates=counted("future", arm.replicates),
        )
        for arm in findings.arms
    ]
    return (*found, say("discover.assume.sides"))
