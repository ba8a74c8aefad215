"""A market being worked on: a scenario, what was changed in it, and what happens in it, on or off.

A `Draft` never changes; each edit gives a new one, so that undoing is keeping the old ones (`History`). It becomes a
`Scenario` that is checked like any file, a file, or a link that restores it.
"""

from __future__ import annotations

import base64
import json
import re
import tempfile
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

from dashboards.declared import Setting, settings_of, value_at
from sim.documents import Document, Place, Problem, ScenarioError, apply_settings
from sim.keys import element_position, join_key, split_key
from sim.scenario import Scenario, from_document, library, load

__all__ = ["DEFAULT", "LONGEST_LINK", "Draft", "Happening", "History", "file_stem", "problems_of", "restored"]

DEFAULT = "baseline"
"""The library's scenario that is shown first."""
LONGEST_LINK = 24_000
"""Characters of a link's query. What is longer is not made, and not read."""
MOST_HAPPENINGS = 400
MOST_CHANGES = 400
_LARGEST_UNPACKED = 400_000
_MOST_STEPS = 100

Table = Literal["event", "schedule", "entry"]


@dataclass(frozen=True)
class Happening:
    """Something that happens in some week: an event, a scheduled change of levers, or the entry of a firm.

    Attributes
    ----------
    table
        Where it stands in a scenario file; an entry stands with its firm.
    text
        Its values as canonical JSON. Of an entry: ``firm``, ``week`` and, if the draft has added the firm, ``setup``.
    is_on
        Whether it happens.
    """

    table: Table
    text: str
    is_on: bool = True

    @classmethod
    def of(cls, table: Table, data: Mapping[str, Any], is_on: bool = True) -> Happening:
        """Make one of plain values."""
        return cls(table, json.dumps(data, sort_keys=True, ensure_ascii=False, allow_nan=False), is_on)

    @property
    def data(self) -> dict[str, Any]:
        """Its values, a fresh copy."""
        found: dict[str, Any] = json.loads(self.text)
        return found

    @cached_property
    def week(self) -> int:
        """The week in which it happens, or begins."""
        return int(self.data["week"])

    @cached_property
    def kind(self) -> str:
        """The kind of an event, ``change`` or ``entry``."""
        return str(self.data["kind"]) if self.table == "event" else {"schedule": "change"}.get(self.table, "entry")

    @cached_property
    def firm(self) -> str:
        """The firm it is about; empty if none."""
        return str(self.data.get("firm") or "")

    @property
    def is_added_firm(self) -> bool:
        """Whether it brings a firm that the source does not have."""
        return self.table == "entry" and "setup" in self.data

    def moved(self, week: int) -> Happening:
        """Give it in another week, as long as before."""
        data = self.data
        if data.get("until") is not None:
            data["until"] += week - data["week"]
        data["week"] = week
        return Happening.of(self.table, data, self.is_on)


