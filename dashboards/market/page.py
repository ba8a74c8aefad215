"""The Market page: one future week by week, its consumers and firms, and what an event would change."""

from __future__ import annotations

import json
from collections import OrderedDict
from functools import cache
from pathlib import Path

import solara
import solara.lab

from dashboards.app import session
from dashboards.app.failure import message_of
from dashboards.app.safety import safe
from dashboards.components.basic import Button, Notice, NumberField, Progress, Select
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card
from dashboards.market.branching import BranchCard, CompareCard, Trunk, branches_of, shown
from dashboards.market.firm_card import FirmCard
from dashboards.market.parts import FlowsView, NetworkView, Player, StoryView, WeeksView
from dashboards.market.playing import Played, key_of, own_pool, payload_of, play
from dashboards.market.recording import Recording, fitted
from dashboards.market.series import panels
from dashboards.market.story import eventful, opening_week, story
from dashboards.market.text import say
from experiments.numbers import compact, count
from sim.problems import InputError
from sim.scenario import Scenario, library, load
from sim.text import language

__all__ = ["Page", "warm_up"]

STYLE = Path(__file__).with_name("page.css")
LAB = "lab"
_FIRST = "sweatshop_scandal"
_MOST_FUTURES = 999

source: solara.Reactive[str] = solara.reactive("")
"""The market that is played: `LAB`, or a scenario of the library."""
number: solara.Reactive[int] = solara.reactive(1)
"""Which of its futures, from 1."""
sector: solara.Reactive[int] = solara.reactive(0)
week: solara.Reactive[int] = solara.reactive(0)
"""The week at which the player rests."""
consumer: solara.Reactive[int] = solara.reactive(-2)
"""The consumer that is followed; −1: none, −2: whoever has most to tell."""
_begun: solara.Reactive[str] = solara.reactive("")
"""The market whose weeks the player counts: another one is begun where something happens in it."""

_cut: OrderedDict[str, Scenario] = OrderedDict()
_MOST_CUT = 32


def warm_up() -> None:
    """Live the first futures that a visitor sees."""
    own_pool().start()
    _library()
    for name in {_FIRST, library()[0]}:
        play(fitted(load(name)))


def _chosen() -> Scenario:
    """Give the market that is played."""
    draft = getattr(session, "draft", None)
    name = source.value or (LAB if draft is not None else _FIRST)
    if name == LAB and draft is not None:
        scenario: Scenario = draft.value.scenario
        return scenario
    return load(name if name in library() else _FIRST)


@solara.component
def Page() -> None:
    """Draw the page."""
    scenario: Scenario | None = None
    problem = ""
    try:
        scenario = _chosen()
        drawn = _fitted(scenario)
    except InputError as error:
        problem = message_of(error)
    with Tag("div", classes=["u-body", "mk-body"]):
        solara.Style(STYLE)
        if problem or scenario is None:
            _Head(None, None)
            Notice(problem, "error")
        else:
            _Head(scenario, drawn)
            _Playing(drawn, number.value - 1).key(key_of(drawn, number.value - 1))


def _fitted(scenario: Scenario) -> Scenario:
    """Give a market as it is drawn; what was cut lately is at hand."""
    key = scenario.text_hash
    found = _cut.get(key)
    if found is None:
        found = _cut[key] = fitted(scenario)
        if len(_cut) > _MOST_CUT:
            _cut.popitem(last=False)
    return found


@solara.component
def _Playing(drawn: Scenario, replicate: int) -> None:
    """Wait until the future has been lived, and show it."""

    def live() -> Played:
        played = play(drawn, replicate)
        if _begun.peek() != drawn.name:
            week.set(opening_week(played.recording))
            _begun.set(drawn.name)
        return played

    task = solara.lab.use_task(live, dependencies=[])
    if task.exception is not None:
        Notice(say("market.failed", reason=message_of(task.exception)), "error")
        Button(say("market.again"), on_click=safe(task), kind="primary")
    elif task.finished and task.value is not None:
        _Future(task.value)
    else:
        text = say("market.running", weeks=count(drawn.horizon), size=count(drawn.population.size))
        with Tag("div", attributes={"aria-busy": "true"}):
            Progress(None, text)


