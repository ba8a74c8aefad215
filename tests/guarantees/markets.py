"""Small markets for the tests of guarantees, and what there is to compare of two of them."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.documents import Document, Place
from sim.figures import FIGURES
from sim.market import Market
from sim.scenario import Scenario, from_document, load

STRESS: dict[str, Any] = {
    "horizon": 16,
    "seed": 20,
    "title": {"en": "Everything at once", "fr": "Tout à la fois"},
    "population": {
        "size": 203,
        "represents": 40_000.0,
        "traits": {
            "threshold": {"distribution": "lognormal", "median": 0.15, "sigma": 0.6},
            "half_life": {"distribution": "lognormal", "median": 2.0, "sigma": 1.0},
            "propensity": {"distribution": "pareto", "minimum": 0.4, "exponent": 1.4},
        },
    },
    "network": {"kind": "scale_free", "peers": 7, "rewiring": 0.2, "neighbourhood": 50},
    "cohort": [
        {
            "name": "young",
            "share": 0.3,
            "traits": {
                "playfulness": {"distribution": "constant", "value": 0.9},
                "use_preference": {"distribution": "beta", "mean": 0.7, "concentration": 5.0},
            },
        },
        {"name": "old", "share": 0.2, "traits": {"skill": {"distribution": "constant", "value": 0.1}}},
    ],
    "sector": [
        {
            "name": "drinks",
            "outside": -1.0,
            "purchase_rate": {"distribution": "gamma", "mean": 0.9, "shape": 0.8},
            "commons": {"name": "Brewers", "materials": 3.0, "hassle": 1.0, "tool_progress": 2.0},
            "sharing": {"kind": "group_buying", "hassle": 0.5},
        },
        {
            "name": "phones",
            "reference_price": 300.0,
            "purchase_rate": {"distribution": "constant", "value": 0.3},
            "durable": True,
            "life": 12.0,
            "commons": {"quality": 0.3, "materials": 200.0, "tools": 0.3, "hassle": 2.0},
            "sharing": {"name": "Second life", "kind": "second_hand", "stock": 0.1},
        },
        {
            "name": "travel",
            "reference_price": 80.0,
            "outside": 0.5,
            "durable": True,
            "life": 30.0,
            "sharing": {"kind": "rental", "idealism": 2.0},
        },
    ],
    "cause": [{"name": "work", "salience": 0.2}, {"name": "planet"}, {"name": "privacy"}],
    "firm": [
        {
            "name": "Nova",
            "sector": "drinks",
            "taste_spread": 0.5,
            "place": [1.0, -0.5],
            "levers": {
                "price": 9.0,
                "openness": 0.7,
                "sharing": 0.4,
                "facilitation": 900.0,
                "launches": 100.0,
                "open_files": 0.8,
                "ambassadors": 8_000.0,
                "suggestion_box": 1.0,
                "reward": 0.2,
                "power_sharing": 0.4,
            },
        },
        {
            "name": "Citadel",
            "sector": "drinks",
            "place": [0.8, 0.3],
            "strategy": "pyramidal",
            "appeal": 0.5,
            "levers": {
                "openness": 0.5,
                "validation_layers": 6,
                "brand_push": 0.4,
                "causes": {"work": {"proclaimed": 0.6, "conduct": -0.9}},
            },
        },
        {
            "name": "Mirage",
            "sector": "phones",
            "strategy": "opportunist",
            "availability": 0.7,
            "unit_cost": 100.0,
            "levers": {
                "price": 290.0,
                "openness": 0.6,
                "play": 0.6,
                "causes": {"privacy": {"proclaimed": 0.9, "conduct": -1.0}},
            },
        },
        {
            "name": "Agora",
            "sector": "phones",
            "strategy": "client_centred",
            "unit_cost": 120.0,
            "levers": {
                "price": 310.0,
                "openness": 0.8,
                "sharing": 0.5,
                "recognition": 0.8,
                "autonomy": 1.0,
                "validation_layers": 0,
                "hosting": 0.9,
                "ambassadors": 9_000.0,
                "causes": {"planet": {"proclaimed": 0.8, "conduct": 0.8}},
            },
        },
        {
            "name": "Icarus",
            "sector": "phones",
            "cash": -3_000_000.0,
            "fixed_cost": 600_000.0,
            "levers": {
                "price": 280.0,
                "openness": 0.9,
                "sharing": 0.1,
                "recognition": 1.0,
                "launches": 52.0,
                "facilitation": 500.0,
            },
        },
        {
            "name": "Wander",
            "sector": "travel",
            "defect_rate": 0.5,
            "levers": {"price": 70.0, "openness": 0.5, "mode": "rent", "hosting": 0.5},
        },
        {
            "name": "Roam",
            "sector": "travel",
            "quality": 0.9,
            "availability": 0.4,
            "levers": {"price": 95.0, "mode": "subscribe"},
        },
        {
            "name": "Mirage Tours",
            "sector": "travel",
            "parent": "Mirage",
            "enters": 4,
            "entry_cost": 20_000.0,
            "levers": {"price": 85.0},
        },
        {"name": "Comet", "sector": "drinks", "enters": 3, "entry_cost": 1000.0, "levers": {"openness": 0.9}},
        {"name": "Late", "sector": "phones", "enters": 5, "entry_margin": 0.9, "levers": {"price": 250.0}},
    ],
    "event": [
        {"week": 2, "kind": "news", "cause": "planet", "severity": 0.9, "firm": "Agora"},
        {"week": 3, "kind": "scandal", "firm": "Citadel", "cause": "work", "severity": 1.0},
        {"week": 4, "kind": "scandal", "firm": "Mirage", "cause": "privacy", "severity": 0.8, "revealed": 0.5},
        {"week": 6, "kind": "exposure", "firm": "Mirage", "severity": 0.7},
        {"week": 7, "kind": "news", "cause": "work", "severity": 0.6},
        {"week": 5, "kind": "scandal", "firm": "Agora", "cause": "planet", "severity": 1.0},
        {"week": 10, "kind": "scandal", "firm": "Citadel", "cause": "work", "severity": 0.4},
        {"week": 2, "kind": "campaign", "firm": "Nova", "weeks": 5, "cost": 500.0},
        {"week": 4, "kind": "hardship", "weeks": 4, "severity": 0.8},
        {"week": 6, "kind": "hardship", "weeks": 2, "severity": 1.0, "cohort": "young"},
        {"week": 5, "kind": "listing", "firm": "Roam", "availability": 0.9},
    ],
    "schedule": [
        {"week": 3, "until": 8, "firm": "Nova", "price": 7.5},
        {"week": 5, "firm": "Roam", "openness": 0.9, "play": 0.8, "validation_layers": 0},
        {"week": 6, "until": 9, "firm": "Citadel", "display": 1.0},
        {"week": 5, "firm": "Agora", "causes": {"planet": {"proclaimed": 0.9, "conduct": -0.9}}},
    ],
    "mechanisms": {
        "accounts": {"credit": 0.0, "patience": 3},
        "distribution": {"patience": 1, "tolerance": 0.98, "certainty": 0.0, "cut": 0.3},
        "contribution": {"join_rate": 0.5, "effort": 1.5, "exploited_below": 0.45, "churn": 0.05},
        "activation": {"act_cost": 0.3, "voice_feeds": 0.2},
        "crisis": {"gaffe": 0.9},
        "ambassadors": {"bar": 0.4, "enrolment": 0.4},
    },
    "figures": {"window": 5},
}
"""Every kind of thing that can happen, within 16 weeks."""


def made(data: dict[str, Any], name: str = "made") -> Scenario:
    """Make a scenario of plain data, checked like a file."""
    return from_document(Document(copy.deepcopy(data), {(): Place(name)}), name)


def stress(**changes: Any) -> Scenario:
    """Return the scenario in which everything happens, with some top-level keys replaced, up to its horizon."""
    data = STRESS | changes
    for table in ("event", "schedule"):
        data[table] = [item for item in data[table] if item["week"] <= data["horizon"]]
    return made(data, "stress")


def data_of(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as plain data, every default written out."""
    return scenario.as_file()


