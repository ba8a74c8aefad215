"""What makes one scenario into another is found, and every part can be laid over by itself."""

from __future__ import annotations

import pytest

from experiments.answers.changes import InseparableError, changes_between, same_market
from experiments.answers.flatten import flat_of, matched, scenario_of
from experiments.answers.futures import alike
from experiments.answers.words.changes import change_name, change_values
from sim.scenario import changed, from_document, library, load
from sim.text import use_language
from tests.experiments import fake_sim


def laid(base, **tables):
    """Give a scenario with whole tables replaced."""
    from sim.documents import Document, Place

    return from_document(Document(base.as_file() | tables, {(): Place("test")}), base.name)


@pytest.mark.parametrize("name", library())
def test_every_scenario_of_the_library_comes_back_from_its_flat_table(name):
    scenario = load(name)
    flat = flat_of(scenario)
    assert flat_of(scenario_of(flat, scenario)) == flat


def test_a_lever_with_its_schedule_an_event_and_a_parameter_are_a_change_each():
    before = fake_sim.scenario()
    data = before.as_file()
    after = laid(
        changed(before, {"firm.Élan.levers.price": 9.5, "mechanisms.activation.sway": 0.2}),
        schedule=[{"week": 26, "firm": "Élan", "price": 8.0}, {"week": 30, "firm": "Pyramide", "openness": 0.5}],
        event=[data["event"][0] | {"week": 25}, {"kind": "news", "week": 5, "cause": "labour", "severity": 0.2}],
    )
    found = changes_between(before, after)
    keys = [{tuple(edit.key) for edit in change.edits} for change in found.changes]
    price = {("firm", "Élan", "levers", "price"), ("schedule", "Élan", "price")}
    assert price in keys
    assert {("schedule", "Pyramide", "openness")} in keys
    assert {("event", "0")} in keys
    assert {("event", "1")} in keys
    assert {("mechanisms", "activation", "sway")} in keys
    assert len(keys) == 5
    with use_language("en"):
        named = {change_name(change): change_values(change) for change in found.changes}
    assert named["Élan: price"] == ("10; 9 from week 26", "9.5; 8 from week 26")
    assert named["Pyramide: openness"] == ("0.1", "0.1; 0.5 from week 30")
    assert named["Scandal · Pyramide · labour"] == ("week 20, severity 0.8", "week 25, severity 0.8")
    # Each one alone is that change and nothing else.
    for place, change in enumerate(found.changes):
        only = changes_between(before, found.scenario([place]))
        assert [edit.model_dump() for one in only.changes for edit in one.edits] == [
            edit.model_dump() for edit in change.edits
        ]
    assert found.scenario([]) is before
    assert found.scenario(range(5)) is after


def test_a_firm_of_one_side_is_one_change_with_all_that_refers_to_it():
    before = fake_sim.scenario()
    data = before.as_file()
    firm = next(one for one in data["firm"] if one["name"] == "Élan") | {"name": "Neuve"}
    after = laid(
        before,
        firm=[*data["firm"], firm],
        schedule=[*data["schedule"], {"week": 9, "firm": "Neuve", "price": 7.0}],
        event=[*data["event"], {"kind": "exposure", "week": 12, "firm": "Neuve", "severity": 0.3}],
    )
    found = changes_between(before, after)
    assert len(found) == 1
    with use_language("fr"):
        assert change_name(found.changes[0]) == "la firme Neuve s'ajoute"
    back = changes_between(after, before)
    with use_language("en"):
        assert change_name(back.changes[0]) == "the firm Neuve is left out"


def test_changes_that_only_go_together_are_made_one():
    before = fake_sim.scenario()
    # The bars of a click and of an act must stay in order: neither alone would be allowed.
    after = changed(before, {"mechanisms.activation.click_cost": 0.5, "mechanisms.activation.act_cost": 0.6})
    found = changes_between(before, after)
    assert [len(change.edits) for change in found.changes] == [2]


def test_groups_put_changes_together():
    before = load("baseline")
    after = alike([before, load("sincere_opening")])[1]
    assert len(changes_between(before, after)) == 10
    assert len(changes_between(before, after, "firm")) == 1
    other = alike([before, load("sweatshop_scandal")])[1]
    assert len(changes_between(before, other, "family")) == 2
    (change,) = changes_between(before, other, "firm").changes
    with use_language("en"):
        assert change_name(change) == "Citadel: everything that differs"
        assert change_values(change) == ("", "3 values differ")


def test_names_texts_and_order_make_no_other_market():
    before = fake_sim.scenario()
    data = before.as_file()
    after = laid(before, firm=data["firm"][::-1], title={"en": "Other", "fr": "Autre"}, name="other")
    assert same_market(before, after)
    assert matched(flat_of(before), flat_of(after)) == flat_of(before)
    assert len(changes_between(before, after)) == 0


def test_what_goes_wrong_wherever_it_is_laid_is_refused(monkeypatch):
    from sim.problems import Place, Problem, ScenarioError

    before = fake_sim.scenario()
    after = changed(before, {"firm.Élan.levers.price": 9.0, "network.peers": 4})

    def refuse(*_):
        raise ScenarioError([Problem(Place("test"), "title", "nothing will do")])

    monkeypatch.setattr("experiments.answers.changes.scenario_of", refuse)
    with pytest.raises(InseparableError, match="nothing will do"):
        changes_between(before, after)
