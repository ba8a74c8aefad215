"""Rivals' answers to each other: who plays, with which levers, for what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import cast

import solara
from reacton.core import Element

from dashboards.app.safety import safe
from dashboards.batches import orders, questions, service
from dashboards.batches.orders import LeverRange
from dashboards.batches.parts.composer import scenario_titles
from dashboards.batches.parts.hooks import go
from dashboards.batches.text import in_all, say
from dashboards.components.basic import Button, NumberField, Select
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card
from experiments.naming import lever_name
from sim.text import language

__all__ = ["RivalsSetup"]

_NONE = "-"
_REPLICATES = 8
_RUNS = (600, 1500, 3000)
_OBJECTIVES = ("total_profit", "share", "profit", "revenue", "customers")


def _levers() -> dict[str, tuple[float, float]]:
    """Give the levers that rivals can answer with, and a range around the default of each."""
    from sim.levers import Levers
    from sim.quantities import quantities

    found = {}
    for key, one in quantities(Levers).items():
        if not isinstance(one.default, float) or one.low is None or one.high is None:
            continue
        is_share = one.high <= 1
        low = 0.0 if is_share or one.default == 0 else 0.8 * one.default
        high = one.high if is_share else 1.2 * one.default or 20_000.0
        found[key] = (low, high)
    return found


def _objectives() -> list[tuple[str, str]]:
    from sim.figures import FIGURES

    keys = [key for key in _OBJECTIVES if key in FIGURES and FIGURES[key].scope == "firm"]
    return [(key, FIGURES[key].name[language()]) for key in keys]


def _scenarios() -> list[tuple[str, str]]:
    from sim.scenario import load

    return [(name, title) for name, title in scenario_titles() if len(load(name).firms) > 1]


@solara.component
def RivalsSetup() -> Element:
    """Draw the question, and begin."""
    from sim.scenario import load

    router = solara.use_router()
    scenarios = solara.use_memo(_scenarios, [language()])
    scenario, set_scenario = solara.use_state("baseline")
    market = solara.use_memo(lambda: load(scenario), [scenario])
    firms = [firm.name for firm in market.firms]
    players, set_players = solara.use_state(tuple(firms[:2]))
    ranges = solara.use_memo(_levers, [])
    first = (LeverRange("price", *ranges["price"]),)
    levers, set_levers = solara.use_state(cast("tuple[LeverRange, ...]", first))
    objective, set_objective = solara.use_state("total_profit")
    runs, set_runs = solara.use_state(str(_RUNS[0]))
    consumers, set_consumers = solara.use_state(1000)

    def choose(name: str) -> None:
        set_scenario(name)
        set_players(tuple(firm.name for firm in load(name).firms[:2]))

    def play() -> None:
        questions.check_rivals(scenario, players, [lever.word for lever in levers], int(runs), _REPLICATES)
        shelf = service.jobs().shelf
        name = shelf.fresh(f"{scenario}-rivals")
        title = {"en": market.title.en or scenario, "fr": market.title.fr or scenario}
        order = orders.rivals(
            scenario, shelf.folder(name), title, players, levers, objective=objective, replicates=_REPLICATES,
            runs=int(runs), consumers=consumers, asked=in_all(words),
        )  # fmt: skip
        service.jobs().start(name, orders.spoken(order))
        go(router, open=name)

    def words() -> str:
        return say("batches.rivals.words", players=" – ".join(players))

    def with_player(place: int, name: str) -> None:
        made = [*players]
        made[place] = name
        set_players(tuple(made))

    with Card() as main:
        Text(say("batches.rivals.title"), "h1")
        Text(say("batches.rivals.lead"), "p", ["b-story"])
        with Tag("div", classes=["b-stack", "b-under"]):
            with Tag("div", classes=["b-form"]):
                Select(say("batches.view.arm"), scenario, scenarios, on_value=safe(choose))
                for place, name in enumerate(players):
                    Select(
                        say("batches.rivals.player", number=place + 1), name,
                        [(one, one) for one in firms if one == name or one not in players],
                        on_value=partial(with_player, place),
                    )  # fmt: skip
                if len(players) < min(3, len(firms)):
                    other = next(one for one in firms if one not in players)
                    with Tag("div"):
                        Button(
                            say("batches.rivals.add"), on_click=lambda: set_players((*players, other)), icon="plus",
                            kind="quiet",
                        )  # fmt: skip
            _Levers(levers, ranges, lambda given: set_levers(given))
            with Tag("div", classes=["b-form"]):
                Select(say("batches.rivals.objective"), objective, _objectives(), on_value=set_objective)
                Select(
                    say("batches.ask.effort"), runs,
                    [(str(one), say("batches.ask.effort_of", runs=one)) for one in _RUNS], on_value=set_runs,
                )  # fmt: skip
                NumberField(
                    say("batches.setup.consumers"), consumers, low=100, high=100_000, step=1,
                    on_value=lambda value: set_consumers(int(value)),
                )  # fmt: skip
                with Tag("div"):
                    Button(say("batches.rivals.play"), on_click=safe(play), kind="primary", icon="play")
    return main


@solara.component
def _Levers(
    levers: tuple[LeverRange, ...],
    ranges: dict[str, tuple[float, float]],
    on_levers: Callable[[tuple[LeverRange, ...]], None],
) -> Element:
    def replaced(place: int, lever: LeverRange | None) -> None:
        made = [*levers]
        made[place : place + 1] = [] if lever is None else [lever]
        on_levers(tuple(made))

    def named(place: int, key: str) -> None:
        replaced(place, LeverRange(key, *ranges[key]))

    def begins(place: int, lever: LeverRange, low: float) -> None:
        replaced(place, replace(lever, low=low))

    def ends(place: int, lever: LeverRange, high: float) -> None:
        replaced(place, replace(lever, high=high))

    with Tag("div", classes=["b-stack"]) as main:
        for place, lever in enumerate(levers):
            with Tag("div", classes=["b-form"]).key(f"{place} {lever.key}"):
                Select(
                    say("batches.rivals.lever", number=place + 1), lever.key,
                    [(key, lever_name(key)) for key in ranges
                     if key == lever.key or key not in {one.key for one in levers}],
                    on_value=partial(named, place),
                )  # fmt: skip
                NumberField(
                    say("batches.rivals.low"), lever.low, low=None, high=None,
                    on_value=partial(begins, place, lever),
                )  # fmt: skip
                NumberField(
                    say("batches.rivals.high"), lever.high, low=None, high=None,
                    on_value=partial(ends, place, lever),
                )  # fmt: skip
                if len(levers) > 1:
                    with Tag("div"):
                        Button(
                            say("batches.rivals.remove"), on_click=partial(replaced, place, None),
                            kind="quiet", icon="trash",
                        )  # fmt: skip
        if len(levers) < 2:
            key = "openness" if levers[0].key != "openness" else "price"
            with Tag("div"):
                Button(
                    say("batches.rivals.add_lever"), kind="quiet", icon="plus",
                    on_click=lambda: on_levers((*levers, LeverRange(key, *ranges[key]))),
                )  # fmt: skip
    return main
