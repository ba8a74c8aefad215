"""The markets that a claim compares."""

from __future__ import annotations

import pytest

from experiments.claims.arms import Size, load_case, points_of
from sim.problems import ScenarioError

HEAD = """
extends = "baseline"
seed = 11
[[event]]
kind = "scandal"
week = 30
firm = "Citadel"
cause = "work"
severity = 0.9
[[event]]
kind = "news"
week = 40
cause = "work"
severity = 0.2
[claim]
en = "What is said."
fr = "Ce qui est dit."
"""
FIGURE = '[[claim.figure]]\nkey = "share"\nof = "Nova"\nexpected = "+"\n'
SIZE = Size(consumers=100)


@pytest.fixture
def case_of(tmp_path):
    def make(rest, head=HEAD):
        path = tmp_path / "own.toml"
        path.write_text(head + rest, encoding="utf-8")
        return load_case(str(path))

    return make


def arms(case, *settings, **how):
    return [arm.scenario for arm in case.point(SIZE, *settings, **how).arms]


def price(scenario, firm="Nova"):
    return next(one for one in scenario.firms if one.name == firm).levers.price


def test_values_turn_the_scenario_into_its_counterfactual(case_of):
    case = case_of(FIGURE + '[claim.without]\n"firm.Nova.levers.price" = 12.5\n')
    here, there = arms(case)
    assert (price(here), price(there)) == (price(case.scenario), 12.5)
    assert here.events == there.events
    assert [arm.sign for arm in case.point(SIZE).arms] == [1, -1]


def test_tables_and_elements_can_be_dropped(case_of):
    case = case_of(FIGURE + '[claim.without]\nclear = ["event"]\n')
    assert [len(one.events) for one in arms(case)] == [2, 0]
    case = case_of(FIGURE + '[claim.without]\nclear = ["event.0"]\n')
    assert [[event.kind for event in one.events] for one in arms(case)] == [["scandal", "news"], ["news"]]


def test_another_scenario_takes_over_seed_size_and_weeks(case_of):
    case = case_of('against = "catsup"\n' + FIGURE.replace('"share"\nof = "Nova"', '"hhi"'))
    here, there = arms(case)
    assert here.seed == there.seed == 11
    assert here.population.size == there.population.size == 100
    assert here.horizon == there.horizon == 104
    assert here.firms != there.firms


def test_an_overridden_counterfactual_can_be_another_scenario(case_of):
    case = case_of('against = "baseline"\n' + FIGURE + '[claim.without]\n"firm.Nova.levers.price" = 12.5\n')
    here, there = arms(case)
    assert (len(here.events), len(there.events)) == (2, 0)
    assert price(there) == 12.5


def test_what_carries_the_effect_is_taken_out_of_both(case_of):
    case = case_of(
        FIGURE + '[claim.without]\nclear = ["event"]\n[claim.carried_by]\n"mechanisms.crisis.enabled" = false\n'
    )
    assert [one.mechanisms.crisis.enabled for one in arms(case)] == [True, True]
    assert [one.mechanisms.crisis.enabled for one in arms(case, ablated=True)] == [False, False]


def test_a_moderator_makes_four_markets(case_of):
    case = case_of(
        FIGURE + '[claim.without]\nclear = ["event"]\n[claim.moderator]\n"mechanisms.crisis.enabled" = false\n'
    )
    point = case.point(SIZE)
    found = [(arm.sign, arm.scenario.mechanisms.crisis.enabled, len(arm.scenario.events)) for arm in point.arms]
    assert found == [(1, False, 2), (-1, False, 0), (-1, True, 2), (1, True, 0)]


def test_the_contrast_wins_over_what_is_varied(case_of):
    case = case_of(FIGURE + '[claim.without]\n"firm.Nova.levers.price" = 12.5\n')
    assert [price(one) for one in arms(case, {"firm.Nova.levers.price": 8.0})] == [8.0, 12.5]


