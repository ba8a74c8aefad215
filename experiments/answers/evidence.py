"""The runs of an experiment as tables that methods of analysis take: points, what they stand for, and outcomes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.answers.asking import FigureError
from experiments.text import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.batch.results import BatchResults
    from experiments.claims.measures import Measure

    Floats = NDArray[np.float64]

__all__ = ["Coordinate", "Evidence", "evidence_of"]

MOST_LABELS = 60


@dataclass(frozen=True)
class Coordinate:
    """One number of a point.

    Attributes
    ----------
    name
        What it is called: the factor's name, or that of a column of its draws.
    factor
        Number of the factor.
    role
        ``lever`` or ``uncertainty``.
    labels
        Of categories, by code from 0; empty if it is a number.
    """

    name: str
    factor: int
    role: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """The points of one arm, and the runs of each.

    Attributes
    ----------
    arm
        Name of the scenario in the experiment.
    design
        Kind of the design.
    factors
        Names of all factors.
    roles
        ``lever`` or ``uncertainty``, of each.
    coordinates
        What the columns of `points` are. Those that never vary are left out.
    points
        (n, D), numbers in the factors' units, categories as codes.
    levels
        (n, F), of the design, 0 to 1; (0, F) where it has none.
    """

    arm: str
    design: str
    factors: tuple[str, ...]
    roles: tuple[str, ...]
    coordinates: tuple[Coordinate, ...]
    points: Floats
    levels: Floats
    first_point: int
    results: BatchResults

    @property
    def categories(self) -> list[int]:
        """Number of categories of each coordinate, 0 for a number."""
        return [len(one.labels) for one in self.coordinates]

    def outcomes(self, measure: Measure) -> Floats:
        """Give one number of each run, (n, R); NaN where there is none."""
        if measure.over == "end" and measure.weeks is None:
            table = self._asked(lambda: self.results.end(measure.key, measure.item))
        else:
            series = self._asked(lambda: self.results.series(measure.key, measure.item))
            runs = self.results.runs
            table = np.full((self.results.point_count, self.results.replicates), np.nan)
            table[runs.points - 1, runs.replicates] = [measure.of(row) for row in series]
        return np.asarray(table[self._rows], dtype=float)

    def weekly(self, measure: Measure) -> Floats | None:
        """Give the weeks of each run, (n, R, W); None where only ends were kept."""
        try:
            series = self.results.series(measure.key, measure.item)
        except KeyError:
            return None
        runs = self.results.runs
        table = np.full((self.results.point_count, self.results.replicates, series.shape[1]), np.nan)
        table[runs.points - 1, runs.replicates] = series
        return table[self._rows]

    @property
    def _rows(self) -> slice:
        return slice(self.first_point - 1, self.first_point - 1 + len(self.points))

    def _asked(self, ask: Any) -> Floats:
        try:
            found: Floats = ask()
        except KeyError as error:
            raise FigureError(say("answers.figure.not_kept", name=str(error.args[0]))) from None
        return found


def evidence_of(results: BatchResults) -> tuple[Evidence, ...]:
    """Read the points of an experiment, arm by arm."""
    frame = results.points()
    factors = results.factors
    settings = [json.loads(text) for (text,) in results._rows("SELECT settings FROM point ORDER BY id")]
    found = []
    first = 1
    for arm in results.arms:
        rows = np.flatnonzero((frame["arm"] == arm).to_numpy())
        columns: list[tuple[Coordinate, Floats]] = []
        for number, factor in enumerate(factors):
            if "draws" in factor.described:
                own = {key for other in factors if other is not factor for key in other.keys}
                columns += _drawn(number, factor.role, [settings[row] for row in rows], own)
            else:
                values = [frame[factor.name].iloc[row] for row in rows]
                columns.append(_column(factor.name, number, factor.role, values))
        columns = [(one, numbers) for one, numbers in columns if len(numbers) and np.ptp(numbers) > 0]
        found.append(
            Evidence(
                arm=arm,
                design=results.meta.get("design", ""),
                factors=tuple(factor.name for factor in factors),
                roles=tuple(factor.role for factor in factors),
                coordinates=tuple(one for one, _ in columns),
                points=np.stack([x for _, x in columns], axis=1) if columns else np.empty((len(rows), 0)),
                levels=results.levels(),
                first_point=first,
                results=results,
            )
        )
        first += len(rows)
    return tuple(found)


def _column(name: str, factor: int, role: str, values: Sequence[Any]) -> tuple[Coordinate, Floats]:
    """Make numbers of a factor's values: themselves, or codes of categories in the order in which they come."""
    if all(_is_number(value) for value in values):
        return Coordinate(name, factor, role), np.array([float(value) for value in values])
    labels = list(dict.fromkeys(_label(value) for value in values))
    place = {label: code for code, label in enumerate(labels)}
    shown = tuple(label if len(label) <= MOST_LABELS else f"{label[: MOST_LABELS - 1]}…" for label in labels)
    return Coordinate(name, factor, role, shown), np.array([float(place[_label(value)]) for value in values])


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and value == value


def _label(value: Any) -> str:
    if value is None or value != value:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _drawn(
    factor: int, role: str, settings: Sequence[Mapping[str, Any]], others: set[str]
) -> list[tuple[Coordinate, Floats]]:
    """Give the columns of an ensemble's draws, from what points set; keys that always move together are one column."""
    from experiments.settable import short_name

    keys = [key for key in (settings[0] if settings else {}) if key not in others]
    seen: dict[tuple[Any, ...], str] = {}
    for key in keys:
        seen.setdefault(tuple(one.get(key) for one in settings), key)
    names = [short_name(key) for key in seen.values()]
    return [
        _column(name if names.count(name) == 1 else key, factor, role, values)
        for name, (values, key) in zip(names, seen.items(), strict=True)
    ]
