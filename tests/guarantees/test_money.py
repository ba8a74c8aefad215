"""Money is conserved to the cent: what is booked on one side is booked on the other."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from sim.entities import Campaign
from sim.market import Market
from sim.mechanisms.accounts import COSTS, in_cents
from tests.guarantees.markets import STRESS, made, stress
from tests.guarantees.random_scenarios import scenarios


def check_books(market):
    """Check one week's books of every firm against what was sold, made and spent."""
    p, heads = market.setup.mechanisms, market.setup.population.represents
    for firm in market.firms:
        assert set(firm.costs) <= set(COSTS)
        assert firm.profit == firm.revenue + firm.fees - sum(firm.costs.values())
        if not firm.costs:
            assert (firm.revenue, firm.fees, firm.profit, firm.dividends) == (0, 0, 0, 0)
            continue
        sold = firm.week.units * market.weight
        wear = p.offers.wear if p.offers.enabled and firm.mode == "rent" else 1.0
        assert firm.revenue == in_cents(sold * firm.price)
        assert firm.costs["goods"] == in_cents(sold * (firm.unit_cost * wear))
        assert firm.costs["brand_push"] == in_cents(firm.brand_push * p.accounts.push_cost * heads)
        for lever in ("research", "facilitation", "service"):
            assert firm.costs[lever] == in_cents(getattr(firm, lever))
        created = max(0.0, sold * (firm.price - firm.unit_cost * wear)) * firm.external_share
        assert firm.costs["shared"] == in_cents(firm.sharing * created)
        assert 0 <= firm.costs["shared"] <= max(0, firm.revenue - firm.costs["goods"]) + 1
        made = (firm.week.ideas + firm.week.codesigns + firm.week.supports) * market.weight
        assert firm.costs["rewards"] == in_cents(made * firm.reward * p.contribution.fair_wage)
        supporters = firm.week.ambassadors * market.weight
        assert firm.costs["ambassadors"] == in_cents(supporters * p.ambassadors.cost)
        under_way = [
            e.cost
            for e in market.setup.events
            if isinstance(e, Campaign) and e.firm == firm.name and e.week <= market.week < e.week + e.weeks
        ]
        assert firm.costs["campaigns"] == (in_cents(sum(under_way)) if p.campaigns.enabled else 0)
        assert all(amount >= 0 for amount in firm.costs.values())
        assert 0 <= firm.dividends <= max(0, firm.profit)
        assert firm.parent is None or firm.dividends == 0


def check_fees(market):
    """What hosts take is a share of what was paid at the sharing market, and never more than one full host's."""
    p = market.setup.mechanisms.sharing
    for firm in market.firms:
        if not p.enabled or firm.sector not in market.sharing:
            assert firm.fees == 0
    for sector, sharing in market.sharing.items():
        paid = market.prices_before[sector] * sharing.week.units * market.weight
        fees = sum(firm.fees for firm in market.firms_of[sector])
        assert fees <= in_cents(p.fee * paid) + len(market.firms_of[sector])
        hosts = [firm for firm in market.firms_of[sector] if firm.hosting > 0 and firm.fees]
        if p.enabled and len(hosts) == 1 and hosts[0].hosting == 1:
            assert fees == in_cents(p.fee * paid)


def stepped(market):
    """Live one week and check all books: cash moves by profits, dividends and entry costs, each at its purse."""
    before = {firm.name: (firm.cash, firm.entered_in) for firm in market.firms}
    market.prices_before = {sector: sharing.price for sector, sharing in market.sharing.items()}
    market.step()
    if not market.setup.mechanisms.accounts.enabled:
        assert {name: cash for name, (cash, _) in before.items()} == {firm.name: firm.cash for firm in market.firms}
        return
    check_books(market)
    check_fees(market)
    expected = {name: cash for name, (cash, _) in before.items()}
    for firm in market.firms:
        purse = (firm.parent or firm).name
        if firm.entered_in and not before[firm.name][1]:
            assert firm.entered_in == market.week
            expected[purse] -= in_cents(firm.setup.entry_cost)
        expected[purse] += firm.profit - firm.dividends
    assert {firm.name: firm.cash for firm in market.firms} == expected