@solara.component
def _Head(scenario: Scenario | None, drawn: Scenario | None) -> None:
    """Say what is played, and let it be chosen."""
    titles = solara.use_memo(lambda: _titles(language()), [language()])
    has_lab = getattr(session, "draft", None) is not None
    options = [*([(LAB, say("market.of_lab"))] if has_lab else []), *titles]
    with Tag("div", classes=["mk-head"]):
        with Tag("div"):
            Text(say("market.title"), "h1")
            if scenario is not None:
                title = getattr(scenario.title, language()) or scenario.name
                Text(say("market.lead", title=title), "p", ["u-sub"])
        with Tag("div", classes=["mk-choose"], attributes={"data-market-holds": "1"}):
            present = source.value or (LAB if has_lab else _FIRST)
            Select(say("market.market"), present, options, on_value=safe(source.set))
            NumberField(
                say("market.future"),
                number.value,
                low=1,
                high=_MOST_FUTURES,
                step=1,
                on_value=safe(lambda value: number.set(int(value))),
            )
            if drawn is not None and len(drawn.sectors) > 1:
                names = [(str(i), one.name) for i, one in enumerate(drawn.sectors)]
                chosen = str(min(sector.value, len(names) - 1))
                Select(say("market.sector"), chosen, names, on_value=safe(lambda value: sector.set(int(value))))
    if scenario is not None and drawn is not None:
        _Limits(scenario, drawn)


@cache
def _library() -> tuple[tuple[str, dict[str, str]], ...]:
    """Give the names and titles of the library's markets, read once."""
    return tuple((name, load(name).title.model_dump()) for name in library())


def _titles(code: str) -> list[tuple[str, str]]:
    return sorted(((name, titles[code] or name) for name, titles in _library()), key=lambda pair: pair[1])


@solara.component
def _Limits(scenario: Scenario, drawn: Scenario) -> None:
    """Say what is drawn, and what is not."""
    people = compact(drawn.population.represents / drawn.population.size)
    size, wanted = drawn.population.size, scenario.population.size
    if size < wanted:
        told = [say("market.capped", size=count(size), wanted=count(wanted), people=people)]
    else:
        told = [say("market.drawn", size=count(size), people=people, number=count(number.value))]
    if drawn.horizon < scenario.horizon:
        told.append(say("market.cut", weeks=count(drawn.horizon), horizon=count(scenario.horizon)))
    Text(" ".join(told), "p", ["u-note"])


@solara.component
def _Future(untouched: Played) -> None:
    """Show one future, or a branch of it."""
    branches = branches_of(untouched.key)
    keys = [key_of(branch.scenario, untouched.recording.replicate) for branch in branches]
    scenarios = [branch.scenario for branch in branches]
    replicate = untouched.recording.replicate
    task = solara.lab.use_task(lambda: [play(one, replicate) for one in scenarios], dependencies=[keys])
    done = list(task.value) if task.finished and task.value is not None else []
    lived = {one.key: one for one in done}
    wanted = next((b for b in branches if b.number == shown.value), None)
    branch = wanted if wanted is not None and key_of(wanted.scenario, replicate) in lived else None
    played = lived[key_of(branch.scenario, replicate)] if branch is not None else untouched
    trunk = Trunk(untouched, branches, lived)
    payload = solara.use_memo(
        lambda: untouched.payload if branch is None else payload_of(played, untouched), [played.key]
    )
    recording = played.recording
    most = solara.use_memo(lambda: eventful(untouched.recording), [])
    followed = most if consumer.value < -1 else consumer.value
    at = min(sector.value, len(recording.sectors) - 1)
    told = solara.use_memo(lambda: _story(recording, followed), [played.key, followed, language()])
    lines = solara.use_memo(lambda: panels(recording), [played.key, language()])
    begin = solara.use_memo(lambda: min(week.peek(), recording.weeks), [])
    Player(played.key, payload, recording, begin, branch, safe(week.set))
    with Tag("div", classes=["mk-main-grid"]):
        with Card(say("market.network.title"), say("market.network.subtitle")):
            NetworkView(played.key, recording, at, branch is not None, followed, safe(consumer.set))
        with Card(classes=["mk-side"]):
            StoryView(played.key, recording, at, told, safe(consumer.set))
    if task.exception is not None:
        Notice(say("market.failed", reason=message_of(task.exception)), "error")
    BranchCard(trunk, week, task.pending)
    if branch is not None:
        CompareCard(untouched.recording, recording, branch)
    with Card(say("market.flows.title"), say("market.flows.subtitle")):
        FlowsView(played.key, recording, at, branch.week - 1 if branch is not None else None)
    Text(say("market.panel.heading"), "h2", ["mk-heading"])
    WeeksView(lines, recording, branch)
    FirmCard(recording, week, branch)


def _story(recording: Recording, chosen: int) -> str:
    return json.dumps(story(recording, chosen)) if 0 <= chosen < recording.size else ""
