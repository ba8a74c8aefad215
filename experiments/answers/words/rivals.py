"""Rivals' answers in words, tables and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.answers.asked import Asked
from experiments.answers.doubts import doubt_texts
from experiments.answers.drawing import COLOURS, axis, finite
from experiments.answers.told import Chart, Column, Table, Told
from experiments.answers.words.advise import lever_value
from experiments.answers.words.quantities import amount, change, listed, outcome_name, title_of
from experiments.numbers import count, plain_number
from experiments.text import say

if TYPE_CHECKING:
    from experiments.answers.findings import Span
    from experiments.answers.rivals import Player, Rivals, Value

__all__ = ["tell"]


def tell(findings: Rivals) -> Told:
    """Put findings into the language of the context."""
    names = listed([one.name for one in findings.players])
    return Told(
        question=say(
            "rivals.question", players=names, levers=listed(list(findings.levers)), outcome=_figure(findings),
            title=title_of(findings.title),
        ),
        answer=_sentence(findings),
        tables=(_players(findings), _path_table(findings)),
        charts=(*_lever_charts(findings), _payoff_chart(findings)),
        doubts=doubt_texts(findings.notes),
        assumptions=_assumptions(findings),
    )  # fmt: skip


def _figure(findings: Rivals) -> str:
    """Name what is maximised, of nobody in particular."""
    from sim.figures import FIGURES
    from sim.text import language

    return FIGURES[findings.outcome.key].name[language()]


def _choice(findings: Rivals, values: tuple[Value, ...]) -> str:
    return ", ".join(f"{name} {lever_value(value)}" for name, value in zip(findings.levers, values, strict=True))


def _own(findings: Rivals, player: Player) -> Asked:
    return findings.outcome.model_copy(update={"of": player.name})


def _range(span: Span, outcome: Asked) -> str:
    return say("answers.range", low=amount(span.low, outcome), high=amount(span.high, outcome))


def _gain(findings: Rivals, player: Player) -> str:
    own = _own(findings, player)
    if player.gain.value <= 0:
        return say("rivals.no_gain")
    span = say("answers.range", low=change(player.gain.low, own), high=change(player.gain.high, own))
    return say("answers.with_range", value=change(player.gain.value, own), range=span)


def _sentence(findings: Rivals) -> str:
    ends = [f"{one.name} ({_choice(findings, one.choice)})" for one in findings.players]
    largest = max(findings.players, key=lambda one: one.gain.value)
    values = {"ends": listed(ends), "turns": count(len(findings.path) - 1), "cycle": count(findings.cycle)}
    said = say(f"rivals.answer.{findings.end}", **values)
    if findings.end == "cycle":
        return said
    if largest.gain.value <= 0:
        return said + " " + say("rivals.settled")
    return said + " " + say("rivals.tempted", name=largest.name, gain=_gain(findings, largest))


def _players(findings: Rivals) -> Table:
    names = ("player", "start", "choice", "payoff", "deviation", "gain")
    columns = [
        Column(say(f"rivals.column.{name}"), "right" if name in ("payoff", "gain") else "left") for name in names
    ]
    rows = []
    for one in findings.players:
        own = _own(findings, one)
        stays = one.deviation == one.choice
        rows.append((
            one.name, _choice(findings, one.start), _choice(findings, one.choice),
            say("answers.with_range", value=amount(one.payoff.value, own), range=_range(one.payoff, own)),
            say("rivals.none") if stays else _choice(findings, one.deviation), _gain(findings, one),
        ))  # fmt: skip
    note = say("rivals.note.players", outcome=outcome_name(findings.outcome.model_copy(update={"of": ""})))
    return Table(say("rivals.table.players"), tuple(columns), tuple(rows), note)


def _path_table(findings: Rivals) -> Table:
    columns = [Column(say("rivals.column.turn"))]
    for one in findings.players:
        columns += [Column(one.name, "left"), Column(say("rivals.column.payoff_of", name=one.name))]
    rows = []
    for place, step in enumerate(findings.path):
        cells = [count(place)]
        for player, values, payoff in zip(findings.players, step.values, step.payoffs, strict=True):
            cells += [_choice(findings, values), amount(payoff, _own(findings, player))]
        rows.append(tuple(cells))
    return Table(say("rivals.table.path"), tuple(columns), tuple(rows), say("rivals.note.path"))


def _lever_charts(findings: Rivals) -> list[Chart]:
    turns = list(range(len(findings.path)))
    found = []
    for place, name in enumerate(findings.levers):
        data: list[dict[str, Any]] = []
        for number, player in enumerate(findings.players):
            values = [step.values[number][place] for step in findings.path]
            data.append({
                "type": "scatter", "mode": "lines+markers", "name": player.name, "x": turns, "y": list(values),
                "line": {"shape": "hv", "color": COLOURS[number % len(COLOURS)], "width": 2.4}, "marker": {"size": 7},
            })  # fmt: skip
        title = say("rivals.chart.lever", name=name)
        found.append(Chart(title, tuple(data), _layout(findings, name), say("rivals.chart.lever_note"), title, 320))
    return found


def _payoff_chart(findings: Rivals) -> Chart:
    turns = list(range(len(findings.path)))
    data = [
        {
            "type": "scatter", "mode": "lines+markers", "name": player.name, "x": turns,
            "y": finite([step.payoffs[number] for step in findings.path]),
            "line": {"color": COLOURS[number % len(COLOURS)], "width": 2.4}, "marker": {"size": 7},
        }
        for number, player in enumerate(findings.players)
    ]  # fmt: skip
    title = say("rivals.chart.payoff", outcome=_figure(findings))
    layout = _layout(findings, _figure(findings))
    layout["yaxis"] = {**layout["yaxis"], "tickformat": "~s"}
    return Chart(title, tuple(data), layout, say("rivals.chart.payoff_note"), title, 340)


def _layout(findings: Rivals, words: str) -> dict[str, Any]:
    shapes = []
    if findings.cycle_from >= 0:
        shapes = [{
            "type": "rect", "x0": findings.cycle_from, "x1": len(findings.path) - 1, "yref": "paper", "y0": 0, "y1": 1,
            "fillcolor": "@c1/0.08", "line": {"width": 0}, "layer": "below",
        }]  # fmt: skip
    last = max(1, len(findings.path) - 1)
    return {
        "xaxis": axis(say("rivals.axis.turn"), range=[-0.2, last + 0.2], dtick=max(1, last // 12)),
        "yaxis": axis(words), "shapes": shapes, "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }  # fmt: skip


def _assumptions(findings: Rivals) -> tuple[str, ...]:
    found = [
        say("rivals.assume.turns"),
        say("rivals.assume.paired", profiles=count(findings.profiles), replicates=count(findings.made.replicates)),
    ]
    if findings.resolution > 0:
        found.append(say("rivals.assume.resolution", width=plain_number(findings.resolution)))
    else:
        found.append(say("rivals.assume.grid"))
    return (*found, say("rivals.assume.levers"))
