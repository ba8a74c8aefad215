"""Consumers in columns must behave as Mesa's agents do: a toy market and its twin made of ordinary agents."""

import copy
import functools
import gc
import pickle
import statistics
import warnings
import weakref
from types import SimpleNamespace

import mesa
import numpy as np
import pytest

from sim.agentsets import AllAgents, ConsumerModel, ConsumerSet, MixedSet, install
from sim.columns import Column, Columns
from sim.consumers import ROLES, Consumer, MilitantClient, ZappingConsumer, consumer_at
from sim.mesasets import AgentSet

DECLARED = (
    Column("trust", "number", None, "share", "trust in peers", 0.25),
    Column("role", "code", None, "code", "0 zapping, 1 militant", 0),
    Column("cause", "code", None, "cause", "cause taken up", -1),
    Column("taste", "number", "firm", "utility", "taste for each firm", 0.5),
)
SIZE = 40
FIRMS = 3


class Firm(mesa.Agent):
    def __init__(self, model, price):
        super().__init__(model)
        self.price = price
        self.trust = 0.5
        self.cause = 0
        self.weeks = 0

    def step(self):
        self.weeks += 1

    def name(self):
        return f"firm {self.unique_id}"


class Market(ConsumerModel):
    def __init__(self, size=SIZE, firms=FIRMS, rng=7, lanes=8):
        super().__init__(rng=rng)
        for k in range(firms):
            Firm(self, 10.0 + k)
        columns = Columns(DECLARED, size, lanes=lanes, widths={"firm": FIRMS})
        draw = np.random.default_rng(3)
        columns.set("trust", np.round(draw.random(size), 1))
        columns.set("role", draw.integers(0, 2, size))
        columns.set("cause", draw.integers(-1, 3, size))
        columns.set("taste", draw.random((FIRMS, size)))
        install(self, SimpleNamespace(columns=columns))
        self.lived = []

    def step(self):
        self.agents.do("step")

    def week_of(self, row):
        self.lived.append(row)
        self.population.columns.put("cause", row, 2)

    @property
    def columns(self):
        return self.population.columns


class TwinConsumer(mesa.Agent):
    def __init__(self, model, trust, role, cause, taste):
        super().__init__(model)
        self.trust, self.role, self.cause, self.taste = trust, role, cause, taste


class TwinZapping(TwinConsumer):
    pass


class TwinMilitant(TwinConsumer):
    pass


class Twin(mesa.Model):
    """The same market as ordinary agents: what Mesa itself answers."""

    def __init__(self, market):
        super().__init__(rng=7)
        for firm in market.agents.others:
            Firm(self, firm.price)
        for c in market.agents.consumers:
            made = (TwinZapping, TwinMilitant)[c.role]
            made(self, c.trust, c.role, c.cause, c.taste.copy())


TWIN_OF = {Consumer: TwinConsumer, ZappingConsumer: TwinZapping, MilitantClient: TwinMilitant}


def sets(market):
    """Every kind of set with consumers, by name, each with the same set of the twin."""
    twin = Twin(market)
    twins = twin.agents.select(agent_type=TwinConsumer)
    zapping = market.agents_by_type[ZappingConsumer]
    found = {
        "everybody": (market.agents, twin.agents),
        "consumers": (market.agents.consumers, twins),
        "zapping, live": (zapping, twin.agents_by_type[TwinZapping]),
        "zapping, selected": (zapping.copy(), twin.agents_by_type[TwinZapping]),
        "nobody": (zapping.select(at_most=0), twins.select(at_most=0)),
        "mixed selection": (market.agents.select(at_most=9), twin.agents.select(at_most=9)),
    }
    # The twin must outlive its sets: Mesa holds the agents of a set weakly.
    return {name: (ours, theirs, twin) for name, (ours, theirs) in found.items()}


KINDS = ["everybody", "consumers", "zapping, live", "zapping, selected", "nobody", "mixed selection"]


@pytest.fixture
def market():
    return Market()


@pytest.fixture(params=KINDS)
def pair(request, market):
    return sets(market)[request.param]


def ids(agents):
    return [agent.unique_id for agent in agents]


def plain(value):
    """Results in a form that compares: agents as identifiers, arrays as lists."""
    if isinstance(value, mesa.Agent):
        return value.unique_id
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def outcome(work, *args):
    """What work returns, or the kind of error it raises."""
    try:
        return plain(work(*args))
    except (AttributeError, TypeError, ValueError, IndexError) as error:
        return type(error)


def by_kind(agent):
    return "firm" if isinstance(agent, Firm) else agent.role


