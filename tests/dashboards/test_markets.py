"""A market being worked on: edits, undo, files, links."""

from dataclasses import replace

import pytest

from dashboards.history import History
from dashboards.lab import happenings
from dashboards.links import query_of, restored
from dashboards.markets import DEFAULT, Draft, Happening, file_stem, problems_of
from sim.problems import ScenarioError
from sim.scenario import library
from sim.text import LANGUAGES, use_language


def from_text(text):
    """Read a scenario as every other reader does."""
    import tomllib

    from sim.documents import Document, Place
    from sim.scenario import from_document

    return from_document(Document(tomllib.loads(text), {(): Place("scenario.toml")}), "scenario")


PRICE = "firm.Nova.levers.price"


def draft(name=DEFAULT):
    return Draft.of(name)


# --- edits ------------------------------------------------------------------------------------------------


def test_a_change_is_in_the_scenario_and_the_base_stays():
    changed = draft().with_change(PRICE, 8.0)
    assert changed.scenario.firms[0].levers.price == 8.0
    assert changed.base.firms[0].levers.price == 10.0
    assert changed.changed_keys == (PRICE,)
    assert changed.value(PRICE) == 8.0


def test_the_value_of_the_base_is_no_change():
    assert draft().with_change(PRICE, 8.0).with_change(PRICE, 10.0) == draft()


def test_settings_are_the_same_whether_handed_on_or_searched_anew():
    first = draft("sincere_opening")
    assert first.settings
    changed = first.with_change(PRICE, 8.0).with_change("schedule.0.openness", 0.5).moved(0, 20)
    fresh = Draft.of_scenario(changed.scenario)
    assert list(changed.settings) == list(fresh.settings)
    assert changed.value("schedule.0.week") == 20


def test_another_kind_of_distribution_replaces_the_numbers_of_the_old():
    key = "population.traits.peer_trust"
    changed = draft().with_change(f"{key}.mean", 0.7).with_change(key, {"distribution": "constant", "value": 0.3})
    assert changed.scenario.population.traits.peer_trust.value == 0.3
    assert changed.changed_keys == (key,)


def test_an_optional_value_can_be_left_out():
    changed = draft().with_change("sector.drinks.outside", None)
    assert draft().scenario.sectors[0].outside == -2.0
    assert changed.scenario.sectors[0].outside is None


def test_what_does_not_go_together_is_said():
    wrong = draft().with_change(PRICE, 1e5)
    assert [problem.key for problem in problems_of(wrong)] == [PRICE]
    with pytest.raises(ScenarioError):
        _ = wrong.scenario


def test_firms_that_scenarios_are_about():
    found = {name: draft(name).you for name in ("baseline", "sweatshop_scandal", "price_war", "sincere_opening")}
    assert found == {
        "baseline": "Nova",
        "sweatshop_scandal": "Citadel",
        "price_war": "Aubaine",
        "sincere_opening": "Nova",
    }


# --- what happens -----------------------------------------------------------------------------------------


def test_what_is_switched_off_does_not_happen_and_can_be_switched_on():
    before = draft("gaffe")
    off = before.switched(1, False)
    assert len(off.scenario.events) == len(before.scenario.events) - 1
    assert len(off.laid_out["event"]) == len(before.scenario.events)
    assert off.switched(1, True) == before


def test_levers_of_events_keep_their_place_when_others_are_off():
    changed = draft("gaffe").switched(0, False).with_change("event.1.severity", 0.11)
    assert changed.scenario.events[0].severity == 0.11
    assert changed.value("event.1.severity") == 0.11


def test_a_change_that_is_moved_stays_as_long():
    one = Happening.of("schedule", {"week": 10, "until": 16, "firm": "Nova", "price": 8.0})
    assert one.moved(30).data["until"] == 36


def test_weeks_are_held_to_the_horizon():
    assert draft("sweatshop_scandal").moved(0, 10_000).happenings[0].week == 104
    assert draft("sweatshop_scandal").moved(0, -3).happenings[0].week == 1


def test_what_lies_beyond_a_shorter_horizon_is_left_out():
    short = draft("sweatshop_scandal").with_change("horizon", 20)
    assert short.scenario.horizon == 20
    assert short.scenario.events == []


def test_a_firm_of_the_source_that_is_off_never_enters_and_leaves_the_firms_as_they_are():
    before = draft("open_entrants")
    off = before.without(0)
    assert not off.happenings[0].is_on
    assert off.scenario.firms[-1].enters == 105
    assert [firm.name for firm in off.scenario.firms] == [firm.name for firm in before.scenario.firms]


