"""What is not known of the parameters, laid under claims: every arm of a claim with the draws of an ensemble.

What a scenario states, in its file, in those that it extends or in its claim, is its story and stays; what it leaves to
the defaults takes the draw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.claims.keys import is_there, states

if TYPE_CHECKING:
    from experiments.claims.arms import Arm, Point
    from experiments.ensembles import Ensemble
    from sim.problems import Problem
    from sim.scenario import Scenario

__all__ = ["Laid", "LaidArm", "Posterior", "read_posterior"]


@dataclass(frozen=True)
class Posterior:
    """Draws over which claims are tried.

    Attributes
    ----------
    name
        Of the file.
    ensemble
        The draws; its base scenario is not used.
    draws
        How many are taken; once the rows are used up they begin again.
    futures
        Runs of every market with each draw. Run n has draw n // futures and the luck of replicate n.
    """

    name: str
    ensemble: Ensemble
    draws: int
    futures: int = 1

    @property
    def runs(self) -> int:
        """Runs of every market."""
        return self.draws * self.futures

    @property
    def rows(self) -> list[int]:
        """The row of the ensemble that each run takes."""
        return [self.row_of(run) for run in range(self.runs)]

    @property
    def units(self) -> list[int]:
        """What each run is a future of, counted from 0.

        A row that comes again because there are no more is one draw with more futures; where weights say how often a
        row counts, it is as many draws.
        """
        draws = [run // self.futures for run in range(self.runs)]
        return draws if self.ensemble.weights else [draw % len(self.ensemble) for draw in draws]

    @property
    def units_count(self) -> int:
        """How many different draws there are."""
        return max(self.units) + 1

    @property
    def repeats(self) -> bool:
        """Whether rows come again because there are no more."""
        return self.draws > len(self.ensemble)

    def row_of(self, run: int) -> int:
        """Give the row of the ensemble that a run takes."""
        return self.ensemble.row(run // self.futures)

    def lay(self, point: Point) -> tuple[LaidArm, ...]:
        """Lay the draws under all markets of a point."""
        return tuple(LaidArm(arm, self.ensemble) for arm in point.arms)


@dataclass(frozen=True)
class LaidArm:
    """One market of a comparison, with the draws of an ensemble."""

    arm: Arm
    ensemble: Ensemble

    @cached_property
    def drawn(self) -> tuple[str, ...]:
        """The keys that take the draw."""
        return tuple(key for key, fate in self._fates.items() if fate == "drawn")

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """The keys that keep the value that is stated."""
        return tuple(key for key, fate in self._fates.items() if fate == "kept")

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The keys that the market does not have."""
        return tuple(key for key, fate in self._fates.items() if fate == "missing")

    @cached_property
    def key(self) -> str:
        """The same for the same market that takes the same draws: it is run once."""
        return hashlib.sha256("\n".join((self.arm.key, *self.drawn)).encode()).hexdigest()

    @cached_property
    def _fates(self) -> dict[str, str]:
        market = self.arm.scenario.as_file()
        fates = {}
        for column in self.ensemble.columns:
            for key in column.keys:
                if states(self.arm.stated, key):
                    fates[key] = "kept"
                else:
                    fates[key] = "drawn" if is_there(market, key) else "missing"
        return fates

    def scenario(self, row: int) -> Scenario:
        """Give the market with one row of the ensemble.

        Raises
        ------
        ScenarioError
            The draw cannot be laid over it.
        """
        from sim.scenario import changed

        values = self.ensemble.settings(row)
        settings = {key: values[key] for key in self.drawn}
        return changed(self.arm.scenario, settings) if settings else self.arm.scenario


@dataclass(frozen=True)
class Laid:
    """All markets of a claim with the draws of an ensemble: those of its points, and without the carrier."""

    posterior: Posterior
    points: tuple[tuple[LaidArm, ...], ...]
    ablated: tuple[LaidArm, ...] | None

    @property
    def own(self) -> tuple[LaidArm, ...]:
        """The markets at the scenario's own values."""
        return self.points[0]

    @property
    def columns(self) -> list[int]:
        """Places of the ensemble's columns that are drawn in some market at the scenario's own values."""
        drawn = {key for arm in self.own for key in arm.drawn}
        return [place for place, one in enumerate(self.posterior.ensemble.columns) if drawn.intersection(one.keys)]

    @cached_property
    def markets(self) -> dict[str, LaidArm]:
        """All of them by key, in the order in which they are run; none where the ensemble changes nothing."""
        if not self.columns:
            return {}
        points = [self.own, *([self.ablated] if self.ablated else []), *self.points[1:]]
        return {arm.key: arm for point in points for arm in point}

    def scenario_of(self, arm: LaidArm, run: int) -> Scenario:
        """Give the market of one run."""
        return arm.scenario(self.posterior.row_of(run))


def read_posterior(path: Path, draws: int, futures: int) -> Posterior:
    """Read an ensemble as the draws of claims.

    Raises
    ------
    ScenarioError
        The file is missing or wrong, its base cannot be read, does not have one of the keys, or does not take one of
        the draws.
    """
    from experiments.ensembles import Ensemble, located
    from sim.problems import ScenarioError

    posterior = Posterior(path.name, Ensemble.read(path), draws, futures)
    path = located(path)
    problems = list(_misfits(posterior, path))
    if problems:
        raise ScenarioError(problems)
    return posterior


def _misfits(posterior: Posterior, path: Path) -> Iterator[Problem]:
    """Find keys that the base does not have, then draws that it does not take; both are placed in the file."""
    from dataclasses import replace

    from experiments.text import say
    from sim.documents import read
    from sim.problems import Problem, ScenarioError
    from sim.scenario import changed

    ensemble, document = posterior.ensemble, read(path)
    base, misses = ensemble.base(), 0
    market, values = base.as_file(), ensemble.settings(0)
    for place, column in enumerate(ensemble.columns):
        for number, key in enumerate(column.keys):
            if is_there(market, key):
                continue
            misses += 1
            at = document.place(("column", place, "keys", number))
            try:
                changed(base, {key: values[key]})
            except ScenarioError as error:
                yield from (replace(problem, place=at, key=key) for problem in error.problems)
            else:
                yield Problem(at, key, say("ensemble.not_there", scenario=base.name))
    if misses:
        return
    for row in sorted(set(posterior.rows)):
        try:
            changed(base, dict(ensemble.settings(row)))
        except ScenarioError as error:
            at = document.place(("draws", "values", row))
            yield from (replace(problem, place=at) for problem in error.problems)
