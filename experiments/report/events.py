"""What happens in a scenario and when, in words: events and scheduled lever changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from experiments.numbers import plain_number
from experiments.report.bilingual import Both, in_each_language
from experiments.text import CATALOGUE, say

__all__ = ["Mark", "event_words", "marks", "schedule_words"]

_NOT_LEVERS = {"week", "until", "firm"}


@dataclass(frozen=True)
class Mark:
    """One moment on the time axis of the charts."""

    number: int
    week: int
    text: Both


def marks(scenario: Mapping[str, Any]) -> list[Mark]:
    """Give events and scheduled changes of a merged scenario, numbered in order of time."""
    found = [(event["week"], partial(event_words, event)) for event in scenario.get("event", ())]
    found += [(change["week"], partial(schedule_words, change)) for change in scenario.get("schedule", ())]
    found.sort(key=lambda moment: moment[0])
    return [Mark(number, week, in_each_language(words)) for number, (week, words) in enumerate(found, start=1)]


def event_words(event: Mapping[str, Any]) -> str:
    """Say what an event is, whom it hits and how hard."""
    kind = str(event.get("kind", ""))
    parts = [say(f"event.{kind}") if CATALOGUE.has(f"event.{kind}") else kind]
    parts += [str(event[name]) for name in ("firm", "sector", "cause") if event.get(name)]
    if isinstance(event.get("severity"), int | float):
        parts.append(say("event.severity", severity=plain_number(event["severity"])))
    return " · ".join(parts)


def schedule_words(change: Mapping[str, Any]) -> str:
    """Say which levers a firm changes, and to what."""
    levers = [
        say("event.lever", lever=_lever(name), value=plain_number(value))
        for name, value in change.items()
        if name not in _NOT_LEVERS and isinstance(value, int | float)
    ]
    for cause, stances in (change.get("causes") or {}).items():
        for stance, key in (("proclaimed", "event.says"), ("conduct", "event.does")):
            if stance in stances:
                levers.append(say("event.lever", lever=say(key, cause=cause), value=plain_number(stances[stance])))
    if change.get("until"):
        levers.append(say("event.until", week=change["until"]))
    return say("event.change", firm=change.get("firm", ""), levers=", ".join(levers))


def _lever(name: str) -> str:
    return say(f"lever.{name}") if CATALOGUE.has(f"lever.{name}") else name.replace("_", " ")
