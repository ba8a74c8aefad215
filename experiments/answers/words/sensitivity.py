"""What an outcome depends on, in words, tables and charts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from experiments.amounts import counted
from experiments.answers.doubts import doubt_texts
from experiments.answers.drawing import COLOURS, axis, finite, line
from experiments.answers.told import Chart, Column, Table, Told
from experiments.answers.words.quantities import (
    amount,
    change,
    listed,
    outcome_name,
    share_range,
    size,
    title_of,
    unit_of,
)
from experiments.numbers import PERCENT_UNITS, UNKNOWN, decimal, percent
from experiments.text import say

if TYPE_CHECKING:
    from experiments.answers.asked import Asked
    from experiments.answers.sensitivity import ArmIndices, Index, Ranked, Sensitivity

__all__ = ["tell"]

_MOST_LINES = 8
_MOST_CHARTED = 4
_SLIGHT = 0.01


def tell(findings: Sensitivity) -> Told:
    """Put findings into the language of the context."""
    several = len(findings.arms) > 1
    said = []
    for arm in findings.arms:
        sentence = _sentence(arm, findings.outcome)
        said.append(say("sensitivity.in_arm", arm=arm.arm, sentence=sentence) if several else sentence)
    charts: list[Chart] = []
    for arm in findings.arms[:_MOST_CHARTED]:
        charts += _charts(arm, findings.outcome, several=several)
    return Told(
        question=say("sensitivity.question", outcome=outcome_name(findings.outcome), title=title_of(findings.title)),
        answer=" ".join(said),
        tables=tuple(_table(arm, findings.outcome, several=several) for arm in findings.arms),
        charts=tuple(charts),
        doubts=_doubts(findings),
        assumptions=_assumptions(findings),
    )


def _sentence(arm: ArmIndices, outcome: Asked) -> str:
    ranking = arm.ranking()
    clear = [one for one in ranking if not (one.indices[arm.leading].is_undecided or _is_slight(one, arm))]
    name = outcome_name(outcome)
    if not clear:
        return say("sensitivity.nothing", outcome=name)
    first = clear[0]
    lead = first.indices[arm.leading]
    said = say(
        f"sensitivity.answer.{arm.method}",
        outcome=name,
        factor=first.name,
        **_amounts(first, arm, outcome),
    )
    if len(clear) > 1:
        others = [f"{one.name} ({_value(one.indices[arm.leading], arm, outcome)})" for one in clear[1:3]]
        said += say("sensitivity.then", others=listed(others))
    said += "."
    if not lead.is_converged:
        said += " " + say("sensitivity.unsettled")
    return said


def _amounts(one: Ranked, arm: ArmIndices, outcome: Asked) -> dict[str, str]:
    lead = one.indices[arm.leading]
    found = {"value": _value(lead, arm, outcome), "interval": _interval(lead, arm, outcome)}
    if arm.method in ("sobol", "emulated"):
        found["first"] = percent(one.indices["first"].value, 0)
    return found


def _value(index: Index, arm: ArmIndices, outcome: Asked) -> str:
    return size(index.value, outcome) if arm.method == "morris" else percent(index.value, 0)


def _interval(index: Index, arm: ArmIndices, outcome: Asked) -> str:
    if not (math.isfinite(index.low) and math.isfinite(index.high)):
        return UNKNOWN
    if arm.method != "morris":
        return share_range(index.low, index.high)
    return say("answers.range", low=size(index.low, outcome), high=size(index.high, outcome))


# Tables


def _table(arm: ArmIndices, outcome: Asked, *, several: bool) -> Table:
    makers = {"morris": _morris_row, "given": _given_row}
    row = makers.get(arm.method, _sobol_row)
    keys = {"morris": ("size", "mean", "spread"), "given": ("first", "pawn")}.get(arm.method, ("first", "total"))
    columns = [Column(say("sensitivity.column.factor"), "left"), Column(say("sensitivity.column.role"), "left")]
    columns += [Column(say(f"sensitivity.column.{key}")) for key in keys]
    columns += [Column(say("sensitivity.column.verdict"), "left")]
    rows = [
        (one.name, say(f"answers.role.{one.role}"), *row(one, outcome), _verdict(one, arm)) for one in arm.ranking()
    ]
    title = say(f"sensitivity.table.{arm.method}")
    note = say(
        f"sensitivity.note.{arm.method}", held_out=percent(arm.held_out, 1),
        error=change(arm.held_out_error, outcome).removeprefix("+"),
    )  # fmt: skip
    if math.isfinite(arm.luck) and arm.method != "emulated":
        note += " " + say("sensitivity.note.luck", luck=percent(arm.luck, 0))
    return Table(
        say("sensitivity.of_arm", title=title, arm=arm.arm) if several else title, tuple(columns), tuple(rows), note
    )


def _with_interval(index: Index) -> str:
    return say("answers.with_range", value=percent(index.value, 0), range=share_range(index.low, index.high))


def _morris_row(one: Ranked, outcome: Asked) -> tuple[str, ...]:
    lead = one.indices["size"]
    interval = say("answers.range", low=size(lead.low, outcome), high=size(lead.high, outcome))
    return (
        say("answers.with_range", value=size(lead.value, outcome), range=interval),
        change(one.indices["mean"].value, outcome),
        size(one.indices["spread"].value, outcome),
    )


def _sobol_row(one: Ranked, outcome: Asked) -> tuple[str, ...]:
    return _with_interval(one.indices["first"]), _with_interval(one.indices["total"])


def _given_row(one: Ranked, outcome: Asked) -> tuple[str, ...]:
    pawn = decimal(one.indices["pawn"].value, 2)
    idle = one.indices.get("idle")
    if idle is not None:
        pawn = say("sensitivity.with_idle", value=pawn, idle=decimal(idle.value, 2))
    return _with_interval(one.indices["first"]), pawn


def _verdict(one: Ranked, arm: ArmIndices) -> str:
    lead = one.indices[arm.leading]
    if lead.is_undecided and arm.method == "given" and not one.indices["pawn"].is_undecided:
        return say("sensitivity.verdict.only_pawn")
    if _is_slight(one, arm) and not lead.is_undecided:
        return say("sensitivity.verdict.slight")
    key = "undecided" if lead.is_undecided else "acts" if lead.is_converged else "acts_roughly"
    return say(f"sensitivity.verdict.{key}")


def _is_slight(one: Ranked, arm: ArmIndices) -> bool:
    """Tell whether a share is surely below a hundredth: it counts for nothing, however sure it is."""
    return arm.method != "morris" and one.indices[arm.leading].high < _SLIGHT


# Charts


def _charts(arm: ArmIndices, outcome: Asked, *, several: bool) -> list[Chart]:
    def titled(key: str) -> str:
        title = say(f"sensitivity.chart.{key}")
        return say("sensitivity.of_arm", title=title, arm=arm.arm) if several else title

    charts = [_bars(arm, outcome, titled(arm.method))]
    if arm.series:
        charts.append(_over_time(arm, outcome, titled("over_time")))
    return charts


def _bars(arm: ArmIndices, outcome: Asked, title: str) -> Chart:
    ranking = arm.ranking()
    names = [one.name for one in ranking]
    keys = {"morris": ("size",), "given": ("first",)}.get(arm.method, ("total", "first"))
    scale = 100.0 if arm.method != "morris" or unit_of(outcome) in PERCENT_UNITS else 1.0
    data: list[dict[str, Any]] = []
    for place, key in enumerate(keys):
        indices = [one.indices[key] for one in ranking]
        values = [index.value for index in indices]
        above = [index.high - index.value for index in indices]
        below = [index.value - index.low for index in indices]
        data.append({
            "type": "bar", "orientation": "h", "y": names, "x": finite(values, scale),
            "name": say(f"sensitivity.column.{key}"), "marker": {"color": COLOURS[place]},
            "error_x": {
                "type": "data", "symmetric": False, "array": finite(above, scale), "arrayminus": finite(below, scale),
                "color": "@muted", "thickness": 1.4, "width": 4,
            },
        })  # fmt: skip
    shapes = []
    if arm.method == "given":
        data.append({
            "type": "scatter", "mode": "markers", "y": names,
            "x": finite([one.indices["pawn"].value for one in ranking], scale), "name": say("sensitivity.column.pawn"),
            "marker": {"symbol": "diamond", "size": 10, "color": "@c1"},
        })  # fmt: skip
        shapes = [
            {
                "type": "line", "x0": scale * one.indices["idle"].value, "x1": scale * one.indices["idle"].value,
                "y0": place - 0.45, "y1": place + 0.45, "line": {"color": "@c1", "width": 1.4, "dash": "dot"},
            }
            for place, one in enumerate(ranking)
            if "idle" in one.indices and math.isfinite(one.indices["idle"].value)
        ]  # fmt: skip
    words = say("sensitivity.axis.effect" if arm.method == "morris" else "sensitivity.axis.share")
    if arm.method == "morris":
        words += f" ({say('sensitivity.axis.points')})" if unit_of(outcome) in PERCENT_UNITS else ""
    layout = {
        "xaxis": axis(words, rangemode="tozero"), "yaxis": {"autorange": "reversed", "automargin": True},
        "barmode": "group", "shapes": shapes, "showlegend": len(data) > 1,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }  # fmt: skip
    note = say(f"sensitivity.chart.{arm.method}_note")
    height = 130 + len(names) * (46 if len(keys) > 1 else 34)
    return Chart(title, tuple(data), layout, note, _sentence(arm, outcome), max(height, 240))


def _over_time(arm: ArmIndices, outcome: Asked, title: str) -> Chart:
    order = {one.name: place for place, one in enumerate(arm.factors)}
    shown = [one.name for one in arm.ranking()][:_MOST_LINES]
    scale = 100.0 if arm.method != "morris" or unit_of(outcome) in PERCENT_UNITS else 1.0
    data = [
        line(arm.weeks, [scale * x for x in arm.series[order[name]]], name, COLOURS[place % len(COLOURS)])
        for place, name in enumerate(shown)
    ]
    words = say("sensitivity.axis.effect" if arm.method == "morris" else f"sensitivity.axis.{arm.leading}")
    layout = {
        "xaxis": axis(say("sensitivity.axis.week")), "yaxis": axis(words, rangemode="tozero"), "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }  # fmt: skip
    note = say("sensitivity.chart.over_time_note")
    return Chart(title, tuple(data), layout, note, title, 380)


# What to bear in mind


def _doubts(findings: Sensitivity) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for arm in findings.arms:
        for text in doubt_texts(arm.notes):
            found[say("sensitivity.in_arm", arm=arm.arm, sentence=text) if len(findings.arms) > 1 else text] = None
    return tuple(found)


def _assumptions(findings: Sensitivity) -> tuple[str, ...]:
    found = [say("answers.premise.ranges")]
    for arm in findings.arms:
        found.append(
            say(
                "sensitivity.assume.runs", arm=arm.arm,
                points=counted("point", arm.points), replicates=counted("future", arm.replicates),
                low=amount(arm.low, findings.outcome), high=amount(arm.high, findings.outcome),
            )
        )  # fmt: skip
    if any(arm.method == "emulated" for arm in findings.arms):
        found.append(say("sensitivity.assume.emulated"))
    return tuple(found)