def reduced(name: str, consumers: int = 60, weeks: int = 12) -> Scenario:
    """Shrink a scenario of the library: few consumers, and its events and lever changes one week after the other.

    What happens in one week still does, and in the same order; the horizon is longer than `weeks` if that needs it.
    """
    data = data_of(load(name))
    happenings = [*data["event"], *data["schedule"]]
    dates = sorted({item[key] for item in happenings for key in ("week", "until") if key in item})
    moved = {week: min(week, place + 2) for place, week in enumerate(dates)}
    for item in happenings:
        for key in ("week", "until"):
            if key in item:
                item[key] = moved[item[key]]
    data["population"]["size"] = consumers
    data["horizon"] = max([weeks, *(week + 3 for week in moved.values())])
    return made(data, name)


def lived(scenario: Scenario, **how: Any) -> Market:
    """Return a market that has lived to its horizon."""
    market = Market(scenario, **how)
    market.run()
    return market


def everything(market: Market) -> dict[str, NDArray[Any]]:
    """Return all that can be known of a market, by name: figures, columns, words, firms, attention."""
    columns = market.population.columns
    return {
        **{f"figure {key}": market.record[key] for key in FIGURES},
        **{f"column {name}": columns.get(name) for name in columns.row},
        **{f"words {name}": words for name, words in market.words_heard().items()},
        **{f"state of {one.name}": np.array(repr(sorted(one.state().items()))) for one in market.suppliers},
        "hardship": np.array(market.hardship),
        "salience": np.array([market.salience.fast, market.salience.slow, market.salience.weary]),
        "episodes": np.array([market.ended_episodes, market.ended_weeks]),
        "contributions": np.array([market.makers, market.made]),
    }


def is_same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Tell whether two arrays are the same bit for bit (so NaN is like NaN, and 0 unlike -0)."""
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


def differing(one: Market, other: Market) -> list[str]:
    """Name what is not the same, bit for bit, in two markets."""
    left, right = everything(one), everything(other)
    assert left.keys() == right.keys()
    return [name for name, values in left.items() if not is_same(values, right[name])]
