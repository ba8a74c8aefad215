"""Porosity and entry (4.3, 5.10)."""

from __future__ import annotations

from sim.mechanisms.porosity import PorosityParameters

from .entities import Consumer, Firm


def spill_over(c: Consumer, firms: list[Firm], p: PorosityParameters) -> None:
    """Draw what a consumer believes of lines and their firms together, line by line."""
    κ_l = p.spillover
    for line, firm in enumerate(firms):
        if firm.parent is not None and firm.alive:
            for belief in (c.Q, c.S):
                x = κ_l / 2 * (belief[firm.parent] - belief[line])
                belief[line], belief[firm.parent] = belief[line] + x, belief[firm.parent] - x


def margin_of(sector: list[Firm]) -> float | None:
    """Profit over revenue of what the firms of a sector, those in the market, published last."""
    published = [firm.published for firm in sector if firm.alive]
    revenue = sum(pair[1] for pair in published)
    return sum(pair[0] for pair in published) / revenue if revenue > 0 else None


def enters(firm: Firm, parent: Firm | None, sector: list[Firm], members: float, week: int, interest: float) -> bool:
    """Whether a firm comes in this week; `members` are its parent's last week, per head."""
    margin = margin_of(sector)
    if firm.entered_in > 0 or week < firm.enters:
        return False
    if firm.entry_margin is not None and (margin is None or margin < firm.entry_margin):
        return False
    if parent is None:
        return True
    return parent.alive and parent.cash >= 100 * firm.entry_cost and members >= interest


def enter(f: int, firms: list[Firm], consumers: list[Consumer], week: int, p: PorosityParameters) -> None:
    """Come in, with what people believe of the parent, and at a cost."""
    κ_0, firm = p.carry_over, firms[f]
    firm.alive, firm.entered_in, firm.availability = True, week, firm.full_availability
    purse = firm if firm.parent is None else firms[firm.parent]
    purse.cash -= round(100 * firm.entry_cost)
    if firm.parent is not None:
        firm.appeal += κ_0 * purse.appeal
        for c in consumers:
            c.Q[f] += κ_0 * (c.Q[firm.parent] - c.Q[f])
            c.S[f] += κ_0 * (c.S[firm.parent] - c.S[f])
