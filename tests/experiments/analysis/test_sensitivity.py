"""Sensitivity of functions whose indices are known: Ishigami, Sobol's g, a straight line."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

from experiments.analysis.notes import Doubt
from experiments.analysis.sensitivity import morris as screening
from experiments.analysis.sensitivity import sobol as variances
from experiments.analysis.sensitivity.given import first_order, pawn
from experiments.analysis.sensitivity.indices import luck_of
from tests.experiments.analysis.functions import ishigami, ishigami_indices, sobol_g, sobol_g_indices

CASES = {"ishigami": (ishigami, ishigami_indices, 3), "g": (sobol_g, sobol_g_indices, 6)}


def doubts(found):
    return {note.doubt for note in found.notes}


@pytest.mark.parametrize("case", CASES)
def test_indices_are_those_of_the_closed_form_and_err_less_with_more_runs(case):
    # 20 scramblings at 128 and at 1,024 base rows. Every index lies within three of the half-widths that it is given
    # (of 360 and 720 numbers a few are beyond two); eight times the rows lessen the error by sqrt 8 at least.
    function, indices, factors = CASES[case]
    first, total, whole = indices()
    errors = {}
    for rows in (128, 1024):
        missed = []
        for seed in range(20):
            found = variances.sobol_of(function, factors, rows, seed=seed)
            for truth, kind in ((first, found.first), (total, found.total)):
                missed.append(kind.raw - truth)
                half = (kind.estimate.high - kind.raw).max()
                assert np.abs(kind.raw - truth).max() < max(3 * half, 0.02)
        errors[rows] = np.sqrt(np.mean(np.square(missed)))
    assert found.variance == pytest.approx(whole, rel=0.05)
    assert errors[1024] < errors[128] / 8**0.5
    assert errors[1024] < 0.02


def test_our_estimates_are_those_of_salib():
    from SALib.analyze import sobol as salib

    points = variances.design(256, 6, seed=3)
    outcomes = sobol_g(points)
    problem = {"num_vars": 6, "names": list("abcdef"), "bounds": [[0, 1]] * 6}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = salib.analyze(problem, outcomes, calc_second_order=False, seed=1)
    found = variances.sobol(outcomes[:, None], 6)
    # SALib scales outcomes by their mean and deviation over all rows; only the centre differs, in the first order.
    assert found.first.raw == pytest.approx(np.asarray(expected["S1"]), abs=0.01)
    assert found.total.raw == pytest.approx(np.asarray(expected["ST"]), abs=1e-10)
    assert Doubt.NOISE_UNKNOWN in doubts(found)


def test_our_estimates_are_those_of_scipy():
    runs = ishigami(variances.design(128, 3, seed=5)).reshape(128, 5).T
    parts = {"f_A": runs[:1], "f_B": runs[-1:], "f_AB": runs[1:-1, None]}
    expected = stats.sobol_indices(func=parts, n=128)
    found = variances.sobol_of(ishigami, 3, 128, seed=5)
    assert found.first.raw == pytest.approx(expected.first_order)
    assert found.total.raw == pytest.approx(expected.total_order)


def test_the_design_is_in_the_order_of_salib():
    points = variances.design(8, 3, seed=0).reshape(8, 5, 3)
    for factor in range(3):
        expected = points[:, 0].copy()
        expected[:, factor] = points[:, -1, factor]
        assert np.array_equal(points[:, 1 + factor], expected)
    assert not np.array_equal(points, variances.design(8, 3, seed=1).reshape(8, 5, 3))
    with pytest.raises(ValueError, match="power of two"):
        variances.design(100, 3)


@pytest.mark.parametrize("common", [False, True])
def test_luck_of_replicates_is_taken_out(common):
    # Luck of sd 2 in single runs of Ishigami (sd 3.7), means of 4; with common random numbers most of it is common.
    # 1,024 rows; without the correction totals would be larger by the share of luck, 0.068: tolerance 0.03.
    random = np.random.default_rng(4)
    points = variances.design(1024, 3, seed=4)
    luck = 2 * random.standard_normal((len(points), 4))
    shared = 5 * random.standard_normal(4) if common else 0.0
    found = variances.sobol((ishigami(points)[:, None] + luck + shared), 3)
    first, total, whole = ishigami_indices()
    assert found.luck == pytest.approx(1 / (1 + whole), abs=0.01)
    assert found.variance == pytest.approx(whole, rel=0.04)
    assert found.total.raw == pytest.approx(total, abs=0.03)
    assert found.first.raw == pytest.approx(first, abs=0.05)


@pytest.mark.heavy
def test_intervals_of_indices_hold_the_truth():
    # Independent base rows (the bootstrap knows no better): 200 repeats of 256 rows, 12 indices of g. Share in a
    # repeat known to 0.015; normal intervals of a skewed estimate: 0.90 to 0.99.
    first, total, _ = sobol_g_indices()
    random = np.random.default_rng(5)
    held = []
    for _ in range(200):
        a, b = random.random((2, 256, 6))
        points = np.repeat(a[:, None], 8, axis=1)
        points[:, 1 + np.arange(6), np.arange(6)] = b
        points[:, -1] = b
        found = variances.sobol(np.repeat(sobol_g(points.reshape(-1, 6))[:, None], 2, axis=1), 6)
        for truth, kind in ((first, found.first), (total, found.total)):
            half = kind.estimate.high - kind.raw
            held.append(np.abs(kind.raw - truth) <= half)
    assert 0.90 < np.mean(held) < 0.99


def test_no_index_is_silently_negative_and_what_is_unsure_is_said():
    found = variances.sobol_of(sobol_g, 6, 64, seed=2)
    for kind in (found.first, found.total):
        assert (kind.estimate.value >= 0).all()
        assert (kind.estimate.low >= 0).all()
        assert np.array_equal(kind.is_truncated, kind.raw < 0)
    assert found.first.is_truncated.any()
    assert doubts(found) >= {Doubt.BELOW_ZERO, Doubt.NOT_CONVERGED}
    assert found.first.is_undecided[4:].all()
    many = variances.sobol_of(sobol_g, 6, 8192, seed=2)
    assert many.first.is_converged.all()
    assert many.total.is_converged.all()
    assert Doubt.NOT_CONVERGED not in doubts(many)


def test_indices_over_time():
    # In week t the outcome is (1 - t) x0 + t x1: first-order indices (1-t)^2 and t^2 over their sum.
    weeks = np.linspace(0, 1, 5)
    points = variances.design(512, 2, seed=6)
    series = points[:, :1] * (1 - weeks) + points[:, 1:] * weeks
    series = np.hstack([np.ones((len(points), 1)), series])
    found = variances.sobol(np.repeat(series[:, None], 2, axis=1), 2)
    expected = (1 - weeks) ** 2 / ((1 - weeks) ** 2 + weeks**2)
    assert found.first.raw[0, 1:] == pytest.approx(expected, abs=0.03)
    assert np.isnan(found.first.raw[:, 0]).all()
    assert Doubt.NO_VARIATION in doubts(found)


def test_base_rows_with_a_failed_run_are_left_out():
    points = variances.design(256, 3, seed=7)
    outcomes = np.repeat(ishigami(points)[:, None], 2, axis=1)
    outcomes[12], outcomes[13, 0] = np.nan, np.nan
    found = variances.sobol(outcomes, 3)
    assert found.rows == 255
    assert Doubt.UNDEFINED_RUNS in doubts(found)
    assert found.total.raw == pytest.approx(ishigami_indices()[1], abs=0.1)


def test_too_few_or_odd_rows_are_refused():
    with pytest.raises(ValueError, match="rows x 5"):
        variances.sobol(np.zeros((11, 1)), 3)
    with pytest.raises(ValueError, match="too few"):
        variances.sobol(np.zeros((10, 1)), 3)


# --- Morris -----------------------------------------------------------------------------------------------


def test_effects_of_a_straight_line_are_its_slopes():
    slopes = np.array([4.0, -2.0, 0.0, 1.0])
    points = screening.design(8, 4, seed=0)
    found = screening.morris(points, np.repeat((points @ slopes)[:, None], 2, axis=1))
    assert found.mean.value == pytest.approx(slopes)
    assert found.size.value == pytest.approx(np.abs(slopes))
    assert found.spread.value == pytest.approx(0.0, abs=1e-12)
    assert found.size.half_width == pytest.approx(0.0, abs=1e-12)


def test_salib_gives_the_same_effects():
    from SALib.analyze import morris as salib

    points = screening.design(12, 6, seed=1)
    problem = {"num_vars": 6, "names": list("abcdef"), "bounds": [[0, 1]] * 6}
    expected = salib.analyze(problem, points, sobol_g(points), num_levels=4, seed=1)
    found = screening.morris(points, sobol_g(points)[:, None])
    assert found.mean.value == pytest.approx(np.asarray(expected["mu"]))
    assert found.size.value == pytest.approx(np.asarray(expected["mu_star"]))
    assert found.spread.value == pytest.approx(np.asarray(expected["sigma"]))


def test_screening_ranks_g_and_its_intervals_shrink_with_trajectories():
    widths = []
    for count in (10, 160):
        points = screening.design(count, 6, seed=2)
        found = screening.morris(points, sobol_g(points)[:, None])
        widths.append(found.size.half_width[0])
        assert np.argsort(-found.size.value)[:3].tolist() == [0, 1, 2]
    # A sixteenth of the variance: a quarter of the width, and a factor of 1.6 for the luck of ten.
    assert widths[1] < widths[0] / 2.5


def test_luck_alone_is_told_from_an_effect():
    random = np.random.default_rng(3)
    points = screening.design(40, 5, seed=3)
    luck = 0.3 * random.standard_normal((len(points), 4, 2))
    found = screening.morris(points, (points @ np.array([2.0, 0, 1, 0, 0]))[:, None, None] + luck)
    # A mean of four has a luck of 0.15; an effect over 2/3 of the range, 0.15 sqrt 2 / (2/3) = 0.32.
    assert found.luck == pytest.approx(0.318, rel=0.1)
    assert found.is_idle.tolist() == [[False, False], [True, True], [False, False], [True, True], [True, True]]


def test_without_replicates_what_may_have_no_effect_is_not_told_to_have_one():
    points = screening.design(20, 3, seed=3)
    # The second moves the outcome in a corner that one trajectory in a few meets, the third never does.
    corner = np.where((points[:, 1] > 0.9) & (points[:, 0] > 0.9) & (points[:, 2] > 0.9), 0.01, 0.0)
    found = screening.morris(points, (points[:, 0] + corner)[:, None])
    assert found.is_idle.tolist() == [False, True, True]
    assert np.isnan(found.luck)
    assert Doubt.NOISE_UNKNOWN in doubts(found)
    few = screening.design(3, 2, seed=1)
    found = screening.morris(few, few[:, :1])
    assert np.isnan(found.size.low).all()
    assert found.is_idle.all()
    assert Doubt.FEW_RUNS in doubts(found)


def test_seeds_are_kept_apart_and_nothing_global_is_touched():
    np.random.seed(5)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    first, again, other = (screening.design(6, 4, seed=seed) for seed in (0, 0, 1))
    assert np.random.random() == expected  # noqa: NPY002
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_what_is_no_trajectory_is_refused():
    with pytest.raises(ValueError, match="one factor"):
        screening.morris(np.random.default_rng(0).random((8, 3)), np.zeros((8, 1)))
    with pytest.raises(ValueError, match="no trajectories"):
        screening.morris(np.zeros((7, 3)), np.zeros((7, 1)))


# --- given data -------------------------------------------------------------------------------------------


def test_first_order_indices_from_runs_that_are_there():
    # g with luck of 15 % of its deviation, one Sobol' design of 2,048 points and of 256, 10 scramblings each.
    truth, _, whole = sobol_g_indices()
    errors = {}
    for count in (256, 2048):
        missed = []
        for seed in range(10):
            points = qmc.Sobol(6, rng=np.random.default_rng(seed)).random(count)
            luck = 0.15 * whole**0.5 * np.random.default_rng(seed + 99).standard_normal((count, 2))
            found = first_order(points, sobol_g(points)[:, None] + luck, seed=seed)
            missed.append(found.first.raw - truth)
            assert (found.first.estimate.value >= 0).all()
        errors[count] = np.sqrt(np.mean(np.square(missed)))
    assert errors[2048] < 0.03
    assert errors[2048] < errors[256] / 2
    assert found.luck == pytest.approx(0.15**2 / 2, abs=0.004)


def test_unrelated_factors_get_nothing_on_average():
    # Bins of unrelated numbers show (k - 1) / n of the variance; freed of it, the mean of 300 is 0.
    random = np.random.default_rng(6)
    found = first_order(random.random((400, 3)), random.standard_normal((400, 1, 300)))
    assert found.first.raw.mean() == pytest.approx(0.0, abs=0.004)
    # The jackknife's intervals hold 0 in about 95 %.
    held = (found.first.raw - (found.first.estimate.high - found.first.raw) <= 0).mean()
    assert held > 0.94


def test_categories_are_bins():
    random = np.random.default_rng(7)
    points = np.column_stack([random.integers(0, 3, 900), random.random(900)])
    outcomes = np.array([0.0, 1.0, 5.0])[points[:, 0].astype(int)] + 0.1 * random.standard_normal(900)
    found = first_order(points, outcomes[:, None], categories=[3, 0])
    assert found.bins[0] == 3
    assert found.first.raw[0] == pytest.approx(1.0, abs=0.01)
    assert found.first.is_undecided.tolist() == [False, True]


def test_pawn_is_the_distance_of_kolmogorov_and_smirnov():
    points = np.random.default_rng(8).random((500, 3))
    outcomes = np.round(ishigami(points), 1)  # with ties
    found = pawn(points, outcomes[:, None])
    order = np.argsort(points[:, 0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the test's p-values, which nobody asks for
        expected = [stats.ks_2samp(outcomes[order[50 * k : 50 * k + 50]], outcomes).statistic for k in range(10)]
    assert found.median[0] == pytest.approx(np.median(expected))
    assert found.largest[0] == pytest.approx(max(expected))


def test_pawn_tells_idle_factors_from_active_ones_over_time():
    points = np.random.default_rng(9).random((1000, 6))
    series = np.stack([sobol_g(points), points[:, 5], np.zeros(1000)], axis=1)
    found = pawn(points, series[:, None])
    assert found.is_active[:2, 0].tolist() == [True, True]
    assert found.is_active[5].tolist() == [False, True, False]
    assert np.isnan(found.dummy[:, 2]).all()
    assert Doubt.NO_VARIATION in doubts(found)
    # Slices of 100 runs: dummies stay below the distance that a twentieth of random slices exceed.
    assert (found.dummy[:, 0] < 1.36 / 100**0.5).all()


@pytest.mark.parametrize("categories", [2, 30])
def test_pawn_knows_how_many_values_a_factor_has(categories):
    # 60 sets of 200 runs. By the 95 % of its dummies an idle factor is called active 3 times, at most 8 (one binomial
    # in a hundred); an effect of a sixth of the variance is seen in most, however few the values.
    idle = active = 0
    for seed in range(60):
        random = np.random.default_rng(seed)
        codes = random.integers(0, categories, 200)
        points = np.stack([codes, random.random(200)], axis=1)
        luck = random.standard_normal((200, 1))
        idle += pawn(points, luck, [categories, 0], seed=seed).is_active[0]
        moved = luck + 0.45 * (codes - codes.mean())[:, None] / codes.std()
        active += pawn(points, moved, [categories, 0], seed=seed).is_active[0]
    assert idle <= 8
    assert active >= 45


def test_given_data_must_fit():
    with pytest.raises(ValueError, match="do not go together"):
        first_order(np.zeros((70, 2)), np.zeros((71, 1)))
    with pytest.raises(ValueError, match="too few"):
        pawn(np.zeros((20, 2)), np.zeros((20, 1)))
    with pytest.raises(ValueError, match="kinds of factors"):
        first_order(np.zeros((70, 2)), np.zeros((70, 1)), categories=[0])


def test_luck_is_measured_with_missing_runs():
    random = np.random.default_rng(10)
    outcomes = random.standard_normal((500, 1)) * 2 + random.standard_normal((500, 5))
    outcomes[random.random(outcomes.shape) < 0.1] = np.nan
    found = luck_of(outcomes)
    # Variance 1 of a run, about 4.5 runs a mean: 0.225 of 4.225.
    assert found.variance == pytest.approx(0.225, rel=0.1)
    assert found.share == pytest.approx(0.225 / 4.225, rel=0.2)


@pytest.mark.parametrize("design", ["sobol", "random"])
def test_intervals_hold_a_slight_factor_and_a_strong_one(design):
    # x0 has 0.9765 of the variance by itself, x1 0.0177 (from 4 x 10^6 points).
    # On Sobol' points, whose bins are alike in all but the factor, estimates are below 0. 60 seeds: 95 % is 57, at
    # least 50 (one binomial in a thousand).
    held = np.zeros(2)
    for seed in range(60):
        even = qmc.Sobol(3, seed=seed).random(128)
        points = even if design == "sobol" else np.random.default_rng(seed).random((128, 3))
        outcomes = np.exp(2 * points[:, 0]) * (1 + 0.3 * points[:, 1])
        found = first_order(points, outcomes[:, None], seed=seed).first.estimate
        held += (found.low[:2] <= [0.9765, 0.0177]) & (found.high[:2] >= [0.9765, 0.0177])
    assert held.min() >= 50


def test_of_luck_alone_there_are_no_shares():
    # 40 sets of 128 points of luck alone. Shares of the nothing that is left would be above 1, or anything; where
    # something seems left, 3 of the 120 intervals may exclude 0 from above (0.025), at most 9 (one binomial in 200).
    clear = blank = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        found = first_order(random.random((128, 3)), random.standard_normal((128, 2)))
        estimate = found.first.estimate
        assert Doubt.NOISE_LARGE in doubts(found)
        known = np.isfinite(estimate.value)
        assert (estimate.value[known] <= 1).all()
        assert (estimate.high[np.isfinite(estimate.high)] <= 1).all()
        clear += (estimate.low > 0).sum()
        blank += (~known).sum()
    assert clear <= 9
    assert blank >= 60
