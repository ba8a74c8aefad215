"""A scenario as a flat table of values, and back: what lets parts of one be laid over another.

A key is a tuple. Elements of ``firm``, ``sector``, ``cause`` and ``cohort`` go by their names, so that nothing depends
on their order. What a schedule does to one lever of one firm is one value, and so is each event.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = ["NAMED", "NOT_THE_MARKET", "Flat", "Key", "flat_of", "matched", "scenario_of"]

Key = tuple[str, ...]
Flat = dict[Key, Any]

NAMED = ("sector", "firm", "cause", "cohort")
"""Arrays of tables whose elements have names."""
NOT_THE_MARKET = ("schema_version", "name", "title", "story", "source", "horizon", "seed")
"""What is no part of a market, or is the same in all markets that are compared."""
_WHEN = ("week", "until", "firm", "causes")
_STANCES = ("proclaimed", "conduct")


def flat_of(scenario: Scenario) -> Flat:
    """Give a scenario as a flat table. Events go by their position; see `matched`."""
    data = {key: value for key, value in scenario.as_file().items() if key not in NOT_THE_MARKET}
    data["population"] = {key: value for key, value in data["population"].items() if key != "size"}
    causes = [cause["name"] for cause in data.get("cause", ())]
    found: Flat = {}
    for key, value in data.items():
        if key in NAMED:
            for element in value:
                _walk({k: v for k, v in element.items() if k != "name"}, (key, element["name"]), found)
        elif key not in ("event", "schedule"):
            _walk(value, (key,), found)
    for firm in data["firm"]:
        for cause in causes:
            for stance in _STANCES:
                found.setdefault(("firm", firm["name"], "levers", "causes", cause, stance), 0.0)
    for change in data.get("schedule", ()):
        for lever, value in _levers(change):
            at: Key = ("schedule", str(change["firm"]), *lever)
            before: tuple[Any, ...] = found.get(at, ())
            found[at] = (*before, (change["week"], change.get("until"), value))
    for place, event in enumerate(data.get("event", ())):
        found["event", str(place)] = event
    return found


def scenario_of(flat: Mapping[Key, Any], like: Scenario) -> Scenario:
    """Make a scenario of a flat table; what is no part of the market is taken from another one.

    Raises
    ------
    ScenarioError
        The values do not go together.
    """
    from sim.documents import Document, Place
    from sim.scenario import from_document

    whole = like.as_file()
    data: dict[str, Any] = {key: whole[key] for key in NOT_THE_MARKET if key in whole}
    named: dict[str, dict[str, dict[str, Any]]] = {key: {} for key in NAMED}
    events: list[tuple[int, Any]] = []
    changes: dict[tuple[Any, ...], dict[str, Any]] = {}
    for key, value in flat.items():
        if key[0] == "event":
            events.append((int(key[1]), value))
        elif key[0] == "schedule":
            for week, until, new in value:
                _put(changes.setdefault((week, key[1], until), _change(week, key[1], until)), key[2:], new)
        elif key[0] in NAMED:
            table = named[key[0]].setdefault(key[1], {"name": key[1]})
            _put(table, key[2:], value)
        else:
            _put(data, key, value)
    data["population"]["size"] = like.population.size
    data |= {key: list(tables.values()) for key, tables in named.items()}
    data["event"] = [event for _, event in sorted(events, key=lambda one: one[0])]
    data["schedule"] = sorted(changes.values(), key=lambda change: change["week"])
    return from_document(Document(data, {(): Place(like.name or "scenario")}), like.name)


def matched(before: Flat, after: Flat) -> Flat:
    """Give `after` with its events numbered like those of `before` that they are, or that they take the place of.

    An event takes the place of one of the same kind that hits the same; the nearest in time, where there are several.
    """
    olds = {key: value for key, value in before.items() if key[0] == "event"}
    news = {key: value for key, value in after.items() if key[0] == "event"}
    numbers: dict[Key, Key] = {}
    for key, value in news.items():
        twin = next((old for old, one in olds.items() if one == value), None)
        if twin is not None:
            numbers[key] = twin
            del olds[twin]
    near = sorted(
        (abs(value["week"] - old["week"]), key, place)
        for key, value in news.items() if key not in numbers
        for place, old in olds.items() if _aim(old) == _aim(value)
    )  # fmt: skip
    for _, key, place in near:
        if key not in numbers and place in olds:
            numbers[key] = place
            del olds[place]
    fresh = 1 + max((int(key[1]) for key in before if key[0] == "event"), default=-1)
    for key in news:
        if key not in numbers:
            numbers[key] = ("event", str(fresh))
            fresh += 1
    return {numbers.get(key, key): value for key, value in after.items()}


def _aim(event: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(event.get(key) for key in ("kind", "firm", "cause", "cohort"))


def _walk(value: Any, key: Key, found: Flat) -> None:
    if isinstance(value, dict) and not isinstance(value.get("distribution"), str):
        for name, inner in value.items():
            _walk(inner, (*key, name), found)
    else:
        found[key] = value


def _levers(change: Mapping[str, Any]) -> Iterator[tuple[Key, Any]]:
    for name, value in change.items():
        if name not in _WHEN:
            yield (name,), value
    for cause, stances in (change.get("causes") or {}).items():
        for stance, value in stances.items():
            yield ("causes", cause, stance), value


def _change(week: int, firm: str, until: int | None) -> dict[str, Any]:
    return {"week": week, "firm": firm} | ({} if until is None else {"until": until})


def _put(table: dict[str, Any], path: Key, value: Any) -> None:
    for part in path[:-1]:
        table = table.setdefault(part, {})
    table[path[-1]] = value
