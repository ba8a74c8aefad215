"""What every registered strategy must keep to: one list of checks, applied to each."""

from __future__ import annotations

import json
import math
from typing import Any, get_args

import pytest

from sim.levers import LEVERS
from sim.market import Market
from sim.scenario import FirmSetup
from sim.strategies import STRATEGIES, Sight
from tests.guarantees.markets import made

KEYS = tuple(STRATEGIES)


def sight(**more):
    """What a firm sees, in an ordinary week unless told otherwise."""
    seen: dict[str, Any] = {
        "week": 20,
        "share": 0.2,
        "rating": 0.6,
        "cash": 1e6,
        "revenue": 1e5,
        "profit": 1e4,
        "usual_revenue": 1e5,
        "recent_sales": 100.0,
        "usual_sales": 100.0,
        "unit_cost": 5.0,
        "contributors": 50.0,
        "levers": {name: lever.default for name, lever in LEVERS.items()},
    }
    return Sight(**(seen | more))


EXTREMES: dict[str, dict[str, Any]] = {
    "an ordinary week": {},
    "the first week": {
        "week": 1, "share": 0.0, "rating": 0.5, "revenue": 0.0, "profit": 0.0, "usual_revenue": 0.0,
        "recent_sales": 0.0, "usual_sales": 0.0, "contributors": 0.0,
    },
    "losing": {"recent_sales": 10.0, "rating": 0.1},
    "in debt": {"cash": -1e9, "profit": -1e8},
    "rich": {"cash": 1e12, "profit": 1e11, "usual_revenue": 1e11, "contributors": 1e7},
    "selling nothing": {"recent_sales": 0.0, "revenue": 0.0, "usual_revenue": 0.0},
    "dear": {"unit_cost": 1e6},
    "free": {"unit_cost": 0.0, "recent_sales": 0.0},
    "levers at their lowest": {"levers": {name: lever.low for name, lever in LEVERS.items()} | {"price": 0.01}},
    "levers at their highest": {"levers": {name: lever.high for name, lever in LEVERS.items()}},
}  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_it_is_registered_under_its_own_key(key):
    assert STRATEGIES[key].key == key
    assert (STRATEGIES[key].__doc__ or "").strip()


def test_scenarios_can_name_every_strategy_and_no_other():
    annotation = FirmSetup.model_fields["strategy"].annotation
    assert set(get_args(annotation)) == set(KEYS)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("case", EXTREMES)
def test_it_decides_known_levers_and_finite_numbers(key, case):
    changes = STRATEGIES[key]().decide(sight(**EXTREMES[case]))
    assert set(changes) <= set(LEVERS)
    assert all(type(value) in (int, float) and math.isfinite(value) for value in changes.values())
    if "price" in changes:
        assert changes["price"] > 0


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("case", EXTREMES)
def test_its_decisions_are_held_to_the_bounds_of_the_levers(key, case):
    firm = Market(small(key)).firms[0]
    firm.set_levers(STRATEGIES[key]().decide(sight(**EXTREMES[case])))
    for name, lever in LEVERS.items():
        value = getattr(firm, name)
        assert lever.low <= value <= lever.high, name
        assert type(value) is type(lever.default), name


@pytest.mark.parametrize("key", KEYS)
def test_it_decides_the_same_when_it_sees_the_same(key):
    one, other = STRATEGIES[key](), STRATEGIES[key]()
    for case in EXTREMES.values():
        assert one.decide(sight(**case)) == other.decide(sight(**case))


@pytest.mark.parametrize("key", KEYS)
def test_it_leaves_what_it_sees_alone(key):
    for case in EXTREMES.values():
        seen = sight(**case)
        before = dict(seen.levers)
        STRATEGIES[key]().decide(seen)
        assert seen.levers == before


@pytest.mark.parametrize("key", KEYS)
def test_it_can_be_saved_and_goes_on_the_same(key):
    """After any number of weeks, its state as plain JSON makes another of it that decides alike."""
    cases = list(EXTREMES.values())
    strategy = STRATEGIES[key]()
    for case in cases[:4]:
        strategy.decide(sight(**case))
    twin = STRATEGIES[key]()
    twin.restore(json.loads(json.dumps(strategy.state())))
    assert twin.state() == strategy.state()
    for case in cases:
        assert strategy.decide(sight(**case)) == twin.decide(sight(**case))


class Listed:
    """Stands for a sight, and lists what is asked of it."""

    def __init__(self, seen):
        object.__setattr__(self, "seen", seen)
        object.__setattr__(self, "asked", set())

    def __getattr__(self, name):
        self.asked.add(name)
        return getattr(self.seen, name)


PUBLIC = {*Sight.__dataclass_fields__, "is_losing", "weeks_of_cash"}


@pytest.mark.parametrize("key", KEYS)
def test_it_asks_for_nothing_but_what_a_firm_can_see(key):
    for case in EXTREMES.values():
        listed: Any = Listed(sight(**case))
        STRATEGIES[key]().decide(listed)
        assert listed.asked <= PUBLIC


def small(key):
    return made(
        {
            "horizon": 30,
            "population": {"size": 40, "represents": 4000.0},
            "sector": [{"name": "drinks"}],
            "cause": [{"name": "work"}],
            "firm": [{"name": "Nova", "sector": "drinks", "strategy": key}, {"name": "Orba", "sector": "drinks"}],
        }
    )


def test_what_a_firm_sees_leads_to_no_consumer():
    """Nothing in a sight is, or holds, the market, its population or a consumer: numbers and names alone."""
    market = Market(small("pyramidal"))
    market.run(3)
    seen = market.firms[0].see()
    for name in Sight.__dataclass_fields__:
        value = getattr(seen, name)
        if name == "levers":
            assert set(value) == set(LEVERS)
            assert all(type(item) in (int, float) for item in value.values())
        else:
            assert type(value) in (int, float), name


@pytest.mark.parametrize("key", KEYS)
def test_it_leads_a_firm_through_a_market(key):
    market = Market(small(key))
    while market.running:
        market.step()
        for name, lever in LEVERS.items():
            assert lever.low <= getattr(market.firms[0], name) <= lever.high, name
    assert market.firms[0].strategy.key == key