@dataclass(frozen=True, eq=False)
class Draft:
    """A market being worked on.

    Attributes
    ----------
    source
        Name of the library's scenario it began with; empty for one from a file.
    base
        The scenario it began with.
    title
        Its title by language, where the user has given one; empty: that of the base.
    changes
        Keys and values that differ from the base, in the order they were made; None stands for "left out".
    happenings
        What happens in it, what is switched off included.
    you
        The firm whose strategist works on it.
    """

    source: str
    base: Scenario
    title: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[tuple[str, Any], ...] = ()
    happenings: tuple[Happening, ...] = ()
    you: str = ""

    @classmethod
    def of(cls, name: str) -> Draft:
        """Begin with a scenario of the library.

        Raises
        ------
        ScenarioError
            There is none of this name.
        """
        if name not in library():
            load(name if re.fullmatch(r"[\w-]{1,60}", name) else "-")  # says which there are
            raise AssertionError(name)
        return _of_library(name)

    @classmethod
    def of_scenario(cls, scenario: Scenario, source: str = "") -> Draft:
        """Begin with a scenario."""
        return cls(source, scenario, {}, (), _happenings_of(scenario), _firm_it_is_about(scenario))

    @classmethod
    def from_toml(cls, text: str, file: str = "scenario.toml") -> Draft:
        """Begin with the text of a scenario file. It may extend scenarios of the library, and no other file.

        Raises
        ------
        ScenarioError
            With every mistake found, with `file` as the name of the file.
        """
        return cls.of_scenario(_read(text, Path(file).name[:80] or "scenario.toml"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Draft) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @cached_property
    def _identity(self) -> tuple[object, ...]:
        changes = json.dumps(self.changes, ensure_ascii=False)
        return (self.source, self.base.text_hash, tuple(sorted(self.title.items())), changes, self.happenings, self.you)

    # --- what it is ---------------------------------------------------------------------------------------

    @cached_property
    def scenario(self) -> Scenario:
        """The market as a scenario.

        Raises
        ------
        ScenarioError
            The changes do not go together; with every mistake found.
        """
        data = self._data()
        removed = [key for key, value in self.changes if value is None]
        given = {
            key: json.dumps(value, ensure_ascii=False) if isinstance(value, str) else value
            for key, value in self.changes
            if value is not None
        }
        for key in removed:
            _remove(data, key)
        name = self.base.name or "scenario"
        return from_document(apply_settings(Document(data, {(): Place(name)}), given), name)

    @cached_property
    def laid_out(self) -> dict[str, Any]:
        """The whole market with the keys of a scenario file, what is switched off included."""
        data = self.scenario.as_file()
        firms = {firm["name"]: firm for firm in data["firm"]}
        for one in self.happenings:
            if one.table == "entry" and one.firm in firms:
                firms[one.firm]["enters"] = one.week
        return data | {"event": self._rows("event"), "schedule": self._rows("schedule")}

    @cached_property
    def settings(self) -> Mapping[str, Setting]:
        """All that can be set in it, by key."""
        return {setting.key: setting for setting in settings_of(self.laid_out)}

    def value(self, key: str) -> Any:
        """Give the value that a key has now; None where it has none."""
        setting = self.settings.get(key)
        return None if setting is None else value_at(self.laid_out, setting.path)

    @cached_property
    def changed_keys(self) -> tuple[str, ...]:
        """Keys that differ from the base; of what happens, ``event.N`` or ``schedule.N`` and ``firm.NAME.enters``."""
        keys = [key for key, _ in self.changes]
        before = _happenings_of(self.base)
        counts = {"event": 0, "schedule": 0, "entry": 0}
        for one in self.happenings:
            place = counts[one.table]
            counts[one.table] += 1
            was = [old for old in before if old.table == one.table]
            if one not in was:
                keys.append(join_key(("firm", one.firm, "enters")) if one.table == "entry" else f"{one.table}.{place}")
        gone = sum(1 for old in before if old not in self.happenings) - (len(keys) - len(self.changes))
        return (*keys, *("event",) * max(0, gone))

    @property
    def is_changed(self) -> bool:
        """Whether its market differs from the base."""
        return bool(self.changes) or self.happenings != _happenings_of(self.base)

    @property
    def horizon(self) -> int:
        """Weeks simulated."""
        return int(dict(self.changes).get("horizon", self.base.horizon))

    def title_in(self, language: str) -> str:
        """Give its title in a language."""
        for titles in (self.title, self.base.title.model_dump()):
            if found := titles.get(language) or next((text for text in titles.values() if text), ""):
                return str(found)
        return self.base.name

    def position(self, place: int) -> str:
        """Give the key of what happens at a place of `happenings`: ``event.0``, ``schedule.2``, ``firm.Nova``."""
        one = self.happenings[place]
        if one.table == "entry":
            return join_key(("firm", one.firm))
        return f"{one.table}.{sum(1 for other in self.happenings[:place] if other.table == one.table)}"

    # --- edits --------------------------------------------------------------------------------------------

    def with_change(self, key: str, value: Any) -> Draft:
        """Give it with another value of a key; None leaves an optional value out.

        A value that the base has is no change. Nothing is checked before `scenario` is asked for.
        """
        parts = split_key(key)[0]
        if parts[0] in ("event", "schedule"):
            places = [i for i, one in enumerate(self.happenings) if one.table == parts[0]]
            place = places[int(parts[1])]
            data = self.happenings[place].data
            _put(data, parts[2:], value)
            return self.with_happening(place, Happening.of(parts[0], data, self.happenings[place].is_on))  # type: ignore[arg-type]
        if parts[0] == "firm" and len(parts) == 3 and parts[2] == "enters":
            return self._entering(parts[1], int(value))
        kept = [(k, v) for k, v in self.changes if k != key and not k.startswith(key + ".")]
        before = self.base_or_added(key)
        if value != before:
            kept.append((key, value))
        changed = replace(self, changes=tuple(kept))
        if before is not None and value is not None and not isinstance(value, dict):
            self._pass_on_settings(changed)
        return changed

    def _pass_on_settings(self, other: Draft) -> None:
        """Spare another draft with the same keys the search for them."""
        if "settings" in self.__dict__:
            other.__dict__["settings"] = self.settings

    def base_or_added(self, key: str) -> Any:
        """Give the value of a key without any change: of the base, or of a firm that was added."""
        value = _base_value(self.base, key)
        if value is None:
            parts = split_key(key)[0]
            for one in self.happenings:
                if one.is_added_firm and parts[:2] == ("firm", one.firm):
                    inside: Any = one.data["setup"]
                    for part in parts[2:]:
                        inside = inside.get(part) if isinstance(inside, dict) else None
                    return inside
        return value

    def without_change(self, key: str) -> Draft:
        """Give it with the base's value of a key, and of all keys inside of it."""
        parts = split_key(key)[0]
        if parts[0] in ("event", "schedule") or parts[-1] == "enters":
            before, place = _happenings_of(self.base), self._place_of(parts)
            if place is None:
                return self
            one = self.happenings[place]
            olds = [old for old in before if old.table == one.table]
            index = sum(1 for other in self.happenings[:place] if other.table == one.table)
            return self.with_happening(place, olds[index]) if index < len(olds) else self
        kept = tuple((k, v) for k, v in self.changes if k != key and not k.startswith(key + "."))
        return replace(self, changes=kept)

    def with_happening(self, place: int, one: Happening) -> Draft:
        """Give it with something else at a place of what happens."""
        return replace(self, happenings=(*self.happenings[:place], one, *self.happenings[place + 1 :]))

    def adding(self, one: Happening) -> Draft:
        """Give it with one more thing that happens."""
        return replace(self, happenings=(*self.happenings, one))

    def without(self, place: int) -> Draft:
        """Give it without what happens at a place; a firm that the source has stays out instead."""
        one = self.happenings[place]
        if one.table == "entry" and not one.is_added_firm:
            return self.switched(place, False)
        kept = self.happenings[:place] + self.happenings[place + 1 :]
        changes = self.changes
        if one.is_added_firm:
            changes = tuple((k, v) for k, v in changes if split_key(k)[0][:2] != ("firm", one.firm))
            kept = tuple(other for other in kept if other.firm != one.firm)
        return replace(self, happenings=kept, changes=changes)

    def switched(self, place: int, is_on: bool) -> Draft:
        """Give it with what happens at a place on or off."""
        return self.with_happening(place, replace(self.happenings[place], is_on=is_on))

    def moved(self, place: int, week: int) -> Draft:
        """Give it with what happens at a place in another week of the horizon."""
        other = self.with_happening(place, self.happenings[place].moved(max(1, min(week, self.horizon))))
        self._pass_on_settings(other)
        return other

    def named(self, title: str) -> Draft:
        """Give it with a title of the user's, the same in both languages."""
        clean = " ".join("".join(c if c.isprintable() else " " for c in title).split())[:80]
        return replace(self, title={"en": clean, "fr": clean} if clean else {})

    def reset(self) -> Draft:
        """Give it as it began."""
        return replace(self, title={}, changes=(), happenings=_happenings_of(self.base))

    # --- files and links ----------------------------------------------------------------------------------

    def to_toml(self) -> str:
        """Give it as a scenario file that needs no other; what is switched off is left out.

        Raises
        ------
        ScenarioError
            The changes do not go together.
        """
        from experiments.toml_text import toml_text

        data = self.scenario.as_file()
        if self.title:
            data["title"] = dict(self.title)
        data["name"] = file_stem(self.title_in("en"))
        return toml_text(data)

    def to_query(self) -> str:
        """Give it as the query of a link; empty where that would be longer than `LONGEST_LINK`."""
        pairs: list[tuple[str, str]] = []
        if self.source:
            pairs.append(("scenario", self.source))
        else:
            whole = self.base.model_dump(
                mode="json", by_alias=True, exclude={"extends", "claim"}, exclude_defaults=True, exclude_none=True
            )
            pairs.append(("file", _packed(whole)))
        if self.you != _firm_it_is_about(self.base):
            pairs.append(("you", self.you))
        if self.title:
            pairs.append(("title", next(iter(self.title.values()))))
        pairs += [("set", f"{key}={json.dumps(value, ensure_ascii=False)}") for key, value in self.changes]
        if self.happenings != _happenings_of(self.base):
            rows = [[one.table, one.is_on, one.data] for one in self.happenings]
            pairs.append(("events", _packed(rows)))
        query = urlencode(pairs)
        return query if len(query) <= LONGEST_LINK else ""

    @classmethod
    def from_query(cls, query: str) -> Draft:
        """Restore it from the query of a link; what makes no sense in it is left out."""
        return restored(query)[0]

    # --- inside -------------------------------------------------------------------------------------------

    def _data(self) -> dict[str, Any]:
        """Give the base's data with what happens now."""
        data, horizon = self.base.as_file(), self.horizon
        for table in ("event", "schedule"):
            data[table] = [one.data for one in self._of(table) if one.is_on and one.week <= horizon]
        for one in self._of("entry"):
            row = one.data
            if "setup" in row:
                data["firm"].append(row["setup"] | {"name": one.firm})
            for firm in data["firm"]:
                if firm["name"] == one.firm:
                    firm["enters"] = one.week if one.is_on else min(horizon + 1, 5200)
        return data

    def _of(self, table: str) -> Iterator[Happening]:
        return (one for one in self.happenings if one.table == table)

    def _rows(self, table: str) -> list[dict[str, Any]]:
        return [one.data for one in self._of(table)]

    def _place_of(self, parts: tuple[str, ...]) -> int | None:
        """Find what happens by the parts of its key."""
        table = "entry" if parts[0] == "firm" else parts[0]
        places = [i for i, one in enumerate(self.happenings) if one.table == table]
        if table == "entry":
            return next((i for i in places if self.happenings[i].firm == parts[1]), None)
        return places[int(parts[1])] if int(parts[1]) < len(places) else None

    def _entering(self, firm: str, week: int) -> Draft:
        place = self._place_of(("firm", firm))
        if place is not None:
            return self.with_happening(place, self.happenings[place].moved(week))
        return self.adding(Happening.of("entry", {"firm": firm, "week": week})) if week > 1 else self


@dataclass(frozen=True)
class History:
    """What was done, for undo and redo: the latest `_MOST_STEPS` steps.

    Attributes
    ----------
    present
        The draft as it is.
    past, future
        Drafts before it, the oldest first, and those that were undone, the next first.
    last_edit
        What the last step was about, and when: steps about the same thing within a moment are one.
    """

    present: Draft
    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()
    last_edit: tuple[str, float] = ("", float("-inf"))

    JOINED_WITHIN = 1.2  # seconds

    def go(self, draft: Draft, about: str = "", now: float = 0.0) -> History:
        """Take a step; moving one lever on and on is a single one."""
        if draft == self.present:
            return self
        is_same = bool(about) and self.last_edit[0] == about and now - self.last_edit[1] < self.JOINED_WITHIN
        past = self.past if is_same and self.past else (*self.past, self.present)[-_MOST_STEPS:]
        return History(draft, past, (), (about, now))

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self.past)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return bool(self.future)

    def undo(self) -> History:
        """Take the last step back."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future)[:_MOST_STEPS])

    def redo(self) -> History:
        """Take the step again that was undone last."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present)[-_MOST_STEPS:], self.future[1:])


