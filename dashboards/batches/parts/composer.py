"""An experiment of one's own, put together without a file: a scenario, what is varied, how large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import solara
from reacton.core import Element

from dashboards.app.safety import safe
from dashboards.batches.compose import MOST_FACTORS, Knob, Varied, composed, groups_of, knobs_of
from dashboards.batches.parts.hooks import go, use_later
from dashboards.batches.parts.overview import uploaded
from dashboards.batches.parts.shown import Problems
from dashboards.batches.text import say
from dashboards.components.basic import Button, NumberField, Progress, Select
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card
from experiments.numbers import count, plain_number
from sim.text import language

__all__ = ["Composer", "scenario_titles"]

_POINTS = (64, 128, 256, 512, 1024)
_REPLICATES = (1, 2, 4, 8)
_CONSUMERS = 1000
_FIRST = ("price", "openness")

Rows = tuple[Varied, ...]


def scenario_titles() -> list[tuple[str, str]]:
    """Give the scenarios of the library with their titles in the language of the context."""
    from sim.scenario import library, load

    return sorted(
        ((name, getattr(load(name).title, language()) or name) for name in library()), key=lambda one: one[1].casefold()
    )


def _first(knobs: tuple[Knob, ...]) -> Rows:
    found = [knob for knob in knobs if knob.key.rpartition(".")[2] in _FIRST][: len(_FIRST)]
    found += [knob for knob in knobs if knob.key.startswith("population.traits.price_sensitivity")]
    return tuple(Varied(knob, knob.low, knob.high) for knob in found or knobs[:1])


@solara.component
def Composer() -> Element:
    """Draw the choices, and lead on to the experiment before it is run."""
    scenario, set_scenario = solara.use_state("baseline")
    found = use_later(lambda: (scenario_titles(), scenario, knobs_of(scenario)), [scenario, language()])
    with Card() as main:
        Text(say("batches.compose.title"), "h1")
        Text(say("batches.compose.lead"), "p", ["b-story"])
        if found.problems:
            Problems(found.problems)
        if found.value is None:
            if not found.problems:
                Progress(None, say("batches.setup.reading"))
        else:
            titles, name, knobs = found.value
            with Tag("div", classes=["b-form", "b-broad"]):
                Select(say("batches.view.arm"), scenario, titles, on_value=set_scenario)
            _Choices(name, dict(titles)[name], knobs).key(f"choices {name}")
    return main


@solara.component
def _Choices(scenario: str, title: str, knobs: tuple[Knob, ...]) -> Element:
    router = solara.use_router()
    rows, set_rows = solara.use_state(_first(knobs))
    points, set_points = solara.use_state(str(_POINTS[1]))
    replicates, set_replicates = solara.use_state("1")
    consumers, set_consumers = solara.use_state(_CONSUMERS)
    known = {knob.key: knob for knob in knobs}

    def change(place: int, row: Varied | None) -> None:
        made = [*rows]
        made[place : place + 1] = [] if row is None else [row]
        set_rows(tuple(made))

    def add() -> None:
        taken = {row.knob.key for row in rows}
        knob = next(knob for knob in knobs if knob.key not in taken)
        set_rows((*rows, Varied(knob, knob.low, knob.high)))

    def go_on() -> None:
        bundle = composed(scenario, title, rows, points=int(points), replicates=int(replicates), consumers=consumers)
        bundle.read()  # whatever is wrong is said here, where it can be put right
        uploaded.set(bundle)
        go(router, new="upload")

    with Tag("div", classes=["b-stack"]) as main:
        Text(say("batches.compose.varied"), "h2")
        with Tag("div", classes=["b-stack"]):
            for place, row in enumerate(rows):
                _Row(row, known, partial(change, place), len(rows) > 1).key(f"{place} {row.knob.key}")
        with Tag("div"):
            Button(
                say("batches.compose.add"), on_click=safe(add), icon="plus", kind="quiet",
                disabled=len(rows) >= MOST_FACTORS,
            )  # fmt: skip
        Text(say("batches.setup.size"), "h2")
        with Tag("div", classes=["b-form"]):
            options = [(str(one), count(one)) for one in _POINTS]
            Select(say("batches.setup.points"), points, options, on_value=set_points)
            Select(
                say("batches.setup.replicates"), replicates, [(str(one), count(one)) for one in _REPLICATES],
                on_value=set_replicates,
            )  # fmt: skip
            NumberField(
                say("batches.setup.consumers"), consumers, low=100, high=100_000, step=1,
                on_value=lambda value: set_consumers(int(value)),
            )  # fmt: skip
            with Tag("div"):
                Button(say("batches.compose.next"), on_click=safe(go_on), kind="primary", icon="right")
        Text(say("batches.compose.note"), "p", ["u-note"])
    return main


@solara.component
def _Row(row: Varied, known: dict[str, Knob], on_row: Callable[[Varied | None], None], can_go: bool) -> Element:
    knob = row.knob
    groups = groups_of(tuple(known.values()))
    own = [(one.key, one.label()) for one in known.values() if one.group == knob.group]

    def turn(key: str) -> None:
        other = known[key]
        on_row(Varied(other, other.low, other.high))

    def group(name: str) -> None:
        turn(next(one.key for one in known.values() if one.group == name))

    with Tag("div", classes=["b-form", "b-knob"]) as main:
        Select(say("batches.compose.group"), knob.group, groups, on_value=group)
        Select(say("batches.compose.what"), knob.key, own, on_value=turn)
        NumberField(
            say("batches.rivals.low"), row.low, low=_end(knob.least), high=_end(knob.most),
            on_value=lambda low: on_row(replace(row, low=low)),
        )  # fmt: skip
        NumberField(
            say("batches.rivals.high"), row.high, low=_end(knob.least), high=_end(knob.most),
            on_value=lambda high: on_row(replace(row, high=high)),
        )  # fmt: skip
        with Tag("div", classes=["b-now"]):
            Text(say(f"batches.compose.{knob.role}", now=plain_number(knob.now)), "span", ["u-note"])
            if can_go:
                Button(
                    say("batches.rivals.remove"), on_click=lambda: on_row(None), icon="trash", kind="quiet",
                    hide_label=True,
                )  # fmt: skip
    return main


def _end(value: float) -> float | None:
    return value if abs(value) < 1e12 else None