def test_the_region_takes_one_parameter_after_the_other_and_then_the_corners(case_of):
    case = case_of(
        FIGURE + '[claim.without]\nclear = ["event"]\n[claim.region]\n"firm.Nova.levers.price" = [8.0, 9.0, 11.0]\n'
        '"event.0.severity" = [0.4, 1.0]\n"network.peers" = [4]\n'
    )
    price_key, severity = "firm.Nova.levers.price", "event.0.severity"
    assert [dict(point.settings) for point in points_of(case, SIZE)] == [
        {price_key: 8.0}, {price_key: 9.0}, {price_key: 11.0},
        {severity: 0.4}, {severity: 1.0},
        {"network.peers": 4},
        {price_key: 8.0, severity: 0.4}, {price_key: 8.0, severity: 1.0},
        {price_key: 11.0, severity: 0.4}, {price_key: 11.0, severity: 1.0},
    ]  # fmt: skip


def test_points_that_are_the_own_values_are_not_tried_twice(case_of):
    case = case_of(FIGURE + '[claim.without]\nclear = ["event"]\n[claim.region]\n"event.0.severity" = [0.9, 1.0]\n')
    assert [dict(point.settings) for point in points_of(case, SIZE)] == [{"event.0.severity": 1.0}]


def test_the_same_market_has_the_same_key_whatever_it_is_called(case_of):
    here, there = case_of('against = "baseline"\n' + FIGURE).point(SIZE).arms
    titled = HEAD.replace("[claim]", '[title]\nen = "New"\nfr = "Neuf"\n[claim]')
    assert here.key == case_of('against = "baseline"\n' + FIGURE, titled).point(SIZE).arms[0].key
    assert here.key != there.key
    assert here.key != case_of('against = "baseline"\n' + FIGURE).point(SIZE, {"network.peers": 3}).arms[0].key


def test_an_element_that_the_other_scenario_lacks_is_passed_over_there_only(case_of):
    case = case_of('against = "baseline"\n' + FIGURE)
    here, there = arms(case, {"event.0.severity": 0.5})
    assert here.events[0].severity == 0.5
    assert there.events == []
    with pytest.raises(ScenarioError, match="event"):
        arms(case, {"event.7.severity": 0.5})


@pytest.mark.parametrize(
    ("rest", "key", "said"),
    [
        ('[claim.without]\n"firm.Nov.levers.price" = 9.0\n', "claim.without: firm.Nov", "did you mean 'Nova'?"),
        ('[claim.without]\n"firm.Nova.levers.prise" = 9.0\n', "claim.without: firm.Nova.levers.prise", "'price'"),
        ('[claim.without]\nclear = ["evnt"]\n', "claim.without: clear", "did you mean 'event'?"),
        ('[claim.without]\n"network.peers" = -4\n', "claim.without: network.peers", "must be"),
    ],
)
def test_a_wrong_override_is_shown_where_it_is_written(case_of, rest, key, said):
    case = case_of(FIGURE + rest)
    with pytest.raises(ScenarioError) as caught:
        case.point(SIZE)
    (problem,) = caught.value.problems
    assert (problem.place.file.endswith("own.toml"), problem.place.line) == (True, 23)
    assert problem.key.startswith(key)
    assert said in problem.message


def test_a_figure_must_be_in_the_other_scenario_too(case_of):
    with pytest.raises(ScenarioError, match="catsup"):
        case_of('against = "catsup"\n' + FIGURE)


def test_the_fingerprint_changes_with_the_claim_and_with_its_scenarios(case_of):
    rest = FIGURE + "[claim.without]\nclear = ['event']\n"
    prints = {
        case_of(rest).fingerprint,
        case_of(rest.replace('"+"', '"-"')).fingerprint,
        case_of(rest, HEAD.replace("0.9", "0.8")).fingerprint,
        case_of('against = "baseline"\n' + rest).fingerprint,
    }
    assert len(prints) == 4
    assert case_of(rest).fingerprint in prints
    told = case_of(rest.replace("[[claim.figure]]", 'quote = "in other words"\n[[claim.figure]]', 1))
    assert (told.words["quote"], told.fingerprint) == ("in other words", case_of(rest).fingerprint)


def test_size_is_the_scenarios_own_up_to_a_bound_unless_given(case_of):
    case = case_of(FIGURE + "[claim.without]\nclear = ['event']\n")
    assert case.consumers(Size()) == 3000
    assert case.consumers(Size(consumers=9000)) == 9000
    small = case_of(FIGURE + "[claim.without]\nclear = ['event']\n", "population = { size = 400 }\n" + HEAD)
    assert small.consumers(Size()) == 400
