"""The market itself, used as any Mesa model is: agents, data collectors, batch runs, subclasses, copies."""

import contextlib
import copy
import gc
import multiprocessing
import pickle
import warnings
import weakref
from typing import Any

import mesa
import numpy as np
import pytest

from sim.agents import Firm
from sim.consumers import Consumer, MilitantClient, ZappingConsumer
from sim.figures import FIGURES
from sim.market import Market

SMALL: dict[str, Any] = {
    "horizon": 6,
    "seed": 11,
    "population.size": 80,
    "population.represents": 8000.0,
    "network.peers": 5,
}
HOT: dict[str, Any] = {
    "population.traits.threshold": {"distribution": "constant", "value": 0.05},
    "event": [{"week": 2, "kind": "scandal", "firm": "Mirage", "cause": "work", "severity": 1.0}],
    "firm.Mirage.levers.causes": {"work": {"proclaimed": 0.9, "conduct": -0.9}},
}
"""A scandal, and consumers who are quick to take offence."""


def market(**more):
    return Market("baseline", **SMALL, **more)


@pytest.fixture
def hot():
    """The market after a scandal: some consumers are militant."""
    made = market(**HOT)
    made.run(3)
    return made


def test_it_is_a_mesa_model():
    made = market()
    assert isinstance(made, mesa.Model)
    assert made.running
    assert made.steps == 0
    made.step()
    assert made.steps == made.week == 1
    made.run_model()
    assert made.steps == 6
    assert not made.running


def test_agents_are_firms_and_consumers():
    made = market()
    assert len(made.agents) == 5 + 80
    ids = [agent.unique_id for agent in made.agents]
    assert len(set(ids)) == len(ids)
    assert set(made.agent_types) == {Firm, ZappingConsumer, MilitantClient}
    assert list(made.agents_by_type[Firm]) == made.firms
    assert all(isinstance(firm, mesa.Agent) for firm in made.agents_by_type[Firm])
    assert len(made.agents_by_type[ZappingConsumer]) == 80
    assert len(made.agents_by_type[MilitantClient]) == 0


def test_agents_by_type_follow_roles(hot):
    militant, zapping = hot.agents_by_type[MilitantClient], hot.agents_by_type[ZappingConsumer]
    now = int(hot.population.get("role").sum())
    assert 0 < now < 80
    assert (len(militant), len(zapping)) == (now, 80 - now)
    assert len(militant) * hot.weight == hot.record["militants"][-1]
    assert all(type(agent) is MilitantClient and agent.role == 1 and agent.energy > 0 for agent in militant)
    assert all(type(agent) is ZappingConsumer and agent.target == -1 for agent in zapping)
    # The same sets, weeks later: they are live.
    hot.step()
    assert len(militant) == int(hot.population.get("role").sum())
    first = next(iter(militant))
    first.role = 0
    assert first not in militant
    assert first in zapping


def test_select_get_agg_groupby_and_sort(hot):
    consumers = hot.agents.select(agent_type=Consumer)
    assert len(consumers) == 80
    assert np.array_equal(consumers.get("energy"), hot.population.get("energy"))
    assert np.allclose(consumers.agg("energy", sum), hot.population.get("energy").sum())
    assert consumers.agg("energy", max) == hot.population.get("energy").max()
    angry = consumers.select(lambda agent: agent.stance == -1, agent_type=MilitantClient)
    assert len(angry) == int((hot.population.get("stance") == -1).sum()) > 0
    assert {hot.firms[agent.target].name for agent in angry} == {"Mirage"}
    groups = consumers.groupby("target")
    assert groups.count() == {
        int(target): int(n)
        for target, n in zip(*np.unique(hot.population.get("target"), return_counts=True), strict=True)
    }
    means = groups.agg("energy", np.mean)
    assert means[-1] == 0 < means[hot.firm_named["Mirage"].place]
    loudest = consumers.sort("energy", ascending=False)
    energies = loudest.get("energy")
    assert list(energies) == sorted(energies, reverse=True)
    assert len(hot.agents.select(at_most=7)) == 7
    assert hot.agents.agg("unique_id", len) == 85


def test_firms_in_mesas_own_sets():
    made = market()
    firms = made.agents_by_type[Firm]
    assert firms.get("name") == [firm.name for firm in made.firms]
    assert firms.agg("price", min) == 9.5
    assert next(iter(firms.sort("price", ascending=True))).name == "Summit"
    assert set(firms.groupby("sector").groups) == {"drinks"}
    firms.do(lambda firm: firm.set_levers({"price": firm.price * 2}))
    assert firms.agg("price", min) == 19.0
    seen = []
    firms.shuffle_do(lambda firm: seen.append(firm.name))
    assert sorted(seen) == sorted(made.record.firms)
    assert sorted(firms.map("go_bankrupt"), key=str) == [None] * 5
    assert len(firms.select(lambda firm: firm.alive > 0)) == 0


