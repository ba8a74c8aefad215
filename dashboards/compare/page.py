"""The page that lays scenarios side by side."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import solara

from dashboards.app.background import Report
from dashboards.app.failure import message_of
from dashboards.app.safety import safe
from dashboards.app.session import tell
from dashboards.charts.simple import scale_of, side_of
from dashboards.compare import drawing, runs, state, telling
from dashboards.compare.asking import (
    WHENS,
    asked_for,
    figure_options,
    first_figure,
    item_options,
    items_in_all,
    natural_when,
)
from dashboards.compare.parts import Running, reported
from dashboards.compare.sides import (
    FEWEST,
    FUTURES,
    LETTERS,
    MOST,
    Setup,
    Side,
    parse_sources,
    query_of,
    sentence_names,
    titles_of,
)
from dashboards.compare.text import say
from dashboards.compare.why import AnswerTable, Why, message
from dashboards.components.basic import Button, Download, FilePicker, Notice, Segmented, Select, Slider
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card, Details, Grid
from dashboards.components.links import Address
from dashboards.components.shown import Column, Plot, Table
from experiments.answers.asked import plain_name
from sim.problems import InputError

if TYPE_CHECKING:
    from dashboards.compare.runs import Ran
    from experiments.answers.asked import Asked

__all__ = ["Page", "warm_up"]

STYLE = Path(__file__).with_name("page.css")
MOST_BYTES = 400_000
"""Of a scenario file."""


def warm_up() -> None:
    """Read the library, and make ready the two scenarios that are shown first."""
    from dashboards.compare.sides import library_side
    from sim.scenario import library

    for name in library():
        library_side(name)


# --- runs ---------------------------------------------------------------------------------------------------


def chosen_sides() -> list[Side]:
    """Give the markets that are chosen and still there."""
    return [side for side in map(state.side, state.sources.value) if side is not None]


def begin() -> None:
    """Run what is chosen, unless its runs are there."""
    sides = chosen_sides()
    if len(sides) < FEWEST:
        state.running.stop()
        return
    setup = Setup(tuple(sides), state.futures.value)

    def work(report: Report, stop: threading.Event) -> Ran:
        from experiments.pool import shared_pool

        return runs.run(setup, pool=shared_pool(), is_wanted=runs.lab_waits, on_progress=reported(report), stop=stop)

    try:
        known = runs.known(setup)
    except InputError as error:
        tell(message_of(error), "error")
        return
    if known is not None:
        state.running.stop()
        state.ran.set(known)
        return
    state.running.begin(work, state.ran.set, stopped_by=runs.Stopped, message=message, text=say("compare.waiting"))


@safe
def choose(sources: tuple[str, ...]) -> None:
    """Take other markets."""
    state.sources.set(tuple(dict.fromkeys(sources))[:MOST])
    begin()


# --- the page -----------------------------------------------------------------------------------------------


@solara.component
def Page() -> None:
    """Show the comparison."""
    router = solara.use_router()

    def arrive() -> None:
        asked_by_link = [source for source in parse_sources(router.search or "") if state.side(source) is not None]
        if len(asked_by_link) >= FEWEST:
            wanted: tuple[str, ...] = tuple(asked_by_link)
        elif state.sources.value:
            wanted = state.sources.value
        else:
            hand = state.at_hand()
            own = tuple(kind for kind in ("baseline", "draft") if kind in hand)
            differ = len(own) == FEWEST and hand["baseline"].scenario.text_hash != hand["draft"].scenario.text_hash
            wanted = own if differ else state.DEFAULT
        choose(wanted)

    solara.use_effect(arrive, [router.search])
    ran = state.ran.value
    with Tag("div", classes=["u-body", "c-body"]):
        solara.Style(STYLE)
        _Head()
        _Choosing()
        if ran is not None:
            _Found(ran)


@solara.component
def _Head() -> None:
    with Tag("header"):
        Text(say("compare.title"), "h1")
        Text(say("compare.lead"), "p", ["u-sub", "c-lead"])
    Address(query_of(state.sources.value))


@solara.component
def _Choosing() -> None:
    sources = state.sources.value
    options = state.options()
    known = {key for key, _ in options}

    def put(place: int, source: str) -> None:
        changed = list(sources)
        if source in changed and changed.index(source) != place:  # the two change places
            changed[changed.index(source)] = changed[place]
        changed[place] = source
        choose(tuple(changed))

    @safe
    def add() -> None:
        spare = state.spare()
        if spare is not None:
            choose((*sources, spare))

    @safe
    def opened(name: str, text: str) -> None:
        from dashboards.compare.opening import side_of_file

        side = side_of_file(name, text)
        kept = {key: one for key, one in state.files.value.items() if key != side.source}
        while len(kept) >= state.MOST_FILES:
            kept.pop(next(iter(kept)))
        state.files.set({**kept, side.source: side})
        tell(say("compare.opened", name=side.name), "good")
        if side.source not in sources:
            choose((*sources, side.source) if len(sources) < MOST else (*sources[:-1], side.source))

    with Card(say("compare.choose")):
        with Tag("div", classes=["c-sides"]):
            for place, source in enumerate(sources):
                letter = LETTERS[place]
                with Tag("div", classes=["c-side"], style=f"--own: var({side_of(place)})"):
                    Tag("span", classes=["c-letter"], attributes={"aria-hidden": "true"}, children=[letter])
                    label = say("compare.first_market" if place == 0 else "compare.market", letter=letter)
                    shown = options if source in known else [(source, source), *options]
                    Select(label, source, shown, on_value=partial(put, place))
                    if len(sources) > FEWEST:
                        Button(
                            say("compare.remove", letter=letter), icon="close", kind="quiet", hide_label=True,
                            on_click=partial(choose, (*sources[:place], *sources[place + 1 :])),
                        )  # fmt: skip
        with Tag("div", classes=["u-line", "c-tools"]):
            if len(sources) < MOST:
                Button(say("compare.add"), icon="plus", on_click=add)
            if len(sources) == FEWEST:
                Button(
                    say("compare.swap", letter="B"), icon="redo", kind="quiet",
                    on_click=lambda: choose(sources[::-1]),
                )  # fmt: skip
            Tag("span", classes=["u-space"])
            Text(say("compare.futures"), "span", ["u-note"])

            @safe
            def take(chosen: str) -> None:
                state.futures.set(int(chosen))
                begin()

            Segmented(
                say("compare.futures"), str(state.futures.value), [(str(one), str(one)) for one in FUTURES],
                on_value=take,
            )  # fmt: skip
        _Running()
        with Details(say("compare.open_file")):
            FilePicker(say("compare.open_file"), accept=".toml", max_bytes=MOST_BYTES, on_file=opened)


@solara.component
def _Running() -> None:
    stage = state.running.stage.value
    if stage.kind == "running":
        Running(state.running)
    elif stage.kind == "failed":
        Notice(stage.text, "error")
        Button(say("compare.again"), on_click=begin, kind="primary")
    elif stage.kind == "stopped":
        with Tag("div", classes=["u-line"]):
            Text(say("compare.stopped"), "span", ["u-note"])
            Button(say("compare.again"), on_click=begin, kind="primary")


@solara.component
def _Found(ran: Ran) -> None:
    setup = ran.setup
    asked = solara.use_memo(lambda: _asked(ran), [setup.key, state.asked.value, state.week.value])
    found = solara.use_memo(lambda: ran.compared(asked), [setup.key, asked])
    figure = found.figures[0]
    letters = list(setup.scenarios)
    names = titles_of(setup.sides)
    is_stale = state.running.stage.value.kind == "running"
    told = telling.told_of(found, sentence_names(setup.sides))
    levers = telling.levers_of(found.changes, letters)
    week = asked.weeks[0] if asked.weeks and asked.weeks[0] == asked.weeks[1] else None

    def levels() -> dict[str, Any]:
        return drawing.levels(ran.series(asked), asked, week=week)

    picture = partial(telling.picture_of, setup, asked)

    busy = {"aria-busy": str(is_stale).lower()}
    with Tag("div", classes=["c-found", *(["stale"] if is_stale else [])], attributes=busy):
        with Card(classes=["c-answer"]):
            _Asking(setup, asked)
            Text(telling.headline(figure, letters), "h2", ["c-headline"])
            Text(told.answer, "p", ["c-sentence"])
            texts = ("market", "sure")
            Table(
                [
                    Column(key, say(f"compare.column.{key}"), "text" if key in texts else "number")
                    for key in telling.COLUMNS
                ],
                telling.verdict_rows(figure, letters, names), caption=say("compare.chart.verdict"), sortable=False,
            )  # fmt: skip
            for note in telling.cautions(setup):
                Text(note, "p", ["u-note", "c-caution"])
            for doubt in told.doubts:
                Text(doubt, "p", ["u-note", "c-caution"])
        with Grid(2):
            title, note = say("compare.chart.levels", figure=plain_name(asked)), say("compare.chart.levels_note")
            with Card(title, note):
                Plot(
                    levels(), label=told.answer, picture=picture(title, note), height=drawing.LEVELS_HEIGHT,
                    name="compare-levels", stale=is_stale,
                )  # fmt: skip
            many = len(letters) > FEWEST
            note = say("compare.chart.differences_note_many" if many else "compare.chart.differences_note")
            title = say("compare.chart.differences")
            with Card(title, note):
                Plot(
                    drawing.differences(figure, ran.series(asked), letters, week=week), label=told.answer,
                    picture=picture(title, note), height=drawing.LEVELS_HEIGHT, name="compare-differences",
                    stale=is_stale,
                )  # fmt: skip
        _Panels(ran, asked, is_stale)
        with Grid(2):
            title, note = say("compare.chart.pairs"), say("compare.chart.pairs_note")
            with Card(title, note):
                height = drawing.pairs_height(figure, min(len(levers), 10))
                Plot(
                    drawing.pairs(figure, letters), label=told.answer, height=height,
                    picture=picture(title, note, by_week=False), name="compare-pairs", stale=is_stale,
                )  # fmt: skip
            _Levers(levers, letters)
        if len(letters) > 1:
            Why(ran, asked)
        with Card():
            with Details(say("compare.luck")):
                AnswerTable(told.tables[1])
            for text in told.assumptions:
                Text(text, "p", ["u-note"])
            with Tag("div", classes=["u-line", "c-tools"]):
                Download(
                    say("compare.csv"), make=lambda: telling.csv_of(found, letters, names), name="comparison.csv",
                    mime="text/csv",
                )  # fmt: skip
                Download(
                    say("compare.report"), make=lambda: telling.report_of(found, sentence_names(setup.sides)),
                    name="comparison.html", mime="text/html",
                )  # fmt: skip


def _asked(ran: Ran) -> Asked:
    scenarios = list(ran.setup.scenarios.values())
    if state.asked.value is None:
        return first_figure(ran.setup.scenarios)
    key, item, when = state.asked.value
    return asked_for(scenarios, key, item, when, state.week.value)


@solara.component
def _Asking(setup: Setup, asked: Asked) -> None:
    """Let the number be chosen: which figure, of whom, when."""
    scenarios = list(setup.scenarios.values())
    is_week = asked.weeks is not None and asked.weeks[0] == asked.weeks[1]
    when: Any = "week" if is_week else asked.over
    items = item_options(scenarios, asked.key)

    @safe
    def figure(key: str) -> None:
        names = items_in_all(scenarios, key)
        kept = asked.of if asked.of in names else names[0]
        state.asked.set((key, kept, when if is_week else natural_when(key)))

    with Tag("div", classes=["c-asking"]):
        Select(say("compare.figure"), asked.key, figure_options(scenarios), on_value=figure)
        if items:
            Select(say("compare.of"), asked.of, items, on_value=lambda item: state.asked.set((asked.key, item, when)))
        with Tag("div", classes=["u-field"]):
            Text(say("compare.when"), "span", ["c-label"])
            Segmented(
                say("compare.when"), when, [(one, say(f"compare.whens.{one}")) for one in WHENS],
                on_value=lambda one: state.asked.set((asked.key, asked.of, cast(Any, one))),
            )  # fmt: skip
        if is_week:

            @safe
            def turn(value: float) -> None:
                state.week.set(round(value))
                state.asked.set((asked.key, asked.of, "week"))

            Slider(
                say("compare.week"), state.week.value, low=1, high=setup.weeks, step=1, digits=0, live=0,
                on_value=turn,
            )  # fmt: skip


@solara.component
def _Panels(ran: Ran, asked: Asked, is_stale: bool) -> None:
    from sim.claims import items_of
    from sim.figures import FIGURES

    figure = FIGURES[asked.key]
    scenarios = ran.setup.scenarios
    if figure.scope == "market":
        return
    owned = {letter: list(items_of(one)[figure.scope]) for letter, one in scenarios.items()}
    items = list(dict.fromkeys(name for names in owned.values() for name in names))
    every = ran.every(asked.key, owned)
    ends = drawing.shared_range(
        [values for one in every.values() for values in one.values()],
        scale_of(figure.unit).factor,
        from_zero=True,
    )
    names = titles_of(ran.setup.sides)
    note = say("compare.chart.panels_note", figure=figure.name[_code()], item=asked.of)
    with Card(say("compare.chart.panels"), note), Tag("div", classes=["c-panels", f"c-panels-{len(scenarios)}"]):
        for place, letter in enumerate(scenarios):
            with Tag("div", classes=["c-panel"], style=f"--own: var({side_of(place)})"):
                Text(names[letter], "h3")
                Plot(
                    drawing.panel(items, every[letter], asked, ends=ends),
                    label=f"{names[letter]}: {plain_name(asked)}", height=drawing.PANEL_HEIGHT,
                    picture=telling.picture_of(ran.setup, asked, names[letter], note),
                    name=f"compare-panel-{letter}", stale=is_stale,
                )  # fmt: skip


def _code() -> str:
    from sim.text import language

    return language()


@solara.component
def _Levers(levers: list[telling.Lever], letters: list[str]) -> None:
    with Card(say("compare.chart.levers"), say("compare.chart.levers_note") if len(letters) > FEWEST else ""):
        if not levers:
            Text(say("compare.chart.levers_none"))
            return
        Table(
            [Column("lever", say("compare.column.lever")), *(Column(letter, letter) for letter in letters)],
            [{"lever": one.name, **dict(zip(letters, one.values, strict=True))} for one in levers],
            caption=say("compare.chart.levers"), sortable=False, page=10,
        )  # fmt: skip
