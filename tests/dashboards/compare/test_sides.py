"""Where markets come from, and how they are made alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.compare.sides import (
    CONSUMERS,
    Setup,
    Side,
    Unknown,
    counterfactual_of,
    library_side,
    parse_sources,
    query_of,
    sentence_names,
    side_of,
    titles_of,
)
from sim.scenario import changed, load, with_horizon
from sim.text import use_language


def titled(code: str, title: str) -> str:
    return f"{code}: without {title}"


def test_markets_are_made_alike_and_the_shortest_counts():
    long, short = library_side("wardrobe_swap"), library_side("sincere_opening")
    setup = Setup((long, short, library_side("baseline")))
    made = list(setup.scenarios.values())
    assert {one.seed for one in made} == {long.scenario.seed}
    assert {one.population.size for one in made} == {CONSUMERS}
    assert {one.horizon for one in made} == {104}
    assert long.scenario.horizon == 156
    assert setup.is_cut
    assert not Setup((short, library_side("baseline"))).is_cut


def test_a_smaller_market_makes_all_small():
    small = changed(load("baseline"), {"population.size": 400})
    setup = Setup((library_side("sincere_opening"), Side("draft", {"en": "Mine"}, small)))
    assert {one.population.size for one in setup.scenarios.values()} == {400}


def test_the_key_is_that_of_the_runs():
    sides = (library_side("baseline"), library_side("hypocrite"))
    renamed = Side("file:x", {"en": "Another name"}, sides[1].scenario)
    assert Setup(sides).key == Setup((sides[0], renamed)).key
    assert Setup(sides).key != Setup(sides[::-1]).key
    assert Setup(sides).key != Setup(sides, futures=8).key
    cut = Side("file:y", {}, with_horizon(sides[1].scenario, 52))
    assert Setup(sides).key != Setup((sides[0], cut)).key


def test_a_counterfactual_is_the_market_that_the_claim_names():
    hypocrite = load("hypocrite")
    found = counterfactual_of("sincere_opening", titled)
    assert found.scenario.schedule == hypocrite.schedule
    assert found.source == "without:sincere_opening"
    with use_language("fr"):
        assert found.name == "fr: without Nova s'ouvre, et le pense"
    for name in ("catsup", "nowhere"):  # one makes no claim, the other is not there
        with pytest.raises(Unknown):
            counterfactual_of(name, titled)


@pytest.mark.parametrize("source", ["library:nowhere", "library:../../etc/passwd", "draft", "file:x", "", "odd"])
def test_what_is_not_there_is_unknown(source):
    with pytest.raises(Unknown):
        side_of(source, {}, titled)


def test_what_is_at_hand_comes_first():
    mine = Side("draft", {"en": "Mine"}, load("baseline"))
    assert side_of("draft", {"draft": mine}, titled) is mine
    assert side_of("library:baseline", {"draft": mine}, titled).scenario == load("baseline")


def test_names_have_letters():
    sides = (library_side("baseline"), library_side("hypocrite"))
    with use_language("en"):
        assert titles_of(sides)["B"] == "B · Nova preaches win-win and keeps the winnings"
        assert sentence_names(sides)["A"] == "A (A market on the eve of userisation)"


def test_links_are_read_and_written():
    sources = ("library:baseline", "without:hypocrite", "draft")
    assert parse_sources(f"?{query_of(sources)}") == sources
    assert parse_sources(query_of(("library:baseline", "file:mine", "draft"))) == ("library:baseline", "draft")


@given(st.text(max_size=3000))
def test_junk_in_a_link_breaks_nothing(query):
    found = parse_sources(query)
    assert len(found) <= 4
    assert all(len(source) <= 80 for source in found)