def check_sums(market):
    """Check what consumers paid, and what contributors received, against the firms' side, from the record alone."""
    record = market.record
    alive = record["alive"] > 0
    # A firm's last week is closed before it goes: it counts for that week.
    traded = alive | np.vstack([record["entered"][:1] > 0, alive[:-1]])
    paid = (record["units"] * record["price"])[traded]
    np.testing.assert_allclose(record["revenue"][traded], paid, rtol=1e-12, atol=0.005)
    assert (record["units"][~traded] == 0).all()
    margin = np.maximum(0, record["units"] * record["price"] * record["margin"])
    received = (margin * record["external_share"] * record["sharing"])[traded]
    np.testing.assert_allclose(record["given_back"][traded], received, rtol=1e-9, atol=0.006)
    np.testing.assert_allclose(record["total_profit"], np.cumsum(record["profit"], axis=0), rtol=1e-9, atol=0.006)
    # Over the whole market and run: cash is the start's, plus profits, less dividends and what entering cost.
    start = sum(in_cents(firm.cash) for firm in market.setup.firms if firm.parent is None)
    entered = sum(in_cents(f.setup.entry_cost) for f in market.firms if f.entered_in and f.setup.enters > 1)
    profits = sum(firm.total_profit for firm in market.firms)
    dividends = round(record["dividends"].sum() * 100)
    assert sum(firm.cash for firm in market.firms) == start + profits - dividends - entered


