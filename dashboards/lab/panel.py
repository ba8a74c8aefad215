"""The levers at the side: where to start from, the common ones, a search, and all the others by group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import solara
from reacton.core import Element

from dashboards.app import session
from dashboards.app.safety import safe
from dashboards.components.basic import Select, Slider, TextField, Toggle
from dashboards.components.html import Tag, Text
from dashboards.components.layout import Details
from dashboards.components.vue import vue
from dashboards.lab import gallery, state
from dashboards.lab.levers import (
    FAMILIES,
    Lever,
    common,
    group_title,
    groups,
    label_in,
    levers_of,
    option_text,
    search,
)
from dashboards.lab.text import say
from dashboards.markets import Draft
from experiments.numbers import count
from sim.scenario import library
from sim.text import language

__all__ = ["Levers", "Widget"]

_MOST_FOUND = 12


@vue("presets.vue")
def _Presets(
    label: str, stories: list[dict[str, str]], active: str, more: str, event_pick: Callable[[str], None],
    event_more: Callable[[Any], None],
) -> None: ...  # fmt: skip


def Widget(draft: Draft, lever: Lever, label: str, baseline: Draft, *, can_leave_out: bool = True) -> Element:
    """Put what a lever is moved with; an optional one can be left out, unless that is done elsewhere."""
    value = draft.value(lever.key)
    if lever.kind in ("choice", "reference", "shape"):
        return _choice(lever, label, value)
    if lever.kind in ("switch", "table"):
        return Toggle(label, bool(value) if lever.kind == "switch" else value is not None, help=lever.help,
                      on_value=safe(lambda given: state.move(lever, given)))  # fmt: skip
    if lever.range is None:
        return Text(label)
    if lever.setting.is_optional and value is None:
        start = lever.range.low if lever.range.low > 0 else (lever.range.low + lever.range.high) / 2
        return Toggle(
            _is_set(lever, label), False, help=lever.help,
            on_value=safe(lambda _: state.move(lever, start)),
        )  # fmt: skip
    quantity = lever.setting.quantity
    if value is None:
        value = 0.0 if quantity is None or quantity.default is None else quantity.default
    reach = lever.range.including(float(value))
    before = baseline.value(lever.key) if lever.key in baseline.settings else None
    if not isinstance(before, int | float):
        before = value

    def slider() -> Element:
        return Slider(
            label, float(value), low=reach.low, high=reach.high, step=reach.step, baseline=float(before),
            log_places=reach.log_places, scale=lever.factor, unit=lever.unit,
            digits=_digits(reach.step * lever.factor, lever), help=lever.help,
            on_value=safe(lambda given: state.move(lever, given)),
            on_hold=safe(lambda given: state.move(lever, given, is_held=True)),
            on_reach=safe(lambda: state.reach(lever)),
        )  # fmt: skip

    if not lever.setting.is_optional or not can_leave_out:
        return slider()
    with Tag("div") as both:
        slider()
        Toggle(_is_set(lever, label), True, on_value=safe(lambda _: state.move(lever, None)), help=lever.help)
    return both


def _is_set(lever: Lever, label: str) -> str:
    """Name the switch of a value that can be left out."""
    return say("levers.ends") if lever.setting.path[-1] == "until" else say("levers.is_set", lever=label)


def _digits(step: float, lever: Lever) -> int:
    if lever.kind == "integer" or step >= 1:
        return 0
    return 1 if step >= 0.1 else 2 if step >= 0.01 else 3 if step >= 0.001 else 5


def _choice(lever: Lever, label: str, value: Any) -> Element:
    options = [(option, option_text(lever, option)) for option in lever.setting.options]
    if lever.kind == "reference":
        options = [(option, option) for option in lever.setting.options]
    if lever.setting.is_optional:
        options.insert(0, ("", "–"))
    return Select(
        label, "" if value is None else str(value), options,
        on_value=safe(lambda given: state.move(lever, given or None)),
    )  # fmt: skip


@solara.component
def _Common(family: str) -> Element:
    """Put the common levers of a family, and after them those that were changed."""
    draft, baseline = session.draft.value, session.baseline.value
    levers, shown = levers_of(draft), common(draft)[family]  # type: ignore[index]
    seen = {lever.key for group in common(draft).values() for lever in group}
    more = [levers[key] for key in draft.changed_keys if key in levers and key not in seen]
    more = [lever for lever in more if lever.family == family]
    with Tag("div") as main:
        if family == "you":
            names = [firm["name"] for firm in draft.laid_out["firm"]]
            Select(
                say("levers.you"), draft.you, [(name, name) for name in names],
                on_value=safe(lambda name: state.go(replace(session.draft.peek(), you=name))),
            )  # fmt: skip
        for lever in (*shown, *more):
            Widget(draft, lever, label_in(draft, lever), baseline, can_leave_out=False).key(
                f"{lever.key} {state.refused.value}"
            )
        if family == "you" and draft.value(shown[0].key) != "scripted":
            Text(say("levers.strategy_note"), "p", ["u-note"])
    return main


@solara.component
def _Others() -> Element:
    """Put a search over all levers, and a way to go through their groups."""
    words, set_words = solara.use_state("")
    group, set_group = solara.use_state("")
    with Tag("div", attributes={"role": "search"}) as main:
        TextField(
            say("levers.find"), words, placeholder=say("levers.find_hint"), on_value=set_words, live=120,
            max_length=80, kind="search",
        )  # fmt: skip
        if words.strip():
            _Found(words)
        _Groups(group, set_group)
        if group:
            _Group(group)
    return main


@solara.component
def _Found(words: str) -> Element:
    draft, baseline = session.draft.value, session.baseline.value
    found = search(draft, words)
    said = say("levers.found", count=count(len(found))) if len(found) != 1 else say("levers.found_one")
    with Tag("div") as main:
        Tag("p", classes=["u-note"], attributes={"role": "status"}, children=[said if found else say("levers.nothing")])
        for lever in found[:_MOST_FOUND]:
            Widget(draft, lever, label_in(draft, lever), baseline).key(f"found {lever.key} {state.refused.value}")
    return main


@solara.component
def _Groups(group: str, on_group: Callable[[str], None]) -> Element:
    draft = session.draft.value
    names = tuple(f"{family}/{name}" for family, of in groups(draft).items() for name in of)
    return _GroupNames(names, len(draft.settings), group if group in names else "", on_group)


@solara.component
def _GroupNames(names: tuple[str, ...], levers: int, group: str, on_group: Callable[[str], None]) -> Element:
    """Put the names of groups: drawn anew only when there are others."""
    options = [("", say("levers.all", count=count(levers)))]
    for key in names:
        family, _, name = key.partition("/")
        options.append((key, f"{say(f'family.{family}')} · {group_title(name)}"))
    return Select(say("levers.all", count=count(levers)), group, options, on_value=on_group, hide_label=True)


@solara.component
def _Group(group: str) -> Element:
    draft, baseline = session.draft.value, session.baseline.value
    family, _, name = group.partition("/")
    with Tag("div") as main:
        for lever in groups(draft).get(family, {}).get(name, ()):  # type: ignore[call-overload]
            Widget(draft, lever, lever.label, baseline).key(f"group {lever.key} {state.refused.value}")
    return main


@solara.component
def _Start() -> Element:
    return _Stories(session.draft.value.source)


@solara.component
def _Stories(active: str) -> Element:
    """Put the scenarios that are offered first: drawn anew only when another is the source."""
    by_name = {story.name: story for story in gallery.stories()}

    def pick(name: Any) -> None:
        state.start_from(Draft.of(str(name)))

    return _Presets(
        label=say("gallery.start"),
        stories=[{"name": name, "title": by_name[name].title, "text": by_name[name].text} for name in gallery.FIRST],
        active=active,
        more=say("gallery.all", count=count(len(library()))),
        event_pick=safe(pick),
        event_more=lambda *_: state.opened.set("gallery"),
    )


@solara.component
def _Story() -> Element:
    return _Told(session.draft.value.reset())


@solara.component
def _Told(draft: Draft) -> Element:
    scenario = draft.base
    text = " ".join(scenario.story.model_dump()[language()].split())
    with Details(say("page.story")) as main:
        Text(text or scenario.name, "p", ["u-note"])
        if scenario.source:
            Text(say("page.source", source=scenario.source), "p", ["u-note"])
    return main


@solara.component
def Levers() -> Element:
    """Put the levers at the side."""
    with Tag("aside", classes=["l-side"], attributes={"id": "levers", "aria-label": say("levers.open")}) as main:
        Text(say("gallery.start"), "h2", ["u-eyebrow"])
        _Start()
        _Story()
        for family in FAMILIES:
            Text(say(f"family.{family}"), "h2", ["u-eyebrow"])
            _Common(family)
        Text(say("levers.others"), "h2", ["u-eyebrow"])
        _Others()
    return main
