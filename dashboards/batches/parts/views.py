"""What an experiment found, seen week by week and over two factors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import solara
from reacton.core import Element

from dashboards.batches import service
from dashboards.batches.figures import fan_chart, fan_words, figure_title, heat_chart, heat_words, picture_of
from dashboards.batches.findings import FigureChoice, Overview
from dashboards.batches.parts.hooks import use_later
from dashboards.batches.parts.shown import Problems
from dashboards.batches.text import say
from dashboards.components.basic import Progress, Segmented, Select, Slider
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card
from dashboards.components.shown import Plot

__all__ = ["Fans", "FigurePicker", "Heat", "first_figure"]

_WEEKS = (1, 4, 13)
_PREFERRED = ("share", "profit", "total_profit", "userisation")


def first_figure(overview: Overview) -> tuple[str, str]:
    """Choose the figure and the item that are shown first: those that the levers are about."""
    firms = [key.split(".")[1] for factor in overview.factors for key in factor.keys if key.startswith("firm.")]
    known = {figure.key: figure for figure in overview.figures}
    chosen = next((known[key] for key in _PREFERRED if key in known), overview.figures[0])
    item = next((firm for firm in firms if firm in chosen.items), chosen.items[0])
    return chosen.key, item


@solara.component
def FigurePicker(
    overview: Overview, figure: str, item: str, on_chosen: Callable[[str, str], None], weekly_only: bool = False
) -> Element:
    """Let a figure, and whose it is, be chosen; `on_chosen` is called with both."""
    figures = [one for one in overview.figures if not (weekly_only and one.is_formula)]
    chosen = overview.figure(figure) or figures[0]

    def take(key: str) -> None:
        found = overview.figure(key)
        if found is not None:
            on_chosen(key, item if item in found.items else found.items[0])

    with Tag("div", classes=["b-form"]) as main:
        Select(say("batches.view.figure"), chosen.key, [(one.key, one.name) for one in figures], on_value=take)
        if chosen.items != ("",):
            Select(
                say("batches.view.item"), item, [(one, one) for one in chosen.items],
                on_value=lambda one: on_chosen(chosen.key, one),
            )  # fmt: skip
    return main


@solara.component
def Fans(folder: Path, overview: Overview, stamp: int) -> Element:
    """Draw how the runs spread week by week, for any figure."""
    (figure, item), set_chosen = solara.use_state(first_figure(overview))
    chosen = overview.figure(figure) or overview.figures[0]
    weeks, set_weeks = solara.use_state(_WEEKS[1])
    found = use_later(
        lambda: (chosen, item, service.READER.fans(folder, chosen.key, item, weeks)), [figure, item, weeks, stamp]
    )
    places = {arm: place for place, arm in enumerate(overview.arms)}
    with Tag("div", classes=["b-stack"]) as main, Card(say("batches.view.fans"), say("batches.view.fans_lead")):
        with Tag("div", classes=["b-side"]):
            FigurePicker(overview, figure, item, lambda key, whose: set_chosen((key, whose)), weekly_only=True)
            Select(
                say("batches.view.smooth"), str(weeks),
                [(str(one), say(f"batches.view.smooth_{one}")) for one in _WEEKS],
                on_value=lambda given: set_weeks(int(given)),
            )  # fmt: skip
        if not overview.has_weeks:
            Text(say("batches.view.no_weeks"), "p", ["u-note"])
        if found.problems:
            Problems(found.problems)
        if found.value is None:
            if not found.problems:
                Progress(None, say("batches.view.reading"))
        else:
            drawn, whose, fans = found.value
            title = figure_title(drawn, whose)
            words, note = fan_words(fans, drawn, title), say("batches.view.fans_note")
            Text(words, "p", ["b-answer", "b-over"])
            Plot(
                fan_chart(fans, drawn, place=places), label=words, height=380,
                picture=picture_of(overview, say("batches.view.fans"), title, words, note),
                name=f"fan {title}", stale=not found.is_fresh,
            )  # fmt: skip
            Text(note, "p", ["u-note"])
    return main


@solara.component
def Heat(folder: Path, overview: Overview, stamp: int) -> Element:
    """Draw a figure over two factors."""
    (figure, item), set_chosen = solara.use_state(first_figure(overview))
    names = tuple(factor.name for factor in overview.factors if factor.keys)
    (across, up), set_axes = solara.use_state((names[0], names[1]) if len(names) > 1 else ("", ""))
    arm, set_arm = solara.use_state(overview.arms[0])
    when, set_when = solara.use_state("end")
    week, set_week = solara.use_state(overview.weeks)
    chosen: FigureChoice = overview.figure(figure) or overview.figures[0]
    at = week if when == "week" and overview.has_weeks and not chosen.is_formula else None
    found = use_later(
        lambda: (chosen, item, across, up, service.READER.grid(folder, chosen.key, item, arm, across, up, at)),
        [figure, item, across, up, arm, at, stamp],
    )
    if len(names) < 2:
        with Card(say("batches.view.heat")) as main:
            Text(say("batches.view.two_factors"), "p", ["u-note"])
        return main
    with Card(say("batches.view.heat"), say("batches.view.heat_lead")) as main:
        FigurePicker(overview, figure, item, lambda key, whose: set_chosen((key, whose)))
        with Tag("div", classes=["b-form"], style="margin: 10px 0"):
            others = [(name, name) for name in names]
            Select(say("batches.view.across"), across, [one for one in others if one[0] != up],
                   on_value=lambda name: set_axes((name, up)))  # fmt: skip
            Select(say("batches.view.up"), up, [one for one in others if one[0] != across],
                   on_value=lambda name: set_axes((across, name)))  # fmt: skip
            if len(overview.arms) > 1:
                Select(say("batches.view.arm"), arm, [(one, one) for one in overview.arms], on_value=set_arm)
            if overview.has_weeks and not chosen.is_formula:
                Segmented(
                    say("batches.view.when"), when,
                    [("end", say("batches.view.end")), ("week", say("batches.view.week"))], on_value=set_when,
                )  # fmt: skip
        if at is not None:
            Slider(
                say("batches.view.week_of"), week, low=1, high=overview.weeks, step=1, digits=0, live=150,
                on_value=lambda value: set_week(int(value)),
            )  # fmt: skip
        if found.problems:
            Problems(found.problems)
        if found.value is None:
            if not found.problems:
                Progress(None, say("batches.view.reading"))
        else:
            drawn, whose, over, by, grid = found.value
            title = figure_title(drawn, whose)
            words = heat_words(grid, drawn, title, over, by)
            Text(words, "p", ["b-answer", "b-over"])
            Plot(
                heat_chart(grid, drawn, over, by), label=words, height=150 + 44 * len(grid.up), name=f"map {title}",
                picture=picture_of(overview, say("batches.view.heat"), title, words, say("batches.view.heat_lead")),
                stale=not found.is_fresh,
            )  # fmt: skip
            Text(say("batches.view.heat_note"), "p", ["u-note"])
    return main
