"""Claims in words: where they hold, effects in their units, the page."""

from __future__ import annotations

import pytest

from experiments.claims.findings import Ablation, Answer, ClaimResult, Claims, Effect, PointResult, Question
from experiments.claims.page import page
from experiments.claims.where import setting_text, where_text
from experiments.claims.words import ablation_text, advice_text, counts_text, effect_text, expected_text, question_text
from sim.text import use_language

A, B = "mechanisms.sincerity.asymmetry", "network.peers"
CORNERS = [{A: 1, B: 2}, {A: 1, B: 9}, {A: 4, B: 2}, {A: 4, B: 9}]
POINTS = [{}, {A: 1}, {A: 4}, {B: 2}, {B: 9}, *CORNERS]


def effect(value=0.042, low=0.031, high=0.053, pairs=32):
    return Effect(value=value, low=low, high=high, scenario=0.2 + value, counterfactual=0.2, pairs=pairs, replicates=32)


def question(key="share", of="Nova", over="end", weeks=None, expected="+"):
    return Question(key=key, of=of, over=over, weeks=weeks, expected=expected)


def result(outcomes=("pass",) * 9, verdict="holds", left=None, **changes):
    def answer(one):
        return Answer(effect=effect(), least=0.002, found="+", outcome=one)

    points = [
        PointResult(settings=settings, outcome=one, answers=[answer(one)])
        for settings, one in zip(POINTS, outcomes, strict=False)
    ]
    ablation = None
    if left is not None:
        rest = Answer(effect=effect(left, left, left), least=0.002, found="+", outcome="pass")
        ablation = Ablation(verdict="carried" if left < 0.01 else "not_alone", answers=[rest])
    given = {
        "scenario": "own", "title": {"en": "A | title", "fr": "Un titre"},
        "claim": {"en": "It sells.", "fr": "Elle vend."}, "source": "S1", "quote": "vendre", "against": "baseline",
        "without": {}, "moderator": {}, "carried_by": {"mechanisms.crisis.enabled": False}, "fingerprint": "0",
        "seed": 1, "replicates": 32, "consumers": 3000, "weeks": 104, "verdict": verdict, "halves": [verdict] * 2,
        "questions": [question()], "points": points, "region": len(points) > 1, "ablation": ablation, "failures": 0,
    }  # fmt: skip
    return ClaimResult.model_validate(given | changes)


def outcomes(at, default="pass", other="fail"):
    return [other if at(settings) else default for settings in POINTS]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (lambda s: s.get(A) == 1, "not at sincerity.asymmetry = 1"),
        (lambda s: s == {A: 1}, "not at sincerity.asymmetry = 1 alone"),
        (lambda s: s == {A: 4, B: 9}, "not at sincerity.asymmetry = 4 with network.peers = 9"),
        (lambda s: s.get(A) == 1 or s == {A: 4, B: 2},
         "not at sincerity.asymmetry = 1; sincerity.asymmetry = 4 with network.peers = 2"),
    ],
)  # fmt: skip
def test_where_a_claim_fails_is_said_in_the_fewest_words(at, said):
    found = outcomes(at)
    text = where_text(result(found, "only_if"))
    assert text == f"at {found.count('pass')} of 9 points tried; {said}"


def test_where_few_points_pass_they_are_named():
    text = where_text(result(outcomes(lambda s: s.get(B) == 9, "fail", "pass"), "only_if"))
    assert text == "at 3 of 9 points tried: network.peers = 9"


def test_undecided_points_are_named_apart():
    found = outcomes(lambda s: s == {A: 1, B: 2}, other="undecided")
    assert where_text(result(found, "only_if")).endswith(
        "; undecided at sincerity.asymmetry = 1 with network.peers = 2"
    )


