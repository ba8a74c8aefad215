"""Advice in words, tables and charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from experiments.answers.doubts import doubt_texts
from experiments.answers.drawing import axis, finite
from experiments.answers.told import Chart, Column, Table, Told
from experiments.answers.verdict import AS_IT_IS
from experiments.answers.words.discover import box_shapes, factor_axis
from experiments.answers.words.quantities import (
    amount,
    change,
    condition_words,
    limits_words,
    listed,
    money,
    outcome_name,
    share_range,
    size,
    title_of,
    unit_of,
)
from experiments.numbers import PERCENT_UNITS, UNKNOWN, count, percent, plain_number
from experiments.text import say

if TYPE_CHECKING:
    from experiments.answers.advise import Advised, Strategy, SwitchFound
    from experiments.answers.asked import Asked
    from experiments.answers.findings import Span

__all__ = ["lever_value", "tell"]


def tell(findings: Advised) -> Told:
    """Put findings into the language of the context."""
    aims = listed([outcome_name(aim.outcome) for aim in findings.aims])
    return Told(
        question=say("advise.question", aims=aims, title=title_of(findings.title)),
        answer=_sentence(findings),
        tables=tuple(_tables(findings)),
        charts=tuple(_charts(findings)),
        doubts=doubt_texts(
            note.model_copy(update={"about": say("advise.as_it_is")}) if note.about == AS_IT_IS else note
            for note in findings.notes
        ),
        assumptions=_assumptions(findings),
    )


def _name(one: Strategy) -> str:
    return say("advise.as_it_is") if one.name == AS_IT_IS else one.name


def _levers(findings: Advised, one: Strategy) -> str:
    pairs = zip(findings.levers, one.values, strict=True)
    return ", ".join(f"{lever.name} {lever_value(value)}" for lever, value in pairs)


def lever_value(value: Any) -> str:
    """Give a value of a lever for people, with three digits."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return say("batch.yes" if value else "batch.no")
    return plain_number(float(f"{value:.3g}")) if isinstance(value, float) else str(value)


def _spread(span: Span, outcome: Asked) -> str:
    return say("answers.range", low=amount(span.low, outcome), high=amount(span.high, outcome))


def _sizes(span: Span, outcome: Asked) -> str:
    return say("answers.range", low=size(span.low, outcome), high=size(span.high, outcome))


def _sentence(findings: Advised) -> str:
    lead = findings.aims[0].outcome
    best, guess = findings.strategies[findings.robust], findings.strategies[findings.guess]
    levers = _levers(findings, best)
    if best.cost:
        levers = say("advise.costing", levers=levers, money=money(best.cost))
    values = {"name": _name(best), "levers": levers, "worlds": count(findings.worlds)}
    if findings.criterion == "satisficing" and best.satisficing is not None:
        share = findings.held_share or best.satisficing
        reason = say(
            "advise.reason.satisficing",
            share=percent(share.value, 0),
            range=share_range(share.low, share.high),
            **values,
        )
    else:
        regret = findings.held_regret or best.mean_regret
        reason = say(
            "advise.reason.mean_regret", regret=size(regret.value, lead), range=_sizes(regret, lead),
            most=size(best.largest_regret, lead), **values,
        )  # fmt: skip
    said = say("advise.keep" if best.name == AS_IT_IS else "advise.choose", reason=reason, **values)
    if findings.robust == findings.guess:
        said += " " + say("advise.same")
    else:
        gain = findings.advantage
        span = say("answers.range", low=change(gain.low, lead), high=change(gain.high, lead))
        said += " " + say(
            "advise.against", guess=_name(guess), levers=_levers(findings, guess), outcome=outcome_name(lead),
            gain=change(gain.value, lead), range=span, price=change(findings.shortfall.value, lead),
        )  # fmt: skip
    for switch in findings.switches:
        if (words := _conditions(findings, switch)) and switch.share > 0:
            other = findings.strategies[switch.other]
            key = "advise.switch_targets" if switch.by_targets else "advise.switch"
            said += " " + say(
                key, name=_name(best), other=_name(other), conditions=words, share=percent(switch.share, 0),
                gain=size(switch.gain, lead),
            )  # fmt: skip
    return said


