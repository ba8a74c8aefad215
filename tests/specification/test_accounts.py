from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms import accounts as market_accounts
from sim.mechanisms.accounts import Rates

from .accounts import close_books, go_bankrupt
from .firms import check_firm_agreement, firm_outcome, firm_worlds, market_firm, market_firm_outcome
from .worlds import mechanisms

WEEK = 7


def slow(world):
    firm, owner = world.firm, world.owner
    close_books(firm, owner, world.p, world.H, world.people, WEEK)
    if not owner.alive:
        go_bankrupt(firm)
    return {**firm_outcome(firm), "cash of its firm": owner.cash}


def fast(world):
    m, firm = world.p, market_firm(world.firm, world.owner, world.p, world.order)
    firm.launch_spend = firm.launched * m.creation.launch_cost
    rates = Rates(world.H, world.people, m.creation.case_cost, m.contribution.fair_wage, m.ambassadors.cost)
    market_accounts.close_books(firm, m.accounts, rates, WEEK)
    money = (firm.revenue, firm.fees, firm.profit, firm.dividends, firm.cash, *firm.costs.values())
    assert all(isinstance(amount, int) for amount in money)
    return {**market_firm_outcome(firm, 2), "cash of its firm": firm.purse.cash}


@given(firm_worlds(mechanisms()), st.booleans())
def test_a_weeks_books(world, bankruptcy):
    world.p = world.p.model_copy(update={"accounts": world.p.accounts.model_copy(update={"bankruptcy": bankruptcy})})
    check_firm_agreement(slow, fast, world)
