"""Commons (5.8)."""

from __future__ import annotations

import math

from sim.mechanisms.commons import CommonsParameters

from .creation import weighed
from .entities import Firm


def exchange(commons: Firm, firms: list[Firm], p: CommonsParameters, people: float) -> None:
    """Before creation: learn from what firms of its sector publish, and give contributions back to them."""
    κ_F, κ_c, counted = p.feed, p.return_flow, commons.counted
    made = weighed(counted["ideas"], counted["codesigns"], counted["supports"]) * people
    for firm in firms:
        firm.F = κ_c * firm.ω * made if firm.alive else 0.0
    alive = [firm for firm in firms if firm.alive]
    commons.files = max([0.0, *(firm.ω for firm in alive)])
    commons.q += κ_F * max([0.0, *(firm.ω * firm.q - commons.q for firm in alive)])


def progress(commons: Firm, p: CommonsParameters, week: int) -> None:
    """Tools, price and hassle after a week."""
    e_F = p.ease
    commons.T = 1 - (1 - commons.T_0) * math.exp(-commons.γ_T * week / 52)
    commons.price = commons.materials * (1 - commons.T)
    commons.hassle = commons.z * (1 - commons.T) * (1 - e_F * commons.files)
