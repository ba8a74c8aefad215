"""The market's own interface: how it is made, lived, watched and stopped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.agents import Firm
from sim.documents import ScenarioError
from sim.market import Market
from sim.scenario import load
from tests.guarantees.markets import differing, stress


def test_by_name_by_path_and_by_scenario(tmp_path):
    from sim.scenario import library_folder

    by_name = Market("baseline", consumers=50)
    by_path = Market(str(library_folder() / "baseline.toml"), consumers=50)
    by_scenario = Market(load("baseline"), consumers=50)
    assert by_name.setup == by_path.setup == by_scenario.setup
    assert Market(consumers=50).setup == by_name.setup


def test_what_takes_the_place_of_the_scenarios():
    price: dict[str, Any] = {"firm.Nova.levers.price": 8.5}
    market = Market("baseline", consumers=77, weeks=5, seed=9, replicate=2, **price)
    assert market.population.size == 77
    assert market.setup.horizon == 5
    assert (market.setup.seed, market.replicate) == (9, 2)
    assert market.firm_named["Nova"].price == 8.5
    assert market.run().weeks == 5


def test_zero_is_a_seed():
    assert Market("baseline", consumers=20, seed=0).setup.seed == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"consumers": 3},
        {"weeks": 0},
        {"seed": -1},
        {"firm.Novo.levers.price": 9.0},
        {"prise": 3},
        {"consumers": "many"},
    ],
)
def test_what_is_wrong_is_a_scenario_error(wrong):
    for scenario in ("baseline", load("baseline")):
        with pytest.raises(ScenarioError):
            Market(scenario, **wrong)


def test_an_unknown_scenario_and_an_unknown_engine():
    with pytest.raises(ScenarioError):
        Market("nowhere")
    with pytest.raises(ValueError, match="engine must be"):
        Market("baseline", engine="magic")


@pytest.mark.parametrize("lanes", [3, 100, -1])
def test_lanes_are_a_power_of_two(lanes):
    with pytest.raises(ValueError, match="power of two"):
        Market("baseline", consumers=20, lanes=lanes)


def test_it_runs_to_the_horizon_and_stops():
    market = Market("baseline", consumers=40, weeks=3)
    weeks = []
    while market.running:
        market.step()
        weeks.append(market.week)
    assert weeks == [1, 2, 3]
    assert market.record.weeks == 3
    market.run()
    assert market.week == 3


def test_it_can_live_on_past_its_horizon():
    market = Market("baseline", consumers=40, weeks=3)
    market.run(5)
    assert (market.week, market.running) == (5, False)


def test_on_week_is_called_every_week_and_can_stop_the_run():
    market = Market("baseline", consumers=40, weeks=10)
    seen = []

    def watch(watched):
        seen.append(watched.week)
        assert watched is market
        assert watched.record.weeks == watched.week
        return watched.week == 4

    assert market.run(on_week=watch) is market.record
    assert seen == [1, 2, 3, 4]
    assert market.week == 4
    market.run(on_week=lambda watched: None)
    assert market.week == 10


def test_levers_set_between_two_weeks_hold_from_the_next():
    market = Market("baseline", consumers=40, weeks=6)
    market.run(2)
    market.firm_named["Nova"].set_levers({"price": 12.5, "openness": 7.0, "validation_layers": 2.9})
    nova = market.firm_named["Nova"]
    assert (nova.price, nova.openness, nova.validation_layers) == (12.5, 1.0, 2)
    market.step()
    assert market.record["price"][:, nova.place].tolist() == [10.0, 10.0, 12.5]


def test_an_unknown_lever_is_refused():
    with pytest.raises(KeyError, match="prise"):
        Market("baseline", consumers=20).firms[0].set_levers({"prise": 3.0})


def test_a_price_of_nothing_is_held_above_nothing():
    """The bound of prices is excluded: at 0 the margin would be undefined."""
    firm = Market("baseline", consumers=20).firms[0]
    firm.set_levers({"price": 0.0})
    assert firm.price > 0


def test_people_and_consumers():
    """A figure in people does not depend on how many consumers stand for them, but for chance."""
    few, many = (Market("baseline", consumers=n, weeks=6) for n in (1000, 8000))
    assert few.weight == 1000.0
    assert many.weight == 125.0
    a, b = few.run(), many.run()
    for key, tolerance in (("market_units", 0.15), ("community", 0.3)):
        assert np.sum(a[key][-1]) == pytest.approx(np.sum(b[key][-1]), rel=tolerance), key


def test_firms_by_name_and_order():
    market = Market(stress())
    names = {"Nova", "Citadel", "Mirage", "Agora", "Icarus", "Wander", "Roam", "Mirage Tours", "Comet", "Late"}
    assert set(market.firm_named) == names
    sectors = [sector.name for sector in market.setup.sectors]
    for rows in (market.firms, market.suppliers):
        order = [sectors.index(one.sector) for one in rows]
        assert order == sorted(order)


def test_suppliers_are_firms_commons_and_sharing_markets_sector_by_sector():
    market = Market(stress())
    assert [one.place for one in market.suppliers] == list(range(15))
    assert [one.name for one in market.suppliers] == [
        *("Nova", "Citadel", "Comet", "Brewers", "sharing of drinks"),
        *("Mirage", "Agora", "Icarus", "Late", "commons of phones", "Second life"),
        *("Wander", "Roam", "Mirage Tours", "sharing of travel"),
    ]
    assert market.firms == [one for one in market.suppliers if isinstance(one, Firm)]
    assert {sector: one.name for sector, one in market.commons.items()} == {
        "drinks": "Brewers",
        "phones": "commons of phones",
    }
    assert {sector: one.kind for sector, one in market.sharing.items()} == {
        "drinks": "group_buying",
        "phones": "second_hand",
        "travel": "rental",
    }
    tours, mirage = market.firm_named["Mirage Tours"], market.firm_named["Mirage"]
    assert (tours.parent, tours.home, tours.parent_place, tours.purse) == (mirage, mirage.place, mirage.place, mirage)
    assert all(one.home == one.place for one in market.suppliers if one is not tours)


def test_words_heard_can_be_handed_over():
    """What a checkpoint keeps of talk is all there is to it."""
    one, other = Market(stress(horizon=6)), Market(stress(horizon=6))
    one.run(3)
    other.run(3)
    words = {name: values.copy() for name, values in one.words_heard().items()}
    assert any(words["words"] >> np.uint64(32))
    other.hear_words(words)
    one.run()
    other.run()
    assert differing(one, other) == []
    third = Market(stress(horizon=6))
    third.run(3)
    third.hear_words({name: np.zeros_like(values) for name, values in words.items()})
    third.run()
    assert "column quality" in differing(one, third)