ANSWERS = {
    "len": len,
    "order": lambda s: ids(s),
    "to_list": lambda s: list(s),
    "get": lambda s: s.get("trust"),
    "get code": lambda s: s.get("cause"),
    "get id": lambda s: s.get("unique_id"),
    "get several": lambda s: s.get(["cause", "trust", "unique_id"]),
    "get none": lambda s: s.get([]),
    "get wide": lambda s: s.get("taste", handle_missing="default"),
    "get missing": lambda s: s.get("price"),
    "get missing among several": lambda s: s.get(["trust", "price"]),
    "get default": lambda s: s.get("price", handle_missing="default", default_value=-1),
    "get several default": lambda s: s.get(["trust", "role"], "default", 9),
    "get nonsense": lambda s: s.get("trust", handle_missing="guess"),
    "agg mean": lambda s: round(float(s.agg("trust", np.mean)), 9) if len(s) else 0,
    "agg builtin": lambda s: round(s.agg("trust", sum), 9),
    "agg several": lambda s: s.agg("cause", [min, max, len, np.median]) if len(s) else 0,
    "agg min of nobody": lambda s: s.select(at_most=0).agg("cause", min),
    "agg other": lambda s: s.agg("cause", lambda values: values.count(-1)),
    "agg statistics": lambda s: s.agg("cause", statistics.multimode),
    "agg no function": lambda s: s.agg("cause", []),
    "agg missing": lambda s: s.agg("price", np.max),
    "select": lambda s: ids(s.select(lambda a: a.trust > 0.5)),
    "select number": lambda s: ids(s.select(at_most=5)),
    "select one": lambda s: ids(s.select(at_most=1)),
    "select share": lambda s: ids(s.select(at_most=0.3)),
    "select whole": lambda s: ids(s.select(at_most=1.0)),
    "select none": lambda s: ids(s.select(at_most=-2)),
    "select fraction above one": lambda s: ids(s.select(at_most=2.5)),
    "select function and number": lambda s: ids(s.select(lambda a: a.trust > 0.5, at_most=4)),
    "select function and share": lambda s: ids(s.select(lambda a: a.cause == 0, at_most=0.2)),
    "select firms": lambda s: ids(s.select(agent_type=Firm)),
    "select agents": lambda s: ids(s.select(agent_type=mesa.Agent)),
    "select type and function": lambda s: ids(s.select(lambda a: a.cause == 0, agent_type=Firm)),
    "select twice": lambda s: ids(s.select(at_most=8).select(lambda a: a.cause == 0)),
    "sort": lambda s: ids(s.sort("trust")),
    "sort ascending": lambda s: ids(s.sort("trust", ascending=True)),
    "sort codes": lambda s: ids(s.sort("cause")),
    "sort by function": lambda s: ids(s.sort(lambda a: (a.cause, -a.trust))),
    "sort missing": lambda s: ids(s.sort("price")),
    "sort dotted": lambda s: ids(s.sort("model.running")),
    "groupby": lambda s: {k: ids(g) for k, g in s.groupby("cause")},
    "groupby order": lambda s: [k for k, _ in s.groupby("trust")],
    "groupby function": lambda s: {k: ids(g) for k, g in s.groupby(by_kind)},
    "groupby lists": lambda s: {k: ids(g) for k, g in s.groupby("cause", result_type="list")},
    "groupby lists are lists": lambda s: [type(g) is list for _, g in s.groupby("cause", "list")],
    "groupby missing": lambda s: s.groupby("price").count(),
    "groups count": lambda s: s.groupby("cause").count(),
    "groups agg": lambda s: {k: round(v, 9) for k, v in s.groupby("cause").agg("trust", np.mean).items()},
    "groups agg lists": lambda s: s.groupby("cause", "list").agg("trust", max),
    "groups map": lambda s: s.groupby("cause").map(len),
    "groups map method": lambda s: s.groupby("cause").map("get", "trust"),
    "groups do": lambda s: len(s.groupby("cause").do(lambda group: len(group))),
    "groups select": lambda s: {k: ids(g.select(at_most=1)) for k, g in s.groupby("cause")},
    "map": lambda s: s.map(lambda a, extra: a.cause + extra, 5),
    "map keyword": lambda s: s.map(lambda a, extra=0: a.cause + extra, extra=5),
    "map missing method": lambda s: s.map("name") if len(s) else 0,
    "copy": lambda s: ids(copy.copy(s)),
    "and": lambda s: ids(s & s.select(lambda a: a.trust > 0.3)),
    "minus": lambda s: ids(s - s.select(lambda a: a.trust > 0.3)),
    "or": lambda s: ids(s.select(lambda a: a.cause == 1) | s.select(at_most=3)),
    "xor": lambda s: sorted(ids(s.select(lambda a: a.cause == 1) ^ s.select(at_most=3))),
    "subset": lambda s: [
        s.select(at_most=3) <= s,
        s == s.select(),
        s == s.select(at_most=1),
        s != s.select(),
    ],
    "disjoint": lambda s: s.select(lambda a: a.cause == 1).isdisjoint(s.select(lambda a: a.cause == 2)),
    "shuffle keeps all": lambda s: sorted(ids(s.shuffle())),
    "set": lambda s: s.set("trust", 0.75).get("trust"),
    "set on some": lambda s: (s.select(lambda a: a.cause == 1).set("trust", 0.0), s.get("trust"))[1],
}


