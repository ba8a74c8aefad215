"""Leaks (5.11)."""

from __future__ import annotations

import math

from sim.mechanisms.activation import ActivationParameters
from sim.mechanisms.leaks import LeaksParameters

from .crisis import come_to_light
from .entities import Firm
from .salience import Salience
from .sincerity import gap


def leaks(firm: Firm, u: float, N: int, p: LeaksParameters) -> bool:
    λ_l, g = p.rate, gap(firm)
    return g > 0 and u < 1 - math.exp(-λ_l * g * (1 + p.watch * firm.counted["attackers"] / N))


def spring(firm: Firm, salience: Salience, p: LeaksParameters, voices: ActivationParameters) -> None:
    """Let a firm's gap come to light by itself."""
    z = p.reach * gap(firm)
    firm.leaks += 1
    firm.shame = max(firm.shame, z)
    excess = [said - done for said, done in zip(firm.proclaimed, firm.conduct, strict=True)]
    if excess and max(excess) > 0:
        come_to_light(firm, excess.index(max(excess)), z, p.reach, salience, voices)
