"""What every registered strategy must keep to: one list of checks, applied to each."""

from __future__ import annotations

import inspect
import json
import math
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from sim.levers import LEVERS
from sim.market import Market
from sim.scenario import FirmSetup
from sim.strategies import STRATEGIES, VISIBLE_LEVERS, Rival, Sight
from tests.guarantees.markets import made

KEYS = tuple(STRATEGIES)
DEFAULTS = {name: lever.default for name, lever in LEVERS.items()}


def rival(name="Orba", levers=None, **more):
    """What a firm sees of another, of default levers unless told otherwise."""
    seen = {name: DEFAULTS[name] for name in VISIBLE_LEVERS} | (levers or {})
    public: dict[str, Any] = {
        "share": 0.2,
        "price": seen["price"],
        "rating": 0.6,
        "published_margin": 0.1,
        "weeks": 19,
    }
    return Rival(name=name, levers=seen, **(public | more))


def sight(**more):
    """What a firm sees, in an ordinary week unless told otherwise."""
    seen: dict[str, Any] = {
        "week": 20,
        "sector": "drinks",
        "share": 0.2,
        "rating": 0.6,
        "cash": 1e6,
        "revenue": 1e5,
        "profit": 1e4,
        "usual_revenue": 1e5,
        "recent_sales": 100.0,
        "usual_sales": 100.0,
        "unit_cost": 5.0,
        "published_margin": 0.1,
        "contributors": 50.0,
        "community": 500.0,
        "voice_for": 0.0,
        "voice_against": 0.0,
        "commons_share": 0.0,
        "sharing_share": 0.0,
        "reference_price": 10.0,
        "levers": DEFAULTS,
        "rivals": (rival(),),
    }
    return Sight(**(seen | more))


def extreme(lever, bound):
    """A bound of a lever; of a choice the first or the last option."""
    if lever.options:
        return lever.options[0 if bound == "low" else -1]
    return getattr(lever, bound)


LOWEST = {name: extreme(lever, "low") for name, lever in LEVERS.items()} | {"price": 0.01}
HIGHEST = {name: extreme(lever, "high") for name, lever in LEVERS.items()}


def visible(levers):
    """What an outsider sees of levers."""
    return {name: levers[name] for name in VISIBLE_LEVERS}


def is_within(lever, value):
    """Whether a value is one that a lever can have."""
    if lever.options:
        return value in lever.options
    return lever.low <= value <= lever.high and type(value) is type(lever.default)


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
    "levers at their lowest": {"levers": LOWEST},
    "levers at their highest": {"levers": HIGHEST},
    "alone": {"rivals": ()},
    "a cheaper rival": {"rivals": (rival(levers={"price": 1.0}),)},
    "a dearer rival": {"rivals": (rival(levers={"price": 1e6}),)},
    "nothing published": {"published_margin": math.nan, "rivals": (rival(published_margin=math.nan), rival("Luma"))},
    "rivals far ahead": {"rivals": (rival(levers=visible(HIGHEST), rating=1.0, published_margin=0.9),)},
    "rivals in ruins": {"rivals": (rival(levers=visible(LOWEST), rating=0.0, published_margin=-1e9, share=0.0),)},
    "free goods all around": {
        "unit_cost": 0.0, "levers": LOWEST, "rivals": (rival(levers=visible(LOWEST), published_margin=1.0, weeks=0),),
    },
    "shouted at": {"voice_against": 1e9, "revenue": 0.0, "recent_sales": 0.0},
    "acclaimed": {"voice_for": 1e9},
    "only the commons sell": {"share": 0.0, "revenue": 0.0, "profit": -5e4, "commons_share": 1.0},
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
    """In the first week, and in the weeks after: a strategy with a memory may decide only then."""
    strategy = STRATEGIES[key]()
    for _ in range(20):
        changes: dict[str, Any] = dict(strategy.decide(sight(**EXTREMES[case])))
        assert set(changes) <= set(LEVERS)
        for name, value in changes.items():
            if LEVERS[name].options:
                assert value in LEVERS[name].options
            else:
                assert type(value) in (int, float), name
                assert math.isfinite(value), name
        assert changes.get("price", 1.0) > 0


@pytest.mark.parametrize("key", KEYS)
def test_it_copes_with_any_week_after_any_other(key):
    strategy = STRATEGIES[key]()
    levers: dict[str, Any] = dict(DEFAULTS)
    for week in range(1, 400):
        case = list(EXTREMES.values())[week * 7 % len(EXTREMES)]
        changes = strategy.decide(sight(**({"week": week, "levers": levers} | case)))
        assert all(math.isfinite(value) for value in changes.values() if not isinstance(value, str))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("case", EXTREMES)
def test_its_decisions_are_held_to_the_bounds_of_the_levers(key, case):
    firm = Market(small(key)).firms[0]
    for _ in range(12):
        firm.set_levers(firm.strategy.decide(sight(**EXTREMES[case])))
        for name, lever in LEVERS.items():
            assert is_within(lever, getattr(firm, name)), name


@pytest.mark.parametrize("key", KEYS)
def test_it_decides_the_same_when_it_sees_the_same(key):
    one, other = STRATEGIES[key](), STRATEGIES[key]()
    for case in EXTREMES.values():
        assert one.decide(sight(**case)) == other.decide(sight(**case))