@settings(
    max_examples=25, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(scenarios(most_consumers=80))
def test_cash_is_what_was_taken_less_what_was_spent(scenario):
    market = Market(scenario)
    while market.running:
        stepped(market)
    if market.setup.mechanisms.accounts.enabled:
        check_sums(market)


def test_where_everything_happens_at_once():
    market = Market(stress())
    seen = dict.fromkeys((*COSTS, "fees", "dividends"), 0)
    while market.running:
        stepped(market)
        for firm in market.firms:
            for name, amount in (*firm.costs.items(), ("fees", firm.fees), ("dividends", firm.dividends)):
                seen[name] += amount
    check_sums(market)
    assert market.record["given_back"].sum() > 0
    assert all(seen.values()), seen


def lines(parent_first=True, **more):
    """A firm at home in food, with lines in tools and travel: one earns, one loses."""
    sectors = [{"name": name} for name in ("food", "tools", "travel")]
    firms = [
        {"name": "Root", "sector": "food", "cash": 1000.0, "fixed_cost": 0.0},
        {"name": "Rival", "sector": "food"},
        {"name": "Root Tools", "sector": "tools", "parent": "Root", "fixed_cost": 500.0, "cash": 77.0},
        {"name": "Hammer", "sector": "tools"},
        {"name": "Root Tours", "sector": "travel", "parent": "Root", "fixed_cost": 90_000_000.0},
        {"name": "Trip", "sector": "travel"},
    ]
    data = {
        "horizon": 10,
        "population": {"size": 200, "represents": 2_000_000.0},
        "sector": sectors if parent_first else sectors[::-1],
        "firm": firms,
    }
    return Market(made(data | more))


def test_a_lines_profit_and_loss_are_its_firms():
    market = lines(mechanisms={"accounts": {"bankruptcy": False}})
    root, tools, tours = (market.firm_named[name] for name in ("Root", "Root Tools", "Root Tours"))
    for _ in range(5):
        stepped(market)
    assert tools.cash == tours.cash == 0
    assert tools.profit > 0 > tours.profit
    total = root.total_profit + tools.total_profit + tours.total_profit
    assert root.cash == 1000_00 + total - round(market.record["dividends"].sum() * 100)


def test_a_firm_is_not_paid_for_by_what_its_lines_are_worth_alone():
    """Lines never pay dividends of their own, even where their firm loses."""
    market = lines(mechanisms={"accounts": {"bankruptcy": False, "reserve": 0.0, "payout": 1.0}})
    market.run()
    places = [market.record.firms.index(name) for name in ("Root Tools", "Root Tours")]
    assert (market.record["dividends"][:, places] == 0).all()
    assert market.record["dividends"][:, market.record.firms.index("Hammer")].sum() > 0


@pytest.mark.parametrize("parent_first", [True, False])
def test_a_bankrupt_firm_takes_its_lines_along_in_the_same_week(parent_first):
    """Whatever the order of sectors: the lines' last losses are booked before, and nothing after."""
    market = lines(parent_first, mechanisms={"accounts": {"patience": 3, "credit": 0.0}})
    while market.running:
        stepped(market)
    alive = {name: market.record["alive"][:, i].tolist() for i, name in enumerate(market.record.firms)}
    assert alive["Root"] == [1.0, 1.0] + [0.0] * 8
    assert alive["Root Tools"] == alive["Root Tours"] == alive["Root"]
    assert min(alive["Rival"] + alive["Hammer"] + alive["Trip"]) == 1.0
    assert market.record["profit"][2].sum() < 0
    assert (
        market.record["profit"][3:, [market.record.firms.index(name) for name in ("Root", "Root Tools")]] == 0
    ).all()


def test_dividends_are_a_share_of_profit_above_the_reserve():
    shares = {"payout": 0.5, "reserve": 4.0, "bankruptcy": False}
    firm = {"sector": "food", "fixed_cost": 0.0}
    data = {
        "horizon": 8,
        "population": {"size": 200, "represents": 2_000_000.0},
        "sector": [{"name": "food"}],
        "firm": [firm | {"name": "Rich", "cash": 1e9}, firm | {"name": "Poor", "cash": -1e9}],
        "mechanisms": {"accounts": shares},
    }
    market = Market(made(data))
    rich, poor = market.firms
    for _ in range(8):
        stepped(market)
        assert rich.dividends == round(0.5 * max(0, rich.profit))
        assert poor.dividends == 0
    assert market.record["dividends"][:, 0].sum() > 0


def test_cash_at_the_start_is_the_scenarios():
    """A line has no purse of its own."""
    market = Market(stress())
    setups = {firm.name: firm for firm in market.setup.firms}
    assert {firm.name: firm.cash for firm in market.firms} == {
        name: round(setup.cash * 100) if setup.parent is None else 0 for name, setup in setups.items()
    }


def test_entering_is_paid_once_and_by_the_firm_of_a_line():
    market = Market(stress())
    comet, mirage, tours = (market.firm_named[name] for name in ("Comet", "Mirage", "Mirage Tours"))
    for week in range(1, 7):
        before = {firm.name: firm.cash for firm in (comet, mirage, tours)}
        stepped(market)
        paid = {
            firm.name: before[firm.name] - firm.cash + firm.profit - firm.dividends for firm in (comet, mirage, tours)
        }
        paid["Mirage"] += tours.profit
        paid["Mirage Tours"] -= tours.profit
        assert paid == {
            "Comet": 1000_00 if week == 3 else 0,
            "Mirage": 20_000_00 if week == 4 else 0,
            "Mirage Tours": 0,
        }


def test_without_accounts_entering_costs_nothing():
    market = Market(stress(mechanisms=STRESS["mechanisms"] | {"accounts": {"enabled": False}}))
    market.run()
    assert market.firm_named["Comet"].entered_in == 3
    assert (np.diff(market.record["cash"], axis=0) == 0).all()


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
    data = copy.deepcopy(stress().as_file())
    for n, firm in enumerate(data["firm"]):
        firm["levers"]["price"] *= 1 + (n + 1) / 777.7
        firm["unit_cost"] /= 3
        firm["entry_cost"] *= 1.00001
    data["schedule"] = []
    market = Market(made(data))
    for _ in range(9):
        stepped(market)
    check_sums(market)
