"""A whole market of twelve consumers, by the rules and by the engines, for some weeks."""

from typing import Any

import numpy as np
import pytest

from sim.documents import Document
from sim.market import Market
from sim.scenario import from_document

from .agreement import disagreements
from .firms import firm_outcome, market_firm_outcome, rules_firm
from .week import SlowMarket, rules_consumers
from .worlds import COLUMN_OF, consumers_outcome

WEEKS = 18


def constant(value):
    return {"distribution": "constant", "value": value}


SCENARIO: dict[str, Any] = {
    "horizon": WEEKS,
    "population": {
        "size": 12,
        "represents": 3000.0,
        "traits": {"propensity": constant(3.0), "threshold": constant(0.2), "half_life": constant(2.0)},
    },
    "cohort": [
        {"name": "young", "share": 0.4, "traits": {"propensity": constant(4.0), "use_preference": constant(0.9)}},
        {"name": "old", "share": 0.3, "traits": {"price_sensitivity": constant(1.0)}},
    ],
    "network": {"peers": 4, "rewiring": 0.3},
    "sector": [
        {
            "name": "drinks", "purchase_rate": {"distribution": "gamma", "mean": 1.2, "shape": 2.0}, "outside": -2.0,
            "sharing": {"kind": "group_buying", "name": "Together", "appeal": 1.0, "hassle": 0.5},
        },
        {
            "name": "phones", "purchase_rate": constant(0.5), "reference_price": 200.0, "durable": True, "life": 12.0,
            "sharing": {"kind": "second_hand", "stock": 0.1, "appeal": 1.0, "hassle": 0.5},
            "commons": {"materials": 60.0, "hassle": 2.0, "tools": 0.2, "tool_progress": 3.0, "play": 0.9},
        },
        {
            "name": "cars", "purchase_rate": constant(0.4), "reference_price": 100.0, "durable": True, "life": 8.0,
            "sharing": {"kind": "rental", "stock": 0.2, "appeal": 1.0, "hassle": 0.5}, "outside": -1.0,
        },
    ],
    "cause": [{"name": "work", "salience": 0.3}, {"name": "planet"}],
    "firm": [
        {
            "name": "Nova", "sector": "drinks", "cash": 5e6, "fixed_cost": 10.0, "defect_rate": 0.4,
            "levers": {
                "openness": 0.9, "sharing": 0.3, "proclaimed_openness": 0.9, "play": 0.8, "recognition": 0.9,
                "facilitation": 400.0, "research": 200.0, "service": 500.0, "launches": 100.0, "selectivity": 0.5,
                "power_sharing": 0.4, "validation_layers": 0, "brand_push": 0.3, "ambassadors": 4000.0,
                "hosting": 0.5, "causes": {"work": {"proclaimed": 0.4, "conduct": 0.5}},
            },
        },
        {
            "name": "Mirage", "sector": "drinks", "availability": 0.7, "cash": -10_000.0, "fixed_cost": 9_000.0,
            "levers": {
                "openness": 0.8, "sharing": 0.0, "proclaimed_sharing": 0.9, "play": 0.9, "recognition": 0.9,
                "validation_layers": 3, "causes": {"work": {"proclaimed": 0.8, "conduct": -0.9}},
            },
        },
        {
            "name": "Citadel", "sector": "phones", "quality": 0.8, "cash": 1e6, "fixed_cost": 10.0, "unit_cost": 50.0,
            "levers": {
                "price": 210.0, "openness": 0.1, "feature": 0.5, "validation_layers": 2, "autonomy": 0.5,
                "research": 500.0, "suggestion_box": 0.8, "brand_push": 0.9, "launches": 40.0,
            },
        },
        {
            "name": "Agora", "sector": "phones", "cash": 1e6, "fixed_cost": 10.0, "unit_cost": 50.0,
            "levers": {
                "price": 190.0, "openness": 0.7, "sharing": 0.1, "recognition": 0.5, "display": 0.5, "reward": 0.4,
                "open_files": 0.7, "hosting": 0.8, "causes": {"planet": {"proclaimed": 0.6, "conduct": -0.9}},
            },
        },
        {
            "name": "Mirage Mobile", "sector": "phones", "parent": "Mirage", "fixed_cost": 100.0, "unit_cost": 60.0,
            "levers": {"price": 180.0, "causes": {"work": {"proclaimed": 0.5, "conduct": -0.5}}},
        },
        {
            "name": "Spark", "sector": "phones", "enters": 5, "entry_cost": 3000.0, "appeal": 1.0, "fixed_cost": 50.0,
            "unit_cost": 40.0, "levers": {"price": 150.0, "mode": "subscribe", "openness": 0.9, "play": 0.9},
        },
        {
            "name": "Wheels", "sector": "cars", "unit_cost": 40.0, "fixed_cost": 50.0,
            "levers": {"price": 60.0, "mode": "rent", "hosting": 0.9, "brand_push": 0.2},
        },
        {
            "name": "Ride", "sector": "cars", "unit_cost": 40.0, "fixed_cost": 50.0, "appeal": 0.5,
            "levers": {"price": 80.0, "mode": "subscribe", "claimed_quality": 0.9},
        },
        {
            "name": "Drawn", "sector": "cars", "enters": 2, "entry_margin": -0.9, "appeal": 2.0, "fixed_cost": 10.0,
            "unit_cost": 30.0, "levers": {"price": 70.0},
        },
        {
            "name": "Nova Cars", "sector": "cars", "parent": "Nova", "enters": 3, "entry_cost": 20_000.0,
            "appeal": 0.5, "fixed_cost": 50.0, "unit_cost": 40.0, "levers": {"price": 90.0},
        },
    ],
    "event": [
        {"kind": "scandal", "week": 2, "firm": "Mirage", "cause": "work", "severity": 0.9},
        {"kind": "news", "week": 3, "firm": "Nova", "cause": "work", "severity": 0.8},
        {"kind": "hardship", "week": 3, "weeks": 4, "severity": 0.9, "cohort": "young"},
        {"kind": "news", "week": 4, "firm": "Agora", "cause": "planet", "severity": 0.9},
        {"kind": "campaign", "week": 4, "firm": "Nova", "weeks": 4, "reach": 3.0, "cost": 500.0},
        {"kind": "campaign", "week": 6, "firm": "Agora", "weeks": 2, "play": 0.9, "reach": 2.0, "cost": 300.0},
        {"kind": "exposure", "week": 5, "firm": "Citadel", "severity": 0.5},
        {"kind": "listing", "week": 6, "firm": "Citadel", "availability": 0.6},
        {"kind": "scandal", "week": 7, "firm": "Agora", "cause": "planet", "severity": 1.0, "revealed": 0.9},
        {"kind": "scandal", "week": 9, "firm": "Nova", "cause": "work", "severity": 0.6},
        {"kind": "hardship", "week": 12, "weeks": 2, "severity": 0.5},
        {"kind": "listing", "week": 4, "firm": "Spark", "availability": 0.9},
        {"kind": "listing", "week": 13, "firm": "Mirage", "availability": 1.0},
        {"kind": "scandal", "week": 13, "firm": "Mirage", "cause": "work", "severity": 0.9},
        {"kind": "exposure", "week": 13, "firm": "Mirage", "severity": 0.9},
        {"kind": "news", "week": 13, "firm": "Mirage", "cause": "planet", "severity": 0.4},
        {"kind": "news", "week": 14, "cause": "planet", "severity": 0.3},
    ],
    "schedule": [
        {"week": 3, "until": 6, "firm": "Ride", "mode": "sell", "price": 95.0},
        {"week": 6, "firm": "Ride", "price": 85.0},
        {"week": 8, "firm": "Agora", "open_files": 0.2, "reward": 0.9, "hosting": 0.1},
        {"week": 8, "until": 12, "firm": "Nova", "ambassadors": 0.0},
    ],
    "mechanisms": {
        "contribution": {"join_rate": 0.2, "effort": 0.6, "exploited_below": 0.5, "idea_share": 0.4},
        "experience": {"review_rate": 0.2},
        "accounts": {"patience": 4, "credit": 1.0, "reserve": 2.0},
        "distribution": {"patience": 1, "certainty": 0.2},
        "activation": {"sway": 0.5, "review_weight": 0.2},
        "sharing": {"release": 0.15, "host_trust": 0.2},
        "porosity": {"spillover": 0.3},
        "leaks": {"rate": 0.3},
        "ambassadors": {"enrolment": 0.6, "bar": 0.4},
        "income": {"recovery": 1.0},
        "business": {"order_size": 20},
    },
}  # fmt: skip


