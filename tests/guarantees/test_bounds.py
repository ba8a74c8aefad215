"""Whatever a valid scenario says, states stay within their bounds, and figures mean something."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import BaseModel

from sim.figures import FIGURES
from sim.market import Market
from sim.quantities import quantities
from sim.scenario import Mechanisms
from tests.guarantees.markets import STRESS, differing, lived, made, stress
from tests.guarantees.random_scenarios import scenarios

MAY_BE_UNDEFINED = {
    "frequency",
    "repeat_rate",
    "satisfaction",
    "recovery",
    "rating",
    "approval_rate",
    "switching_rate",
    "not_bought",
    "episode_length",
    "talk_per_act",
    "contribution_gini",
    "top_contributors",
    "userisation",
}
"""Figures that are NaN where there is nothing to take a mean or a share of."""

FROM_NONE_TO_ALL = {"share", "score", "probability"}
"""Units of figures that lie between 0 and 1."""

OVER_ONE = {"approval_rate"}
"""Shares that can pass 1: see `test_no_more_ideas_are_launched_than_were_submitted`."""

BELOW_ZERO = {"margin", "profit", "cash", "net_voice", "surplus"}
"""Figures that may be negative."""

# Not shrunk: a scenario has hundreds of values, and minutes would pass before a failure were reported.
small = settings(
    max_examples=30,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def check_consumers(market):
    get, size, m = market.population.get, market.population.size, market.setup.mechanisms
    firms, causes = len(market.firms), len(market.setup.causes)
    for name in market.population.columns.row:
        assert np.isfinite(get(name)).all(), name
    for name in ("quality", "sincerity", "satisfaction", "energy", "attachment", "persistence", "peer_trust", "values"):
        values = get(name)
        assert ((values >= 0) & (values <= 1)).all(), name
    assert np.isin(get("role"), (0, 1)).all()
    assert np.isin(get("stance"), (-1, 0, 1)).all()
    for name, most in (("target", firms), ("mentioned", firms), ("community", firms), ("cause", causes)):
        values = get(name)
        assert ((values >= -1) & (values < most)).all(), name
    if m.activation.enabled:
        militant = get("role") == 1
        assert (militant == (get("cause") >= 0)).all()
        assert (militant == (get("target") >= 0)).all()
        assert (militant == (get("stance") != 0)).all()
        assert (get("energy")[militant] >= np.float32(m.activation.floor)).all()
        assert (get("energy")[~militant] == 0).all()
        assert (get("episode")[militant] >= 1).all()
    for s, sector in enumerate(market.setup.sectors):
        own = [-1, *(firm.place for firm in market.firms if firm.sector == sector.name)]
        assert np.isin(get("supplier")[s], own).all()
    assert (get("bought") <= market.week).all()
    assert (get("attachment")[get("community") < 0] == 0).all()
    assert market.makers.sum() == size
    assert (market.makers >= 0).all()
    assert market.made.sum() == get("contributed").sum(dtype=np.float64)
    peers = np.moveaxis(market.population.peers, 1, 2).reshape(-1, market.population.peers.shape[1])[:size]
    assert ((peers >= 0) & (peers < size)).all()
    assert (peers != np.arange(size)[:, None]).all()
    assert all(len(set(row)) == len(row) for row in peers.tolist())


def check_figures(market):
    record, size = market.record, market.population.size
    people = market.setup.population.represents
    for key, figure in FIGURES.items():
        values = record[key]
        widths = {"firm": (len(market.firms),), "cause": (len(market.setup.causes),), "market": ()}
        assert values.shape == (market.week, *widths[figure.scope]), key
        assert not np.isinf(values).any(), key
        if key not in MAY_BE_UNDEFINED:
            assert not np.isnan(values).any(), key
        known = values[~np.isnan(values)]
        if key not in BELOW_ZERO:
            assert (known >= 0).all(), key
        if figure.unit in FROM_NONE_TO_ALL and key not in BELOW_ZERO | OVER_ONE:
            assert (known <= 1 + 1e-12).all(), key
        if figure.unit == "people" and key not in BELOW_ZERO and key not in ("complaints",):
            assert (known <= people * (1 + 1e-12)).all(), key
    for sector in market.setup.sectors:
        places = [firm.place for firm in market.firms if firm.sector == sector.name]
        shares, units = record["share"][:, places].sum(axis=1), record["units"][:, places].sum(axis=1)
        np.testing.assert_allclose(shares, units > 0, atol=1e-12)
    assert record["community"].sum(axis=1).max() <= people * (1 + 1e-12)
    last = market.population.get("community")
    if market.setup.mechanisms.contribution.enabled:
        np.testing.assert_allclose(
            record["community"][-1], [(last == f.place).sum() * people / size for f in market.firms]
        )
    militant = int(market.population.get("role").sum())
    np.testing.assert_allclose(record["militants"][-1], militant * people / size)
    np.testing.assert_allclose(record["cause_militants"].sum(axis=1), record["militants"])


def check_firms(market):
    for firm in market.firms:
        for name in ("true_quality", "available", "repair", "rating", "reputation", "external_share", "human_contact"):
            assert 0 <= getattr(firm, name) <= 1 + 1e-12, (firm.name, name, getattr(firm, name))
        assert 0 <= firm.defect_rate <= 0.9
        assert all(0 <= focus <= 1 for focus in firm.focus)
        assert all(-1 <= known <= 1 for known in firm.known)
        assert firm.unit_cost >= 0
        assert 0 <= firm.capacity <= 1
        assert all(isinstance(amount, int) for amount in (firm.cash, firm.revenue, *firm.costs.values()))


@small
@given(scenarios())
def test_states_and_figures_stay_within_bounds(scenario):
    market = Market(scenario)
    check_consumers(market)
    while market.running:
        market.step()
        check_consumers(market)
        check_firms(market)
    check_figures(market)


def at_bounds(end):
    """Every parameter of every mechanism at its lowest or its highest, as far as they go together."""
    tables: dict[str, dict[str, Any]] = {}
    for name, field in Mechanisms.model_fields.items():
        declared = quantities(cast(type[BaseModel], field.annotation))
        tables[name] = {
            key: type(item.default)(getattr(item, end)) for key, item in declared.items() if item.unit != "switch"
        }
    tables["contribution"] |= {"idea_share": 0.5, "codesign_share": 0.5}
    tables["activation"] |= {"floor": 0.001, "click_cost": 0.001, "act_cost": 0.001}
    tables["experience"]["service_half"] = 20.0
    tables["accounts"]["bankruptcy"] = False
    return tables


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("ordinary", ["none", *Mechanisms.model_fields])
def test_with_all_parameters_at_their_bounds_but_those_of_one_mechanism(end, ordinary):
    """One mechanism at a time keeps its defaults, so that no extreme hides what another would do."""
    tables = {name: table for name, table in at_bounds(end).items() if name != ordinary}
    firms = [firm | {"levers": firm["levers"] | {"brand_push": 1.0}} for firm in STRESS["firm"]]
    market = Market(stress(mechanisms=tables, firm=firms))
    while market.running:
        market.step()
        check_consumers(market)
        check_firms(market)
    check_figures(market)


@settings(small, max_examples=12)
@given(scenarios(most_consumers=14, most_weeks=3, most_firms=6))
def test_engines_agree_on_any_scenario(scenario):
    """In plain Python an overflow, a division by zero or an invalid value is a warning, so an error here."""
    with np.errstate(over="warn", divide="warn", invalid="warn"):
        objects = lived(scenario, engine="objects")
    assert differing(lived(scenario), objects) == []


def one_firm(**more):
    """Return the smallest market there is."""
    return {
        "horizon": 3,
        "population": {"size": 10, "represents": 1000.0},
        "sector": [{"name": "all", "purchase_rate": {"distribution": "constant", "value": 20.0}}],
        "firm": [{"name": "Solo", "sector": "all", **more}],
    }


def test_no_more_ideas_are_launched_than_were_submitted():
    data = one_firm(levers={"launches": 520.0, "selectivity": 0.0})
    record = lived(made(data)).record
    assert record["launches"].sum() > 0
    assert np.nanmax(record["approval_rate"]) <= 1


def test_a_price_a_hundred_times_the_usual_one_is_no_warning():
    data = one_firm(levers={"price": 1000.0})
    data["population"]["size"] = data["population"]["represents"] = 300
    lived(made(data), engine="objects")


def test_who_has_no_choice_buys_at_any_price():
    """Without an outside option every wanted unit is bought, whatever its utility."""
    data = one_firm(levers={"price": 1000.0})
    data["population"]["size"] = data["population"]["represents"] = 1000
    record = lived(made(data)).record
    assert record["market_units"].min() > 0
    assert (record["not_bought"] == 0).all()


def test_a_market_without_any_cause_has_no_militants():
    market = lived(made(one_firm()))
    assert market.record["salience"].shape == (3, 0)
    assert (market.record["militants"] == 0).all()


def test_a_price_sensitivity_next_to_nothing_is_no_warning():
    data = one_firm()
    data["population"] |= {"size": 100, "traits": {"price_sensitivity": {"distribution": "constant", "value": 1e-12}}}
    lived(made(data), engine="objects")
