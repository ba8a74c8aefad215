from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms import accounts as market_accounts
from sim.mechanisms.accounts import AccountsParameters

from .accounts import close_books
from .firms import check_firm_agreement, firm_outcome, firm_worlds, market_firm, market_firm_outcome
from .worlds import parameters

CASE_COST, LAUNCH_COST, WEEK = 4.0, 60_000.0, 7


def slow(world):
    close_books(world.firm, world.p, world.H, world.people, CASE_COST, LAUNCH_COST, WEEK)
    return firm_outcome(world.firm)


def fast(world):
    firm = market_firm(world.firm)
    firm.launch_spend = firm.launched * LAUNCH_COST
    market_accounts.close_books(firm, world.p, world.H, world.people, CASE_COST, WEEK)
    assert all(isinstance(cost, int) for cost in (firm.revenue, firm.profit, firm.cash, *firm.costs.values()))
    return market_firm_outcome(firm, 2)


@given(firm_worlds(parameters(AccountsParameters)), st.booleans())
def test_a_weeks_books(world, bankruptcy):
    world.p = world.p.model_copy(update={"bankruptcy": bankruptcy})
    check_firm_agreement(slow, fast, world)
