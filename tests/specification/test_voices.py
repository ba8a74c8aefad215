import numpy as np
from hypothesis import given

from sim.lanes import bit_of
from sim.mechanisms.activation import pack_voices, sum_voices, sway_beliefs, targets_of
from sim.mechanisms.beliefs import pack_words

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
    pack_words(compiled.said, compiled.voiced, compiled.spare, t.mentioned, t.satisfaction, t.sincerity)
    return compiled.hear()[1]


def fast(world):
    compiled = Compiled(world)
    t, voices = compiled.tile, voices_of(compiled)
    net, spoken_of = np.zeros(voices.shape[1], np.int32), targets_of(voices)
    for f in range(len(world.firms)):
        if compiled.signals[f].alive and spoken_of & int(bit_of(f)):
            sum_voices(net, voices, f)
            sway_beliefs(t.quality[f], t.sincerity[f], net, voices.shape[0], t.peer_trust, compiled.s)
    return compiled.outcome()


@given(worlds())
def test_voices_of_peers(world):
    check_agreement(slow, fast, world)
