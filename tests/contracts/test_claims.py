"""What every claim of the library must keep to, and whether the packaged verdicts are those of these claims."""

from __future__ import annotations

import pytest

from experiments.claims.arms import Size, load_case, points_of
from experiments.claims.findings import packaged
from experiments.claims.page import page
from experiments.claims.study import Study, plan_of
from experiments.replicate import available_cores
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


def test_the_packaged_shares_are_all_of_one_ensemble():
    known = packaged()
    stale = [one.scenario for one in known.claims if known.is_stale(one)]
    assert stale == [], "renew with: userisation claims NAMES --over ENSEMBLE.toml --write"


SMALLER, FEWER = 0.6, 12
"""The size of a smaller study: three fifths of the consumers (1,500 of most), three quarters of the pairs of runs.

Those who contribute much are one in some hundred (fact 8): among 1,000 there are too few for claims that rest on them.
"""
OPPOSITE = {("pass", "fail"), ("fail", "pass")}
"""What a smaller study may not say of a point; between them and "undecided" it may move."""
WHOLE = ("baseline", "durable_boycott", "usership")
"""Claims whose regions are tried again: one that mostly holds, two that hold only away from their own values."""


def known(name):
    return {one.scenario: one for one in packaged().claims}[name]


def again(name, *, with_region):
    size = Size(consumers=round(SMALLER * known(name).consumers))
    plan = plan_of(case_of(name), size, with_region=with_region)
    result = Study([plan], size, replicates=FEWER, threads=available_cores()).judge(plan)
    assert result is not None
    return result


@pytest.mark.heavy
@pytest.mark.parametrize("name", CLAIMING)
def test_a_smaller_study_does_not_contradict_a_claim_at_its_own_values(name):
    before, now = known(name), again(name, with_region=False)
    assert (before.points[0].outcome, now.points[0].outcome) not in OPPOSITE
    if before.ablation is not None and before.ablation.verdict == "carried" and now.ablation is not None:
        assert now.ablation.verdict != "not_alone"


@pytest.mark.heavy
@pytest.mark.parametrize("name", WHOLE)
def test_a_smaller_study_finds_the_same_region(name):
    """At most a quarter of the points may be contradicted: those at the border of a region move with its size."""
    pairs = list(zip(known(name).points, again(name, with_region=True).points, strict=True))
    assert [one.settings for one, _ in pairs] == [other.settings for _, other in pairs]
    against = [one.settings for one, other in pairs if (one.outcome, other.outcome) in OPPOSITE]
    assert len(against) <= len(pairs) / 4, against
