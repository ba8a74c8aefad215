import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms import experience as compiled_experience
from sim.mechanisms.experience import ExperienceParameters

from .agreement import check_agreement
from .entities import Firm
from .experience import experience, repair_probability
from .worlds import Compiled, consumers_outcome, counted, counted_compiled, parameters, tally, worlds

COUNTED = ("defects", "complaints", "repaired", "reviews")
SCORES = ("satisfaction", "review_score")


def bought_at(i, place, sector):
    """Somebody's choice and units in a sector: everybody's in turn, and some buy nothing."""
    choice = [*sector.firms, None][(i + place) % (len(sector.firms) + 1)]
    return choice, (i * 7 + place) % 3


def slow(world):
    count = tally(world)
    for i, c in enumerate(world.consumers):
        for place, sector in enumerate(world.sectors):
            _, trip, luck, _ = world.luck.words(i, world.week)
            choice, n = bought_at(i, place, sector)
            if choice is not None and n > 0:
                experience(c, choice, world.firms[choice], sector, trip, luck, world.p.experience, count)
    return {
        **consumers_outcome(world.consumers),
        **counted(count, COUNTED),
        "scores": np.array([[firm[name] for name in SCORES] for firm in count.firms], float),
    }


def fast(world):
    compiled = Compiled(world)
    for place, sector in enumerate(world.sectors):
        choice, units = np.full((2, compiled.said.size), -1, np.int32)
        for i in range(compiled.size):
            chosen, units[i] = bought_at(i, place, sector)
            choice[i] = -1 if chosen is None else chosen
        buyers, n = compiled.lanes_where((units > 0) & (choice >= 0))
        compiled_experience.experience(
            buyers, n, choice, compiled.draws, compiled.words[1], compiled.words[2], compiled.sectors[place],
            compiled.tile, compiled.signals, compiled.s.experience, compiled.firm_counts,
        )  # fmt: skip
    # Stars are the reviews once more, by fifths of the score.
    assert (compiled.firm_counts.stars.sum(axis=1) == compiled.firm_counts.reviews).all()
    return {
        **compiled.outcome(),
        **counted_compiled(compiled, COUNTED),
        "scores": np.stack([compiled.firm_counts[name] for name in SCORES], axis=1) / 1023,
    }


@given(worlds())
def test_what_a_purchase_teaches(world):
    check_agreement(slow, fast, world, {"scores": len(world.sectors) * len(world.consumers) / 2046 + 1e-4})


share = st.floats(0, 1)


@given(parameters(ExperienceParameters), st.floats(0, 1000), share, share)
def test_the_probability_of_a_repair(p, V, o, by_peers):
    expected = repair_probability(V, Firm("Nova", o=o, peer_support=by_peers), p)
    assert compiled_experience.repair_probability(p, V, o, by_peers) == pytest.approx(expected, rel=1e-12)
