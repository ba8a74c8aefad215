from hypothesis import given

from sim.mechanisms import creation as market_creation

from .commons import exchange, progress
from .creation import create_value, launch_ideas
from .firms import check_firm_agreement, market_sector, market_sector_outcome, sector_outcome, sector_worlds
from .worlds import mechanisms


def slow(world):
    p, commons, firms = world.p, world.firm, world.real_firms
    exchange(commons, firms, p.commons, world.people)
    progress(commons, p.commons, world.week)
    create_value(commons, commons, p, world.H, world.people, world.order)
    launch_ideas(commons, p.creation, world.people, world.luck)
    return sector_outcome(world.firms)


def fast(world):
    p, found = world.p, market_sector(world)
    commons = found[-2]
    commons.exchange(found[:-2], p.commons, world.people)
    commons.progress(p.commons, world.week)
    market_creation.create_value(commons, p.creation, world.H, world.people)
    market_creation.launch_ideas(commons, p.creation, world.people, world.luck)
    return market_sector_outcome(found)


@given(sector_worlds(mechanisms()))
def test_a_week_of_a_commons(world):
    check_firm_agreement(slow, fast, world)
