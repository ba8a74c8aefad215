"""Boycotts, talk and attention: how far sales move and for how long, who speaks and who acts, how attention fades."""

from __future__ import annotations

import math

import numpy as np

from experiments.facts.observer import Observation
from experiments.panel.data import Floats

__all__ = [
    "acts_after",
    "deviation",
    "fading_exponent",
    "half_life_days",
    "hostility",
    "peak_deviation",
    "sales_change",
    "salience_after",
    "talk_per_act",
    "weeks_to_return",
]

WITHIN = 0.05
"""Deviation of sales under which they count as back."""


def _event(seen: Observation) -> tuple[int, str]:
    """Give the week (from 1) and the firm of the first event."""
    event = seen.scenario.events[0]
    return int(event.week), str(event.firm)


def deviation(event: Observation, quiet: Observation) -> Floats:
    """Give the relative deviation of the firm's sales from those without the event: (weeks,) from its week on."""
    week, firm = _event(event)
    with_it, without = (seen.series("units", firm)[week - 1 :] for seen in (event, quiet))
    return np.asarray(with_it / without - 1.0)


def peak_deviation(path: Floats) -> float:
    """Give the largest deviation, up or down, without its sign."""
    return float(np.abs(path).max())


def weeks_to_return(path: Floats, within: float = WITHIN) -> float:
    """Give the weeks from the event until, after the peak, sales are within `within`; all of them if they never are."""
    peak = int(np.abs(path).argmax())
    back = np.flatnonzero(np.abs(path[peak:]) < within)
    if abs(path[peak]) < within:
        return 0.0
    return float(peak + back[0]) if len(back) else float(len(path))


def _talk(seen: Observation, weeks: int) -> tuple[float, float, float, float]:
    """Give attackers, defenders, boycotters and buycotters of the firm, summed over some weeks from the event on."""
    week, firm = _event(seen)
    keys = ("attackers", "defenders", "boycott_size", "buycott_size")
    against, pro, boycott, buycott = (seen.series(key, firm)[week - 1 : week - 1 + weeks].sum() for key in keys)
    return float(against), float(pro), float(boycott), float(buycott)


def talk_per_act(seen: Observation, weeks: int = 8) -> float:
    """Give how many speak for or against the firm for each one who changes a purchase, over the weeks of the event."""
    against, pro, boycott, buycott = _talk(seen, weeks)
    return (against + pro) / (boycott + buycott) if boycott + buycott else float("nan")


def hostility(seen: Observation, weeks: int = 3) -> float:
    """Give the share of those who speak against the firm among all who speak of it."""
    against, pro, _, _ = _talk(seen, weeks)
    return against / (against + pro) if against + pro else float("nan")


def sales_change(event: Observation, quiet: Observation, weeks: int = 3) -> float:
    """Give the relative change of the firm's sales over the first weeks of the event."""
    week, firm = _event(event)
    part = slice(week - 1, week - 1 + weeks)
    with_it, without = (float(seen.series("units", firm)[part].sum()) for seen in (event, quiet))
    return with_it / without - 1.0


def salience_after(seen: Observation) -> Floats:
    """Give salience beyond the standing one from the shock on, in shocks: 1 at the shock, then week after week."""
    event = seen.scenario.events[0]
    standing = {cause.name: cause.salience for cause in seen.scenario.causes}[event.cause]
    later = seen.series("salience", event.cause)[event.week - 1 :] - standing
    return np.r_[1.0, later / event.severity]


def acts_after(seen: Observation, weeks: int = 8) -> Floats:
    """Give how many change a purchase, for or against any firm, in each week from the shock on, in simulated people."""
    first = seen.scenario.events[0].week - 1
    acting = seen.record["boycott_size"] + seen.record["buycott_size"]
    weight = seen.scenario.population.represents / seen.consumers
    return np.asarray(acting[first : first + weeks].sum(axis=1) / weight)


def half_life_days(levels: Floats, days: float = 7.0) -> float:
    """Give the half-life of what is left after one step of so many days.

    Parameters
    ----------
    levels : the level at a shock and after each step.
    """
    left = float(levels[1] / levels[0])
    if left <= 0.0:
        return 0.0
    return days * math.log(2.0) / -math.log(left) if left < 1.0 else math.inf


def fading_exponent(counts: Floats) -> float:
    """Give the exponent a of counts falling as t^−a, t = 1 in the first period.

    Poisson regression on ln t, so that late periods with few or none count for what they are worth.
    """
    time = np.log(np.arange(1, len(counts) + 1))
    if counts[0] <= 0:
        return float("nan")
    level, slope = math.log(float(counts[0])), -2.0
    design = np.stack([np.ones_like(time), time])
    for _ in range(100):
        mean = np.exp(level + slope * time)
        step = np.linalg.solve((design * mean) @ design.T, design @ (counts - mean))
        step *= min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-12))
        level, slope = level + step[0], slope + step[1]
        if float(np.abs(step).max()) < 1e-9:
            break
    return -float(slope)
