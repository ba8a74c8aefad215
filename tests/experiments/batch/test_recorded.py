"""What is kept of a run: figures, items, ends."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.batch.recorded import Recorded, column_name, means, split_figure
from experiments.calibration.expressions import over_weeks, parse
from experiments.recording import figures_of
from sim.market import Market
from sim.scenario import load


@pytest.fixture(scope="module")
def record():
    market = Market(load("open_source_commons", {"population.size": 300, "horizon": 60}))
    market.run(20)
    return market.record


def test_everything_is_kept_as_it_lies_in_the_record(record):
    kept = Recorded(None, True).of(record)
    figures = figures_of(record)
    assert [key for key, _, _ in kept.layout] == list(figures)
    assert kept.block == b"".join(values.tobytes() for _, _, values in figures.values())


def test_ends_are_the_means_of_the_last_weeks_that_have_a_value(record):
    ends = Recorded(None, False).of(record).ends
    expected = {
        column_name(key, item): over_weeks("end", series, [])
        for key, (_, items, values) in figures_of(record).items()
        for item, series in zip(items, values.T, strict=True)
    }
    assert list(ends) == list(expected)
    assert list(ends.values()) == pytest.approx(list(expected.values()), rel=1e-12, nan_ok=True)
    assert sum(np.isnan(end) for end in ends.values()) > 0


def test_means_leave_out_what_is_undefined():
    nan = float("nan")
    found = means(np.array([[1.0, nan, nan], [3.0, nan, 5.0]]))
    assert found[[0, 2]].tolist() == [2.0, 5.0]
    assert np.isnan(found[1])


def test_some_figures_of_some_items(record):
    firms = record.items["firm"]
    first, last = firms[0], firms[-1]
    formula = parse(f'2 * last(profit["{first}"])', record.scenario)
    wanted = Recorded((f"share.{last}", f"share.{first}", "units", "profit.Nobody"), True, (("twice", formula),))
    assert wanted.keys == ("share", "units", "profit")
    kept = wanted.of(record)
    # In the order of the market, whatever the order in the file; what it does not have is left out.
    assert {key: items for key, _, items in kept.layout} == {"share": (first, last), "units": firms}
    assert kept.block is not None
    blocks = {"share": record["share"][:, [0, -1]], "units": record["units"]}
    assert kept.block == b"".join(np.ascontiguousarray(blocks[key]).tobytes() for key, _, _ in kept.layout)
    assert kept.ends["twice"] == 2 * record["profit"][-1, 0]


def test_a_figure_named_with_and_without_an_item_is_kept_whole(record):
    for figures in (("share.Nova", "share"), ("share", "share.Nova")):
        assert Recorded(figures, True).of(record).layout == (("share", "firm", record.items["firm"]),)


@pytest.mark.parametrize(("text", "parts"), [("share", ("share", None)), ("share.A. B.", ("share", "A. B."))])
def test_figures_are_taken_apart_at_the_first_dot(text, parts):
    assert split_figure(text) == parts