@pytest.mark.parametrize("question", ANSWERS)
def test_same_answer_as_mesa(pair, question):
    ours, theirs, _ = pair
    answer = outcome(ANSWERS[question], ours)
    with warnings.catch_warnings():
        # Mesa warns of the result of a set operation if it is empty; ours knows its random numbers.
        warnings.filterwarnings("ignore", "No Agents specified", UserWarning)
        assert answer == outcome(ANSWERS[question], theirs)
    assert answer is not TypeError


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("agent_type", [Consumer, ZappingConsumer, MilitantClient])
def test_select_by_role_as_mesa_does(market, kind, agent_type):
    ours, theirs, _ = sets(market)[kind]
    chosen = ours.select(agent_type=agent_type)
    assert ids(chosen) == ids(theirs.select(agent_type=TWIN_OF[agent_type]))
    assert isinstance(chosen, ConsumerSet)
    assert all(isinstance(agent, agent_type) for agent in chosen)


def test_do_and_shuffle_do_reach_everybody_once(pair):
    ours, theirs, _ = pair
    for work in ("do", "shuffle_do"):
        for agents in (ours, theirs):
            seen: list[int] = []
            assert getattr(agents, work)(lambda agent, note: note.append(agent.unique_id), seen) is agents
            assert sorted(seen) == sorted(ids(agents))
            if work == "do":
                assert seen == ids(agents)
            elif len(agents) > 5:
                assert seen != ids(agents)


def test_indexing(pair):
    ours, _, _ = pair
    as_list = list(ours)
    if not as_list:
        with pytest.raises(IndexError):
            ours[0]
        return
    for place in (0, 2, -1, len(as_list) - 1, -len(as_list)):
        assert ours[place] == as_list[place]
    assert ours[1:5] == as_list[1:5]
    assert ours[::-2] == as_list[::-2]
    assert list(reversed(ours)) == as_list[::-1]
    for place in (len(as_list), -len(as_list) - 1):
        with pytest.raises(IndexError):
            ours[place]


def test_contains(market):
    zapping, militant = (market.agents_by_type[role] for role in ROLES)
    one = zapping[0]
    firm = market.agents[0]
    assert one in zapping
    assert one in zapping.copy()
    assert one in market.agents
    assert one not in militant
    assert one not in zapping.select(at_most=0)
    assert firm in market.agents
    assert firm not in zapping
    stranger = Market().agents_by_type[ZappingConsumer][0]
    assert stranger.unique_id == one.unique_id
    assert stranger not in zapping
    assert stranger not in market.agents
    assert stranger != one
    assert "Nova" not in market.agents


# -------------------------------------------------------------------- registration and identifiers


def test_identifiers_are_unique_and_begin_at_one(market):
    assert ids(market.agents) == list(range(1, 1 + FIRMS + SIZE))
    late = Firm(market, 9.0)
    assert late.unique_id == 1 + FIRMS + SIZE
    assert late in market.agents
    assert ids(market.agents_by_type[Firm]) == [1, 2, 3, late.unique_id]
    assert len(market.agents) == FIRMS + SIZE + 1
    late.remove()
    assert late not in market.agents
    assert len(market.agents) == FIRMS + SIZE
    assert Firm(market, 9.0).unique_id == 2 + FIRMS + SIZE


def test_agent_types(market):
    assert market.agent_types == [Firm, ZappingConsumer, MilitantClient]
    market.columns.set("role", 0)
    assert len(market.agents_by_type[MilitantClient]) == 0
    assert market.agent_types == [Firm, ZappingConsumer, MilitantClient]


