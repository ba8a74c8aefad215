"""What if: an event put into a future at its present week, and what it changes.

A branch is the same market under the same luck, run again from its start with one event more. Luck is addressed by
consumer, week and purpose, and nobody in a market looks ahead: up to the week of the event both futures are the same
bit for bit (a test holds it), and what differs after it is the doing of the event alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboards.market.recording import NOBODY, Bytes, Recording
from dashboards.market.text import say
from experiments.numbers import percent
from experiments.report.events import event_words
from sim.entities import Campaign, Exposure, Hardship, Listing, News, Scandal
from sim.problems import Place
from sim.quantities import Quantity, Strict, quantities
from sim.scenario import Scenario, from_document
from sim.text import language
from sim.toml_files import Document

__all__ = [
    "KINDS",
    "Branch",
    "Field",
    "changed_consumers",
    "fields",
    "first_difference",
    "injected",
    "injection_words",
    "kinds_of",
]

_EVENTS: dict[str, type[Strict]] = {
    "scandal": Scandal,
    "news": News,
    "exposure": Exposure,
    "campaign": Campaign,
    "listing": Listing,
    "hardship": Hardship,
}
KINDS = ("price_cut", "scandal", "campaign", "entry", "news", "exposure", "listing", "hardship")
"""What can be put into a future."""

_OFFERED: dict[str, dict[str, tuple[float, float, float, float]]] = {
    "scandal": {"severity": (0.05, 1, 0.05, 0.8), "revealed": (0, 1, 0.05, 1)},
    "news": {"severity": (0.05, 1, 0.05, 0.6)},
    "exposure": {"severity": (0.05, 1, 0.05, 0.6)},
    "campaign": {"weeks": (1, 52, 1, 5), "play": (0, 1, 0.05, 0.5), "reach": (0, 10, 0.5, 2)},
    "listing": {"availability": (0, 1, 0.05, 0.5)},
    "hardship": {"weeks": (1, 104, 1, 26), "severity": (0.05, 1, 0.05, 0.4)},
    "price_cut": {"cut": (0.01, 0.6, 0.01, 0.15), "weeks": (1, 104, 1, 8)},
    "entry": {"price": (0.5, 1.5, 0.01, 0.85), "quality": (0, 1, 0.01, 0.6)},
}
"""Numbers asked for, by kind of event: least, most, step, and what is offered first."""


@dataclass(frozen=True)
class Field:
    """Something that a form asks for.

    Attributes
    ----------
    key, label
        Of the value.
    options
        What can be chosen; empty: it is a number.
    low, high, step
        Bounds and step of a number.
    start
        What is offered first.
    unit
        A key of `sim.quantities.UNITS`; empty for a choice.
    """

    key: str
    label: str
    options: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    start: str | float = ""
    unit: str = ""


@dataclass(frozen=True)
class Branch:
    """A future with one event more.

    Attributes
    ----------
    number
        From 1; 0 is the untouched future.
    week
        The week at whose start the event takes place.
    kind, values
        What it is.
    scenario
        The market with it.
    """

    number: int
    week: int
    kind: str
    values: tuple[tuple[str, str | float], ...]
    scenario: Scenario


def kinds_of(scenario: Scenario) -> tuple[str, ...]:
    """Give the kinds of event that a market can meet: some need a cause."""
    return tuple(kind for kind in KINDS if scenario.causes or kind not in {"scandal", "news"})


def fields(kind: str, scenario: Scenario) -> tuple[Field, ...]:
    """Give what has to be known of an event of this kind.

    Raises
    ------
    KeyError
        There is no such kind.
    """
    found: list[Field] = []
    numbers = _OFFERED[kind]
    firms = tuple(firm.name for firm in scenario.firms if kind != "campaign" or firm.parent is None)
    if kind not in {"hardship", "news"}:
        label = say("market.inject.like") if kind == "entry" else say("market.inject.firm")
        found.append(Field("firm", label, firms, start=firms[0]))
    if kind in {"scandal", "news"}:
        causes = tuple(cause.name for cause in scenario.causes)
        found.append(Field("cause", say("market.inject.cause"), causes, start=causes[0]))
    declared: Mapping[str, Quantity] = quantities(_EVENTS[kind]) if kind in _EVENTS else {}
    for key, (low, high, step, start) in numbers.items():
        label = declared[key].meaning[language()] if key in declared else say(f"market.inject.{key}")
        unit = declared[key].unit if key in declared else "weeks" if key == "weeks" else "share"
        found.append(Field(key, label, (), low, high, step, start, unit))
    return tuple(found)


def injected(scenario: Scenario, recording: Recording, kind: str, values: Mapping[str, Any], week: int) -> Scenario:
    """Give the market with one event more, at the start of a week.

    Parameters
    ----------
    scenario
        The market of the recording.
    recording
        The untouched future: a price is cut from what it is there.
    kind
        One of `KINDS`.
    values
        By the keys of `fields`.
    week
        The week at whose start it takes place.

    Raises
    ------
    ScenarioError
        With every mistake found, such as two changes of one price in the same week.
    """
    data = scenario.as_file()
    numbers = {key: _number(values[key], bounds) for key, bounds in _OFFERED[kind].items()}
    if kind == "price_cut":
        firm = str(values["firm"])
        place = recording.firms.index(firm)
        price = float(recording.levers["price"][week - 1, place]) * (1.0 - numbers["cut"])
        until = week + int(numbers["weeks"])
        change = {"week": week, "until": until, "firm": firm, "price": round(price, 4)}
        data["schedule"] = [*data.get("schedule", ()), change]
    elif kind == "entry":
        data["firm"] = [*data["firm"], _newcomer(data, str(values["firm"]), numbers, week)]
        data["mechanisms"]["entry"]["enabled"] = True
    else:
        event: dict[str, Any] = {"kind": kind, "week": week, **numbers}
        event |= {key: str(values[key]) for key in ("firm", "cause") if key in values and _has(kind, key)}
        if "weeks" in event:
            event["weeks"] = int(event["weeks"])
        data["event"] = [*data.get("event", ()), event]
    return from_document(Document(data, {(): Place(scenario.name or "scenario")}), scenario.name)


def injection_words(branch: Branch) -> str:
    """Say in a few words what the event of a branch is."""
    values = dict(branch.values)
    if branch.kind == "price_cut":
        cut, weeks = percent(float(values["cut"]), 0), int(float(values["weeks"]))
        return say("market.inject.price_cut_words", firm=values["firm"], cut=cut, weeks=weeks)
    if branch.kind == "entry":
        name = branch.scenario.firms[-1].name
        return say("market.inject.entry_words", name=name, firm=values["firm"])
    return event_words({"kind": branch.kind, **{key: value for key, value in values.items() if key != "revealed"}})


def first_difference(untouched: Recording, branch: Recording) -> int | None:
    """Give the first week in which any consumer differs between two futures of the same people; None if none does."""
    weeks = np.flatnonzero(changed_consumers(untouched, branch).any(axis=1))
    return int(weeks[0]) if weeks.size else None


def changed_consumers(untouched: Recording, branch: Recording) -> Bytes:
    """Mark who differs between two futures of the same people: uint8 (weeks + 1, consumers), 1 or 0.

    A consumer differs in a week when its role, a supplier or its community does. Suppliers are matched by name, as the
    branch can have one more.
    """
    places = {supplier.name: place for place, supplier in enumerate(branch.suppliers)}
    into = np.full(256, NOBODY, np.uint8)
    for place, supplier in enumerate(untouched.suppliers):
        into[place] = places[supplier.name]
    differs = untouched.channels["role"] != branch.channels["role"]
    for name in ("community", *(f"supplier.{sector}" for sector in range(len(untouched.sectors)))):
        differs |= into[untouched.channels[name]] != branch.channels[name]
    return differs.astype(np.uint8)


def _has(kind: str, key: str) -> bool:
    return key in _EVENTS[kind].model_fields and not (kind == "news" and key == "firm")


def _number(value: Any, bounds: tuple[float, float, float, float]) -> float:
    low, high, _, start = bounds
    try:
        number = float(value)
    except (TypeError, ValueError):
        return float(start)
    return min(max(number, low), high) if np.isfinite(number) else float(start)


def _newcomer(data: Mapping[str, Any], like: str, numbers: Mapping[str, float], week: int) -> dict[str, Any]:
    """Give a firm like another one, that comes in a week, at a price and a quality of its own."""
    model = next(firm for firm in data["firm"] if firm["name"] == like)
    taken = {str(one["name"]).casefold() for table in ("firm", "sector") for one in data[table]}
    name, number = say("market.inject.newcomer"), 2
    while name.casefold() in taken:
        name, number = f"{say('market.inject.newcomer')} {number}", number + 1
    newcomer = {key: value for key, value in model.items() if key not in {"parent", "entry_margin"}}
    newcomer["levers"] = {**model["levers"], "price": round(model["levers"]["price"] * numbers["price"], 4)}
    return newcomer | {"name": name, "enters": week, "entry_cost": 0.0, "quality": numbers["quality"]}
