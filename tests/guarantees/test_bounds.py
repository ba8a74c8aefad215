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
    "response_delay",
    "mean_price",
    "sector_quality",
    "sector_profit",
    "cohort_contributors",
    "cohort_alternatives",
    "alternatives",
    "prosumers",
    "switching_rate",
    "not_bought",
    "episode_length",
    "talk_per_act",
    "contribution_gini",
    "top_contributors",
    "userisation",
}
"""Figures that are NaN where there is nothing to take a mean or a share of."""

OF_COMMONS = {
    "commons_share",
    "commons_quality",
    "commons_defects",
    "commons_members",
    "commons_contributors",
    "tools",
}
OF_SHARING = {"sharing_share", "sharing_price", "sharing_stock", "goods_owned"}
"""Figures of sectors that are NaN where the sector has no commons or no sharing market, and nowhere else."""

FROM_NONE_TO_ALL = {"share", "score", "probability"}
"""Units of figures that lie between 0 and 1."""

OVER_ONE = {"approval_rate", "sector_profit"}
"""Shares that can pass 1: see `test_no_more_ideas_are_launched_than_were_submitted`; fees are profit, not revenue."""

BELOW_ZERO = {"margin", "profit", "total_profit", "sector_profit", "cash", "net_voice", "surplus", "sharing_stock"}
"""Figures that may be negative; a negative stock is goods promised."""

