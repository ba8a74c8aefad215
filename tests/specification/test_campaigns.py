from hypothesis import given
from hypothesis import strategies as st

from sim.entities import Campaign

from .campaigns import make_public
from .firms import check_firm_agreement, firm_outcome, firm_worlds, market_firm, market_firm_outcome
from .worlds import mechanisms

campaigns = st.builds(
    Campaign,
    kind=st.just("campaign"),
    week=st.integers(1, 95),
    weeks=st.integers(1, 60),
    firm=st.just("firm 0"),
    play=st.floats(0, 1),
    reach=st.floats(0, 5),
    cost=st.floats(0, 1e5),
)


@given(firm_worlds(mechanisms()), st.lists(campaigns, max_size=4), st.booleans())
def test_what_the_public_meets(world, events, alive):
    world.firm.alive = alive

    def slow(world):
        make_public(world.firm, events, world.p, world.week, world.people)
        used, renews = world.firm.is_used, world.firm.mode == "subscribe"
        return {**firm_outcome(world.firm), "offer": [used, renews, not used]}

    def fast(world):
        firm = market_firm(world.firm)
        under_way = [e for e in events if e.week <= world.week < e.week + e.weeks]  # as the market gives them
        firm.make_public(world.p, under_way, world.week, world.people)
        return {**market_firm_outcome(firm, 2), "offer": [bool(x) for x in (firm.is_use, firm.renews, firm.kept)]}

    check_firm_agreement(slow, fast, world)
