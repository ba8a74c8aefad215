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
    "use_preference",
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
    names = np.array(["", *(one.name for one in market.suppliers)])
    supplier = market.population.get("supplier")[0]
    return names[supplier + 1]


def by_firm(market, column):
    return {one.name: market.population.get(column)[one.place] for one in market.suppliers}


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


ALTERNATIVES: dict[str, dict[str, Any]] = {
    "commons": {"commons": {"name": "Newcomer", "hassle": 0.0}},
    "group buying": {"sharing": {"name": "Newcomer", "kind": "group_buying", "hassle": 0.0}},
    "second hand": {"sharing": {"name": "Newcomer", "hassle": 0.0, "stock": 1.0}, "durable": True},
    "rental": {"sharing": {"name": "Newcomer", "hassle": 0.0, "stock": 1.0, "kind": "rental"}, "durable": True},
}


@pytest.mark.parametrize("kind", ALTERNATIVES)
@pytest.mark.parametrize("place", [0, 1])
def test_an_alternative_more_leaves_the_others_alone(base, kind, place):
    """A commons or a sharing market takes buyers, and moves nobody between two others."""
    sectors = copy.deepcopy(BASE["sector"])
    sectors[place] |= copy.deepcopy(ALTERNATIVES[kind])
    other = Market(changed(sector=sectors))
    for name in (*TRAITS, "rate", "values"):
        assert np.array_equal(base.start[name], other.population.get(name)), name
    assert np.array_equal(base.population.peers, other.population.peers)
    for column in ("taste", "quality", "sincerity"):
        new = by_firm(other, column)
        assert "Newcomer" in new
        for firm in base.firms:
            assert np.array_equal(base.start[column][firm.place], new[firm.name]), (column, firm.name)
    other.step()
    before, after = choices(base), choices(other)
    moved = before != after
    assert (after[moved] == "Newcomer").all()
    assert (moved.sum() > 20) == (place == 0)
    sold = [{f.name: f.week.units for f in market.firms} for market in (base, other)]
    apart = [f.name for f in base.firms if f.sector != sectors[place]["name"]]
    assert {name: sold[1][name] for name in apart} == {name: sold[0][name] for name in apart}


@pytest.mark.parametrize("switch", ["commons", "sharing"])
def test_an_alternative_that_is_switched_off_is_as_good_as_none(base, switch):
    kind = "commons" if switch == "commons" else "group buying"
    sectors = copy.deepcopy(BASE["sector"])
    sectors[0] |= copy.deepcopy(ALTERNATIVES[kind])
    other = Market(changed(sector=sectors, mechanisms={switch: {"enabled": False}}))
    alone = Market(made(BASE))
    for market in (other, alone):
        market.run(6)
    for key in ("units", "share", "belief", "sincerity", "quality", "rating", "cash", "community", "reviews"):
        np.testing.assert_array_equal(alone.record[key], other.record[key], err_msg=key)


def test_a_firm_that_waits_outside_leaves_the_others_alone_until_it_comes(base):
    firms = [*copy.deepcopy(BASE["firm"]), {"name": "Newcomer", "sector": "drinks", "enters": 4}]
    firms[-1]["levers"] = {"openness": 0.9, "price": 8.0, "brand_push": 1.0}
    other, alone = Market(changed(firm=firms)), Market(made(BASE))
    for column in ("taste", "quality", "sincerity"):
        new = by_firm(other, column)
        for firm in base.firms:
            assert np.array_equal(base.start[column][firm.place], new[firm.name]), (column, firm.name)
    for week in range(1, 6):
        alone.step()
        other.step()
        places = [other.record.firms.index(firm.name) for firm in alone.firms]
        for key in ("units", "belief", "sincerity", "community", "cash", "quality", "reviews"):
            same = np.array_equal(alone.record[key][-1], other.record[key][-1, places])
            assert same or week >= 4, (key, week)
        wanted = [int(m.counts.not_bought) + sum(f.week.units for f in m.firms) for m in (alone, other)]
        assert wanted[0] == wanted[1]
    came = other.record.firms.index("Newcomer")
    assert (other.record["units"][:3, came] == 0).all()
    assert (other.record["units"][3:, came] > 0).all()


def test_a_line_that_waits_outside_leaves_the_others_alone_until_it_comes():
    firms = [*copy.deepcopy(BASE["firm"]), {"name": "Abel Phone", "sector": "phones", "parent": "Abel", "enters": 4}]
    other, alone = Market(changed(firm=firms)), Market(made(BASE))
    for market in (other, alone):
        market.run(3)
    places = [other.record.firms.index(firm.name) for firm in alone.firms]
    for key in ("units", "belief", "sincerity", "community", "cash", "quality", "reviews"):
        np.testing.assert_array_equal(alone.record[key], other.record[key][:, places], err_msg=key)
    other.step()
    assert other.record["units"][-1, other.record.firms.index("Abel Phone")] > 0


