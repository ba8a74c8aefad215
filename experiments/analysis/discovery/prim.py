"""PRIM: boxes of conditions that hold most of the cases sought, checked against data that did not choose them.

The patient rule induction method [Friedman and Fisher, Statistics and Computing 9, 1999] as scenario discovery uses it
[Bryant and Lempert, Technological Forecasting and Social Change 77, 2010]. A box is always found, even in noise, and
quasi-p-values do not know that it was chosen among thousands: what counts as significant is therefore tested on points
held out, and how often resamples restrict the same factors is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.discovery.boxes import Box, Scores, checked, scores_of
from experiments.analysis.discovery.peeling import paste, peel
from experiments.analysis.notes import Doubt, Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["Found", "discover"]

ALPHA = 0.05
LEAST = 0.05
SIGNIFICANT = 0.05
_FOLDS = 5
_REPRODUCED = 0.7  # share of resamples in which a restricted factor should be restricted again


@dataclass(frozen=True)
class Found:
    """One box.

    Attributes
    ----------
    box, scores
        Its limits; scores against all points, those of earlier boxes included.
    trajectory
        Every box of the peeling with its scores on the points that were left when it began, for another choice
        between coverage and density.
    chosen
        The place on the trajectory that the box was made from, by pasting and by dropping what restricts nothing.
    quasi_p
        For each restriction the probability that as many of the points that the others leave would be cases sought if
        it did nothing (binomial; blind to the search that chose it).
    held_out
        Scores of boxes found the same way without a fifth of the points, on that fifth, all fifths together.
    p
        Probability of such a held-out density by luck (one-sided binomial test).
    reproduced
        (D,): share of resamples whose box restricts the factor.
    limits
        (D, 2, 2): 10 % and 90 % quantiles of low and high limits over the resamples that restrict the factor; NaN for
        a category, or without any.
    notes
        Doubts; the box is not significant where `Doubt.NOT_SIGNIFICANT` is among them.
    """

    box: Box
    scores: Scores
    trajectory: tuple[tuple[Box, Scores], ...]
    chosen: int
    quasi_p: tuple[float, ...]
    held_out: Scores
    p: float
    reproduced: Floats
    limits: Floats
    notes: tuple[Note, ...]

    @property
    def is_significant(self) -> bool:
        """Whether points held out bear the box out."""
        return self.p < SIGNIFICANT and bool(self.box.restrictions)


def discover(
    points: Floats,
    sought: Flags,
    categories: Sequence[int] | None = None,
    most: int = 3,
    alpha: float = ALPHA,
    least: float = LEAST,
    resamples: int = 20,
    seed: int = 0,
) -> tuple[Found, ...]:
    """Find boxes, one after the other, each on the points that those before do not hold (covering).

    Parameters
    ----------
    points
        (n, D), the conditions, in any unit; categories coded 0, 1, ...
    sought
        (n,), whether a point is a case sought (a failure, say).
    categories
        For each factor the number of its categories; 0 for a number. By default all are numbers.
    most
        Boxes to look for; the search ends with the first that is not significant, which is given back if it is the
        only one.
    alpha
        Share of points that a step peels off.
    least
        Share of all points that a box must hold.
    resamples
        Bootstrap resamples for `reproduced` and `limits`.
    seed
        Of folds and resamples.

    Returns
    -------
    tuple of Found
        At least one; check `is_significant`.

    Raises
    ------
    ValueError
        As `boxes.checked`; or `alpha` or `least` not between 0 and 1.
    """
    points, sought, kinds = checked(points, sought, categories)
    if not (0 < alpha < 1 and 0 < least < 1):
        raise ValueError(f"alpha and the least mass must lie between 0 and 1, not at {alpha} and {least}")
    found: list[Found] = []
    left = np.ones(len(points), dtype=bool)
    while len(found) < most and left.sum() >= 40 and 0 < sought[left].sum() < left.sum():
        share = min(least * len(points) / left.sum(), 0.9)
        one = _one(points, sought, left, kinds, alpha, share, resamples, seed + len(found))
        if found and not one.is_significant:
            break
        found.append(one)
        if not one.is_significant:
            break
        left &= ~one.box.holds(points)
    return tuple(found)


def _one(
    points: Floats,
    sought: Flags,
    left: Flags,
    kinds: tuple[int, ...],
    alpha: float,
    least: float,
    resamples: int,
    seed: int,
) -> Found:
    here, flags = points[left], sought[left]
    boxes = peel(here, flags, kinds, alpha, least)
    scored = [scores_of(box, here, flags) for box in boxes]
    chosen, box = _choose(boxes, scored, here, flags, alpha)
    held_out, p = _held_out(here, flags, kinds, alpha, least, seed)
    reproduced, limits = _reproduced(here, flags, kinds, alpha, least, resamples, scored[chosen].coverage, seed)
    notes = []
    if p >= SIGNIFICANT or not box.restrictions:
        notes.append(Note(Doubt.NOT_SIGNIFICANT, value=p))
    for factor in box.factors:
        if resamples and reproduced[factor] < _REPRODUCED:
            notes.append(Note(Doubt.NOT_REPRODUCED, factor, float(reproduced[factor])))
    return Found(
        box=box,
        scores=scores_of(box, points, sought),
        trajectory=tuple(zip(boxes, scored, strict=True)),
        chosen=chosen,
        quasi_p=tuple(_quasi_p(box, factor, here, flags) for factor in box.factors),
        held_out=held_out,
        p=p,
        reproduced=reproduced,
        limits=limits,
        notes=tuple(notes),
    )


def _choose(boxes: list[Box], scored: list[Scores], points: Floats, sought: Flags, alpha: float) -> tuple[int, Box]:
    """Give the place with the best harmonic mean of coverage and density, and its box pasted and cleared.

    Restrictions whose quasi-p-value is above 0.05 go, the weakest first.
    """
    place = max(range(len(scored)), key=lambda x: _balance(scored[x]))
    box = paste(boxes[place], points, sought, alpha)
    while box.restrictions:
        weakest = max(box.factors, key=lambda factor: _quasi_p(box, factor, points, sought))
        if _quasi_p(box, weakest, points, sought) <= SIGNIFICANT:
            break
        box = box.without(weakest)
    return place, box


def _balance(scores: Scores) -> float:
    whole = scores.coverage + scores.density
    return 2 * scores.coverage * scores.density / whole if whole > 0 else 0.0


def _quasi_p(box: Box, factor: int, points: Floats, sought: Flags) -> float:
    """Give Bryant and Lempert's quasi-p-value, against the density of the box without the restriction."""
    from scipy.special import bdtrc

    own, wider = scores_of(box, points, sought), scores_of(box.without(factor), points, sought)
    if own.inside == wider.inside:
        return 1.0
    return float(bdtrc(own.cases - 1, own.inside, wider.density)) if own.cases else 1.0


