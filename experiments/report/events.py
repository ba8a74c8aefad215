"""What happens in a scenario and when, in words: events, scheduled lever changes, firms that come later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from experiments.naming import lever_name, lever_value
from experiments.numbers import percent, plain_number
from experiments.report.bilingual import Both, in_each_language
from experiments.text import CATALOGUE, say

__all__ = ["Mark", "event_words", "marks", "schedule_words"]

_NOT_LEVERS = {"week", "until", "firm", "causes"}


@dataclass(frozen=True)
class Mark:
    """One moment on the time axis of the charts."""

    number: int
    week: int
    text: Both


def marks(scenario: Mapping[str, Any]) -> list[Mark]:
    """Give what happens in a merged scenario, numbered in order of time; no week beyond its horizon."""
    found: list[tuple[int, Callable[[], str]]] = []
    found += [(firm["enters"], partial(_entry_words, firm)) for firm in scenario["firm"] if firm.get("enters", 1) > 1]
    found += [(event["week"], partial(event_words, event)) for event in scenario.get("event", ())]
    found += [(change["week"], partial(schedule_words, change)) for change in scenario.get("schedule", ())]
    found = [moment for moment in found if moment[0] <= scenario.get("horizon", moment[0])]
    found.sort(key=lambda moment: moment[0])
    return [Mark(number, week, in_each_language(words)) for number, (week, words) in enumerate(found, start=1)]


def event_words(event: Mapping[str, Any]) -> str:
    """Say what an event is, whom it hits, how hard and for how long."""
    kind = str(event.get("kind", ""))
    parts = [say(f"event.{kind}") if CATALOGUE.has(f"event.{kind}") else kind]
    parts += [str(event[name]) for name in ("firm", "sector", "cause") if event.get(name)]
    if kind == "hardship":
        parts.append(str(event.get("cohort") or say("event.everyone")))
    if isinstance(event.get("severity"), int | float):
        parts.append(say("event.severity", severity=plain_number(event["severity"])))
    if "weeks" in event:
        parts.append(_duration(event["weeks"]))
    if kind == "campaign":
        parts += _game_words(event)
    if kind == "listing":
        share = event["availability"]
        parts.append(say("event.listed", share=percent(share, 0)) if share else say("event.delisted"))
    return " · ".join(parts)


def _duration(weeks: int) -> str:
    return say("event.one_week") if weeks == 1 else say("event.weeks", weeks=weeks)


def _game_words(event: Mapping[str, Any]) -> list[str]:
    """Say what a campaign brings; what it does not is left out."""
    words = []
    if event.get("play"):
        words.append(say("event.play", play=plain_number(event["play"])))
    if event.get("reach"):
        words.append(say("event.search", times=plain_number(1 + event["reach"])))
    return words


def _entry_words(firm: Mapping[str, Any]) -> str:
    """Say that a firm may enter, and what it waits for."""
    if firm.get("entry_margin") is None:
        return say("event.enters", firm=firm["name"])
    return say("event.enters_at_margin", firm=firm["name"], margin=percent(firm["entry_margin"], 0))


def schedule_words(change: Mapping[str, Any]) -> str:
    """Say which levers a firm changes, and to what."""
    levers = [
        say("event.lever", lever=lever_name(name), value=lever_value(name, value))
        for name, value in change.items()
        if name not in _NOT_LEVERS and isinstance(value, int | float | str)
    ]
    for cause, stances in (change.get("causes") or {}).items():
        for stance, key in (("proclaimed", "event.says"), ("conduct", "event.does")):
            if stances.get(stance) is not None:
                levers.append(say("event.lever", lever=say(key, cause=cause), value=plain_number(stances[stance])))
    if change.get("until"):
        levers.append(say("event.until", week=change["until"]))
    return say("event.change", firm=change.get("firm", ""), levers=", ".join(levers))