def _conditions(findings: Advised, switch: SwitchFound) -> str:
    box = next((box for box in switch.boxes if box.is_significant), None)
    return "" if box is None else limits_words(box.limits, findings.factors)


# Tables


def _tables(findings: Advised) -> list[Table]:
    found = [_strategies(findings), _regrets(findings)]
    switches = _switches(findings)
    return [*found, switches] if switches.rows else found


def _strategies(findings: Advised) -> Table:
    columns = [Column(say("advise.column.strategy"), "left")]
    columns += [Column(lever.name) for lever in findings.levers]
    columns += [Column(say("advise.column.cost"))] if _has_costs(findings) else []
    columns += [Column(outcome_name(aim.outcome)) for aim in findings.aims]
    several = len(findings.aims) > 1
    columns += [Column(say("advise.column.front"))] if several else []
    rows = []
    for place, one in enumerate(findings.strategies):
        cells = [_marked(findings, place), *(lever_value(value) for value in one.values)]
        cells += [money(one.cost)] if one.cost is not None else []
        for aim, mean in zip(findings.aims, one.means, strict=True):
            cells.append(
                say("answers.with_range", value=amount(mean.value, aim.outcome), range=_spread(mean, aim.outcome))
            )
        if several:
            cells.append(say("advise.on_front" if one.is_front else "advise.off_front", share=percent(one.on_front, 0)))
        rows.append(tuple(cells))
    note = say("advise.note.strategies", worlds=count(findings.worlds))
    if several:
        note += " " + say("advise.note.front")
    if _has_costs(findings):
        note += " " + say("advise.note.cost")
    return Table(say("advise.table.strategies"), tuple(columns), tuple(rows), note)


def _marked(findings: Advised, place: int) -> str:
    name = _name(findings.strategies[place])
    marks = [say("advise.mark.robust")] if place == findings.robust else []
    marks += [say("advise.mark.guess")] if place == findings.guess else []
    return say("advise.marked", name=name, marks=", ".join(marks)) if marks else name


def _regrets(findings: Advised) -> Table:
    lead = findings.aims[0].outcome
    has_target = any(one.satisficing is not None for one in findings.strategies)
    keys = ["best_guess", "worst", "mean_regret", "p90_regret", "largest_regret"]
    keys += ["satisficing", "radius"] if has_target else []
    columns = [Column(say("advise.column.strategy"), "left"), *(Column(say(f"advise.column.{key}")) for key in keys)]
    rows = []
    for place, one in enumerate(findings.strategies):
        cells = [_marked(findings, place), amount(one.best_guess, lead), amount(one.worst, lead)]
        for span in (one.mean_regret, one.p90_regret):
            cells.append(say("answers.with_range", value=size(span.value, lead), range=_sizes(span, lead)))
        cells.append(size(one.largest_regret, lead))
        if has_target:
            share = one.satisficing
            cells.append(
                UNKNOWN if share is None
                else say("answers.with_range", value=percent(share.value, 0), range=share_range(share.low, share.high))
            )  # fmt: skip
            cells.append(percent(one.radius, 0))
        rows.append(tuple(cells))
    note = say("advise.note.regret", outcome=outcome_name(lead))
    if has_target:
        note += " " + say("advise.note.targets", targets=condition_words(findings.targets))
    return Table(say("advise.table.regret"), tuple(columns), tuple(rows), note)


def _switches(findings: Advised) -> Table:
    lead = findings.aims[0].outcome
    names = ("other", "where", "coverage", "density", "gain", "loss")
    columns = [
        Column(say(f"advise.column.{name}"), "left" if place < 2 else "right") for place, name in enumerate(names)
    ]
    rows = [
        (
            _name(findings.strategies[switch.other]), limits_words(box.limits, findings.factors),
            percent(box.held.coverage, 0),
            say("answers.with_range", value=percent(box.held.density, 0),
                range=share_range(box.held.density_low, box.held.density_high)),
            size(switch.gain, lead), size(switch.loss, lead),
        )
        for switch in findings.switches
        for box in switch.boxes
        if box.is_significant
    ]  # fmt: skip
    note = say("advise.note.switch", robust=_name(findings.strategies[findings.robust]))
    return Table(say("advise.table.switch"), tuple(columns), tuple(rows), note)


