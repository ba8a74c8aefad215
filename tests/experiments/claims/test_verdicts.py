"""Verdicts on effects that are known."""

from __future__ import annotations

import math

import pytest

from experiments.claims.findings import Answer, Effect
from experiments.claims.verdicts import carried, found, least_of, outcome, together, verdict


def effect(value, low, high, counterfactual=1.0):
    return Effect(
        value=value, low=low, high=high, scenario=counterfactual + value, counterfactual=counterfactual, pairs=32,
        replicates=32,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "low", "high", "expected", "judged"),
    [
        (2.0, 1.5, 2.5, "+", "pass"),
        (1.1, 0.1, 2.1, "+", "pass"),
        (0.5, 0.2, 0.8, "+", "fail"),  # sure, but too small to matter
        (0.9, 0.5, 1.3, "+", "undecided"),
        (2.0, -0.5, 4.5, "+", "undecided"),
        (0.0, -3.0, 3.0, "+", "undecided"),
        (0.0, 0.0, 0.0, "+", "fail"),
        (-2.0, -2.5, -1.5, "+", "fail"),
        (-2.0, -2.5, -1.5, "-", "pass"),
        (-0.5, -0.8, -0.2, "-", "fail"),
        (-2.0, -4.5, 0.5, "-", "undecided"),
        (2.0, 1.5, 2.5, "-", "fail"),
        (0.2, -0.5, 0.9, "0", "pass"),
        (0.9, 0.5, 1.3, "0", "undecided"),
        (2.0, 1.5, 2.5, "0", "fail"),
        (-2.0, -2.5, -1.5, "0", "fail"),
        (math.nan, math.nan, math.nan, "+", "undecided"),
        (3.0, math.nan, math.nan, "+", "undecided"),
    ],
)
def test_an_effect_is_judged_by_its_interval_and_by_what_matters(value, low, high, expected, judged):
    assert outcome(effect(value, low, high), expected, 1.0) == judged


def test_an_effect_of_exactly_nothing_fails_even_if_anything_would_matter():
    assert outcome(effect(0.0, 0.0, 0.0), "+", 0.0) == "fail"
    assert found(effect(0.0, 0.0, 0.0), 0.0) == "0"


@pytest.mark.parametrize(
    ("value", "low", "high", "sign"),
    [(2.0, 1.5, 2.5, "+"), (-2.0, -2.5, -1.5, "-"), (0.1, -0.5, 0.6, "0"), (0.0, -3.0, 3.0, "undecided")],
)
def test_the_sign_is_found_without_an_expectation(value, low, high, sign):
    assert found(effect(value, low, high), 1.0) == sign


def test_a_hundredth_of_the_counterfactual_matters_unless_told_otherwise():
    assert least_of(effect(1.0, 0.5, 1.5, counterfactual=-40.0), None) == pytest.approx(0.4)
    assert least_of(effect(1.0, 0.5, 1.5, counterfactual=-40.0), 3.0) == 3.0


@pytest.mark.parametrize(
    ("outcomes", "judged"),
    [
        (["pass", "pass"], "pass"),
        (["pass", None], "pass"),
        (["pass", "fail"], "fail"),
        (["undecided", "fail"], "fail"),
        (["pass", "undecided"], "undecided"),
        ([None, None], None),
    ],
)
def test_all_figures_must_go_as_expected(outcomes, judged):
    assert together(outcomes) == judged


@pytest.mark.parametrize(
    ("points", "judged"),
    [
        (["pass", "pass", "pass"], "holds"),
        (["pass", "fail", "pass"], "only_if"),
        (["fail", "pass", "undecided"], "only_if"),
        (["pass", "undecided"], "only_if"),
        (["fail", "fail"], "not_here"),
        (["fail", "undecided"], "not_here"),
        (["undecided", "fail"], "undecided"),
        (["undecided", "undecided"], "undecided"),
        ([None, None], "reported"),
        (["pass"], "holds"),
    ],
)
def test_a_claim_is_judged_by_all_its_points(points, judged):
    assert verdict(points) == judged


def answer(value, low, high, judged="pass", least=0.01):
    return Answer(effect=effect(value, low, high), least=least, found="+", outcome=judged)


@pytest.mark.parametrize(
    ("left", "judged"),
    [
        ((0.3, -0.1, 0.7), "carried"),  # the interval holds 0
        ((0.2, 0.1, 0.3), "carried"),  # below a quarter
        ((-0.2, -0.3, -0.1), "carried"),
        ((0.3, 0.1, 0.5), "not_alone"),
        ((-0.9, -1.0, -0.8), "reversed"),
        ((math.nan, math.nan, math.nan), "not_judged"),
    ],
)
def test_what_carries_an_effect_leaves_next_to_nothing_without_it(left, judged):
    assert carried([answer(1.0, 0.8, 1.2)], [answer(*left)], ["+"]) == judged


def test_what_is_left_may_be_too_small_to_matter():
    assert carried([answer(1.0, 0.8, 1.2, least=0.4)], [answer(0.35, 0.3, 0.4)], ["+"]) == "carried"


def test_every_effect_must_vanish():
    whole = [answer(1.0, 0.8, 1.2), answer(1.0, 0.8, 1.2)]
    assert carried(whole, [answer(0.0, -0.1, 0.1), answer(0.9, 0.8, 1.0)], ["+", "+"]) == "not_alone"
    # Where no effect is expected there is nothing to carry.
    assert carried(whole, [answer(0.0, -0.1, 0.1), answer(0.9, 0.8, 1.0)], ["+", "0"]) == "carried"


def test_an_effect_that_is_not_there_is_carried_by_nothing():
    assert carried([answer(1.0, 0.8, 1.2, judged="fail")], [answer(0.0, -0.1, 0.1)], ["+"]) == "not_judged"
    assert carried([answer(1.0, 0.8, 1.2, judged=None)], [answer(0.0, -0.1, 0.1)], [None]) == "not_judged"