def test_a_market_without_firms():
    market = Market(firms=0)
    assert ids(market.agents) == list(range(1, SIZE + 1))
    assert market.agents.agg("trust", np.mean) == market.agents.consumers.agg("trust", np.mean)
    assert isinstance(market.agents.select(at_most=3), ConsumerSet)
    assert isinstance(market.agents.copy(), ConsumerSet)
    firm = Firm(market, 9.0)
    assert firm.unique_id == SIZE + 1
    assert market.agents[0] == firm


def test_remove_all_agents_leaves_the_population(market):
    market.remove_all_agents()
    assert len(market.agents) == SIZE
    assert len(market.agents_by_type[Firm]) == 0
    assert all(isinstance(agent, Consumer) for agent in market.agents)


def test_remove_all_agents_before_there_are_consumers():
    model = ConsumerModel(rng=1)
    Firm(model, 1.0)
    model.remove_all_agents()
    assert len(model.agents) == 0


def test_numpy_seeds_are_taken():
    assert ConsumerModel(rng=np.int64(5)).random.random() == ConsumerModel(rng=5).random.random()
    assert ConsumerModel().running


class Sceptic(ZappingConsumer):
    __slots__ = ()

    @property
    def doubt(self):
        return 1 - self.trust

    @doubt.setter
    def doubt(self, value):
        self.trust = 1 - value

    def say(self):
        return f"no, says {self.unique_id}"


class Sceptics(Market):
    zapping_class = Sceptic


def test_a_market_with_its_own_class_of_consumers():
    market = Sceptics()
    assert market.agent_types == [Firm, Sceptic, MilitantClient]
    sceptics = market.agents_by_type[Sceptic]
    assert all(type(agent) is Sceptic for agent in sceptics)
    assert ids(market.agents.select(agent_type=ZappingConsumer)) == ids(sceptics)
    assert sceptics.map("say")[0] == f"no, says {sceptics[0].unique_id}"
    assert sceptics.get("doubt") == [1 - trust for trust in sceptics.get("trust")]
    assert sceptics.agg("doubt", max) == max(sceptics.get("doubt"))
    sceptics.set("doubt", 0.25)
    assert set(sceptics.get("trust")) == {0.75}
    sceptics[0].doubt = 0.5
    assert sceptics[0].trust == 0.5
    everybody = market.agents.consumers.get("doubt", "default", None)
    assert sum(doubt is None for doubt in everybody) == len(market.agents_by_type[MilitantClient])
    with pytest.raises(AttributeError, match="doubt"):
        market.agents.consumers.get("doubt")
    assert set(sceptics.groupby("doubt").count()) == {0.5, 0.25}
    assert sceptics.sort("doubt")[0] == sceptics[0]


def columns_named(*names):
    return Columns([Column(name, "code", None, "", "") for name in names], 4, lanes=2, widths={})


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("trust",), "column 'role'"),
        (("role", "step"), "step"),
        (("role", "unique_id"), "unique_id"),
        (("role", "rng"), "rng"),
    ],
)
def test_populations_that_cannot_be_installed(names, message):
    with pytest.raises(ValueError, match=message):
        install(ConsumerModel(rng=1), SimpleNamespace(columns=columns_named(*names)))


def test_models_that_cannot_have_a_population(market):
    with pytest.raises(ValueError, match="already"):
        install(market, market.population)
    with pytest.raises(TypeError, match="derive from ConsumerModel"):
        install(mesa.Model(rng=1), market.population)
    model = ConsumerModel(rng=1)
    model.militant_class = Sceptic
    with pytest.raises(TypeError, match="Sceptic stands for a role"):
        install(model, market.population)


# -------------------------------------------------------------------- roles


def test_live_sets_follow_roles_and_selections_do_not(market):
    zapping, militant = (market.agents_by_type[role] for role in ROLES)
    before = ids(militant)
    selection, grouped = militant.copy(), market.agents.consumers.groupby("role").groups[1]
    one = zapping[0]
    one.role = 1
    assert one in militant
    assert one not in zapping
    assert ids(militant) == sorted([*before, one.unique_id])
    assert len(zapping) + len(militant) == SIZE
    assert ids(selection) == ids(grouped) == before
    assert one not in selection
    market.columns.set("role", 0)
    assert len(militant) == 0
    assert len(selection) == len(before)
    assert [type(agent) for agent in selection] == [ZappingConsumer] * len(before)


def test_a_view_outlives_a_change_of_role(market):
    one = market.agents_by_type[ZappingConsumer][0]
    held = {one: "found"}
    one.role = 1
    again = consumer_at(market, one.row)
    assert type(one) is ZappingConsumer
    assert type(again) is MilitantClient
    assert one.role_class is again.role_class is MilitantClient
    assert one == again
    assert held[again] == "found"
    assert (one.unique_id, one.row) == (again.unique_id, again.row)


