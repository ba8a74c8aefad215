"""``userisation facts``: what it prints in both languages, what it writes, how it fails and how it stops."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.commands import facts as command_module
from experiments.exits import Exit
from experiments.facts import page as page_module
from experiments.facts import registry
from experiments.facts.findings import Facts

ROOT = Path(__file__).resolve().parent.parent.parent.parent


def test_the_table_has_fact_source_band_value_and_outcome(command):
    ended = command("facts", "--only", "attention", "-r", 5)
    assert ended.code == 0, ended.err
    words = " ".join(ended.out.split())
    assert "13. Attention decays" in words
    assert "CAL · Crane, Schweitzer & Sornette 2010" in words
    assert "0.6 to 3.2" in words
    assert "inside" in words or "outside" in words
    assert "Measured at the defaults of the model." in words
    assert max(len(line) for line in ended.out.splitlines()) <= 120


def test_it_speaks_french(command):
    words = " ".join(command("facts", "--only", "13", "-r", 5, "--lang", "fr").out.split())
    assert "13. L'attention retombe" in words
    assert "0,6 à 3,2" in words
    assert "dedans" in words or "dehors" in words
    assert "Mesuré aux valeurs par défaut" in words
    assert "inside" not in words


def test_json_is_one_document(command):
    document = json.loads(command("facts", "--only", "talk_per_act", "-r", 1, "--json").out)
    assert document["kind"] == "userisation facts"
    (fact,) = document["facts"]
    assert fact["key"] == "talk"
    assert [one["key"] for one in fact["statistics"]] == ["talk_per_act", "hostile_talk", "sales_under_hostile_talk"]
    # Too few replicates for an interval; a band without an upper end.
    assert fact["statistics"][0]["low"] is None
    assert fact["statistics"][0]["band_high"] is None


def test_a_scenarios_mechanisms_are_used(command):
    quick = command("facts", "--only", "13", "-r", 1, "--json")
    slow = command(
        "facts", "baseline", "--set", "mechanisms.activation.fast_decay=0.1", "--only", "13", "-r", 1, "--json"
    )
    half_lives = [json.loads(one.out)["facts"][0]["statistics"][0]["value"] for one in (quick, slow)]
    assert half_lives[0] < half_lives[1]
    assert json.loads(slow.out)["scenario"] == "baseline"
    assert "Measured with the traits, network and mechanisms of baseline." in " ".join(
        command("facts", "baseline", "--only", "13", "-r", 1).out.split()
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["facts", "--only", "atention"], "did you mean 'attention'?"),
        (["facts", "baselin"], "did you mean 'baseline'?"),
        (["facts", "--replicates", "0"], "a whole number from 1"),
        (["facts", "--set", "mechanisms.activation.fast_decay=3"], "fast_decay"),
        (["facts", "--panel", "missing.csv"], "missing.csv"),
        (["facts", "--docs", "--only", "1"], "--docs renews the whole page"),
    ],
)
def test_misuse_is_explained_before_anything_is_run(command, words, said):
    ended = command(*words)
    assert ended.code == Exit.BAD_INPUT
    assert said in ended.err
    assert ended.out == ""


def test_the_page_and_its_charts_are_written(command, tmp_path, monkeypatch):
    (tmp_path / "docs" / "images").mkdir(parents=True)
    few = tuple(fact for fact in registry.FACTS if fact.key in ("attention", "talk"))
    monkeypatch.setattr(registry, "FACTS", few)
    monkeypatch.setattr(command_module, "_docs_folder", lambda: tmp_path / "docs")
    monkeypatch.setattr(page_module, "packaged_path", lambda: tmp_path / "measured.json")
    ended = command("facts", "--docs", "-r", 5, "--lang", "fr")
    assert ended.code == 0, ended.err
    kept = Facts.model_validate_json((tmp_path / "measured.json").read_text(encoding="utf-8"))
    assert [fact.key for fact in kept.facts] == ["talk", "attention"]
    page = (tmp_path / "docs" / "facts.md").read_text(encoding="utf-8")
    assert page.startswith("# Facts that the model is held to")
    assert "## 13. Attention decays" in page
    assert "Source: Crane, Schweitzer & Sornette 2010. Use: CAL. Market: `attention`." in page
    for name in ("facts.svg", "facts_shapes.svg"):
        drawn = (tmp_path / "docs" / "images" / name).read_text(encoding="utf-8")
        assert drawn.startswith("<svg")
        assert "Attention decays" in drawn
        assert "nan" not in drawn


SCRIPT = "import sys; from experiments.cli import app; app(sys.argv[1:])"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_ctrl_c_shows_what_is_done(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "facts", "--only", "13", "-r", "4000", "--threads", "1"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"USERISATION_LANG": "en"},
    )  # fmt: skip
    assert process.stderr is not None
    until = time.monotonic() + 120
    while "replicate" not in process.stderr.readline():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == Exit.INTERRUPTED
    assert "Half-life of salience" in out
    assert "Stopped: the table holds the replicates that were finished." in err
    assert "Traceback" not in err
