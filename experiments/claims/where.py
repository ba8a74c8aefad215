"""Where in its region a claim holds, in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments.numbers import plain_number
from experiments.text import say

if TYPE_CHECKING:
    from experiments.claims.findings import ClaimResult, Outcome, PointResult

__all__ = ["setting_text", "settings_text", "where_text"]

_LEFT_OUT = ("mechanisms", "population", "traits", "levers")
"""Parts of a key that say nothing to somebody who sees the rest of it."""


def where_text(result: ClaimResult) -> str:
    """Say at which points a claim passes; empty where it expects nothing."""
    outcomes = [point.outcome for point in result.points]
    if result.verdict == "reported":
        return ""
    if not result.region:
        return say("claims.where.untried")
    passing, total = outcomes.count("pass"), len(outcomes)
    if passing in (0, total):
        return say("claims.where.all" if passing else "claims.where.none", total=total)
    if 2 * passing <= total:
        return say("claims.where.only_at", passing=passing, total=total, places=_places(result.points, "pass"))
    parts = [say("claims.where.most", passing=passing, total=total)]
    for outcome in ("fail", "undecided"):
        if outcome in outcomes:
            parts.append(say(f"claims.where.{outcome}", places=_places(result.points, outcome)))
    return "; ".join(parts)


def settings_text(settings: Mapping[str, Any]) -> str:
    """Name a point by what is varied there."""
    if not settings:
        return say("claims.where.own")
    return say("claims.where.with").join(setting_text(key, value) for key, value in settings.items())


def setting_text(key: str, value: Any, *, short: bool = True) -> str:
    """Name one value, by its key cut down to what tells it apart, or by the whole key."""
    from sim.keys import join_key, split_key

    parts = split_key(key)[0]
    if short:
        parts = tuple(part for part in parts[:-1] if part not in _LEFT_OUT) + parts[-1:]
    return f"{join_key(parts)} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        kind = value.get("distribution", "")
        inner = ", ".join(f"{key} {_value(one)}" for key, one in value.items() if key != "distribution")
        return f"{kind}({inner})"
    if isinstance(value, bool):
        return say("claims.where.on" if value else "claims.where.off")
    if isinstance(value, int | float):
        return plain_number(value)
    if isinstance(value, list | tuple):
        return ", ".join(_value(one) for one in value)
    return str(value)


def _places(points: Sequence[PointResult], outcome: Outcome) -> str:
    """List the points with an outcome.

    A single value stands for all the points that it is part of, if all of them have the outcome.
    """
    chosen = [point for point in points if point.outcome == outcome]
    singles = [point for point in chosen if len(point.settings) == 1]
    broad = [point for point in singles if all(other.outcome == outcome for other in points if _includes(other, point))]
    names = []
    for point in chosen:
        if point in broad or not point.settings:
            names.append(settings_text(point.settings))
        elif not any(_includes(point, one) for one in broad):
            name = settings_text(point.settings)
            is_part = any(_includes(other, point) and other is not point for other in points)
            names.append(say("claims.where.alone", setting=name) if is_part else name)
    return "; ".join(names)


def _includes(point: PointResult, part: PointResult) -> bool:
    """Tell whether a point has all the values of another."""
    return all(key in point.settings and _same(point.settings[key], value) for key, value in part.settings.items())


def _same(one: Any, other: Any) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
