"""Goods (4.8) and sharing markets (4.5, 5.9)."""

from __future__ import annotations

import math

from sim.mechanisms.sharing import SharingParameters

from .entities import Consumer, Firm, Sector, Tally
from .luck import uniform


def firms_of(sector: Sector, firms: list[Firm]) -> list[Firm]:
    """The firms of a sector that are in the market."""
    return [firms[f] for f in sector.firms if firms[f].kind == "firm" and firms[f].alive]


def hosting(sector: Sector, firms: list[Firm]) -> float:
    """Σ ν."""
    return sum(firm.ν for firm in firms_of(sector, firms))


# ------------------------------------------------------------------------------------------------------ utility


def by_effort(c: Consumer, firm: Firm) -> float:
    """What a commons or a sharing market asks of the unskilled, and idealism."""
    β_i, causes = firm.idealism, len(c.w)
    return -firm.hassle * (1 - c.k) + (β_i * sum(c.w) / causes if causes > 0 else 0.0)


def by_visit(firm: Firm, sector: Sector, last: int | None, p: SharingParameters) -> float:
    β_h = p.visit_effect
    return β_h * firm.ν if last is not None and last == sector.market else 0.0


# -------------------------------------------------------------------------------------------------------- goods


def keep_goods(
    c: Consumer,
    place: int,
    n: int,
    choice: int | None,
    sector: Sector,
    firms: list[Firm],
    luck: int,
    p: SharingParameters,
    tally: Tally,
) -> None:
    """A week of one consumer's goods in a durable sector, in which it bought n orders; `luck` is one of its words."""
    if not sector.durable:
        return
    κ_o, e_h = p.release, p.host_ease
    goods = c.owned[place]
    goods = max(0, goods - math.floor(goods / sector.life + uniform(luck, f"wear in {sector.name}")))
    if sector.market is not None and firms[sector.market].kind != "group_buying" and goods > 0:
        offers = min(1.0, κ_o * (1 + e_h * min(1.0, hosting(sector, firms))))
        if uniform(luck, f"offer in {sector.name}") < offers:
            tally.firms[sector.market]["offered"] += 1
            if firms[sector.market].kind == "second_hand":
                goods -= 1
    if n > 0 and choice is not None and not firms[choice].is_used:
        goods = min(30_000, goods + n)
    c.owned[place] = goods
    if sector.market is not None:
        tally.firms[sector.market]["owned"] += goods


def trust_hosts(c: Consumer, choice: int, sector: Sector, firms: list[Firm], p: SharingParameters) -> None:
    """Let who has just bought at a sharing market trust its hosts more."""
    κ_t = p.host_trust
    if choice == sector.market:
        for f in sector.firms:
            if firms[f].alive:
                c.S[f] = c.S[f] + κ_t * firms[f].ν * (1 - c.S[f])


# ------------------------------------------------------------------------------------------------------- market


def clear(market: Firm, sector: Sector, firms: list[Firm], p: SharingParameters, H: float, people: float) -> None:
    """End a week of the sharing market; H people in all, `people` to each simulated consumer."""
    κ_p, p_u, δ_g, κ_h, e_h = p.price_speed, p.usual_price, p.discount, p.fee, p.host_ease
    hosts, selling = hosting(sector, firms), firms_of(sector, firms)
    v, offered = market.counted["units"] * people, market.counted["offered"] * sector.order * people
    for f in sector.firms:
        if firms[f].kind == "firm":
            paid = κ_h * market.price * v * firms[f].ν / max(1.0, hosts)
            firms[f].hosting_income = paid if firms[f].alive else 0.0
    market.hassle = market.z * (1 - e_h * min(1.0, hosts))
    if market.kind == "group_buying":
        market.D += 0.3 * (v / H - market.D)
        asked = mean_price(selling, sector.reference_price)
        market.price = asked * (1 - δ_g * market.D / (market.D + p.discount_half))
        return
    if market.availability > 0:
        market.D += 0.3 * (v / market.availability - market.D)
    market.s = offered if market.kind == "rental" else market.s + offered - v
    D, s = market.D, max(0.0, market.s)
    scarcity = D / (D + s) if s > 0 else 1.0
    goal = sector.reference_price * min(1.0, max(p.lowest_price, p_u * 2 * scarcity))
    market.price += κ_p * (goal - market.price)
    market.availability = s / (s + D) if s > 0 else 0.0


def mean_price(selling: list[Firm], reference_price: float) -> float:
    """What firms asked, weighted by what they sold."""
    units = sum(firm.counted["units"] for firm in selling)
    if units > 0:
        return sum(firm.price * firm.counted["units"] for firm in selling) / units
    return sum(firm.price for firm in selling) / len(selling) if selling else reference_price
