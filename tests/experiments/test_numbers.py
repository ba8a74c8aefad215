from __future__ import annotations

import math

import pytest

from experiments.numbers import compact, count, decimal, figure_text, interval, percent, plain_number
from sim.text import use_language


@pytest.mark.parametrize(
    ("value", "digits", "english", "french"),
    [
        (1234.56, 1, "1,234.6", "1\u202f234,6"),
        (-1234.56, 1, "−1,234.6", "−1\u202f234,6"),
        (-0.04, 1, "0.0", "0,0"),
        (1e6, 0, "1,000,000", "1\u202f000\u202f000"),
        (math.nan, 1, "–", "–"),
        (math.inf, 1, "–", "–"),
    ],
)
def test_decimals_follow_the_language(value, digits, english, french):
    assert decimal(value, digits) == english
    with use_language("fr"):
        assert decimal(value, digits) == french


@pytest.mark.parametrize(
    ("value", "english", "french"),
    [
        (999.0, "999", "999"),
        (9_999.0, "9,999", "9\u202f999"),
        (12_345.0, "12.3K", "12,3\u202fk"),
        (999_960.0, "1.0M", "1,0\u202fM"),
        (-2_500_000.0, "−2.5M", "−2,5\u202fM"),
        (3.2e9, "3.2B", "3,2\u202fMd"),
    ],
)
def test_large_numbers_are_shortened(value, english, french):
    assert compact(value) == english
    with use_language("fr"):
        assert compact(value) == french


def test_percentages_never_break_over_two_lines():
    assert percent(0.342) == "34.2%"
    with use_language("fr"):
        assert percent(0.342) == "34,2\u202f%"


def test_a_figure_is_shown_by_its_unit():
    assert figure_text(0.3421, "share", 3) == "34.2%"
    assert figure_text(0.0521, "probability", 4) == "5.21%"
    assert figure_text(9.5, "currency", 2) == "9.50"
    assert figure_text(12_345_678.0, "people", 0) == "12.3M"
    assert figure_text(0.4321, "score", 3) == "0.432"


def test_a_range_says_its_unit_once_and_keeps_clear_of_minus_signs():
    assert interval(0.15, 0.24, "share", 2) == "15–24%"
    assert interval(0.15, 0.15, "share", 2) == "15%"
    assert interval(-3.0, 2.0, "score", 0) == "−3 … 2"
    with use_language("fr"):
        assert interval(0.15, 0.24, "share", 2) == "15–24\u202f%"


def test_plain_numbers_have_no_needless_zeros():
    assert [plain_number(value) for value in (9.0, 0.6, 1234.5678, 0.00012345, 0.0)] == [
        "9",
        "0.6",
        "1,235",
        "0.0001234",
        "0",
    ]
    assert count(1234.4) == "1,234"