def test_a_firm_that_is_added_and_removed_leaves_nothing():
    row = dict(draft().laid_out["firm"][1])
    one = Happening.of("entry", {"firm": "Newcomer", "week": 20, "setup": {**row, "enters": 1}})
    added = draft().adding(one).with_change("firm.Newcomer.levers.price", 7.0)
    assert (added.scenario.firms[-1].name, added.scenario.firms[-1].enters) == ("Newcomer", 20)
    assert added.scenario.firms[-1].levers.price == 7.0
    assert added.without(0) == draft()


# --- undo -------------------------------------------------------------------------------------------------


def test_steps_go_back_and_forth():
    one, two = draft().with_change(PRICE, 9.0), draft().with_change(PRICE, 8.0)
    steps = History(draft()).go(one, "a", 0).go(two, "b", 1)
    assert steps.undo().present == one
    assert steps.undo().undo().present == draft()
    assert not steps.undo().undo().can_undo
    assert steps.undo().redo().present == two
    assert steps.undo().go(draft(), "c", 2).can_redo is False


def test_a_lever_that_is_dragged_is_one_step():
    steps = History(draft())
    for place in range(30):
        steps = steps.go(draft().with_change(PRICE, 9.0 - place / 10), PRICE, place * 0.06)
    assert len(steps.past) == 1
    assert steps.undo().present == draft()
    later = steps.go(draft().with_change(PRICE, 5.0), PRICE, 60.0)
    assert len(later.past) == 2


def test_history_is_bounded():
    steps = History(draft())
    for place in range(250):
        steps = steps.go(draft().with_change(PRICE, 5 + place / 100), str(place), place)
    assert len(steps.past) == 100


# --- files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", library())
def test_a_file_gives_the_same_market_again(name):
    first = draft(name)
    assert Draft.from_toml(first.to_toml()).scenario.text_hash == first.scenario.text_hash


def test_a_changed_market_survives_its_file():
    changed = draft("sweatshop_scandal").with_change(PRICE, 8.0).moved(0, 40).named("My own: “plan”")
    again = Draft.from_toml(changed.to_toml(), "plan.toml")
    assert again.value(PRICE) == 8.0
    assert again.happenings[0].week == 40
    assert again.title_in("en") == again.title_in("fr") == "My own: “plan”"
    assert not again.is_changed


def test_all_mistakes_of_a_file_are_said_with_their_lines():
    text = "extends = 'baseline'\nhorizon = -3\n[population]\nsizze = 3\n[[event]]\nkind = 'scandal'\n"
    with pytest.raises(ScenarioError) as caught:
        Draft.from_toml(text, "../../mine.toml")
    places = [(problem.place.file, problem.place.line) for problem in caught.value.problems]
    assert len(places) >= 3
    assert {file for file, _ in places} == {"mine.toml"}
    assert [line for _, line in places][:2] == [2, 4]


@pytest.mark.parametrize("parent", ["/etc/passwd", "../baseline.toml", "scenario.toml", "nobody"])
def test_a_file_from_elsewhere_extends_the_library_and_nothing_else(parent):
    with pytest.raises(ScenarioError) as caught:
        Draft.from_toml(f"extends = '{parent}'\n")
    assert caught.value.problems[0].key == "extends"


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(ScenarioError):
        Draft.from_toml("# " + "x" * 1_000_001)


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("Été à l'usine", "ete_a_l_usine"),
        ("con", "con_"),
        ("…", "scenario"),
        ("a" * 300, "a" * 50),
        ("C:\\x\0y", "c_x_y"),
    ],
)
def test_names_of_files_stay_in_their_folder(title, stem):
    assert file_stem(title) == stem


# --- links ------------------------------------------------------------------------------------------------


def test_a_link_restores_everything():
    changed = draft("sweatshop_scandal").with_change(PRICE, 8.0).with_change("firm.Citadel.strategy", "price_warrior")
    changed = changed.with_change("mechanisms.leaks.enabled", False).switched(0, False).named("Mine & yours")
    found, ignored = restored(query_of(changed))
    assert ignored == 0
    assert found == changed


@pytest.mark.parametrize("name", library())
def test_a_market_from_a_file_has_a_link_too(name):
    first = Draft.from_toml(draft(name).to_toml()).with_change("seed", 77)
    found, ignored = restored(query_of(first))
    assert ignored == 0
    assert found.scenario.text_hash == first.scenario.text_hash


