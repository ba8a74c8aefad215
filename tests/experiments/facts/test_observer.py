"""What the observer sees, against the market's own figures."""

import numpy as np
import pytest

from experiments.facts.observer import Observer
from sim.market import Market

CONSUMERS, WEEKS = 800, 20


def observed(scenario="baseline", *, households=CONSUMERS, burn_in=0, weeks=WEEKS, **settings):
    market = Market(scenario, consumers=CONSUMERS, weeks=weeks, **settings)
    return market, Observer(market, households=households, burn_in=burn_in).run()


def test_a_panel_of_everybody_has_the_units_and_shares_of_the_market():
    market, seen = observed()
    panel = seen.panels["drinks"]
    units = np.zeros((WEEKS, 5))
    np.add.at(units, (panel.week - 1, panel.brand), panel.units)
    assert units * market.weight == pytest.approx(market.record["units"])
    share = units / units.sum(axis=1, keepdims=True)
    assert share == pytest.approx(market.record["share"])
    assert panel.brands == market.record.firms
    assert panel.price == pytest.approx(market.record["price"])


def test_households_without_a_purchase_are_known():
    _, seen = observed()
    panel = seen.panels["drinks"]
    assert len(panel.occasions) == panel.households == CONSUMERS
    buyers = (panel.occasions > 0).sum()
    assert 0 < buyers < CONSUMERS
    assert len(panel.panel().households) == buyers
    assert panel.panel().occasions == len(panel.household) == panel.occasions.sum()


def test_the_panel_is_sorted_and_has_one_occasion_a_week():
    panel = observed()[1].panels["drinks"]
    keys = panel.household * (WEEKS + 1) + panel.week
    assert (np.diff(keys) > 0).all()
    real = panel.panel(50)
    assert len(real.households) == 50
    assert (real.counts.sum(axis=1) > 0).all()
    assert real.price.shape == (real.occasions, 5)


def test_a_sample_is_spread_over_everybody():
    panel = observed(households=200)[1].panels["drinks"]
    whole = observed()[1].panels["drinks"]
    assert panel.households == 200
    # 200 of 800 households: their mean purchases differ from all by less than four standard errors of a sample.
    spread = whole.occasions.std() / np.sqrt(200)
    assert abs(panel.occasions.mean() - whole.occasions.mean()) < 4 * spread


def test_weeks_before_the_panel_are_let_pass():
    market, seen = observed(burn_in=8)
    panel = seen.panels["drinks"]
    assert panel.weeks == WEEKS - 8
    assert panel.week.min() == 1
    assert panel.units.sum() * market.weight == pytest.approx(market.record["units"][8:].sum())


def test_every_sector_has_its_panel():
    market, seen = observed("two_sectors")
    assert tuple(seen.panels) == market.record.sectors
    for sector, panel in seen.panels.items():
        sold = sum(market.record["units"][:, i].sum() for i, firm in enumerate(market.firms) if firm.sector == sector)
        assert panel.units.sum() * market.weight == pytest.approx(sold)


def test_contributions_add_up_to_those_of_the_communities():
    market, seen = observed()
    firms = [firm.place for firm in market.firms]
    # A contributor who feels exploited may leave in the same week; what it gave still counts for the old community.
    made = seen.participation.contributions[firms].sum(axis=1) * market.weight
    assert made == pytest.approx(market.record["contributions"].sum(axis=0))
    assert (seen.participation.contributions[~seen.participation.member] == 0).all()


def test_reviews_and_satisfaction_are_those_that_were_counted():
    market, seen = observed()
    assert seen.stars.sum() * market.weight == pytest.approx(market.record["reviews"].sum())
    trips = len(seen.panels["drinks"].household)
    assert seen.satisfaction.sum() == trips
    middle = (np.arange(20) + 0.5) / 20
    weighted = np.nansum(market.record["satisfaction"] * trips_of(seen), axis=None) / trips
    # Bins of a twentieth: the mean is known to half a bin.
    assert seen.satisfaction @ middle / trips == pytest.approx(weighted, abs=0.025)


def trips_of(seen):
    panel = seen.panels["drinks"]
    trips = np.zeros((WEEKS, 5))
    np.add.at(trips, (panel.week - 1, panel.brand), 1)
    return trips


def test_first_buyers_are_those_of_the_market():
    market, seen = observed()
    assert seen.first_buyers * market.weight == pytest.approx(market.record["first_buyers"])
    assert seen.suppliers == market.record.firms


def test_watching_changes_nothing():
    market, _ = observed()
    alone = Market("baseline", consumers=CONSUMERS, weeks=WEEKS)
    alone.run()
    for figure in ("units", "contributions", "reviews", "salience"):
        assert np.array_equal(market.record[figure], alone.record[figure])
