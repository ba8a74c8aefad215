"""The command: what it shows in both languages, what it refuses, and how it is stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from experiments.exits import Exit
from experiments.score.models import MODELS
from tests.experiments.panel.synthetic import simulated, wide_text

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture
def panel_file(tmp_path):
    path = tmp_path / "drinks.csv"
    path.write_text(wide_text(simulated(seed=1, households=30)), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def few_copies(monkeypatch):
    """Keep the tests of the command short."""
    from experiments.score.study import Plan

    monkeypatch.setattr("experiments.score.study.Plan", partial(Plan, copies=2, resamples=20))


def test_models_statistics_and_legend_are_shown(command, panel_file):
    ended = command("score", panel_file, "--models", "logit,logit_last", "--folds", 2, "--workers", 1)
    assert ended.code == Exit.OK, ended.err
    assert "drinks.csv: 30 households" in ended.out
    for text in (
        "Logit with the last brand",
        "Whole panel",
        "Double jeopardy (slope)",
        "Repeats beyond chance",
        "of 24",
    ):
        assert text in ended.out
    assert "Consumer of the simulation" not in ended.out
    assert "Warning" not in ended.err


def test_french(command, panel_file):
    ended = command("score", panel_file, "--models", "logit", "--folds", 2, "--workers", 1, "--lang", "fr")
    assert "drinks.csv : 30 foyers" in ended.out
    assert "Logit, tous les foyers pareils" in ended.out
    assert "Chercheurs de variété" in ended.out
    assert "%" in ended.out


def test_several_panels_are_added_up_and_json_holds_everything(command, panel_file, tmp_path):
    second = tmp_path / "soaps.csv"
    second.write_text(wide_text(simulated(seed=2, households=20)), encoding="utf-8")
    words = (panel_file, second, "--models", "logit", "--folds", 2, "--workers", 1)
    assert "All 2 panels together" in command("score", *words).out
    document = json.loads(command("score", *words, "--json").out)
    assert [panel["source"] for panel in document["panels"]] == ["drinks.csv", "soaps.csv"]
    rows = [panel["models"][0] for panel in document["panels"]]
    total = document["total"][0]
    assert total["inside"] == sum(row["inside"] for row in rows)
    assert total["choices"] == sum(row["choices"] for row in rows)
    weighted = sum(row["log_likelihood"] * row["choices"] for row in rows) / total["choices"]
    assert total["log_likelihood"] == pytest.approx(weighted)
    fold = document["panels"][0]["folds"][0]
    one = fold["statistics"]["repeat_rate"]
    assert one["models"]["logit"]["inside"] == (one["low"] <= one["models"]["logit"]["value"] <= one["high"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--example"),
        (["nowhere.csv"], "nowhere.csv"),
        (["{file}", "--models", "logit_lst"], "did you mean 'logit_last'?"),
        (["{file}", "--models", ","], "there are: logit, logit_last"),
        (["{file}", "--folds", "1"], "from 2 to 50"),
        (["{file}", "--folds", "20"], "--folds can be 6 at most"),
        (["{file}", "--workers", "0"], "--workers: '0'"),
        (["{file}", "--seed", "-1"], "--seed: '-1'"),
        (["{file}", "--column", "household"], "ROLE=NAME"),
        (["{file}", "--layout", "wise"], "wide or long"),
    ],
)
def test_misuse_is_explained(command, panel_file, words, said):
    ended = command("score", *(word.format(file=panel_file) for word in words))
    assert ended.code == Exit.BAD_INPUT
    assert said in ended.err
    assert ended.out == ""
    assert "Traceback" not in ended.err


def test_all_panels_that_cannot_be_read_are_told(command, tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("household,week\n1,2\n", encoding="utf-8")
    ended = command("score", "a.csv", "b.csv")
    assert ended.code == Exit.BAD_INPUT
    assert "a.csv" in ended.err
    assert "b.csv" in ended.err


def test_too_few_households_are_refused(command, tmp_path):
    (tmp_path / "few.csv").write_text(wide_text(simulated(seed=3, households=8)), encoding="utf-8")
    ended = command("score", "few.csv")
    assert ended.code == Exit.BAD_INPUT
    assert "8 households; a score needs at least 10" in ended.err


def test_doubts_about_a_panel_are_told(command, tmp_path):
    """Choices in blocks, brand by brand, as in some textbook data."""
    from tests.experiments.score.test_folds import of_shape

    (tmp_path / "sorted.csv").write_text(wide_text(of_shape("sorted choices")), encoding="utf-8")
    ended = command("score", "sorted.csv", "--models", "logit", "--folds", 2, "--workers", 1)
    assert ended.code == Exit.OK
    assert "sorted by brand" in ended.err


def test_every_model_has_names_in_both_languages():
    from experiments.facts.choice_statistics import CHOICE_STATISTICS
    from experiments.text import CATALOGUE
    from sim.text import LANGUAGES

    needed = {f"score.{kind}.{key}" for kind in ("model", "short") for key in MODELS}
    needed |= {f"score.statistic.{name}" for name in CHOICE_STATISTICS}
    for code in LANGUAGES:
        assert sorted(needed - CATALOGUE.texts(code).keys()) == []


def children_of(pid):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


def is_alive(pid):
    """A process that has ended but was not asked how counts as ended."""
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip()[:1] not in ("", "Z")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_keeps_what_is_finished_and_leaves_no_process_behind(tmp_path):
    path = tmp_path / "large.csv"
    path.write_text(wide_text(simulated(seed=4, households=600)), encoding="utf-8")
    command = [sys.executable, "-m", "experiments", "score", str(path), "--models", "logit,module", "--workers", "2"]
    environment = {**os.environ, "USERISATION_ENV": "mine", "USERISATION_LANG": "en", "PYTHONWARNINGS": "default"}
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as running:
        # A line of progress comes with the first piece that is finished ten seconds after the start.
        assert running.stderr is not None
        first = running.stderr.readline()
        workers = children_of(running.pid)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert "steps" in first
    assert running.returncode == Exit.INTERRUPTED, err
    assert "fits were finished and are kept" in err
    assert "Traceback" not in err
    assert len(workers) >= 2
    ends = time.monotonic() + 10.0
    while any(is_alive(pid) for pid in workers) and time.monotonic() < ends:
        time.sleep(0.1)
    assert not [pid for pid in workers if is_alive(pid)]
    assert "Logit" in out