def test_do_reaches_those_who_were_in_the_set_at_the_start(market):
    zapping = market.agents_by_type[ZappingConsumer]
    before, seen = ids(zapping), []

    def convert(agent):
        seen.append(agent.unique_id)
        market.columns.set("role", 1)

    zapping.do(convert)
    assert seen == before
    assert len(zapping) == 0


def test_codes_that_are_no_role_are_refused(market):
    one = market.agents.consumers[0]
    before = market.columns.get("role").tolist()
    for wrong in (2, -1):
        with pytest.raises(ValueError, match=r"0 \(zapping\) or 1 \(militant\)"):
            one.role = wrong
        with pytest.raises(ValueError, match=r"0 \(zapping\) or 1 \(militant\)"):
            market.agents.consumers.set("role", wrong)
    assert market.columns.get("role").tolist() == before


# -------------------------------------------------------------------- views


def test_views_read_and_write_columns(market):
    one = market.agents.consumers[17]
    one.trust = 0.125
    one.taste[1] = 9.0
    assert market.columns.at("trust", 17) == 0.125
    assert market.columns.get("taste")[1, 17] == 9.0
    one.taste = [1, 2, 3]
    assert market.agents.consumers[17].taste.tolist() == [1.0, 2.0, 3.0]
    assert market.agents.consumers[16].taste.tolist() != [1.0, 2.0, 3.0]
    assert (one.row, one.unique_id, one.model) == (17, 1 + FIRMS + 17, market)
    assert one.random is market.random
    assert one.rng is market.rng
    assert one.pos is None
    assert isinstance(one, mesa.Agent)
    assert {"taste", "step", "role_class"} <= set(dir(one))


def test_views_refuse_what_they_cannot_keep(market):
    one = market.agents.consumers[0]
    with pytest.raises(AttributeError, match="did you mean 'trust'"):
        _ = one.trusts
    with pytest.raises(AttributeError, match="did you mean 'trust'"):
        one.trusts = 1
    for name in ("row", "unique_id", "model", "step", "pos", "role_class", "random"):
        with pytest.raises(AttributeError, match=name):
            setattr(one, name, 1)
    assert one.row == 0
    assert not hasattr(one, "price")
    assert getattr(one, "price", 3) == 3
    with pytest.raises(OverflowError):
        one.cause = 40_000


def test_a_view_without_a_market_has_nothing_to_read():
    bare = object.__new__(ZappingConsumer)
    for name in ("model", "trust", "_private"):
        assert not hasattr(bare, name)


def test_consumers_neither_come_nor_go(market):
    one = market.agents.consumers[0]
    with pytest.raises(TypeError, match="fixed"):
        one.remove()
    with pytest.raises(TypeError, match="fixed"):
        market.deregister_agent(one)
    with pytest.raises(TypeError, match="whole population"):
        ZappingConsumer(market)
    with pytest.raises(TypeError, match="whole population"):
        MilitantClient.create_agents(market, 2)
    with pytest.raises(TypeError, match="already"):
        market.register_agent(one)
    for agents in (market.agents, market.agents.consumers, market.agents_by_type[type(one)].copy()):
        for work in (agents.add, agents.discard, agents.remove):
            with pytest.raises(TypeError, match="fixed"):
                work(one)
        with pytest.raises(TypeError, match="fixed"):
            agents.clear()
    mixed = market.agents.select(at_most=5)
    for work in (mixed.add, mixed.discard, mixed.remove):
        with pytest.raises(TypeError, match="fixed"):
            work(one)
    assert len(market.agents.consumers) == SIZE


def test_one_at_a_time_engine_is_reached_through_step(market):
    market.step()
    assert market.lived == list(range(SIZE))
    assert set(market.agents.consumers.get("cause")) == {2}
    assert market.agents_by_type[Firm].get("weeks") == [1, 1, 1]
    market.lived.clear()
    market.agents.shuffle_do("step")
    assert sorted(market.lived) == list(range(SIZE))
    assert market.lived != sorted(market.lived)


def test_repr(market):
    one = market.agents_by_type[ZappingConsumer][0]
    assert repr(one) == f"<ZappingConsumer {one.unique_id}>"
    assert repr(market.agents.consumers) == "<ConsumerSet: live, 40, every Consumer>"
    count = len(market.agents_by_type[MilitantClient])
    assert repr(market.agents_by_type[MilitantClient]) == f"<ConsumerSet: live, {count}, every MilitantClient>"
    assert repr(market.agents.consumers[:0]) == "[]"
    assert repr(market.agents.consumers.copy()) == "<ConsumerSet: a selection of 40 consumers>"
    assert repr(market.agents) == "<AllAgents: 43 agents>"


