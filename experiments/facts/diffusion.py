"""The adoption of a new offer: the model of Bass (1969), fitted to the adopters of each period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.facts.observer import Observation
from experiments.panel.data import Floats

__all__ = ["Bass", "adopters", "adopters_of_commons", "bass_curve", "fit_bass"]


@dataclass(frozen=True)
class Bass:
    """Bass's model: of those who have not adopted yet, the share p + q F(t) adopts a year, F being the share that has.

    Attributes
    ----------
    innovation : p, a year.
    imitation : q, a year.
    potential : adopters in the end.
    """

    innovation: float
    imitation: float
    potential: float


def bass_curve(bass: Bass, years: Floats) -> Floats:
    """Give the cumulative adopters after some years: m (1 − e^−(p+q)t) / (1 + (q/p) e^−(p+q)t)."""
    p, q = bass.innovation, bass.imitation
    fallen = np.exp(-(p + q) * years)
    return np.asarray(bass.potential * (1.0 - fallen) / (1.0 + (q / p) * fallen))


def fit_bass(adopters: Floats, period: float = 1.0) -> Bass:
    """Fit p, q and m to the adopters of each period by non-linear least squares (Srinivasan and Mason 1986).

    Parameters
    ----------
    adopters : (periods,) new adopters in each.
    period : its length in years.
    """
    from scipy.optimize import least_squares

    ends = period * np.arange(len(adopters) + 1, dtype=np.float64)
    total = float(adopters.sum())
    if total <= 0:
        return Bass(float("nan"), float("nan"), float("nan"))

    def misses(point: Floats) -> Floats:
        p, q, potential = np.exp(point)
        return np.asarray((np.diff(bass_curve(Bass(p, q, potential * total), ends)) - adopters) / total)

    starts = [np.log([p, q, 1.2]) for p, q in ((0.02, 0.4), (0.1, 0.1), (0.3, 0.02))]
    low, high = np.log([1e-6, 1e-6, 1.0]), np.log([20.0, 20.0, 20.0])
    fits = [least_squares(misses, start, bounds=(low, high)) for start in starts]
    p, q, potential = np.exp(min(fits, key=lambda found: found.cost).x)
    return Bass(float(p), float(q), float(potential) * total)


def adopters(first_buyers: Floats, weeks: int = 52) -> Floats:
    """Add first buyers of each week up to periods of so many weeks; an unfinished one is left out."""
    whole = len(first_buyers) // weeks
    return np.asarray(first_buyers[: whole * weeks].reshape(whole, weeks).sum(axis=1))


def adopters_of_commons(seen: Observation) -> Floats:
    """Give who first took up the commons of the first sector, year by year, in simulated consumers."""
    name = seen.scenario.sectors[0].alternatives["commons"]
    return adopters(seen.first_buyers[:, seen.suppliers.index(name)].astype(float))
