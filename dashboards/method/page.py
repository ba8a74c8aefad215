"""The page that says what the model is: in words, then number by number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import solara

from dashboards.components.basic import Notice, Select, TextField
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Prose
from dashboards.components.shown import Column, Table
from dashboards.components.vue import vue
from dashboards.method import glossary, words
from dashboards.method.text import say
from experiments.numbers import count

__all__ = ["Page", "warm_up"]

STYLE = Path(__file__).with_name("page.css")

searched: solara.Reactive[str] = solara.reactive("")
part: solara.Reactive[str] = solara.reactive("")


@vue("contents.vue")
def _Contents(label: str, sections: list[dict[str, str]]) -> None: ...


def warm_up() -> None:
    """Read the declarations."""
    words.numbers()
    glossary.found("warm")


@solara.component
def Page() -> None:
    """Show the method."""
    sections = words.sections()
    titles = [{"key": one.key, "title": one.title} for one in sections]
    titles += [
        {"key": "glossary", "title": say("method.glossary")},
        {"key": "figures", "title": say("method.figures.title")},
    ]
    with Tag("div", classes=["u-body"]):
        solara.Style(STYLE)
        with Tag("header"):
            Text(say("method.title"), "h1")
            Text(say("method.lead"), "p", ["u-sub"])
        with Tag("div", classes=["m-two"]):
            _Contents(label=say("method.contents"), sections=titles)
            with Tag("div", classes=["m-main"]):
                for section in sections:
                    with _section(section.key):
                        Text(section.title, "h2")
                        if section.key == "week":
                            _Week()
                        else:
                            Prose(section.text)
                with _section("glossary"):
                    _Glossary()
                with _section("figures"):
                    _Figures()
                Text(say("method.more"), "p", ["u-note"])


def _section(key: str) -> Any:
    return Tag("section", classes=["u-card"], attributes={"id": f"method-{key}"})


@solara.component
def _Week() -> None:
    Text(say("method.week.lead"), "p", ["u-prose"])
    with Tag("ol", classes=["m-week"]):
        for step in words.steps():
            with Tag("li"):
                Text(step.title, "b")
                Text(step.text, "span")


@solara.component
def _Glossary() -> None:
    everything = glossary.entries()
    found = glossary.found(searched.value, part.value)
    Text(say("method.glossary"), "h2")
    Text(say("method.glossary_lead", count=count(len(everything))), "p", ["u-note"])
    with Tag("div", classes=["m-tools"]):
        TextField(
            say("method.search"), searched.value, on_value=searched.set, live=200,
            placeholder=say("method.search_hint"), kind="search",
        )  # fmt: skip
        options = [("", say("method.every_part")), *((one, glossary.part_name(one)) for one in glossary.parts())]
        Select(say("method.part"), part.value, options, on_value=part.set)
        Text(say("method.found", count=count(len(found)), total=count(len(everything))), "span", ["u-note"])
    if not found:
        Notice(say("method.nothing"))
        return
    keys = ("meaning", "symbol", "default", "unit", "range", "source", "key")
    Table(
        [Column(key, say(f"method.column.{key}")) for key in keys], glossary.rows(found),
        caption=say("method.glossary"), page=20,
    )  # fmt: skip


@solara.component
def _Figures() -> None:
    rows = glossary.figure_rows(searched.value)
    Text(say("method.figures.title"), "h2")
    Text(say("method.figures.lead", count=count(len(glossary.figure_rows()))), "p", ["u-note"])
    keys = ("name", "meaning", "unit", "scope", "key")
    Table(
        [Column(key, say(f"method.column.{key}")) for key in keys], rows, caption=say("method.figures.title"), page=20
    )