# -------------------------------------------------------------------- sets, beyond Mesa


def test_selections_survive_without_anybody_holding_their_views(market):
    chosen = market.agents.select(lambda agent: agent.trust > 0.5)
    before = ids(chosen)
    gc.collect()
    assert ids(chosen) == before
    assert len(before) > 3


def test_where_and_column(market):
    zapping = market.agents_by_type[ZappingConsumer]
    trusting = zapping.where(zapping.column("trust") > 0.5)
    assert ids(trusting) == ids(zapping.select(lambda agent: agent.trust > 0.5))
    assert zapping.column("taste").shape == (FIRMS, len(zapping))
    assert zapping.column("row").tolist() == [agent.row for agent in zapping]
    assert zapping.column("unique_id").tolist() == ids(zapping)
    with pytest.raises(KeyError, match="did you mean 'trust'"):
        zapping.column("trusts")
    for wrong in (np.ones(SIZE, bool), np.zeros(len(zapping), int)):
        with pytest.raises(ValueError, match="booleans"):
            zapping.where(wrong)
    everybody = market.agents.consumers
    assert everybody.column("trust").dtype == np.float32
    assert np.array_equal(everybody.column("trust"), market.columns.get("trust"))


def test_set_writes_columns(market):
    militant = market.agents_by_type[MilitantClient]
    others = market.agents_by_type[ZappingConsumer].get("trust")
    militant.set("trust", np.arange(len(militant)))
    assert militant.get("trust") == list(range(len(militant)))
    assert market.agents_by_type[ZappingConsumer].get("trust") == others
    militant.set("taste", [1.0, 2.0, 3.0])
    assert {tuple(taste) for taste in militant.get("taste")} == {(1.0, 2.0, 3.0)}
    militant.set("taste", 0)
    assert militant.column("taste").sum() == 0
    with pytest.raises(AttributeError, match="did you mean 'trust'"):
        militant.set("trusts", 1)
    with pytest.raises(AttributeError, match="price"):
        market.agents.set("price", 1.0)
    assert market.agents_by_type[Firm].get("price") == [10.0, 11.0, 12.0]
    market.agents.set("trust", 0.5)
    assert set(market.agents.get("trust")) == {0.5}


def test_wide_columns_are_handed_out_as_copies(market):
    everybody = market.agents.consumers
    everybody.get("taste")[3][:] = 99
    assert (market.columns.get("taste") < 1).all()
    assert np.allclose(everybody.get("taste")[3], everybody[3].taste)
    assert everybody.agg("taste", np.shape) == (SIZE, FIRMS)
    means = everybody.agg("taste", functools.partial(np.mean, axis=0))
    assert np.allclose(means, market.columns.get("taste").mean(axis=1))
    assert np.allclose(everybody.agg("taste", sum), market.columns.get("taste").sum(axis=1))
    with pytest.raises(TypeError):
        everybody.groupby("taste")


def test_aggregates_are_as_exact_as_over_a_list():
    market = Market(size=3000)
    everybody = market.agents.consumers
    everybody.set("trust", np.random.default_rng(1).random(3000) * 1e4)
    everybody.set("cause", 32_000)
    values = everybody.get("trust")
    assert everybody.agg("trust", np.var) == np.var(values)
    assert everybody.agg("trust", np.mean) == np.mean(values)
    assert everybody.agg("cause", np.sum) == 96_000_000
    assert everybody.agg("cause", lambda codes: codes[0] * codes[1]) == 32_000**2
    assert everybody.agg("cause", np.prod) == np.prod([32_000] * 3000)
    assert everybody.agg("cause", np.square)[0] == 32_000**2
    assert type(everybody.agg("cause", sum)) is int
    assert type(everybody.agg("trust", max)) is float
    assert everybody.select(at_most=0).agg("trust", sum) == 0
    assert everybody.agg("trust", functools.partial(np.quantile, q=0.5)) == np.median(values)
    assert everybody.groupby("cause").agg("trust", [len, max]) == {32_000: [3000, max(values)]}
    assert everybody.groupby("cause", "list").agg("trust", [len, max]) == {32_000: [3000, max(values)]}


def test_the_smallest_code_sorts_last(market):
    everybody = market.agents.consumers
    everybody[3].cause = -32_768
    assert everybody.sort("cause")[-1] == everybody[3]
    assert everybody.sort("cause", ascending=True)[0] == everybody[3]


