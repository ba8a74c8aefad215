"""Why one market comes out differently from the first: asked for here, worked out in the background, shown here."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import solara

from dashboards.app.background import Report
from dashboards.app.failure import message_of
from dashboards.app.safety import safe
from dashboards.compare import drawing, runs, state, telling, why_drawing
from dashboards.compare.parts import Running, reported
from dashboards.compare.sides import FEWEST, sentence_names
from dashboards.compare.text import say
from dashboards.components.basic import Button, Notice, Segmented, Select
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card, Details
from dashboards.components.shown import Column, Plot, Table
from experiments.numbers import count
from sim.text import language

if TYPE_CHECKING:
    from dashboards.compare.runs import Ran
    from experiments.answers.asked import Asked
    from experiments.answers.told import Table as ToldTable

__all__ = ["AnswerTable", "Why", "message"]


def message(error: Exception) -> str:
    """Put what stopped runs into words."""
    from experiments.answers.futures import NoRunsError

    if isinstance(error, NoRunsError):
        return say("compare.failed", reason=str(error)[:400])
    return message_of(error)


def AnswerTable(table: ToldTable) -> None:
    """Show a table of an answer."""
    Table(
        [
            Column(str(at), column.name, "number" if column.align == "right" else "text")
            for at, column in enumerate(table.columns)
        ],
        [{str(at): cell for at, cell in enumerate(row)} for row in table.rows],
        caption=table.note or table.title, show_caption=bool(table.note), sortable=False,
    )  # fmt: skip


@solara.component
def Why(ran: Ran, asked: Asked) -> None:
    """Say why one market comes out differently from the first."""
    from experiments.answers.words.changes import change_name

    setup = ran.setup
    letters, scenarios = list(setup.scenarios), list(setup.scenarios.values())
    other = state.why_of.value if 0 < state.why_of.value < len(letters) else 1
    letter = letters[other]
    cost, problem = solara.use_memo(
        lambda: _cost(ran, other, state.why_group.value, state.why_depth.value),
        [setup.key, other, state.why_group.value, state.why_depth.value, language()],
    )
    stage = state.why.stage.value
    held = state.explained.value

    @safe
    def ask() -> None:
        small = runs.sized(setup, state.why_depth.value)
        group, budget = cast(Any, state.why_group.value), runs.BUDGETS[state.why_depth.value]

        def work(report: Report, stop: threading.Event) -> Any:
            from experiments.pool import shared_pool

            return runs.explained(
                small, other, asked, grouping=group, budget=budget, pool=shared_pool(), is_wanted=runs.lab_waits,
                on_progress=reported(report), stop=stop,
            )  # fmt: skip

        state.why.begin(
            work, lambda found: state.explained.set((setup, other, asked, found)), stopped_by=runs.Stopped,
            message=message, text=say("compare.waiting"),
        )  # fmt: skip

    with Card(say("compare.why.title", other=letter), say("compare.why.lead", other=letter), classes=["c-why"]):
        with Tag("div", classes=["u-line", "c-tools"]):
            if len(letters) > FEWEST:
                Segmented(
                    say("compare.why.of"), letter, [(one, one) for one in letters[1:]],
                    on_value=lambda one: state.why_of.set(letters.index(one)),
                )  # fmt: skip
            Segmented(
                say("compare.why.depth"), state.why_depth.value,
                [(one, say(f"compare.why.{one}")) for one in runs.BUDGETS], on_value=state.why_depth.set,
            )  # fmt: skip
            Select(
                say("compare.why.group"), state.why_group.value,
                [(one, say(f"compare.why.{one}")) for one in ("change", "firm", "family")],
                on_value=state.why_group.set, hide_label=True,
            )  # fmt: skip
            if stage.kind != "running":
                Button(say("compare.why.run"), kind="primary", on_click=ask, disabled=bool(problem))
        Text(problem or cost, "p", ["u-note"])
        with Tag("div", classes=["c-stage"]):  # what stands below keeps its place
            if stage.kind == "running":
                Running(state.why)
            elif stage.kind == "failed":
                Notice(stage.text, "error")
            elif stage.kind == "stopped":
                Text(say("compare.stopped"), "p", ["u-note"])
        if held is not None and held[0].key == setup.key and held[1] == other and held[2] == asked:
            found = telling.named_explained(held[3], sentence_names(setup.sides))
            told = telling.explained_in_words(found)
            figure = held[3].figures[0]
            names = [change_name(change) for change in held[3].changes]
            Text(told.answer, "p", ["c-sentence"])
            consumers = scenarios[0].population.size
            if held[3].made.consumers < consumers or held[3].futures < setup.futures:
                values = {"futures": count(held[3].futures), "consumers": count(held[3].made.consumers)}
                Text(say("compare.why.quick_note", **values), "p", ["u-note"])
            title, note = say("compare.why.waterfall", other=letter), say("compare.why.waterfall_note")
            picture = partial(telling.picture_of, setup, asked, made=held[3])
            Text(title, "h3", ["c-h3"])
            Text(note, "p", ["u-sub"])
            Plot(
                why_drawing.waterfall(held[3], figure, names, (letters[0], letter)), label=told.answer,
                picture=picture(title, note, by_week=False), height=why_drawing.waterfall_height(held[3]),
                name="compare-why",
            )  # fmt: skip
            title = say("compare.why.weeks")
            Text(title, "h3", ["c-h3"])
            Plot(
                why_drawing.over_time(figure, names), label=told.charts[-1].title if told.charts else told.answer,
                picture=picture(title, say("compare.why.lead", other=letter)), height=drawing.LEVELS_HEIGHT,
                name="compare-why-weeks",
            )  # fmt: skip
            with Details(say("compare.why.table")):
                for table in told.tables:
                    AnswerTable(table)
                for text in (*told.doubts, *told.assumptions):
                    Text(text, "p", ["u-note"])


def _cost(ran: Ran, other: int, grouping: str, depth: str) -> tuple[str, str]:
    """Say what an explanation will take; or why there can be none."""
    from experiments.answers.changes import InseparableError
    from experiments.answers.explain import NothingDiffersError

    small = runs.sized(ran.setup, depth)
    try:
        changes, markets = runs.markets_to_explain(small, other, cast(Any, grouping), runs.BUDGETS[depth])
    except NothingDiffersError:
        return "", say("compare.why.nothing")
    except InseparableError as error:
        return "", say("compare.why.inseparable", reason=str(error)[:300])
    except ValueError:
        return "", say("compare.why.too_many")
    seconds = markets * small.futures * runs.seconds_of_a_run(ran, small)
    time = say("compare.why.cost_seconds", count=count(max(1, round(seconds))))
    if seconds >= 90:
        time = say("compare.why.cost_minutes", count=count(round(seconds / 60)))
    values = {"markets": count(markets), "futures": count(small.futures), "time": time}
    if changes == 1:
        return say("compare.why.cost_one", **values), ""
    return say("compare.why.cost", changes=count(changes), **values), ""
