"""Something that happens in a market in some week: an event, a scheduled change of levers, or the entry of a firm."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

from sim.scenario import Scenario

__all__ = ["Happening", "Table", "happenings_of"]

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


@lru_cache(maxsize=256)
def _happenings_at(text_hash: str, canonical: str) -> tuple[Happening, ...]:
    data = json.loads(canonical)
    found = [Happening.of("event", _bare(event)) for event in data["event"]]
    found += [Happening.of("schedule", _bare(change)) for change in data["schedule"]]
    firms = (firm for firm in data["firm"] if firm["enters"] > 1)
    return (*found, *(Happening.of("entry", {"firm": firm["name"], "week": firm["enters"]}) for firm in firms))


def happenings_of(scenario: Scenario) -> tuple[Happening, ...]:
    """Give what happens in a scenario: events, changes, entries, each in the order of the file."""
    return _happenings_at(scenario.text_hash, scenario.canonical)


def _bare(row: Any) -> Any:
    """Leave out what is None, as a file does."""
    return {key: _bare(value) for key, value in row.items() if value is not None} if isinstance(row, dict) else row