def test_inplace_is_for_selections_only(market):
    for live in (market.agents, market.agents.consumers, market.agents_by_type[MilitantClient]):
        for work in (live.select, live.shuffle, lambda live=live, **k: live.sort("trust", **k)):
            with pytest.raises(TypeError, match="not changed in place"):
                work(inplace=True)
    for live in (market.agents, market.agents.consumers):
        chosen = live.copy()
        assert chosen.sort("trust", inplace=True) is chosen
        assert chosen.get("trust") == sorted(live.get("trust"), reverse=True)
        before = ids(chosen)
        assert chosen.shuffle(inplace=True) is chosen
        assert ids(chosen) != before
        assert sorted(ids(chosen)) == sorted(before)
        last = chosen.to_list()[-1]
        assert last in chosen
        assert chosen.select(at_most=4, inplace=True) is chosen
        assert len(chosen) == 4
        assert last not in chosen


def test_shuffles_follow_the_models_random_numbers():
    first, second = Market(), Market()
    for work in ("consumers", "everybody"):
        a, b = (m.agents if work == "everybody" else m.agents.consumers for m in (first, second))
        assert ids(a.shuffle()) == ids(b.shuffle())
        orders = [[ids(agents.shuffle()) for _ in range(2)] for agents in (a, b)]
        assert orders[0] == orders[1]
        assert orders[0][0] != orders[0][1]
    other = Market(rng=8)
    assert ids(other.agents.shuffle()) != ids(Market().agents.shuffle())


def test_mixed_selections(market):
    mixed = market.agents.shuffle()
    assert isinstance(mixed, MixedSet)
    assert not isinstance(mixed, AllAgents)
    kinds = "".join("F" if isinstance(agent, Firm) else "c" for agent in mixed)
    assert kinds.strip("F").count("F") >= 1
    assert mixed.get("unique_id") == ids(mixed)
    assert [mixed[k].unique_id for k in range(len(mixed))] == ids(mixed)
    firm = next(agent for agent in mixed if isinstance(agent, Firm))
    gone = firm.unique_id
    firm.remove()
    del firm
    gc.collect()
    assert gone not in ids(mixed)
    assert len(mixed) == SIZE + FIRMS - 1
    assert isinstance(mixed.select(agent_type=Firm), AgentSet)
    assert isinstance(mixed - mixed.select(agent_type=Firm), ConsumerSet)
    assert len(mixed & mixed.select(agent_type=Firm)) == FIRMS - 1


def test_firms_that_leave_meanwhile_are_not_called(market):
    seen = []

    def leave(agent):
        seen.append(agent.unique_id)
        for other in list(market.agents_by_type[Firm]):
            if other.unique_id != agent.unique_id:
                other.remove()

    market.agents.select(agent_type=Firm).do(leave)
    assert len(seen) == 1


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("live", [True, False])
def test_firms_that_leave_during_shuffle_do_are_not_called(market, held, live):
    firms = [Firm(market, k) for k in range(20)]
    if not held:
        firms.clear()
    called = []

    def clear(agent):
        called.append(isinstance(agent, Consumer))
        if isinstance(agent, Consumer):
            for firm in list(market.agents_by_type[Firm]):
                firm.remove()

    agents = market.agents if live else market.agents.copy()
    agents.shuffle_do(clear)
    assert sum(called) == SIZE
    # As in any Mesa selection, one that somebody still holds stays in a selection after it left the model.
    assert all(called[called.index(True) :]) is (live or not held)
    assert len(market.agents_by_type[Firm]) == 0


def test_sets_of_different_markets_do_not_mix(market):
    strangers = Market().agents.consumers.copy()
    mine = market.agents.consumers
    assert len(mine & strangers) == 0
    assert len(mine - strangers) == SIZE
    for ours in (mine, market.agents):
        with pytest.raises(TypeError, match="not a consumer of this market"):
            _ = ours | strangers
    assert len(mine | market.agents) == SIZE + FIRMS
    assert isinstance(mine | market.agents_by_type[Firm], MixedSet)


