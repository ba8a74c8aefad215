"""Judge effects: whether figures go as expected, a claim holds, and an effect is carried by what should carry it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.claims.findings import Answer, Carried, Effect, Found, Outcome, Verdict
    from sim.claims import Sign

__all__ = ["LEAST_SHARE", "VANISHED", "carried", "found", "least_of", "outcome", "together", "verdict"]

LEAST_SHARE = 0.01
"""Smallest effect of interest, as a share of the counterfactual's value, where a claim gives none."""
VANISHED = 0.25
"""Share of an effect below which what is left of it counts as nothing."""


def least_of(effect: Effect, given: float | None) -> float:
    """Give the smallest effect of interest: the one given, or a hundredth of the counterfactual's value."""
    return given if given is not None else LEAST_SHARE * abs(effect.counterfactual)


def outcome(effect: Effect, expected: Sign, least: float) -> Outcome:
    """Judge one effect.

    An effect in the expected direction passes if its interval excludes 0 and it reaches the smallest effect of
    interest. It fails if the interval excludes all such effects. In between nothing can be said. No effect is
    expected ("0"): it passes if the whole interval is too small to matter, and fails if none of it is.
    """
    low, high, value = effect.low, effect.high, effect.value
    if not math.isfinite(low) or not math.isfinite(high):
        return "undecided"
    if expected == "0":
        if -least < low and high < least:
            return "pass"
        return "fail" if low >= least or high <= -least else "undecided"
    if expected == "-":
        low, high, value = -high, -low, -value
    if low > 0 and value >= least:
        return "pass"
    return "fail" if high < least or high <= 0 else "undecided"


def found(effect: Effect, least: float) -> Found:
    """Say which sign an effect has; "0" if it is surely too small to matter."""
    if effect.low == effect.high == 0:
        return "0"
    signs: tuple[Sign, ...] = ("+", "-", "0")
    for sign in signs:
        if outcome(effect, sign, least) == "pass":
            return sign
    return "undecided"


def together(outcomes: Iterable[Outcome | None]) -> Outcome | None:
    """Judge a point by its figures: all must pass; one that fails is enough to fail. None if nothing is expected."""
    judged = [one for one in outcomes if one is not None]
    if not judged:
        return None
    if "fail" in judged:
        return "fail"
    return "pass" if all(one == "pass" for one in judged) else "undecided"


def verdict(points: Sequence[Outcome | None]) -> Verdict:
    """Judge a claim by its points, the first of which is at the scenario's own values.

    It holds if every point passes, and holds only under conditions if some do. If none does, the scenario's own
    values decide between what does not hold and what cannot be told.
    """
    if points[0] is None:
        return "reported"
    if all(one == "pass" for one in points):
        return "holds"
    if "pass" in points:
        return "only_if"
    return "undecided" if points[0] == "undecided" else "not_here"


def carried(whole: Sequence[Answer], without: Sequence[Answer], expected: Sequence[Sign | None]) -> Carried:
    """Judge an ablation: whether every effect vanishes without what should carry it.

    An effect has vanished if its interval includes 0, or if it is below a quarter of the whole effect or below the
    smallest effect of interest. One that turns round is carried, and more than that. Only effects that go as expected
    are judged, where an effect is expected.
    """
    pairs = [(one, other) for one, other, sign in zip(whole, without, expected, strict=True) if sign in ("+", "-")]
    if not pairs or any(one.outcome != "pass" or not math.isfinite(other.effect.low) for one, other in pairs):
        return "not_judged"
    remaining = [(one, other) for one, other in pairs if not _has_vanished(one, other)]
    if any(one.effect.value * other.effect.value > 0 for one, other in remaining):
        return "not_alone"
    return "reversed" if remaining else "carried"


def _has_vanished(whole: Answer, without: Answer) -> bool:
    left = without.effect
    small = max(VANISHED * abs(whole.effect.value), whole.least)
    return left.low <= 0 <= left.high or abs(left.value) < small
