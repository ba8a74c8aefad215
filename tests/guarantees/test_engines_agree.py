"""Both engines, tiles in machine code and one agent at a time in Python, give the same bits."""

from __future__ import annotations

import numpy as np
import pytest

from sim.scenario import Mechanisms, library
from tests.guarantees.markets import STRESS, differing, lived, reduced, stress


@pytest.mark.parametrize("name", library())
def test_on_every_scenario_of_the_library(name):
    scenario = reduced(name)
    assert differing(lived(scenario), lived(scenario, engine="objects")) == []


def test_where_everything_happens_at_once():
    scenario = stress()
    compiled = lived(scenario)
    assert compiled.record["alive"].min() == 0
    assert np.nansum(compiled.record["boycott_size"]) > 0
    assert differing(compiled, lived(scenario, engine="objects")) == []


@pytest.mark.parametrize("off", Mechanisms.model_fields)
def test_with_a_mechanism_switched_off(off):
    mechanisms = {**STRESS["mechanisms"], off: STRESS["mechanisms"].get(off, {}) | {"enabled": False}}
    scenario = stress(mechanisms=mechanisms, horizon=6, population=STRESS["population"] | {"size": 40})
    assert differing(lived(scenario), lived(scenario, engine="objects")) == []


def test_with_business_clients():
    population = STRESS["population"] | {"size": 40, "clients": "businesses"}
    scenario = stress(horizon=8, population=population)
    compiled = lived(scenario)
    assert compiled.order_size == 20
    assert differing(compiled, lived(scenario, engine="objects")) == []


def test_the_objects_engine_lives_by_each_consumers_own_step():
    from sim.consumers import ZappingConsumer
    from sim.market import Market

    lived_by: list[int] = []

    class Counted(ZappingConsumer):
        __slots__ = ()

        def step(self):
            lived_by.append(self.row)
            super().step()

    class CountedMarket(Market):
        zapping_class = Counted

    scenario = reduced("baseline", consumers=20, weeks=2)
    counted = CountedMarket(scenario, engine="objects")
    counted.run()
    militant = sum(counted.population.get("role"))
    assert len(lived_by) >= 2 * 20 - 2 * militant
    assert set(lived_by) <= set(range(20))
    assert differing(counted, lived(scenario)) == []
