"""A mechanism that is switched off has no effect, disturbs no other, and costs nothing."""

from __future__ import annotations

import copy
import time

import numpy as np
import pytest

from sim.figures import FIGURES
from sim.market import Market
from sim.quantities import quantities
from sim.scenario import Mechanisms, load
from tests.guarantees.markets import STRESS, is_same, lived, made

NAMES = tuple(Mechanisms.model_fields)

STILL_COLUMNS = {
    "beliefs": (),
    "sincerity": ("sincerity",),
    "activation": ("energy", "role", "cause", "target", "stance", "episode"),
    "purchase": ("supplier", "bought", "satisfaction", "mentioned"),
    "experience": ("satisfaction", "mentioned"),
    "contribution": ("community", "attachment", "contributed"),
}
"""Columns that stay as they were at the start while the mechanism is off."""

STILL_FIGURES = {
    "beliefs": (),
    "sincerity": ("sincerity",),
    "activation": (
        "boycott_size",
        "buycott_size",
        "attackers",
        "defenders",
        "net_voice",
        "cause_militants",
        "militants",
        "flips",
    ),
    "purchase": ("share", "units", "penetration", "first_buyers", "revenue", "complaints", "surplus", "market_units"),
    "experience": ("complaints", "reviews"),
    "contribution": ("community", "contributors", "supports", "ideas", "codesigns"),
    "creation": ("quality", "defect_rate", "launches", "external_share", "human_contact", "userisation"),
    "distribution": ("availability",),
    "crisis": ("crisis",),
    "accounts": ("revenue", "profit", "given_back", "cash", "alive", "firms_alive"),
}
"""Figures that do not move while the mechanism is off."""


def switched(off=(), horizon=10, **parameters):
    """The scenario in which everything happens, with mechanisms off and parameters changed (`beliefs={...}`)."""
    data = copy.deepcopy(STRESS) | {"horizon": horizon}
    for table in ("event", "schedule"):
        data[table] = [item for item in data[table] if item["week"] <= horizon]
    for name in off:
        data["mechanisms"].setdefault(name, {})["enabled"] = False
    for name, values in parameters.items():
        data["mechanisms"].setdefault(name, {}).update(values)
    return made(data)


@pytest.fixture(scope="module")
def all_on():
    return lived(switched())


def moved(record, key):
    """Whether a figure has more than one value over the weeks, for any firm or cause."""
    values = record[key]
    return bool((~(is_equal_to_first(values))).any())


def is_equal_to_first(values):
    return (values == values[0]) | (np.isnan(values) & np.isnan(values[0]))


@pytest.mark.parametrize("name", NAMES)
def test_its_columns_and_figures_do_not_move(name, all_on):
    # A bankrupt firm leaves the shelves whether or not retailers react to sales.
    more = {"accounts": {"bankruptcy": False}} if name == "distribution" else {}
    market = Market(switched([name], **more))
    start = {column: market.population.get(column) for column in market.population.columns.row}
    market.run()
    for column in STILL_COLUMNS.get(name, ()):
        assert is_same(start[column], market.population.get(column)), column
        assert not is_same(start[column], all_on.population.get(column)), f"{column} does not move either way"
    for key in STILL_FIGURES[name]:
        assert not moved(market.record, key), key
        assert moved(all_on.record, key), f"{key} does not move either way"


def test_without_beliefs_and_experience_nobody_changes_their_mind_about_quality():
    """Both move the belief in quality: hearsay and own experience. Voices count as hearsay."""
    market = Market(switched(["beliefs", "experience"]))
    start = market.population.get("quality")
    market.run()
    assert is_same(start, market.population.get("quality"))
    for on in ("beliefs", "experience"):
        [off] = {"beliefs", "experience"} - {on}
        assert not is_same(start, lived(switched([off])).population.get("quality"))


LARGER = {("activation", "focus_decay"): 0.95}
"""Values where half as much again would not show within ten weeks."""


def bound_values(name):
    """A value for each parameter of a mechanism other than the one it has, within bounds."""
    present = getattr(switched().mechanisms, name)
    for key, declared in quantities(type(present)).items():
        if key == "enabled":
            continue
        value = getattr(present, key)
        if isinstance(value, bool):
            yield key, not value
            continue
        low = declared.low if declared.low is not None else 0
        high = declared.high if declared.high is not None else value * 2 + 1
        other = min(high, value * 1.5 + (1 if isinstance(value, int) else 0.01 * (high - low < 2)))
        if other == value:
            other = (low + value) / 2 if value > low else min(high, value + 1)
        yield key, type(value)(LARGER.get((name, key), other))


PARAMETERS = [(name, key) for name in NAMES for key, _ in bound_values(name)]


@pytest.fixture(scope="module")
def without():
    """Records with one mechanism off, made once each."""
    found = {}

    def of(name):
        if name not in found:
            found[name] = lived(switched([name])).record
        return found[name]

    return of


