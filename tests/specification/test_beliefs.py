import numpy as np
from hypothesis import given

from sim.mechanisms.beliefs import pack_words, sum_words, update_quality

from .agreement import check_agreement
from .beliefs import quality_belief, say
from .worlds import Compiled, Maker, World, consumers_outcome, worlds


def slow(world):
    words = [say(c) for c in world.consumers]
    for c, peers in zip(world.consumers, world.peers, strict=True):
        heard = [words[j] for j in peers]
        c.Q = [quality_belief(c, f, world.firms, heard, world.p.beliefs) for f in range(len(world.firms))]
    return consumers_outcome(world.consumers)


def heard_of_each(compiled):
    """Let everybody speak, and give each supplier in the market with what is heard of it: its row, signals, words."""
    t, total = compiled.tile, np.zeros(compiled.said.size, np.uint32)
    pack_words(compiled.said, compiled.voiced, compiled.spare, t.mentioned, t.satisfaction, t.sincerity)
    heard, _ = compiled.hear()
    for f, firm in enumerate(compiled.signals):
        sum_words(total, heard, f)
        if firm.alive:
            yield f, firm, total


def fast(world):
    compiled = Compiled(world)
    t = compiled.tile
    for f, firm, total in heard_of_each(compiled):
        update_quality(
            t.quality[f], t.sincerity[f], total, t.peer_trust, t.brand_trust, t.community,
            firm, firm.home, compiled.s.beliefs,
        )  # fmt: skip
    return compiled.outcome()


@given(worlds())
def test_beliefs_about_quality(world):
    check_agreement(slow, fast, world)


def everybody_speaks(number_of_firms: int, speakers: int, score: float) -> World:
    """Many peers with extreme scores, about the last of many firms: what a packed word must be able to hold."""
    from sim.scenario import Mechanisms

    from .entities import Sector
    from .luck import Luck

    make, size = Maker(np.random.default_rng(4)), speakers + 1
    sector = Sector("all", list(range(number_of_firms)), 10.0, None, 9)
    firms = [make.firm(sector, f, 1) for f in range(number_of_firms)]
    consumers = [make.consumer([sector], firms, 1) for _ in range(size)]
    for c in consumers:
        c.spoken_of, c.satisfaction, c.τ = number_of_firms - 1, score, 1.0
        c.S = [score] * number_of_firms
    firms[-1].alive = True
    peers = [[j for j in range(size) if j != i] for i in range(size)]
    return World(Mechanisms(), 1, Luck(1), [0.5], [0.0], [sector], firms, consumers, peers)


def test_as_many_peers_and_firms_as_can_be():
    for score in (0.0, 0.4999, 1.0):
        check_agreement(slow, fast, everybody_speaks(62, 31, score))