def test_a_user_can_steer_a_firm_week_by_week():
    made = market()
    for week in range(1, 5):
        made.firm_named["Nova"].set_levers({"price": 9.0 + week})
        made.step()
    nova = made.record.firms.index("Nova")
    assert made.record["price"][:, nova].tolist() == [10.0, 11.0, 12.0, 13.0]


def test_the_markets_own_data_collector():
    made = market(collect=True)
    record = made.run()
    frame = made.datacollector.get_model_vars_dataframe()
    assert len(frame) == 6
    of_market = [key for key, figure in FIGURES.items() if figure.scope == "market"]
    for key in of_market:
        np.testing.assert_array_equal(frame[key].to_numpy(float), record[key], err_msg=key)
    np.testing.assert_array_equal(
        frame["share of Nova"].to_numpy(float), record["share"][:, record.firms.index("Nova")]
    )
    assert market().datacollector is None


def test_a_data_collector_of_ones_own_with_all_kinds_of_reporters(hot):
    agents = {"energy": lambda agent: getattr(agent, "energy", None)}
    by_type = {
        Firm: {"price": "price", "cash": lambda firm: firm.cash},
        MilitantClient: {"target": "target"},
        ZappingConsumer: {"supplier": lambda agent: int(agent.supplier[0])},
    }
    collector = mesa.DataCollector(
        model_reporters={"militants": lambda m: len(m.agents_by_type[MilitantClient]), "week": "week"},
        agent_reporters=agents,
        agenttype_reporters=by_type,
    )
    counts = []
    for _ in range(2):
        collector.collect(hot)
        counts.append(len(hot.agents_by_type[MilitantClient]))
        hot.step()
    model = collector.get_model_vars_dataframe()
    assert model["militants"].tolist() == counts
    assert model["week"].tolist() == [3, 4]
    assert len(collector.get_agent_vars_dataframe()) == 2 * 85
    assert len(collector.get_agenttype_vars_dataframe(Firm)) == 2 * 5
    assert len(collector.get_agenttype_vars_dataframe(MilitantClient)) == sum(counts)
    assert len(collector.get_agenttype_vars_dataframe(ZappingConsumer)) == 160 - sum(counts)
    assert set(collector.get_agenttype_vars_dataframe(MilitantClient)["target"]) <= set(range(5))


BATCH: dict[str, Any] = {
    "scenario": "baseline",
    "consumers": 200,
    "weeks": 4,
    "collect": True,
    "firm.Nova.levers.price": [9.0, 10.0],
}


@contextlib.contextmanager
def start_method_kept():
    """Mesa's batch_run sets how processes start, for the whole of this one: set it back."""
    before = multiprocessing.get_start_method(allow_none=True)
    try:
        yield
    finally:
        multiprocessing.set_start_method(before, force=True)


def batch(**how):
    """Run Mesa's batch over two prices and two seeds, as this version of Mesa takes seeds."""
    with start_method_kept():
        if "rng" in mesa.batch_run.__code__.co_varnames:
            return mesa.batch_run(Market, BATCH, rng=[1, 2], display_progress=False, **how)
        return mesa.batch_run(Market, BATCH | {"seed": [1, 2]}, display_progress=False, **how)


def check(rows):
    assert len(rows) == 4
    assert {(row["seed"], row["firm.Nova.levers.price"]) for row in rows} == {
        (s, p) for s in (1, 2) for p in (9.0, 10.0)
    }
    for row in rows:
        price = row["firm.Nova.levers.price"]
        alone = Market("baseline", consumers=200, weeks=4, seed=row["seed"], **{"firm.Nova.levers.price": price})
        record = alone.run()
        # The last of the four weeks.
        assert row["share of Nova"] == record["share"][-1, record.firms.index("Nova")]
        assert row["surplus"] == record["surplus"][-1]
    by_run = {(row["seed"], row["firm.Nova.levers.price"]): row["share of Nova"] for row in rows}
    assert by_run[1, 9.0] > by_run[1, 10.0]
    assert by_run[1, 9.0] != by_run[2, 9.0]


def test_batch_run():
    check(batch(number_processes=1))


def test_batch_run_of_every_week():
    rows = batch(number_processes=1, data_collection_period=1)
    assert len(rows) == 4 * 4


