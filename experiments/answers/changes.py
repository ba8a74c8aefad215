"""What makes one scenario into another, as changes that can be made one without the other.

One lever of one firm is a change, with all that the schedule does to it; so are one event, one parameter of a
mechanism, one trait. What exists in one scenario only (a firm, a cause, a commons) is one change with all that refers
to it. Changes that only go together are made one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from experiments.answers.findings import Plain
from experiments.answers.flatten import NAMED, Flat, Key, flat_of, matched, scenario_of

if TYPE_CHECKING:
    from sim.problems import ScenarioError
    from sim.scenario import Scenario

__all__ = ["Change", "Changes", "Edit", "Grouping", "InseparableError", "changes_between", "same_market"]

Grouping = Literal["change", "firm", "family"]
"""How changes are put together: each alone; all of a firm, a sector, a mechanism; all of a kind."""


class Edit(Plain):
    """A value that differs: its key, and what it is before and after; None where there is none.

    Keys are those of `flatten`: ``["firm", "Nova", "levers", "price"]``. A schedule has lists of week, last week (or
    None) and value, and as `start` what the lever is at the start, if that is the same in both.
    """

    key: list[str]
    before: Any
    after: Any
    start: Any = None


class Change(Plain):
    """What is changed together: all its edits, and what they are about where more than one edit is put together."""

    edits: list[Edit]
    about: list[str] = Field([])

    @property
    def firms(self) -> list[str]:
        """Firms that it is about."""
        found = [edit.key[1] for edit in self.edits if edit.key[0] in ("firm", "schedule")]
        for edit in self.edits:
            if edit.key[0] == "event":
                found += [one["firm"] for one in (edit.before, edit.after) if one and one.get("firm")]
        return list(dict.fromkeys(found))


class InseparableError(ValueError):
    """The changes cannot be made one without the other; the problem says why."""

    def __init__(self, problem: ScenarioError) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Changes:
    """The changes that make `before` into `after`.

    Attributes
    ----------
    before, after
        The scenarios.
    changes
        In the order of a scenario file.
    """

    before: Scenario
    after: Scenario
    changes: tuple[Change, ...]
    _flats: tuple[Flat, Flat]

    def __len__(self) -> int:
        """Count them."""
        return len(self.changes)

    def scenario(self, made: Iterable[int]) -> Scenario:
        """Give the scenario in which some of the changes are made, by their numbers.

        With none or all of them it is the scenario itself, unaltered.

        Raises
        ------
        ScenarioError
            These changes do not go together.
        """
        chosen = set(made)
        if not chosen:
            return self.before
        if len(chosen) == len(self.changes):
            return self.after
        keys = {tuple(edit.key) for place in chosen for edit in self.changes[place].edits}
        return scenario_of(_laid(self._flats, keys), self.before)


def same_market(one: Scenario, other: Scenario) -> bool:
    """Tell whether two scenarios are the same market, whatever they are called."""
    return flat_of(one) == matched(flat_of(one), flat_of(other))


def changes_between(before: Scenario, after: Scenario, grouping: Grouping = "change") -> Changes:
    """Find what makes one scenario into another.

    Parameters
    ----------
    before, after
        Two scenarios with the same weeks, seed and number of consumers.
    grouping
        How changes are put together.

    Raises
    ------
    InseparableError
        The changes cannot be laid over the first scenario one without the other.
    """
    flats = (flat_of(before), flat_of(after))
    flats = (flats[0], matched(*flats))
    keys = [key for key in {**flats[0], **flats[1]} if flats[0].get(key, _NONE) != flats[1].get(key, _NONE)]
    groups = _joined(keys, flats)
    groups = _regrouped(groups, flats, grouping)
    groups = _separable(groups, flats, before)
    made = [Change(edits=[_edit(key, flats) for key in sorted(group, key=keys.index)]) for group in groups]
    labelled = tuple(one.model_copy(update={"about": _about(one, grouping)}) for one in made)
    return Changes(before, after, labelled, flats)


_NONE = object()


def _edit(key: Key, flats: tuple[Flat, Flat]) -> Edit:
    start = None
    if key[0] == "schedule":
        starts = [flat.get(("firm", key[1], "levers", *key[2:])) for flat in flats]
        start = starts[0] if starts[0] == starts[1] else None
    return Edit(key=list(key), before=_plain(flats[0].get(key)), after=_plain(flats[1].get(key)), start=start)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value


def _laid(flats: tuple[Flat, Flat], keys: Iterable[Key]) -> Flat:
    """Lay some values of the second table over the first."""
    found = dict(flats[0])
    for key in keys:
        if key in flats[1]:
            found[key] = flats[1][key]
        else:
            found.pop(key, None)
    return found


def _joined(keys: Sequence[Key], flats: tuple[Flat, Flat]) -> list[list[Key]]:
    """Put together what is one change: a lever and its schedule; a table of one side with all that refers to it."""
    prefixes = [{key[:size] for key in flat for size in range(1, len(key) + 1)} for flat in flats]
    only = {
        table: {
            key[1]
            for flat, other in zip(flats, prefixes[::-1], strict=True)
            for key in flat
            if key[0] == table and key[:2] not in other
        }
        for table in NAMED
    }
    forest = _Forest()
    for key in keys:
        forest.join(("key", *key), ("group", *_root(key, prefixes)))
        for table, name in _references(key, flats):
            if name in only.get(table, ()):
                forest.join(("key", *key), ("group", table, name))
    return forest.groups(keys)


def _root(key: Key, prefixes: Sequence[set[Key]]) -> Key:
    """Give what a key belongs to: the outermost table that one side lacks, or else the key itself."""
    if key[0] == "schedule":
        return _root(("firm", key[1], "levers", *key[2:]), prefixes)
    for size in range(1, len(key)):
        if (key[:size] in prefixes[0]) != (key[:size] in prefixes[1]):
            return key[:size]
    return key


def _references(key: Key, flats: tuple[Flat, Flat]) -> Iterator[tuple[str, str]]:
    """Give the sectors, firms, causes and cohorts that a value is about."""
    if key[0] in ("firm", "schedule"):
        yield "firm", key[1]
        if "causes" in key:
            yield "cause", key[key.index("causes") + 1]
    if key[0] in NAMED:
        yield key[0], key[1]
    for flat in flats:
        value = flat.get(key)
        if key[0] == "event" and value is not None:
            for table in ("firm", "cause", "cohort"):
                if value.get(table):
                    yield table, value[table]
        if key[0] == "firm" and key[2:] == ("sector",) and value:
            yield "sector", value
        if key[0] == "firm" and key[2:] == ("parent",) and value:
            yield "firm", value


class _Forest:
    """Things that belong together, found pair by pair."""

    def __init__(self) -> None:
        self._above: dict[Key, Key] = {}

    def _top(self, one: Key) -> Key:
        while self._above.get(one, one) != one:
            one = self._above[one]
        return one

    def join(self, one: Key, other: Key) -> None:
        """Put two things together."""
        self._above[self._top(one)] = self._top(other)

    def groups(self, keys: Sequence[Key]) -> list[list[Key]]:
        """Give the keys in groups, in their order."""
        found: dict[Key, list[Key]] = {}
        for key in keys:
            found.setdefault(self._top(("key", *key)), []).append(key)
        return list(found.values())


def _regrouped(groups: list[list[Key]], flats: tuple[Flat, Flat], grouping: Grouping) -> list[list[Key]]:
    if grouping == "change":
        return groups
    found: dict[Key, list[Key]] = {}
    for group in groups:
        found.setdefault(_family(group[0], flats, grouping), []).extend(group)
    return list(found.values())


def _family(key: Key, flats: tuple[Flat, Flat], grouping: Grouping) -> Key:
    """Give what a key is put together with: the firm, sector or mechanism it is about, or its kind."""
    if grouping == "family":
        return ("firm",) if key[0] == "schedule" else (key[0],)
    if key[0] in ("schedule", "firm"):
        return ("firm", key[1])
    if key[0] == "event":
        value = flats[1].get(key) or flats[0][key]
        return ("firm", value["firm"]) if value.get("firm") else ("event",)
    return key[:2] if key[0] in NAMED or key[0] == "mechanisms" else key[:1]


def _separable(groups: list[list[Key]], flats: tuple[Flat, Flat], like: Scenario) -> list[list[Key]]:
    """Put groups together until every one can be made, or left out, by itself.

    Raises
    ------
    InseparableError
        Something goes wrong that no two groups have to do with.
    """
    from sim.problems import ScenarioError

    while True:
        for chosen in _trials(len(groups)):
            try:
                scenario_of(_laid(flats, (key for place in chosen for key in groups[place])), like)
            except ScenarioError as error:
                merged = _merged(groups, error, chosen)
                if merged is None:
                    raise InseparableError(error) from None
                groups = merged
                break
        else:
            return groups


def _trials(count: int) -> Iterator[tuple[int, ...]]:
    """Give the coalitions that are tried: one change, all but one, and two, as long as there are few."""
    everything = range(count)
    for size in (1, count - 1, 2):
        if 0 < size < count and (size != 2 or count <= 12):
            yield from combinations(everything, size)


def _merged(groups: list[list[Key]], error: ScenarioError, chosen: tuple[int, ...]) -> list[list[Key]] | None:
    """Put the groups together that a problem is about; None if that changes nothing."""
    from sim.keys import KeyFormError, split_key

    for problem in error.problems:
        try:
            parts = split_key(problem.key)[0]
        except KeyFormError:
            continue
        for size in (2, 1):
            about = _matcher(parts[:size])
            involved = [place for place, group in enumerate(groups) if any(about(key) for key in group)]
            if len(involved) > 1:
                together = [key for place in involved for key in groups[place]]
                rest = [group for place, group in enumerate(groups) if place not in involved]
                at = involved[0]
                return [*rest[:at], together, *rest[at:]]
    return None


def _matcher(parts: Key) -> Callable[[Key], bool]:
    def is_about(key: Key) -> bool:
        plain = ("firm", *key[1:]) if key[0] == "schedule" else key
        return plain[: len(parts)] == parts

    return is_about


def _about(change: Change, grouping: Grouping) -> list[str]:
    """Name what a change of several edits is about, as a key; empty where its edits say it themselves."""
    keys = [tuple(edit.key) for edit in change.edits]
    plain = [("firm", key[1], "levers", *key[2:]) if key[0] == "schedule" else key for key in keys]
    if len(set(plain)) == 1:
        return []
    names: list[Key] = [key for key in plain if key[0] in NAMED]
    tops = {key[:2] for key in names}
    whole: list[Key] = [top for top in dict.fromkeys(key[:2] for key in names) if _is_whole(top, change)]
    if whole:
        return list(sorted(whole, key=_rank)[0])
    if len(tops) == 1 and len(names) + sum(key[0] == "event" for key in plain) == len(plain):
        return list(next(iter(tops)))
    common = _common(plain)
    return list(common) if common else ["several"]


def _rank(key: Key) -> int:
    return NAMED.index(key[0])


def _is_whole(top: Key, change: Change) -> bool:
    """Whether a named table exists on one side only."""
    edits = [edit for edit in change.edits if tuple(edit.key[:2]) == top]
    return any(edit.key[2:] in (["sector"], ["values"], ["share"], ["purchase_rate"]) for edit in edits) and (
        all(edit.before is None for edit in edits) or all(edit.after is None for edit in edits)
    )


def _common(keys: Sequence[Key]) -> Key:
    found = keys[0]
    for key in keys[1:]:
        size = next(
            (n for n, (one, other) in enumerate(zip(found, key, strict=False)) if one != other),
            min(len(found), len(key)),
        )
        found = found[:size]
    return found
