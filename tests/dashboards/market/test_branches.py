"""A branch is the untouched future up to the week of its event, and what it changes is told truly."""

from __future__ import annotations

import numpy as np
import pytest

from dashboards.market.branches import (
    KINDS,
    Branch,
    changed_consumers,
    fields,
    first_difference,
    injected,
    injection_words,
    kinds_of,
)
from dashboards.market.comparing import COMPARED, compared, difference_figure, levels_figure, rows, verdict
from dashboards.market.recording import Recording, fitted
from dashboards.market.recording import record as record_or_stop
from sim.problems import ScenarioError
from sim.scenario import Scenario, load
from sim.text import LANGUAGES, use_language

WEEK = 20


def record(scenario: Scenario) -> Recording:
    recording = record_or_stop(scenario)
    assert recording is not None
    return recording


def _values(kind, scenario):
    return {field.key: field.start for field in fields(kind, scenario)}


@pytest.fixture(scope="module")
def branches(scandal, untouched):
    """A branch of every kind of event at week 20."""
    made = {}
    for kind in KINDS:
        values = _values(kind, scandal)
        made[kind] = record(injected(scandal, untouched, kind, values, WEEK))
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_a_branch_is_the_untouched_future_before_its_week(untouched, branches, kind):
    branch = branches[kind]
    differs = changed_consumers(untouched, branch)
    assert not differs[:WEEK].any()
    for name, channel in untouched.channels.items():
        if name.startswith("supplier") or name in {"community", "ambassador", "target"}:
            continue  # numbers of suppliers, which an entry can shift; the comparison above goes by name
        np.testing.assert_array_equal(channel[:WEEK], branch.channels[name][:WEEK])
    for key in COMPARED:
        for _, before, after in compared(untouched, branch, key):
            if np.isfinite(before).any():
                np.testing.assert_array_equal(before[: WEEK - 1], after[: WEEK - 1])


@pytest.mark.parametrize("kind", ["price_cut", "scandal", "entry", "listing"])
def test_a_strong_event_changes_somebody_from_its_week_on(untouched, branches, kind):
    first = first_difference(untouched, branches[kind])
    assert first is not None
    assert WEEK <= first <= WEEK + 3


def test_a_branch_can_go_on_from_a_checkpoint_with_the_same_bits(tmp_path, scandal, untouched):
    """Run from the start, a branch is what the saved untouched market would have become with the event."""
    from sim.checkpoint import restore, save
    from sim.entities import Scandal
    from sim.market import Market

    values = _values("scandal", scandal)
    whole = record(injected(scandal, untouched, "scandal", values, WEEK))
    market = Market(scandal)
    market.run(WEEK - 1)
    save(market, tmp_path / "week.npz")
    going_on = restore(tmp_path / "week.npz")
    event = Scandal(kind="scandal", week=WEEK, **values)
    going_on._events_of.setdefault(WEEK, []).append(event)
    going_on.run()
    role = going_on.population.get("role")
    np.testing.assert_array_equal(whole.channels["role"][-1] >= 3, role == 1)
    np.testing.assert_array_equal(whole.figures["share"], going_on.record["share"])


def test_who_differs_is_nobody_in_the_same_future(untouched, scandal):
    again = record(fitted(scandal))
    assert first_difference(untouched, again) is None


def test_an_entry_brings_a_firm_that_was_not_there(untouched, branches):
    branch = branches["entry"]
    assert len(branch.firms) == len(untouched.firms) + 1
    newcomer = branch.firms[-1]
    assert newcomer not in untouched.firms
    share = branch.figures["share"][:, -1]
    assert (share[: WEEK - 1] == 0).all()
    assert share[WEEK - 1 :].max() > 0
    pairs = {name: before for name, before, _ in compared(untouched, branch, "share")}
    assert np.isnan(pairs[newcomer]).all()


def test_a_price_is_cut_from_what_it_is_and_comes_back(untouched, branches):
    branch = branches["price_cut"]
    before, price = untouched.levers["price"][WEEK - 1, 0], branch.levers["price"][:, 0]
    assert price[WEEK] == pytest.approx(0.85 * before, abs=1e-3)
    assert price[WEEK + 7] == price[WEEK]
    assert price[WEEK + 8] == pytest.approx(before)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_event_asks_and_is_told_in_words(scandal, untouched, kind, language):
    with use_language(language):
        asked = fields(kind, scandal)
        assert all(field.label for field in asked)
        values = {field.key: field.start for field in asked}
        scenario = injected(scandal, untouched, kind, values, WEEK)
        words = injection_words(Branch(1, WEEK, kind, tuple(values.items()), scenario))
    assert words
    assert "{" not in words


def test_values_out_of_bounds_are_brought_back(untouched, scandal):
    values = {"firm": "Citadel", "cut": 40.0, "weeks": float("nan")}
    scenario = injected(scandal, untouched, "price_cut", values, WEEK)
    change = scenario.schedule[-1]
    price = float(untouched.levers["price"][WEEK - 1, untouched.firms.index("Citadel")])
    assert change.levers["price"] == pytest.approx(0.4 * price, abs=1e-3)
    assert change.until == WEEK + 8