@pytest.mark.slow
def test_batch_run_in_new_processes():
    check(batch(number_processes=2))


def test_a_subclass_with_its_own_consumers_and_collector():
    calls = []

    class Slow(ZappingConsumer):
        __slots__ = ()

        def step(self):
            calls.append((self.model.week, self.row))
            super().step()

    class Mine(Market):
        zapping_class = Slow

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.datacollector = mesa.DataCollector({"sold": lambda m: sum(firm.week.units for firm in m.firms)})

    mine = Mine("baseline", **SMALL, engine="objects")
    mine.run(2)
    assert sorted(calls) == [(week, row) for week in (1, 2) for row in range(80)]
    assert len(mine.agents_by_type[Slow]) == 80
    assert mine.datacollector is not None
    plain = market()
    plain.run(2)
    assert (
        mine.datacollector.get_model_vars_dataframe()["sold"].tolist()
        == (plain.record["market_units"] / plain.weight).round().astype(int).tolist()
    )
    calls.clear()
    Mine("baseline", **SMALL).step()
    assert calls == []


def test_a_consumers_step_can_change_what_it_does():
    """A user's own consumer, of the engine that goes one at a time: who never buys, never has a supplier."""

    class Hermit(ZappingConsumer):
        __slots__ = ()

        def step(self):
            if self.row % 2:
                super().step()

    class Mine(Market):
        zapping_class = Hermit

    mine = Mine("baseline", **SMALL, engine="objects")
    mine.run()
    supplier = mine.population.get("supplier")[0]
    assert (supplier[::2] == -1).all()
    assert (supplier[1::2] >= 0).any()


def test_a_user_can_add_agents_of_their_own():
    class Regulator(mesa.Agent):
        def __init__(self, model):
            super().__init__(model)
            self.fines = 0

        def inspect(self):
            self.fines += sum(firm.gap > 0.3 for firm in self.model.firms)

    made = market()
    regulator = Regulator(made)
    assert regulator.unique_id not in {consumer.unique_id for consumer in made.consumers}
    made.step()
    made.agents_by_type[Regulator].do("inspect")
    assert regulator.fines > 0
    assert len(made.agents) == 86
    regulator.remove()
    assert len(made.agents) == 85


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["deepcopy", "pickle"]
)
def test_a_copy_goes_on_alike_and_apart(hot, copied):
    twin = copied(hot)
    assert twin.week == hot.week
    before = hot.population.get("energy")
    twin.run()
    assert np.array_equal(before, hot.population.get("energy"))
    assert hot.week == 3
    hot.run()
    assert twin.week == hot.week == 6
    for key in FIGURES:
        np.testing.assert_array_equal(hot.record[key], twin.record[key], err_msg=key)
    assert len(twin.agents_by_type[MilitantClient]) == len(hot.agents_by_type[MilitantClient])
    assert all(firm.model is twin for firm in twin.firms)
    assert list(twin.agents_by_type[Firm]) == twin.firms


def test_views_of_a_copy_are_of_the_copy(hot):
    twin = copy.deepcopy(hot)
    assert twin.consumers[0].model is twin
    assert twin.consumers[0] != hot.consumers[0]


@pytest.mark.parametrize("engine", ["compiled", "objects"])
def test_a_market_that_nobody_needs_is_let_go(engine):
    """A hundred markets in a row must not fill the memory."""
    made = market(engine=engine, collect=True)
    made.run(2)
    made.agents.do(lambda agent: None)
    gone = weakref.ref(made)
    columns = weakref.ref(made.population)
    del made
    gc.collect()
    assert gone() is None
    assert columns() is None


def test_two_markets_do_not_disturb_each_other():
    alone = market().run()
    one, other = market(), market(replicate=5)
    for _ in range(6):
        one.step()
        other.step()
    for key in FIGURES:
        np.testing.assert_array_equal(alone[key], one.record[key], err_msg=key)
    assert not np.array_equal(alone["units"], other.record["units"])


def test_the_seed_makes_mesas_generators():
    one, other = market(), market()
    assert one.random.random() == other.random.random()
    assert one.rng.random() == other.rng.random()


def test_nothing_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = market(collect=True, **HOT)
        made.run()


def test_a_collector_collects_the_figures_that_are_recorded():
    made = market(collect=True, figures=["share", "hhi"])
    made.run(2)
    assert made.datacollector is not None
    frame = made.datacollector.get_model_vars_dataframe()
    assert list(frame) == ["hhi", *(f"share of {name}" for name in made.record.firms)]
    np.testing.assert_array_equal(frame["hhi"].to_numpy(float), made.record["hhi"])
