"""Offers: sold, rented, by subscription (4.5, 5.6)."""

from __future__ import annotations

from sim.mechanisms.offers import OffersParameters

from .entities import Consumer, Firm


def by_use(c: Consumer, f: int, firm: Firm, last: int | None, p: OffersParameters) -> float:
    """What it is worth to use a good rather than to own it; only a subscription renews."""
    β_u, β_r = p.use_weight, p.renewal
    if not firm.is_used:
        return 0.0
    return β_u * (2 * c.u - 1) + (β_r if firm.mode == "subscribe" and last == f else 0.0)


def cost_of_unit(firm: Firm, p: OffersParameters) -> float:
    """A rental costs the part of a good that it wears out."""
    w_r = p.wear
    return w_r * firm.unit_cost if firm.mode == "rent" else firm.unit_cost
