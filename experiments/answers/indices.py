"""What an answer about sensitivity rests on: indices of factors, arm by arm."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from experiments.answers.asked import Asked
from experiments.answers.findings import Findings, Noted, Number, Plain

__all__ = ["ArmIndices", "Index", "Method", "Ranked", "Sensitivity"]

Method = Literal["morris", "sobol", "given", "emulated"]


class Index(Plain):
    """One index of one factor.

    Attributes
    ----------
    value, low, high
        Never below 0 where the index cannot be; PAWN has no interval.
    raw
        As estimated.
    is_undecided
        Whether the factor may do nothing.
    is_converged
        Whether more runs would say about the same.
    """

    value: Number
    low: Number
    high: Number
    raw: Number
    is_undecided: bool
    is_converged: bool


class Ranked(Plain):
    """A factor with its indices by name.

    Names are ``size``, ``mean`` and ``spread`` (Morris); ``first`` and ``total`` (Sobol', given data); ``pawn``, and
    ``idle``: what PAWN would stay below if the factor had no effect.
    """

    name: str
    role: str
    indices: dict[str, Index]


class ArmIndices(Plain):
    """What was found in one arm.

    Attributes
    ----------
    points, replicates
        On which the indices rest.
    low, middle, high
        5 %, 50 % and 95 % quantiles of the outcome over the points.
    factors
        In the order of the experiment.
    luck
        Share of the variance between points that is luck of replicates; NaN if unknown.
    dummy
        PAWN below which every factor without effect stays; NaN for other methods.
    held_out, held_out_error
        Of the emulator: share of variance explained at points it was not shown, and error in the outcome's unit.
    weeks, series
        Weeks, and the leading index of each factor (a row) in each of them; empty where only ends were kept.
    """

    arm: str
    method: Method
    points: int
    replicates: int
    low: Number
    middle: Number
    high: Number
    factors: list[Ranked]
    luck: Number
    dummy: Number = float("nan")
    held_out: Number = float("nan")
    held_out_error: Number = float("nan")
    weeks: tuple[int, ...] = ()
    series: tuple[tuple[Number, ...], ...] = ()
    notes: tuple[Noted, ...] = ()

    @property
    def leading(self) -> str:
        """Name of the index that ranks factors."""
        return {"morris": "size", "sobol": "total", "given": "first", "emulated": "total"}[self.method]

    def ranking(self) -> list[Ranked]:
        """Give the factors, the one that matters most first."""

        def weight(one: Ranked) -> float:
            value = one.indices[self.leading].value
            return -value if np.isfinite(value) else np.inf

        return sorted(self.factors, key=weight)


class Sensitivity(Findings):
    """What an outcome depends on, arm by arm."""

    kind: Literal["sensitivity"] = "sensitivity"
    title: dict[str, str]
    files: dict[str, str] = Field(default_factory=dict)
    outcome: Asked
    arms: list[ArmIndices]