def test_a_cohort_more_leaves_traits_and_tastes_of_everyone_else_alone(base):
    skill = {"distribution": "constant", "value": 0.25}
    groups = [{"name": "young", "share": 0.3}, {"name": "old", "share": 0.2, "traits": {"skill": skill}}]
    other = Market(changed(cohort=groups))
    cohort = other.population.get("cohort")
    assert {0, 1, 2} == set(cohort.tolist())
    for name in (*TRAITS, "rate", "values", "taste", "quality", "sincerity"):
        same = np.array_equal(base.start[name], other.population.get(name))
        assert same == (name != "skill"), name
    now = other.population.get("skill")
    assert np.array_equal(base.start["skill"][cohort != 2], now[cohort != 2])
    assert (now[cohort == 2] == np.float32(0.25)).all()
    assert np.array_equal(base.population.peers, other.population.peers)
    # Another cohort laid beside leaves the members of the first alone.
    fewer = Market(changed(cohort=groups[:1])).population.get("cohort")
    assert np.array_equal(fewer == 1, cohort == 1)


def test_members_of_a_cohort_keep_their_luck():
    """With their own distribution they are still the same people: who is high stays high."""
    own = {"distribution": "beta", "mean": 0.8, "concentration": 5.0}
    one = Market(made(BASE)).population.get("skill")
    other = Market(changed(cohort=[{"name": "all", "share": 1.0, "traits": {"skill": own}}])).population.get("skill")
    order = np.argsort(one, kind="stable")
    assert (np.diff(other[order]) >= 0).all()
    assert other.mean() > one.mean() + 0.1


def test_a_campaign_and_a_hardship_leave_the_units_wanted_alone(base):
    events = [
        {"week": 1, "kind": "campaign", "firm": "Brio"},
        {"week": 1, "kind": "hardship", "severity": 1.0, "weeks": 3},
    ]
    other = Market(changed(event=events))
    other.step()
    wanted = [int(m.counts.not_bought) + sum(f.week.units for f in m.firms) for m in (base, other)]
    assert wanted[0] == wanted[1] > 0
    # In hardship people turn to what is cheaper, or to nothing; all prices are alike here, so nobody else is chosen.
    before, after = choices(base), choices(other)
    assert (before != after).sum() > 20
    assert (after[before != after] == "").all()


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
    summed = {"surplus", "hhi", "userisation", "mean_price", "sector_quality", "sector_profit"}
    for key, figure in FIGURES.items():
        mine, theirs = one.record[key], other.record[key]
        if figure.scope == "firm":
            theirs = theirs[:, places]
        if key in summed:
            np.testing.assert_allclose(mine, theirs, rtol=1e-6, err_msg=key)
        else:
            np.testing.assert_array_equal(mine, theirs, err_msg=key)


ENTRIES: dict[str, Any] = {
    "firm": [
        *BASE["firm"],
        {"name": "Ewa", "sector": "drinks", "enters": 2},
        {"name": "Dune Drinks", "sector": "drinks", "parent": "Dune", "enters": 2, "entry_cost": 1000.0},
        {"name": "Ewa Phone", "sector": "phones", "parent": "Ewa", "enters": 2, "entry_cost": 1000.0},
    ],
    "mechanisms": {"accounts": {"credit": 0.0, "patience": 2}},
}


@pytest.mark.parametrize("poor", [(), ("Dune",), ("Dune", "Ewa")])
def test_the_order_of_sectors_does_not_matter_for_entries_and_bankruptcies(poor):
    """A line may stand before its firm or behind it: it comes and goes with it in the same week."""
    firms = copy.deepcopy(ENTRIES["firm"])
    for firm in firms:
        if firm["name"] in poor:
            firm |= {"cash": 6_000_000.0, "fixed_cost": 5_000_000.0}
    one, other = (Market(made(BASE | ENTRIES | {"firm": firms, "sector": BASE["sector"][::step]})) for step in (1, -1))
    for market in (one, other):
        market.run(6)
    places = [other.record.firms.index(name) for name in one.record.firms]
    for key in ("alive", "entered", "units", "belief", "cash", "community", "profit"):
        np.testing.assert_array_equal(one.record[key], other.record[key][:, places], err_msg=key)
    assert one.record["entered"][1].all()
    assert one.record["alive"][-1].all() == (poor == ())


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


def with_places(**places):
    firms = copy.deepcopy(BASE["firm"])
    for firm in firms:
        if firm["name"] in places:
            firm["place"] = places[firm["name"]]
    return changed(firm=firms)


def test_a_place_on_the_market_map_moves_tastes_for_that_firm_alone(base):
    other = Market(with_places(Abel=[1.0, 0.0]))
    for name, values in base.start.items():
        if name != "taste":
            assert np.array_equal(values, other.population.get(name)), name
    same = (base.start["taste"] == other.population.get("taste")).all(axis=1)
    assert {firm.name: same[firm.place] for firm in base.firms} == {
        "Abel": False, "Brio": True, "Cora": True, "Dune": True,
    }  # fmt: skip


def test_what_is_sought_on_the_map_is_the_same_whoever_lies_there():
    """Doubled, a place adds twice as much to taste; in the other direction, the same the other way."""
    none, near, far, across = (
        by_firm(Market(with_places(Brio=place)), "taste")["Brio"]
        for place in ([0.0, 0.0], [0.5, 1.0], [1.0, 2.0], [-0.5, -1.0])
    )
    assert np.allclose(far - none, 2 * (near - none), atol=1e-6)
    assert np.allclose(across - none, none - near, atol=1e-6)
    assert np.std(near - none) > 0.5
