"""Stories of consumers and firms, and the lines beside the network, say what the recording holds."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from dashboards.market.firms import GROUPS, firm_panels, firm_table, levers, notes, strategy_words
from dashboards.market.recording import AGAINST, FOR
from dashboards.market.series import figure_panel, panels
from dashboards.market.story import eventful, moments, opening_week, story
from sim.figures import FIGURES
from sim.scenario import changed
from sim.text import LANGUAGES, use_language


def _militant(recording, role):
    return int(np.flatnonzero((recording.channels["role"] == role).any(axis=0))[0])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [FOR, AGAINST])
def test_a_militants_story_says_against_whom_and_when(untouched, role, language):
    consumer = _militant(untouched, role)
    with use_language(language):
        told = story(untouched, consumer)
    week = int(np.argmax(untouched.channels["role"][:, consumer] == role))
    firm = untouched.suppliers[untouched.channels["target"][week, consumer]].name
    at_that_week = [one["text"] for one in told["moments"] if one["week"] == week]
    assert any(firm in text and untouched.causes[0] in text for text in at_that_week)
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_a_future_opens_where_there_is_something_to_see(untouched, makers):
    assert opening_week(untouched) == 13  # the scandal is in week 12, within the first quarter
    late = changed(untouched.scenario, {"event.0.week": 31})
    assert opening_week(replace(untouched, scenario=late)) == 31
    assert not makers.scenario.events
    assert opening_week(makers) == makers.weeks // 2  # half a year is too late in 30 weeks


def test_every_change_of_supplier_is_in_the_story(untouched):
    supplier = untouched.channels["supplier.0"]
    for consumer in range(60):
        weeks = np.flatnonzero(supplier[1:, consumer] != supplier[:-1, consumer]) + 1
        told = [one.week for one in moments(untouched, consumer) if one.kind in {"buys", "switches"}]
        assert told == weeks.tolist()


def test_members_come_and_go_in_the_story(untouched):
    community = untouched.channels["community"]
    joined = np.flatnonzero((community != 255).any(axis=0))
    assert joined.size
    consumer = int(joined[0])
    changes = (np.flatnonzero(community[1:, consumer] != community[:-1, consumer]) + 1).tolist()
    assert set(changes) <= {one.week for one in moments(untouched, consumer) if one.kind == "community"}


def test_beliefs_in_the_story_are_those_recorded(untouched):
    told = story(untouched, 7)
    assert [one["name"] for one in told["beliefs"]] == [supplier.name for supplier in untouched.suppliers]
    assert len(told["beliefs"][0]["quality"]) == len(told["weeks"]) == len(untouched.belief_weeks)
    assert told["beliefs"][0]["quality"][-1] == pytest.approx(untouched.quality[-1, 0, 7] / 255, abs=1e-3)


@pytest.mark.parametrize("consumer", [-1, 600])
def test_nobody_else_has_a_story(untouched, consumer):
    with pytest.raises(IndexError, match="0 to 599"):
        story(untouched, consumer)


def test_panels_show_what_the_market_has(untouched, swaps, makers, sectors):
    assert {panel.key for panel in panels(untouched)} >= {"salience", "militants"}
    assert {panel.key for panel in panels(swaps)} >= {"alternatives", "sharing_stock"}
    assert {panel.key for panel in panels(makers)} >= {"alternatives", "commons_quality"}
    assert "alternatives" not in {panel.key for panel in panels(sectors)}
    for recording in (untouched, swaps, makers, sectors):
        for panel in panels(recording):
            json.dumps(panel.as_data(), allow_nan=False)
            assert all(len(line.values) == recording.weeks for line in panel.lines)


def test_militants_by_side_add_up_to_those_of_the_cause(untouched):
    panel = next(one for one in panels(untouched) if one.key == "militants")
    sides = np.sum([np.array(line.values, float) for line in panel.lines], axis=0)
    np.testing.assert_allclose(sides, untouched.figures["cause_militants"].sum(axis=1), rtol=1e-3)


@pytest.mark.parametrize("key", ["share", "salience", "mean_price", "switching_rate", "hardship"])
def test_any_figure_can_be_a_panel(untouched, key):
    panel = figure_panel(untouched, key)
    assert len(panel.lines) == len(untouched.items[FIGURES[key].scope])
    assert all(line.name for line in panel.lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_firm_is_told_through_time(scandal, untouched, language):
    firm = untouched.firms.index("Citadel")
    with use_language(language):
        told = notes(untouched, firm)
        for group in GROUPS:
            assert firm_panels(untouched, firm, group)
        table = firm_table(untouched, firm, 40)
        assert strategy_words(untouched, firm)
    assert 12 in {note.week for note in told}
    assert [note.week for note in told] == sorted(note.week for note in told)
    assert len(table) == sum(figure.scope == "firm" for figure in FIGURES.values())


def test_levers_that_moved_are_marked(untouched):
    firm = untouched.firms.index("Citadel")
    start, end = levers(untouched, firm, 0), levers(untouched, firm, untouched.weeks)
    assert not any(lever.has_moved for lever in start)
    for lever in end:
        values = untouched.levers[lever.key][:, firm]
        assert lever.has_moved == bool((values != values[0]).any())


def test_one_begins_with_somebody_to_whom_much_happened(untouched):
    assert len(moments(untouched, eventful(untouched))) > np.median([len(moments(untouched, i)) for i in range(100)])