@pytest.mark.parametrize(
    "query",
    [
        "scenario=../../etc/passwd",
        "scenario=nobody&set=nothing=1",
        "file=AAAA",
        "file=" + "A" * 5000,
        "events=eNq",
        "events=%00%00",
        "set=firm.Nova.levers.price=NaN",
        "set=firm.Nova.levers.price=%22cheap%22",
        "set=firm.Nova.levers.price",
        "set==",
        "set=" + "a." * 900 + "b=1",
        "set=seed=" + "[" * 3000,
        "you=<script>",
        "&".join("set=seed=1" for _ in range(600)),
        "x" * 30_000,
        "scenario=baseline&set=event.3.week=2&set=schedule.zero.week=1",
    ],
)
def test_junk_in_a_link_is_left_out(query):
    found, ignored = restored(query)
    assert ignored >= 1
    assert problems_of(found) == ()
    assert found.source == DEFAULT


def test_numbers_of_a_link_are_held_to_their_bounds():
    found, _ = restored("set=firm.Nova.levers.openness=7&set=population.size=1.0&set=mechanisms.accounts.patience=-3")
    assert found.value("firm.Nova.levers.openness") == 1.0
    assert found.value("population.size") == 10
    assert found.value("mechanisms.accounts.patience") >= 0


def test_a_link_cannot_unpack_into_much():
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(b"[" + b"0," * 5_000_000 + b"0]", 9)).decode().rstrip("=")
    assert len(bomb) < 24_000
    assert restored(f"file={bomb}") == (Draft.of(DEFAULT), 1)


# --- what is switched off, in files -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["scandal", "campaign", "price_cut", "entry"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_switched_off_is_kept_in_a_file_and_other_readers_pass_over_it(kind, code):
    added = happenings.made(draft("sweatshop_scandal"), kind, 20)
    off = added.switched(len(added.happenings) - 1, False).switched(0, False)
    with use_language(code):
        text = off.to_toml()
    again = Draft.from_toml(text)
    assert again.scenario == from_text(text).model_copy(update={"claim": None})
    assert [(one.table, one.week, one.is_on) for one in again.happenings] == [
        (one.table, one.week, one.is_on) for one in sorted(off.happenings, key=lambda one: one.table == "entry")
    ]
    assert not again.is_changed
    assert again.changed_keys == ()
    # Both can be switched on again, and the market is the same as if they never had been off.
    for place in range(len(again.happenings)):
        again = again.switched(place, True)
    assert again.is_changed
    assert again.scenario.events == added.scenario.events
    assert again.scenario.schedule == added.scenario.schedule
    assert {firm.name: firm.enters for firm in again.scenario.firms} == {
        firm.name: firm.enters for firm in added.scenario.firms
    }
    assert not again.reset().is_changed
    assert Draft.from_toml(again.reset().to_toml()).happenings == again.reset().happenings


@pytest.mark.parametrize("name", ["baseline", "sweatshop_scandal"])
def test_a_file_says_whose_strategist_works_on_it(name):
    begun = draft(name)
    for firm in begun.base.firms:
        for chosen in (replace(begun, you=firm.name), replace(begun, you=firm.name).with_change("horizon", 20)):
            again = Draft.from_toml(chosen.to_toml())
            assert again.you == firm.name
            assert [one.is_on for one in again.happenings] == [one.week <= chosen.horizon for one in begun.happenings]
    assert Draft.from_toml("extends = 'baseline'\n#you: Nobody\n").you == "Nova"


def test_where_the_marks_are_taken_away_it_happens():
    off = draft("sweatshop_scandal").switched(0, False)
    text = "".join(line.removeprefix("#:").removeprefix(" ") for line in off.to_toml().splitlines(keepends=True))
    assert Draft.from_toml(text).scenario.events == draft("sweatshop_scandal").scenario.events


@pytest.mark.parametrize(
    "lines",
    [
        "#: not toml",
        "#: [[event]]\n#: kind = 'no such kind'\n#: week = 3",
        "#: [[event]]\n#: kind = 'scandal'\n#: week = 99999",
        "#: [[event]]\n#: kind = 'scandal'\n#: week = 'soon'",
        "#: [[entry]]\n#: firm = 'Nobody'\n#: week = 3",
        "#: [[entry]]\n#: firm = 'Nova'\n#: week = 3",
        "#: event = 3\n#: schedule = [1, 2]\n#: entry = {a = 1}",
        "#: [[schedule]]\n#: firm = 'Nobody'\n#: week = 3\n#: price = 3.0",
        "#: x = " + "[" * 3000,
    ],
)
def test_a_comment_that_makes_no_sense_is_a_comment(lines):
    found = Draft.from_toml(f"extends = 'baseline'\n# a note\n{lines}\n")
    assert found.happenings == ()
    assert found.settings
    assert found.scenario.firms == draft().scenario.firms
