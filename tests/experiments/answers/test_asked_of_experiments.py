"""Figures and conditions as users write them."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.answers.asking import Askable, FigureError, parse_condition, parse_figure
from experiments.claims.measures import Measure

ASKABLE = Askable(
    {"share": ("Nova", "Marks and Co"), "profit": ("Nova",), "militants": ("",)}, ("margin of 3",), True, 104
)


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("share:Nova", Measure("share", "Nova", "end")),
        ("share.Nova", Measure("share", "Nova", "end")),
        ("profit", Measure("profit", "Nova", "mean")),
        ("share:Nova:peak@3-9", Measure("share", "Nova", "peak", (3, 9))),
        ("share.Nova@3-9", Measure("share", "Nova", "mean", (3, 9))),
        ("share:Nova:30", Measure("share", "Nova", "mean", (30, 30))),
        ("militants", Measure("militants", "", "peak")),
        ("militants:sum", Measure("militants", "", "sum")),
        ("margin of 3", Measure("margin of 3", "", "end")),
    ],
)
def test_figures_are_read(text, measure):
    assert parse_figure(text, ASKABLE) == measure


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("shar:Nova", "'share'"),
        ("share", "Marks and Co"),
        ("share:Novo", "'Nova'"),
        ("militants:Nova", "whole market"),
        ("share:Nova:last", "peak"),
        ("share:Nova:0-3", "1 to 104"),
        ("share:Nova:100-105", "1 to 104"),
    ],
)
def test_what_is_wrong_with_a_figure_is_said(text, part):
    with pytest.raises(FigureError, match=part):
        parse_figure(text, ASKABLE)


def test_only_ends_can_be_asked_of_runs_that_kept_no_weeks():
    ends = Askable({"profit": ("Nova",)}, (), False, 104)
    assert parse_figure("profit:Nova", ends).over == "end"
    with pytest.raises(FigureError, match="series = true"):
        parse_figure("profit:Nova:sum", ends)


def test_conditions_join_and_before_or():
    found = parse_condition("share.Nova < 15% and profit:Nova >= -1e6 or share:Marks and Co:peak@2-3 > 0.5", ASKABLE)
    assert [len(group) for group in found.groups] == [2, 1]
    share, profit, other = found.measures
    numbers = {
        share: np.array([0.1, 0.1, 0.2, np.nan]),
        profit: np.array([0.0, -2e6, 0.0, 0.0]),
        other: np.array([0.1, 0.1, 0.6, 0.1]),
    }
    assert found.holds(numbers).tolist() == [True, False, True, False]


@pytest.mark.parametrize("text", ["share:Nova", "share:Nova < ", "share:Nova = 3", "< 3", "share:Nova < 1.2.3", ""])
def test_a_condition_that_cannot_be_read_is_refused(text):
    with pytest.raises(FigureError, match="condition"):
        parse_condition(text, ASKABLE)


def test_a_contradiction_is_refused():
    with pytest.raises(FigureError, match=r"above 0\.3 and below 0\.2"):
        parse_condition("share:Nova > 0.3 and share:Nova < 0.2", ASKABLE)
    parse_condition("share:Nova > 0.3 or share:Nova < 0.2", ASKABLE)
