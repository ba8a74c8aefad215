"""A whole market of twelve consumers, by the rules and by the engines, for some weeks."""

import numpy as np
import pytest

from sim.documents import Document
from sim.market import Market
from sim.scenario import from_document

from .agreement import disagreements
from .firms import firm_outcome, market_firm_outcome, rules_firm
from .week import SlowMarket, rules_consumers
from .worlds import COLUMN_OF, consumers_outcome

WEEKS = 12


def constant(value):
    return {"distribution": "constant", "value": value}


SCENARIO = {
    "horizon": WEEKS,
    "population": {
        "size": 12,
        "represents": 3000.0,
        "traits": {"propensity": constant(3.0), "threshold": constant(0.2), "half_life": constant(2.0)},
    },
    "network": {"peers": 4, "rewiring": 0.3},
    "sector": [
        {"name": "drinks", "purchase_rate": {"distribution": "gamma", "mean": 1.2, "shape": 2.0}, "outside": -2.0},
        {"name": "phones", "purchase_rate": constant(0.5), "reference_price": 200.0},
    ],
    "cause": [{"name": "work", "salience": 0.3}, {"name": "planet"}],
    "firm": [
        {
            "name": "Nova", "sector": "drinks", "cash": 5e6, "fixed_cost": 10.0, "defect_rate": 0.4,
            "levers": {
                "openness": 0.9, "sharing": 0.3, "proclaimed_openness": 0.9, "play": 0.8, "recognition": 0.9,
                "facilitation": 400.0, "research": 200.0, "service": 500.0, "launches": 100.0, "selectivity": 0.5,
                "power_sharing": 0.4, "validation_layers": 0, "brand_push": 0.3,
                "causes": {"work": {"proclaimed": 0.4, "conduct": 0.5}},
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
            "levers": {"price": 210.0, "openness": 0.1, "feature": 0.5, "validation_layers": 2, "autonomy": 0.5},
        },
        {
            "name": "Agora", "sector": "phones", "cash": 1e6, "fixed_cost": 10.0, "unit_cost": 50.0,
            "levers": {
                "price": 190.0, "openness": 0.7, "sharing": 0.1, "recognition": 0.5, "display": 0.5,
                "causes": {"planet": {"proclaimed": 0.6, "conduct": -0.9}},
            },
        },
    ],
    "event": [
        {"kind": "scandal", "week": 2, "firm": "Mirage", "cause": "work", "severity": 0.9},
        {"kind": "news", "week": 3, "firm": "Nova", "cause": "work", "severity": 0.8},
        {"kind": "news", "week": 4, "firm": "Agora", "cause": "planet", "severity": 0.9},
        {"kind": "exposure", "week": 5, "firm": "Citadel", "severity": 0.5},
        {"kind": "scandal", "week": 7, "firm": "Agora", "cause": "planet", "severity": 1.0, "revealed": 0.9},
        {"kind": "scandal", "week": 9, "firm": "Nova", "cause": "work", "severity": 0.6},
    ],
    "mechanisms": {
        "contribution": {"join_rate": 0.2, "effort": 0.6, "exploited_below": 0.5},
        "experience": {"review_rate": 0.2},
        "accounts": {"patience": 4, "credit": 1.0},
        "distribution": {"patience": 1},
        "activation": {"sway": 0.5, "review_weight": 0.2},
    },
}  # fmt: skip


def markets(engine, replicate):
    scenario = from_document(Document(SCENARIO, {}), "twelve")
    fast = Market(scenario, engine=engine, replicate=replicate)
    peers = fast.population.peers.transpose(0, 2, 1).reshape(-1, fast.population.peers.shape[1])[:12].tolist()
    firms = [rules_firm(firm, len(scenario.causes)) for firm in fast.firms]
    return SlowMarket(scenario, firms, rules_consumers(fast), peers, replicate), fast


def compare(slow, fast):
    week, causes = slow.week, len(slow.scenario.causes)
    found = {name: fast.population.get(column) for name, column in COLUMN_OF.items()}
    # Differences in the seventh digit add up over weeks; what firms count in cents must still be the same.
    wrong = disagreements(consumers_outcome(slow.consumers), found, {}, 1e-4, 1e-4)
    for firm, market_firm in zip(slow.firms, fast.firms, strict=True):
        theirs = market_firm_outcome(market_firm, causes)
        wrong += [f"{firm.name}: {text}" for text in disagreements(firm_outcome(firm), theirs, {}, 1e-4, 1e-4)]
    A = {"salience": np.array(slow.salience.A)}
    wrong += disagreements(A, {"salience": fast.salience.levels}, {}, 1e-4, 1e-4)
    shares = {"share": np.array([firm.share for firm in slow.firms], float)}
    wrong += disagreements(shares, {"share": fast.record["share"][-1]}, {}, 1e-12, 1e-12)
    assert not wrong, f"week {week}:\n" + "\n".join(wrong)


# The same bits come from both engines; the compiled one is tried under more luck.
@pytest.mark.parametrize(("engine", "replicate"), [("objects", 0), *(("compiled", r) for r in range(6))])
def test_a_market_of_twelve_lives_by_the_rules(engine, replicate):
    slow, fast = markets(engine, replicate)
    for _ in range(WEEKS):
        slow.step()
        fast.step()
        compare(slow, fast)


def test_the_market_of_twelve_has_a_life():
    """What the comparison above is worth: everything that the rules tell of happens in it."""
    seen: dict[str, float] = {}
    for replicate in range(6):
        slow, _ = markets("compiled", replicate)
        for _ in range(WEEKS):
            slow.step()
            for tally in (*slow.count.firms, slow.count.market):
                for name, n in tally.items():
                    seen[name] = seen.get(name, 0) + n
            seen["bankrupt"] = seen.get("bankrupt", 0) + sum(not firm.alive for firm in slow.firms)
            seen["launched"] = seen.get("launched", 0) + sum(firm.launched for firm in slow.firms)
            seen["good answers"] = seen.get("good answers", 0) + sum(firm.ρ_f > 0 for firm in slow.firms)
            seen["cut"] = seen.get("cut", 0) + sum(
                firm.alive and firm.availability < firm.full_availability for firm in slow.firms
            )
    wanted = (
        "units", "not_bought", "switches", "returned", "first_buyers", "defects", "complaints", "repaired", "reviews",
        "ideas", "codesigns", "supports", "leavers", "boycotters", "buycotters", "attackers", "defenders",
        "ended_episodes", "switched_causes", "flips", "bankrupt", "launched", "good answers", "cut",
    )  # fmt: skip
    assert {name: seen.get(name, 0) for name in wanted if not seen.get(name)} == {}