def test_everywhere_nowhere_and_nowhere_else():
    assert where_text(result()) == "at all 9 points tried"
    assert where_text(result(["fail"] * 9, "not_here")) == "at none of 9 points tried"
    assert where_text(result(["pass"])) == "tried at the scenario's own values only"
    assert where_text(result([None] * 9, "reported")) == ""
    own = where_text(result(outcomes(lambda s: not s, "fail", "pass"), "only_if"))
    assert own == "at 1 of 9 points tried: own values"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("mechanisms.crisis.enabled", False, "crisis.enabled = off"),
        ("population.traits.reciprocity", {"distribution": "beta", "mean": 0.3}, "reciprocity = beta(mean 0.3)"),
        ('firm."A.B".levers.price', 9.5, 'firm."A.B".price = 9.5'),
        ("population.clients", "businesses", "clients = businesses"),
    ],
)
def test_settings_are_named_by_what_tells_them_apart(key, value, text):
    assert setting_text(key, value) == text


@pytest.mark.parametrize(
    ("key", "given", "text"),
    [
        ("share", (0.042, 0.031, 0.053), "+4 points [+3, +5]"),
        ("share", (0.0421, 0.0391, 0.0453), "+4.2 points [+3.9, +4.5]"),
        ("share", (-0.0002, -0.0003, -0.0001), "−0.02 points [−0.03, −0.01]"),
        ("profit", (43_210.0, 40_000.0, 46_000.0), "+43.2K currency [+40.0K, +46.0K]"),
        ("sincerity", (0.1, 0.1, 0.1), "+0.100 [+0.100, +0.100]"),
        ("share", (float("nan"),) * 3, "–"),
        ("hhi", (0.5, float("nan"), float("nan")), "+0.500"),
    ],
)
def test_effects_have_the_digits_that_their_interval_deserves(key, given, text):
    assert effect_text(effect(*given), question(key)) == text


def test_undefined_pairs_are_told():
    assert effect_text(effect(pairs=30), question()).endswith("(defined in 30 of 32 pairs)")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, "Market share, Nova, at the end"),
        ({"over": "mean", "weeks": (3, 9)}, "Market share, Nova, weeks 3–9"),
        ({"over": "peak", "weeks": (3, 9)}, "Market share, Nova, highest week, weeks 3–9"),
        ({"over": "mean", "weeks": (4, 4)}, "Market share, Nova, week 4"),
        ({"key": "militants", "of": None, "over": "sum"}, "Militants, in total"),
    ],
)
def test_questions_name_figure_item_and_weeks(given, text):
    assert question_text(question(**given)) == text


def test_expectations_carry_what_matters():
    answer = Answer(effect=effect(), least=0.002, found="+", outcome="pass")
    assert expected_text(answer, question()) == "more, by 0.2 points at least"
    assert expected_text(answer, question(expected="0")) == "no more than 0.2 points either way"
    assert expected_text(answer, question(expected=None)) == "nothing"


def test_ablation_says_how_much_is_left():
    assert "vanishes (5% left): carried by it" in ablation_text(result(left=0.0021))
    assert "50% of the effect is left: not carried by it alone" in ablation_text(result(left=0.021))
    assert ablation_text(result()) == ""


def test_undecided_claims_come_with_advice():
    assert "--replicates 128" in advice_text(result(["undecided"] * 9, "undecided"))
    assert advice_text(result()) == ""


def test_the_sum_counts_verdicts_and_stable_ones():
    unstable = result(halves=["holds", "undecided"])
    text = counts_text(Claims(claims=[result(), unstable, result(["fail"] * 9, "not_here", halves=[])]))
    assert text.startswith("Claims: 3 (holds: 2, does not hold here: 1). 50% of the verdicts are stable: 1 of 2")


@pytest.mark.parametrize("code", ["en", "fr"])
def test_the_page_has_every_claim_with_its_tables(code):
    with use_language(code):
        text = page(Claims(claims=[result(left=0.0021), result(outcomes(lambda s: s.get(A) == 1), "only_if")]))
    assert text.count("\n## own\n") == 2
    assert {"en": "It sells.", "fr": "Elle vend."}[code] in text
    assert "« vendre »" in text
    # Every row of a table has as many cells as its heading.
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({line.replace("&#124;", "").count("|") for line in block.splitlines()}) == 1
