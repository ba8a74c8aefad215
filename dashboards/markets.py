"""A market being worked on: a scenario, what was changed in it, and what happens in it, on or off.

A `Draft` never changes; each edit gives a new one, so that undoing is keeping the old ones (`history`). It becomes a
`Scenario` that is checked like any file, a file, or a link that restores it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from dashboards import set_aside as asides
from dashboards.declared import Setting, settings_of, value_at
from dashboards.happening import Happening, happenings_of
from dashboards.uploads import read
from sim.documents import Document, Place, Problem, ScenarioError, apply_settings
from sim.keys import found_at, join_key, split_key
from sim.scenario import Scenario, from_document, library, load

__all__ = ["DEFAULT", "Draft", "Happening", "file_stem", "problems_of"]

DEFAULT = "baseline"
"""The library's scenario that is shown first."""


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
    set_aside
        What was switched off in the file it began with.
    """

    source: str
    base: Scenario
    title: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[tuple[str, Any], ...] = ()
    happenings: tuple[Happening, ...] = ()
    you: str = ""
    set_aside: tuple[Happening, ...] = ()

    @classmethod
    def of(cls, name: str) -> Draft:
        """Begin with a scenario of the library.

        Raises
        ------
        ScenarioError
            There is none of this name.
        """
        if name not in _library_names():
            load(name if re.fullmatch(r"[\w-]{1,60}", name) else "-")  # says which there are
            raise AssertionError(name)
        return _of_library(name)

    @classmethod
    def of_scenario(cls, scenario: Scenario, source: str = "") -> Draft:
        """Begin with a scenario."""
        return cls(source, scenario, {}, (), happenings_of(scenario), _firm_it_is_about(scenario))

    @classmethod
    def from_toml(cls, text: str, file: str = "scenario.toml") -> Draft:
        """Begin with the text of a scenario file. It may extend scenarios of the library, and no other file.

        What `to_toml` wrote at its end as switched off is so again.

        Raises
        ------
        ScenarioError
            With every mistake found, with `file` as the name of the file.
        """
        draft = cls.of_scenario(read(text, Path(file).name[:80] or "scenario.toml"))
        kept = tuple(one for one in asides.read(text) if _could_happen(draft, one))
        firm = asides.firm_of(text)
        you = firm if any(one.name == firm for one in draft.base.firms) else draft.you
        found = replace(draft, set_aside=kept, you=you)
        return replace(found, happenings=found.beginning)

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
        before = self.beginning
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
        return bool(self.changes) or self.happenings != self.beginning

    @cached_property
    def beginning(self) -> tuple[Happening, ...]:
        """What happened in it at the beginning, what was switched off included."""
        out = {one.firm for one in self.set_aside if one.table == "entry"}
        kept = (one for one in happenings_of(self.base) if one.table != "entry" or one.firm not in out)
        return (*kept, *self.set_aside)

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
        return replace(self, title={}, changes=(), happenings=self.beginning)

    # --- files and links ----------------------------------------------------------------------------------

    def to_toml(self) -> str:
        """Give it as a scenario file that needs no other; what is switched off stands at its end, as comments.

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
        for table in ("event", "schedule"):
            if not data[table]:
                del data[table]  # an empty list would leave no room for what is written below
        off = (one for one in self.happenings if not one.is_on or (one.table != "entry" and one.week > self.horizon))
        text = toml_text(data) + asides.written(off)
        guessed = _firm_it_is_about(self.scenario.model_copy(update={"claim": None}))
        return text if guessed == self.you else asides.signed(text, self.you)

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


def _could_happen(draft: Draft, one: Happening) -> bool:
    """Tell whether what was switched off in a draft's file goes with the rest of it."""
    if one.table == "entry":
        return any(firm.name == one.firm and firm.enters > 1 for firm in draft.base.firms) and 1 < one.week <= 5200
    return not problems_of(draft.adding(replace(one.moved(min(one.week, draft.horizon)), is_on=True)))


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


@cache
def _library_names() -> frozenset[str]:
    return frozenset(library())


@lru_cache(maxsize=128)
def _of_library(name: str) -> Draft:
    return Draft.of_scenario(load(name), name)


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
    return found_at(_plain(base.text_hash, base.canonical), split_key(key)[0])


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
    table = found_at(data, parts[:-1])
    if isinstance(table, dict):
        table.pop(parts[-1], None)
