"""Effects and their intervals, on numbers whose effect is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from experiments.claims.effects import effect_of, interval_of

RNG = np.random.default_rng


def test_an_effect_is_the_mean_of_paired_differences():
    luck = RNG(1).normal(size=40)
    effect = effect_of([1, -1], [luck + 0.5, luck])
    assert effect.value == pytest.approx(0.5)
    assert effect.low == pytest.approx(0.5)
    assert effect.high == pytest.approx(0.5)
    assert effect.scenario - effect.counterfactual == pytest.approx(0.5)
    assert (effect.pairs, effect.replicates) == (40, 40)


def test_common_luck_cancels_and_own_luck_does_not():
    common, own, other = RNG(2).normal(size=(3, 60))
    paired = effect_of([1, -1], [common + 0.1 * own, common + 0.1 * other])
    apart = effect_of([1, -1], [own, other])
    assert paired.high - paired.low < 0.2 * (apart.high - apart.low)


def test_a_moderator_makes_the_difference_of_two_differences():
    luck = RNG(3).normal(size=30)
    effect = effect_of([1, -1, -1, 1], [luck + 7.0, luck + 4.0, luck + 2.0, luck + 1.0])
    assert effect.value == pytest.approx(3.0 - 1.0)
    # Levels are those without the moderator.
    assert effect.scenario - effect.counterfactual == pytest.approx(1.0)


def test_intervals_cover_the_truth_nineteen_times_in_twenty():
    luck = RNG(4)
    inside = 0
    for _ in range(300):
        low, high = interval_of(luck.normal(0.3, 1.0, size=32))
        inside += low <= 0.3 <= high
    # A bootstrap of 32 is a little narrow; the bounds leave three standard errors.
    assert 0.89 <= inside / 300 <= 0.985


def test_the_same_numbers_give_the_same_interval():
    values = RNG(5).normal(size=20)
    assert interval_of(values) == interval_of(values.copy())


def test_pairs_with_an_undefined_number_are_left_out_and_counted():
    one, other = RNG(6).normal(size=(2, 20))
    one[3] = other[5] = np.nan
    effect = effect_of([1, -1], [one, other])
    kept = [r for r in range(20) if r not in (3, 5)]
    assert effect.value == pytest.approx((one - other)[kept].mean())
    assert effect.scenario == pytest.approx(one[kept].mean())
    assert effect.pairs == 18
    assert math.isfinite(effect.low)


@pytest.mark.parametrize("undefined", [11, 20])
def test_an_effect_that_is_mostly_undefined_has_no_interval(undefined):
    one, other = RNG(7).normal(size=(2, 20))
    one[:undefined] = np.nan
    effect = effect_of([1, -1], [one, other])
    assert math.isnan(effect.low)
    assert math.isnan(effect.high)
    assert effect.pairs == 20 - undefined
    assert math.isnan(effect.value) == (undefined == 20)


def test_four_pairs_are_too_few_for_an_interval():
    assert math.isnan(effect_of([1, -1], [np.arange(4.0), np.zeros(4)]).low)
    assert math.isfinite(effect_of([1, -1], [np.arange(5.0), np.zeros(5)]).low)
