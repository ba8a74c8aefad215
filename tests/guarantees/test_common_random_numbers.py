"""Every draw belongs to somebody and something by name: two scenarios that differ in one thing share all other luck."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from sim.figures import FIGURES
from sim.market import Market
from tests.guarantees.markets import made

TRAITS = (
    "price_sensitivity",
    "inertia",
    "peer_trust",
    "brand_trust",
    "threshold",
    "persistence",
    "propensity",
    "skill",
    "playfulness",
    "reciprocity",
)
BASE: dict[str, Any] = {
    "horizon": 6,
    "population": {"size": 700, "represents": 70_000.0},
    "sector": [
        {"name": "drinks", "outside": -1.0, "purchase_rate": {"distribution": "gamma", "mean": 1.5, "shape": 0.8}},
        {"name": "phones"},
    ],
    "cause": [{"name": "work", "salience": 0.5}, {"name": "planet"}],
    "firm": [
        {"name": "Abel", "sector": "drinks", "levers": {"openness": 0.5, "recognition": 0.6}},
        {"name": "Brio", "sector": "drinks", "levers": {"openness": 0.4}},
        {"name": "Cora", "sector": "drinks"},
        {"name": "Dune", "sector": "phones", "levers": {"openness": 0.7, "recognition": 0.4}},
    ],
}


def changed(**tables):
    data = copy.deepcopy(BASE)
    for key, items in tables.items():
        data[key] = items
    return made(data)


def choices(market):
    """Where each consumer bought this week in the first sector, by the firm's name; "" for nowhere."""
    names = np.array(["", *(firm.name for firm in market.firms)])
    supplier = market.population.get("supplier")[0]
    return names[supplier + 1]


def by_firm(market, column):
    return {firm.name: market.population.get(column)[firm.place] for firm in market.firms}


@pytest.fixture(scope="module")
def base():
    market = Market(made(BASE))
    market.start = {name: market.population.get(name) for name in market.population.columns.row}
    market.step()
    return market


def with_price(price):
    firms = copy.deepcopy(BASE["firm"])
    firms[0].setdefault("levers", {})["price"] = price
    return changed(firm=firms)


def test_a_price_changes_nothing_about_the_consumers(base):
    other = Market(with_price(14.0))
    for name, values in base.start.items():
        assert np.array_equal(values, other.population.get(name)), name
    assert np.array_equal(base.population.peers, other.population.peers)


@pytest.mark.parametrize(("price", "wins"), [(14.0, False), (7.0, True)])
def test_a_price_moves_only_consumers_to_or_from_that_firm(base, price, wins):
    other = Market(with_price(price))
    other.step()
    before, after = choices(base), choices(other)
    moved = before != after
    assert moved.sum() > 20
    # Who moved, moved to Abel (cheaper) or away from it (dearer): nobody between two others.
    assert ((after if wins else before)[moved] == "Abel").all()
    assert ((before if wins else after)[moved] != "Abel").all()


def test_a_price_leaves_the_units_wanted_alone(base):
    other = Market(with_price(14.0))
    other.step()
    for market in (base, other):
        market.wanted = sum(f.week.units for f in market.firms if f.sector == "drinks") + int(market.counts.not_bought)
    assert base.wanted == other.wanted > 0
    # Abel sells less, the others the same or more.
    sold = [{f.name: f.week.units for f in market.firms} for market in (base, other)]
    assert sold[1]["Abel"] < sold[0]["Abel"]
    assert sold[1]["Brio"] > sold[0]["Brio"]
    assert sold[1]["Dune"] == sold[0]["Dune"] > 0


