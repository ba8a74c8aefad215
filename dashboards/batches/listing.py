"""Jobs in words, as the list on the page shows them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from dashboards.batches.jobs import Job
from dashboards.batches.text import say
from experiments.amounts import duration
from experiments.numbers import compact, count, decimal
from sim.text import language

__all__ = ["counts_text", "job_cards", "left_text", "question_of", "told_changes", "when_text"]


def job_cards(jobs: Iterable[Job]) -> list[dict[str, Any]]:
    """Give what `jobs.vue` draws."""
    return [_card(job) for job in jobs]


def _card(job: Job) -> dict[str, Any]:
    shows_message = job.state == "failed" or (job.is_active and not job.counts.there)
    return {
        "name": job.name, "title": question_of(job), "asked": _named(job),
        "state": job.state,
        "state_text": say(f"batches.state.{job.state}"), "kind_text": say(f"batches.kind.{job.kind}"),
        "when": when_text(job.started), "share": job.share, "active": job.is_active,
        "shows_bar": job.is_active or (job.state == "stopped" and job.share is not None),
        "counts_text": counts_text(job), "left_text": left_text(job), "failed_text": failed_text(job),
        "message": job.message if shows_message else "",
        "can_cancel": job.state in ("running", "waiting"), "can_resume": job.can_resume,
        "can_dismiss": not job.is_active and not job.has_folder,
    }  # fmt: skip


def _named(job: Job) -> str:
    """Name the experiment of a question, and the folder."""
    return f"{title_of(job)} · {job.name}" if job.asked else job.name


def title_of(job: Job) -> str:
    """Name a job: by its experiment, and by its folder where several are of one experiment."""
    return job.title.get(language()) or job.title.get("en") or job.name


def question_of(job: Job) -> str:
    """Give the question of a job, or the title of the experiment."""
    return job.asked.get(language()) or title_of(job)


def counts_text(job: Job) -> str:
    """Say how many runs there are."""
    if job.counts.total:
        key = "batches.list.counts" if job.kind == "batch" else "batches.list.counts_most"
        return say(key, there=count(job.counts.there), total=count(job.counts.total))
    if job.counts.there:
        return say("batches.list.counts_there", there=count(job.counts.there))
    if not job.seconds:
        return ""
    return say("batches.list.since" if job.is_active else "batches.list.took", time=duration(job.seconds))


def failed_text(job: Job) -> str:
    """Say how many runs failed."""
    return say("batches.list.failed", failed=count(job.counts.failed)) if job.counts.failed else ""


def left_text(job: Job) -> str:
    """Say how fast a job goes on, and how long the rest will take."""
    left = job.seconds_left
    if left is None:
        return ""
    rate = decimal(job.rate, 1) if job.rate < 100 else compact(job.rate)
    return say("batches.list.left", rate=rate, left=duration(max(1.0, left)))


def when_text(started: float) -> str:
    """Say when something began: today by the clock, else by the day."""
    if not started:
        return ""
    begun, now = datetime.fromtimestamp(started), datetime.fromtimestamp(time.time())
    if begun.date() == now.date():
        return say("batches.list.today", time=f"{begun:%H:%M}")
    return say("batches.list.day", day=f"{begun.day:02d}", month=f"{begun.month:02d}", year=begun.year)


def told_changes(before: Sequence[Job], after: Sequence[Job]) -> str:
    """Say for a screen reader what has become of jobs between two looks."""
    known = {job.name: job.state for job in before}
    said = [
        say("batches.list.turned", title=title_of(job), state=say(f"batches.state.{job.state}"))
        for job in after
        if job.name in known and known[job.name] != job.state
    ]
    return " ".join(said)
