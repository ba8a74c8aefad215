"""What single consumers did, against what the market counted."""

import numpy as np
import pytest

from sim.market import Market
from sim.observation import purchases, units_wanted


@pytest.mark.parametrize("scenario", ["baseline", "two_sectors", "wardrobe_swap", "b2b_opening"])
def test_purchases_add_up_to_what_the_market_counted(scenario):
    market = Market(scenario, consumers=700, weeks=6)
    for _ in range(6):
        market.step()
        for sector in market.record.sectors:
            seen = purchases(market, sector)
            assert len(set(seen.consumer.tolist())) == len(seen.consumer)
            for supplier in market.suppliers:
                if supplier.sector == sector:
                    own = seen.supplier == supplier.place
                    assert own.sum() == supplier.week.trips
                    assert seen.units[own].sum() == supplier.week.units


def test_units_wanted_are_those_bought_and_those_forgone():
    market = Market("baseline", consumers=900, weeks=5)
    market.run(5)
    wanted = units_wanted(market, "drinks")
    bought = purchases(market, "drinks")
    assert wanted.sum() == bought.units.sum() + market.counts.not_bought
    assert (wanted[bought.consumer] == bought.units).all()
    assert wanted.shape == (900,)


def test_nothing_was_bought_before_the_first_week():
    market = Market("baseline", consumers=100)
    assert len(purchases(market, "drinks").consumer) == 0


def test_looking_leaves_no_trace():
    seen, unseen = (Market("baseline", consumers=300, weeks=8) for _ in range(2))
    for _ in range(8):
        seen.step()
        purchases(seen, "drinks")
    unseen.run()
    assert np.array_equal(seen.record["units"], unseen.record["units"])
    assert np.array_equal(seen.population.columns.numbers, unseen.population.columns.numbers)


def test_an_unknown_sector_is_refused():
    market = Market("baseline", consumers=50)
    with pytest.raises(KeyError, match="drinks"):
        purchases(market, "shoes")
