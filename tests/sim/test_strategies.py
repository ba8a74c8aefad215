"""Each strategy does what it is called for."""

from __future__ import annotations

import pytest

from sim.levers import LEVERS
from sim.strategies import ClientCentred, Opportunist, Pyramidal, Scripted
from tests.contracts.test_strategies import sight


def led(strategy, weeks=60, start=None, **seen):
    """The levers after some weeks of the same sight."""
    levers = {name: lever.default for name, lever in LEVERS.items()} | (start or {})
    for _ in range(weeks):
        levers |= strategy.decide(sight(levers=levers, **seen))
    return levers


def test_scripted_changes_nothing():
    assert Scripted().decide(sight()) == {}


def test_a_pyramid_closes_and_shares_nothing():
    levers = led(Pyramidal(), start={"openness": 0.8, "sharing": 0.5})
    assert levers["openness"] == levers["sharing"] == 0.0
    assert levers["brand_push"] == pytest.approx(0.4, abs=0.01)


def test_a_pyramid_spends_on_research_what_its_revenue_allows():
    assert led(Pyramidal(), cash=1e7, usual_revenue=1e6)["research"] == pytest.approx(60_000, rel=0.01)
    assert led(Pyramidal(), cash=1e5, usual_revenue=1e6)["research"] == LEVERS["research"].default


def test_a_losing_pyramid_cuts_its_price_down_to_a_floor_and_no_further():
    losing = {"recent_sales": 50.0}
    assert led(Pyramidal(), weeks=1, **losing)["price"] == pytest.approx(9.9)
    assert led(Pyramidal(), weeks=300, **losing)["price"] == pytest.approx(6.25, rel=0.011)
    assert led(Pyramidal(), weeks=300)["price"] == 10.0
    # Where cost has risen above the price it does not cut, and does not raise either.
    assert led(Pyramidal(), weeks=20, unit_cost=20.0, **losing)["price"] == 10.0


def test_a_losing_pyramid_gets_louder():
    quiet, loud = led(Pyramidal(), weeks=5), led(Pyramidal(), weeks=5, recent_sales=50.0)
    assert loud["claimed_quality"] > quiet["claimed_quality"]
    assert loud["brand_push"] > quiet["brand_push"]


def test_an_opportunist_claims_what_it_does_not_do():
    levers = led(Opportunist())
    assert levers["proclaimed_sharing"] - levers["sharing"] > 0.5
    assert levers["proclaimed_openness"] - levers["openness"] > 0.3
    assert levers["openness"] == pytest.approx(0.5, abs=0.05)


def test_an_opportunist_gets_louder_when_its_rating_falls():
    assert led(Opportunist(), weeks=5, rating=0.2)["claimed_quality"] > led(Opportunist(), weeks=5)["claimed_quality"]


def test_a_client_centred_firm_says_what_it_does():
    levers = {name: lever.default for name, lever in LEVERS.items()}
    for _ in range(80):
        levers |= ClientCentred().decide(sight(levers=levers))
        assert levers["proclaimed_openness"] == levers["openness"]
        assert levers["proclaimed_sharing"] == levers["sharing"]
    assert levers["openness"] > 0.7
    assert levers["sharing"] > 0.35
    assert levers["brand_push"] < 0.01


def test_a_client_centred_firm_helps_in_proportion_to_its_community():
    few = led(ClientCentred(), contributors=100.0, usual_revenue=1e6)["facilitation"]
    many = led(ClientCentred(), contributors=10_000.0, usual_revenue=1e6)["facilitation"]
    endless = led(ClientCentred(), contributors=1e6, usual_revenue=1e6)["facilitation"]
    assert few == pytest.approx(150, rel=0.02)
    assert many == pytest.approx(15_000, rel=0.02)
    assert endless == pytest.approx(50_000, rel=0.02)


def test_a_client_centred_firm_that_cannot_pay_draws_back():
    assert led(ClientCentred(), cash=0.0, profit=-1.0)["openness"] < 0.45
    assert led(ClientCentred(), cash=0.0, profit=-1.0)["sharing"] < 0.2
    assert led(ClientCentred(), cash=0.0, profit=1.0)["openness"] > 0.6


def test_losing_is_a_matter_of_more_than_five_per_cent_after_the_first_weeks():
    assert not sight(recent_sales=95.0).is_losing
    assert sight(recent_sales=94.0).is_losing
    assert not sight(week=8, recent_sales=10.0).is_losing


def test_weeks_of_cash():
    assert sight(cash=3e5, usual_revenue=1e5).weeks_of_cash == 3.0
    assert sight(cash=3e5, usual_revenue=0.0).weeks_of_cash == float("inf")
    assert sight(cash=-1.0, usual_revenue=0.0).weeks_of_cash == 0.0