@pytest.mark.parametrize(
    ("place", "sector"), [(0, "drinks"), (1, "drinks"), (4, "drinks"), (4, "phones"), (2, "phones")]
)
def test_a_firm_more_leaves_the_others_alone(base, place, sector):
    firms = copy.deepcopy(BASE["firm"])
    firms.insert(place, {"name": "Newcomer", "sector": sector, "levers": {"openness": 0.9}})
    other = Market(changed(firm=firms))
    for name in (*TRAITS, "rate", "values"):
        assert np.array_equal(base.start[name], other.population.get(name)), name
    assert np.array_equal(base.population.peers, other.population.peers)
    for column in ("taste", "quality", "sincerity"):
        new = by_firm(other, column)
        for firm in base.firms:
            assert np.array_equal(base.start[column][firm.place], new[firm.name]), (column, firm.name)
    assert len(other.firms) == 5
    # In week 1 it takes buyers from others, and moves nobody between two others.
    other.step()
    before, after = choices(base), choices(other)
    moved = before != after
    assert (after[moved] == "Newcomer").all()
    assert (moved.sum() > 20) == (sector == "drinks")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_sector_more_leaves_the_others_alone(base, place):
    sectors = copy.deepcopy(BASE["sector"])
    sectors.insert(place, {"name": "travel"})
    firms = [*copy.deepcopy(BASE["firm"]), {"name": "Roam", "sector": "travel"}]
    other = Market(changed(sector=sectors, firm=firms))
    for name in (*TRAITS, "values"):
        assert np.array_equal(base.start[name], other.population.get(name)), name
    names = [sector["name"] for sector in sectors]
    for i, sector in enumerate(BASE["sector"]):
        assert np.array_equal(base.start["rate"][i], other.population.get("rate")[names.index(sector["name"])])
    for column in ("taste", "quality", "sincerity"):
        new = by_firm(other, column)
        for firm in base.firms:
            assert np.array_equal(base.start[column][firm.place], new[firm.name]), (column, firm.name)
    other.step()
    sold = [{f.name: f.week.units for f in market.firms} for market in (base, other)]
    assert {name: sold[1][name] for name in sold[0]} == sold[0]


def test_a_cause_more_leaves_traits_tastes_and_peers_alone(base):
    other = Market(changed(cause=[{"name": "privacy"}, *copy.deepcopy(BASE["cause"])]))
    for name in (*TRAITS, "rate", "taste", "quality", "sincerity"):
        assert np.array_equal(base.start[name], other.population.get(name)), name
    assert np.array_equal(base.population.peers, other.population.peers)


@pytest.mark.parametrize("place", [0, 2])
def test_a_cause_more_leaves_the_weights_of_the_other_causes_alone(base, place):
    causes = copy.deepcopy(BASE["cause"])
    causes.insert(place, {"name": "privacy"})
    other = Market(changed(cause=causes))
    values = {cause["name"]: other.population.get("values")[c] for c, cause in enumerate(causes)}
    for c, cause in enumerate(BASE["cause"]):
        assert np.array_equal(base.start["values"][c], values[cause["name"]]), cause["name"]


def test_replicates_differ_in_every_draw(base):
    other = Market(made(BASE), replicate=1)
    for name in (*TRAITS, "rate", "taste", "quality", "values"):
        assert not np.array_equal(base.start[name], other.population.get(name)), name
    assert not np.array_equal(base.population.peers, other.population.peers)


def test_the_same_consumers_in_a_larger_population(base):
    """A consumer's traits do not depend on how many others there are."""
    data = copy.deepcopy(BASE)
    data["population"]["size"] = 900
    other = Market(made(data))
    for name in (*TRAITS, "rate", "taste"):
        assert np.array_equal(base.start[name], other.population.get(name)[..., :700]), name


def test_the_order_of_firms_in_the_file_changes_nothing_but_the_order_of_output(base):
    one = Market(made(BASE | {"horizon": 12}))
    other = Market(made(BASE | {"horizon": 12, "firm": BASE["firm"][::-1]}))
    one.run()
    other.run()
    places = [other.record.firms.index(name) for name in one.record.firms]
    assert places != sorted(places)
    # Sums over firms are added up in another order, and may differ in their last bits.
    summed = {"surplus", "hhi", "userisation"}
    for key, figure in FIGURES.items():
        mine, theirs = one.record[key], other.record[key]
        if figure.scope == "firm":
            theirs = theirs[:, places]
        if key in summed:
            np.testing.assert_allclose(mine, theirs, rtol=1e-6, err_msg=key)
        else:
            np.testing.assert_array_equal(mine, theirs, err_msg=key)


@pytest.mark.parametrize("weeks", [1, 6])
def test_the_order_of_sectors_in_the_file_changes_nothing_but_the_order_of_output(weeks):
    one = Market(made(BASE))
    other = Market(made(BASE | {"sector": BASE["sector"][::-1]}))
    one.run(weeks)
    other.run(weeks)
    places = [other.record.firms.index(name) for name in one.record.firms]
    assert places != sorted(places)
    for key in ("units", "quality", "belief", "sincerity", "cash", "community"):
        np.testing.assert_array_equal(one.record[key], other.record[key][:, places], err_msg=key)
