"""The page of experiments: what there is and what is under way, a new one, or one of them."""

from __future__ import annotations

import importlib

import solara
from reacton.core import Element

from dashboards.batches import service
from dashboards.batches.jobs import Job
from dashboards.batches.parts.answer import Answer
from dashboards.batches.parts.composer import Composer
from dashboards.batches.parts.detail import Detail
from dashboards.batches.parts.hooks import asked_for, go, use_jobs
from dashboards.batches.parts.overview import Overview
from dashboards.batches.parts.rivals import RivalsSetup
from dashboards.batches.parts.setup import Setup
from dashboards.batches.text import say
from dashboards.components.basic import Button, Notice
from dashboards.components.html import Tag, Text
from dashboards.components.vue import vue

__all__ = ["Page", "warm_up"]

_RIVALS, _OWN = "rivals", "own"


@solara.component
def Page() -> Element:
    """Draw the page: ``?open=NAME`` one folder, ``?new=NAME`` an experiment before it is run, otherwise everything."""
    router = solara.use_router()
    jobs = use_jobs()
    opened, new = asked_for(router.search, "open"), asked_for(router.search, "new")
    with Tag("div", classes=["u-body", "b-page"]) as main:
        _Style()
        if opened:
            job = next((one for one in jobs if one.name == opened), None)
            _Where("" if job is None else job.about)
            if job is None:
                Text(say("batches.page.title"), "h1")
                Notice(say("batches.page.no_folder", name=opened), kind="warning")
            elif job.kind in ("batch", "run"):
                Detail(job, _about(jobs, job.name)).key(f"{job.kind} {job.name}")
            else:
                Answer(job).key(f"answer {job.name}")
        elif new == _RIVALS:
            _Where("")
            RivalsSetup()
        elif new == _OWN:
            _Where("")
            Composer()
        elif new:
            _Where("")
            Setup(new).key(f"new {new}")
        else:
            Overview(jobs)
    return main


@vue("parts/style.vue")
def _Style() -> None: ...


@solara.component
def _Where(about: str) -> Element:
    """Lead back: to everything, and to the experiment that an answer is about."""
    router = solara.use_router()
    with Tag("nav", classes=["b-where"], attributes={"aria-label": say("batches.page.where")}) as main:
        Button(say("batches.page.back"), on_click=lambda: go(router), kind="quiet", icon="left")
        if about:
            Button(
                say("batches.answer.experiment", name=about), on_click=lambda: go(router, open=about), kind="quiet",
                icon="left",
            )  # fmt: skip
    return main


def _about(jobs: tuple[Job, ...], name: str) -> tuple[Job, ...]:
    """Give the questions that were asked of an experiment."""
    return tuple(job for job in jobs if job.about == name)


def warm_up() -> None:
    """Import what the first visitor needs, and look at the folder of results."""
    for name in ("answers.asked", "answers.told", "batch.reading", "batch.results"):
        importlib.import_module(f"experiments.{name}")
    service.jobs().all()