def test_what_cannot_be_is_refused_with_its_reason(untouched, scandal):
    first = injected(scandal, untouched, "price_cut", _values("price_cut", scandal), WEEK)
    with pytest.raises(ScenarioError):
        injected(first, untouched, "price_cut", _values("price_cut", scandal), WEEK + 2)
    with pytest.raises(ScenarioError):
        injected(scandal, untouched, "scandal", _values("scandal", scandal) | {"firm": "Nobody"}, WEEK)


def test_without_causes_there_are_no_scandals():
    scenario = load("catsup")
    assert not scenario.causes
    assert {"scandal", "news"}.isdisjoint(kinds_of(scenario))
    assert all(fields(kind, scenario) for kind in kinds_of(scenario))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_changed_is_told_with_signs_and_in_points(untouched, branches, language):
    with use_language(language):
        found = rows(untouched, branches["scandal"], WEEK)
        texts = [row.texts() for row in found]
        told = verdict(untouched, branches["scandal"], WEEK, "Scandal")
    shares = [row for row in found if row.figure.key == "share"]
    assert sum(row.change for row in shares) == pytest.approx(0, abs=1e-9)
    assert {row["change"][0] for row in texts} <= set("+−–n") | {"i"}
    assert "20" in told


def test_the_difference_is_zero_before_the_event_and_drawn_for_all(untouched, branches):
    figure = difference_figure(untouched, branches["entry"], "share", WEEK)
    assert len(figure["data"]) == len(untouched.firms) + 1
    for trace in figure["data"]:
        assert all(value == 0 for value in trace["y"][: WEEK - 1])
    total = np.sum([trace["y"] for trace in figure["data"]], axis=0)
    np.testing.assert_allclose(total, 0, atol=0.01)


def test_both_futures_are_drawn_the_untouched_one_dotted(untouched, branches):
    figure = levels_figure(untouched, branches["price_cut"], "share", WEEK)
    dashes = [trace["line"]["dash"] for trace in figure["data"]]
    assert dashes == ["dot", "solid"] * len(untouched.firms)
    np.testing.assert_allclose(figure["data"][0]["y"], 100 * untouched.figures["share"][:, 0], rtol=1e-3)


def test_the_verdict_names_who_gained_and_who_lost_most_after_the_event(untouched, branches):
    with use_language("en"):
        told = verdict(untouched, branches["price_cut"], WEEK, "Price cut")
    soon = {
        name: np.mean(after[WEEK - 1 : WEEK + 12] - before[WEEK - 1 : WEEK + 12])
        for name, before, after in compared(untouched, branches["price_cut"], "share")
    }
    assert max(soon, key=lambda name: soon[name]) == untouched.firms[0]
    assert f"{untouched.firms[0]} stood at +" in told
    assert f"{min(soon, key=lambda name: soon[name])} at −" in told


def test_a_name_with_markup_is_shown_as_it_is(scandal):
    from sim.scenario import changed

    named = changed(scandal, {"firm.0.name": "<b>Bold</b>", "event.0.firm": "<b>Bold</b>"})
    one = record(named)
    figure = difference_figure(one, one, "share", WEEK)
    assert "&lt;b&gt;Bold" in figure["data"][0]["name"]
    assert all("<" not in note["text"] for note in figure["layout"]["annotations"])


def test_a_spreadsheet_gets_both_futures_and_takes_no_name_for_a_formula(scandal):
    import csv
    import io

    from dashboards.market.comparing import branch_csv
    from sim.scenario import changed

    one = record(changed(scandal, {"firm.0.name": "=1+1", "event.0.firm": "=1+1"}))
    table = list(csv.reader(io.StringIO(branch_csv(one, one).decode("utf-8-sig"))))
    names = {row[1] for row in table[1:]}
    assert "'=1+1" in names
    assert not any(name.startswith("=") for name in names)
    shares = [row for row in table if row[0] == "share" and row[1] == "'=1+1"]
    assert [float(row[3]) for row in shares] == one.figures["share"][:, 0].tolist()
    with use_language("fr"):
        french = list(csv.reader(io.StringIO(branch_csv(one, one).decode("utf-8-sig")), delimiter=";"))
    shares = [row for row in french if row[0] == "share" and row[1] == "'=1+1"]
    assert [float(row[3].replace(",", ".")) for row in shares] == one.figures["share"][:, 0].tolist()


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_picture_of_a_branch_names_the_market_and_the_future(scandal, untouched, code):
    from dashboards.market.comparing import picture_of

    with use_language(code):
        picture = picture_of(untouched, "Title", "told", "note")
    assert (picture.title, picture.of) == ("Title", getattr(scandal.title, code))
    told, size, note = picture.notes
    assert (told, note) == ("told", "note")
    assert {"en": "future no. 1.", "fr": "futur n° 1."}[code] in size
