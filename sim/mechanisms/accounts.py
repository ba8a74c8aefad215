"""Accounts: revenue, costs, sharing, cash and bankruptcy, in whole cents.

Every flow is rounded once, to the cent, and booked once on each side: what consumers pay is what firms receive; what
firms give back is what contributors receive. A firm whose cash stays below its credit for some weeks goes bankrupt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

if TYPE_CHECKING:
    from sim.agents import Firm

__all__ = ["COLUMNS", "COSTS", "AccountsParameters", "close_books", "in_cents"]

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
)
"""What a firm pays for, in this order; `shared` goes to contributors, the rest leaves the market."""


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
    bankruptcy: bool = quantity(
        True, "switch", None, None, "Whether firms can go bankrupt", "Si les firmes peuvent faire faillite"
    )


def in_cents(amount: float) -> int:
    """Round an amount of currency to whole cents."""
    return round(amount * 100)


def close_books(firm: Firm, p: AccountsParameters, heads: float, weight: float, case_cost: float, week: int) -> None:
    """Book a firm's week and let it go bankrupt.

    Parameters
    ----------
    firm
        Its week's counts and levers are read; `revenue`, `costs`, `profit` and `cash` (cents), and `alive` are set.
    p
        The mechanism's parameters.
    heads, weight
        People whom the population stands for, and people per simulated consumer.
    case_cost
        Cost of a service case that the firm settles.
    week
        The week that ends, from 1: usual revenue is a plain mean until it has its 13 weeks.
    """
    sold = firm.week.units * weight
    firm.revenue = in_cents(sold * firm.price)
    margin = max(0.0, sold * (firm.price - firm.unit_cost))
    firm.co_created = margin * firm.external_share
    firm.costs = {
        "goods": in_cents(sold * firm.unit_cost),
        "research": in_cents(firm.research),
        "facilitation": in_cents(firm.facilitation),
        "service": in_cents(firm.service),
        "cases": in_cents(firm.cases_settled_by_firm * case_cost),
        "brand_push": in_cents(firm.brand_push * p.push_cost * heads),
        "launches": in_cents(firm.launch_spend),
        "fixed": in_cents(firm.fixed_cost),
        "shared": in_cents(firm.sharing * firm.co_created),
    }
    firm.profit = firm.revenue - sum(firm.costs.values())
    firm.cash += firm.profit
    firm.usual_revenue += (firm.revenue - firm.usual_revenue) / min(week, _USUAL_WEEKS)
    if p.bankruptcy:
        beyond = firm.cash < -p.credit * firm.usual_revenue
        firm.weeks_beyond_credit = firm.weeks_beyond_credit + 1 if beyond else 0
        if firm.weeks_beyond_credit >= p.patience:
            firm.go_bankrupt()
