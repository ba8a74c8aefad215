"""One experiment: how far it has come, what it found, what it was asked, what failed, what it is."""

from __future__ import annotations

import solara
from reacton.core import Element

from dashboards.batches import exports, service
from dashboards.batches.findings import Overview
from dashboards.batches.jobs import Job
from dashboards.batches.parts.asking import Asking
from dashboards.batches.parts.hooks import use_later
from dashboards.batches.parts.shown import Facts, Problems
from dashboards.batches.parts.status import Status
from dashboards.batches.parts.views import Fans, Heat
from dashboards.batches.plan import values_text
from dashboards.batches.text import say
from dashboards.components.basic import Progress, Segmented
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card, Details
from dashboards.components.shown import Column, Table
from experiments.numbers import count
from experiments.text import say as say_experiments

__all__ = ["Detail"]

_STEPS = 25

shown_part: solara.Reactive[str] = solara.reactive("futures")
"""Which part of an experiment this page shows."""


@solara.component
def Detail(job: Job, questions: tuple[Job, ...]) -> Element:
    """Draw an experiment."""
    folder = service.jobs().shelf.folder(job.name)
    stamp = _stamp(job)
    found = use_later(lambda: service.READER.overview(folder) if job.has_folder else None, [stamp, job.has_folder])
    overview: Overview | None = found.value
    part = shown_part.value
    with Tag("div", classes=["b-stack"]) as main:
        Status(job, overview.title if overview else "", overview.story if overview else "")
        if found.problems:
            Problems(found.problems)
        if overview is None:
            if job.has_folder and not found.problems:
                Progress(None, say("batches.view.reading"))
        else:
            parts = ["futures", "factors", "questions", "failures", "about"]
            if job.kind == "run":
                parts = ["futures", "about"]
            elif not job.counts.failed:
                parts.remove("failures")
            part = part if part in parts else "futures"
            labels = {"failures": say("batches.part.failures", count=count(job.counts.failed))}
            labels["questions"] = say("batches.part.questions_of", count=count(len(questions)))
            if not questions:
                labels.pop("questions")
            with Tag("div"):
                Segmented(
                    say("batches.part.label"), part,
                    [(one, labels.get(one) or say(f"batches.part.{one}")) for one in parts], on_value=shown_part.set,
                )  # fmt: skip
            if part == "about":
                _About(job, overview)
            elif part == "failures":
                _Failures(job, stamp)
            elif not overview.figures:
                Text(say("batches.view.no_runs"), "p", ["u-note"])
            elif part == "futures":
                Fans(folder, overview, stamp)
            elif part == "factors":
                Heat(folder, overview, stamp)
            else:
                Asking(job, overview, questions)
    return main


def _stamp(job: Job) -> int:
    """Give a number that changes when charts shall be drawn anew: while runs are made only now and then."""
    there = job.counts.there
    return there // max(1, job.counts.total // _STEPS) if job.is_active else -1 - there


@solara.component
def _Failures(job: Job, stamp: int) -> Element:
    folder = service.jobs().shelf.folder(job.name)
    found = use_later(lambda: service.READER.failures(folder), [stamp])
    names = ("point", "arm", "replicate", "status", "settings", "error")
    columns = [Column(name, say(f"batches.failure.{name}"), "number" if name in ("point", "replicate") else "text")
               for name in names]  # fmt: skip
    with Card(say("batches.failure.title"), say("batches.failure.lead")) as main:
        if found.value is None:
            Progress(None, say("batches.view.reading"))
        else:
            from experiments.commands.batch_table import value_text

            rows = [
                {
                    "point": count(one.point), "arm": one.arm, "replicate": count(one.replicate),
                    "status": say_experiments(f"batch.status.{one.status}"),
                    "settings": ", ".join(f"{key} = {value_text(value)}" for key, value in one.settings.items()) or "–",
                    "error": one.error,
                }
                for one in found.value
            ]  # fmt: skip
            Table(columns, rows, caption=say("batches.failure.title"))
    return main


@solara.component
def _About(job: Job, overview: Overview) -> Element:
    folder = service.jobs().shelf.folder(job.name)
    text = exports.experiment_text(folder)
    facts = [
        (say("batches.plan.scenarios"), ", ".join(overview.arms)),
        (say("batches.plan.design"), say_experiments(f"batch.design.{overview.design or 'none'}")),
        (
            say("batches.plan.runs"),
            say(
                "batches.plan.runs_of", runs=count(job.counts.total), points=count(overview.points),
                replicates=count(overview.replicates),
            ),
        ),
        (
            say("batches.plan.market"),
            say("batches.plan.market_of", consumers=count(overview.consumers), weeks=count(overview.weeks)),
        ),
        (say("batches.plan.seed"), overview.seed),
        (say("batches.plan.folder"), str(folder)),
    ]  # fmt: skip
    names = ("factor", "role", "keys", "values")
    rows = [
        {
            "factor": factor.name, "role": say_experiments(f"batch.role.{factor.role}"), "keys": ", ".join(factor.keys),
            "values": values_text(factor.described),
        }
        for factor in overview.factors
    ]  # fmt: skip
    with Tag("div", classes=["b-stack"]) as main:
        with Card(say("batches.part.about")):
            Facts(facts)
        if rows:
            with Card(say("batches.setup.varied"), say("batches.setup.varied_lead")):
                columns = [Column(key, say_experiments(f"answers.batch.column.{key}")) for key in names]
                Table(columns, rows, caption=say("batches.setup.varied"), page=30, sortable=False)
        if text:
            with Card(), Details(say("batches.setup.file")):
                Tag("pre", classes=["b-text"], children=[text])
    return main
