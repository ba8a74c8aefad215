"""One firm through time: its levers, its figures, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboards.market.recording import Recording
from dashboards.market.series import Line, Panel, colour_of
from dashboards.market.text import say
from experiments.naming import lever_name, lever_value, strategy_name
from experiments.numbers import figure_text
from experiments.report.events import event_words, schedule_words
from sim.figures import FIGURES
from sim.text import language

__all__ = ["GROUPS", "Lever", "Note", "firm_panels", "firm_table", "levers", "notes", "strategy_words"]

GROUPS: dict[str, tuple[str, ...]] = {
    "sales": ("share", "penetration", "repeat_rate", "price", "availability"),
    "money": ("revenue", "profit", "cash", "given_back"),
    "minds": ("quality", "belief", "satisfaction", "rating", "sincerity", "gap"),
    "openness": ("openness", "sharing", "community", "contributors", "external_share", "total_launches"),
    "militancy": ("attackers", "defenders", "boycott_size", "buycott_size", "crisis"),
}
"""Figures of a firm that are shown together."""


@dataclass(frozen=True)
class Note:
    """Something that happened to a firm, in words."""

    week: int
    text: str


@dataclass(frozen=True)
class Lever:
    """A lever of a firm: its name, its value at the start and in a week, and whether it moved until then."""

    key: str
    name: str
    start: str
    now: str
    has_moved: bool


def firm_panels(recording: Recording, firm: int, group: str) -> list[Panel]:
    """Give the figures of one group, of one firm, each on an axis of its own."""
    place = next(p for p, supplier in enumerate(recording.suppliers) if supplier.firm == firm)
    found = []
    for key in GROUPS[group]:
        figure, values = FIGURES[key], recording.figures[key][:, firm]
        if not np.isfinite(values).any():
            continue
        line = Line(
            recording.firms[firm],
            colour_of(recording, place),
            tuple(float(f"{value:.5g}") if np.isfinite(value) else None for value in values),
        )
        low = None if key in {"price", "cash", "profit"} else 0.0
        found.append(Panel(key, figure.name[language()], figure.unit, figure.digits, (line,), "", low))
    return found


def firm_table(recording: Recording, firm: int, week: int) -> list[dict[str, str]]:
    """Give every figure of a firm in one week, as text: name, value."""
    rows = []
    for figure in FIGURES.values():
        if figure.scope == "firm":
            value = float(recording.figures[figure.key][max(week, 1) - 1, firm])
            rows.append({"name": figure.name[language()], "value": figure_text(value, figure.unit, figure.digits)})
    return rows


def levers(recording: Recording, firm: int, week: int) -> list[Lever]:
    """Give the levers of a firm in one week."""
    found = []
    for key, values in recording.levers.items():
        start, now = values[0, firm], values[week, firm]
        past = values[: week + 1, firm]
        moved = bool((past != start).any())
        found.append(Lever(key, lever_name(key), _told(key, start), _told(key, now), moved))
    return found


def strategy_words(recording: Recording, firm: int) -> str:
    """Say by which strategy a firm decides."""
    name = recording.firms[firm]
    setup = next(one for one in recording.scenario.firms if one.name == name)
    return strategy_name(setup.strategy)


def notes(recording: Recording, firm: int) -> list[Note]:
    """Tell what happened to a firm: what the scenario brings, and what came of itself; in order of time."""
    name = recording.firms[firm]
    document = recording.scenario.as_file()
    found = [
        Note(event["week"], event_words(event)) for event in document.get("event", ()) if event.get("firm") == name
    ]
    found += [
        Note(change["week"], schedule_words(change))
        for change in document.get("schedule", ())
        if change["firm"] == name
    ]
    found += _of_itself(recording, firm)
    return sorted(found, key=lambda note: note.week)


def _of_itself(recording: Recording, firm: int) -> Iterator[Note]:
    of = {key: values[:, firm] for key, values in recording.figures.items() if FIGURES[key].scope == "firm"}
    entered, alive = of["entered"] > 0, of["alive"] > 0
    if entered.any() and not entered[0]:
        yield Note(int(np.argmax(entered)) + 1, say("market.firm.entered"))
    for week in np.flatnonzero(alive[:-1] & ~alive[1:]) + 2:
        yield Note(int(week), say("market.firm.bankrupt"))
    for key in ("leaks", "gaffes"):
        for week in np.flatnonzero(np.diff(of[key], prepend=0.0) > 0) + 1:
            yield Note(int(week), say(f"market.firm.{key}"))
    crisis = np.concatenate([[0.0], of["crisis"]]) > 0
    for week in np.flatnonzero(crisis[1:] & ~crisis[:-1]) + 1:
        yield Note(int(week), say("market.firm.crisis"))
    for week in np.flatnonzero(crisis[:-1] & ~crisis[1:]) + 1:
        yield Note(int(week), say("market.firm.crisis_over"))
    launched = of["customer_launches"]
    for week in np.flatnonzero(np.diff(launched, prepend=0.0) > 0) + 1:
        yield Note(int(week), say("market.firm.customer_launch"))


def _told(key: str, value: Any) -> str:
    return lever_value(key, value if isinstance(value, str) else float(value))
