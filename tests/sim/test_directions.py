"""Which way things go: one quantity is raised in a few steps, and a figure must rise or fall with every one.

All markets of a test have one fixed luck, so that steps differ in what is raised and in nothing else.
"""

from __future__ import annotations

import itertools

import numpy as np

from sim.market import Market
from sim.mechanisms.crisis import CrisisParameters, response_delay
from sim.mechanisms.leaks import LeaksParameters, leak_probability
from tests.guarantees.markets import made


def data(nova=None, levers=None, traits=None, sector=None, mechanisms=None, size=1000, **more):
    """Two scripted firms in one sector; of Nova and its levers only what differs is said."""
    return {
        "horizon": 60,
        "population": {"size": size, "represents": 100_000.0, "traits": traits or {}},
        "sector": [{"name": "food"} | (sector or {})],
        "cause": [{"name": "work"}],
        "firm": [
            {"name": "Nova", "sector": "food", "levers": levers or {}} | (nova or {}),
            {"name": "Orba", "sector": "food"},
        ],
        "mechanisms": mechanisms or {},
    } | more


def lived(weeks=12, **what):
    market = Market(made(data(**what)))
    market.run(weeks)
    return market


def rising(values):
    return all(a < b for a, b in itertools.pairwise(values))


def falling(values):
    return rising([-value for value in values])


def constant(value):
    return {"distribution": "constant", "value": value}


def test_the_dearer_the_fewer_are_sold_and_the_more_so_the_more_people_mind():
    def sold(price, sensitivity):
        record = lived(levers={"price": price}, traits={"price_sensitivity": constant(sensitivity)}).record
        return float(record["units"][:, 0].sum())

    demand = {β: [sold(price, β) for price in (8.0, 9.0, 10.0, 11.0, 12.0)] for β in (1.0, 4.0)}
    assert all(falling(units) for units in demand.values())
    assert demand[4.0][0] / demand[4.0][-1] > demand[1.0][0] / demand[1.0][-1]


def test_the_more_inert_the_more_come_back_and_zapping_undoes_it():
    def repeat(inertia, zapping=1.0):
        tables = {"purchase": {"zapping": zapping}}
        record = lived(20, traits={"inertia": constant(inertia)}, mechanisms=tables).record
        return float(np.nanmean(record["repeat_rate"][5:]))

    assert rising([repeat(inertia) for inertia in (0.0, 1.0, 2.0)])
    assert falling([repeat(1.0, zapping) for zapping in (0.5, 1.0, 2.0)])


def test_the_more_defects_the_less_satisfaction_and_the_more_complaints():
    records = [lived(nova={"defect_rate": rate}).record for rate in (0.0, 0.1, 0.3, 0.6)]
    assert falling([float(np.nanmean(record["satisfaction"][:, 0])) for record in records])
    assert rising([float(record["complaints"][:, 0].sum() / record["units"][:, 0].sum()) for record in records])


def test_the_more_is_spent_on_service_the_more_is_made_good():
    def recovery(service):
        record = lived(nova={"defect_rate": 0.3}, levers={"service": service}).record
        return float(np.nanmean(record["recovery"][2:, 0]))

    assert rising([recovery(service) for service in (0.0, 2_000.0, 20_000.0, 200_000.0)])


def test_the_more_open_the_more_contributions_and_value_from_outside():
    def market(openness):
        levers = {"openness": openness, "proclaimed_openness": openness, "play": 0.5, "facilitation": 2_000.0}
        return lived(20, levers=levers, mechanisms={"contribution": {"join_rate": 0.3}}).record

    records = [market(openness) for openness in (0.0, 0.3, 0.6, 0.9)]
    assert rising([float(record["contributions"][:, 0].sum()) for record in records])
    assert rising([float(record["external_share"][-1, 0]) for record in records])


def test_the_more_research_the_better_the_goods():
    levels = [lived(26, levers={"research": spend}).record["quality"][-1, 0] for spend in (0.0, 2e3, 8e3, 32e3)]
    assert rising([float(level) for level in levels])


def test_the_more_retailers_tolerate_the_more_of_it_stays_on_the_shelf():
    def shelf(tolerance):
        change = [{"week": 10, "firm": "Nova", "price": 14.0}]
        strict = {"distribution": {"tolerance": tolerance, "certainty": 0.0}}
        return float(lived(30, schedule=change, mechanisms=strict).record["availability"][:, 0].mean())

    shelves = [shelf(tolerance) for tolerance in (0.9, 0.6, 0.0)]
    assert shelves[0] < shelves[1] <= shelves[2] == 1.0


def test_the_more_must_be_asked_the_later_a_crisis_is_answered():
    p = CrisisParameters()
    assert rising([response_delay(p, layers, 0.3) for layers in (0, 2, 4, 8)])
    assert falling([response_delay(p, 4, autonomy) for autonomy in (0.0, 0.5, 1.0)])
    event = [{"week": 3, "kind": "scandal", "firm": "Nova", "cause": "work", "severity": 0.8}]
    bad = {"work": {"proclaimed": 0.0, "conduct": -1.0}}

    def answered(layers):
        record = lived(30, event=event, levers={"validation_layers": layers, "causes": bad}).record
        return float(np.nanmax(record["response_delay"][:, 0]))

    assert rising([answered(layers) for layers in (0, 3, 6)])


def test_the_worse_a_scandal_the_more_attention_and_the_less_trust():
    def after(severity):
        event = [{"week": 3, "kind": "scandal", "firm": "Nova", "cause": "work", "severity": severity}]
        levers = {"causes": {"work": {"proclaimed": 1.0, "conduct": -1.0}}}
        record = lived(6, event=event, levers=levers, mechanisms={"crisis": {"base_delay": 50.0}}).record
        return float(record["salience"][2, 0]), float(record["sincerity"][-1, 0])

    attention, trust = zip(*(after(severity) for severity in (0.0, 0.3, 0.6, 0.9)), strict=True)
    assert rising(attention)
    assert falling(trust)


