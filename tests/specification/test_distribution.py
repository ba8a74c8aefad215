from hypothesis import given

from sim.mechanisms import distribution as market_distribution
from sim.mechanisms.distribution import DistributionParameters

from .distribution import restock
from .firms import check_firm_agreement, firm_outcome, firm_worlds, market_firm, market_firm_outcome
from .worlds import parameters


def slow(world):
    """Two firms, of one sector or one of them alone."""
    firms = [world.firm] if world.owner is world.firm else [world.firm, world.owner]
    restock(firms, world.p, world.week, world.order)
    return {f"{name} of {i}": value for i, firm in enumerate(firms) for name, value in firm_outcome(firm).items()}


def fast(world):
    firms = [market_firm(firm) for firm in ([world.firm] if world.owner is world.firm else [world.firm, world.owner])]
    for firm in firms:
        firm.order_size = world.order
        market_distribution.note_sales(firm, world.p, firm.weeks_here(world.week))
    trend = market_distribution.trend_of(firms)
    for firm in firms:
        market_distribution.restock(firm, world.p, firm.weeks_here(world.week), trend)
    outcomes = [market_firm_outcome(firm, 2) for firm in firms]
    return {f"{name} of {i}": value for i, outcome in enumerate(outcomes) for name, value in outcome.items()}


@given(firm_worlds(parameters(DistributionParameters)))
def test_what_retailers_do(world):
    check_firm_agreement(slow, fast, world)
