"""Boxes of conditions: an interval of each number, a set of each category, and how well they hold the cases sought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["Box", "Restriction", "Scores", "checked", "scores_of"]


@dataclass(frozen=True)
class Restriction:
    """What a box asks of one factor.

    Attributes
    ----------
    factor
        Its number.
    low, high
        Of a number, both included, in the factor's unit; -inf or inf where that side is open.
    allowed
        Of a category: the codes that are in; None for a number.
    """

    factor: int
    low: float = -np.inf
    high: float = np.inf
    allowed: frozenset[int] | None = None

    def holds(self, numbers: Floats) -> Flags:
        """Tell which numbers (n,) of the factor are in."""
        if self.allowed is not None:
            return np.isin(numbers, sorted(self.allowed))
        found: Flags = (numbers >= self.low) & (numbers <= self.high)
        return found


@dataclass(frozen=True)
class Box:
    """Restrictions that hold together, one a factor at most, by factor."""

    restrictions: tuple[Restriction, ...] = ()

    @property
    def factors(self) -> tuple[int, ...]:
        """Numbers of the restricted factors."""
        return tuple(one.factor for one in self.restrictions)

    def holds(self, points: Floats) -> Flags:
        """Tell which points (n, D) are in."""
        found = np.ones(len(points), dtype=bool)
        for one in self.restrictions:
            found &= one.holds(points[:, one.factor])
        return found

    def of(self, factor: int) -> Restriction:
        """Give what is asked of a factor; nothing of one that is not restricted."""
        return next((one for one in self.restrictions if one.factor == factor), Restriction(factor))

    def replaced(self, restriction: Restriction) -> Box:
        """Give the box with another restriction of one factor; an open one is left out."""
        rest = [one for one in self.restrictions if one.factor != restriction.factor]
        is_open = restriction.allowed is None and np.isinf(restriction.low) and np.isinf(restriction.high)
        found = rest if is_open else [*rest, restriction]
        return Box(tuple(sorted(found, key=lambda one: one.factor)))

    def without(self, factor: int) -> Box:
        """Give the box that asks nothing of a factor."""
        return Box(tuple(one for one in self.restrictions if one.factor != factor))


@dataclass(frozen=True)
class Scores:
    """How well a box holds the cases sought [Bryant and Lempert 2010].

    Attributes
    ----------
    coverage
        Share of all cases sought that are in the box.
    density
        Share of the points in the box that are cases sought; NaN of an empty box.
    mass
        Share of all points that are in the box.
    inside, cases
        Points in the box, and cases sought among them.
    """

    coverage: float
    density: float
    mass: float
    inside: int
    cases: int


def scores_of(box: Box, points: Floats, sought: Flags) -> Scores:
    """Score a box on points (n, D), of which some (n,) are sought."""
    held = box.holds(points)
    inside, cases = int(held.sum()), int((held & sought).sum())
    return Scores(
        coverage=cases / max(int(sought.sum()), 1),
        density=cases / inside if inside else float("nan"),
        mass=inside / len(points),
        inside=inside,
        cases=cases,
    )


def checked(
    points: Floats, sought: Flags, categories: Sequence[int] | None, fewest: int = 40
) -> tuple[Floats, Flags, tuple[int, ...]]:
    """Give points, cases and kinds of factors as arrays.

    Raises
    ------
    ValueError
        Shapes do not fit, there are too few points, a number is not finite, or all or none of the points are sought.
    """
    points, sought = np.asarray(points, dtype=float), np.asarray(sought, dtype=bool)
    if points.ndim != 2 or sought.shape != (len(points),):
        raise ValueError(f"{points.shape} points and {sought.shape} flags do not go together")
    if len(points) < fewest:
        raise ValueError(f"{len(points)} points are too few; {fewest} are the least")
    if not np.isfinite(points).all():
        raise ValueError("all points need a number for every factor")
    if sought.all() or not sought.any():
        raise ValueError("some points must be sought and some not")
    kinds = tuple(categories) if categories is not None else (0,) * points.shape[1]
    if len(kinds) != points.shape[1]:
        raise ValueError(f"{len(kinds)} kinds of factors for {points.shape[1]} factors")
    return points, sought, kinds