def problems_of(draft: Draft) -> tuple[Problem, ...]:
    """Say what is wrong with a draft; nothing if it can be run."""
    try:
        _ = draft.scenario
    except ScenarioError as error:
        return error.problems
    return ()


def file_stem(title: str) -> str:
    """Make a name for a file of a title: plain letters, digits and lines, and nothing that leads out of a folder."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50].strip("_")
    reserved = {"con", "prn", "aux", "nul", *(f"{x}{i}" for x in ("com", "lpt") for i in range(10))}
    return f"{stem}_" if stem in reserved else stem or "scenario"


def restored(query: str) -> tuple[Draft, int]:
    """Restore a draft from the query of a link.

    Returns
    -------
    tuple
        The draft, and how many things in the link made no sense and were left out; numbers are held to their bounds.
    """
    if len(query) > LONGEST_LINK:
        return Draft.of(DEFAULT), 1
    try:
        pairs = parse_qsl(query.lstrip("?"), max_num_fields=MOST_CHANGES + 10)
    except ValueError:
        return Draft.of(DEFAULT), 1
    first = dict(reversed(pairs))
    draft, ignored = _beginning(first)
    if "events" in first:
        happenings = _unpacked_happenings(first["events"])
        changed = draft if happenings is None else replace(draft, happenings=happenings)
        if happenings is None or problems_of(changed):
            ignored += 1
        else:
            draft = changed
    if "title" in first:
        draft = draft.named(first["title"])
    for name, text in pairs:
        if name == "set":
            taken = _with_setting(draft, text)
            ignored += taken is None
            draft = draft if taken is None else taken
    if "you" in first:
        if any(firm["name"] == first["you"] for firm in draft.laid_out["firm"]):
            draft = replace(draft, you=first["you"])
        else:
            ignored += 1
    return draft, ignored


def _beginning(first: Mapping[str, str]) -> tuple[Draft, int]:
    if "file" in first:
        try:
            data = _unpacked(first["file"])
            return Draft.of_scenario(from_document(Document(data, {(): Place("link")}), "scenario")), 0
        except (ValueError, TypeError, AttributeError, KeyError):
            return Draft.of(DEFAULT), 1
    name = first.get("scenario", DEFAULT)
    return (Draft.of(name), 0) if name in library() else (Draft.of(DEFAULT), 1)


def _with_setting(draft: Draft, text: str) -> Draft | None:
    """Put one setting of a link into a draft, held to its bounds; None if that cannot be."""
    try:
        parts, rest = split_key(text)
        key, value = join_key(parts), json.loads(rest[1:])
        setting = draft.settings.get(key)
        if setting is None:
            return None
        changed = draft.with_change(key, _held(value, setting))
        return None if problems_of(changed) else changed
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return None


def _held(value: Any, setting: Setting) -> Any:
    """Hold a number to the bounds of its declaration."""
    if setting.kind not in ("number", "integer") or isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if setting.quantity is not None:
        value = min(max(value, setting.quantity.least), setting.quantity.most)
    return round(value) if setting.kind == "integer" else float(value)


def _packed(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def _unpacked(text: str) -> Any:
    """Undo `_packed`; refuse what would be too large."""
    packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(packed, _LARGEST_UNPACKED)
    except zlib.error as error:
        raise ValueError("not packed") from error
    if unpacker.unconsumed_tail:
        raise ValueError("too large")
    try:
        return json.loads(plain)
    except RecursionError as error:
        raise ValueError("too deep") from error


def _unpacked_happenings(text: str) -> tuple[Happening, ...] | None:
    try:
        found = []
        for table, is_on, data in _unpacked(text)[:MOST_HAPPENINGS]:
            if table not in ("event", "schedule", "entry") or not isinstance(data, dict):
                return None
            one = Happening.of(table, data, bool(is_on))
            _ = one.week, one.kind, one.firm
            found.append(one)
    except (ValueError, TypeError, KeyError):
        return None
    return tuple(found)


@lru_cache(maxsize=128)
def _of_library(name: str) -> Draft:
    return Draft.of_scenario(load(name), name)


@lru_cache(maxsize=256)
def _happenings_at(text_hash: str, canonical: str) -> tuple[Happening, ...]:
    data = json.loads(canonical)
    found = [Happening.of("event", _bare(event)) for event in data["event"]]
    found += [Happening.of("schedule", _bare(change)) for change in data["schedule"]]
    firms = (firm for firm in data["firm"] if firm["enters"] > 1)
    return (*found, *(Happening.of("entry", {"firm": firm["name"], "week": firm["enters"]}) for firm in firms))


def _happenings_of(scenario: Scenario) -> tuple[Happening, ...]:
    """Give what happens in a scenario: events, changes, entries, each in the order of the file."""
    return _happenings_at(scenario.text_hash, scenario.canonical)


def _bare(row: Any) -> Any:
    """Leave out what is None, as a file does."""
    return {key: _bare(value) for key, value in row.items() if value is not None} if isinstance(row, dict) else row


def _firm_it_is_about(scenario: Scenario) -> str:
    """Find the firm that a scenario is about.

    That is the first that its schedule or an event names; else the first firm, if it does what the scenario says; else
    one that its claim speaks of.
    """
    first, names = scenario.firms[0], {firm.name for firm in scenario.firms}
    named = [change.firm for change in scenario.schedule] + [getattr(event, "firm", None) for event in scenario.events]
    named += [first.name] if first.strategy == "scripted" else []
    named += [figure.of for figure in scenario.claim.figures] if scenario.claim is not None else []
    return next((name for name in named if name in names), first.name)


@lru_cache(maxsize=16)
def _plain(text_hash: str, canonical: str) -> Mapping[str, Any]:
    data: dict[str, Any] = json.loads(canonical)
    return data


def _base_value(base: Scenario, key: str) -> Any:
    """Give the value that a key has in the base, None if none."""
    data: Any = _plain(base.text_hash, base.canonical)
    for part in split_key(key)[0]:
        if isinstance(data, list):
            position = element_position(data, part)
            data = None if position is None else data[position]
        else:
            data = data.get(part) if isinstance(data, dict) else None
    return data


def _put(data: dict[str, Any], parts: tuple[str, ...], value: Any) -> None:
    for part in parts[:-1]:
        data = data.setdefault(part, {})
    if value is None:
        data.pop(parts[-1], None)
    else:
        data[parts[-1]] = value


def _remove(data: Any, key: str) -> None:
    """Leave a value out of data, if it is there."""
    parts = split_key(key)[0]
    for part in parts[:-1]:
        if isinstance(data, list):
            position = element_position(data, part)
            data = None if position is None else data[position]
        else:
            data = data.get(part) if isinstance(data, dict) else None
    if isinstance(data, dict):
        data.pop(parts[-1], None)


def _read(text: str, file: str) -> Scenario:
    """Read the text of a scenario file as a file would be read."""
    from sim.problems import advice
    from sim.text import say
    from sim.toml_files import LARGEST_FILE, parse, refusal

    content = text.encode("utf-8", "replace")
    if len(content) > LARGEST_FILE:
        raise refusal(Place(file), "document.file_too_large", limit=LARGEST_FILE // 1000)
    data, lines = parse(text.removeprefix("\ufeff"), file)
    parent = data.get("extends")
    if isinstance(parent, str) and parent not in library():
        message = say("document.no_scenario", advice=advice(parent, library()))
        raise ScenarioError([Problem(Place(file, lines.get(("extends",), 1)), "extends", message, parent[:60])])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.toml"
        path.write_bytes(content)
        try:
            scenario = load(path)
        except ScenarioError as error:
            raise ScenarioError(_of_file(problem, path, file) for problem in error.problems) from None
    return scenario.model_copy(update={"claim": None})


def _of_file(problem: Problem, path: Path, file: str) -> Problem:
    """Name the user's own file in a problem, instead of the one that was read."""
    where = problem.place.file
    is_own = where == str(path) or Path(where).name == path.name
    message = problem.message.replace(str(path), file)
    return Problem(Place(file, problem.place.line) if is_own else problem.place, problem.key, message, problem.value)
