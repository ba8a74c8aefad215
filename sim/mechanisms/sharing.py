"""Sharing markets: second-hand, rental between peers, and group buying, beside what firms sell.

In a durable sector a unit is a good: it is owned, wears out (1 / life a week), and each week some owners offer one to
others. *Second-hand* goods change hands; goods *rented* between peers come back. What is offered waits in a stock, and
price and chance to find something follow stock and demand:

    found with probability stock / (stock + demand),   price → reference · usual_price · 2 demand / (demand + stock).

*Group buying* has no stock: the more buy together, the lower the price under what firms ask. A firm may host its
sector's sharing market: it eases exchange, takes part of the fee, and gains visits and trust of those who come.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from sim.columns import Column
from sim.compiling import compiled
from sim.mechanisms.base import MechanismParameters
from sim.mechanisms.sincerity import move_sincerity
from sim.quantities import quantity
from sim.streams import mix32, uniform_from

__all__ = ["COLUMNS", "SIGNALS", "SharingParameters", "add_visits", "clear_market", "keep_goods", "trust_hosts"]

COLUMNS = (Column("owned", "code", "sector", "units", "goods owned in each durable sector", 0),)

SIGNALS = ("hosting", "idealism", "hassle", "kept")


class SharingParameters(MechanismParameters):
    """Parameters of the sharing markets of all sectors."""

    release: float = quantity(
        0.004,
        "rate",
        0,
        1,
        "Share of owners who offer a good in a week",
        "Part des propriétaires qui offrent un bien en une semaine",
        symbol="κ_o",
    )
    usual_price: float = quantity(
        0.5,
        "ratio",
        0.01,
        10,
        "Price where stock equals a week's demand, relative to the reference price",
        "Prix quand le stock égale la demande d'une semaine, relatif au prix de référence",
        symbol="p_u",
    )
    price_speed: float = quantity(
        0.2,
        "rate",
        0,
        1,
        "Speed at which the price follows stock and demand",
        "Vitesse à laquelle le prix suit le stock et la demande",
        symbol="κ_p",
    )
    lowest_price: float = quantity(
        0.1,
        "ratio",
        0.001,
        1,
        "Lowest price, relative to the reference price",
        "Prix le plus bas, relatif au prix de référence",
    )
    discount: float = quantity(
        0.35,
        "share",
        0,
        0.99,
        "Largest discount for buying together, on what firms ask",
        "Plus grande remise de l'achat groupé sur le prix des firmes",
        symbol="δ_g",
        source="S2",
    )
    discount_half: float = quantity(
        0.01,
        "per_week",
        1e-6,
        100,
        "Units bought together a week and head that bring half of the discount",
        "Unités achetées ensemble par semaine et par tête qui donnent la moitié de la remise",
    )
    fee: float = quantity(
        0.08,
        "share",
        0,
        0.99,
        "Share of the price that goes to a firm which hosts fully",
        "Part du prix qui va à la firme qui héberge pleinement",
        symbol="κ_h",
        source="S4",
    )
    visit_effect: float = quantity(
        0.5,
        "utility",
        0,
        50,
        "Utility of the host's goods to those who used its sharing market last",
        "Utilité des produits de l'hôte pour qui vient de passer par son marché du partage",
        symbol="β_h",
        source="S4",
    )
    host_trust: float = quantity(
        0.03,
        "rate",
        0,
        1,
        "Share of the doubt in its host that an exchange takes away",
        "Part du doute envers l'hôte qu'ôte un échange",
        symbol="κ_t",
    )
    host_ease: float = quantity(
        0.5,
        "share",
        0,
        1,
        "Share of the hassle that full hosting takes away, and rise of what is offered",
        "Part de l'effort qu'ôte un plein hébergement, et hausse de ce qui est offert",
        symbol="e_h",
    )


_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_MOST_GOODS = np.int32(30_000)
_NO_GOODS = np.int32(0)
_ONE_GOOD = np.int32(1)
_EXCHANGE = 0.3
"""Speed at which the demand that a sharing market expects follows the demand it meets, a week."""


@compiled
def keep_goods(buyers, n, choice, units, words, sector, t, firms, firm_counts):
    """Let a tile's goods of one durable sector wear out, be offered to others, and be acquired.

    `buyers` are n lanes. `words` decide wear and offers with the sector's keys; what is rented is not kept.
    """
    owned = t.owned[sector.place]
    market = sector.sharing
    is_shared = market >= 0
    given = _ONE_GOOD if is_shared and firms[max(market, 0)].kept > _ZERO else _NO_GOODS
    wear = _ONE / sector.life
    offered, goods_in_all = _NO_GOODS, _NO_GOODS
    for lane in range(owned.size):
        goods = np.int32(owned[lane])
        worn = np.int32(np.float32(goods) * wear + uniform_from(mix32(words[lane], sector.wear)))
        goods = max(np.int32(goods - worn), _NO_GOODS)
        offers = is_shared and goods > 0 and uniform_from(mix32(words[lane], sector.offer)) < sector.release
        offered = np.int32(offered + (_ONE_GOOD if offers else _NO_GOODS))
        goods = np.int32(goods - (given if offers else _NO_GOODS))
        goods_in_all = np.int32(goods_in_all + goods)
        owned[lane] = np.int16(goods)
    for i in range(n):
        lane = buyers[i]
        if firms[choice[lane]].kept > _ZERO:
            goods = np.int32(owned[lane])
            kept = min(np.int32(goods + units[lane]), _MOST_GOODS)
            goods_in_all = np.int32(goods_in_all + np.int32(kept - goods))
            owned[lane] = np.int16(kept)
    if is_shared:
        firm_counts[market].offered += np.int64(offered)
        firm_counts[market].owned += np.int64(goods_in_all)


@compiled
def trust_hosts(buyers, n, choice, sector, t, firms, p, s):
    """Raise the sincerity granted to the hosts of a sharing market by those who have just exchanged there."""
    for f in range(sector.first, sector.last):
        gain = p.host_trust * firms[f].hosting
        if gain > _ZERO and firms[f].alive > _ZERO:
            sincerity = t.sincerity[f]
            for i in range(n):
                lane = buyers[i]
                if choice[lane] == sector.sharing:
                    sincerity[lane] = move_sincerity(sincerity[lane], gain * (_ONE - sincerity[lane]), s.asymmetry)


@compiled
def add_visits(utility, supplier, sharing, firm, p):
    """Add to the utility of a host what a visit to its sharing market makes of it."""
    if firm.hosting > _ZERO:
        visit = p.visit_effect * firm.hosting
        for lane in range(utility.size):
            utility[lane] = utility[lane] + (visit if supplier[lane] == sharing else _ZERO)


class Exchange(Protocol):
    """What clearing reads and sets of a sharing market."""

    kind: str
    week: WeekCounts
    order_size: int
    reference_price: float
    price: float
    stock: float
    demand: float
    available: float


class WeekCounts(Protocol):
    """What was counted of it in a week."""

    @property
    def units(self) -> int:
        """Units sold."""
        ...

    @property
    def offered(self) -> int:
        """Goods offered."""
        ...


def clear_market(market: Exchange, p: SharingParameters, asked: float, weight: float, heads: float) -> None:
    """Bring stock, expected demand, price and availability of a sharing market to the end of a week.

    Parameters
    ----------
    market
        Its week's counts are read, its state is changed.
    p
        The mechanism's parameters.
    asked
        Mean price that the sector's firms ask (currency).
    weight, heads
        Clients per simulated consumer, and people in all.
    """
    sold, offered = market.week.units * weight, market.week.offered * market.order_size * weight
    if market.kind == "group_buying":
        market.demand += _EXCHANGE * (sold / heads - market.demand)
        together = market.demand / (market.demand + p.discount_half)
        market.price = asked * (1 - p.discount * together)
        return
    met = sold / market.available if market.available > 0 else market.demand
    market.demand += _EXCHANGE * (met - market.demand)
    market.stock = offered if market.kind == "rental" else market.stock + offered - sold
    stock = max(0.0, market.stock)
    scarcity = 2 * market.demand / (market.demand + stock) if stock > 0 else 2.0
    goal = market.reference_price * min(1.0, max(p.lowest_price, p.usual_price * scarcity))
    market.price += p.price_speed * (goal - market.price)
    market.available = stock / (stock + market.demand) if stock > 0 else 0.0
