"""Hearsay, trust, militancy and experience by hand: the statements of the rules are right, not only alike."""

import itertools
import math

import pytest

from sim.market import Market
from sim.mechanisms.experience import ExperienceParameters, repair_probability
from tests.guarantees.markets import made

from . import test_activation, test_beliefs, test_sincerity
from .test_beliefs import everybody_speaks

BOTH = ["slow", "fast"]


def small_world(score=0.75, firms=1):
    """Three people who all speak of the last firm with the same score; nothing else is known of it."""
    world = everybody_speaks(firms, 2, score)
    firm = world.firms[-1]
    firm.n_r = firm.b = firm.e = firm.shame = firm.offence = firm.ρ_f = firm.φ = 0.0
    firm.o = firm.o_claimed = firm.g = firm.g_claimed = firm.q = firm.Q_claimed = 0.5
    firm.proclaimed, firm.conduct, firm.known, firm.focus = [0.0], [0.0], [0.0], [0.0]
    for c in world.consumers:
        c.Q, c.τ, c.ρ, c.community, c.ambassador = [0.5] * firms, 0.8, 0.0, None, None
        c.militant, c.energy, c.stance, c.cause, c.target = False, 0.0, 0, None, None
    return world


def outcome(module, statement, world, name):
    """What both statements make of the last firm, or of the consumers, told by its letter."""
    found = getattr(module, statement)(world)[name]
    return found.reshape(-1, len(world.consumers))[-1]


def quality(statement, world):
    return float(outcome(test_beliefs, statement, world, "Q")[0])


def sincerity(statement, world):
    return float(outcome(test_sincerity, statement, world, "S")[0])


def rising(values):
    return all(a < b for a, b in itertools.pairwise(values))


@pytest.mark.parametrize("statement", BOTH)
def test_a_belief_moves_towards_what_peers_say(statement):
    world = small_world(0.75)
    p = world.p.beliefs
    # Two peers say 0.75 (767/1023), and trust in them weighs 0.8 beside the memory.
    expected = 0.5 + p.speed * 0.8 * (767 / 1023 - 0.5) / (p.memory + 0.8)
    assert quality(statement, world) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("statement", BOTH)
def test_a_belief_heeds_a_claim_as_far_as_it_is_believed(statement):
    world = small_world(0.5)
    p, firm = world.p.beliefs, world.firms[-1]
    firm.Q_claimed, firm.b, firm.o = 0.9, 1.0, 1.0
    for c in world.consumers:
        c.ρ, c.spoken_of = 0.5, None
    # Weight ρ · S · (1 + b), all of it known: 0.5 · 0.5 · 2.
    assert quality(statement, world) == pytest.approx(0.5 + p.speed * 0.5 * 0.4 / (p.memory + 0.5), abs=1e-6)


@pytest.mark.parametrize("statement", BOTH)
def test_what_is_heard_of_quality_moves_it_the_right_way(statement):
    """Better words, a louder claim and more trust in peers raise a belief; each in four steps."""
    steps = (0.1, 0.4, 0.7, 1.0)
    assert rising([quality(statement, small_world(score)) for score in steps])
    by_trust, by_claim = [], []
    for step in steps:
        world = small_world(0.9)
        for c in world.consumers:
            c.τ = step
        by_trust.append(quality(statement, world))
        world = small_world(0.5)
        world.firms[-1].Q_claimed, world.firms[-1].b, world.firms[-1].o = 0.9, step, 1.0
        for c in world.consumers:
            c.ρ = 0.5
        by_claim.append(quality(statement, world))
    assert rising(by_trust)
    assert rising(by_claim)


def believing_world(**parameters):
    """Everyone grants the firm one half; there is nothing to forgive."""
    world = small_world(0.5)
    p = world.p.sincerity.model_copy(update={"initial": 0.5, "forgiveness": 0.0} | parameters)
    world.p = world.p.model_copy(update={"sincerity": p})
    return world, p


@pytest.mark.parametrize("statement", BOTH)
def test_trust_in_sincerity_follows_peers_up_and_down_alike(statement):
    found = []
    for said in (0.25, 0.5, 0.75):
        world, p = believing_world()
        for c in world.consumers[1:]:
            c.S = [said]
        found.append(sincerity(statement, world))
        heard = math.floor(said * 127 + 0.5) / 127
        assert found[-1] == pytest.approx(0.5 + p.speed * 0.8 * (heard - 0.5) / (p.memory + 0.8), abs=1e-6)
    assert rising(found)


@pytest.mark.parametrize("statement", BOTH)
def test_what_firms_do_costs_more_trust_than_it_wins(statement):
    moved = {}
    for answer in ("ρ_f", "offence"):
        world, p = believing_world(exposure_effect=1.0)
        for c in world.consumers:
            c.spoken_of = None
        setattr(world.firms[-1], answer, 0.1)
        moved[answer] = sincerity(statement, world) - 0.5
    # A tenth of the half that can be won or lost; a loss counts A times.
    assert moved == pytest.approx({"ρ_f": 0.05, "offence": -0.05 * p.asymmetry}, abs=1e-6)