# Charts


def _charts(findings: Advised) -> list[Chart]:
    found = [_front(findings)]
    switched = next((one for one in findings.switches if one.points and 0 < one.share < 1), None)
    if switched is not None:
        found.append(_switch_chart(findings, switched))
    return [*found, _heat(findings)]


def _scale(outcome: Asked) -> float:
    return 100.0 if unit_of(outcome) in PERCENT_UNITS else 1.0


def _axis(outcome: Asked, words: str = "") -> dict[str, Any]:
    title = words or outcome_name(outcome)
    return axis(f"{title} (%)" if unit_of(outcome) in PERCENT_UNITS else title)


def _front(findings: Advised) -> Chart:
    two = len(findings.aims) > 1
    lead = findings.aims[0].outcome
    other = findings.aims[1].outcome if two else lead
    data: list[dict[str, Any]] = []
    if two:
        data.append({
            "type": "scatter", "mode": "markers", "name": say("advise.chart.tried"),
            "x": finite([row[0] for row in findings.tried], _scale(lead)),
            "y": finite([row[1] for row in findings.tried], _scale(other)),
            "marker": {"color": "@muted/0.4", "size": 6},
        })  # fmt: skip
    groups = (("front", "@c0", True), ("behind", "@muted", False)) if two else (("strategies", "@c0", None),)
    for key, colour, front in groups:
        own = [(place, one) for place, one in enumerate(findings.strategies) if front in (None, one.is_front)]
        if not own:
            continue
        xs = [one.means[0] for _, one in own]
        ys = [one.means[1] if two else one.p90_regret for _, one in own]
        data.append({
            "type": "scatter", "mode": "markers+text", "name": say(f"advise.chart.{key}"),
            "text": [_name(one) for _, one in own], "textposition": "top center", "cliponaxis": False,
            "x": finite([one.value for one in xs], _scale(lead)), "y": finite([one.value for one in ys], _scale(other)),
            "error_x": _whiskers(xs, _scale(lead)), "error_y": _whiskers(ys, _scale(other)),
            "marker": {
                "color": colour, "size": [16 if place == findings.robust else 11 for place, _ in own],
                "symbol": ["star" if place == findings.robust else "circle" for place, _ in own],
            },
        })  # fmt: skip
    layout = {
        "xaxis": _axis(lead), "yaxis": _axis(other, "" if two else say("advise.column.p90_regret")), "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }  # fmt: skip
    note = say("advise.chart.front_note" if two else "advise.chart.alone_note")
    title = say("advise.chart.front_title" if two else "advise.chart.alone_title")
    return Chart(title, tuple(data), layout, note, _sentence(findings), 430)


def _whiskers(spans: Sequence[Span], scale: float) -> dict[str, Any]:
    return {
        "type": "data", "symmetric": False, "array": finite([one.high - one.value for one in spans], scale),
        "arrayminus": finite([one.value - one.low for one in spans], scale), "color": "@muted", "thickness": 1,
        "width": 3,
    }  # fmt: skip


def _heat(findings: Advised) -> Chart:
    lead = findings.aims[0].outcome
    names = [_marked(findings, place) for place in range(len(findings.strategies))]
    data = ({
        "type": "heatmap", "z": [finite(row, _scale(lead)) for row in findings.regret], "y": names,
        "x": list(range(1, len(findings.regret[0]) + 1)), "xgap": 0, "ygap": 2,
        "colorscale": [[0, "#eef3fb"], [0.25, "#f6d5a8"], [0.6, "#d9622b"], [1, "#6b1010"]],
        "colorbar": {"title": {"text": say("advise.chart.regret")}, "thickness": 12, "tickformat": "~s"},
    },)  # fmt: skip
    layout = {
        "xaxis": axis(say("advise.axis.worlds")), "yaxis": {"autorange": "reversed", "automargin": True},
    }  # fmt: skip
    height = 170 + 34 * len(names)
    title = say("advise.chart.heat_title")
    return Chart(title, data, layout, say("advise.chart.heat_note"), title, height, is_wide=True)


def _switch_chart(findings: Advised, switch: SwitchFound) -> Chart:
    box = next((one for one in switch.boxes if one.limits), None)
    wanted = [] if box is None else [one.factor for one in box.limits]
    wanted += [one.factor for rule in switch.rules for one in rule.limits]
    chosen = list(dict.fromkeys([*wanted, *range(len(findings.factors))]))[:2]
    across, up = chosen[0], chosen[-1] if len(chosen) > 1 else None
    robust, other = findings.strategies[findings.robust], findings.strategies[switch.other]
    data = []
    kinds = (
        (False, say("advise.chart.stay"), "@c0", "circle"),
        (True, say("advise.chart.better", name=_name(other)), "@c1", "diamond"),
    )
    for is_better, name, colour, symbol in kinds:
        rows = [row for row, better in zip(switch.points, switch.better, strict=True) if better == is_better]
        data.append({
            "type": "scatter", "mode": "markers", "name": name,
            "x": [row[across] for row in rows], "y": [0.0 if up is None else row[up] for row in rows],
            "marker": {"color": colour, "size": 8, "symbol": symbol},
        })  # fmt: skip
    is_sure = box is not None and box.is_significant
    layout = {
        "xaxis": factor_axis(findings.factors[across]),
        "yaxis": {"visible": False} if up is None else factor_axis(findings.factors[up]),
        "shapes": box_shapes(box.limits, findings.factors, across, up) if is_sure and box is not None else [],
        "showlegend": True, "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    }  # fmt: skip
    note = say("advise.chart.switch_note" if is_sure else "advise.chart.no_switch_note")
    if switch.by_targets:
        note += " " + say("advise.chart.by_targets", name=_name(robust))
    title = say("advise.chart.switch_title", robust=_name(robust), other=_name(other))
    return Chart(title, tuple(data), layout, note, title, 420)


def _has_costs(findings: Advised) -> bool:
    return any(lever.cost is not None for lever in findings.levers)


def _costs(findings: Advised) -> list[str]:
    """Say what levers cost, who pays, and how much may be spent."""
    found = []
    for lever in findings.levers:
        if lever.cost is None:
            continue
        if lever.cost.per is not None:
            above = lever.now if lever.cost.above is None else lever.cost.above
            words = say("advise.cost.per", money=money(lever.cost.per), above=lever_value(above))
        else:
            pairs = zip(lever.options, lever.cost.each, strict=True)
            words = ", ".join(say("advise.cost.each", level=lever_value(x), money=money(cost)) for x, cost in pairs)
        found.append(say("advise.cost.lever", name=lever.name, words=words))
    if found and findings.payers:
        found.append(say("advise.cost.paid", firms=listed(findings.payers)))
    elif found:
        found.append(say("advise.cost.unpaid"))
    if findings.spend is not None:
        found.append(say("advise.cost.spend", money=money(findings.spend)))
    return found


def _assumptions(findings: Advised) -> tuple[str, ...]:
    values = {
        "decisions": count(findings.decisions), "futures": count(findings.futures), "worlds": count(findings.worlds),
        "strategies": count(len(findings.strategies)),
    }  # fmt: skip
    found = [say("answers.premise.ranges"), say("advise.assume.tested", **values)]
    if findings.held_regret is not None:
        found.append(say("advise.assume.held"))
    if findings.emulated:
        fit = percent(min((x for x in findings.held_out if math.isfinite(x)), default=math.nan), 1)
        lead = findings.aims[0].outcome
        missed = size(findings.missed[0], lead) if findings.missed else UNKNOWN
        found.append(say("advise.assume.emulated", fit=fit, missed=missed))
    elif findings.held_out:
        found.append(say("advise.assume.direct"))
    else:
        found.append(say("advise.assume.all"))
    if not findings.factors:
        found.append(say("advise.assume.luck_alone"))
    if len(findings.aims) > 1:
        found.append(say("advise.assume.first", outcome=outcome_name(findings.aims[0].outcome)))
    return (*found, *_costs(findings))
