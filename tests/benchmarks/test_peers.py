"""The peers of the benchmarks run the same market: small ones, those that are installed here."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from benchmarks.chart import Line, chart
from benchmarks.pages import renewed
from benchmarks.peers import agreement, timing
from benchmarks.peers.peers import PEERS, Entry, ask
from benchmarks.peers.spec import MARKET, read_spec
from benchmarks.peers.worker import figures_of, spec_from

ALWAYS = {"mesa", "numpy", "ours", "threads"}
SMALL = {"consumers": 600, "weeks": 12, "last": 6}


@pytest.fixture(scope="module")
def spec():
    return read_spec()


def builder(entry: Entry):
    try:
        return getattr(import_module(entry.module), entry.function)
    except ImportError as error:
        if entry.key in ALWAYS:
            raise
        pytest.skip(f"{entry.title} is not installed ({error.name})")


@pytest.fixture(scope="module")
def ours(spec):
    build = builder(next(entry for entry in PEERS if entry.key == "ours"))
    return [figures_of(build, spec, seed, **SMALL) for seed in (1, 2, 3, 4)]


# --- the peers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", PEERS, ids=lambda entry: entry.key)
def test_a_peer_lives_through_much_the_same_market_as_ours(entry, spec, ours):
    found = [figures_of(builder(entry), spec, seed, **SMALL) for seed in (1, 2, 3, 4)]
    assert [a for a in agreement.compare(found, ours, slack=12.0) if not a.holds] == []
    assert all(0 < share < 1 for figures in found for share in figures["share"])
    assert all(sum(figures["militants"]) > 0.05 for figures in found)


@pytest.mark.parametrize("entry", PEERS, ids=lambda entry: entry.key)
def test_the_same_seed_gives_a_peer_the_same_market(entry, spec):
    build, size = builder(entry), {"consumers": 150, "weeks": 4, "last": 4}
    assert figures_of(build, spec, 7, **size) == figures_of(build, spec, 7, **size)
    assert figures_of(build, spec, 7, **size) != figures_of(build, spec, 8, **size)


def test_ours_gives_the_same_bits_in_any_number_of_threads(spec, ours):
    build = builder(next(entry for entry in PEERS if entry.key == "threads"))
    assert figures_of(build, spec, 1, **SMALL) == ours[0]


@pytest.mark.parametrize(
    ("change", "figure"),
    [
        ({"quality_weight": 0.0}, "share"),
        ({"purchase_effect": 0.0}, "share"),
        ({"outside": 0.5}, "units"),
        ({"defect_loss": 0.0}, "satisfaction"),
        ({"match": 0.0}, "satisfaction"),
        ({"pressure": 0.0}, "militants"),
        ({"mood": 0.0}, "militants"),
        ({"speed": 0.0}, "belief"),
    ],
)
def test_a_missing_rule_moves_a_figure_beyond_its_tolerance(change, figure, spec):
    build = builder(next(entry for entry in PEERS if entry.key == "numpy"))
    size, seeds = {"consumers": 4000, "weeks": 26, "last": 13}, range(5)
    with_it = [figures_of(build, spec, seed, **size)[figure] for seed in seeds]
    without = [figures_of(build, replace(spec, **change), seed, **size)[figure] for seed in seeds]
    # The same seeds draw the same people, so that a small effect stands out.
    effects = np.mean(without, axis=0) - np.mean(with_it, axis=0)
    assert abs(effects).max() > agreement.TOLERANCES[figure]


# --- what is read, compared and shown ---------------------------------------------------------------------


def test_the_spec_is_read_from_the_scenario(spec):
    assert (spec.firms, spec.causes, spec.peers) == (8, 2, 10)
    assert (spec.target, spec.stance) == ((3, 6), (-1, 1))
    assert (spec.salience, spec.defect_rate[0], spec.speed) == ((0.5, 0.4), 0.08, 0.5)


@pytest.mark.parametrize(
    ("given", "instead", "complaint"),
    [
        ("forgetting = 0.0", "forgetting = 0.1", "attention that fades"),
        ("sway = 0.0", "sway = 0.1", "voices that sway"),
        ("[mechanisms.leaks]\nenabled = false", "", "mechanisms"),
    ],
)
def test_a_scenario_with_more_than_peers_have_is_refused(given, instead, complaint, tmp_path):
    text = MARKET.read_text(encoding="utf-8")
    assert given in text
    path = tmp_path / "market.toml"
    path.write_text(text.replace(given, instead), encoding="utf-8")
    with pytest.raises(ValueError, match=complaint):
        read_spec(path)


def figures(share: float) -> dict[str, list[float]]:
    return {"share": [share, 0.5], "units": [0.3], "satisfaction": [0.6], "militants": [0.1], "belief": [0.5]}


def test_figures_agree_if_their_difference_is_surely_within_the_tolerance():
    ours = [figures(0.3000), figures(0.3002)]
    near = agreement.compare([figures(0.3011), figures(0.3009)], ours)
    far = agreement.compare([figures(0.3101), figures(0.3099)], ours)
    vague = agreement.compare([figures(0.28), figures(0.32)], ours)
    assert [a.holds for a in near] == [True] * 5
    assert [a.name for a in far if not a.holds] == ["share"]
    assert [a.name for a in vague if not a.holds] == ["share"]
    assert near[0].difference == pytest.approx(0.0009)
    assert "**no**" in agreement.rows({"a peer": far})[-1]


def test_a_peer_can_be_measured_in_a_process_of_its_own(spec):
    entry = next(entry for entry in PEERS if entry.key == "numpy")
    plan = replace(timing.SMALL, sizes=(50, 100), budget=60.0)
    speed = timing.measure([entry], spec, plan, lambda words: None)[0]
    assert sorted(speed.weeks) == [50, 100]
    assert "| numpy | **" in timing.rows([speed], plan.sizes)[-1]


def test_a_peer_that_would_take_too_long_stops(spec):
    entry = next(entry for entry in PEERS if entry.key == "numpy")
    plan = replace(timing.SMALL, sizes=(50, 10**9), budget=20.0)
    speed = timing.measure([entry], spec, plan, lambda words: None)[0]
    assert sorted(speed.weeks) == [50]
    assert speed.stopped.startswith("1,000,000,000 would take about")


def test_what_a_missing_peer_lacks_is_named(spec):
    entry = Entry("none", "None", "benchmarks.peers.with_nothing", "#000")
    assert ask(entry, spec, "probe") == {"missing": "benchmarks.peers.with_nothing"}


def test_what_goes_to_another_process_comes_back_the_same(spec):
    assert spec_from(json.loads(json.dumps(spec.as_table()))) == spec


def test_the_chart_is_a_picture_with_every_line_named():
    lines = [Line("one & only", "#111", [(10, 5.0), (100, 50.0)]), Line("none", "#222", [])]
    root = ElementTree.fromstring(chart("Title", "a second", "Consumers", lines))
    words = {element.text for element in root.iter() if element.text and element.text.strip()}
    assert {"Title", "one & only", "Consumers"} <= words
    assert "none" not in words


def test_the_page_is_renewed_between_its_marks():
    page = "before\n<!-- peers -->\nold\n<!-- /peers -->\nafter\n"
    assert renewed(page, "new", "peers") == "before\n<!-- peers -->\nnew\n<!-- /peers -->\nafter\n"
    with pytest.raises(ValueError, match="peers"):
        renewed("no marks", "new", "peers")


def test_the_documentation_has_a_place_for_the_comparison():
    page = (Path(__file__).resolve().parents[2] / "docs" / "performance.md").read_text(encoding="utf-8")
    assert renewed(page, "", "peers") != page
