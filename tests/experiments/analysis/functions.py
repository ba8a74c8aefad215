"""Functions whose sensitivity is known."""

from __future__ import annotations

import numpy as np

G = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])
"""Coefficients of Sobol's g: the first matters most, the last not at all."""


def ishigami(cube, a=7.0, b=0.1):
    """Ishigami and Homma 1990, over the unit cube."""
    x = np.pi * (2 * cube - 1)
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def ishigami_indices(a=7.0, b=0.1):
    """First order, total, variance: closed forms."""
    first = np.array([0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 0.0])
    both = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = first.sum() + both
    return first / whole, np.add(first, [both, 0, both]) / whole, whole


def sobol_g(cube, a=G):
    """Sobol' 1993; Saltelli and Sobol' 1995."""
    return np.prod((np.abs(4 * cube - 2) + a) / (1 + a), axis=1)


def sobol_g_indices(a=G):
    own = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + own) - 1
    return own / whole, own * np.prod(1 + own) / (1 + own) / whole, whole
