"""What every claim of the library must keep to, and whether the packaged verdicts are those of these claims."""

from __future__ import annotations

import pytest

from experiments.claims.arms import Size, load_case, points_of
from experiments.claims.findings import packaged
from experiments.claims.page import page
from experiments.claims.study import Study, plan_of
from experiments.runs import available_cores
from sim.scenario import library, load
from tests.test_house import ROOT


def case_of(name):
    return load_case(name)


CLAIMING = [name for name in library() if load(name).claim is not None]
RENEW = "renew with: userisation claims --write"


def test_there_are_claims():
    assert CLAIMING


@pytest.mark.parametrize("name", CLAIMING)
def test_a_claim_says_what_where_from_and_what_carries_it(name):
    claim = case_of(name).claim
    assert len(claim.en) > 20
    assert len(claim.fr) > 20
    assert claim.en != claim.fr
    assert claim.en.endswith(".")
    assert claim.fr.endswith(".")
    assert claim.source.strip()
    assert any(figure.expected for figure in claim.figures)
    assert claim.carried_by
    assert len(claim.region) >= 2


@pytest.mark.parametrize("name", CLAIMING)
def test_all_the_markets_that_a_claim_compares_can_be_built(name):
    case, size = case_of(name), Size(consumers=100)
    own, ablated = case.point(size), case.point(size, ablated=True)
    assert len({arm.key for arm in own.arms}) == len(own.arms)
    assert [arm.key for arm in own.arms] != [arm.key for arm in ablated.arms]
    points = points_of(case, size)
    # Every parameter of the region makes another market somewhere.
    assert {key for point in points for key in point.settings} == set(case.claim.region)
    for point in (own, *points):
        for arm in point.arms:
            assert arm.scenario.population.size == 100
            assert (arm.scenario.seed, arm.scenario.horizon) == (case.scenario.seed, case.scenario.horizon)


def test_the_packaged_verdicts_are_those_of_the_claims_of_the_library():
    found = {one.scenario: one.fingerprint for one in packaged().claims}
    assert found == {name: case_of(name).fingerprint for name in CLAIMING}, RENEW


def test_the_packaged_verdicts_speak_in_the_words_of_the_scenarios():
    renew = "renew with: python3 -m experiments.reference docs"
    for one in packaged().claims:
        words = case_of(one.scenario).words
        assert {key: getattr(one, key) for key in words} == words, renew


def test_the_page_is_that_of_the_packaged_verdicts():
    assert (ROOT / "docs" / "claims.md").read_text(encoding="utf-8") == page(packaged()), RENEW


CONTRADICTIONS = {("holds", "not_here"), ("not_here", "holds")}
"""What a smaller study may not say of a whole claim; conditions at the border of a region may move."""


@pytest.mark.heavy
@pytest.mark.parametrize("name", CLAIMING)
def test_a_smaller_study_does_not_contradict_the_packaged_verdict(name):
    size = Size(consumers=1000)
    known = {one.scenario: one for one in packaged().claims}[name]
    plan = plan_of(case_of(name), size)
    result = Study([plan], size, replicates=12, threads=available_cores()).judge(plan)
    assert result is not None
    assert (known.verdict, result.verdict) not in CONTRADICTIONS
    opposite = {("pass", "fail"), ("fail", "pass")}
    pairs = [(one.settings, one.outcome, other.outcome) for one, other in zip(known.points, result.points, strict=True)]
    assert (pairs[0][1], pairs[0][2]) not in opposite
    against = [settings for settings, one, other in pairs if (one, other) in opposite]
    assert len(against) <= len(pairs) / 4, against
