"""The books of a firm, line by line, and how it goes bankrupt."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sim.market import Market
from sim.mechanisms.accounts import COSTS, AccountsParameters, close_books, in_cents
from tests.guarantees.markets import made


class Books(SimpleNamespace):
    """A firm with nothing but what accounts need."""

    def __init__(self, units=100, **more):
        super().__init__(
            week=SimpleNamespace(units=units), price=9.99, unit_cost=4.0, external_share=0.25, sharing=0.1,
            research=1000.0, facilitation=200.0, service=50.0, cases_settled_by_firm=7.5, brand_push=0.5,
            launch_spend=60_000.0, fixed_cost=500.0, cash=1_000_000_00, usual_revenue=0.0, weeks_beyond_credit=0,
            bankrupt=False,
        )  # fmt: skip
        vars(self).update(more)

    def go_bankrupt(self):
        self.bankrupt = True


def closed(firm, weight=2.0, heads=10_000.0, **parameters):
    close_books(firm, AccountsParameters(**parameters), heads, weight, 4.0, 13)
    return firm


def test_every_line():
    firm = closed(Books())
    assert firm.revenue == 1_998_00
    assert firm.costs == {
        "goods": 800_00,
        "research": 1_000_00,
        "facilitation": 200_00,
        "service": 50_00,
        "cases": 30_00,
        "brand_push": 100_00,
        "launches": 60_000_00,
        "fixed": 500_00,
        # A tenth of a quarter of the margin of 1198.
        "shared": 29_95,
    }
    assert tuple(firm.costs) == COSTS
    assert firm.profit == 1_998_00 - sum(firm.costs.values())
    assert firm.cash == 1_000_000_00 + firm.profit


def test_who_sells_below_cost_has_nothing_to_share():
    firm = closed(Books(unit_cost=20.0))
    assert firm.costs["shared"] == 0
    assert firm.co_created == 0
    assert firm.profit < 0


def test_amounts_are_whole_cents():
    firm = closed(Books(units=7, price=3.3333, unit_cost=1.1111, service=0.005), weight=1 / 3)
    assert all(type(amount) is int for amount in (firm.revenue, firm.profit, firm.cash, *firm.costs.values()))
    assert firm.revenue == 778
    assert [in_cents(amount) for amount in (0.0, 0.014, 0.016, -0.016, 1e12 + 0.01)] == [0, 1, 2, -2, 10**14 + 1]


def in_debt(weeks, **parameters):
    firm = Books(units=0, cash=-1)
    for _ in range(weeks):
        closed(firm, **({"credit": 0.0, "patience": 3} | parameters))
    return firm


def test_bankruptcy_comes_after_so_many_weeks_in_a_row():
    assert not in_debt(2).bankrupt
    assert in_debt(3).bankrupt
    assert not in_debt(9, bankruptcy=False).bankrupt


def test_a_good_week_starts_the_count_again():
    firm = in_debt(2)
    firm.cash = 10_000_000_00
    closed(firm, credit=0.0, patience=3)
    firm.cash = -1
    for _ in range(2):
        closed(firm, credit=0.0, patience=3)
    assert not firm.bankrupt


def test_credit_is_counted_in_weeks_of_usual_revenue():
    """With four weeks of credit a debt of three weeks of revenue is no reason."""
    firm = Books(
        cash=-5_000_00, usual_revenue=199_800.0, launch_spend=0.0, research=0.0, facilitation=0.0, fixed_cost=0.0
    )
    closed(firm, credit=4.0, patience=1)
    assert not firm.bankrupt
    closed(firm, credit=1.0, patience=1)
    assert firm.bankrupt


def bankrupt_market():
    data = {
        "horizon": 12,
        "population": {"size": 200, "represents": 2000.0},
        "sector": [{"name": "drinks", "purchase_rate": {"distribution": "constant", "value": 1.0}}],
        "firm": [
            {
                "name": "Icarus", "sector": "drinks", "cash": 0.0, "fixed_cost": 1e6,
                "levers": {"openness": 1.0, "recognition": 1.0},
            },
            {"name": "Orba", "sector": "drinks", "fixed_cost": 0.0},
        ],
        "mechanisms": {"accounts": {"patience": 3}, "contribution": {"join_rate": 1.0}},
    }  # fmt: skip
    return Market(made(data))


@pytest.mark.parametrize("engine", ["compiled", "objects"])
def test_a_bankrupt_firm_leaves_the_market(engine):
    market = Market(bankrupt_market().setup, engine=engine)
    record = market.run()
    icarus, orba = record.firms.index("Icarus"), record.firms.index("Orba")
    assert record["alive"][:, icarus].tolist() == [1, 1] + [0] * 10
    assert record["firms_alive"].tolist() == [2, 2] + [1] * 10
    assert record["units"][:3, icarus].min() > 0
    assert (record["units"][3:, icarus] == 0).all()
    assert (record["share"][3:, orba] == 1).all()
    assert record["community"][1, icarus] > 0
    assert (record["community"][3:, icarus] == 0).all()
    assert (record["availability"][2:, icarus] == 0).all()
    assert market.firm_named["Icarus"].crises == {}
    # Its last books are of the week in which it went.
    assert (record["cash"][2:, icarus] == record["cash"][2, icarus]).all()
