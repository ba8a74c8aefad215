"""What opens over the Lab: gallery, saving and opening, export, which figures, events."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import solara
from reacton.core import Element

from dashboards.app import session
from dashboards.app.safety import safe
from dashboards.components.basic import Button, Download, FilePicker, Notice, Select, TextField, Toggle
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Dialog, Row
from dashboards.components.vue import vue
from dashboards.lab import export, gallery, happenings, state
from dashboards.lab.kpis import choices
from dashboards.lab.measure import LEAD
from dashboards.lab.panel import Widget
from dashboards.lab.text import say
from dashboards.markets import Draft, file_stem
from experiments.numbers import count
from sim.text import language
from sim.toml_files import LARGEST_FILE

__all__ = ["Windows"]


@vue("gallery.vue")
def _Gallery(
    stories: list[dict[str, str]], active: str, texts: dict[str, str], event_pick: Callable[[str], None]
) -> None: ...


def _close() -> None:
    state.opened.set("")


@solara.component
def _Stories() -> Element:
    def pick(name: Any) -> None:
        state.start_from(Draft.of(str(name)))
        _close()

    return _Gallery(
        stories=[
            {"name": one.name, "title": one.title, "text": one.text, "group": one.group, "searched": one.searched}
            for one in gallery.stories()
        ],
        active=session.draft.value.source,
        texts={key: say(f"gallery.{key}") for key in ("search", "hint", "none")},
        event_pick=safe(pick),
    )


@solara.component
def _Saving() -> Element:
    draft = session.draft.value
    name = draft.title_in(language())
    with Tag("div", classes=["u-stack"]) as main:
        TextField(
            say("save.name"), name, placeholder=say("save.placeholder"), live=200,
            on_value=safe(lambda title: state.go(session.draft.peek().named(title), "title")),
        )  # fmt: skip
        Text(say("save.note"), "p", ["u-note"])
        with Row():
            Download(
                say("save.file"), make=lambda: session.draft.peek().to_toml(), name=f"{file_stem(name)}.toml",
                mime="application/toml", kind="primary",
            )  # fmt: skip
    return main


@solara.component
def _Opening() -> Element:
    error, set_error = solara.use_state("")

    def take(name: str, text: str) -> None:
        from sim.problems import InputError

        try:
            draft = Draft.from_toml(text, name)
        except InputError as wrong:
            set_error("\n".join(str(problem) for problem in wrong.problems[:20]))
            return
        set_error("")
        state.start_from(draft)
        _close()
        session.tell(say("save.opened", title=draft.title_in(language())), "good")

    with Tag("div", classes=["u-stack"]) as main:
        Text(say("save.open_note"), "p", ["u-note"])
        FilePicker(say("save.choose"), accept=".toml", max_bytes=LARGEST_FILE, on_file=safe(take))
        if error:
            Notice(error, "error")
    return main


@solara.component
def _Exporting() -> Element:
    draft = session.draft.value
    stem = file_stem(draft.title_in(language()))
    is_ready = state.view.value is not None

    def numbers() -> bytes:
        worker = state.runner.peek()
        if worker is None or worker.now is None:
            return b""
        return export.numbers(worker.now, worker.before)

    with Tag("div", classes=["u-stack"]) as main:
        with Row():
            Download(say("export.csv"), make=numbers, name=f"{stem}.csv", mime="text/csv", disabled=not is_ready)
            Download(
                say("export.scenario"), make=lambda: session.draft.peek().to_toml(), name=f"{stem}.toml",
                mime="application/toml",
            )  # fmt: skip
            Download(
                say("export.report"), make=lambda: export.report(session.draft.peek(), state.choice.peek().futures),
                name=f"{stem}.html", mime="text/html",
            )  # fmt: skip
        Text(say("export.report_note"), "p", ["u-note"])
        Text(say("export.picture"), "p", ["u-note"])
        if not is_ready:
            Text(say("export.no_numbers"), "p", ["u-note"])
    return main


@solara.component
def _Figures() -> Element:
    chosen, options = state.choice.value, choices()
    with Tag("div", classes=["u-stack"]) as main:
        for place, key in enumerate(chosen.cards):

            def pick(given: str, place: int = place) -> None:
                cards = list(state.choice.peek().cards)
                cards[place] = given
                state.choose(cards=tuple(cards))

            Select(say("kpi.figure", number=place + 1), key, options, on_value=safe(pick)).key(f"card {place}")
        outcomes = [one for one in options if one[0] != LEAD]
        Select(say("kpi.outcome"), chosen.outcome, outcomes, on_value=safe(lambda key: state.choose(outcome=key)))
    return main


@solara.component
def _Adding() -> Element:
    draft = session.draft.value

    def add(kind: str) -> None:
        now = session.draft.peek()
        state.go(happenings.made(now, kind, happenings.free_week(now)))
        state.opened.set(f"edit {len(session.draft.peek().happenings) - 1}")

    with Tag("div", classes=["l-kinds"]) as main:
        for kind in happenings.KINDS:
            why_not = happenings.can_add(draft, kind)
            with Tag("div", classes=["u-kind"]).key(kind):
                Button(say(f"happening.{kind}"), on_click=safe(partial(add, kind)), icon="plus", disabled=bool(why_not))
                Text(why_not or say(f"happening.{kind}_why"), "p", ["u-note"])
    return main


@solara.component
def _Editing(place: int) -> Element:
    draft, baseline = session.draft.value, session.baseline.value
    with Tag("div", classes=["u-stack"]) as main:
        if place >= len(draft.happenings):
            return main
        one = draft.happenings[place]

        def remove() -> None:
            _close()
            state.go(session.draft.peek().without(place))

        Text(say("timeline.marker", week=count(one.week), words=happenings.words(one)), "p", ["u-sub"])
        Toggle(
            say("timeline.on"), one.is_on,
            on_value=safe(lambda is_on: state.go(session.draft.peek().switched(place, is_on))),
        )  # fmt: skip
        for lever in happenings.fields_of(draft, place):
            # What a change sets is not left out of it: the change is removed, or switched off.
            is_set = lever.setting.path[0] != "schedule" or lever.setting.path[-1] == "until"
            Widget(draft, lever, lever.bare_label, baseline, can_leave_out=is_set).key(
                f"{lever.key} {state.refused.value}"
            )
        with Row():
            Button(say("timeline.remove"), on_click=safe(remove), icon="trash", kind="danger")
            Button(say("timeline.done"), on_click=_close, kind="primary")
    return main


@solara.component
def Windows() -> Element:
    """Put the window that is open, if one is."""
    opened = state.opened.value
    word, _, number = opened.partition(" ")
    titles = {
        "gallery": "gallery.title", "save": "save.title", "open": "page.open_file", "export": "export.title",
        "figures": "kpi.choose", "add": "timeline.add", "edit": "timeline.edit",
    }  # fmt: skip
    title = say(titles[word]) if word in titles else ""
    if word == "edit" and int(number) < len(session.draft.value.happenings):
        title = happenings.short(session.draft.value.happenings[int(number)])
    with Dialog(title, is_open=bool(word), on_close=_close) as main:
        match word:
            case "gallery":
                _Stories()
            case "save":
                _Saving()
            case "open":
                _Opening()
            case "export":
                _Exporting()
            case "figures":
                _Figures()
            case "add":
                _Adding()
            case "edit":
                _Editing(int(number)).key(opened)
    return main
