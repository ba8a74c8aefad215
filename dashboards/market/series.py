"""Lines over the weeks that the player's cursor runs along: attention, militants, communities, commons, sharing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboards.market.recording import AGAINST, FOR, Recording
from dashboards.market.text import say
from experiments.naming import item_name
from sim.figures import FIGURES
from sim.text import language

__all__ = ["Line", "Panel", "colour_of", "dash_of", "figure_panel", "panels"]

_COLOURS = 8
_DASHES = ("", "5 3", "1.5 3", "8 3 1.5 3")


@dataclass(frozen=True)
class Line:
    """One line: a value a week from week 1, None where there is none."""

    name: str
    colour: str
    values: tuple[float | None, ...]
    dash: str = ""


@dataclass(frozen=True)
class Panel:
    """Lines that share an axis, and how their values are written."""

    key: str
    title: str
    unit: str
    digits: int
    lines: tuple[Line, ...]
    note: str = ""
    low: float | None = 0.0
    """Where the axis begins at the latest; None: where the values do."""

    def as_data(self) -> dict[str, Any]:
        """Give plain data for the browser."""
        return {
            "key": self.key,
            "title": self.title,
            "unit": self.unit,
            "digits": self.digits,
            "note": self.note,
            "low": self.low,
            "lines": [
                {"name": line.name, "colour": line.colour, "dash": line.dash, "values": list(line.values)}
                for line in self.lines
            ],
        }


def colour_of(recording: Recording, place: int) -> str:
    """Give the colour of a supplier, as a property of the style sheet; firms by their number, the first is "you"."""
    supplier = recording.suppliers[place]
    if supplier.kind == "firm":
        return f"--firm-{supplier.firm % _COLOURS}"
    return "--m-commons" if supplier.kind == "commons" else "--m-sharing"


def dash_of(recording: Recording, place: int) -> str:
    """Give how a supplier's line is broken: those beyond the eighth firm have the colours of the first."""
    supplier = recording.suppliers[place]
    return _DASHES[(supplier.firm // _COLOURS) % len(_DASHES)] if supplier.kind == "firm" else _DASHES[1]


def panels(recording: Recording) -> list[Panel]:
    """Give what is shown beside the network: only what this market has."""
    found = [_salience(recording), _militants(recording), _communities(recording)]
    found += [_without_firms(recording), _sharing(recording), _commons(recording)]
    return [panel for panel in found if panel is not None and panel.lines]


def figure_panel(recording: Recording, key: str, title: str | None = None) -> Panel:
    """Give one figure of firms, sectors, causes, cohorts or the market over the weeks.

    Raises
    ------
    KeyError
        There is no such figure.
    """
    figure, values = FIGURES[key], recording.figures[key]
    items = recording.items[figure.scope]
    rows = values[:, None] if values.ndim == 1 else values
    lines = []
    for i, item in enumerate(items):
        if figure.scope == "firm":
            place = _place_of_firm(recording, i)
            colour, dash = colour_of(recording, place), dash_of(recording, place)
        else:
            colour, dash = f"--firm-{i % _COLOURS}", _DASHES[(i // _COLOURS) % len(_DASHES)]
        name = item_name(figure.scope, item, alone=len(items) == 1) or figure.name[language()]
        lines.append(Line(name, colour, _numbers(rows[:, i]), dash))
    return Panel(key, title or figure.name[language()], figure.unit, figure.digits, tuple(lines))


def _salience(recording: Recording) -> Panel | None:
    if not recording.causes:
        return None
    panel = figure_panel(recording, "salience", say("market.panel.salience"))
    return _with_note(panel, say("market.panel.salience_note"))


def _militants(recording: Recording) -> Panel | None:
    """Give militants for and against; by cause where there are several."""
    if not recording.causes:
        return None
    role, cause = recording.channels["role"][1:], recording.channels["cause"][1:]
    lines = []
    for c, name in enumerate(recording.causes):
        several = len(recording.causes) > 1
        on = cause == c
        for key, number, colour in (("against", AGAINST, "--m-against"), ("for", FOR, "--m-for")):
            people = ((role == number) & on).sum(axis=1) * recording.weight
            text = say(f"market.panel.{key}_cause", cause=name) if several else say(f"market.panel.{key}")
            if people.any() or not several:
                lines.append(Line(text, colour, _numbers(people), _DASHES[c % len(_DASHES)]))
    return Panel("militants", say("market.panel.militants"), "people", 0, tuple(lines))


def _communities(recording: Recording) -> Panel | None:
    """Give members of every community, a commons' among them."""
    lines = []
    for place, supplier in enumerate(recording.suppliers):
        people = (recording.channels["community"][1:] == place).sum(axis=1) * recording.weight
        if people.any():
            name, colour = supplier.name, colour_of(recording, place)
            lines.append(Line(name, colour, _numbers(people), dash_of(recording, place)))
    if not lines:
        return None
    return Panel("communities", say("market.panel.communities"), "people", 0, tuple(lines))


def _without_firms(recording: Recording) -> Panel | None:
    """Give shares of commons and sharing markets in the units of their sectors."""
    lines = []
    for place, supplier in enumerate(recording.suppliers):
        if supplier.kind != "firm":
            values = recording.figures[f"{supplier.kind}_share"][:, supplier.sector]
            lines.append(Line(supplier.name, colour_of(recording, place), _numbers(values), dash_of(recording, place)))
    return Panel("alternatives", say("market.panel.alternatives"), "share", 3, tuple(lines)) if lines else None


def _sharing(recording: Recording) -> Panel | None:
    """Give the stock of sharing markets."""
    return _of_kind(recording, "sharing", "sharing_stock", say("market.panel.sharing"))


def _commons(recording: Recording) -> Panel | None:
    """Give the quality that commons reach."""
    return _of_kind(recording, "commons", "commons_quality", say("market.panel.commons"))


def _of_kind(recording: Recording, kind: str, key: str, title: str) -> Panel | None:
    figure, lines = FIGURES[key], []
    for place, supplier in enumerate(recording.suppliers):
        if supplier.kind == kind:
            values = _numbers(recording.figures[key][:, supplier.sector])
            lines.append(Line(supplier.name, colour_of(recording, place), values, dash_of(recording, place)))
    return Panel(key, title, figure.unit, figure.digits, tuple(lines)) if lines else None


def _with_note(panel: Panel, note: str) -> Panel:
    return Panel(panel.key, panel.title, panel.unit, panel.digits, panel.lines, note, panel.low)


def _place_of_firm(recording: Recording, firm: int) -> int:
    return next(place for place, supplier in enumerate(recording.suppliers) if supplier.firm == firm)


def _numbers(values: Iterable[float] | Sequence[float]) -> tuple[float | None, ...]:
    """Give numbers with five digits, None for what is not defined."""
    return tuple(float(f"{value:.5g}") if np.isfinite(value) else None for value in values)
