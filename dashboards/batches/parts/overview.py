"""All experiments: those under way, what was found before, and those that can be started."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara
from reacton.core import Element

from dashboards.app import session
from dashboards.app.safety import safe
from dashboards.batches import files, service
from dashboards.batches.files import MOST_BYTES, Bundle
from dashboards.batches.jobs import Job
from dashboards.batches.listing import job_cards, told_changes
from dashboards.batches.parts.hooks import go
from dashboards.batches.text import say
from dashboards.components.basic import Button, FilePicker, TextField
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Card
from dashboards.components.vue import vue
from sim.text import language

__all__ = ["JobList", "Overview", "uploaded"]

_FIRST = 12

uploaded: solara.Reactive[Bundle | None] = solara.reactive(None)
"""The files that this page was given."""


@vue("jobs.vue")
def _Jobs(
    jobs: list[dict[str, Any]], texts: dict[str, str], told: str, event_open: Callable[[str], None],
    event_cancel: Callable[[str], None], event_resume: Callable[[str], None], event_dismiss: Callable[[str], None],
) -> None: ...  # fmt: skip


@vue("gallery.vue")
def _Gallery(cards: list[dict[str, str]], event_pick: Callable[[str], None]) -> None: ...


@solara.component
def JobList(jobs: tuple[Job, ...]) -> Element:
    """List jobs; each can be opened, stopped and gone on with."""
    router = solara.use_router()
    before = solara.use_ref(jobs)
    told = told_changes(before.current, jobs)
    before.current = jobs
    known = {job.name for job in jobs}

    def on(act: Callable[[str], None]) -> Callable[[str], None]:
        return safe(lambda name: act(name) if name in known else None)

    return _Jobs(
        jobs=job_cards(jobs),
        texts={key: say(f"batches.do.{key}") for key in ("cancel", "resume", "dismiss")},
        told=told,
        event_open=on(lambda name: go(router, open=name)),
        event_cancel=on(lambda name: service.jobs().cancel(name)),
        event_resume=on(lambda name: service.jobs().resume(name)),
        event_dismiss=on(lambda name: service.jobs().dismiss(name)),
    )


@solara.component
def Overview(jobs: tuple[Job, ...]) -> Element:
    """Draw the page as it is first seen."""
    sought, set_sought = solara.use_state("")
    shows_all, set_shows_all = solara.use_state(False)
    active = tuple(job for job in jobs if job.is_active)
    rest = tuple(job for job in jobs if not job.is_active and _fits(job, sought))
    shown = rest if shows_all else rest[:_FIRST]
    with Tag("div", classes=["b-stack"]) as main:
        with Tag("header"):
            Text(say("batches.page.title"), "h1")
            Text(say("batches.page.lead"), "p", ["u-sub"])
        if active:
            Text(say("batches.page.active"), "h2", ["u-eyebrow"])
            JobList(active)
        Text(say("batches.page.new"), "h2", ["u-eyebrow"])
        _New()
        Text(say("batches.page.found"), "h2", ["u-eyebrow"])
        if len(jobs) > _FIRST:
            with Tag("div", style="max-width: 340px"):
                TextField(say("batches.page.search"), sought, on_value=set_sought, live=200, kind="search")
        if shown:
            JobList(shown)
        else:
            Text(say("batches.page.nothing_found" if sought else "batches.page.none_yet"), "p", ["u-note"])
        if len(rest) > len(shown):
            with Tag("div"):
                Button(say("batches.page.show_all", count=len(rest)), on_click=lambda: set_shows_all(True))
        Text(say("batches.page.where_kept", folder=str(service.jobs().shelf.root)), "p", ["u-note"])
    return main


def _fits(job: Job, sought: str) -> bool:
    words = f"{job.name} {' '.join((*job.title.values(), *job.asked.values()))} {job.kind}".casefold()
    return all(word in words for word in sought.casefold().split())


@solara.component
def _New() -> Element:
    router = solara.use_router()
    cards = solara.use_memo(_cards, [language()])

    def take(name: str, text: str) -> None:
        base = uploaded.value or Bundle(name, {})
        uploaded.set(Bundle(name, {}).with_file(name, text) if not base.files else base.with_file(name, text))
        session.told.set(None)
        go(router, new="upload")

    def pick(name: str) -> None:
        if any(card["name"] == name for card in cards):
            go(router, new=name)

    with Tag("div", classes=["b-new"]) as main:
        _Gallery(cards=cards, event_pick=safe(pick))
        with Card(say("batches.upload.title"), say("batches.upload.lead")):
            FilePicker(say("batches.upload.pick"), accept=".toml,.csv", max_bytes=MOST_BYTES, on_file=safe(take))
    return main


def _cards() -> list[dict[str, str]]:
    code = language()
    found = []
    for name, data in files.titles().items():
        title, story = data.get("title", {}), data.get("story", {})
        found.append(
            {
                "name": name, "title": title.get(code) or name, "story": " ".join(str(story.get(code, "")).split()),
                "facts": files.facts_of(data),
            }
        )  # fmt: skip
    found.insert(
        0,
        {
            "name": "own", "title": say("batches.compose.title"), "story": say("batches.compose.lead"),
            "facts": say("batches.compose.facts"),
        },
    )  # fmt: skip
    found.append(
        {
            "name": "rivals", "title": say("batches.rivals.title"), "story": say("batches.rivals.lead"),
            "facts": say("batches.rivals.facts"),
        }
    )  # fmt: skip
    return found
