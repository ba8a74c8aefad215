"""Ensembles of scenarios: draws of uncertain values over one base scenario, kept in a file that runs draw from.

A calibration leaves one; any program can write one::

    kind = "userisation ensemble"
    format = 1
    scenario = "scenario.toml"  # the base: a name of the library, or a file beside this one

    [[column]]
    name = "price"
    keys = ["firm.Citadel.levers.price", "firm.Summit.levers.price"]

    [draws]
    values = [[9.8], [10.4], [9.1]]  # a row a draw, in the order of the columns
    weights = [1.0, 0.5, 0.5]  # optional
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from experiments.settable import is_fixed
from experiments.text import say
from sim.problems import Place, Problem, ScenarioError, advice
from sim.quantities import Strict

if TYPE_CHECKING:
    from sim.documents import Document
    from sim.scenario import Scenario

__all__ = ["KIND", "PACKAGED", "Column", "Ensemble", "is_ensemble", "located"]

KIND = "userisation ensemble"
PACKAGED = {"defaults": "calibration/defaults/posterior.toml"}
"""Ensembles that come with the package, by name: what the facts leave open about the defaults of the model."""
_GOLDEN = 0.6180339887498949


class _Column(Strict):
    """A value that is drawn, and the keys that take it."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    keys: list[str] = Field(min_length=1, max_length=20)


class _Draws(Strict):
    values: list[list[float | int]] = Field(min_length=1)
    weights: list[Annotated[float, Field(ge=0)]] = Field([])


class _File(Strict):
    kind: Literal["userisation ensemble"]
    format: Literal[1]
    scenario: str
    columns: list[_Column] = Field(alias="column", min_length=1)
    draws: _Draws


