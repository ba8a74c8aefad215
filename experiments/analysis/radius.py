"""How far from the best guess a strategy holds: the distance to the nearest world in which it fails.

It is the horizon of info-gap theory [Ben-Haim, Info-Gap Decision Theory, 2006], over sampled worlds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.notes import Doubt, Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["Radius", "radius"]


@dataclass(frozen=True)
class Radius:
    """How far from the best guess the target holds, for one strategy.

    Attributes
    ----------
    value
        Distance to the nearest sampled world that fails, in units of the uncertainty space's sides (1: from one end of
        a factor to the other); the distance of the farthest sampled world where none fails; 0 where the best guess
        itself fails.
    nearest
        Number of that failing world; -1 if there is none.
    within
        Sampled worlds nearer than that.
    resolution
        Median distance between neighbouring worlds: the radius is not known more finely.
    notes
        Doubts.
    """

    value: float
    nearest: int
    within: int
    resolution: float
    notes: tuple[Note, ...]


def radius(worlds: Floats, meets: Flags, best_guess: Floats, meets_at_best_guess: bool = True) -> Radius:
    """Measure how far from the best guess a target holds.

    Parameters
    ----------
    worlds
        (W, D), in the unit cube of the uncertainties.
    meets
        (W,), whether the strategy meets the target in each.
    best_guess
        (D,), in the same cube.
    meets_at_best_guess
        Whether it does in the best-guess world.

    Returns
    -------
    Radius
        By the largest coordinate (each uncertainty may be off by as much, all at once).

    Raises
    ------
    ValueError
        Shapes do not fit, or a coordinate is outside the cube.
    """
    from scipy.spatial import KDTree

    worlds, meets, guess = np.asarray(worlds, float), np.asarray(meets, bool), np.asarray(best_guess, float)
    if worlds.ndim != 2 or meets.shape != (len(worlds),) or guess.shape != (worlds.shape[1],) or len(worlds) < 2:
        raise ValueError(
            f"worlds {worlds.shape}, flags {meets.shape} and a best guess {guess.shape} do not go together"
        )
    if not ((worlds >= 0) & (worlds <= 1)).all() or not ((guess >= 0) & (guess <= 1)).all():
        raise ValueError("worlds and best guess must lie in the unit cube")
    away = np.abs(worlds - guess).max(axis=1)
    resolution = float(np.median(KDTree(worlds).query(worlds, k=2, p=np.inf)[0][:, 1]))
    notes = []
    nearest = -1
    if not meets_at_best_guess:
        value = 0.0
        notes.append(Note(Doubt.BEST_GUESS_FAILS))
    elif meets.all():
        value = float(away.max())
        notes.append(Note(Doubt.NO_FAILING_WORLD, value=value))
    else:
        nearest = int(np.argmin(np.where(meets, np.inf, away)))
        value = float(away[nearest])
    within = int((away < value).sum())
    if nearest >= 0 and within < 10:
        notes.append(Note(Doubt.COARSE_RADIUS, value=float(within)))
    return Radius(value, nearest, within, resolution, tuple(notes))
