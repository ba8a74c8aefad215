"""What the fitted model does when it chooses anew on the panel's own occasions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from experiments.panel.data import Panel
from experiments.panel.interval import Interval, percentiles
from experiments.panel.logit import MixedLogit
from experiments.panel.repeats import repeats
from experiments.panel.simulate import simulate

REPLAYS = 20
_STEPS = 4
_CLOSE = 2e-4
_FIRST_STEP = 0.2


def replayed(panel: Panel, model: MixedLogit, seed: int) -> tuple[Interval, Interval]:
    """Give excess repeats and brands bought by a household: means and 95 % ranges over `REPLAYS` replays."""
    excess, breadth = [], []
    for replay in range(REPLAYS):
        copy = simulate(panel, model, seed=(seed, replay))
        excess.append(repeats(copy).excess())
        breadth.append(float((copy.counts > 0).sum(axis=1).mean()))
    return percentiles(float(np.mean(excess)), excess), percentiles(float(np.mean(breadth)), breadth)


def matched_inertia(panel: Panel, model: MixedLogit, wanted: Interval, start: float, seed: int) -> Interval:
    """Find the mean inertia at which the replayed model repeats beyond random order as much as the panel.

    The secant method on replays with the same luck (indirect inference with one moment). The interval is
    that of the panel's excess, carried over by the slope; the error of the other parameters is not in it.

    Parameters
    ----------
    wanted : excess repeats of the panel.
    start : those of the replayed `model` itself.
    """

    def excess(mean: float) -> float:
        other = replace(model, inertia_mean=mean)
        return float(np.mean([repeats(simulate(panel, other, seed=(seed, r))).excess() for r in range(REPLAYS)]))

    here, there = model.inertia_mean, model.inertia_mean - np.copysign(_FIRST_STEP, start - wanted.value)
    at_here, at_there = start, excess(there)
    slope = (at_there - at_here) / (there - here)
    for _ in range(_STEPS):
        if slope <= 0 or abs(at_there - wanted.value) < _CLOSE:
            break
        guess = float(np.clip(there + (wanted.value - at_there) / slope, there - 1.0, there + 1.0))
        here, at_here, there = there, at_there, guess
        at_there = excess(there)
        slope = (at_there - at_here) / (there - here) if there != here else slope
    if slope <= 0:
        return Interval(model.inertia_mean, float("nan"), float("nan"))
    value = float(there)
    return Interval(value, value + (wanted.low - wanted.value) / slope, value + (wanted.high - wanted.value) / slope)
