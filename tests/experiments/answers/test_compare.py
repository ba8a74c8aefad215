"""Comparisons of a market whose differences are known."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.answers.asked import Asked, QuestionError, asked_of
from experiments.answers.compare import compare, headline
from experiments.answers.findings import Span, titles_of
from experiments.answers.futures import NoRunsError, experiment_of, make_futures
from experiments.answers.kinds import tell
from experiments.answers.words.compare import _interval
from experiments.answers.words.quantities import scenario_names
from sim.scenario import changed, load
from sim.text import use_language
from tests.experiments.answers.examples import USERISATION
from tests.experiments.answers.markets import pair

TRUE = 2 + 2 * 0.5 + 8 * 0.6 * 0.5
"""B - A: price +2, openness +0.5, and their product with sharing, which A has none of."""


def test_a_difference_without_luck_of_its_own_is_exact(known_market):
    before, after = pair()
    found = compare({"A": before, "B": after}, [USERISATION], replicates=8)
    arm = found.figures[0].arms[0]
    assert arm.difference.value == pytest.approx(TRUE, abs=1e-9)
    assert arm.difference.high - arm.difference.low < 1e-9
    assert (arm.above.value, arm.pairs) == (1.0, 8)
    assert np.allclose(arm.course.value, TRUE)
    assert np.allclose(np.array(arm.weeks_mean) - found.figures[0].base_weeks, TRUE)
    with use_language("en"):
        told = tell(found)
    assert "+5.4" in told.answer
    assert "8 of 8 futures" in told.answer
    assert "no number of independent runs" in told.tables[1].rows[0][-1]


def test_intervals_and_the_gain_of_common_luck_are_as_they_should_be(known_market, monkeypatch):
    # Common luck of sd 1 a week, own luck of sd 0.5 a week in each market, means of 7 weeks: a difference has the
    # variance 2 × 0.25 / 7, two independent runs 2 × 1.25 / 7. 40 replicates know the ratio 5 to a factor of two.
    monkeypatch.setattr(known_market, "own_luck", 0.5)
    before, after = pair()
    arm = compare({"A": before, "B": after}, [USERISATION], replicates=40).figures[0].arms[0]
    assert arm.difference.low < TRUE < arm.difference.high
    half = (arm.difference.high - arm.difference.low) / 2
    assert half == pytest.approx(2.02 * (2 * 0.25 / 7 / 40) ** 0.5, rel=0.35)
    assert 2.5 < arm.variance_ratio.value < 10
    assert arm.variance_ratio.low < 5 < arm.variance_ratio.high
    assert arm.independent_runs == pytest.approx(40 * arm.variance_ratio.value)


def test_runs_are_not_made_twice_and_other_figures_need_none(known_market, tmp_path, monkeypatch):
    before, after = pair()
    scenarios = {"A": before, "B": after}
    first = compare(scenarios, [USERISATION], replicates=5, folder=tmp_path / "out")
    monkeypatch.setattr(known_market, "step", lambda _: pytest.fail("a run was made again"))
    again = compare(scenarios, [USERISATION], replicates=5, folder=tmp_path / "out")
    assert again.figures == first.figures
    assert compare(scenarios, replicates=5, folder=tmp_path / "out").figures[0].asked.key == "share"


def test_failed_futures_are_left_out_everywhere_and_told(known_market, monkeypatch):
    monkeypatch.setattr(known_market, "fails_at", {2: 3})
    before, after = pair()
    found = compare({"A": before, "B": after}, [USERISATION], replicates=8)
    assert found.figures[0].arms[0].pairs == 7
    assert [(one.doubt, one.value) for one in found.notes] == [("failed_runs", 2.0)]
    monkeypatch.setattr(known_market, "fails_at", dict.fromkeys(range(8), 3))
    with pytest.raises(NoRunsError, match="a market without customers"):
        compare({"A": before, "B": after}, [USERISATION], replicates=8)


def test_one_future_gives_a_difference_without_interval(known_market):
    before, after = pair()
    found = compare({"A": before, "B": after}, [USERISATION], replicates=1)
    assert np.isnan(found.figures[0].arms[0].difference.low)
    with use_language("en"):
        told = tell(found)
    assert "too few futures" in told.answer
    assert any("too few futures" in doubt for doubt in told.doubts)


def test_replicates_meet_the_same_luck_in_all_markets(known_market):
    before, after = pair()
    futures = make_futures(experiment_of({"A": before, "B": after}, 4, figures=["userisation"]))
    series = futures.series["userisation", ""]
    assert series.shape == (2, 4, 26)
    assert np.allclose(np.diff(series, axis=0), TRUE)
    assert np.ptp(series[0, :, 0]) > 0.1


def test_the_headline_is_the_share_of_the_firm_that_changes_most():
    before, after = pair()
    assert headline([before, after]) == Asked(key="share", of="Pyramide", over="end")
    assert headline([before, changed(before, {"firm.Élan.levers.price": 9.0})]).of == "Élan"
    assert headline([before, changed(before, {"network.peers": 4})]).of == "Pyramide"


def test_weeks_can_be_asked_for():
    before, _ = pair()
    expected = Asked(key="share", of="Élan", over="mean", weeks=(3, 9))
    assert asked_of(["share:Élan:3-9"], before) == [expected]
    assert asked_of(["share:Élan@3-9"], before) == [expected]
    assert asked_of(["share:Élan:peak@3-9"], before)[0].over == "peak"
    assert asked_of(["share:Élan:7"], before)[0].weeks == (7, 7)
    assert asked_of(["militants:sum"], before) == [Asked(key="militants", of="", over="sum")]
    assert len(asked_of(["share:4"], before)) == 3
    for wrong in ("share:Élan:9-3", "share:Élan:20-27", "share:Élan:0"):
        with pytest.raises(QuestionError, match="1 to 26"):
            asked_of([wrong], before)


def test_sentences_name_scenarios_by_their_titles_unless_the_user_or_a_twin_says_otherwise(known_market):
    baseline, opening = load("baseline"), load("sincere_opening")
    titles = titles_of({"baseline": baseline, "sincere_opening": opening, "cheap": opening})
    assert set(titles) == {"baseline", "sincere_opening"}
    labels = ["baseline", "sincere_opening", "cheap"]
    for code, named in (("en", "“Nova opens itself, and means it”"), ("fr", "« Nova s'ouvre, et le pense »")):
        with use_language(code):
            names = scenario_names(titles, labels)
            assert names["sincere_opening"] == named
            assert names["cheap"] == "cheap"
            labelled = scenario_names(titles, labels, labelled=True)
            assert labelled["sincere_opening"] == f"{named} (sincere_opening)"
            twins = scenario_names({"a": titles["baseline"], "b": titles["baseline"]}, ["a", "b"])
            assert twins == {"a": "a", "b": "b"}

    before, after = pair()
    found = compare({"baseline": before, "sincere_opening": after}, [USERISATION], replicates=6)
    told = tell(found.model_copy(update={"titles": titles}))
    assert "“Nova opens itself, and means it” comes to" in told.answer
    assert "(sincere_opening)" in told.question


def test_an_interval_that_excludes_nothing_does_not_seem_to_begin_with_it():
    span = Span(value=0.0023, low=0.000021, high=0.0046)
    with use_language("en"):
        assert _interval(span, Asked(key="share", of="A", over="end"), "answers.range") == "+0.002 to +0.460"
        assert _interval(
            span.model_copy(update={"low": -0.00002}), Asked(key="share", of="A", over="end"), "answers.range"
        ) == ("0.00 to +0.46")