@pytest.mark.parametrize(
    ("name", "key"),
    PARAMETERS,
)
def test_off_none_of_its_parameters_makes_a_difference(name, key, without):
    value = dict(bound_values(name))[key]
    assert value != getattr(getattr(switched().mechanisms, name), key)
    # The floor of energy may not rise above what it costs to speak and to act.
    companions = {"floor": {"click_cost": 0.5, "act_cost": 0.6}, "click_cost": {"act_cost": 0.9}}.get(key, {})
    if key == "idea_share":
        companions = {"codesign_share": 0.0}
    changed = lived(switched([name], **{name: {**companions, key: value}})).record
    for figure in FIGURES:
        assert is_same(without(name)[figure], changed[figure]), figure


def test_on_most_parameters_make_a_difference(all_on):
    """The test above would prove nothing with changes too small to see."""
    seen = []
    for name, key in PARAMETERS:
        if key in ("floor", "click_cost", "idea_share"):
            continue
        changed = lived(switched(**{name: {key: dict(bound_values(name))[key]}})).record
        seen.append(any(not is_same(all_on.record[figure], changed[figure]) for figure in FIGURES))
    assert np.mean(seen) > 0.85


@pytest.mark.parametrize("name", NAMES)
def test_the_draws_of_the_others_stay_the_same(name):
    """In the first week, before effects can spread, what the others do is the same with and without it."""
    # Beliefs and sincerity are drawn apart at the start if they are on: begin with everybody alike.
    alike = {"beliefs": {"initial_spread": 0.0}, "sincerity": {"initial": 0.5, "initial_spread": 0.0}}
    on, off = Market(switched(**alike)), Market(switched([name], **alike))
    assert is_same(on.population.peers, off.population.peers)
    for column in on.population.columns.row:
        assert is_same(on.population.get(column), off.population.get(column)), column
    on.step()
    off.step()
    if name != "purchase":
        assert is_same(on.population.get("supplier"), off.population.get("supplier"))
        assert is_same(on.record["units"], off.record["units"])
    if name not in ("purchase", "experience"):
        assert is_same(on.population.get("satisfaction"), off.population.get("satisfaction"))
        assert is_same(on.record["reviews"], off.record["reviews"])
    if name != "contribution":
        assert is_same(on.population.get("community"), off.population.get("community"))


def seconds_a_week(mechanisms, size=20_000, peers=7):
    data = copy.deepcopy(STRESS)
    data["population"] |= {"size": size, "represents": 1e6}
    data["network"]["peers"] = peers
    # An early wave of militancy, so that voices cost what they cost.
    data["mechanisms"] = mechanisms
    data["event"] = [{"week": 1, "kind": "scandal", "firm": "Citadel", "cause": "work", "severity": 1.0}]
    data["schedule"] = []
    market = Market(made(data))
    market.run(2)
    best = np.inf
    for _ in range(10):
        # Of this thread alone: other work on the machine must not decide the test.
        start = time.thread_time()
        market.step()
        best = min(best, time.thread_time() - start)
    return best


def test_switched_off_it_costs_nothing():
    """Purchase alone takes much less time than everything, and no single switch makes a week longer."""
    alone = {name: {"enabled": name == "purchase"} for name in NAMES}
    everything = seconds_a_week({})
    assert seconds_a_week(alone) < 0.5 * everything
    nothing = {name: {"enabled": False} for name in NAMES}
    assert seconds_a_week(nothing) < 0.2 * everything
    for name in ("beliefs", "activation", "contribution", "experience"):
        assert seconds_a_week({name: {"enabled": False}}) < 1.4 * everything, name


def test_a_mechanism_that_is_off_leaves_no_work_behind():
    """What one mechanism alone adds to a week is gone when it is off as well: with many peers, mostly listening."""
    off = {name: {"enabled": False} for name in NAMES}
    nothing = seconds_a_week(off, peers=31)
    for name, most in (("beliefs", 0.85), ("sincerity", 0.85), ("activation", 0.4), ("purchase", 0.75)):
        assert nothing < most * seconds_a_week(off | {name: {}}, peers=31), name


@pytest.mark.parametrize(("name", "levers"), [("distribution", ("price", "claimed_quality", "brand_push"))])
def test_strategies_decide_alike_without_it(name, levers):
    """With Nova far cheaper rivals lose sales; their answers do not hang on whether retailers react (none does)."""
    cheap = {"firm.Nova.levers.price": 6.0, "population.size": 800, "mechanisms.distribution.tolerance": 0.0}
    with_it, without = (
        Market(load("baseline", cheap | {f"mechanisms.{name}.enabled": enabled}), weeks=30) for enabled in (True, False)
    )
    for market in (with_it, without):
        market.run()
    for lever in levers:
        decided = [[getattr(firm, lever) for firm in market.firms] for market in (with_it, without)]
        assert decided[0] == decided[1]
        if lever == "claimed_quality":
            assert decided[0] != [firm.levers.claimed_quality for firm in load("baseline").firms], "nobody answered"
