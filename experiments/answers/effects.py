"""What each factor of an experiment has to do with a figure, from the runs that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.notes import Doubt
from experiments.answers.findings import Noted, Plain, Span, noted, span_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from experiments.analysis.notes import Note
    from experiments.analysis.sensitivity.indices import Indices
    from experiments.batch.results import BatchResults

    Floats = NDArray[np.float64]

__all__ = ["FEWEST", "Effects", "effects_of", "fan_of", "rows_of"]

FEWEST = 60
"""Points from which shares of the variance are estimated."""
_MOST_LEVELS = 20
_NO_SAMPLES = ("one_at_a_time", "morris")


class Effects(Plain):
    """Shares of the variance between points that each factor has by itself, in one scenario; with their doubts."""

    arm: str
    factors: list[str]
    shares: list[Span]
    notes: list[Noted]


def rows_of(results: BatchResults, values: Floats) -> Floats:
    """Give values (points, ...) as (arms, rows, ...): the rows of the design are the same in all arms."""
    return values.reshape(len(results.arms), -1, *values.shape[1:])


def fan_of(results: BatchResults, key: str, item: str, arm: int, levels: tuple[float, ...]) -> Floats | None:
    """Give quantiles (levels, weeks) of a figure over all runs of an arm; None where weeks were not kept."""
    import warnings

    try:
        series = results.series(key, item)
    except KeyError:
        return None
    per_arm = results.point_count // len(results.arms)
    mine = series[(results.runs.points - 1) // per_arm == arm]
    if not len(mine):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a week that no run has is NaN, as it should be
        return np.asarray(np.nanquantile(mine, levels, axis=0))


def effects_of(results: BatchResults, key: str, item: str) -> list[Effects]:
    """Estimate first-order indices of all factors on the end of a figure, arm by arm.

    Those of Sobol' where the design is Saltelli's, whose points come in rows; otherwise from given data.
    None where points are too few, or where a design moves one factor at a time, whose points are no sample.
    """
    from experiments.analysis.sensitivity.given import first_order

    if results.meta.get("design") in _NO_SAMPLES:
        return []
    points = _numbers(results)
    if points.shape[1] == 0:
        return []
    ends = rows_of(results, results.end(key, item))
    if results.meta.get("design") == "saltelli":
        return _of_rows(results, points, ends)
    found = []
    for place, arm in enumerate(results.arms):
        known = np.isfinite(ends[place]).any(axis=1)
        if known.sum() < FEWEST or points.shape[0] != len(known):
            continue
        kinds = [len(np.unique(column)) for column in points.T]
        categories = [kind if kind <= _MOST_LEVELS else 0 for kind in kinds]
        given = first_order(points[known], ends[place][known], categories)
        found.append(_effects(results, arm, given.first, given.notes))
    return found


def _of_rows(results: BatchResults, points: Floats, ends: Floats) -> list[Effects]:
    from experiments.analysis.sensitivity.sobol import FEWEST_ROWS, base_rows, sobol

    rows = base_rows(points)
    if rows is None or len(rows) < FEWEST_ROWS or len(points) < FEWEST:
        return []
    found = []
    for arm, own in zip(results.arms, ends, strict=True):
        whole = np.isfinite(own).any(axis=1)[rows].all(axis=1)
        if whole.sum() >= FEWEST_ROWS:
            told = sobol(own[rows.reshape(-1)], points.shape[1])
            about_first = [note for note in told.notes if note.doubt is not Doubt.CONFOUNDED]
            found.append(_effects(results, arm, told.first, about_first))
    return found


def _effects(results: BatchResults, arm: str, first: Indices, notes: Sequence[Note]) -> Effects:
    names = [factor.name for factor in results.factors]
    spans = [span_of(first.estimate, factor) for factor in range(len(names))]
    return Effects(arm=arm, factors=names, shares=spans, notes=noted(notes, dict(enumerate(names))))


def _numbers(results: BatchResults) -> Floats:
    """Give the rows of the design as numbers, (rows, factors): levels, or else codes of distinct values."""
    levels = results.levels()
    if len(levels):
        return levels
    frame = results.points()
    frame = frame[frame.arm == results.arms[0]]
    columns = [
        np.unique(frame[factor.name].astype(str).to_numpy(), return_inverse=True)[1] for factor in results.factors
    ]
    return np.stack(columns, axis=1).astype(float) if columns else np.empty((len(frame), 0))