def markets(engine, replicate, clients="households"):
    document = SCENARIO | {"population": SCENARIO["population"] | {"clients": clients}}
    scenario = from_document(Document(document, {}), "twelve")
    fast = Market(scenario, engine=engine, replicate=replicate)
    peers = fast.population.peers.transpose(0, 2, 1).reshape(-1, fast.population.peers.shape[1])[:12].tolist()
    firms = [rules_firm(firm, len(scenario.causes)) for firm in fast.suppliers]
    return SlowMarket(scenario, firms, rules_consumers(fast), peers, replicate), fast


def compare(slow, fast):
    week, causes = slow.week, len(slow.scenario.causes)
    found = {name: fast.population.get(column) for name, column in COLUMN_OF.items()}
    # Differences in the seventh digit add up over weeks; what firms count in cents must still be the same.
    wrong = disagreements(consumers_outcome(slow.consumers), found, {}, 1e-4, 1e-4)
    for firm, supplier in zip(slow.firms, fast.suppliers, strict=True):
        theirs = market_firm_outcome(supplier, causes)
        wrong += [f"{firm.name}: {text}" for text in disagreements(firm_outcome(firm), theirs, {}, 1e-4, 1e-4)]
    public = {"salience": np.array(slow.salience.A), "hardship": np.array(slow.hardship)}
    wrong += disagreements(public, {"salience": fast.salience.levels, "hardship": fast.hardship}, {}, 1e-4, 1e-4)
    shares = {"share": np.array([firm.share for firm in slow.firms], float)}
    wrong += disagreements(shares, {"share": [s.share for s in fast.suppliers]}, {}, 1e-12, 1e-12)
    market = slow.count.market
    counted = {
        "buyers": market["buyers"],
        "prosumers": market["prosumers"],
        "units of cohorts": [market[f"units of cohort {c}"] for c in range(7)],
        "outside units of cohorts": [market[f"outside units of cohort {c}"] for c in range(7)],
        "contributors of cohorts": [market[f"contributors of cohort {c}"] for c in range(7)],
    }
    n = fast.counts
    of_market = [n.buyers, n.prosumers, n.cohort_units, n.cohort_outside, n.cohort_contributors]
    wrong += disagreements(counted, dict(zip(counted, of_market, strict=True)), {}, 0, 0)
    assert not wrong, f"week {week}:\n" + "\n".join(wrong)


