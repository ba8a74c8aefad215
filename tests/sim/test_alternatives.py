"""Commons and sharing markets: tools, files, clearing, stock, price, hosts; in closed form where there is one."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from sim.market import Market
from sim.mechanisms.commons import CommonsParameters, contributions_to, tools_after
from sim.mechanisms.sharing import SharingParameters, clear_market
from tests.guarantees.markets import made

P = SharingParameters()


def data(firms=(), sharing=None, commons=None, **more):
    """A durable sector with two firms, and what it has beside them."""
    sector = {"name": "tools", "durable": True, "life": 20.0, "reference_price": 100.0}
    sector |= {key: table for key, table in (("commons", commons), ("sharing", sharing)) if table is not None}
    return {
        "horizon": 30,
        "population": {"size": 400, "represents": 40_000.0},
        "sector": [sector],
        "firm": [
            {"name": name, "sector": "tools", "unit_cost": 40.0, "levers": {"price": 100.0} | levers}
            for name, levers in (firms or (("Hammer", {}), ("Anvil", {})))
        ],
    } | more


def market(**tables):
    return Market(made(data(**tables)))


# --- tools and files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "progress"), [(0.0, 0.2), (0.3, 2.0), (0.5, 0.0), (1.0, 0.2)])
def test_what_tools_lack_decays_from_year_to_year(start, progress):
    lacking = [1 - tools_after(start, progress, weeks) for weeks in (0, 52, 104)]
    assert lacking[0] == pytest.approx(1 - start)
    assert lacking[1] == pytest.approx((1 - start) * math.exp(-progress))
    assert lacking[2] * lacking[0] == pytest.approx(lacking[1] ** 2)


def test_tools_make_the_commons_cheaper_and_easier_week_by_week():
    made_by_hand = {"materials": 60.0, "hassle": 4.0, "tools": 0.2, "tool_progress": 1.5}
    m = market(commons=made_by_hand, firms=(("Hammer", {"open_files": 0.5}), ("Anvil", {"open_files": 0.75})))
    commons = m.commons["tools"]
    assert (commons.price, commons.hassle) == (pytest.approx(48.0), pytest.approx(3.2))
    ease = m.mechanisms.commons.ease
    for week in range(1, 6):
        m.step()
        lacking = 0.8 * math.exp(-1.5 * week / 52)
        assert m.record["tools"][-1, 0] == pytest.approx(1 - lacking)
        assert commons.price == pytest.approx(60.0 * lacking)
        # The largest share of files that a firm publishes.
        assert commons.files == 0.75
        assert commons.hassle == pytest.approx(4.0 * lacking * (1 - 0.75 * ease))


def test_published_files_raise_the_commons_towards_the_best_of_them():
    """Without contributions and obsolescence quality closes a share `feed` of what is left each week."""
    still = {"creation": {"enabled": False}, "commons": {"feed": 0.1}}
    firms = (("Hammer", {"open_files": 1.0}), ("Anvil", {"open_files": 0.5}))
    m = market(commons={"quality": 0.2}, firms=firms, mechanisms=still)
    for week in range(1, 8):
        m.step()
        assert m.record["commons_quality"][-1, 0] == pytest.approx(0.6 - 0.4 * 0.9**week)
    # What is better than all files learns nothing from them.
    m = market(commons={"quality": 0.9}, firms=firms, mechanisms=still)
    m.run(5)
    assert (m.record["commons_quality"] == 0.9).all()


def test_contributions_flow_back_as_far_as_files_are_open():
    p = CommonsParameters(return_flow=0.5)
    assert contributions_to(0.8, 100.0, p) == pytest.approx(40.0)
    assert contributions_to(0.0, 100.0, p) == 0.0
    assert contributions_to(0.8, 100.0, CommonsParameters(enabled=False)) == 0.0
    eager = {"contribution": {"join_rate": 1.0, "effort": 2.0}}
    m = market(commons={}, firms=(("Hammer", {"open_files": 1.0}), ("Anvil", {})), mechanisms=eager)
    m.run(6)
    commons, (hammer, anvil) = m.commons["tools"], m.firms
    week = commons.week
    made_there = (week.ideas + 2 * week.codesigns + 0.5 * week.supports) * m.weight
    assert made_there > 0
    assert hammer.inflow == pytest.approx(0.5 * made_there)
    assert anvil.inflow == 0.0
    assert hammer.external_talent > anvil.external_talent


def test_a_commons_is_open_claims_what_it_is_and_spends_nothing():
    m = market(commons={"quality": 0.4, "trust": 0.9})
    commons = m.commons["tools"]
    m.run(10)
    assert (commons.openness, commons.given_back, commons.brand_push, commons.research) == (1.0, 1.0, 0.0, 0.0)
    assert commons.claimed_quality == commons.true_quality
    # Mean of 400 draws of standard deviation 0.1 or so, cut at 1.
    assert market(commons={"trust": 0.9}).population.get("sincerity")[commons.place].mean() == pytest.approx(
        0.9, abs=0.03
    )


def test_members_of_a_commons_help_each_other():
    m = market(commons={}, mechanisms={"contribution": {"join_rate": 1.0}, "commons": {"self_help": 0.37}})
    commons = m.commons["tools"]
    m.step()
    assert commons.human_contact == 0.0
    m.run(5)
    assert commons.week.contributors > 0
    assert commons.human_contact == 0.37


# --- the sharing market -------------------------------------------------------------------------------------


class Exchange(SimpleNamespace):
    """A sharing market with nothing but what clearing needs."""

    def __init__(self, kind="second_hand", units=0, offered=0, **more):
        super().__init__(
            kind=kind, week=SimpleNamespace(units=units, offered=offered), order_size=1, reference_price=100.0,
            demand=0.0, stock=0.0, price=50.0, available=1.0,
        )  # fmt: skip
        vars(self).update(more)


def cleared(exchange, asked=100.0, weight=2.0, heads=1000.0, p=P):
    clear_market(exchange, p, asked, weight, heads)
    return exchange


def test_stock_is_what_was_offered_less_what_was_sold():
    after = cleared(Exchange(units=30, offered=50, stock=10.0))
    assert after.stock == 10.0 + 100.0 - 60.0
    # Sold is what was met: with half a chance to find something, twice as much was wanted.
    after = cleared(Exchange(units=30, stock=100.0, available=0.5, demand=20.0))
    assert after.demand == pytest.approx(20.0 + 0.3 * (120.0 - 20.0))


def test_more_may_be_promised_than_there_is():
    after = cleared(Exchange(units=30, stock=10.0))
    assert after.stock == -50.0
    assert after.available == 0.0
    # What comes next goes to those who were promised something.
    after.week = SimpleNamespace(units=0, offered=40)
    cleared(after)
    assert after.stock == 30.0
    assert 0 < after.available < 1


def test_in_the_long_run_stock_equal_to_demand_has_the_usual_price():
    exchange = Exchange(demand=80.0, stock=80.0)
    for _ in range(200):
        # As many are offered as are sold, and half of what is wanted is found.
        exchange.available, exchange.week = 0.5, SimpleNamespace(units=20, offered=20)
        cleared(exchange)
    assert exchange.demand == pytest.approx(80.0)
    assert exchange.price == pytest.approx(100.0 * P.usual_price)
    assert exchange.available == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("demand", "stock", "scarcity"), [(0.0, 50.0, 0.0), (10.0, 30.0, 0.5), (30.0, 10.0, 1.5), (30.0, 0.0, 2.0)]
)
def test_the_price_follows_stock_and_demand_between_its_bounds(demand, stock, scarcity):
    p = SharingParameters(price_speed=1.0, usual_price=0.6, lowest_price=0.2)
    after = cleared(Exchange(demand=demand, stock=stock, available=0.0), p=p)
    assert after.price == pytest.approx(100.0 * min(1.0, max(0.2, 0.6 * scarcity)))
    slow = cleared(Exchange(demand=demand, stock=stock, available=0.0), p=p.model_copy(update={"price_speed": 0.25}))
    assert slow.price == pytest.approx(50.0 + 0.25 * (after.price - 50.0))


def test_what_is_rented_comes_back():
    after = cleared(Exchange("rental", units=10, offered=25, stock=40.0))
    assert after.stock == 50.0


def test_the_more_buy_together_the_cheaper():
    p = SharingParameters(discount=0.4, discount_half=0.05)
    exchange = Exchange("group_buying", units=25, demand=0.0)
    for _ in range(100):
        cleared(exchange, asked=90.0, p=p)
    # 50 units a week for 1000 people: half of the largest discount.
    assert exchange.demand == pytest.approx(0.05)
    assert exchange.price == pytest.approx(90.0 * (1 - 0.4 / 2))
    assert exchange.stock == 0.0


def hosts(*hosting, units=50, **sharing):
    firms = tuple((f"Host {i}", {"hosting": level}) for i, level in enumerate(hosting))
    m = market(firms=firms, sharing={"hassle": 2.0} | sharing)
    exchange = m.sharing["tools"]
    exchange.week = exchange.week._replace(units=units)
    exchange.clear(m.firms, m.mechanisms.sharing, m.weight)
    return m, exchange


def test_hosts_share_the_fee_by_how_far_they_host():
    paid = 100.0 * P.usual_price * 50 * 100.0
    assert [firm.hosting_income for firm in hosts(0.5, 0.0)[0].firms] == [pytest.approx(P.fee * paid * 0.5), 0.0]
    income = [firm.hosting_income for firm in hosts(1.0, 0.5)[0].firms]
    assert income == [pytest.approx(P.fee * paid / 1.5), pytest.approx(P.fee * paid * 0.5 / 1.5)]
    assert sum(income) == pytest.approx(P.fee * paid)


@pytest.mark.parametrize(("hosting", "level"), [((0.0, 0.0), 0.0), ((0.5, 0.0), 0.5), ((1.0, 1.0), 1.0)])
def test_hosts_make_exchange_easier_and_offers_more_frequent(hosting, level):
    m, exchange = hosts(*hosting)
    assert exchange.hassle == pytest.approx(2.0 * (1 - P.host_ease * level))
    assert exchange.release(m.firms, P) == pytest.approx(P.release * (1 + P.host_ease * level))
    _, together = hosts(*hosting, kind="group_buying")
    assert together.release(m.firms, P) == 0.0


def test_a_host_that_is_gone_hosts_no_more():
    m, _ = hosts(1.0, 0.5)
    m.firms[0].alive = 0.0
    exchange = m.sharing["tools"]
    exchange.clear(m.firms, P, m.weight)
    assert m.firms[0].hosting_income == 0.0
    assert exchange.hassle == pytest.approx(2.0 * (1 - P.host_ease * 0.5))


def test_at_the_start_people_own_what_they_buy_in_a_life_of_the_good():
    m = market(sharing={"stock": 0.07})
    owned, rate = m.population.get("owned")[0], m.population.get("rate")[0]
    assert (np.abs(owned - rate * 20.0) <= 1).all()
    assert m.sharing["tools"].stock == pytest.approx(0.07 * 40_000)
    assert m.sharing["tools"].available == 1.0
    # With nothing on offer nothing can be found, until somebody offers something.
    empty = market(sharing={"stock": 0.0}, mechanisms={"sharing": {"release": 0.2}})
    assert empty.sharing["tools"].available == 0.0
    empty.step()
    assert empty.record["sharing_share"][0, 0] == 0.0
    assert empty.sharing["tools"].available == 1.0


def test_goods_wear_out_at_the_rate_of_their_life():
    """Nobody buys: of n goods (1 − 1/life)^t are left. 400 people with 9 goods each, a standard error of 0.3 %."""
    nothing = {"distribution": "constant", "value": 1e-6}
    tables = data(mechanisms={"sharing": {"release": 0.0}}, sharing={})
    tables["sector"][0] |= {"purchase_rate": nothing, "life": 25.0}
    m = Market(made(tables))
    m.population.columns.set("owned", np.full((1, 400), 9, np.int16))
    m.run(10)
    assert m.record["goods_owned"][-1, 0] == pytest.approx(9 * (24 / 25) ** 10, rel=0.02)


def test_who_rents_keeps_nothing():
    """Of goods that are only rented, from a firm or from peers, nobody owns one more."""
    tables = data(sharing={"kind": "rental", "stock": 1.0}, firms=(("Hammer", {"mode": "rent"}),))
    m = Market(made(tables))
    before = m.population.get("owned")
    m.run(5)
    assert (m.population.get("owned") <= before).all()
    assert m.record["sector_units"].sum() > 0
    keeps = Market(made(data(sharing={"kind": "rental", "stock": 1.0})))
    keeps.run(5)
    assert (keeps.population.get("owned") > before).any()


def test_a_visit_makes_the_host_trusted_and_chosen():
    """Where all have bought at second hand, the host gains over the other firm. 400 people, nine weeks, fixed luck."""
    generous = {"sharing": {"visit_effect": 5.0, "host_trust": 0.5}, "distribution": {"enabled": False}}
    shared = {"stock": 10.0, "appeal": 20.0, "hassle": 0.0}
    firms: tuple[tuple[str, dict[str, float]], ...] = (("Host", {"hosting": 1.0}), ("Other", {}))
    m = Market(made(data(firms=firms, sharing=shared, mechanisms=generous)))
    m.run(8)
    assert m.record["sharing_share"][:, 0].min() > 0.9
    assert m.record["sincerity"][-1, 0] > m.record["sincerity"][-1, 1] + 0.15
    m.sharing["tools"].appeal = -20.0
    m.step()
    share = m.record["share"][-1]
    assert share[0] > 0.9