@dataclass(frozen=True)
class Column:
    """A value that is drawn: its name, and the keys (as for ``--set``) that take it."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Ensemble:
    """Draws over a base scenario.

    Attributes
    ----------
    scenario
        The base: name in the library, or path of a file.
    columns
        What is drawn.
    values
        One row a draw, in the order of the columns.
    weights
        How much each draw counts; empty if all count alike.
    """

    scenario: str
    columns: tuple[Column, ...]
    values: tuple[tuple[float | int, ...], ...]
    weights: tuple[float, ...] = ()

    def __len__(self) -> int:
        """Give the number of draws."""
        return len(self.values)

    @property
    def fingerprint(self) -> str:
        """Changes with what is drawn, whatever it is called and whatever it is laid over."""
        keys = [column.keys for column in self.columns]
        return hashlib.sha256(json.dumps([keys, self.values, self.weights]).encode()).hexdigest()[:16]

    @classmethod
    def read(cls, path: str | Path) -> Ensemble:
        """Read an ensemble file, or a packaged ensemble by its name.

        Raises
        ------
        ScenarioError
            With every mistake found: its place and what would be right.
        """
        from sim.documents import read, validate
        from sim.scenario import library

        path = located(path)
        if path.suffix != ".toml" and not path.exists():
            said = say("ensemble.none", advice=advice(path.name, PACKAGED))
            raise ScenarioError([Problem(Place(str(path)), "", said)])
        document = read(path)
        if document.data.get("kind") != KIND:
            raise ScenarioError([Problem(document.place(("kind",)), "", say("ensemble.other_kind", kind=KIND))])
        file = validate(document, _File)
        problems = list(_wrong_with(document, file))
        if problems:
            raise ScenarioError(sorted(problems, key=lambda problem: problem.place))
        is_named = file.scenario in library()
        return cls(
            file.scenario if is_named else str(path.parent / file.scenario),
            tuple(Column(one.name, tuple(one.keys)) for one in file.columns),
            tuple(tuple(row) for row in file.draws.values),
            tuple(file.draws.weights),
        )

    def beside(self, other: Ensemble) -> Ensemble:
        """Put the draws of another ensemble beside these, row by row, over this one's base.

        Right where the two know of different parameters and neither knows of the other's: then any row of the one may
        stand beside any of the other. The longer one loses its last rows.

        Raises
        ------
        ValueError
            Both draw the same key, or one has weights.
        """
        drawn = {key for column in self.columns for key in column.keys}
        both = sorted(drawn.intersection(key for column in other.columns for key in column.keys))
        if both:
            raise ValueError(f"both ensembles draw {', '.join(both)}")
        if self.weights or other.weights:
            raise ValueError("ensembles with weights cannot be put side by side")
        values = tuple(one + two for one, two in zip(self.values, other.values, strict=False))
        return Ensemble(self.scenario, self.columns + other.columns, values)

    def text(self, scenario: str | None = None) -> str:
        """Write it as a file; `scenario` names the base there, if not as here."""
        lines = [f"kind = {json.dumps(KIND)}", "format = 1", f"scenario = {_quoted(scenario or self.scenario)}"]
        for column in self.columns:
            keys = ", ".join(_quoted(key) for key in column.keys)
            lines += ["", "[[column]]", f"name = {_quoted(column.name)}", f"keys = [{keys}]"]
        lines += ["", "[draws]", "values = ["]
        lines += [f"  [{', '.join(repr(value) for value in row)}]," for row in self.values]
        lines += ["]"]
        if self.weights:
            lines += [f"weights = [{', '.join(repr(weight) for weight in self.weights)}]"]
        return "\n".join(lines) + "\n"

    def row(self, replicate: int) -> int:
        """Give the draw that a replicate takes: one after the other, or as often as weights say.

        With weights, replicates go through their cumulative sum in steps of the golden ratio: every stretch of
        replicates has each draw about as often as it should.
        """
        if not self.weights:
            return replicate % len(self)
        level = (0.5 + replicate * _GOLDEN) % 1.0 * sum(self.weights)
        for place, weight in enumerate(self.weights):
            level -= weight
            if level < 0:
                return place
        return max(place for place, weight in enumerate(self.weights) if weight > 0)

    def settings(self, row: int) -> dict[str, float | int]:
        """Give the values of all keys in one draw."""
        pairs = zip(self.columns, self.values[row], strict=True)
        return {key: value for column, value in pairs for key in column.keys}

    def draw(self, count: int, seed: int) -> list[dict[str, float | int]]:
        """Draw rows at random, by their weights: none twice where there are enough and all count alike.

        Parameters
        ----------
        count
            How many.
        seed
            Of the draw.
        """
        import numpy as np

        weights = np.array(self.weights) / sum(self.weights) if self.weights else None
        random = np.random.default_rng(seed)
        rows = random.choice(len(self), count, replace=weights is not None or count > len(self), p=weights)
        return [self.settings(int(row)) for row in rows]

    def base(self, settings: Mapping[str, object] | Sequence[str] = ()) -> Scenario:
        """Read the base scenario, with some values replaced.

        Raises
        ------
        ScenarioError
            It cannot be read.
        """
        from sim.scenario import load

        return load(self.scenario, settings)

    def scenarios(
        self, replicates: int, base: Scenario, settings: Mapping[str, object] | Sequence[str] = ()
    ) -> list[Scenario]:
        """Give the scenario of each replicate.

        Parameters
        ----------
        replicates
            How many: replicate r takes draw `row(r)`.
        base
            What draws are laid over.
        settings
            What is laid over the draws in turn: what a user asks for counts most.

        Raises
        ------
        ScenarioError
            A draw cannot be laid over the base.
        """
        from sim.scenario import changed

        made: dict[int, Scenario] = {}
        for row in {self.row(replicate) for replicate in range(replicates)}:
            drawn = changed(base, dict(self.settings(row)))
            made[row] = changed(drawn, settings) if settings else drawn
        return [made[self.row(replicate)] for replicate in range(replicates)]


def located(name: str | Path) -> Path:
    """Give the file of an ensemble: that of a packaged one by its name, unless a file is called so."""
    path = Path(name)
    if str(name) in PACKAGED and not path.exists():
        return Path(__file__).parent / PACKAGED[str(name)]
    return path


def is_ensemble(name: str) -> bool:
    """Tell whether a name on the command line is that of an ensemble: of a packaged one, or of its file."""
    import tomllib

    name = str(located(name))
    if not name.endswith(".toml"):
        return False
    try:
        return tomllib.loads(Path(name).read_text(encoding="utf-8")).get("kind") == KIND
    except (OSError, ValueError):
        return False


def _wrong_with(document: Document, file: _File) -> list[Problem]:
    def problem(at: tuple[str | int, ...], message: str, **values: Any) -> Problem:
        return Problem(document.place(at), document.key(at), say(f"ensemble.{message}", **values))

    found = []
    seen: set[str] = set()
    for place, column in enumerate(file.columns):
        for number, key in enumerate(column.keys):
            at = ("column", place, "keys", number)
            if is_fixed(key):
                found.append(problem(at, "fixed", key=key))
            if key in seen:
                found.append(problem(at, "key_twice", key=key))
            seen.add(key)
    for number, row in enumerate(file.draws.values):
        if len(row) != len(file.columns):
            found.append(
                problem(("draws", "values", number), "row", row=number + 1, given=len(row), wanted=len(file.columns))
            )
    weights = file.draws.weights
    if weights and (len(weights) != len(file.draws.values) or not sum(weights) > 0):
        found.append(problem(("draws", "weights"), "weights", wanted=len(file.draws.values)))
    return found


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
