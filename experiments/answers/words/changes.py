"""What differs between two scenarios, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments.answers.flatten import NAMED
from experiments.naming import choice_word, lever_name, lever_value, strategy_name
from experiments.numbers import plain_number
from experiments.report.events import event_words
from experiments.text import CATALOGUE, say
from sim.text import language

if TYPE_CHECKING:
    from experiments.answers.changes import Change, Edit

__all__ = ["change_name", "change_values", "changes_table"]

_MOST_NAMED = 3


def change_name(change: Change) -> str:
    """Name a change: what it is about."""
    if not change.about:
        return _edit_name(change.edits[-1])
    if change.about == ["several"]:
        return _several(change.edits)
    if change.about[0] in NAMED and len(change.about) == 2:
        whole = [name for name in _whole(change.edits) if name]
        if whole:
            more = len(whole) - _MOST_NAMED
            named = ", ".join(whole[:_MOST_NAMED])
            return say("answers.change.and_more", names=named, count=more) if more > 0 else named
        return say("answers.change.all_of", name=change.about[1])
    if len(change.about) == 1 and CATALOGUE.has(f"answers.family.{change.about[0]}"):
        return say(f"answers.family.{change.about[0]}")
    if change.about[0] == "mechanisms":
        return say("answers.change.mechanism", name=_spaced(change.about[-1]))
    return " · ".join(_spaced(part) for part in change.about)


def change_values(change: Change) -> tuple[str, str]:
    """Give what it is before and after."""
    if len(change.edits) == 1:
        return _edit_values(change.edits[0])
    plain = {_lever_key(edit.key) for edit in change.edits}
    if len(plain) == 1:
        start = next((edit for edit in change.edits if edit.key[0] == "firm"), None)
        course = next((edit for edit in change.edits if edit.key[0] == "schedule"), None)
        sides = []
        for side in ("before", "after"):
            parts = [] if start is None else [_value(start.key, getattr(start, side))]
            moves = None if course is None else getattr(course, side)
            sides.append(
                say("answers.and").join([*parts, *([_course(course.key, moves)] if course and moves else [])]) or "–"
            )
        return sides[0], sides[1]
    tables = [edit for edit in change.edits if edit.key[0] in NAMED]
    if tables and all(edit.before is None for edit in change.edits):
        return "–", say("answers.change.there")
    if tables and all(edit.after is None for edit in change.edits):
        return say("answers.change.there"), "–"
    return "", say("answers.change.values", count=len(change.edits))


def changes_table(changes: Sequence[Change]) -> tuple[tuple[str, str, str], ...]:
    """Give a row for each change: its name, and what it is before and after."""
    return tuple((change_name(change), *change_values(change)) for change in changes)


def _lever_key(key: Sequence[str]) -> tuple[str, ...]:
    return ("firm", key[1], "levers", *key[2:]) if key[0] == "schedule" else tuple(key)


def _edit_name(edit: Edit) -> str:
    key = _lever_key(edit.key)
    if key[0] == "event":
        return event_words(_short_event(edit.after or edit.before))
    if key[0] == "firm" and key[2] == "levers":
        if key[3] == "causes":
            stance = say("event.says" if key[5] == "proclaimed" else "event.does", cause=key[4])
            return say("answers.change.of", name=key[1], what=stance)
        return say("answers.change.of", name=key[1], what=lever_name(key[3]))
    if key[0] in NAMED:
        return say("answers.change.of", name=key[1], what=_meaning(key) or _path(key[2:]))
    if key[0] == "mechanisms":
        mechanism = say("answers.change.mechanism", name=_spaced(key[1]))
        return mechanism if key[2:] == ("enabled",) else f"{mechanism}: {_spaced(key[-1])}"
    if key[:2] == ("population", "traits"):
        return say("answers.change.trait", name=_spaced(key[2]))
    return _meaning(key) or _path(key)


def _edit_values(edit: Edit) -> tuple[str, str]:
    if edit.key[0] == "event":
        return _event_value(edit.before, edit.after), _event_value(edit.after, edit.before)
    if edit.key[0] == "schedule":
        begin = "" if edit.start is None else _value(edit.key, edit.start)
        courses = [_course(edit.key, side) if side else "" for side in (edit.before, edit.after)]
        sides = [say("answers.and").join(part for part in (begin, course) if part) for course in courses]
        return sides[0] or say("answers.change.unchanged"), sides[1] or say("answers.change.unchanged")
    return _value(edit.key, edit.before), _value(edit.key, edit.after)


def _short_event(event: Mapping[str, Any]) -> dict[str, Any]:
    return {key: event[key] for key in ("kind", "firm", "cause", "cohort") if event.get(key)}


def _event_value(event: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> str:
    """Say when an event is, and what of it differs from another."""
    if event is None:
        return "–"
    parts = [say("claims.week", week=event["week"])]
    for key, value in event.items():
        if key not in ("kind", "firm", "cause", "cohort", "week") and (
            key == "severity" or (other or event).get(key) != value
        ):
            parts.append(f"{_event_word(key)} {_value([key], value)}")
    return ", ".join(parts)


def _event_word(key: str) -> str:
    return say("answers.change.severity") if key == "severity" else _spaced(key)


def _course(key: Sequence[str], moves: Sequence[Sequence[Any]]) -> str:
    said = []
    for week, until, value in moves:
        words = {"value": _value(key, value), "week": week}
        said.append(
            say("answers.change.from", **words) if until is None else say("answers.change.while", until=until, **words)
        )
    return ", ".join(said)


def _value(key: Sequence[str], value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return say("claims.where.on" if value else "claims.where.off")
    if isinstance(value, int | float):
        return plain_number(value)
    if isinstance(value, Mapping):
        kind = str(value.get("distribution", ""))
        inner = ", ".join(f"{name} {_value([name], one)}" for name, one in value.items() if name != "distribution")
        return f"{kind}({inner})" if kind else inner
    if isinstance(value, list | tuple):
        return ", ".join(_value(key, one) for one in value)
    text = str(value)
    if key[-1] == "strategy":
        return strategy_name(text)
    if "levers" in key or key[0] == "schedule":
        return lever_value(key[-1], text)
    return choice_word(key[-1], text)


def _several(edits: Sequence[Edit]) -> str:
    names = list(dict.fromkeys(_edit_name(edit) for edit in edits))
    if len(names) <= _MOST_NAMED:
        return ", ".join(names)
    return say("answers.change.and_more", names=", ".join(names[:2]), count=len(names) - 2)


def _whole(edits: Sequence[Edit]) -> list[str]:
    """Name the tables that exist on one side only: sectors alone, or else firms, causes and cohorts."""
    found: dict[tuple[str, str], list[Edit]] = {}
    for edit in edits:
        if edit.key[0] in NAMED:
            found.setdefault((edit.key[0], edit.key[1]), []).append(edit)
    whole: dict[tuple[str, str], str] = {}
    for at, own in found.items():
        if len(own) > 1 and all(edit.before is None for edit in own):
            whole[at] = "with"
        elif len(own) > 1 and all(edit.after is None for edit in own):
            whole[at] = "without"
    outermost = next((table for table in NAMED if any(at[0] == table for at in whole)), "")
    return [
        say(f"answers.change.{how}_{table}", name=name) for (table, name), how in whole.items() if table == outermost
    ]


def _meaning(key: Sequence[str]) -> str:
    """Give what the model says of a parameter; empty where it says nothing."""
    from sim.entities import Cause, FirmSetup, Population, Sector
    from sim.network import Network
    from sim.quantities import quantities
    from sim.scenario import FigureSettings

    models: dict[str, Any] = {
        "firm": FirmSetup, "sector": Sector, "cause": Cause, "population": Population, "network": Network,
        "figures": FigureSettings,
    }  # fmt: skip
    size = 3 if key[0] in NAMED else 2
    if key[0] not in models or len(key) != size:
        return ""
    known = quantities(models[key[0]]).get(key[-1])
    if known is None:
        return ""
    text = known.meaning[language()]
    return text[:1].lower() + text[1:] if key[0] in NAMED else text


def _path(key: Sequence[str]) -> str:
    return " ".join(_spaced(part) for part in key)


def _spaced(word: str) -> str:
    return word.replace("_", " ")