# Not shrunk: a scenario has hundreds of values, and minutes would pass before a failure were reported.
small = settings(
    max_examples=30,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def check_consumers(market):
    get, size, m = market.population.get, market.population.size, market.setup.mechanisms
    suppliers, causes = len(market.suppliers), len(market.setup.causes)
    for name in market.population.columns.row:
        assert np.isfinite(get(name)).all(), name
    for name in (
        "quality",
        "sincerity",
        "satisfaction",
        "energy",
        "attachment",
        "persistence",
        "peer_trust",
        "values",
        "skill",
        "use_preference",
    ):
        values = get(name)
        assert ((values >= 0) & (values <= 1)).all(), name
    assert np.isin(get("role"), (0, 1)).all()
    assert np.isin(get("stance"), (-1, 0, 1)).all()
    for name, most in (("mentioned", suppliers), ("cause", causes)):
        values = get(name)
        assert ((values >= -1) & (values < most)).all(), name
    firms, commons = (
        [firm.place for firm in market.firms],
        [one.place for one in market.commons.values()],
    )
    # A line has its firm's community; a sharing market has none; causes are taken up against and for firms alone.
    homes = [-1, *commons, *(firm.place for firm in market.firms if firm.parent is None)]
    assert np.isin(get("community"), homes).all()
    assert np.isin(get("target"), [-1, *firms]).all()
    check_ambassadors(market, get)
    assert ((get("owned") >= 0) & (get("owned") <= 30_000)).all()
    assert ((get("cohort") >= 0) & (get("cohort") <= len(market.setup.cohorts))).all()
    assert [int(n) for n in np.bincount(get("cohort"), minlength=len(market.cohort_sizes))] == market.cohort_sizes
    if m.activation.enabled:
        militant = get("role") == 1
        assert (militant == (get("cause") >= 0)).all()
        assert (militant == (get("target") >= 0)).all()
        assert (militant == (get("stance") != 0)).all()
        assert (get("energy")[militant] >= np.float32(m.activation.floor)).all()
        assert (get("energy")[~militant] == 0).all()
        assert (get("episode")[militant] >= 1).all()
    for s, sector in enumerate(market.setup.sectors):
        own = [-1, *(one.place for one in market.suppliers if one.sector == sector.name)]
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


def check_ambassadors(market, get):
    """Who is an ambassador is a member of the community, and trusts the firm enough."""
    office = get("ambassador")
    assert np.isin(office, [-1, *(firm.place for firm in market.firms)]).all()
    lanes = np.flatnonzero(office >= 0)
    assert (get("community")[lanes] == office[lanes]).all()
    if lanes.size:
        p = market.setup.mechanisms.ambassadors
        assert p.enabled
        assert market.setup.mechanisms.contribution.enabled
        assert (get("sincerity")[office[lanes], lanes] >= np.float32(p.bar)).all()


def check_goods(market, before, stocks):
    """Goods owned change by what is bought to keep, what wears out and what is passed on, and by nothing else.

    `before` are the goods each consumer owned, `stocks` those on offer at second hand, by sector.
    """
    m = market.setup.mechanisms
    after = market.population.get("owned")
    for s, sector in enumerate(market.setup.sectors):
        if not (sector.durable and m.sharing.enabled and m.purchase.enabled):
            np.testing.assert_array_equal(before[s], after[s])
            continue
        sharing = market.sharing.get(sector.name)
        bought = sum(one.week.units for one in market.suppliers if one.sector == sector.name and one.kept)
        passed = sharing.week.offered if sharing is not None and sharing.kind == "second_hand" else 0
        expected = before[s].astype(np.float32) * (np.float32(1) / np.float32(sector.life))
        worn = int(before[s].sum()) + bought // market.order_size - passed - int(after[s].sum())
        if after[s].max() < 30_000:
            assert int(expected.astype(int).sum()) <= worn <= int((expected + 1).astype(int).sum())
        if sharing is None:
            continue
        assert sharing.week.owned == after[s].sum()
        offered = sharing.week.offered * market.order_size * market.weight
        sold = sharing.week.units * market.weight
        stock = {"second_hand": stocks[sector.name] + offered - sold, "rental": offered, "group_buying": 0.0}
        assert sharing.stock == stock[sharing.kind]
        assert sharing.kind != "group_buying" or offered == 0


def check_alternatives(market):
    """Commons and sharing markets keep to their bounds, and prices to what people would pay."""
    for one in (*market.commons.values(), *market.sharing.values()):
        for name in ("alive", "available", "true_quality", "rating", "share"):
            assert 0 <= getattr(one, name) <= 1 + 1e-12, (one.name, name, getattr(one, name))
        assert 0 <= one.defect_rate <= 0.9
        assert 0 <= one.hassle <= one.setup.hassle
        assert one.price >= 0
    for commons in market.commons.values():
        assert 0 <= commons.tools <= 1
        assert 0 <= commons.files <= 1
        assert commons.price <= commons.setup.materials
    for sharing in market.sharing.values():
        assert sharing.demand >= 0
        assert sharing.price > 0
        if sharing.kind != "group_buying":
            assert sharing.price <= sharing.reference_price * max(1.0, market.setup.mechanisms.sharing.usual_price)
    assert all(0 <= hardship <= 1 for hardship in market.hardship)


def check_figures(market):
    record, size = market.record, market.population.size
    people = market.setup.population.represents
    clients = people / market.order_size
    for key, figure in FIGURES.items():
        values = record[key]
        width = () if figure.scope == "market" else (len(record.items[figure.scope]),)
        assert values.shape == (market.week, *width), key
        assert not np.isinf(values).any(), key
        if key in OF_COMMONS | OF_SHARING:
            there = market.commons if key in OF_COMMONS else market.sharing
            missing = np.array([name not in there for name in record.sectors])
            assert (np.isnan(values) == missing).all(), key
        elif key not in MAY_BE_UNDEFINED:
            assert not np.isnan(values).any(), key
        known = values[~np.isnan(values)]
        if key not in BELOW_ZERO:
            assert (known >= 0).all(), key
        if figure.unit in FROM_NONE_TO_ALL and key not in BELOW_ZERO | OVER_ONE:
            assert (known <= 1 + 1e-12).all(), key
        if figure.unit == "people" and key not in BELOW_ZERO and key not in ("complaints",):
            assert (known <= clients * (1 + 1e-12)).all(), key
    for s, sector in enumerate(market.setup.sectors):
        places = [i for i, firm in enumerate(market.firms) if firm.sector == sector.name]
        others = np.nan_to_num(record["commons_share"][:, s]) + np.nan_to_num(record["sharing_share"][:, s])
        shares, units = record["share"][:, places].sum(axis=1), record["sector_units"][:, s]
        np.testing.assert_allclose(shares + others, units > 0, atol=1e-12)
    np.testing.assert_allclose(record["sector_units"].sum(axis=1), record["market_units"])
    members = record["community"].sum(axis=1) + np.nan_to_num(record["commons_members"]).sum(axis=1)
    assert members.max() <= clients * (1 + 1e-12)
    assert (record["ambassadors"] <= record["community"] * (1 + 1e-12)).all()
    assert (record["contributors"] <= record["contributions"] * (1 + 1e-12)).all()
    assert (record["alive"] <= record["entered"]).all()
    assert (np.diff(record["entered"], axis=0) >= 0).all()
    last = market.population.get("community")
    if market.setup.mechanisms.contribution.enabled:
        np.testing.assert_allclose(
            record["community"][-1], [(last == f.place).sum() * clients / size for f in market.firms]
        )
    militant = int(market.population.get("role").sum())
    np.testing.assert_allclose(record["militants"][-1], militant * clients / size)
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
        amounts = (firm.cash, firm.revenue, firm.fees, firm.dividends, firm.total_profit, *firm.costs.values())
        assert all(isinstance(amount, int) for amount in amounts)
        assert 0 <= firm.recruiting <= 1
        assert 0 <= firm.keeping <= 1
        assert 0 <= firm.game <= 1
        assert firm.thanks >= 0
        assert firm.pull >= 0
        assert firm.inflow >= 0
        assert not firm.alive or firm.purse.alive
        assert bool(firm.entered_in) or not firm.week.units
    assert all(0 <= weary <= 1 for weary in market.salience.weary)


def lived_within_bounds(market):
    check_consumers(market)
    while market.running:
        owned = market.population.get("owned")
        stocks = {name: sharing.stock for name, sharing in market.sharing.items()}
        market.step()
        check_consumers(market)
        check_goods(market, owned, stocks)
        check_alternatives(market)
        check_firms(market)
    check_figures(market)


@small
@given(scenarios())
def test_states_and_figures_stay_within_bounds(scenario):
    lived_within_bounds(Market(scenario))


def at_bounds(end):
    """Every parameter of every mechanism at its lowest or its highest, as far as they go together."""
    tables: dict[str, dict[str, Any]] = {}
    for name, field in Mechanisms.model_fields.items():
        declared = quantities(cast(type[BaseModel], field.annotation))
        tables[name] = {
            key: type(item.default)(item.least if end == "low" else item.most)
            for key, item in declared.items()
            if item.unit != "switch"
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
    lived_within_bounds(Market(stress(mechanisms=tables, firm=firms)))


@pytest.mark.parametrize("kind", ["second_hand", "rental", "group_buying"])
def test_goods_are_conserved_in_every_kind_of_sharing_market(kind):
    """Also where nobody passes anything on: group buying takes no goods from those who have some."""
    sectors = [
        sector | {"durable": True, "life": 8.0, "sharing": {"kind": kind, "stock": 0.2, "hassle": 0.0, "appeal": 2.0}}
        for sector in STRESS["sector"]
    ]
    market = Market(stress(sector=sectors, mechanisms=STRESS["mechanisms"] | {"sharing": {"release": 0.5}}))
    lived_within_bounds(market)
    offered = sum(sharing.week.offered for sharing in market.sharing.values())
    assert (offered > 0) == (kind != "group_buying")
    assert np.nansum(market.record["sharing_share"]) > 0


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