@pytest.mark.parametrize("statement", BOTH)
def test_an_exposure_costs_the_more_trust_the_larger_the_gap_and_can_clear_a_firm(statement):
    left = []
    for claimed in (1.0, 0.9, 0.75, 0.5):
        world = small_world(0.8)
        world.firms[-1].e, world.firms[-1].o_claimed = 0.5, claimed
        left.append(sincerity(statement, world))
    assert rising(left)
    assert left[0] < 0.8 < left[-1]


def militant_world(threshold, weight=0.9, salience=1.0):
    """A firm whose conduct on the one cause is known to be bad; all that differs is asked for."""
    world = small_world(0.5)
    world.A = [salience]
    world.firms[-1].known, world.firms[-1].proclaimed, world.firms[-1].focus = [-1.0], [-1.0], [1.0]
    world.p = world.p.model_copy(update={"activation": world.p.activation.model_copy(update={"mood": 0.0})})
    for c in world.consumers:
        c.w, c.θ, c.d = [weight], threshold, 0.5
    return world


def energy(statement, world):
    return float(outcome(test_activation, statement, world, "energy of each")[0])


@pytest.mark.parametrize("statement", BOTH)
def test_who_is_moved_beyond_the_threshold_turns_militant_with_what_is_beyond(statement):
    spark = militant_world(0.5).p.activation.spark
    # The drive is w · A = 0.9: nobody has raised a voice yet.
    assert energy(statement, militant_world(0.5)) == pytest.approx(spark * (0.9 - 0.5), abs=1e-6)
    assert outcome(test_activation, statement, militant_world(0.5), "stance").tolist() == [-1, -1, -1]


@pytest.mark.parametrize("statement", BOTH)
def test_at_the_threshold_without_a_cause_and_without_a_firm_nobody_turns_militant(statement):
    assert energy(statement, militant_world(0.9)) == 0.0
    assert energy(statement, militant_world(1000.0)) == 0.0
    assert energy(statement, militant_world(0.001, salience=0.0)) == 0.0
    assert energy(statement, militant_world(0.001)) == 1.0
    unseen = militant_world(0.001)
    unseen.firms[-1].focus = [0.0]
    assert energy(statement, unseen) == 0.0


@pytest.mark.parametrize("statement", BOTH)
def test_energy_rises_with_what_moves_people_and_halves_in_a_half_life(statement):
    assert rising([energy(statement, militant_world(threshold)) for threshold in (0.8, 0.6, 0.4)])
    assert rising([energy(statement, militant_world(0.3, weight)) for weight in (0.4, 0.5, 0.6)])
    assert rising([energy(statement, militant_world(0.3, 0.5, salience)) for salience in (0.7, 1.0, 1.3)])
    faded = militant_world(1000.0)
    for c in faded.consumers:
        c.militant, c.cause, c.target, c.stance, c.energy = True, 0, 0, -1, 0.8
    assert energy(statement, faded) == pytest.approx(0.4, abs=1e-6)


def test_service_mends_half_of_the_rest_at_its_half_spend():
    p = ExperienceParameters(base_repair=0.2, service_half=30.0, co_construction=0.5)
    assert repair_probability(p, 0.0, 1.0, 0.0) == 0.2
    assert repair_probability(p, 30.0, 1.0, 0.0) == pytest.approx(0.2 + 0.8 / 2)
    # Of what is left, peers mend half of the share of cases that they settle, where the firm is open.
    assert repair_probability(p, 30.0, 1.0, 0.5) == pytest.approx(0.6 + 0.4 * 0.25)
    assert repair_probability(p, 30.0, 0.0, 0.5) == pytest.approx(0.6)


def test_who_buys_learns_the_quality_and_who_does_not_learns_nothing():
    """Goods without defects, noise or match: belief moves the share `learning` to the quality at every purchase."""
    market = Market(
        made(
            {
                "horizon": 4,
                "population": {"size": 300, "represents": 300.0},
                "sector": [{"name": "food"}],
                "firm": [{"name": "Nova", "sector": "food", "quality": 0.9, "defect_rate": 0.0}],
                "mechanisms": {
                    "beliefs": {"speed": 0.0, "repulsion": 0.0},
                    "activation": {"enabled": False},
                    "experience": {"noise": 0.0, "match": 0.0, "learning": 0.25},
                },
            }
        )
    )
    before = market.population.get("quality")[0]
    market.step()
    bought = market.population.get("bought")[0] == 1
    after = market.population.get("quality")[0]
    assert 20 < bought.sum() < 280
    assert after[bought] == pytest.approx(before[bought] + 0.25 * (0.9 - before[bought]), abs=1e-6)
    assert (after[~bought] == before[~bought]).all()
    assert market.population.get("satisfaction")[bought] == pytest.approx(0.9, abs=1e-6)
