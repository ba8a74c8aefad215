"""The market map of a fitted model: how many dimensions it can have, and which way round it is shown.

The likelihood only knows inner products of brands' places around the base brand (Elrod and Keane 1995): turning the
map, mirroring it or moving all brands together changes no choice. So one of these maps is shown.
"""

from __future__ import annotations

import numpy as np

from experiments.panel.data import Floats
from experiments.panel.likelihood import Design

__all__ = ["DIMENSIONS", "arranged", "free_parameters", "most_dimensions", "places_of", "turning"]

DIMENSIONS = 2
_OFF = 1e-6  # of the widest coordinate: nearer, a brand counts as lying on the origin


def most_dimensions(brands: int) -> int:
    """Give how many dimensions choices among so many brands can tell from own spreads of taste.

    B brands have B(B − 1)/2 variances and covariances of utility differences; B spreads and a map of M dimensions
    take B + M(B − 1) − M(M − 1)/2 of them (Ledermann 1937). Six brands are needed for two dimensions, five for one.
    """
    known = brands * (brands - 1) // 2
    fitting = [m for m in range(DIMENSIONS + 1) if brands + m * (brands - 1) - m * (m - 1) // 2 <= known]
    return max(fitting, default=0)


def free_parameters(task: Design) -> int:
    """Count the parameters of a design but for the ways in which its map can be turned."""
    return len(task.names) - task.dimensions * (task.dimensions - 1) // 2


def places_of(vector: Floats, task: Design) -> Floats:
    """(B, M) places as the likelihood has them, the base brand at the origin."""
    table = vector[task.places].reshape(task.dimensions, len(task.mean_price) - 1)
    return np.insert(table, task.base, 0.0, axis=1).T


def arranged(vector: Floats, task: Design, share: Floats) -> Floats:
    """(B, M) places of a map that is centred and laid along its principal axes, the widest first.

    Means and variances are weighted by the brands' shares. On every axis the most bought of the brands that are not
    at its origin has a positive place.

    Parameters
    ----------
    vector : (K,) parameters.
    share : (B,) of the brands, summing to one.
    """
    places = places_of(vector, task)
    centred = places - share @ places
    if not centred.any():
        return centred
    _, _, axes = np.linalg.svd(np.sqrt(share)[:, None] * centred, full_matrices=False)
    turned = centred @ axes.T
    far = np.abs(turned) > _OFF * np.abs(turned).max()
    largest = np.where(far, share[:, None], -1.0).argmax(axis=0)
    sign = np.sign(turned[largest, np.arange(turned.shape[1])])
    return turned * np.where(sign == 0, 1.0, sign)


def turning(vector: Floats, task: Design) -> Floats:
    """(K, M(M − 1)/2) directions in which parameters move when the map is turned, of length 1 and at right angles."""
    places = places_of(vector, task)
    directions = []
    for one in range(task.dimensions):
        for other in range(one):
            moved = np.zeros_like(places)
            moved[:, one], moved[:, other] = places[:, other], -places[:, one]
            direction = np.zeros(len(vector))
            direction[task.places] = np.delete(moved, task.base, axis=0).T.ravel()
            directions.append(direction)
    if not directions:
        return np.zeros((len(vector), 0))
    basis, size, _ = np.linalg.svd(np.stack(directions, axis=1), full_matrices=False)
    return basis[:, size > _OFF * max(size.max(), 1e-300)]
