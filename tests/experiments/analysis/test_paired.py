"""Paired differences: by hand, and intervals that hold the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from experiments.analysis.intervals import band_of, mean_interval, share_interval
from experiments.analysis.notes import Doubt
from experiments.analysis.paired import compare, compare_all, variance_reduction

REPEATS = 400


def test_a_comparison_by_hand():
    base, arm = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([2.0, 4.0, 3.0, 6.0, 5.0])
    found = compare(base, arm)
    assert found.difference.value == pytest.approx(1.0)
    # Differences 1 2 0 2 0: variance 1, standard error 1 / sqrt 5, t of 4 degrees of freedom.
    assert found.difference.half_width == pytest.approx(stats.t.ppf(0.975, 4) / 5**0.5)
    assert found.above.value == pytest.approx(0.6)
    assert found.equal == pytest.approx(0.4)
    assert found.base == pytest.approx(3.0)
    assert found.mean == pytest.approx(4.0)
    assert found.pairing.together == pytest.approx(1.0)
    assert found.pairing.apart == pytest.approx(2.5 + 2.5)
    assert found.pairing.ratio.value == pytest.approx(5.0)
    assert found.pairing.runs == pytest.approx(25.0)
    assert found.notes == ()


def test_scipy_gives_the_same_interval_for_every_week():
    random = np.random.default_rng(1)
    base, arm = random.standard_normal((2, 12, 7))
    found = compare(base, arm)
    expected = stats.ttest_rel(arm, base, axis=0).confidence_interval()
    assert found.difference.low == pytest.approx(expected.low)
    assert found.difference.high == pytest.approx(expected.high)
    assert found.band is not None
    assert (found.band.half_width >= found.difference.half_width).mean() > 0.8


def test_what_pairing_gives_is_found_again():
    # Luck of variance 1 is shared, 0.05 is not: independent runs vary 21 times as much. Of 2,000 pairs the ratio is
    # known to about sqrt(2 x 2 / 2000) = 4.5 %; tolerance three of these.
    random = np.random.default_rng(2)
    luck = random.standard_normal(2000)
    base, arm = luck + np.sqrt(0.05) * random.standard_normal((2, 2000))
    found = variance_reduction(base, arm)
    assert found.ratio.value == pytest.approx(21.0, rel=0.14)
    assert found.ratio.low < 21.0 < found.ratio.high
    # Against luck that cancels wrongly, pairing costs.
    assert Doubt.PAIRING_COSTS in {note.doubt for note in compare(luck, -luck).notes}


def test_several_arms_have_wider_joint_intervals():
    outcomes = np.random.default_rng(3).standard_normal((4, 20))
    found = compare_all(outcomes, baseline=2)
    assert [one.arm for one in found] == [0, 1, 3]
    for one in found:
        assert one.joint.half_width > one.difference.half_width
        assert one.joint.level == pytest.approx(1 - 0.05 / 3)


def test_undefined_runs_are_left_out_in_pairs_and_told():
    random = np.random.default_rng(4)
    base, arm = random.standard_normal((2, 10, 3))
    arm[2, 1] = base[5, 1] = np.nan
    base[:6, 2] = np.nan
    found = compare(base, arm)
    assert found.pairs.tolist() == [10, 8, 4]
    keep = [0, 1, 3, 4, 6, 7, 8, 9]
    assert found.difference.value[1] == pytest.approx((arm - base)[keep, 1].mean())
    assert np.isfinite(found.difference.low).tolist() == [True, True, False]
    assert {note.doubt for note in found.notes} >= {Doubt.UNDEFINED_RUNS, Doubt.FEW_PAIRS}


def test_identical_arms_differ_by_exactly_nothing():
    base = np.random.default_rng(5).standard_normal((8, 3))
    found = compare(base, base)
    assert found.difference.value.tolist() == found.difference.low.tolist() == [0, 0, 0]
    assert found.equal.tolist() == [1, 1, 1]
    assert np.isinf(found.pairing.ratio.value).all()


@pytest.mark.parametrize("shape", [(3,), (1, 5), (2, 0)])
def test_shapes_that_make_no_comparison_are_refused(shape):
    with pytest.raises(ValueError, match="arms, replicates"):
        compare_all(np.zeros(shape))


def test_there_must_be_such_a_baseline():
    with pytest.raises(ValueError, match="no arm 2"):
        compare_all(np.zeros((2, 5)), baseline=2)


@pytest.mark.parametrize("replicates", [5, 10, 30])
def test_intervals_of_differences_cover_as_they_say(replicates):
    # 400 repeats x 10 columns of normal differences; a share of 0.95 of 4,000 is known to 0.0034: within 0.012.
    random = np.random.default_rng(replicates)
    differences = 1.0 + random.standard_normal((replicates, REPEATS * 10))
    found = mean_interval(differences)
    assert ((found.low < 1) & (found.high > 1)).mean() == pytest.approx(0.95, abs=0.012)


def test_students_interval_covers_better_than_bootstraps_with_few_replicates():
    # 10 replicates, 400 repeats, normal and skewed (lognormal, sigma 0.7); a share is known to 0.012.
    random = np.random.default_rng(6)
    cases = {"normal": (random.standard_normal((10, REPEATS)), 0.0)}
    cases["skewed"] = (np.exp(0.7 * random.standard_normal((10, REPEATS))), float(np.exp(0.245)))
    for numbers, truth in cases.values():
        covers = {}
        for method in ("t", "percentile", "bca"):
            found = mean_interval(numbers, method=method)
            covers[method] = ((found.low < truth) & (found.high > truth)).mean()
        assert covers["t"] >= max(covers.values()) - 0.005


def test_a_band_holds_the_whole_series():
    # 20 replicates of a random walk of 50 weeks, 300 repeats: 0.95 is known to 0.0126; the bootstrap of the largest t
    # is an approximation: within 0.04. The intervals of single weeks hold the whole far less often.
    random = np.random.default_rng(7)
    held = alone = 0
    for _ in range(300):
        series = random.standard_normal((20, 50)).cumsum(axis=1)
        band, weekly = band_of(series), mean_interval(series)
        held += bool(((band.low <= 0) & (band.high >= 0)).all())
        alone += bool(((weekly.low <= 0) & (weekly.high >= 0)).all())
    assert held / 300 == pytest.approx(0.95, abs=0.04)
    assert alone < held - 30


def test_a_band_is_not_lost_to_weeks_in_which_hardly_any_replicate_differs():
    # In week 2 two of 30 replicates differ a little: resamples without them have no spread there.
    random = np.random.default_rng(8)
    series = random.standard_normal((30, 5))
    series[:, 2] = 0.0
    series[:2, 2] = 0.01
    band = band_of(series)
    most = stats.t.ppf(1 - 0.05 / 10, 29) * series.std(axis=0, ddof=1) / 30**0.5
    assert (band.half_width <= most + 1e-12).all()
    assert band.half_width[2] < 0.003


def test_shares_have_the_interval_of_wilson():
    expected = stats.binomtest(3, 12).proportion_ci(method="wilson")
    found = share_interval(np.array([3, 0]), np.array([12, 0]))
    assert (found.low[0], found.high[0]) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert np.isnan(found.value[1])
