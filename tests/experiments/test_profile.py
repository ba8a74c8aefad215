import json

import pytest

from experiments.cli import app

SMALL = ["profile", "baseline", "--consumers", "300", "--warm", "1", "--weeks", "2"]


def test_a_table_in_both_languages(capsys):
    app(SMALL)
    english = capsys.readouterr().out
    assert "hearing peers" in english
    assert "300 consumers" in english
    assert "median of 2 weeks" in english
    app([*SMALL, "--lang", "fr"])
    assert "écoute des pairs" in capsys.readouterr().out


def test_one_document(capsys):
    app([*SMALL, "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["consumers"] == 300
    assert document["weeks"] == 2
    assert [phase["phase"] for phase in document["phases"]][:2] == ["draws", "hearing"]
    total = sum(phase["ns"] for phase in document["phases"])
    assert abs(total - document["ns_per_consumer_week"]) < 1e-6 * total


@pytest.mark.parametrize("wrong", [["--weeks", "0"], ["--warm", "-1"], ["--consumers", "3"]])
def test_numbers_out_of_bounds_are_refused(command, wrong):
    ended = command(*SMALL, *wrong)
    assert (ended.code, ended.out) == (2, "")
    assert wrong[0] in ended.err
    assert "Traceback" not in ended.err
