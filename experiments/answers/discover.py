"""Under which conditions does it fail? Boxes of conditions (PRIM), and rules (CART) as a second opinion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from experiments.answers.asked import Asked
from experiments.answers.findings import Findings, Made, Noted, Number, Plain, noted
from experiments.answers.sensitivity import asked_as
from experiments.text import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.analysis.discovery.boxes import Box, Scores
    from experiments.analysis.discovery.prim import Found
    from experiments.analysis.discovery.trees import Tree
    from experiments.answers.asking import Condition
    from experiments.answers.evidence import Coordinate, Evidence

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = [
    "ArmBoxes",
    "ClauseAsked",
    "DiscoverError",
    "Discovered",
    "Factor",
    "FailureBox",
    "Held",
    "Limit",
    "RuleFound",
    "discovered",
    "factors_of",
    "limits_of",
    "rules_of",
]  # fmt: skip

FEWEST = 40
_MOST_SHOWN = 1500
_DISAGREE = 0.2


class DiscoverError(ValueError):
    """The runs cannot be asked this way; the message is for the user."""


class ClauseAsked(Plain):
    """One number, and the limit that makes a failure."""

    outcome: Asked
    sign: str
    limit: float


class Factor(Plain):
    """What was varied: name, role, range over the points, and the labels of categories."""

    name: str
    role: str
    low: Number
    high: Number
    labels: tuple[str, ...] = ()


class Limit(Plain):
    """What a box asks of one factor.

    Attributes
    ----------
    factor
        Number among the factors.
    low, high
        Included; NaN where that side is open.
    allowed
        Of categories, the labels that are in; empty for numbers.
    quasi_p
        Probability that the restriction does nothing; NaN where it is not known.
    reproduced
        Share of resamples that restrict the factor again; NaN where it is not known.
    spread
        10 % and 90 % quantiles over them of the low and of the high limit: four numbers, NaN where there are none.
    """

    factor: int
    low: Number
    high: Number
    allowed: tuple[str, ...] = ()
    quasi_p: Number = float("nan")
    reproduced: Number = float("nan")
    spread: tuple[Number, ...] = ()


class Held(Plain):
    """How well a box holds the failures: shares with intervals of 95 % (Wilson)."""

    coverage: Number
    density: Number
    density_low: Number
    density_high: Number
    mass: Number
    inside: int
    cases: int


class FailureBox(Plain):
    """A box.

    Attributes
    ----------
    limits
        What it asks.
    held, held_out
        On all points, and of boxes found the same way on points that they were not shown.
    p
        Probability of that density by luck.
    is_significant
        Whether held-out points bear it out.
    trajectory
        Coverage, density and number of restrictions of each step of the search.
    chosen
        The step that the box was made from.
    """

    limits: list[Limit]
    held: Held
    held_out: Held
    p: Number
    is_significant: bool
    trajectory: list[tuple[Number, Number, int]]
    chosen: int


class RuleFound(Plain):
    """A rule of the tree: its limits, what it says (a class), and how well it holds that class."""

    limits: list[Limit]
    says: int
    held: Held


class ArmBoxes(Plain):
    """What was found in one arm.

    Attributes
    ----------
    points, failures
        Points with a number, and those that fail: in at least half of their replicates.
    share_low, share_high
        Interval of 95 % of the share of failures.
    lowest, highest
        Of the first number that was asked for.
    boxes, rules
        Empty where nothing, or everything, fails.
    accuracy, accuracy_error
        Of the rules on points held out: mean over failures and others of what is told right.
    sample, failing
        Points (at most 1,500) to be drawn, and whether each fails.
    """

    arm: str
    factors: list[Factor]
    points: int
    replicates: int
    failures: int
    share_low: Number
    share_high: Number
    lowest: Number
    highest: Number
    boxes: tuple[FailureBox, ...] = ()
    rules: tuple[RuleFound, ...] = ()
    accuracy: Number = float("nan")
    accuracy_error: Number = float("nan")
    sample: tuple[tuple[Number, ...], ...] = ()
    failing: tuple[bool, ...] = ()
    notes: tuple[Noted, ...] = ()


class Discovered(Findings):
    """Conditions of failure, arm by arm."""

    kind: Literal["discover"] = "discover"
    title: dict[str, str]
    files: dict[str, str] = Field(default_factory=dict)
    condition: str
    groups: list[list[ClauseAsked]]
    arms: list[ArmBoxes]


def discovered(
    evidence: Sequence[Evidence],
    condition: Condition,
    text: str,
    title: Mapping[str, str],
    made: Made,
    scenarios: Mapping[str, dict[str, object]],
    role: str | None = None,
    seed: int = 0,
) -> Discovered:
    """Find the conditions of failure.

    Parameters
    ----------
    evidence
        The arms of an experiment.
    condition, text
        What a failure is, and as it was written.
    title
        The experiment's, by language.
    made, scenarios
        To be kept with the findings.
    role
        Look at levers, or at uncertainties, alone.
    seed
        Of folds and resamples.

    Raises
    ------
    DiscoverError
        Too few points, or no factor that varies.
    """
    groups = [
        [ClauseAsked(outcome=asked_as(x.measure), sign=x.sign, limit=x.limit) for x in group]
        for group in condition.groups
    ]
    arms = [_arm(one, condition, role, seed) for one in evidence]
    return Discovered(
        made=made, scenarios=dict(scenarios), notes=[note for arm in arms for note in arm.notes],
        title=dict(title), condition=text, groups=groups, arms=arms,
    )  # fmt: skip


def _arm(evidence: Evidence, condition: Condition, role: str | None, seed: int) -> ArmBoxes:
    from experiments.analysis.discovery.prim import discover
    from experiments.analysis.discovery.trees import grow
    from experiments.analysis.intervals import share_interval

    chosen = [place for place, one in enumerate(evidence.coordinates) if role is None or one.role == role]
    if not chosen:
        raise DiscoverError(say("discover.no_factors" if role is None else f"discover.no_{role}", arm=evidence.arm))
    coordinates = [evidence.coordinates[place] for place in chosen]
    numbers = {measure: evidence.outcomes(measure) for measure in condition.measures}
    known = np.all([np.isfinite(one) for one in numbers.values()], axis=0)
    runs = known.sum(axis=1)
    there = runs > 0
    if there.sum() < FEWEST:
        raise DiscoverError(say("discover.few_points", given=int(there.sum()), least=FEWEST))
    share = (condition.holds(numbers) & known).sum(axis=1)[there] / runs[there]
    sought: Flags = share >= 0.5
    points = evidence.points[there][:, chosen]
    lead = next(iter(numbers.values()))[there]
    failures = int(sought.sum())
    interval = share_interval(np.array(failures), np.array(len(sought)))
    shown = np.random.default_rng(seed).permutation(len(points))[:_MOST_SHOWN]
    unsure = float(np.mean((share > 0) & (share < 1)))
    found = ArmBoxes(
        arm=evidence.arm,
        factors=factors_of(coordinates, points),
        points=len(points),
        replicates=known.shape[1],
        failures=failures,
        share_low=float(interval.low),
        share_high=float(interval.high),
        lowest=float(np.nanmin(lead)),
        highest=float(np.nanmax(lead)),
        sample=tuple(tuple(float(f"{x:.6g}") for x in row) for row in points[shown].tolist()),
        failing=tuple(sought[shown].tolist()),
        notes=(Noted(doubt="runs_disagree", value=unsure),) if unsure > _DISAGREE else (),
    )
    if failures in (0, len(points)):
        return found
    kinds = [len(one.labels) for one in coordinates]
    boxes = discover(points, sought, kinds, seed=seed)
    names = dict(enumerate(one.name for one in coordinates))
    notes = [note for box in boxes for note in noted(box.notes, names)]
    tree = grow(points, sought, kinds, seed=seed) if min(failures, len(points) - failures) >= 5 else None
    update: dict[str, object] = {
        "boxes": tuple(box_of(box, coordinates) for box in boxes),
        "notes": (*found.notes, *notes),
    }
    if tree is not None:
        update |= {
            "rules": tuple(rules_of(tree, coordinates)),
            "accuracy": tree.accuracy,
            "accuracy_error": tree.error,
        }
    return found.model_copy(update=update)


def factors_of(coordinates: Sequence[Coordinate], points: Floats) -> list[Factor]:
    """Say what the columns of points (n, D) are."""
    return [
        Factor(name=one.name, role=one.role, low=float(column.min()), high=float(column.max()), labels=one.labels)
        for one, column in zip(coordinates, points.T, strict=True)
    ]


def box_of(found: Found, coordinates: Sequence[Coordinate]) -> FailureBox:
    limits = []
    for limit, p in zip(limits_of(found.box, coordinates), found.quasi_p, strict=True):
        spread = found.limits[limit.factor].reshape(-1)
        limits.append(
            limit.model_copy(
                update={
                    "quasi_p": p,
                    "reproduced": float(found.reproduced[limit.factor]),
                    "spread": tuple(float(x) if np.isfinite(x) else float("nan") for x in spread),
                }
            )
        )
    return FailureBox(
        limits=limits,
        held=_held(found.scores),
        held_out=_held(found.held_out),
        p=found.p,
        is_significant=found.is_significant,
        trajectory=[(scores.coverage, scores.density, len(box.restrictions)) for box, scores in found.trajectory],
        chosen=found.chosen,
    )


def limits_of(box: Box, coordinates: Sequence[Coordinate]) -> list[Limit]:
    """Say what a box asks, in the factors' own units and words."""
    found = []
    for one in box.restrictions:
        labels = coordinates[one.factor].labels
        allowed = tuple(labels[code] for code in sorted(one.allowed)) if one.allowed is not None else ()
        low, high = (x if np.isfinite(x) else float("nan") for x in (one.low, one.high))
        found.append(Limit(factor=one.factor, low=float(low), high=float(high), allowed=allowed))
    return found


def rules_of(tree: Tree, coordinates: Sequence[Coordinate]) -> list[RuleFound]:
    """Keep the rules of a tree."""
    return [RuleFound(limits=limits_of(x.box, coordinates), says=x.says, held=_held(x.scores)) for x in tree.rules]


def _held(scores: Scores) -> Held:
    from experiments.analysis.intervals import share_interval

    density = share_interval(np.array(scores.cases), np.array(scores.inside))
    return Held(
        coverage=scores.coverage, density=scores.density, density_low=float(density.low),
        density_high=float(density.high), mass=scores.mass, inside=scores.inside, cases=scores.cases,
    )  # fmt: skip
