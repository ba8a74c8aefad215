"""Accounts: revenue, costs, sharing, cash and bankruptcy, in whole cents.

Every flow is rounded once, to the cent, and booked once on each side: what consumers pay is what firms receive; what
firms give back is what contributors receive. A firm whose cash stays below its credit for some weeks goes bankrupt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

if TYPE_CHECKING:
    from sim.agents import Firm

__all__ = ["COLUMNS", "COSTS", "AccountsParameters", "Rates", "close_books", "in_cents"]

COLUMNS = ()
_USUAL_WEEKS = 13

COSTS = (
    "goods",
    "research",
    "facilitation",
    "service",
    "cases",
    "brand_push",
    "launches",
    "fixed",
    "shared",
    "rewards",
    "ambassadors",
    "campaigns",
)
"""What a firm pays for, in this order; `shared` and `rewards` go to contributors, the rest leaves the market."""


class AccountsParameters(MechanismParameters):
    """Parameters of accounts and bankruptcy."""

    push_cost: float = quantity(
        0.02,
        "currency_per_head",
        0,
        1e6,
        "Cost of full brand push per head of population",
        "Coût d'une pleine pression publicitaire par tête",
    )
    credit: float = quantity(
        4.0,
        "weeks",
        0,
        520,
        "Credit: weeks of revenue that cash may fall below zero",
        "Crédit : semaines de chiffre d'affaires dont la trésorerie peut passer sous zéro",
    )
    patience: int = quantity(
        8,
        "weeks",
        1,
        520,
        "Weeks beyond credit before bankruptcy",
        "Semaines au-delà du crédit avant la faillite",
    )
    payout: float = quantity(
        0.8,
        "share",
        0,
        1,
        "Share of a week's profit paid out to owners while cash exceeds the reserve",
        "Part du profit d'une semaine versée aux propriétaires tant que la trésorerie dépasse la réserve",
    )
    reserve: float = quantity(
        8.0,
        "weeks",
        0,
        520,
        "Reserve: weeks of revenue that a firm keeps in cash",
        "Réserve : semaines de chiffre d'affaires gardées en trésorerie",
    )
    bankruptcy: bool = quantity(
        True, "switch", None, None, "Whether firms can go bankrupt", "Si les firmes peuvent faire faillite"
    )


@dataclass(frozen=True)
class Rates:
    """What is the same for the books of all firms.

    Attributes
    ----------
    heads, weight
        People whom the population stands for, and clients per simulated consumer.
    case_cost, fair_wage, ambassador_cost
        Currency a service case, a contribution, and an ambassador a week.
    """

    heads: float
    weight: float
    case_cost: float
    fair_wage: float
    ambassador_cost: float


def in_cents(amount: float) -> int:
    """Round an amount of currency to whole cents."""
    return round(amount * 100)


def close_books(firm: Firm, p: AccountsParameters, rates: Rates, week: int) -> None:
    """Book a firm's week, pay its owners, and let it go bankrupt.

    The profit or loss of a line goes to its parent at once.

    Parameters
    ----------
    firm
        Its week's counts and levers are read; `revenue`, `fees`, `costs`, `profit`, `dividends` and `cash` (cents), and
        `alive` are set.
    p
        The mechanism's parameters.
    rates
        What is the same for all firms: people, and what a case, a contribution and a spend cost.
    week
        The week that ends, from 1.
    """
    week_counts, weight = firm.week, rates.weight
    sold = week_counts.units * weight
    firm.revenue = in_cents(sold * firm.price)
    firm.fees = in_cents(firm.hosting_income)
    goods_cost = firm.goods_cost
    margin = max(0.0, sold * (firm.price - goods_cost))
    firm.co_created = margin * firm.external_share
    made = (week_counts.ideas + week_counts.codesigns + week_counts.supports) * weight
    costs = {
        "goods": sold * goods_cost,
        "research": firm.research,
        "facilitation": firm.facilitation,
        "service": firm.service,
        "cases": firm.cases_settled_by_firm * rates.case_cost,
        "brand_push": firm.brand_push * p.push_cost * rates.heads,
        "launches": firm.launch_spend,
        "fixed": firm.fixed_cost,
        "shared": firm.sharing * firm.co_created,
        "rewards": made * firm.reward * rates.fair_wage,
        "ambassadors": week_counts.ambassadors * weight * rates.ambassador_cost,
        "campaigns": firm.campaign_spend,
    }
    firm.costs = {name: round(cost * 100) for name, cost in costs.items()}
    firm.profit = firm.revenue + firm.fees - sum(firm.costs.values())
    purse = firm.purse
    purse.cash += firm.profit
    firm.usual_revenue += (firm.revenue - firm.usual_revenue) / min(firm.weeks_here(week), _USUAL_WEEKS)
    firm.publish_quarter()
    firm.dividends = 0
    if firm.profit > 0 and purse is firm and firm.cash > p.reserve * firm.usual_revenue:
        firm.dividends = round(p.payout * firm.profit)
        firm.cash -= firm.dividends
    if p.bankruptcy:
        beyond = purse is firm and firm.cash < -p.credit * firm.usual_revenue
        firm.weeks_beyond_credit = firm.weeks_beyond_credit + 1 if beyond else 0
        if firm.weeks_beyond_credit >= p.patience:
            firm.go_bankrupt()
