"""What can happen: added in any market, in words, with what can be set of it."""

import itertools

import pytest

from dashboards.lab import happenings
from dashboards.lab.gallery import FIRST, GROUPS, stories
from dashboards.markets import Draft, problems_of
from sim.scenario import library
from sim.text import LANGUAGES, use_language


@pytest.mark.parametrize("kind", happenings.KINDS)
@pytest.mark.parametrize("name", library())
def test_everything_can_be_added_where_it_makes_sense(name, kind):
    draft = Draft.of(name)
    if happenings.can_add(draft, kind):
        assert kind in ("scandal", "news")
        assert not draft.base.causes
        return
    added = happenings.made(draft, kind, 30)
    assert problems_of(added) == ()
    assert added.scenario.text_hash != draft.scenario.text_hash
    place = len(added.happenings) - 1
    fields = happenings.fields_of(added, place)
    assert fields[0].setting.path[-1] in ("week", "enters")
    for code in LANGUAGES:
        with use_language(code):
            assert happenings.short(added.happenings[place])
            assert happenings.words(added.happenings[place])
            assert all(lever.bare_label for lever in fields)
    assert added.without(place) == draft


def test_a_week_that_is_taken_is_left_to_the_other():
    once = happenings.made(Draft.of("baseline"), "price_cut", 30)
    twice = happenings.made(once, "price_cut", 30)
    assert [one.week for one in twice.happenings] == [30, 31]
    assert problems_of(twice) == ()


def test_what_is_new_stands_apart_from_the_rest_and_says_what_it_is():
    draft = Draft.of("baseline")
    for kind in ("price_cut", "entry", "exposure"):
        draft = happenings.made(draft, kind, happenings.free_week(draft))
    weeks = [one.week for one in draft.happenings]
    assert weeks[0] == 26
    assert all(4 <= b - a <= 8 for a, b in itertools.pairwise(weeks))
    assert happenings.words(draft.happenings[1]) == "Newcomer enters the market"
    opening = next(one for one in Draft.of("sincere_opening").happenings if one.table == "schedule")
    assert happenings.short(opening) == "Nova: openness …"


def test_newcomers_have_names_of_their_own():
    draft = Draft.of("baseline")
    for _ in range(3):
        draft = happenings.made(draft, "entry", 20)
    assert [firm.name for firm in draft.scenario.firms[5:]] == ["Newcomer", "Newcomer 2", "Newcomer 3"]


def test_there_is_an_end_to_what_can_be_added():
    draft = Draft.of("baseline")
    one = happenings.made(draft, "exposure", 5).happenings[0]
    full = Draft(draft.source, draft.base, {}, (), tuple(one.moved(1 + n % 100) for n in range(400)), draft.you)
    assert happenings.can_add(full, "exposure")


def test_every_scenario_of_the_library_is_in_a_group_of_the_gallery():
    assert {name for names in GROUPS.values() for name in names} == set(library())
    assert set(FIRST) <= set(library())


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_gallery_tells_every_story_group_by_group(code):
    with use_language(code):
        told = stories()
    assert sorted(one.name for one in told) == sorted(library())
    assert all(one.title and one.text for one in told)
    order = [one.group for one in told]
    assert [order[0], *(b for a, b in itertools.pairwise(order) if a != b)] == list(dict.fromkeys(order))
