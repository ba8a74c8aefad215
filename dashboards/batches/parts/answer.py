"""An answer: its sentence, charts and tables, doubts and assumptions, drawn on the page."""

from __future__ import annotations

import solara
from reacton.core import Element

from dashboards.batches import service
from dashboards.batches.answers import Shown
from dashboards.batches.jobs import Job
from dashboards.batches.listing import question_of
from dashboards.batches.parts.hooks import use_later
from dashboards.batches.parts.shown import Chart, Problems, ToldTable
from dashboards.batches.parts.status import Status
from dashboards.batches.text import say
from dashboards.components.basic import Progress
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card, Details

__all__ = ["Answer"]


@solara.component
def Answer(job: Job) -> Element:
    """Draw an answer, or how far the work on it has come."""
    folder = service.jobs().shelf.folder(job.name)
    is_there = job.has_folder and (folder / "findings.json").is_file()
    found = use_later(lambda: service.ANSWERS.of(folder) if is_there else None, [is_there, job.is_active, job.started])
    shown: Shown | None = found.value
    with Tag("div", classes=["b-stack"]) as main:
        Status(job, shown.question if shown else question_of(job))
        if found.problems:
            Problems(found.problems)
        if shown is None:
            if is_there and not found.problems:
                Progress(None, say("batches.view.reading"))
        else:
            _Told(job.name, shown)
    return main


@solara.component
def _Told(name: str, shown: Shown) -> Element:
    with Tag("div", classes=["b-stack"]) as main:
        with Card(say("batches.answer.answer")):
            Text(shown.answer, "p", ["b-answer"])
        if shown.doubts:
            with Card(say("batches.answer.doubts")):
                Tag("ul", classes=["b-doubts"], children=[Text(one, "li") for one in shown.doubts])
        with Tag("div", classes=["u-grid"]):
            for place, chart in enumerate(shown.charts):
                Chart(chart, f"{name} {place + 1}", shown.question)
        for table in shown.tables:
            with Card(table.title, table.note):
                ToldTable(table)
        with Card(), Details(say("batches.answer.assumptions")):
            Tag("ul", classes=["b-doubts"], children=[Text(one, "li") for one in shown.assumptions])
            Tag("pre", classes=["b-text"], children=[shown.command])
    return main
