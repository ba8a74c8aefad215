"""Accounts (5.6), in whole cents."""

from __future__ import annotations

from sim.mechanisms.accounts import AccountsParameters

from .entities import Firm


def cents(amount: float) -> int:
    return round(100 * amount)


def close_books(
    firm: Firm, p: AccountsParameters, H: float, people: float, case_cost: float, launch_cost: float, week: int
) -> None:
    """One firm's week; H people in all, `people` to each simulated consumer."""
    units = firm.counted["units"] * people
    co_created = firm.external_share * max(0.0, units * (firm.price - firm.unit_cost))
    firm.revenue = cents(units * firm.price)
    firm.costs = {
        "goods": cents(units * firm.unit_cost),
        "research": cents(firm.research),
        "facilitation": cents(firm.facilitation),
        "service": cents(firm.service),
        "cases": cents(firm.cases * case_cost),
        "brand_push": cents(p.push_cost * H * firm.b),
        "launches": cents(firm.launched * launch_cost),
        "fixed": cents(firm.fixed_cost),
        "shared": cents(firm.g * co_created),
    }
    firm.profit = firm.revenue - sum(firm.costs.values())
    firm.cash += firm.profit
    firm.usual_revenue += (firm.revenue - firm.usual_revenue) / min(week, 13)
    if not p.bankruptcy:
        return
    firm.weeks_beyond_credit = firm.weeks_beyond_credit + 1 if firm.cash < -p.credit * firm.usual_revenue else 0
    if firm.weeks_beyond_credit >= p.patience:
        firm.alive, firm.availability, firm.full_availability = False, 0.0, 0.0
        firm.crises, firm.focus = {}, [0.0 for _ in firm.focus]


def rest(firm: Firm) -> None:
    """A week after bankruptcy: nothing comes in, nothing goes out."""
    firm.revenue, firm.costs, firm.profit, firm.launched = 0, {}, 0, 0
    firm.V = firm.external_share = firm.φ = 0.0
