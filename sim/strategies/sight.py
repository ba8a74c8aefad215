"""What a firm can see: its own accounts, and what is public of itself, its sector and its rivals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["LOSING_BELOW", "SETTLED_REVENUE", "SETTLED_SALES", "VISIBLE_LEVERS", "Rival", "Sight"]

LOSING_BELOW = 0.95
"""A firm is losing when its recent sales are below this share of its usual ones."""

SETTLED_SALES = 8
"""Weeks after which usual sales say something."""

SETTLED_REVENUE = 4
"""Weeks after which usual revenue says something."""

VISIBLE_LEVERS = (
    "price",
    "feature",
    "display",
    "mode",
    "claimed_quality",
    "proclaimed_openness",
    "proclaimed_sharing",
    "openness",
    "play",
    "recognition",
    "reward",
    "brand_push",
    "hosting",
    "open_files",
    "launches",
)
"""The levers of a firm that an outsider sees.

On the shelf and in leaflets: price, feature, display, mode. Said in public: the claims. Seen by whoever signs up to the
community, rivals too: which channels are open, how playful they are, who is thanked, the pay offered for a
contribution, the advertising, the exchange it hosts, the files to download. Counted from outside: launches.

Not seen: what is really given back (`sharing`: between the firm and its contributors), what it spends (research,
service, facilitation, ambassadors: in its books), and how it decides (layers, autonomy, power sharing, selectivity,
suggestion box: within its walls). Who copies a firm from outside thus copies its claim to share and not the sharing.
"""


class Rival(NamedTuple):
    """What is public of another firm of the sector.

    `share` is its share of the sector's units last week, `rating` its public rating, both 0 to 1; `price` is in
    currency; `published_margin` is profit / revenue of its last published quarter (13 weeks), NaN before its first;
    `weeks` are weeks since it entered; `levers` holds those of `VISIBLE_LEVERS` alone.
    """

    name: str
    share: float
    price: float
    rating: float
    published_margin: float
    weeks: int
    levers: Mapping[str, Any]


class Sight(NamedTuple):
    """What a firm sees at the start of a week: last week's accounts and public figures.

    Money is in currency. `share`, `commons_share` and `sharing_share` are shares of the units of its sector last week,
    `rating` is 0 to 1. Sales are in simulated units a week, recent ones the mean of four weeks and usual ones of half a
    year; `contributors` and `community` are people. `voice_for` and `voice_against` are the people who spoke publicly
    for and against it last week, in people of full energy. `published_margin` is its own, as in `Rival`; `rivals` are
    the other firms alive in its sector, in the market's order (none for a strategy that does not look at them).
    """

    week: int
    sector: str
    share: float
    rating: float
    cash: float
    revenue: float
    profit: float
    usual_revenue: float
    published_margin: float
    recent_sales: float
    usual_sales: float
    unit_cost: float
    contributors: float
    community: float
    voice_for: float
    voice_against: float
    commons_share: float
    sharing_share: float
    reference_price: float
    levers: Mapping[str, Any]
    rivals: tuple[Rival, ...]

    @property
    def is_settled(self) -> bool:
        """Whether usual revenue says something yet."""
        return self.week > SETTLED_REVENUE

    @property
    def is_losing(self) -> bool:
        """Whether recent sales have fallen more than five per cent below usual ones."""
        return self.week > SETTLED_SALES and self.recent_sales < LOSING_BELOW * self.usual_sales

    @property
    def weeks_of_cash(self) -> float:
        """Cash, in weeks of usual revenue; without any revenue yet, no end of weeks unless cash is short."""
        if self.usual_revenue > 0:
            return self.cash / self.usual_revenue
        return math.inf if self.cash >= 0 else 0.0

    @property
    def units_sold(self) -> float:
        """Units sold last week, to people (not to simulated consumers)."""
        return self.revenue / self.levers["price"]

    @property
    def cheapest_rival(self) -> float:
        """Lowest price of a rival; infinite without rivals."""
        return min((rival.price for rival in self.rivals), default=math.inf)
