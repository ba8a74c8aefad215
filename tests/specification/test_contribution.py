import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms import contribution as compiled_contribution
from sim.mechanisms.contribution import ContributionParameters, bin_of, contribute

from .agreement import check_agreement
from .contribution import game_and_thanks, take_part
from .entities import Firm
from .worlds import Compiled, consumers_outcome, counted, counted_compiled, parameters, tally, worlds

COUNTED = ("ideas", "codesigns", "supports", "contributors", "members", "leavers")


def slow(world):
    count, p = tally(world), world.p
    before = sum(c.contributions for c in world.consumers)
    for i, c in enumerate(world.consumers):
        word = world.luck.words(i, world.week)[3]
        take_part(c, word, i % 3 == 0, world.firms, p.contribution, p.sincerity, count)
    made = int(sum(c.contributions for c in world.consumers) - before)
    return {**consumers_outcome(world.consumers), **counted(count, COUNTED), "made": made, "makers": 0} | {
        "prosumers": int(count.market["prosumers"]),
        "of cohorts": [count.market[f"contributors of cohort {c}"] for c in range(7)],
    }


def fast(world):
    compiled = Compiled(world)
    counts = compiled.counts[0]
    bought = (np.arange(compiled.said.size) % 3 == 0).astype(np.bool_)
    contribute(
        compiled.flags, compiled.chosen, compiled.draws, compiled.words[3], compiled.keys[0], bought, compiled.tile,
        compiled.signals, compiled.s.contribution, compiled.s.sincerity, compiled.firm_counts, counts,
    )  # fmt: skip
    # The histogram of contributions made moves people from bin to bin, and adds what they made.
    return {
        **compiled.outcome(),
        **counted_compiled(compiled, COUNTED),
        "made": int(counts.made.sum()),
        "makers": int(counts.makers.sum()),
        "prosumers": int(counts.prosumers),
        "of cohorts": counts.cohort_contributors.tolist(),
    }


def test_nobody_contributes_more_than_a_hundred_times_a_week():
    from .test_beliefs import everybody_speaks

    world = everybody_speaks(2, 9, 1.0)
    for c in world.consumers:
        c.community, c.a, c.contributions = 0, 1000.0, 0.0
    world.firms[0].alive, world.firms[0].o, world.firms[0].thanks = True, 1.0, 20.0
    check_agreement(slow, fast, world)
    assert slow(world)["made"] == 100 * len(world.consumers)


@given(worlds())
def test_joining_contributing_and_leaving(world):
    check_agreement(slow, fast, world)


share = st.floats(0, 1)


@given(parameters(ContributionParameters), share, share, share, share, share)
def test_what_contributing_offers(p, play, campaign, recognition, power_sharing, reward):
    firm = Firm("Nova", play=play, recognition=recognition, power_sharing=power_sharing, reward=reward)
    found = compiled_contribution.game_and_thanks(p, min(1.0, play + campaign), recognition, power_sharing, reward)
    assert found == pytest.approx(game_and_thanks(firm, campaign, p), rel=1e-12, abs=1e-12)


def test_bins_of_the_histogram_are_exact_up_to_63_and_ascend():
    bins = [int(bin_of(np.float32(made))) for made in range(2_000)]
    assert bins[:64] == list(range(64))
    assert (np.diff(bins) >= 0).all()
    assert bins[64] == 64