# The same bits come from both engines; the compiled one is tried under more luck.
@pytest.mark.parametrize(("engine", "replicate"), [("objects", 0), *(("compiled", r) for r in range(6))])
@pytest.mark.parametrize("clients", ["households", "businesses"])
def test_a_market_of_twelve_lives_by_the_rules(engine, replicate, clients):
    slow, fast = markets(engine, replicate, clients)
    for _ in range(WEEKS):
        slow.step()
        fast.step()
        compare(slow, fast)


def test_the_market_of_twelve_has_a_life():
    """What the comparison above is worth: everything that the rules tell of happens in it."""
    seen: dict[str, float] = {}

    def see(name, n):
        seen[name] = seen.get(name, 0) + n

    for replicate in range(6):
        slow, _ = markets("compiled", replicate)
        for _ in range(WEEKS):
            slow.step()
            for tally in (*slow.count.firms, slow.count.market):
                for name, n in tally.items():
                    see(name, n)
            for firm in slow.firms:
                see(f"units of {firm.name}", firm.counted["units"])
                see(f"{firm.kind} joined", firm.counted["members"])
                see("offers", firm.kind == "second_hand" and firm.counted["offered"])
                see("rentals", firm.kind == "rental" and firm.counted["offered"])
                see("ideas of commons", firm.kind == "commons" and firm.launched)
                see("files", firm.kind == "commons" and firm.files)
                for cost in ("rewards", "ambassadors", "campaigns"):
                    see(cost, firm.costs.get(cost, 0))
            firms = slow.real_firms
            see("bankrupt", sum(not firm.alive and firm.entered_in > 0 for firm in firms))
            see("bankrupt lines", sum(not f.alive and f.entered_in > 0 and f.parent is not None for f in firms))
            see("launched", sum(firm.launched for firm in firms))
            see("good answers", sum(firm.ρ_f > 0 for firm in firms))
            see("bad answers", sum(firm.offence > 0 for firm in firms))
            see("leaks", sum(firm.leaks for firm in firms))
            see("fees", sum(firm.fees for firm in firms))
            see("dividends", sum(firm.dividends for firm in firms))
            see("late lines", sum(f.entered_in > 1 and f.parent is not None for f in firms))
            see("start-ups", sum(f.entered_in == 5 for f in firms))
            see("drawn in", sum(f.entered_in > 13 for f in firms))
            see("weary", sum(slow.salience.weary))
            see("hardship", max(slow.hardship))
            see("flows back", sum(firm.F for firm in firms))
            see("cut", sum(firm.alive and firm.availability < firm.full_availability for firm in firms))
            see("ambassadors in office", sum(c.ambassador is not None for c in slow.consumers))
    wanted = (
        "units", "not_bought", "switches", "returned", "first_buyers", "defects", "complaints", "repaired", "reviews",
        "ideas", "codesigns", "supports", "leavers", "boycotters", "buycotters", "attackers", "defenders",
        "ended_episodes", "switched_causes", "flips", "bankrupt", "launched", "good answers", "bad answers", "cut",
        "bankrupt lines", "late lines", "start-ups", "drawn in", "leaks", "fees", "dividends", "weary", "hardship",
        "flows back", "ambassadors in office", "offers", "rentals", "commons joined", "ideas of commons", "files",
        "rewards", "ambassadors", "campaigns", "prosumers", "outside units of cohort 0", "outside units of cohort 1",
        "outside units of cohort 2", *(f"units of {firm.name}" for firm in slow.firms),
    )  # fmt: skip
    assert {name: seen.get(name, 0) for name in wanted if not seen.get(name)} == {}
