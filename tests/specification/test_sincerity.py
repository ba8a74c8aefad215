import mesa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.agents import Firm as MarketFirm
from sim.entities import FirmSetup
from sim.levers import Levers, Stances
from sim.mechanisms.sincerity import SincerityParameters, learn_sincerity, update_sincerity
from sim.scenario import Mechanisms

from .agreement import ABSOLUTE, check_agreement
from .beliefs import say
from .entities import Firm
from .sincerity import gap, learned, sincerity_belief
from .test_beliefs import everybody_speaks, heard_of_each
from .worlds import Compiled, consumers_outcome, parameters, settings_of, worlds


def slow(world):
    words = [say(c) for c in world.consumers]
    for c, peers in zip(world.consumers, world.peers, strict=True):
        heard = [words[j] for j in peers]
        c.S = [sincerity_belief(c, f, world.firms, heard, world.p.sincerity) for f in range(len(world.firms))]
    return consumers_outcome(world.consumers)


def fast(world):
    compiled = Compiled(world)
    t = compiled.tile
    for f, firm, total in heard_of_each(compiled):
        update_sincerity(t.sincerity[f], total, t.peer_trust, t.community, firm, firm.home, compiled.s.sincerity)
    return compiled.outcome()


@given(worlds())
def test_beliefs_about_sincerity(world):
    check_agreement(slow, fast, world)


def test_as_many_peers_and_firms_as_can_be():
    for score in (0.0, 0.4999, 1.0):
        check_agreement(slow, fast, everybody_speaks(62, 31, score))


unit = st.floats(0, 1, width=32)


@given(unit, unit, st.floats(0, 10, width=32), parameters(SincerityParameters))
def test_one_piece_of_evidence(S, evidence, weight, p):
    compiled = settings_of(Mechanisms(sincerity=p)).sincerity
    found = learn_sincerity(np.float32(S), np.float32(evidence), np.float32(weight), compiled)
    assert found == pytest.approx(learned(S, evidence, weight, p), abs=ABSOLUTE)


stance = st.floats(-1, 1)


@given(unit, unit, unit, unit, st.lists(st.tuples(stance, stance), max_size=3))
def test_the_gap_between_claims_and_conduct(o, o_claimed, g, g_claimed, stances):
    names = [f"cause {i}" for i in range(len(stances))]
    causes = {name: Stances(proclaimed=p, conduct=d) for name, (p, d) in zip(names, stances, strict=True)}
    levers = Levers(openness=o, proclaimed_openness=o_claimed, sharing=g, proclaimed_sharing=g_claimed, causes=causes)
    found = MarketFirm(mesa.Model(rng=1), FirmSetup(name="Nova", sector="s", levers=levers), 0, names)
    firm = Firm(
        "Nova", o=o, o_claimed=o_claimed, g=g, g_claimed=g_claimed,
        proclaimed=[p for p, _ in stances], conduct=[d for _, d in stances],
    )  # fmt: skip
    assert found.gap == pytest.approx(gap(firm))
    assert found.truth == pytest.approx(1 - gap(firm))
