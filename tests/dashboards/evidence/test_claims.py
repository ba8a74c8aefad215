"""Claims on their page: found, counted, told and drawn as they were measured."""

import json
import re
from typing import Any

import pytest

from dashboards.evidence import again, claims, drawing
from experiments.claims.findings import packaged
from experiments.claims.words import question_text
from sim.mechanisms.creation import CreationParameters
from sim.quantities import quantities
from sim.text import use_language

EVERY = claims.claims().claims
KEYED = re.compile(r"\b(mechanisms|population|traits|sector|firm)\.\w|\{\w*\}|\bnan\b|\bNone\b")


@pytest.fixture(params=["en", "fr"])
def spoken(request):
    with use_language(request.param):
        yield request.param


def test_the_page_has_every_claim_with_its_verdict():
    assert [one.scenario for one in claims.found("")] == [one.scenario for one in packaged().claims]
    assert dict(claims.tally(EVERY)) == {key: count for key, count in packaged().counts.items() if count}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("sincere pretends", "sincere_opening"),
        ("SINCÈRE semblant", "sincere_opening"),
        ("l'oeuvre", "sincere_opening"),
        ("l’œuvre", "sincere_opening"),
        ("hypocrite", "hypocrite"),
        ("La sincérité dans la démarche", "sincere_opening"),
    ],
)
def test_claims_are_found_by_words_in_either_language_whatever_the_accents(words, name):
    assert name in [one.scenario for one in claims.found(words)]


def test_filters_hold_together():
    only = claims.found("", {"not_here"}, "S3")
    assert {one.verdict for one in only} == {"not_here"}
    assert all("S3" in claims.split_sources(one.source) for one in only)
    assert claims.found("surely no claim has these words") == []
    assert claims.sources_of(EVERY) == ["S0", "S1", "S2", "S3", "S4"]


@pytest.mark.parametrize("result", EVERY, ids=lambda one: one.scenario)
def test_every_claim_is_told_in_words_and_drawn(result, spoken):
    row = claims.row_of(result)
    assert len(row["outcomes"]) == len(result.points)
    said = [row["claim"], row["verdict_text"], row["source"], *claims.remarks(result), claims.compared_with(result)]
    keys, rows = claims.effects_table(result)
    assert len(rows) == len(result.questions)
    assert all(set(keys) <= set(one) for one in rows)
    columns, points = claims.points_table(result)
    assert len(points) == len(result.points)
    assert all({key for key, _ in columns} <= set(one) for one in points)
    said += [text for one in points for text in (one["point"], one["outcome"])]
    assert [text for text in said if not text or KEYED.search(text)] == []
    for place in range(len(result.questions)):
        chart = drawing.forest(result, place)
        json.dumps(chart, allow_nan=False)
        shown = len(chart["layout"]["yaxis"]["categoryarray"])
        assert shown == len(result.points) + (result.ablation is not None)


def test_settings_are_named_by_what_they_mean(spoken):
    said = claims.setting_words("mechanisms.creation.outside_weight", 0.3)
    meant = quantities(CreationParameters)["outside_weight"].meaning[spoken]
    assert said == f"{meant}{ {'en': ' = 0.3', 'fr': ' = 0,3'}[spoken] }"
    assert claims.setting_words("firm.Nova.levers.price", 9.0).startswith("Nova")
    off = claims.setting_words("mechanisms.contribution.enabled", False)
    assert "contribution" in off
    assert "=" not in off
    assert claims.parameter_words("event.0.severity").endswith({"en": "Event 1: severity", "fr": "gravité"}[spoken])
    assert claims.parameter_words("not a key") == "not a key"


def test_a_claim_is_measured_again_in_a_small_way(monkeypatch):
    monkeypatch.setattr(again, "FUTURES", 5)
    monkeypatch.setattr(again, "CONSUMERS", 200)
    seen: list[Any] = []
    found = again.measured_again("porous_sectors", on_progress=seen.append)
    assert (found.replicates, found.consumers, found.region) == (5, 200, False)
    assert [one.settings for one in found.points] == [{}]
    assert seen[-1].replicates_done == seen[-1].replicates_total > 0
    assert claims.effects_table(found)[1]


def test_it_can_be_stopped_and_asks_for_a_claim():
    import threading

    stop = threading.Event()
    stop.set()
    with pytest.raises(again.Interrupted):
        again.measured_again("porous_sectors", stop=stop)
    with pytest.raises(LookupError):
        again.measured_again("catsup")


def test_the_picture_of_a_claim_names_it_and_the_figure():
    result = EVERY[0]
    for place, question in enumerate(result.questions):
        picture = claims.picture_of(result, "Where it holds", "note", place)
        assert picture.title == f"Where it holds – {question_text(question)}"
        assert picture.of == claims.said(result.title)
        assert picture.notes == [claims.said(result.claim), claims.size_text(result), "note"]
