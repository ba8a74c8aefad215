"""How far a job has come, and what can be done about it."""

from __future__ import annotations

from typing import Any

import solara
from reacton.core import Element

from dashboards.app.safety import safe
from dashboards.batches import exports, service
from dashboards.batches.jobs import Job
from dashboards.batches.listing import counts_text, failed_text, left_text, title_of
from dashboards.batches.text import say
from dashboards.components.basic import Button, Download, Notice, Progress
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card

__all__ = ["Status"]

_MARKS = {
    "waiting": "◌", "running": "▶", "stopping": "◼", "done": "✓", "stopped": "‖", "failed": "!", "elsewhere": "⧉",
}  # fmt: skip
_FORMS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@solara.component
def Status(job: Job, title: str = "", lead: str = "") -> Element:
    """Draw a job: its state, its progress, and buttons that stop it, go on with it, and save what it found."""
    with Card(classes=["b-status"]) as main:
        with Tag("div", classes=["b-row"], attributes={"data-job": job.name, "data-state": job.state}):
            mark = Tag("i", attributes={"aria-hidden": "true"}, children=[_MARKS[job.state]])
            Tag("span", classes=["b-chip", job.state], children=[mark, say(f"batches.state.{job.state}")])
            Text(say(f"batches.kind.{job.kind}"), "span", ["u-note"])
            Text(job.name, "span", ["u-note"])
        Text(title or title_of(job), "h1")
        if lead:
            Text(lead, "p", ["b-story"])
        said = " · ".join(text for text in (counts_text(job), failed_text(job), left_text(job)) if text)
        if job.is_active or job.state == "stopped":
            Progress(job.share, said or say(f"batches.state.{job.state}"))
        elif said:
            Text(said, "p", ["u-note"])
        if job.is_active and not job.counts.there and job.message:
            Text(job.message, "p", ["u-note"])
        if job.state == "failed":
            Notice(job.message or say("batches.status.failed"), kind="error")
        if job.state in ("waiting", "elsewhere"):
            Text(say(f"batches.status.{job.state}"), "p", ["u-note"])
        with Tag("div", classes=["b-row"]):
            _Actions(job)
    return main


def _Actions(job: Job) -> None:
    name = job.name
    jobs = service.jobs()
    if job.state in ("running", "waiting", "stopping"):
        Button(
            say("batches.do.cancel"), on_click=safe(lambda: jobs.cancel(name)), kind="danger", icon="stop",
            disabled=job.state == "stopping",
        )  # fmt: skip
    if job.can_resume:
        Button(say("batches.do.resume"), on_click=safe(lambda: jobs.resume(name)), kind="primary", icon="play")
    if job.kind == "batch" and job.counts.failed and not job.is_active:
        Button(say("batches.do.retry"), on_click=safe(lambda: jobs.resume(name, retry=True)), icon="reset")
    if not job.has_folder:
        return
    folder = jobs.shelf.folder(name)
    if job.kind == "batch" and job.counts.there:
        for form, mime in _FORMS.items():
            _save(say(f"batches.do.{form}"), lambda form=form: exports.table(folder, form), f"{name}.{form}", mime)
    if job.kind == "run":
        _save(say("batches.do.csv"), lambda: exports.summary(folder), f"{name}.csv", _FORMS["csv"])
    if job.kind == "batch" or not job.is_active:
        _save(say("batches.do.report"), lambda: exports.report(folder), f"{name}.html", "text/html")


def _save(label: str, make: Any, name: str, mime: str) -> None:
    Download(label, make=make, name=name, mime=mime)
