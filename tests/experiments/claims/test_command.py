"""``userisation claims``: what it prints, what it leaves, how it fails and how it stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.claims import findings
from experiments.claims.findings import Claims
from experiments.commands import claims as command_module
from experiments.exits import Exit
from tests.experiments import fake_sim

ROOT = Path(__file__).resolve().parent.parent.parent.parent
CLAIM = """
[claim]
en = "A scandal costs the firm customers."
fr = "Un scandale coûte des clients à la firme."
source = "S3"
quote = "un scandale"
[claim.without]
clear = ["event"]
[[claim.figure]]
key = "share"
of = "Pyramide"
expected = "-"
[claim.region]
"event.0.severity" = [0.5]
"event.0.week" = [10, 30]
[claim.carried_by]
"mechanisms.crisis.enabled" = false
"""


@pytest.fixture
def claiming(tmp_path):
    path = tmp_path / "scandal.toml"
    path.write_text(fake_sim.SCENARIO + CLAIM, encoding="utf-8")
    return path


def test_a_claim_is_tested_and_told(fake_market, command, claiming, tmp_path):
    ended = command("claims", claiming, "-r", 12, "--threads", 1, "--out", tmp_path / "out")
    assert ended.code == 0, ended.err
    words = " ".join(ended.out.split())
    assert "A scandal costs" in words
    assert "Market share, Pyramide, at the end" in words
    assert "holds" in words
    assert "at all 6 points tried" in words
    assert "Claims: 1 (holds: 1). 100% of the verdicts are stable" in words
    assert max(len(line) for line in ended.out.splitlines()) <= 120
    found = Claims.model_validate_json((tmp_path / "out" / "claims.json").read_text(encoding="utf-8"))
    assert [one.verdict for one in found.claims] == ["holds"]
    page = (tmp_path / "out" / "claims.md").read_text(encoding="utf-8")
    assert page.startswith("# Claims put to the test")
    assert "Market share, Pyramide, at the end: −" in page
    assert "not carried by it alone" in page


def test_it_speaks_french(fake_market, command, claiming, tmp_path):
    ended = command("claims", claiming, "-r", 12, "--quick", "--lang", "fr", "--out", "out")
    words = " ".join(ended.out.split())
    assert "Un scandale coûte des clients" in words
    assert "tient" in words
    assert "Affirmations : 1 (tient : 1)." in words
    assert "aux valeurs de leurs scénarios" in words
    assert "Claims" not in words
    page = (tmp_path / "out" / "claims.md").read_text(encoding="utf-8")
    assert "essayé aux seules valeurs du scénario" in page
    assert "Pyramide, à la fin: −" in page.replace(" :", ":")


def test_json_is_one_document_with_the_counts(fake_market, command, claiming):
    document = json.loads(command("claims", claiming, "-r", 12, "--quick", "--json").out)
    assert document["counts"] == {"holds": 1}
    assert (document["stable"], document["stability_known"]) == (1, 1)
    (one,) = document["claims"]
    assert one["verdict"] == "holds"
    assert one["points"][0]["answers"][0]["effect"]["high"] < 0


def test_the_same_command_gives_the_same_numbers_for_any_number_of_threads(fake_market, command, claiming):
    first, second = (command("claims", claiming, "-r", 8, "--json", "--threads", n).out for n in (1, 3))
    assert first == second


def test_the_default_folder_is_named_after_claims_and_the_time(fake_market, command, claiming, tmp_path):
    assert command("claims", claiming, "-r", 5, "--quick").code == 0
    (folder,) = (tmp_path / "results").iterdir()
    assert folder.name.startswith("claims-")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["claims", "sincere_openin"], "did you mean 'sincere_opening'?"),
        (["claims", "nowhere.toml"], "nowhere.toml"),
        (["claims", "--replicates", "4"], "a whole number from 5 to 100,000"),
        (["claims", "--consumers", "3"], "from 10 to"),
        (["claims", "--quik"], "Did you mean '--quick'?"),
        (["claims", "--write", "--quick"], "--write renews whole verdicts"),
        (["claims", "sweatshop_scandal", "--weeks", "20"], "needs"),
    ],
)
def test_misuse_is_explained_before_anything_is_run(command, tmp_path, words, said):
    ended = command(*words)
    assert ended.code == Exit.BAD_INPUT
    assert said in ended.err
    assert ended.out == ""
    assert not (tmp_path / "results").exists()


def test_scenarios_without_a_claim_are_said_to_have_none(fake_market, command, claiming, scenario_file):
    alone = command("claims", scenario_file)
    assert alone.code == Exit.BAD_INPUT
    assert "two-worlds makes no claim" in alone.err
    assert "two-worlds n'affirme rien" in command("claims", scenario_file, "--lang", "fr").err
    among = command("claims", scenario_file, claiming, "-r", 5, "--quick")
    assert among.code == 0
    assert "two-worlds makes no claim" in among.err


def test_a_foreign_folder_is_left_alone(fake_market, command, claiming, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    ended = command("claims", claiming, "-r", 5, "--quick", "--out", tmp_path / "mine")
    assert ended.code == Exit.CANNOT_WRITE
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_failed_runs_are_told(fake_market, command, claiming, monkeypatch, tmp_path):
    monkeypatch.setattr(fake_market, "fails_at", {1: 10})
    ended = command("claims", claiming, "-r", 12, "--quick", "--out", "out")
    assert ended.code == Exit.RUN_FAILED
    assert "a market without customers" in ended.err
    page = (tmp_path / "out" / "claims.md").read_text(encoding="utf-8")
    assert "(defined in 11 of 12 pairs)" in page
    assert "4 runs failed and are left out" in page


def test_writing_renews_what_was_tested_and_keeps_the_rest(fake_market, command, claiming, tmp_path, monkeypatch):
    docs, verdicts = tmp_path / "docs", tmp_path / "verdicts.json"
    docs.mkdir()
    monkeypatch.setattr(command_module, "_docs_folder", lambda: docs)
    for module in (findings, command_module):
        monkeypatch.setattr(module, "packaged_path", lambda: verdicts, raising=False)
    monkeypatch.setattr("sim.scenario.library", lambda: ("gone_since", "scandal", "other"))
    older = Claims(claims=[])
    assert command("claims", claiming, "-r", 12, "--write", "--lang", "fr").code == 0
    older = Claims.model_validate_json(verdicts.read_text(encoding="utf-8"))
    kept = older.claims[0].model_copy(update={"scenario": "other"})
    dropped = older.claims[0].model_copy(update={"scenario": "renamed"})
    verdicts.write_text(Claims(claims=[dropped, kept]).text(), encoding="utf-8")
    assert command("claims", claiming, "-r", 12, "--write").code == 0
    renewed = Claims.model_validate_json(verdicts.read_text(encoding="utf-8"))
    assert [one.scenario for one in renewed.claims] == ["scandal", "other"]
    page = (docs / "claims.md").read_text(encoding="utf-8")
    assert page.startswith("# Claims put to the test")
    assert "## other" in page


SCRIPT = """
import sys
from tests.experiments import fake_sim
fake_sim.install()
fake_sim.Market.seconds_a_week = 0.002
from experiments.cli import app
app(sys.argv[1:])
"""


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_ctrl_c_keeps_the_claims_that_are_finished(claiming, tmp_path):
    other = tmp_path / "long.toml"
    other.write_text(claiming.read_text(encoding="utf-8").replace("seed = 1", "seed = 2"), encoding="utf-8")
    folder = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "claims", str(claiming), str(other), "-r", "10", "--threads", "2",
         "--out", str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"USERISATION_LANG": "en"},
    )  # fmt: skip
    until = time.monotonic() + 60
    while not (folder / "claims.md").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == Exit.INTERRUPTED
    assert "1 of 2 claims were finished" in err
    assert "Traceback" not in err
    assert "A scandal costs" in out
    found = Claims.model_validate_json((folder / "claims.json").read_text(encoding="utf-8"))
    assert [one.scenario for one in found.claims] == ["scandal"]
    assert found.interrupted
