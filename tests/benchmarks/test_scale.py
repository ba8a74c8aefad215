"""The measurement of many sizes runs, tells what it found, and the page has a place for it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree

import pytest

from benchmarks.pages import DOCS, renewed
from benchmarks.scale import __main__ as command
from benchmarks.scale.measuring import FIGURES, SMALL, measure, measures_of, sized
from benchmarks.scale.telling import exponent, page, picture, rows
from sim.market import Market
from sim.scenario import load


@pytest.fixture(scope="module")
def found():
    return json.loads(json.dumps(measure(SMALL, lambda words: None)))


@pytest.mark.slow
def test_what_is_measured_is_told(found, tmp_path, capsys):
    text = page(found)
    for heading in ("Errors", "Bias", "Cost", "A country"):
        assert f"### {heading}\n" in text
    assert "70,000,000" in text
    assert "nan" not in text
    root = ElementTree.fromstring(picture(found))
    assert any(element.text == "share" for element in root.iter())
    (tmp_path / "found.json").write_text(json.dumps(found), encoding="utf-8")
    command.main(["--from", str(tmp_path / "found.json")])
    assert capsys.readouterr().out == text + "\n"


@pytest.mark.slow
def test_of_each_figure_the_hardest_item_is_kept(found):
    kept = rows(found, early=False)
    assert len({(row.scenario, row.measure.key) for row in kept}) == len(kept)
    assert {row.scenario for row in kept} == set(FIGURES)
    share = next(row for row in kept if row.scenario == "baseline" and row.measure.key == "share")
    assert share.error == 0.01
    assert share.law.sizes == tuple(SMALL.futures)


def test_the_exponent_is_that_of_the_least_readings():
    timed = {str(n): [3e-7 * n**1.02 * noise for noise in (1.0, 1.5, 1.2)] for n in (10**4, 10**5, 10**6)}
    assert exponent(timed) == pytest.approx(1.02)


def test_more_consumers_than_people_are_drawn_from_the_same_market():
    scenario = load("baseline", {"population.represents": 600, "population.size": 500})
    large = sized(scenario, 1200)
    assert (large.population.size, large.population.represents) == (1200, 600)
    market = Market(large)
    market.run(2)
    # Money and people are counted in people, not in consumers: half a unit each.
    assert market.record["market_units"][-1] < 600
    assert sized(scenario, 550).population.size == 550


def test_the_numbers_that_are_kept_exist_in_every_scenario():
    for name in FIGURES:
        measures = measures_of(load(name))
        assert len(set(measures)) == len(measures)


def test_the_documentation_has_a_place_for_it():
    text = (DOCS / "scale.md").read_text(encoding="utf-8")
    assert renewed(text, "", "scale") != text
    assert (DOCS / "images" / "scale.svg").is_file()
