"""From the record of a run to one number."""

from __future__ import annotations

import math

import numpy as np
import pytest

from experiments.claims.measures import Measure, numbers
from sim.market import Market
from sim.scenario import load

SERIES = np.arange(1.0, 27.0)  # weeks 1 to 26


@pytest.mark.parametrize(
    ("over", "weeks", "expected"),
    [
        ("end", None, np.arange(14, 27).mean()),
        ("mean", None, 13.5),
        ("peak", None, 26.0),
        ("trough", None, 1.0),
        ("sum", None, 351.0),
        ("mean", (3, 5), 4.0),
        ("peak", (3, 5), 5.0),
        ("sum", (7, 7), 7.0),
        ("end", (1, 20), np.arange(8, 21).mean()),
    ],
)
def test_a_series_becomes_a_number(over, weeks, expected):
    assert Measure("share", "Nova", over, weeks).of(SERIES) == expected


def test_weeks_without_a_value_are_left_out():
    series = np.where(SERIES > 20, np.nan, SERIES)
    assert Measure("rating", "Nova", "end").of(series) == np.arange(14, 21).mean()
    assert math.isnan(Measure("rating", "Nova", "mean", (21, 26)).of(series))


def test_numbers_are_those_of_the_item_that_is_named():
    market = Market(load("baseline"), consumers=200)
    market.run(3)
    nova = market.record.firms.index("Nova")
    found = numbers(market.record, (Measure("share", "Nova", "peak"), Measure("hhi", "", "mean")))
    assert found == [market.record["share"][:, nova].max(), market.record["hhi"].mean()]
