import numpy as np
from hypothesis import given

from sim.mechanisms.activation import pack_voices, sway_beliefs
from sim.mechanisms.beliefs import gather_words

from .agreement import check_agreement
from .voices import raise_voice, sway
from .worlds import Compiled, consumers_outcome, worlds


def slow(world):
    a, asymmetry = world.p.activation, world.p.sincerity.asymmetry
    voices = [raise_voice(c, a) for c in world.consumers]
    for c, peers in zip(world.consumers, world.peers, strict=True):
        for f in range(len(world.firms)):
            sway(c, f, world.firms, [voices[j] for j in peers], a, asymmetry)
    return consumers_outcome(world.consumers)


def voices_of(compiled):
    t = compiled.tile
    pack_voices(compiled.voiced, t.role, t.energy, t.stance, t.cause, t.target, compiled.s.activation.click_cost)
    voices = np.zeros(compiled.peers.shape, np.uint32)
    gather_words(voices, compiled.peers, compiled.voiced)
    return voices


def fast(world):
    compiled = Compiled(world)
    t, voices = compiled.tile, voices_of(compiled)
    for f in range(len(world.firms)):
        if compiled.signals[f].alive:
            sway_beliefs(t.quality[f], t.sincerity[f], voices, f, t.peer_trust, compiled.s)
    return compiled.outcome()


@given(worlds())
def test_voices_of_peers(world):
    check_agreement(slow, fast, world)
