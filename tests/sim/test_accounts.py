"""The books of a firm, line by line, and how it goes bankrupt."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from sim.market import Market
from sim.mechanisms.accounts import COSTS, AccountsParameters, Rates, close_books, in_cents
from tests.guarantees.markets import made

RATES = Rates(heads=10_000.0, weight=2.0, case_cost=4.0, fair_wage=3.0, ambassador_cost=5.0)


class Books(SimpleNamespace):
    """A firm with nothing but what accounts need."""

    def __init__(self, units=100, **more):
        super().__init__(
            week=SimpleNamespace(units=units, ideas=1, codesigns=2, supports=7, ambassadors=6),
            price=9.99, unit_cost=4.0, external_share=0.25, sharing=0.1, reward=0.5, hosting_income=12.5,
            research=1000.0, facilitation=200.0, service=50.0, cases_settled_by_firm=7.5, brand_push=0.5,
            launch_spend=60_000.0, campaign_spend=70.25, fixed_cost=500.0, cash=1_000_000_00, usual_revenue=0.0,
            weeks_beyond_credit=0, entered_in=1, parent=None, bankrupt=False, published_weeks=0,
        )  # fmt: skip
        vars(self).update(more)

    @property
    def goods_cost(self):
        return self.unit_cost

    @property
    def purse(self):
        return self.parent or self

    def weeks_here(self, week):
        return week - self.entered_in + 1

    def publish_quarter(self):
        self.published_weeks += 1

    def go_bankrupt(self):
        self.bankrupt = True


def closed(firm, week=13, rates=RATES, **parameters):
    close_books(firm, AccountsParameters(**({"payout": 0.0} | parameters)), rates, week)
    return firm


def test_every_line():
    firm = closed(Books())
    assert firm.revenue == 1_998_00
    assert firm.fees == 12_50
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
        # Half a fair wage of 3 for 20 contributions.
        "rewards": 30_00,
        "ambassadors": 60_00,
        "campaigns": 70_25,
    }
    assert tuple(firm.costs) == COSTS
    assert firm.profit == 1_998_00 + 12_50 - sum(firm.costs.values())
    assert firm.cash == 1_000_000_00 + firm.profit
    assert firm.published_weeks == 1


def earning(**more):
    """A firm with a profit of 1998 and no costs."""
    nothing = dict.fromkeys(
        ("unit_cost", "research", "facilitation", "service", "cases_settled_by_firm", "brand_push", "launch_spend",
         "campaign_spend", "fixed_cost", "sharing", "reward", "hosting_income"), 0.0,
    )  # fmt: skip
    week = SimpleNamespace(units=100, ideas=0, codesigns=0, supports=0, ambassadors=0)
    return Books(**(nothing | {"week": week} | more))


def test_profit_above_the_reserve_is_paid_out():
    # Usual revenue is this week's alone in the first: a reserve of two weeks is 3996.
    firm = closed(earning(cash=2_000_00), week=1, payout=0.4, reserve=2.0)
    assert (firm.profit, firm.dividends, firm.cash) == (
        1_998_00,
        round(0.4 * 1_998_00),
        3_998_00 - round(0.4 * 1_998_00),
    )
    firm = closed(earning(cash=1_997_99), week=1, payout=0.4, reserve=2.0)
    assert (firm.dividends, firm.cash) == (0, 3_995_99)
    # Not out of a loss, however rich.
    firm = closed(earning(fixed_cost=2_000.0, cash=10**9), week=1, payout=0.4, reserve=2.0)
    assert (firm.profit, firm.dividends) == (-2_00, 0)


def test_a_lines_profit_and_loss_go_to_its_firm():
    firm = Books(cash=100_00)
    line = closed(earning(cash=5_00, parent=firm), payout=1.0, reserve=0.0)
    assert (line.cash, line.profit, line.dividends) == (5_00, 1_998_00, 0)
    assert firm.cash == 2_098_00
    closed(earning(fixed_cost=3_000.0, parent=firm))
    assert firm.cash == 2_098_00 - 1_002_00
    # However deep in debt, a line alone does not go bankrupt.
    deep = earning(parent=firm, cash=-(10**12))
    for _ in range(20):
        closed(deep, credit=0.0, patience=1)
    assert not deep.bankrupt


def test_usual_revenue_is_a_plain_mean_of_its_weeks_in_the_market():
    firm = earning(entered_in=21)
    for week, units in ((21, 100), (22, 50), (23, 0)):
        firm.week.units = units
        closed(firm, week=week)
    assert firm.usual_revenue == pytest.approx(999_00.0)


def test_who_sells_below_cost_has_nothing_to_share():
    firm = closed(Books(unit_cost=20.0))
    assert firm.costs["shared"] == 0
    assert firm.co_created == 0
    assert firm.profit < 0


def test_amounts_are_whole_cents():
    firm = closed(Books(units=7, price=3.3333, unit_cost=1.1111, service=0.005), rates=replace(RATES, weight=1 / 3))
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
