"""A user's own figures: what they give, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from experiments.calibration.expressions import ExpressionError, parse
from sim.market import Market
from sim.scenario import load


@pytest.fixture(scope="module")
def market():
    return load("baseline", {"population.size": 300, "horizon": 16})


@pytest.fixture(scope="module")
def record(market):
    made = Market(market)
    made.run()
    return made.record


def test_formulas_are_worked_out(market, record):
    nova = 0
    share, revenue = record["share"][:, nova], record["revenue"]
    cases = {
        'mean(share["Nova"])': share.mean(),
        'mean(share["Nova"], 3, 7)': share[2:7].mean(),
        'last(share["Nova"])': share[-1],
        'first(share["Nova"], 5)': share[4],
        'end(share["Nova"])': share[-13:].mean(),
        'peak(share["Nova"]) - trough(share["Nova"])': np.ptp(share),
        "sum(revenue)": revenue.sum(),
        'sum(revenue["Nova"]) / last(penetration["Nova"])': revenue[:, nova].sum() / record["penetration"][-1, nova],
        'log(2 * mean(share["Nova"]) ** 2) + abs(-1.5)': math.log(2 * share.mean() ** 2) + 1.5,
        "mean(hhi)": record["hhi"].mean(),
    }
    for text, wanted in cases.items():
        assert parse(text, market).of(record) == pytest.approx(wanted), text


def test_the_figures_that_a_formula_needs_are_known(market):
    assert parse('sum(revenue["Nova"]) / mean(hhi)', market).figures == {"revenue", "hhi"}


@pytest.mark.parametrize(
    "text", ["mean(hhi) / 0", "log(0 * mean(hhi))", "mean(commons_share)", "exp(10000 * mean(hhi))"]
)
def test_what_is_not_defined_is_no_number(text, market, record):
    assert math.isnan(parse(text, market).of(record))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this is no formula"),
        ("mean(shar)", "there is no figure 'shar'; did you mean 'share'?"),
        ('mean(share["Nov"])', "did you mean 'Nova'?"),
        ("meen(hhi)", "there is no function 'meen'; did you mean 'mean'?"),
        ("hhi", "as in mean(hhi)"),
        ("2 + 2", "at least one key figure"),
        ("mean(hhi, 0)", "whole numbers from 1 to 16"),
        ("mean(hhi, 9, 3)", "whole numbers from 1 to 16"),
        ("mean(hhi, 1.5)", "whole numbers from 1 to 16"),
        ("mean(hhi).real", "has no place in a formula"),
        ('__import__("os").system("true")', "has no place in a formula"),
        ("(lambda: 1)()", "has no place in a formula"),
        ("mean(hhi) if mean(hhi) else 1", "has no place in a formula"),
        ("[mean(hhi)]", "has no place in a formula"),
        ("mean(hhi) + True", "has no place in a formula"),
        ("mean(hhi) + 'a'", "has no place in a formula"),
        ("mean(hhi" + ")" * 600, "500 characters at most"),
        ("-" * 450 + "mean(hhi)", ""),
    ],
)
def test_what_is_no_arithmetic_is_refused(text, said, market):
    if not said:  # deep, but arithmetic
        assert parse(text, market).figures == {"hhi"}
        return
    with pytest.raises(ExpressionError, match=r"\w") as caught:
        parse(text, market)
    assert said in str(caught.value)