def _held_out(
    points: Floats, sought: Flags, kinds: tuple[int, ...], alpha: float, least: float, seed: int
) -> tuple[Scores, float]:
    """Find boxes without each fifth of the points, score them on it, and test the density of all together."""
    from scipy.special import bdtrc

    # Fifths hold as many cases, so that what the rest knows of their number tells nothing.
    random = np.random.default_rng(seed)
    fold = np.empty(len(points), dtype=np.int64)
    for flag in (False, True):
        where = random.permutation(np.flatnonzero(sought == flag))
        fold[where] = np.arange(len(where)) % _FOLDS
    inside = cases = 0
    for number in range(_FOLDS):
        rest, out = fold != number, fold == number
        if not 0 < sought[rest].sum() < rest.sum():
            continue
        boxes = peel(points[rest], sought[rest], kinds, alpha, least)
        scored = [scores_of(box, points[rest], sought[rest]) for box in boxes]
        _, box = _choose(boxes, scored, points[rest], sought[rest], alpha)
        if not box.restrictions:
            continue
        seen = scores_of(box, points[out], sought[out])
        inside, cases = inside + seen.inside, cases + seen.cases
    density = cases / inside if inside else float("nan")
    scores = Scores(cases / sought.sum(), density, inside / len(points), inside, cases)
    return scores, float(bdtrc(cases - 1, inside, sought.mean())) if cases else 1.0


def _reproduced(
    points: Floats,
    sought: Flags,
    kinds: tuple[int, ...],
    alpha: float,
    least: float,
    resamples: int,
    coverage: float,
    seed: int,
) -> tuple[Floats, Floats]:
    """Restrict again on resamples, at the coverage nearest to that of the chosen box, of equals at the highest density.

    Many boxes of a trajectory may have the same coverage: all of it, at its beginning, where the first asks nothing.
    """
    random = np.random.default_rng(seed + 1)
    factors = points.shape[1]
    seen = np.zeros((resamples, factors), dtype=bool)
    lows, highs = np.full((2, resamples, factors), np.nan)
    for number in range(resamples):
        pick = random.integers(0, len(points), len(points))
        drawn, flags = points[pick], sought[pick]
        if not 0 < flags.sum() < len(flags):
            continue
        boxes = peel(drawn, flags, kinds, alpha, least)
        scored = [scores_of(box, drawn, flags) for box in boxes]
        place = min(range(len(boxes)), key=lambda x: (abs(scored[x].coverage - coverage), -scored[x].density))
        _, box = _choose([boxes[place]], [scored[place]], drawn, flags, alpha)
        for one in box.restrictions:
            seen[number, one.factor] = True
            lows[number, one.factor], highs[number, one.factor] = one.low, one.high
    limits = np.full((factors, 2, 2), np.nan)
    for factor in range(factors):
        for side, numbers in enumerate((lows[:, factor], highs[:, factor])):
            there = numbers[seen[:, factor]]
            if len(there) and not kinds[factor]:
                limits[factor, side] = np.quantile(there, [0.1, 0.9], method="closest_observation")
    return seen.mean(axis=0) if resamples else np.full(factors, np.nan), limits
