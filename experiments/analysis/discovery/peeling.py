"""The patient search for one box: peel from the outside, then paste back [Friedman and Fisher 1999].

Each step takes the share `alpha` of the points off one side of one factor, or one category. Among all such steps the
lenient criterion takes the one that raises the mean most for the points it gives up, so that factors of few values have
no advantage [Kwakkel and Jaxa-Rozen, Environmental Modelling and Software 79, 2016].
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.discovery.boxes import Box, Restriction

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["paste", "peel"]


def peel(points: Floats, sought: Flags, kinds: Sequence[int], alpha: float, least: float) -> list[Box]:
    """Give the boxes of a peeling, from all points to the last that holds enough.

    Parameters
    ----------
    points
        (n, D).
    sought
        (n,).
    kinds
        For each factor its number of categories, or 0.
    alpha
        Share of the points of a box that a step takes off, in 0 to 1.
    least
        Share of all points that a box must hold.
    """
    box, held = Box(), np.ones(len(points), dtype=bool)
    boxes = [box]
    while True:
        inside, flags = points[held], sought[held]
        mean, best, step = flags.mean(), 0.0, None
        if mean == 1.0:
            return boxes
        for restriction, keep in _steps(inside, box, kinds, alpha):
            kept = int(keep.sum())
            if kept == len(inside) or kept < max(least * len(points), 1):
                continue
            gain = (flags[keep].mean() - mean) / (len(inside) - kept)
            if step is None or gain > best:
                best, step = gain, restriction
        if step is None:
            return boxes
        box = box.replaced(step)
        held = box.holds(points)
        boxes.append(box)


def paste(box: Box, points: Floats, sought: Flags, alpha: float) -> Box:
    """Move sides of a box outwards again, by `alpha` of its points, as long as its density does not fall."""
    while True:
        held = box.holds(points)
        density, count = sought[held].mean(), max(1, round(alpha * int(held.sum())))
        best, chosen = density, None
        for one in box.restrictions:
            others = box.without(one.factor).holds(points)
            for wider in _wider(one, points[others, one.factor], count):
                larger = box.replaced(wider)
                found = sought[larger.holds(points)].mean()
                if found >= best and (chosen is None or found > best):
                    best, chosen = found, larger
        if chosen is None:
            return box
        box = chosen


def _steps(inside: Floats, box: Box, kinds: Sequence[int], alpha: float) -> Iterator[tuple[Restriction, Flags]]:
    """Give each next restriction and which of the points inside it keeps."""
    count = max(1, int(np.ceil(alpha * len(inside))))
    for factor, kind in enumerate(kinds):
        numbers, now = inside[:, factor], box.of(factor)
        if kind:
            present = np.unique(numbers)
            if len(present) < 2:
                continue
            allowed = now.allowed if now.allowed is not None else frozenset(range(kind))
            for code in present:
                yield replace(now, allowed=allowed - {int(code)}), numbers != code
            continue
        if len(inside) <= count:
            continue
        for sign in (1.0, -1.0):
            turned = sign * numbers
            last = np.partition(turned, count - 1)[count - 1]  # the largest that must go
            kept = turned > last
            if not kept.any():
                continue
            edge = sign * (last + turned[kept].min()) / 2
            yield (replace(now, low=edge) if sign > 0 else replace(now, high=edge)), kept


def _wider(one: Restriction, numbers: Floats, count: int) -> Iterator[Restriction]:
    """Give restrictions that let so many more of the numbers in at one side, or one more category."""
    if one.allowed is not None:
        for code in np.unique(numbers):
            if int(code) not in one.allowed:
                yield replace(one, allowed=one.allowed | {int(code)})
        return
    below, above = np.sort(numbers[numbers < one.low])[::-1], np.sort(numbers[numbers > one.high])
    for outside, side in ((below, "low"), (above, "high")):
        if len(outside) == 0:
            continue
        beyond = outside[count:][outside[count:] != outside[min(count, len(outside)) - 1]]
        edge = (outside[count - 1] + beyond[0]) / 2 if len(beyond) else np.inf * (-1 if side == "low" else 1)
        yield replace(one, low=edge) if side == "low" else replace(one, high=edge)
