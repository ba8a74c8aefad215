import numpy as np
from hypothesis import given

from sim.alternatives import SharingMarket
from sim.mechanisms import sharing as compiled_sharing
from sim.mechanisms.sharing import SharingParameters

from .agreement import check_agreement
from .firms import check_firm_agreement, market_sector, market_sector_outcome, sector_outcome, sector_worlds
from .sharing import clear, keep_goods, trust_hosts
from .test_experience import bought_at
from .worlds import Compiled, consumers_outcome, counted, counted_compiled, mechanisms, tally, worlds

COUNTED = ("offered", "owned")


def slow(world):
    count, p = tally(world), world.p.sharing
    for i, c in enumerate(world.consumers):
        luck = world.luck.words(i, world.week)[2]
        for place, sector in enumerate(world.sectors):
            choice, n = bought_at(i, place, sector)
            keep_goods(c, place, n, choice, sector, world.firms, luck, p, count)
            if n > 0 and choice is not None:
                trust_hosts(c, choice, sector, world.firms, p)
    return {**consumers_outcome(world.consumers), **counted(count, COUNTED)}


def fast(world):
    compiled = Compiled(world)
    t, s, luck, firms = compiled.tile, compiled.s, compiled.words[2], compiled.signals
    for place, record in enumerate(compiled.sectors):
        choice, units = np.full((2, compiled.said.size), -1, np.int32)
        units[compiled.size :] = 0
        for i in range(compiled.size):
            chosen, units[i] = bought_at(i, place, world.sectors[place])
            choice[i] = -1 if chosen is None else chosen
        buyers, n = compiled.lanes_where((units > 0) & (choice >= 0))
        if record.durable:
            compiled_sharing.keep_goods(buyers, n, choice, units, luck, record, t, firms, compiled.firm_counts)
        if record.sharing >= 0:
            compiled_sharing.trust_hosts(buyers, n, choice, record, t, firms, s.sharing, s.sincerity)
    return {**compiled.outcome(), **counted_compiled(compiled, COUNTED)}


@given(worlds())
def test_goods_and_the_trust_in_hosts(world):
    check_agreement(slow, fast, world)


def test_no_one_owns_more_than_a_column_can_hold():
    @given(worlds())
    def check(world):
        for c in world.consumers:
            c.owned = [30_000 for _ in c.owned]
        check_agreement(slow, fast, world)

    check()


@given(sector_worlds(mechanisms()))
def test_a_week_of_a_sharing_market(world):
    def slow(world):
        market = world.firms[world.sector.market]
        clear(market, world.sector, world.firms, world.p.sharing, world.H, world.people)
        return sector_outcome(world.firms)

    def fast(world):
        found = market_sector(world)
        market = found[world.sector.market]
        assert isinstance(market, SharingMarket)
        market.clear(found[: len(world.real_firms)], world.p.sharing, world.people)
        return market_sector_outcome(found)

    check_firm_agreement(slow, fast, world)


def test_a_lasting_balance_of_stock_and_demand_has_the_usual_price():
    @given(sector_worlds(mechanisms()))
    def check(world):
        p, sector = SharingParameters(), world.sector
        market = world.firms[sector.market]
        market.kind, market.counted = "second_hand", {"units": 0, "offered": 0}
        market.D = market.s = 40.0
        market.availability = 0.5
        for _ in range(200):
            market.D = market.s
            market.counted = {"units": market.D * market.availability / world.people, "offered": 0}
            market.counted["offered"] = market.counted["units"] / sector.order
            clear(market, sector, world.firms, p, world.H, world.people)
        assert np.isclose(market.price, p.usual_price * sector.reference_price)

    check()
