"""The method in words: numbers come from the declarations, and everything that is declared can be found."""

import re

import pytest

from dashboards.method import glossary, words
from experiments.reference import tables
from sim.figures import FIGURES
from sim.quantities import quantities
from sim.scenario import Mechanisms, library
from sim.text import use_language


@pytest.fixture(params=["en", "fr"])
def spoken(request):
    with use_language(request.param):
        yield request.param


def test_every_section_has_its_words(spoken):
    sections = words.sections()
    assert [one.key for one in sections] == list(words.SECTIONS)
    for one in sections:
        assert one.title
        assert one.key == "week" or len(one.text) > 200
        assert not re.search(r"\{\w*\}|\bNone\b", one.text)
    assert len(words.steps()) == words.STEPS


def test_numbers_are_those_of_the_declarations():
    with use_language("en"):
        known = words.numbers()
    assert known["mechanisms"] == str(len(Mechanisms.model_fields))
    assert known["scenarios"] == str(len(library()))
    assert known["figures"] == str(len(FIGURES))
    assert known["size"] == "5,000"
    with use_language("en"):
        purpose = words.sections()[0].text
    assert f"{known['scenarios']} scenarios" in purpose
    with use_language("fr"):
        assert "1\u202f000\u202f000 personnes" in words.sections()[0].text


def test_the_glossary_has_every_number_that_is_declared(spoken):
    declared = sum(len(quantities(model)) for _, model in tables().values())
    assert len(glossary.entries()) == declared
    rows = glossary.rows(glossary.entries())
    assert len({row["key"] for row in rows}) == declared
    assert all(row["meaning"] and row["unit"] for row in rows)
    assert all(glossary.part_name(part) for part in glossary.parts())


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("salience", "cause.salience"),
        ("SAILLANCE permanente", "cause.salience"),
        ("prix unite", "firm.levers.price"),
        ("firm.levers.price", "firm.levers.price"),
        ("β", "population.traits.price_sensitivity"),
        ("κ_Q", "mechanisms.beliefs.speed"),
        ("Crane", "mechanisms.activation.fast_decay"),
    ],
)
def test_numbers_are_found_by_meaning_key_symbol_and_source(typed, key):
    assert key in [entry.key for entry in glossary.found(typed)]


def test_parts_and_nothing():
    assert {entry.part for entry in glossary.found("", "network")} == {"network"}
    assert glossary.found("surely nothing has these words") == []
    assert len(glossary.figure_rows()) == len(FIGURES)
    with use_language("en"):
        assert "share" in [row["key"] for row in glossary.figure_rows("part de marché")]
