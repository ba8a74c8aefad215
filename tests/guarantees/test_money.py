"""Money is conserved to the cent: what is booked on one side is booked on the other."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from sim.market import Market
from sim.mechanisms.accounts import COSTS, in_cents
from tests.guarantees.markets import made, stress
from tests.guarantees.random_scenarios import scenarios


def check_books(market, before):
    """Check one week's books of every firm against what was sold and spent."""
    p, heads = market.setup.mechanisms, market.setup.population.represents
    for firm in market.firms:
        cash, alive = before[firm.name]
        if not alive:
            assert firm.cash == cash
            continue
        assert set(firm.costs) == set(COSTS)
        assert firm.cash == cash + firm.revenue - sum(firm.costs.values())
        assert firm.profit == firm.revenue - sum(firm.costs.values())
        sold = firm.week.units * market.weight
        assert firm.revenue == in_cents(sold * firm.price)
        assert firm.costs["goods"] == in_cents(sold * firm.unit_cost)
        assert firm.costs["brand_push"] == in_cents(firm.brand_push * p.accounts.push_cost * heads)
        for lever in ("research", "facilitation", "service"):
            assert firm.costs[lever] == in_cents(getattr(firm, lever))
        created = max(0.0, sold * (firm.price - firm.unit_cost)) * firm.external_share
        assert firm.costs["shared"] == in_cents(firm.sharing * created)
        assert 0 <= firm.costs["shared"] <= max(0, firm.revenue - firm.costs["goods"]) + 1
        assert all(amount >= 0 for amount in firm.costs.values())


def check_sums(market):
    """Check what consumers paid, and what contributors received, against the firms' side, from the record alone."""
    record = market.record
    alive = record["alive"] > 0
    # A firm's last week is closed before it goes: it counts for that week.
    traded = np.vstack([np.ones_like(alive[:1]), alive[:-1]])
    paid = (record["units"] * record["price"])[traded]
    np.testing.assert_allclose(record["revenue"][traded], paid, rtol=1e-12, atol=0.005)
    flow = np.diff(record["cash"], axis=0)
    scale = np.abs(record["cash"]).max() + 1
    np.testing.assert_allclose(flow[traded[1:]], record["profit"][1:][traded[1:]], atol=1e-9 * scale)
    margin = np.maximum(0, record["units"] * record["price"] * record["margin"])
    received = (margin * record["external_share"] * record["sharing"])[traded]
    np.testing.assert_allclose(record["given_back"][traded], received, rtol=1e-9, atol=0.006)


@settings(
    max_examples=25, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(scenarios(most_consumers=80))
def test_cash_is_what_was_taken_less_what_was_spent(scenario):
    market = Market(scenario)
    start = {firm.name: firm.cash for firm in market.firms}
    total = dict.fromkeys(start, 0)
    while market.running:
        before = {firm.name: (firm.cash, firm.alive) for firm in market.firms}
        market.step()
        if market.setup.mechanisms.accounts.enabled:
            check_books(market, before)
        for firm in market.firms:
            if before[firm.name][1] and market.setup.mechanisms.accounts.enabled:
                total[firm.name] += firm.revenue - sum(firm.costs.values())
    assert {firm.name: firm.cash for firm in market.firms} == {name: start[name] + total[name] for name in start}
    if market.setup.mechanisms.accounts.enabled:
        check_sums(market)


def test_where_everything_happens_at_once():
    market = Market(stress())
    while market.running:
        before = {firm.name: (firm.cash, firm.alive) for firm in market.firms}
        market.step()
        check_books(market, before)
    check_sums(market)
    assert market.record["given_back"].sum() > 0
    for cost in COSTS:
        assert any(firm.costs[cost] for firm in market.firms), cost


def test_cash_at_the_start_is_the_scenarios():
    market = Market(stress())
    setups = {firm.name: firm for firm in market.setup.firms}
    assert {firm.name: firm.cash for firm in market.firms} == {
        name: round(setup.cash * 100) for name, setup in setups.items()
    }


@pytest.mark.parametrize("key", ["revenue", "profit", "given_back", "launches"])
def test_a_bankrupt_firm_takes_and_spends_nothing(key):
    record = Market(stress()).run()
    gone = record.firms.index("Icarus")
    last = int(np.flatnonzero(record["alive"][:, gone] == 0)[0])
    assert 0 < last < 10
    assert (record["units"][last + 1 :, gone] == 0).all()
    assert (np.diff(record["cash"][last:, gone]) == 0).all()
    assert (record[key][last + 1 :, gone] == 0).all()


def test_prices_that_are_no_round_numbers_lose_no_cent():
    data = copy.deepcopy(stress().model_dump(mode="json", by_alias=True, exclude={"extends"}, exclude_none=True))
    for n, firm in enumerate(data["firm"]):
        firm["levers"]["price"] *= 1 + (n + 1) / 777.7
        firm["unit_cost"] /= 3
    data["schedule"] = []
    market = Market(made(data))
    start = sum(firm.cash for firm in market.firms)
    flows = 0
    for _ in range(5):
        alive = [firm for firm in market.firms if firm.alive]
        market.step()
        flows += sum(firm.revenue - sum(firm.costs.values()) for firm in alive)
    assert sum(firm.cash for firm in market.firms) == start + flows
