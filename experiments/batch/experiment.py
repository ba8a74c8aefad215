"""An experiment: its scenarios, factors, points and runs, as they follow from its file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from experiments.batch.designs.base import UNSET, Row
from experiments.settable import present_value

if TYPE_CHECKING:
    from experiments.batch.declarations import Budget
    from experiments.batch.designs.base import Design
    from experiments.batch.factors import Factor
    from experiments.batch.recorded import Recorded
    from sim.entities import Text
    from sim.scenario import Scenario

__all__ = ["Arm", "Experiment", "Point", "Task", "model_version"]


@dataclass(frozen=True)
class Arm:
    """One scenario of an experiment: what it is called in it, and the market that factors are laid over."""

    name: str
    scenario: Scenario


@dataclass(frozen=True)
class Point:
    """One setting: its number from 1, its arm, the row of the design (from 0), and the levels and values of factors."""

    number: int
    arm: int
    row: int
    levels: tuple[float, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Task:
    """One run to be made: the point, what it sets in which arm, the replicate, and the number of its luck."""

    point: int
    arm: int
    settings: Mapping[str, Any]
    replicate: int
    luck: int


@dataclass(frozen=True)
class Experiment:
    """An experiment, checked.

    Attributes
    ----------
    name, title, story
        What it is called: the file's name, and its words.
    text
        The file as it is written.
    arms, factors, design
        What is varied over which scenarios; without a design the scenarios are run as they are.
    replicates, common
        Runs of a point, and whether replicate r has the same luck at every point.
    engine
        ``compiled`` or ``objects``.
    recorded
        What is kept of a run.
    budget
        What it may cost at most.
    """

    name: str
    title: Text
    story: Text
    text: str
    arms: tuple[Arm, ...]
    factors: tuple[Factor, ...]
    design: Design | None
    replicates: int
    common: bool
    engine: str
    recorded: Recorded
    budget: Budget

    @property
    def seed(self) -> int:
        """The seed of all luck: every arm has it."""
        return self.arms[0].scenario.seed

    @property
    def point_count(self) -> int:
        """Points, without making them."""
        rows = 1 if self.design is None else self.design.row_count(self.factors)
        return rows * len(self.arms)

    @property
    def run_count(self) -> int:
        """Runs, all together."""
        return self.point_count * self.replicates

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The points: every row of the design in each arm, one arm after the other."""
        rows = [Row((UNSET,) * len(self.factors))] if self.design is None else self.design.make_rows(self.factors)
        return tuple(
            Point(1 + arm * len(rows) + place, arm, place, row.levels, row.values)
            for arm in range(len(self.arms))
            for place, row in enumerate(rows)
        )

    def settings(self, point: Point) -> dict[str, Any]:
        """Give what a point sets, by keys of the scenario."""
        found: dict[str, Any] = {}
        for factor, value in zip(self.factors, point.values, strict=True):
            if value is not UNSET:
                found |= factor.settings(value)
        return found

    def values(self, point: Point) -> dict[str, Any]:
        """Give the values of factors at a point, by name: the scenario's own where the point sets none."""
        scenario = self.arms[point.arm].scenario
        return {
            factor.name: present_value(scenario, factor.keys[0]) if value is UNSET and factor.keys else value
            for factor, value in zip(self.factors, point.values, strict=True)
        }

    def tasks(self) -> Iterator[Task]:
        """Give all runs: the first replicate of all points, then the second.

        So an experiment that is cut short has its whole design, with fewer replicates.
        """
        settings = [self.settings(point) for point in self.points]
        for replicate in range(self.replicates):
            for point, own in zip(self.points, settings, strict=True):
                yield Task(point.number, point.arm, own, replicate, self.luck(point.number, replicate))

    def luck(self, point: int, replicate: int) -> int:
        """Give the number that, with the seed, addresses the luck of a run."""
        return replicate if self.common else (point - 1) * self.replicates + replicate

    def with_replicates(self, replicates: int) -> Experiment:
        """Give the same experiment with another number of runs a point."""
        return replace(self, replicates=replicates)

    @cached_property
    def fingerprints(self) -> dict[str, str]:
        """What must be the same for an experiment to be gone on with, by what it is called."""
        design = None if self.design is None else self.design.model_dump(mode="json")
        recorded = self.recorded
        parts = {
            "scenarios": [[arm.name, arm.scenario.text_hash] for arm in self.arms],
            "factors": [factor.describe() for factor in self.factors],
            "design": design,
            "runs": [self.common, self.engine],
            "record": [recorded.figures, recorded.series, [[name, one.text] for name, one in recorded.formulas]],
        }
        return {part: _hash(value) for part, value in parts.items()} | {"version": model_version()}


@cache
def model_version() -> str:
    """Name what runs depend on beside the experiment: this program's version, and a hash of its rules.

    It is looked up once: rules that are changed on the disk are not those that this process has loaded.
    """
    from experiments.versions import own_version
    from sim.compiling import rules_hash

    return f"{own_version()} {rules_hash()}"


def _hash(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()[:16]
