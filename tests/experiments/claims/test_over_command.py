"""``userisation claims --over``: what it prints, packages and refuses."""

from __future__ import annotations

import json

import numpy as np
import pytest

from experiments.claims import findings
from experiments.claims.findings import Claims
from experiments.commands import claims as command_module
from experiments.exits import Exit
from tests.experiments import fake_sim
from tests.experiments.claims.test_command import CLAIM

KEY = "mechanisms.sincerity.asymmetry"
VALUES = (1.5, 3.0, 2.5, 1.2, 4.0, 1.1, 3.5, 1.9, 2.2, 2.8, 1.4, 4.5)
"""Seven of them are above 2."""
ENSEMBLE = f"""
kind = "userisation ensemble"
format = 1
scenario = "baseline"

[[column]]
name = "asymmetry"
keys = ["{KEY}"]

[[column]]
name = "appeal"
keys = ["firm.Nova.appeal"]

[draws]
values = [
{"".join(f"  [{value}, 0.1]," + chr(10) for value in VALUES)}]
"""
SMALL = ("-r", 12, "--quick", "--threads", 1)


@pytest.fixture
def claiming(tmp_path):
    path = tmp_path / "scandal.toml"
    path.write_text(fake_sim.SCENARIO + CLAIM, encoding="utf-8")
    return path


@pytest.fixture
def draws(tmp_path):
    path = tmp_path / "posterior.toml"
    path.write_text(ENSEMBLE, encoding="utf-8")
    return path


@pytest.fixture
def market(fake_market, monkeypatch):
    """Scandals cost customers only where the asymmetry is above 2."""
    plausible = fake_market._plausible

    def forgiving(self, firms, causes):
        week = plausible(self, firms, causes)
        if self.setup.mechanisms.sincerity.asymmetry <= 2:
            week["share"] = np.full(len(firms), 1.0 / len(firms))
        return week

    monkeypatch.setattr(fake_market, "_plausible", forgiving)
    return fake_market


def held_of(claims):
    return [one.over.points[0].held for one in claims.claims]


def test_a_verdict_says_in_how_many_draws_it_holds(market, command, claiming, draws, tmp_path):
    ended = command("claims", claiming, *SMALL, "--over", draws, "--out", "out")
    assert ended.code == 0, ended.err
    words = " ".join(ended.out.split())
    assert "holds in 7 of 12 draws (32–81%)" in words
    assert "not in these markets: firm.Nova.appeal" in words
    assert "Over posterior.toml: 12 draws, one future each." in words
    assert "at least nine of ten draws of the ensemble: 0 of 1" in words
    assert max(len(line) for line in ended.out.splitlines()) <= 120
    text = (tmp_path / "out" / "claims.md").read_text(encoding="utf-8")
    assert "Over `posterior.toml`: 12 draws, one future each. Holds in 7 of 12 draws" in text
    assert "not in these markets: `firm.Nova.appeal`" in text.lower().replace("nova", "Nova")


def test_it_speaks_french(market, command, claiming, draws, tmp_path):
    ended = command("claims", claiming, *SMALL, "--over", draws, "--draws", 6, "--futures", 2, "--lang", "fr")
    words = " ".join(ended.out.split())
    assert "tient dans 3 des 6 tirages" in words
    assert "absent de ces marchés : firm.Nova.appeal" in words
    assert "Tirages de posterior.toml : 6, 2 futurs chacun." in words
    assert "draws" not in words


def test_json_gives_the_shares(market, command, claiming, draws):
    document = json.loads(command("claims", claiming, *SMALL, "--over", draws, "--json").out)
    assert document["ensemble"]["name"] == "posterior.toml"
    over = document["claims"][0]["over"]
    assert over["points"] == [{"held": 7, "draws": 12, "low": pytest.approx(0.3195, abs=1e-3),
                               "high": pytest.approx(0.8067, abs=1e-3), "undefined": 0}]  # fmt: skip
    assert (over["drawn"], over["kept"], over["missing"]) == ([KEY], [], ["firm.Nova.appeal"])
    assert over["ensemble"] == document["ensemble"]
    # Fewer than ten different effects would say nothing; these are twelve, in two heaps: 0 and what a scandal costs.
    assert over["goes"] is None or over["goes"]["parameter"] == KEY


def test_without_an_ensemble_nothing_of_it_is_said(market, command, claiming):
    document = json.loads(command("claims", claiming, *SMALL, "--json").out)
    assert "ensemble" not in document
    assert "over" not in document["claims"][0]
    assert "draws" not in command("claims", claiming, *SMALL).out


def test_more_draws_than_rows_are_said_to_repeat(market, command, claiming, draws):
    ended = command("claims", claiming, *SMALL, "--over", draws, "--draws", 20)
    assert ended.code == 0
    assert "The ensemble has 12 draws and 20 were asked for: after the last row the first comes again" in ended.err
    assert "7 of 12 draws" in " ".join(ended.out.split())
    assert (
        "après la dernière ligne"
        in command("claims", claiming, *SMALL, "--over", draws, "--draws", 20, "--lang", "fr").err
    )
    draws.write_text(ENSEMBLE + f"weights = [{', '.join(['1.0'] * 12)}]\n", encoding="utf-8")
    weighted = command("claims", claiming, *SMALL, "--over", draws, "--draws", 20)
    assert "12 weighted draws" in weighted.err
    assert "of 20 draws" in " ".join(weighted.out.split())


