"""What all findings have in common: plain data that are written as JSON and read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from experiments.claims.findings import Number

if TYPE_CHECKING:
    import numpy as np

    from experiments.analysis.intervals import Interval
    from experiments.analysis.notes import Note
    from sim.scenario import Scenario

__all__ = [
    "Findings",
    "Made",
    "Noted",
    "Number",
    "Plain",
    "Span",
    "Spans",
    "noted",
    "numbers_of",
    "span_of",
    "spans_of",
    "titles_of",
]


class Plain(BaseModel):
    """A part of findings: frozen; NaN is null in JSON, and so are infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class Span(Plain):
    """A number with its interval."""

    value: Number
    low: Number
    high: Number

    @property
    def is_clear(self) -> bool:
        """Whether the interval excludes 0."""
        return self.low > 0 or self.high < 0


class Spans(Plain):
    """Numbers with their intervals, such as one a week."""

    value: list[Number]
    low: list[Number]
    high: list[Number]


class Noted(Plain):
    """A doubt of `experiments.analysis.notes`, or an answer's own: what it is about in words, and its number."""

    doubt: str
    about: str = ""
    value: Number = float("nan")


class Made(Plain):
    """How findings were made.

    Attributes
    ----------
    command
        The words of the command that makes them again.
    started, seconds
        UTC, and wall time of the runs.
    versions
        Of the program and of what results depend on.
    seed, replicates, consumers, weeks
        Of the runs.
    runs, failed
        All, and those that gave no result.
    interrupted
        Whether it was stopped before all runs were made.
    """

    command: list[str]
    started: str
    seconds: float
    versions: dict[str, str]
    seed: int
    replicates: int
    consumers: int
    weeks: int
    runs: int
    failed: int = 0
    interrupted: bool = False


class Findings(Plain):
    """What an answer rests on. Each kind adds its own, and a `kind` of one word.

    Attributes
    ----------
    kind
        Key of `kinds.KINDS`.
    made
        How it was made.
    scenarios
        Every market in full, by name, with the keys of a scenario file.
    notes
        Doubts.
    """

    kind: str
    made: Made
    scenarios: dict[str, dict[str, Any]]
    notes: list[Noted] = Field([])

    def text(self) -> str:
        """Give them as JSON."""
        return self.model_dump_json(indent=1) + "\n"


def titles_of(scenarios: Mapping[str, Scenario]) -> dict[str, dict[str, str]]:
    """Give the titles, by language, of scenarios that go by their own name; a name that the user chose says more."""
    return {
        label: {"en": one.title.en, "fr": one.title.fr}
        for label, one in scenarios.items()
        if label == one.name and (one.title.en or one.title.fr)
    }


def span_of(interval: Interval, place: Any = ()) -> Span:
    """Take one number of an interval of any shape, by default the only one."""
    return Span(value=float(interval.value[place]), low=float(interval.low[place]), high=float(interval.high[place]))


def spans_of(interval: Interval) -> Spans:
    """Take a row of numbers with their intervals."""
    return Spans(value=numbers_of(interval.value), low=numbers_of(interval.low), high=numbers_of(interval.high))


def numbers_of(values: np.ndarray) -> list[float]:
    """Give a row of numbers as a list, with seven digits that count."""
    return [float(f"{value:.7g}") for value in values.tolist()]


def noted(notes: Iterable[Note], names: Mapping[int, str] | None = None) -> list[Noted]:
    """Keep notes of a method, what they are about by name; the same doubt about the same thing once."""
    found: dict[tuple[str, str], Noted] = {}
    for note in notes:
        one = Noted(doubt=str(note.doubt), about=(names or {}).get(note.about, ""), value=note.value)
        found.setdefault((one.doubt, one.about), one)
    return list(found.values())