# -------------------------------------------------------------------- copies, pickles, memory


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))])
def test_copies_of_a_market_live_apart(market, duplicate):
    market.favourite = market.agents.consumers[5]
    market.noted = {market.agents.consumers[6]: "noted"}
    market.chosen = market.agents.select(at_most=0.5)
    twin = duplicate(market)
    assert ids(twin.agents) == ids(market.agents)
    assert twin.agents.get("trust") == market.agents.get("trust")
    assert twin.favourite.model is twin
    assert twin.favourite == twin.agents.consumers[5]
    assert twin.noted[twin.agents.consumers[6]] == "noted"
    assert ids(twin.chosen) == ids(market.chosen)
    assert twin.chosen[-1].model is twin
    twin.agents.consumers.set("trust", 0)
    assert sum(market.agents.consumers.get("trust")) > 0
    assert ids(twin.agents.shuffle()) == ids(market.agents.shuffle())
    twin.step()
    assert twin.lived == list(range(SIZE))
    assert market.lived == []
    late = Firm(twin, 1.0)
    assert late.unique_id == 1 + FIRMS + SIZE
    assert late in twin.agents
    assert late not in market.agents
    assert twin.agents_by_type[MilitantClient].live


def test_copies_of_views(market):
    one = market.agents_by_type[ZappingConsumer][2]
    near = copy.copy(one)
    assert near == one
    assert near is not one
    assert near.model is market
    for far in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert far.unique_id == one.unique_id
        assert far.trust == one.trust
        assert type(far) is ZappingConsumer
        assert far.model is not market
        assert far in far.model.agents


def test_a_market_is_freed():
    def make_and_use():
        market = Market()
        market.favourite = market.agents.consumers[0]
        market.chosen = market.agents.select(at_most=9)
        market.agents.shuffle_do("step")
        market.agents_by_type[MilitantClient].groupby("cause").agg("trust", np.mean)
        market.step()
        return weakref.ref(market), weakref.ref(market.agents), weakref.ref(market.columns)

    references = make_and_use()
    gc.collect()
    assert [reference() for reference in references] == [None, None, None]


# -------------------------------------------------------------------- Mesa's data collector


def trust_of(agent):
    return agent.trust


def mean_trust(model):
    return float(model.agents.agg("trust", np.mean))


def test_data_collector(market):
    collector = mesa.DataCollector(
        model_reporters={"mean": mean_trust, "count": lambda m: len(m.agents)},
        agent_reporters={"trust": "trust", "by function": trust_of},
        agenttype_reporters={
            Firm: {"price": "price"},
            ZappingConsumer: {"cause": "cause"},
            MilitantClient: {"taste": "taste"},
            Consumer: {"role": "role"},
        },
    )
    militants = [len(market.agents_by_type[MilitantClient])]
    collector.collect(market)
    market.agents.consumers[0].trust = 0.99
    market.agents_by_type[ZappingConsumer].select(at_most=3).set("role", 1)
    market.step()
    collector.collect(market)
    militants.append(len(market.agents_by_type[MilitantClient]))
    assert militants[1] == militants[0] + 3

    assert list(collector.get_model_vars_dataframe()["count"]) == [FIRMS + SIZE] * 2
    by_agent = collector.get_agent_vars_dataframe()
    assert len(by_agent) == 2 * (FIRMS + SIZE)
    assert by_agent["trust"].equals(by_agent["by function"].rename("trust"))
    assert by_agent.loc[(1, 1 + FIRMS), "trust"] == pytest.approx(0.99)
    roles = collector.get_agenttype_vars_dataframe(Consumer)
    assert roles["role"].groupby("Step").sum().tolist() == militants
    assert len(collector.get_agenttype_vars_dataframe(MilitantClient)) == sum(militants)
    causes = collector.get_agenttype_vars_dataframe(ZappingConsumer)
    assert len(causes) == 2 * SIZE - sum(militants)
    assert set(causes.loc[1, "cause"]) == {2}
    assert len(collector.get_agenttype_vars_dataframe(Firm)) == 2 * FIRMS


# -------------------------------------------------------------------- speed


def test_questions_about_columns_make_no_views(monkeypatch):
    market = Market(size=5000)

    def never(*args):
        raise AssertionError("a view was made")

    for place in ("sim.consumersets.consumer_at", "sim.mixedsets.consumer_at"):
        monkeypatch.setattr(place, never)
    for agents in (market.agents.consumers, market.agents_by_type[MilitantClient], market.agents):
        assert len(agents) > 2000
        agents.get("trust")
        agents.get(["trust", "cause", "unique_id"], "default")
        agents.agg("trust", [np.mean, max, len])
        agents.agg("trust", statistics.fmean)
        agents.groupby("cause").agg("trust", np.mean)
        agents.select(agent_type=ZappingConsumer)
        agents.select(at_most=0.1)
        agents.copy()
        agents.set("trust", 0.5)
    consumers = market.agents.consumers
    consumers.sort("trust")
    consumers.shuffle()
    assert len((consumers - market.agents_by_type[MilitantClient]) & consumers) > 2000
    assert len(market.agents_by_type[MilitantClient] | consumers) == 5000
