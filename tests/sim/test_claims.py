"""The ``[claim]`` table of a scenario file."""

from __future__ import annotations

import pytest

from sim.problems import ScenarioError
from sim.scenario import changed, load, with_horizon
from sim.text import use_language

CLAIM = """
extends = "baseline"

[claim]
en = "A cheaper Nova sells more."
fr = "Moins chère, Nova vend plus."
source = "S1"
{more}
[claim.without]
"firm.Nova.levers.price" = 12.0
[[claim.figure]]
{figure}
"""
GOOD = 'key = "share"\nof = "Nova"\nexpected = "+"'


def written(tmp_path, figure=GOOD, more="", text=CLAIM):
    path = tmp_path / "own.toml"
    path.write_text(text.format(figure=figure, more=more), encoding="utf-8")
    return path


def claim_of(source, *settings):
    return load(source, *settings).claim


def problems(path):
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return [(problem.place.line, problem.key, problem.message) for problem in caught.value.problems]


def test_a_claim_is_read(tmp_path):
    claim = claim_of(written(tmp_path))
    assert claim.figures[0].key == "share"
    assert claim.figures[0].window == "end"
    assert claim.without.settings == {"firm.Nova.levers.price": 12.0}
    assert not claim.moderator
    assert claim.without


def test_weeks_make_a_mean_unless_told_otherwise(tmp_path):
    figures = claim_of(
        written(tmp_path, GOOD + '\nweeks = [3, 9]\n[[claim.figure]]\nkey = "hhi"\nover = "peak"')
    ).figures
    assert [figure.window for figure in figures] == ["mean", "peak"]


@pytest.mark.parametrize(
    ("figure", "line", "key", "said"),
    [
        ('key = "shar"\nof = "Nova"', 12, "claim.figure.0.key", "did you mean 'share'?"),
        ('key = "share"\nof = "Nov"', 13, "claim.figure.0.of", "did you mean 'Nova'?"),
        ('key = "salience"\nof = "wrk"', 13, "claim.figure.0.of", "did you mean 'work'?"),
        ('key = "share"', 11, "claim.figure.0", "needs `of`"),
        ('key = "hhi"\nof = "Nova"', 13, "claim.figure.0.of", "whole market"),
        (GOOD + "\nweeks = [90, 105]", 15, "claim.figure.0.weeks.1", "104 or earlier"),
        (GOOD + "\nweeks = [9, 3]", 15, "claim.figure.0.weeks.0", "9 > 3"),
        ('key = "share"\nof = "Nova"\nexpected = "0"', 11, "claim.figure.0", "needs `least`"),
        (GOOD + "\nexpcted = 1", 15, "claim.figure.0.expcted", "did you mean 'expected'?"),
        (GOOD + '\nover = "ende"', 15, "claim.figure.0.over", "did you mean 'end'?"),
        (GOOD + "\nleast = -1.0", 15, "claim.figure.0.least", "must be 0 or more"),
    ],
)
def test_mistakes_have_their_line_and_the_nearest_word(tmp_path, figure, line, key, said):
    (found,) = problems(written(tmp_path, figure))
    assert found[:2] == (line, key)
    assert said in found[2]


def test_mistakes_are_told_in_french(tmp_path):
    with use_language("fr"):
        ((_, _, message),) = problems(written(tmp_path, 'key = "shar"\nof = "Nova"'))
    assert message == 'il n\'y a pas de chiffre clé "shar" ; vouliez-vous dire « share » ?'


def test_a_claim_needs_a_counterfactual_that_exists(tmp_path):
    without = CLAIM.replace('[claim.without]\n"firm.Nova.levers.price" = 12.0\n', "")
    ((_, key, message),) = problems(written(tmp_path, text=without))
    assert (key, "against" in message) == ("claim", True)
    ((_, key, message),) = problems(written(tmp_path, more='against = "baselin"', text=without))
    assert (key, "did you mean 'baseline'?" in message) == ("claim.against", True)
    assert claim_of(written(tmp_path, more='against = "baseline"', text=without)).against == "baseline"


def test_a_claim_is_not_inherited(tmp_path):
    written(tmp_path)
    child = tmp_path / "child.toml"
    child.write_text('extends = "./own.toml"\nseed = 7\n', encoding="utf-8")
    assert claim_of(child) is None
    child.write_text(child.read_text() + CLAIM.partition("\n\n")[2].format(figure=GOOD, more=""), encoding="utf-8")
    assert claim_of(child).without.settings == {"firm.Nova.levers.price": 12.0}


def test_a_claim_is_no_part_of_the_market(tmp_path):
    with_claim = load(written(tmp_path))
    plain = tmp_path / "plain.toml"
    plain.write_text('extends = "baseline"\nname = "own"\n', encoding="utf-8")
    assert with_claim.text_hash == load(plain).text_hash
    assert with_claim.canonical.replace("null", "") == load(plain).canonical.replace("null", "")
    assert "claim" not in with_claim.as_file()


def test_a_scenario_with_changed_values_claims_nothing(tmp_path):
    scenario = load(written(tmp_path, GOOD + "\nweeks = [90, 104]"))
    assert scenario.claim is not None
    assert changed(scenario, {"seed": 3}).claim is None
    assert with_horizon(scenario, 20).claim is None
    assert claim_of(tmp_path / "own.toml", ["horizon=20"]) is None


def test_a_claim_cannot_be_set(tmp_path):
    with pytest.raises(ScenarioError, match="cannot be set"):
        load(written(tmp_path), ["claim.source=S2"])
