"""What every scenario of the library must keep to: one list of checks, applied to each."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from sim.documents import Document, Place
from sim.figures import FIGURES
from sim.market import Market
from sim.scenario import from_document, library, library_folder, load
from tests.guarantees.markets import differing, lived, reduced

NAMES = library()


def test_the_library_has_scenarios_and_the_baseline_comes_first():
    assert NAMES[0] == "baseline"
    assert len(set(NAMES)) == len(NAMES)
    assert {path.stem for path in library_folder().glob("*.toml")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_has_title_story_and_source(name):
    scenario = load(name)
    assert scenario.name == name
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    for text in (scenario.title, scenario.story):
        assert len(text.en.strip()) > 10
        assert len(text.fr.strip()) > 10
        assert text.en != text.fr
    assert scenario.source.strip()


def test_no_two_scenarios_have_the_same_title_or_are_the_same():
    scenarios = [load(name) for name in NAMES]
    assert len({scenario.title.en for scenario in scenarios}) == len(NAMES)
    assert len({scenario.title.fr for scenario in scenarios}) == len(NAMES)
    assert len({scenario.text_hash for scenario in scenarios}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_its_file_names_the_schema_and_its_version(name):
    text = (library_folder() / f"{name}.toml").read_text(encoding="utf-8")
    assert text.startswith("#:schema ./schema.json\n")
    assert re.search(r"^schema_version = 1$", text, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_it_runs(name):
    market = Market(load(name), consumers=1500)
    market.run(8)
    assert market.week == 8
    for key in FIGURES:
        assert not np.isinf(market.record[key]).any(), key
    assert market.record["market_units"].min() > 0
    # Nobody who has come is bankrupt yet.
    assert (market.record["alive"] == market.record["entered"]).all()


@pytest.mark.parametrize("name", NAMES)
def test_it_is_the_same_after_a_trip_through_json(name):
    scenario = load(name)
    data = without_nulls(json.loads(scenario.canonical))
    again = from_document(Document(data, {(): Place(name)}), "another name")
    assert again.canonical == scenario.canonical
    assert again.text_hash == scenario.text_hash


def without_nulls(value):
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", NAMES)
def test_both_engines_live_it(name):
    scenario = reduced(name, consumers=25, weeks=2)
    compiled, objects = lived(scenario), lived(scenario, engine="objects")
    assert compiled.week == objects.week == scenario.horizon
    assert differing(compiled, objects) == []


@pytest.mark.parametrize("name", NAMES)
def test_its_events_leave_time_to_see_their_effect(name):
    scenario = load(name)
    for item in (*scenario.events, *scenario.schedule):
        assert item.week <= scenario.horizon - 4
