from hypothesis import given

from sim.mechanisms.contribution import bin_of, contribute

from .agreement import check_agreement
from .contribution import take_part
from .worlds import Compiled, consumers_outcome, counted, counted_compiled, tally, worlds

COUNTED = ("ideas", "codesigns", "supports", "contributors", "members", "leavers")


def slow(world):
    count, p = tally(world), world.p
    before = sum(c.contributions for c in world.consumers)
    for i, c in enumerate(world.consumers):
        word = world.luck.words(i, world.week)[3]
        take_part(c, word, world.firms, p.contribution, p.sincerity, count)
    made = int(sum(c.contributions for c in world.consumers) - before)
    return {**consumers_outcome(world.consumers), **counted(count, COUNTED), "made": made, "makers": 0}


def fast(world):
    compiled = Compiled(world)
    counts = compiled.counts[0]
    contribute(
        compiled.words[3], compiled.keys[0], compiled.tile, compiled.signals,
        compiled.s.contribution, compiled.s.sincerity, compiled.firm_counts, counts,
    )  # fmt: skip
    # The histogram of contributions made moves people from bin to bin, and adds what they made.
    return {
        **compiled.outcome(),
        **counted_compiled(compiled, COUNTED),
        "made": int(counts.made.sum()),
        "makers": int(counts.makers.sum()),
    }


def test_nobody_contributes_more_than_a_hundred_times_a_week():
    from .test_beliefs import everybody_speaks

    world = everybody_speaks(2, 9, 1.0)
    for c in world.consumers:
        c.community, c.a, c.contributions = 0, 1000.0, 0.0
    world.firms[0].alive, world.firms[0].o, world.firms[0].recognition = True, 1.0, 1.0
    check_agreement(slow, fast, world)
    assert slow(world)["made"] == 100 * len(world.consumers)


@given(worlds())
def test_joining_contributing_and_leaving(world):
    check_agreement(slow, fast, world)


def test_bins_of_the_histogram_are_exact_up_to_63_and_ascend():
    import numpy as np

    bins = [int(bin_of(np.float32(made))) for made in range(2_000)]
    assert bins[:64] == list(range(64))
    assert (np.diff(bins) >= 0).all()
    assert bins[64] == 64
