from hypothesis import given

from sim.mechanisms import distribution as market_distribution
from sim.mechanisms.distribution import DistributionParameters

from .distribution import restock
from .firms import check_firm_agreement, firm_outcome, firm_worlds, market_firm, market_firm_outcome
from .worlds import parameters


def slow(world):
    restock(world.firm, world.p, world.week)
    return firm_outcome(world.firm)


def fast(world):
    firm = market_firm(world.firm)
    market_distribution.restock(firm, world.p, world.week)
    return market_firm_outcome(firm, 2)


@given(firm_worlds(parameters(DistributionParameters)))
def test_what_retailers_do(world):
    check_firm_agreement(slow, fast, world)
