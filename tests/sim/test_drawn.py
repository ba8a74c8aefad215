"""Populations that were drawn before: the same bits, the right ones, and no more of them than there is room for."""

import numpy as np
import pytest

from sim import drawn
from sim.drawn import keep_drawn
from sim.market import Market
from sim.population import Population
from sim.scenario import changed, load

SCENARIO = changed(load("baseline"), {"population.size": 900, "horizon": 8})


@pytest.fixture(autouse=True)
def kept():
    """Keep populations in a test, and forget them after it."""
    keep_drawn(64 << 20)
    yield
    keep_drawn(0)


@pytest.fixture
def draws(monkeypatch):
    """Count how often a population is really drawn."""
    made = []
    draw = Population._draw

    def counting(self, inputs, threads):
        made.append(inputs.replicate)
        draw(self, inputs, threads)

    monkeypatch.setattr(Population, "_draw", counting)
    return made


def state_of(market):
    """Everything that consumers are, and what was recorded."""
    columns = market.population.columns
    blocks = [columns.numbers, columns.codes, columns.tags, market.population.peers, market.words_heard()["words"]]
    return [block.tobytes() for block in blocks] + [market.record[key].tobytes() for key in market.record.keys]


def lived(scenario=SCENARIO, **options):
    market = Market(scenario, **options)
    market.run()
    return state_of(market)


def test_a_kept_population_lives_the_same_bits(draws):
    fresh = lived()
    assert lived() == lived() == fresh
    assert draws == [0]
    keep_drawn(0)
    assert lived() == fresh
    assert draws == [0, 0]


def test_other_levers_meet_the_same_people(draws):
    Market(SCENARIO).run()
    dearer = changed(SCENARIO, {"firm.Nova.levers.price": 12.0, "firm.Agora.strategy": "pyramidal"})
    found = lived(dearer)
    assert draws == [0]
    keep_drawn(0)
    assert lived(dearer) == found


@pytest.mark.parametrize(
    "settings",
    [
        {"seed": 2},
        {"population.size": 901},
        {"population.traits.skill.mean": 0.3},
        {"population.value_coherence": 0.1},
        {"network.rewiring": 0.3},
        {"network.homophily": 0.1},
        {"sector.drinks.purchase_rate.mean": 0.5},
        {"cause.work.values.mean": 0.2},
        {"mechanisms.purchase.taste_spread": 0.3},
        {"mechanisms.beliefs.initial_spread": 0.3},
        {"mechanisms.sincerity.initial": 0.2},
        {"firm.Nova.quality": 0.9},
        {"firm.Nova.taste_spread": 0.2},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_other_people_are_drawn_anew(draws, settings):
    Market(SCENARIO)
    other = changed(SCENARIO, settings)
    built = state_of(Market(other))
    assert draws == [0, 0]
    keep_drawn(0)
    assert state_of(Market(other)) == built


def test_replicates_and_lanes_are_kept_apart(draws):
    first = state_of(Market(SCENARIO))
    assert state_of(Market(SCENARIO, replicate=1)) != first
    assert Market(SCENARIO, lanes=64).population.columns.lanes == 64
    assert state_of(Market(SCENARIO)) == first
    assert draws == [0, 1, 0]


def test_what_is_kept_cannot_be_changed_from_outside():
    market = Market(SCENARIO)
    before = state_of(market)
    for _ in range(2):  # the one that was drawn, and one that was found
        market.population.columns.numbers[...] = 7
        market.population.peers[...] = 1
        market = Market(SCENARIO)
        assert state_of(market) == before


def test_those_used_last_find_room(draws):
    market = Market(SCENARIO)
    size = sum(block.nbytes for block in (*market.population.columns.blocks.values(), market.population.peers))
    keep_drawn(0)
    keep_drawn(2 * size + 1)
    draws.clear()
    for replicate in (0, 1, 0, 2, 0, 1):
        Market(SCENARIO, replicate=replicate)
    assert draws == [0, 1, 2, 1]
    assert sum(one.size for _, one in drawn._kept) == 2 * size
    keep_drawn(size - 1)
    assert not drawn._kept
    Market(SCENARIO)
    assert not drawn._kept


def test_nothing_is_kept_unless_asked_for(draws):
    keep_drawn(0)
    for _ in range(2):
        Market(SCENARIO)
    assert draws == [0, 0]
    assert not np.any([one.size for _, one in drawn._kept])