def test_the_slower_attention_fades_the_longer_people_are_up_in_arms():
    def militant_weeks(decay):
        event = [{"week": 3, "kind": "scandal", "firm": "Nova", "cause": "work", "severity": 1.0}]
        levers = {"causes": {"work": {"proclaimed": 1.0, "conduct": -1.0}}}
        tables = {"activation": {"slow_decay": decay, "slow_share": 0.5}, "crisis": {"base_delay": 50.0}}
        easily = {"threshold": constant(0.2)}
        return float(lived(30, event=event, levers=levers, mechanisms=tables, traits=easily).record["militants"].sum())

    assert falling([militant_weeks(decay) for decay in (0.05, 0.2, 0.8)])


def test_the_higher_the_threshold_the_fewer_turn_militant():
    def boycotters(threshold):
        event = [{"week": 3, "kind": "scandal", "firm": "Nova", "cause": "work", "severity": 1.0}]
        levers = {"causes": {"work": {"proclaimed": 1.0, "conduct": -1.0}}}
        traits = {"threshold": constant(threshold)}
        return float(lived(8, event=event, levers=levers, traits=traits).record["attackers"].sum())

    assert falling([boycotters(threshold) for threshold in (0.1, 0.3, 0.6)])


def test_the_higher_the_fixed_costs_the_sooner_a_firm_is_bankrupt():
    def weeks_alive(fixed):
        nova = {"fixed_cost": fixed, "cash": 1_000_000.0}
        return int(lived(50, nova=nova).record["alive"][:, 0].sum())

    weeks = [weeks_alive(fixed) for fixed in (0.0, 300_000.0, 600_000.0, 2_000_000.0)]
    assert falling(weeks)
    assert weeks[0] == 50


def test_the_faster_tools_get_better_the_more_people_do_without_firms():
    def made_by_hand(progress):
        commons = {"materials": 10.0, "hassle": 2.0, "tools": 0.1, "tool_progress": progress}
        return float(lived(30, sector={"commons": commons}).record["commons_share"][-10:, 0].mean())

    assert rising([made_by_hand(progress) for progress in (0.0, 0.5, 2.0)])


def test_the_more_is_passed_on_the_more_is_bought_at_second_hand_and_the_cheaper():
    def records(release):
        sharing = {"kind": "second_hand", "stock": 0.0, "hassle": 0.5}
        tables = {"sharing": {"release": release}}
        return lived(40, sector={"durable": True, "life": 26.0, "sharing": sharing}, mechanisms=tables).record

    found = [records(release) for release in (0.002, 0.01, 0.05)]
    assert rising([float(record["sharing_share"][-10:, 0].mean()) for record in found])
    assert falling([float(record["sharing_price"][-1, 0]) for record in found])


def test_the_more_a_line_takes_over_the_better_it_starts():
    def first_share(share):
        firms = [
            {"name": "Root", "sector": "food", "appeal": 1.0, "quality": 0.9},
            {"name": "Hammer", "sector": "tools"},
            {"name": "Root Tools", "sector": "tools", "parent": "Root", "enters": 4, "quality": 0.3},
        ]
        sectors = [{"name": "food"}, {"name": "tools"}]
        tables = {"porosity": {"carry_over": share}}
        market = Market(made(data(mechanisms=tables) | {"sector": sectors, "firm": firms}))
        market.run(4)
        return float(market.record["share"][-1, market.record.firms.index("Root Tools")])

    assert rising([first_share(share) for share in (0.0, 0.5, 1.0)])


def test_the_lower_the_margin_wanted_the_sooner_somebody_comes():
    def week_of(margin):
        startup = {"name": "Fresh", "sector": "food", "enters": 5, "entry_margin": margin}
        record = lived(60, firm=[*data()["firm"], startup]).record
        return int((record["entered"][:, record.firms.index("Fresh")] == 0).sum())

    seen = lived(60).record
    margins = sorted({float(m) for m in seen["sector_profit"][12::13, 0]})
    waits = [week_of(margin) for margin in (-9.0, margins[len(margins) // 2], 0.99)]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1] == 60


def test_leaks_come_the_sooner_the_larger_the_gap_and_the_closer_a_firm_is_watched():
    p = LeaksParameters()
    assert rising([leak_probability(p, gap, 0.01) for gap in (0.0, 0.2, 0.5, 1.0)])
    assert rising([leak_probability(p, 0.5, attackers) for attackers in (0.0, 0.01, 0.1, 1.0)])


def test_the_larger_the_orders_the_fewer_the_buyers():
    def buyers(order_size):
        population = {"size": 1000, "represents": 100_000.0, "clients": "businesses"}
        record = lived(population=population, mechanisms={"business": {"order_size": order_size}}).record
        return float(record["first_buyers"].sum())

    assert falling([buyers(order_size) for order_size in (2, 10, 50)])


def test_concentration_and_the_leaders_share_rise_with_the_leaders_appeal():
    records = [lived(nova={"appeal": appeal}).record for appeal in (0.0, 1.0, 2.0)]
    assert rising([float(record["hhi"].mean()) for record in records])
    assert rising([float(record["share"][:, 0].mean()) for record in records])


def test_the_more_tastes_differ_the_less_a_price_moves():
    def share(spread, price):
        tables = {"purchase": {"taste_spread": spread}}
        return float(lived(levers={"price": price}, mechanisms=tables).record["share"][:, 0].mean())

    assert falling([share(spread, 10.0) - share(spread, 11.0) for spread in (0.5, 1.0, 2.0)])
