"""Hold a compiled rule to its slow twin."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from hypothesis import reject

RELATIVE, ABSOLUTE = 1e-5, 2e-5
"""What float32 is allowed: some ten roundings of 6e-8 each, on values of 0 to 1 and utilities up to about 50."""

Outcome = Mapping[str, Any]


def check_agreement(
    slow: Callable[[Any], Outcome],
    fast: Callable[[Any], Outcome],
    world: Any,
    tolerances: Mapping[str, float] | None = None,
    *,
    relative: float = RELATIVE,
    absolute: float = ABSOLUTE,
    nudge: float = 1e-5,
) -> None:
    """Make both live through a copy of the world, and compare what comes out.

    Counts and codes must be equal, real numbers near. When they are not, the slow twin is asked again in worlds that
    differ from this one by the nudge: where it then decides otherwise itself, the world stands on a knife's edge, and
    is given up. `tolerances` overrides the absolute tolerance of single outcomes.
    """
    loose = tolerances or {}
    expected, found = slow(copy.deepcopy(world)), fast(copy.deepcopy(world))
    wrong = disagreements(expected, found, loose, relative, absolute)
    if wrong and any(decides_otherwise(expected, slow(nudged(world, nudge, seed)), loose) for seed in range(12)):
        reject()
    assert not wrong, "\n".join(wrong)


def disagreements(
    expected: Outcome, found: Outcome, tolerances: Mapping[str, float], relative: float, absolute: float
) -> list[str]:
    assert expected.keys() == found.keys(), (sorted(expected), sorted(found))
    wrong = []
    for name, value in expected.items():
        a, b = np.asarray(value), np.asarray(found[name])
        near, far = (0.0, 0.0) if is_whole(a) else (relative, absolute)
        if a.shape != b.shape:
            wrong.append(f"{name}: shape {a.shape} by the rule, {b.shape} compiled")
        elif not np.allclose(b, a, rtol=near, atol=tolerances.get(name, far)):
            off = np.abs(b.astype(float) - a)
            place = np.unravel_index(int(np.argmax(off)), off.shape)
            wrong.append(f"{name}{list(map(int, place))}: {a[place]} by the rule, {b[place]} compiled")
    return wrong


def is_whole(values: np.ndarray) -> bool:
    return values.dtype.kind in "iub"


def decides_otherwise(one: Outcome, other: Outcome, loose: Mapping[str, float]) -> bool:
    """Whether a count or a code differs, or a real number by far more than the nudge."""
    return any(
        not np.array_equal(one[name], other[name])
        if is_whole(np.asarray(one[name]))
        else name not in loose and not np.allclose(one[name], other[name], rtol=5e-3, atol=5e-3)
        for name in one
    )


def nudged(world: Any, nudge: float, seed: int) -> Any:
    """A copy in which every real number is off by up to the nudge, relatively."""
    return _nudge(copy.deepcopy(world), nudge, np.random.default_rng(seed))


def _nudge(thing: Any, nudge: float, random: np.random.Generator) -> Any:
    if isinstance(thing, float):
        return thing * (1 + random.uniform(-nudge, nudge))
    if isinstance(thing, list):
        return [_nudge(item, nudge, random) for item in thing]
    if isinstance(thing, dict):
        for key, value in thing.items():
            thing[key] = _nudge(value, nudge, random)
    if is_dataclass(thing) and not isinstance(thing, type):
        for item in fields(thing):
            setattr(thing, item.name, _nudge(getattr(thing, item.name), nudge, random))
    return thing