def test_draws_that_one_market_cannot_take_are_left_out_and_told(market, command, claiming, draws):
    # An act never takes less than a click, and this scenario says that a click takes 0.3.
    stated = "\n[mechanisms.activation]\nclick_cost = 0.3\n"
    claiming.write_text(claiming.read_text(encoding="utf-8") + stated, encoding="utf-8")
    text = ENSEMBLE.replace("firm.Nova.appeal", "mechanisms.activation.act_cost").replace(", 0.1]", ", 0.9]")
    draws.write_text(text.replace("[3.0, 0.9]", "[3.0, 0.2]"), encoding="utf-8")
    ended = command("claims", claiming, *SMALL, "--over", draws)
    assert ended.code == Exit.RUN_FAILED
    assert "act_cost" in ended.err
    assert "Traceback" not in ended.err
    assert "holds in 6 of 11 draws" in " ".join(ended.out.split())
    assert "(undefined in 1 more)" in " ".join(ended.out.split())


@pytest.mark.parametrize(
    ("old", "new", "line", "said", "dit"),
    [
        ('kind = "userisation ensemble"', 'kind = "letter"', 2, "this is no ensemble", "ce n'est pas un ensemble"),
        ('kind = "userisation ensemble"\n', "", 0, "this is no ensemble", "ce n'est pas un ensemble"),
        ("[draws]", "[draws", 14, "", ""),
        (KEY, "mechanisms.sincerity.asymetry", 8, "did you mean 'asymmetry'?", "asymmetry"),
        ("firm.Nova.appeal", "firm.Nov.appeal", 12, "did you mean 'Nova'?", "Nova"),
        ("firm.Nova.appeal", "sector.drinks.commons.quality", 12, "nothing of this name", "n'a rien de ce nom"),
        ("[3.0, 0.1]", "[0.5, 0.1]", 17, "must be 1 or more", "doit être au moins 1"),
        ("[3.0, 0.1]", "[3.0]", 17, "row 2 has 1 values", "la ligne 2 a 1 valeurs"),
        ('scenario = "baseline"', 'scenario = "gone.toml"', 0, "gone.toml", "gone.toml"),
    ],
)
def test_a_wrong_ensemble_is_refused_before_anything_is_run(
    command, claiming, draws, tmp_path, old, new, line, said, dit
):
    assert old in ENSEMBLE
    draws.write_text(ENSEMBLE.replace(old, new), encoding="utf-8")
    for words, text in (((), said), (("--lang", "fr"), dit)):
        ended = command("claims", claiming, "--over", draws, *words)
        assert ended.code == Exit.BAD_INPUT
        assert text in ended.err
        assert "Traceback" not in ended.err
        assert (f"posterior.toml:{line}: " in ended.err) or not line
        assert ended.out == ""
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("words", "said", "dit"),
    [
        (["--over", "nowhere.toml"], "nowhere.toml", "nowhere.toml"),
        (["--over", "."], "folder", "dossier"),
        (["--draws", "20"], "--draws needs --over ENSEMBLE.toml", "--draws demande --over ENSEMBLE.toml"),
        (["--futures", "2"], "--futures needs --over ENSEMBLE.toml", "--futures demande --over ENSEMBLE.toml"),
        (["--over", "posterior.toml", "--draws", "1"], "--draws", "--draws"),
        (["--over", "posterior.toml", "--futures", "0"], "--futures", "--futures"),
    ],
)
def test_misuse_is_explained(command, claiming, draws, words, said, dit):
    for language, text in (("en", said), ("fr", dit)):
        ended = command("claims", claiming, *words, "--lang", language)
        assert ended.code == Exit.BAD_INPUT
        assert text in ended.err
        assert ended.out == ""


def test_writing_packages_the_shares_and_marks_those_of_older_ensembles(
    market, command, claiming, draws, tmp_path, monkeypatch
):
    docs, verdicts = tmp_path / "docs", tmp_path / "verdicts.json"
    docs.mkdir()
    monkeypatch.setattr(command_module, "_docs_folder", lambda: docs)
    for module in (findings, command_module):
        monkeypatch.setattr(module, "packaged_path", lambda: verdicts, raising=False)
    monkeypatch.setattr("sim.scenario.library", lambda: ("baseline", "scandal", "second"))
    second = tmp_path / "second.toml"
    second.write_text(claiming.read_text(encoding="utf-8"), encoding="utf-8")
    common = ("-r", 12, "--write")
    assert command("claims", claiming, second, *common, "--over", draws).code == 0
    packaged = Claims.model_validate_json(verdicts.read_text(encoding="utf-8"))
    assert held_of(packaged) == [7, 7]
    assert "Out of date" not in (docs / "claims.md").read_text(encoding="utf-8")
    # One claim over other draws: the other is marked. One tried without any: its shares stay.
    draws.write_text(ENSEMBLE.replace("[1.5, 0.1]", "[2.1, 0.1]"), encoding="utf-8")
    assert command("claims", claiming, *common, "--over", draws).code == 0
    assert command("claims", claiming, *common).code == 0
    packaged = Claims.model_validate_json(verdicts.read_text(encoding="utf-8"))
    assert held_of(packaged) == [8, 7]
    assert [packaged.is_stale(one) for one in packaged.claims] == [False, True]
    text = (docs / "claims.md").read_text(encoding="utf-8")
    assert text.count("Out of date: these are draws of an older ensemble") == 1
    assert "holds<br>8 of 12 draws" in text
