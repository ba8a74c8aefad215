"""Accounts (5.6), in whole cents."""

from __future__ import annotations

from sim.scenario import Mechanisms

from .entities import Firm
from .offers import cost_of_unit


def cents(amount: float) -> int:
    return round(100 * amount)


def close_books(firm: Firm, purse: Firm, m: Mechanisms, H: float, people: float, week: int) -> None:
    """One firm's week; H people in all, `people` to each simulated consumer.

    `purse` is whose cash it is: its own, or that of the firm whose line it is.
    """
    p, counted = m.accounts, firm.counted
    units = counted["units"] * people
    contributions = (counted["ideas"] + counted["codesigns"] + counted["supports"]) * people
    co_created = firm.external_share * max(0.0, units * (firm.price - cost_of_unit(firm, m.offers)))
    firm.revenue, firm.fees = cents(units * firm.price), cents(firm.hosting_income)
    firm.costs = {
        "goods": cents(units * cost_of_unit(firm, m.offers)),
        "research": cents(firm.research),
        "facilitation": cents(firm.facilitation),
        "service": cents(firm.service),
        "cases": cents(firm.cases * m.creation.case_cost),
        "brand_push": cents(p.push_cost * H * firm.b),
        "launches": cents(firm.launched * m.creation.launch_cost),
        "fixed": cents(firm.fixed_cost),
        "shared": cents(firm.g * co_created),
        "rewards": cents(contributions * firm.reward * m.contribution.fair_wage),
        "ambassadors": cents(counted["ambassadors"] * people * m.ambassadors.cost),
        "campaigns": cents(firm.campaign_cost),
    }
    firm.profit = firm.revenue + firm.fees - sum(firm.costs.values())
    purse.cash += firm.profit
    firm.usual_revenue += (firm.revenue - firm.usual_revenue) / min(week - firm.entered_in + 1, 13)
    publish(firm)
    firm.dividends = 0
    if purse is not firm:
        return
    if firm.profit > 0 and firm.cash > p.reserve * firm.usual_revenue:
        firm.dividends = round(p.payout * firm.profit)
        firm.cash -= firm.dividends
    if p.bankruptcy:
        firm.weeks_beyond_credit = firm.weeks_beyond_credit + 1 if firm.cash < -p.credit * firm.usual_revenue else 0
        if firm.weeks_beyond_credit >= p.patience:
            go_bankrupt(firm)


def publish(firm: Firm) -> None:
    """Every 13 weeks in the market: profit and revenue of the quarter."""
    firm.quarter = [firm.quarter[0] + firm.profit, firm.quarter[1] + firm.revenue]
    firm.quarter_weeks += 1
    if firm.quarter_weeks == 13:
        firm.published, firm.quarter, firm.quarter_weeks = firm.quarter, [0, 0], 0


def go_bankrupt(firm: Firm) -> None:
    firm.alive, firm.availability, firm.full_availability = False, 0.0, 0.0
    firm.crises, firm.focus = {}, [0.0 for _ in firm.focus]


def rest(firm: Firm) -> None:
    """A week outside the market: nothing comes in, nothing goes out."""
    firm.revenue, firm.fees, firm.costs, firm.profit, firm.dividends, firm.launched = 0, 0, {}, 0, 0, 0
    firm.V = firm.external_share = firm.φ = firm.hosting_income = 0.0
