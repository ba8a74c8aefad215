"""Facts on their page: bands, real data and the model on one scale."""

import json

import pytest

from dashboards.evidence import drawing, facts
from experiments.facts.findings import packaged
from experiments.facts.words import fact_name
from sim.text import use_language

EVERY = [one for fact in facts.facts().facts for one in fact.statistics]


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.key)
def test_what_is_inside_is_drawn_inside(one):
    strip = next(s for fact in facts.facts().facts for s in facts.strips_of(fact) if s["key"] == one.key)
    band, at = strip["band"], strip["simulated"]["at"]
    assert 0 <= band["low"] < band["high"] <= 100
    assert (band["low"] - 1e-9 <= at <= band["high"] + 1e-9) is one.inside
    for real, drawn in zip(one.real, strip["real"], strict=True):
        assert (band["low"] - 1e-9 <= drawn["at"] <= band["high"] + 1e-9) is real.inside
    if strip["simulated"]["low"] is not None:
        assert strip["simulated"]["low"] <= at <= strip["simulated"]["high"]


def test_values_keep_their_order_on_the_scale():
    one = next(one for one in EVERY if one.key == "price_elasticity")
    places = [facts.place_of(one, value) for value in (-99.0, -5.0, -3.5, -2.0, 99.0)]
    assert places == sorted(places)
    assert places[0] == 0.0
    assert places[-1] == 1.0
    assert places[2] == pytest.approx(0.5)
    assert facts.is_beyond(one, 99.0)
    assert not facts.is_beyond(one, -3.5)


def test_open_bands_end_with_the_scale():
    strip = next(s for fact in facts.facts().facts for s in facts.strips_of(fact) if s["key"] == "talk_per_act")
    assert strip["band"]["high"] == 100.0


@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_page_says_what_is_not_met_and_why(code):
    with use_language(code):
        said = facts.summary()
        assert f"{packaged().met}" in said
        for fact in facts.facts().facts:
            texts = facts.about(fact)
            assert len(texts) == (3 if fact.inside is False else 2)
            assert all(strip["label"] and strip["name"] for strip in facts.strips_of(fact))
            if facts.has_curves(fact):
                json.dumps(drawing.curves(fact), allow_nan=False)
    assert sum(facts.has_curves(fact) for fact in facts.facts().facts) == len(facts.CURVES)


def test_filters():
    found = facts.facts().facts
    outside = [fact for fact in found if facts.is_among(fact, "outside")]
    assert len(found) - len(outside) == packaged().met
    assert {fact.use for fact in found if facts.is_among(fact, "use_validated")} == {"VAL"}
    assert {fact.use for fact in found if facts.is_among(fact, "use_calibrated")} == {"CAL"}
    assert all(facts.is_among(fact, "every") for fact in found)


def test_the_picture_of_a_curve_names_fact_source_and_size():
    for fact in facts.facts().facts:
        picture = facts.picture_of(fact)
        assert picture.title == fact_name(fact.key)
        assert picture.of
        assert picture.notes == [*facts.about(fact)[:2], facts.size_words()]
