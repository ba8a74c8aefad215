"""What came out of putting claims to the test: plain data that are written as JSON and read again."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, SerializerFunctionWrapHandler, model_serializer

__all__ = [
    "Ablation",
    "Answer",
    "Carried",
    "ClaimResult",
    "Claims",
    "Effect",
    "Goes",
    "Held",
    "Outcome",
    "Over",
    "PointResult",
    "Question",
    "Used",
    "Verdict",
    "packaged",
    "packaged_path",
]

Outcome = Literal["pass", "fail", "undecided"]
Found = Literal["+", "-", "0", "undecided"]
Verdict = Literal["holds", "only_if", "not_here", "undecided", "reported"]
Carried = Literal["carried", "reversed", "not_alone", "not_judged"]

Number = Annotated[float, BeforeValidator(lambda value: math.nan if value is None else value)]
"""A number that may be undefined: NaN, in JSON null."""


class Plain(BaseModel):
    """A part of the results."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class Effect(Plain):
    """A paired mean difference with its 95 % interval.

    Attributes
    ----------
    value, low, high
        The effect, in the figure's unit.
    scenario, counterfactual
        Means of the two markets (without the moderator, where there is one).
    pairs, replicates
        In how many of the replicates all the numbers are defined.
    """

    value: Number
    low: Number
    high: Number
    scenario: Number
    counterfactual: Number
    pairs: int
    replicates: int


class Question(Plain):
    """A figure that a claim is about."""

    key: str
    of: str | None
    over: str
    weeks: tuple[int, int] | None
    expected: Literal["+", "-", "0"] | None


class Answer(Plain):
    """What one figure says at one point: `least` is the smallest effect that counts there."""

    effect: Effect
    least: Number
    found: Found
    outcome: Outcome | None


class PointResult(Plain):
    """What all figures say at one point; `outcome` is None where the claim expects nothing."""

    settings: dict[str, Any]
    outcome: Outcome | None
    answers: list[Answer]


class Ablation(Plain):
    """What is left of the effects without what should carry them."""

    verdict: Carried
    answers: list[Answer]


class Held(Plain):
    """In how many draws something holds, of those in which it is defined, with the 95 % interval of the share."""

    held: int
    draws: int
    low: Number
    high: Number
    undefined: int


class Goes(Plain):
    """A parameter that an effect goes with: place of the figure, name, rank correlation over the draws."""

    figure: int
    parameter: str
    correlation: Number


class Used(Plain):
    """An ensemble over which claims were tried: name of its file, and what tells it from others."""

    name: str
    fingerprint: str


class Over(Plain):
    """How often a claim holds over the draws of an ensemble.

    Attributes
    ----------
    ensemble
        The ensemble.
    draws, futures
        How many draws were taken, and how many runs of each market with each of them.
    drawn, kept, partly, missing
        Keys that take the draw in some market; that keep what all markets of the comparison state, or some of them;
        that some of these markets do not have.
    points
        Of each point, in how many draws all figures go as expected; None where the claim expects nothing. Empty where
        nothing is drawn.
    figures
        The same of each figure at the scenario's own values.
    everywhere
        In how many draws they do so at all points; None without a region.
    carried
        In how many of the draws in which the claim holds at its own values the effects vanish without what should
        carry them; None where that is not tried.
    goes
        The parameter that an effect at the scenario's own values goes with most; None if that may be chance.
    """

    ensemble: Used
    draws: int
    futures: int
    drawn: list[str]
    kept: list[str]
    partly: list[str]
    missing: list[str]
    points: list[Held | None]
    figures: list[Held | None]
    everywhere: Held | None
    carried: Held | None
    goes: Goes | None


class ClaimResult(Plain):
    """Everything that was found about one claim.

    Attributes
    ----------
    scenario, title, claim, source, quote
        The scenario's name, its title and its claim in both languages, where the claim comes from.
    against, without, moderator, carried_by
        What was compared, as the scenario says it.
    fingerprint
        Of the claim and the scenarios: results of another one are out of date.
    points
        The first is at the scenario's own values, the others are its region.
    region
        Whether the region was tried.
    halves
        The verdicts of the first and the second half of the replicates; empty if there are too few.
    failures
        Runs that failed and were left out.
    over
        What was found over the draws of an ensemble; None without one.
    """

    scenario: str
    title: dict[str, str]
    claim: dict[str, str]
    source: str
    quote: str
    against: str | None
    without: dict[str, Any]
    moderator: dict[str, Any]
    carried_by: dict[str, Any]
    fingerprint: str
    seed: int
    replicates: int
    consumers: int
    weeks: int
    verdict: Verdict
    halves: list[Verdict]
    questions: list[Question]
    points: list[PointResult]
    region: bool
    ablation: Ablation | None
    failures: int
    over: Over | None = None

    @model_serializer(mode="wrap")
    def _without_nothing(self, give: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _less(give(self), "over")

    @property
    def is_stable(self) -> bool | None:
        """Whether each half of the replicates gives the verdict of the whole; None if there are too few."""
        return all(half == self.verdict for half in self.halves) if self.halves else None


class Claims(Plain):
    """The results of several claims.

    Attributes
    ----------
    interrupted
        Whether some that were asked for are missing.
    ensemble
        The newest ensemble over which one of them was tried; None if there was none.
    """

    kind: Literal["userisation claims"] = "userisation claims"
    format: Literal[1] = 1
    interrupted: bool = False
    ensemble: Used | None = None
    claims: list[ClaimResult]

    @model_serializer(mode="wrap")
    def _without_nothing(self, give: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return _less(give(self), "ensemble")

    @property
    def counts(self) -> Counter[str]:
        """How many claims have each verdict."""
        return Counter(one.verdict for one in self.claims)

    @property
    def stability(self) -> tuple[int, int]:
        """How many claims are stable, of how many of which it is known."""
        known = [one.is_stable for one in self.claims if one.is_stable is not None]
        return sum(known), len(known)

    def is_stale(self, result: ClaimResult) -> bool:
        """Tell whether a claim was tried over another ensemble than the newest."""
        return result.over is not None and (
            self.ensemble is None or result.over.ensemble.fingerprint != self.ensemble.fingerprint
        )

    def text(self) -> str:
        """Give it as JSON."""
        return self.model_dump_json(indent=1) + "\n"

    def with_older(self, older: Claims, names: list[str]) -> Claims:
        """Add those of an older document that are not here, in the order of some names; others are dropped.

        What was found over an ensemble stays with a claim that is the same and was now tried without one.
        """
        found = {one.scenario: one for one in older.claims}
        for one in self.claims:
            before = found.get(one.scenario)
            is_same = before is not None and before.fingerprint == one.fingerprint
            kept = before.over if is_same and before is not None and one.over is None else one.over
            found[one.scenario] = one.model_copy(update={"over": kept})
        claims = [found[name] for name in names if name in found]
        return Claims(ensemble=self.ensemble or older.ensemble, claims=claims)


def _less(data: dict[str, Any], key: str) -> dict[str, Any]:
    """Leave a key without a value out: documents without an ensemble are what they always were."""
    return {name: value for name, value in data.items() if name != key or value is not None}


def packaged_path() -> Path:
    """Give the file with the verdicts that come with the program."""
    return Path(__file__).with_name("verdicts.json")


def packaged() -> Claims:
    """Read the verdicts that come with the program."""
    path = packaged_path()
    return Claims.model_validate_json(path.read_text(encoding="utf-8")) if path.is_file() else Claims(claims=[])
