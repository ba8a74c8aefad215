"""What comes with the program of the facts: it is what docs/facts.md says, and it is about the facts there are."""

from pathlib import Path

from experiments.facts.findings import packaged
from experiments.facts.page import page
from experiments.facts.registry import FACTS
from sim.text import use_language

DOCS = Path(__file__).resolve().parent.parent.parent.parent / "docs"


def test_it_has_every_fact_with_its_present_bands():
    found = packaged()
    assert not found.interrupted
    assert found.scenario is None
    assert [fact.key for fact in found.facts] == [fact.key for fact in FACTS]
    for fact, declared in zip(found.facts, FACTS, strict=True):
        assert [one.key for one in fact.statistics] == [one.key for one in declared.statistics]
        for one, band in zip(fact.statistics, declared.statistics, strict=True):
            assert (one.inside, one.replicates > 0) == (band.is_inside(one.value), True)
            assert band.is_inside(band.low) == (one.band_low is not None or band.low == -float("inf"))


def test_the_page_says_the_same():
    with use_language("en"):
        assert page(packaged()) == (DOCS / "facts.md").read_text(encoding="utf-8")
