"""Cards that put an event into a future, keep its branches, and compare one with the untouched future."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import solara

from dashboards.app.failure import message_of
from dashboards.app.safety import safe
from dashboards.components.basic import Button, Download, Notice, Progress, Segmented, Select, Slider
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card, Details
from dashboards.components.shown import Column, Plot, Table
from dashboards.market.branches import Branch, Field, changed_consumers, fields, injected, injection_words, kinds_of
from dashboards.market.comparing import (
    COMPARED,
    branch_csv,
    difference_figure,
    levels_figure,
    picture_of,
    rows,
    verdict,
)
from dashboards.market.playing import Played
from dashboards.market.recording import Recording
from dashboards.market.text import say
from experiments.numbers import percent
from sim.figures import FIGURES
from sim.problems import InputError
from sim.quantities import UNITS
from sim.text import language

__all__ = ["BranchCard", "CompareCard", "Trunk", "branches_of", "set_shown", "shown"]

MOST_BRANCHES = 4

_branches: solara.Reactive[tuple[str, tuple[Branch, ...]]] = solara.reactive(("", ()))
"""Branches, and the key of the future that they leave."""
shown: solara.Reactive[int] = solara.reactive(0)
"""Number of the branch on the screen; 0: the untouched future."""
_kind: solara.Reactive[str] = solara.reactive("")
_values: solara.Reactive[dict[str, Any]] = solara.reactive({})
"""What was set in the form, by the key of the field."""
_figure: solara.Reactive[str] = solara.reactive("share")
_way: solara.Reactive[str] = solara.reactive("difference")


@dataclass(frozen=True, eq=False)
class Trunk:
    """An untouched future with its branches, and those that have been lived."""

    untouched: Played
    branches: tuple[Branch, ...]
    lived: Mapping[str, Played]


def branches_of(key: str) -> tuple[Branch, ...]:
    """Give the branches of a future; those of another one are forgotten."""
    of, branches = _branches.value
    return branches if of == key else ()


def set_shown(wanted: int) -> None:
    """Choose which future is on the screen."""
    shown.set(wanted)


@solara.component
def BranchCard(trunk: Trunk, week: solara.Reactive[int], is_busy: bool) -> None:
    """Ask for an event, and list the futures there are."""
    problem, set_problem = solara.use_state("")
    recording = trunk.untouched.recording
    scenario, now = recording.scenario, min(week.value, recording.weeks) + 1
    kinds = kinds_of(scenario)
    kind = _kind.value if _kind.value in kinds else kinds[0]
    asked = solara.use_memo(lambda: fields(kind, scenario), [kind, trunk.untouched.key, language()])
    values = {field.key: _value_of(field) for field in asked}

    def happen() -> None:
        try:
            made = injected(scenario, recording, kind, values, now)
        except InputError as error:
            set_problem(say("market.inject.refused", problems=message_of(error)))
            return
        set_problem("")
        following = max((branch.number for branch in trunk.branches), default=0) + 1
        branch = Branch(following, now, kind, tuple(values.items()), made)
        _branches.set((trunk.untouched.key, (*trunk.branches, branch)))
        set_shown(following)

    def reset() -> None:
        set_shown(0)
        _branches.set((trunk.untouched.key, ()))

    with Card(say("market.inject.title"), say("market.inject.subtitle", week=now), classes=["mk-inject"]):
        with Tag("div", classes=["mk-form"], attributes={"data-market-holds": "1"}):
            names = [(key, say(f"market.inject.kinds.{key}")) for key in kinds]
            Select(say("market.inject.kind"), kind, names, on_value=safe(_kind.set))
            for field in asked:
                _FieldInput(field, values[field.key]).key(f"{kind}.{field.key}")
            is_full, is_last = len(trunk.branches) >= MOST_BRANCHES, now > recording.weeks
            with Tag("div", classes=["mk-go"]):
                Button(
                    say("market.inject.go", week=min(now, recording.weeks)),
                    on_click=safe(happen),
                    kind="primary",
                    icon="branch",
                    disabled=is_busy or is_full or is_last,
                )
            if is_full:
                Text(say("market.inject.full", most=MOST_BRANCHES), "p", ["u-note"])
            if is_last:
                Text(say("market.inject.last"), "p", ["u-note"])
        if problem:
            Notice(problem, "error", on_close=lambda: set_problem(""))
        if is_busy:
            with Tag("div", attributes={"aria-busy": "true"}):
                Progress(None, say("market.inject.busy"))
        if trunk.branches:
            _Futures(trunk, reset)


@solara.component
def _FieldInput(field: Field, value: Any) -> None:
    """Ask for one value of an event."""

    def put(given: Any) -> None:
        _values.set({**_values.value, field.key: given})

    if field.options:
        Select(field.label, str(value), [(name, name) for name in field.options], on_value=safe(put))
        return
    is_share = field.unit in {"share", "score"} and field.high <= 1.5
    unit = "%" if is_share else "" if field.unit == "ratio" else UNITS[field.unit][language()]
    Slider(
        field.label, float(value), low=field.low, high=field.high, step=field.step, on_value=safe(put),
        baseline=float(field.start), digits=0 if is_share or field.step >= 1 else 1, scale=100.0 if is_share else 1.0,
        unit=unit, live=0,
    )  # fmt: skip


def _value_of(field: Field) -> str | float:
    given = _values.value.get(field.key, field.start)
    if field.options:
        return str(given) if given in field.options else str(field.start)
    return min(max(float(given), field.low), field.high) if isinstance(given, int | float) else float(field.start)


@solara.component
def _Futures(trunk: Trunk, on_reset: Any) -> None:
    """List the untouched future and its branches: one of them is on the screen."""

    def remove(number: int) -> None:
        if shown.value == number:
            set_shown(0)
        _branches.set((trunk.untouched.key, tuple(b for b in trunk.branches if b.number != number)))

    with Tag("div", classes=["mk-futures"], attributes={"role": "group", "aria-label": say("market.inject.branches")}):
        with Tag("div", classes=["mk-future-row"]):
            _Watch(0, say("market.inject.untouched"))
        for branch in trunk.branches:
            with Tag("div", classes=["mk-future-row"]):
                _Watch(branch.number, say("market.inject.branch", week=branch.week, event=injection_words(branch)))
                Button(
                    say("market.inject.remove"),
                    on_click=safe(partial(remove, branch.number)),
                    icon="trash",
                    kind="quiet",
                    hide_label=True,
                )
        if len(trunk.branches) > 1:
            Button(say("market.inject.reset"), on_click=safe(on_reset), icon="reset", kind="quiet")


@solara.component
def _Watch(wanted: int, text: str) -> None:
    is_on = shown.value == wanted
    Button(
        text,
        on_click=safe(lambda: set_shown(wanted)),
        icon="play" if is_on else "",
        pressed=is_on,
        title=say("market.inject.watching") if is_on else say("market.inject.watch"),
    )


@solara.component
def CompareCard(untouched: Recording, branch: Recording, event: Branch) -> None:
    """Compare a branch with the untouched future."""
    key = _figure.value if _figure.value in COMPARED else "share"
    code = language()
    told = solara.use_memo(
        lambda: verdict(untouched, branch, event.week, injection_words(event)), [untouched, branch, code]
    )
    touched = solara.use_memo(lambda: float(changed_consumers(untouched, branch)[-1].mean()), [untouched, branch])
    found = solara.use_memo(
        lambda: [row.texts() for row in rows(untouched, branch, event.week)], [untouched, branch, code]
    )
    draw = levels_figure if _way.value == "levels" else difference_figure
    drawn = solara.use_memo(
        lambda: draw(untouched, branch, key, event.week), [untouched, branch, key, code, _way.value]
    )
    with Card(say("market.compare.title"), say("market.compare.subtitle"), classes=["mk-compare"]):
        with Tag("p", classes=["mk-verdict"], attributes={"data-market": "verdict"}):
            Tag("b", children=[told])
            Tag("span", children=[" " + say("market.compare.touched", share=percent(touched))])
        with Tag("div", classes=["mk-choose"]):
            names = [(one, FIGURES[one].name[code]) for one in COMPARED]
            Select(say("market.compare.figure"), key, names, on_value=safe(_figure.set))
            ways = [(one, say(f"market.compare.way_{one}")) for one in ("difference", "levels")]
            Segmented(say("market.compare.way"), _way.value, ways, on_value=safe(_way.set))
            Download(
                say("market.compare.csv"),
                make=lambda: branch_csv(untouched, branch),
                name="branch.csv",
                mime="text/csv",
            )
        label = say("market.compare.chart", figure=FIGURES[key].name[code])
        title = f"{say(f'market.compare.way_{_way.value}')} – {FIGURES[key].name[code]}"
        note = "" if _way.value == "levels" else say("market.compare.subtitle")
        Plot(drawn, label=label, picture=picture_of(untouched, title, told, note), height=300, name="market-difference")
        with Details(say("market.compare.table")):
            columns = [
                Column("name", say("market.compare.name")),
                *(
                    Column(one, say(f"market.compare.{one}"), "number")
                    for one in ("soon", "untouched", "branch", "change")
                ),
            ]
            Table(columns, found, caption=say("market.compare.caption"), page=12)