@pytest.mark.parametrize("key", KEYS)
def test_it_leaves_what_it_sees_alone(key):
    for case in EXTREMES.values():
        seen = sight(**case)
        before, public = dict(seen.levers), [dict(rival.levers) for rival in seen.rivals]
        strategy = STRATEGIES[key]()
        for _ in range(12):
            strategy.decide(seen)
        assert seen.levers == before
        assert [rival.levers for rival in seen.rivals] == public


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("weeks", [0, 4, 11, 23, 40])
def test_it_can_be_saved_and_goes_on_the_same(key, weeks):
    """After any number of weeks, its state as plain JSON makes another of it that decides alike."""
    cases = list(EXTREMES.values())
    strategy = STRATEGIES[key]()
    for week in range(weeks):
        strategy.decide(sight(**cases[week % len(cases)]))
    twin = STRATEGIES[key]()
    twin.restore(json.loads(json.dumps(strategy.state())))
    assert twin.state() == strategy.state()
    for case in cases:
        assert strategy.decide(sight(**case)) == twin.decide(sight(**case))
    assert twin.state() == strategy.state()


@pytest.mark.parametrize("key", KEYS)
def test_its_state_is_a_copy(key):
    """What was saved does not change with the weeks that follow, nor what was restored with what it came from."""
    strategy, twin = STRATEGIES[key](), STRATEGIES[key]()
    for _ in range(12):
        strategy.decide(sight(published_margin=-1.0))
    state = strategy.state()
    written = json.dumps(state)
    twin.restore(state)
    for case in EXTREMES.values():
        strategy.decide(sight(**case))
        twin.decide(sight(**case))
    assert json.dumps(state) == written


class Listed:
    """Stands for a sight, and lists what is asked of it."""

    def __init__(self, seen):
        object.__setattr__(self, "seen", seen)
        object.__setattr__(self, "asked", set())

    def __getattr__(self, name):
        self.asked.add(name)
        return getattr(self.seen, name)


DERIVED = {name for name, value in vars(Sight).items() if isinstance(value, property)}
PUBLIC = {*Sight._fields, *DERIVED}


@pytest.mark.parametrize("key", KEYS)
def test_it_asks_for_nothing_but_what_a_firm_can_see(key):
    for case in EXTREMES.values():
        listed: Any = Listed(sight(**case))
        strategy = STRATEGIES[key]()
        for _ in range(12):
            strategy.decide(listed)
        assert listed.asked <= PUBLIC
        assert strategy.looks_at_rivals or not listed.asked & {"rivals", "cheapest_rival"}


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
    seen = market.firms[0].see(market)
    for name in Sight._fields:
        value = getattr(seen, name)
        if name == "levers":
            assert set(value) == set(LEVERS)
            assert all(type(item) in (int, float, str) for item in value.values())
        elif name == "rivals":
            assert [type(rival) for rival in value] == [Rival]
        else:
            assert type(value) in (int, float, str), name


def test_what_a_firm_sees_of_a_rival_is_what_any_outsider_sees():
    market = Market(small("pyramidal"))
    market.run(20)
    firm, other = market.firms
    (seen,) = firm.see(market).rivals
    assert (seen.name, seen.price, seen.rating, seen.share) == (other.name, other.price, other.rating, other.share)
    assert set(seen.levers) == set(VISIBLE_LEVERS)
    assert all(seen.levers[name] == getattr(other, name) for name in VISIBLE_LEVERS)
    assert math.isfinite(seen.published_margin)
    assert seen.weeks >= 19
    for name in Rival._fields:
        if name != "levers":
            assert type(getattr(seen, name)) in (int, float, str), name


def test_visible_levers_are_levers_and_leave_the_inside_out():
    assert set(VISIBLE_LEVERS) < set(LEVERS)
    inside = {"sharing", "research", "service", "facilitation", "ambassadors", "suggestion_box"}
    assert not inside & set(VISIBLE_LEVERS)
    assert not {"validation_layers", "autonomy", "selectivity", "power_sharing"} & set(VISIBLE_LEVERS)


@pytest.mark.parametrize("key", KEYS)
def test_it_leads_a_firm_through_a_market(key):
    market = Market(small(key))
    while market.running:
        market.step()
        for name, lever in LEVERS.items():
            assert is_within(lever, getattr(market.firms[0], name)), name
    assert market.firms[0].strategy.key == key


# --- constants --------------------------------------------------------------------------------------------

CONSTANT = re.compile(r"^    (\w+) = ([\d.]+)  # (.+)$", re.MULTILINE)
MODEL = Path(__file__).resolve().parents[2] / "docs" / "model.md"


def documented():
    """The constants in the table of `docs/model.md`: (strategy, name, value, meaning)."""
    section = MODEL.read_text(encoding="utf-8").partition("### 5.7 ")[2].partition("\n## ")[0]
    return re.findall(r"^\| (\w+) \| `(\w+)` \| ([\d.]+) \| (.+) \|$", section, re.MULTILINE)


def test_the_table_of_constants_in_the_model_is_that_of_the_code():
    written = [
        (key, name, value, meaning)
        for key, strategy in STRATEGIES.items()
        for name, value, meaning in CONSTANT.findall(inspect.getsource(strategy))
    ]
    assert len(written) > 60
    assert documented() == written


@pytest.mark.parametrize("key", KEYS)
def test_every_number_among_its_attributes_is_in_that_table(key):
    numbers = {name: value for name, value in vars(STRATEGIES[key]).items() if type(value) in (int, float)}
    assert numbers == {name: float(value) for strategy, name, value, _ in documented() if strategy == key}


@pytest.mark.parametrize("key", KEYS)
def test_its_code_holds_no_numbers_but_those(key):
    """Numbers with a meaning have a name: nought, one and two aside, none stands in the code itself."""
    source = inspect.getsource(STRATEGIES[key])
    code = re.sub(r'"""[\s\S]*?"""|#.*', "", CONSTANT.sub("", source))
    assert set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?", code)) <= {"0", "0.0", "1", "1.0", "2"}
