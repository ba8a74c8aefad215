"""The command: what it leaves and says, how it stops and goes on, what it refuses."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from experiments import memory
from experiments.calibration.ledger import Ledger
from experiments.commands import calibrate as module
from experiments.ensembles import Ensemble
from experiments.exits import Exit
from tests.experiments.calibration.conftest import SMALL, TARGETS

ROOT = Path(__file__).resolve().parents[3]
RUNS = (16 + 8) * 2 + 8


def runs_in(folder):
    connection = sqlite3.connect(folder / "calibration.sqlite")
    try:
        return connection.execute("SELECT count(*) FROM run").fetchone()[0]
    finally:
        connection.close()


def found_in(folder):
    return json.loads((folder / "calibration.json").read_text(encoding="utf-8"))


def left_by(folder):
    return {name: (folder / name).read_bytes() for name in ("calibration.json", "ensemble.toml", "scenario.toml")}


@pytest.fixture
def calibrated(command, targets_file, tmp_path):
    """Give a function that calibrates the small question into a folder."""

    def run(name, *more):
        folder = tmp_path / name
        return folder, command("calibrate", "baseline", "-t", targets_file, *SMALL, "--out", folder, *more)

    return run


@pytest.mark.slow
def test_it_leaves_an_ensemble_that_runs_draw_from(calibrated, command, tmp_path):
    folder, ended = calibrated("one", "--json")
    assert ended.code == 0, ended.err
    document = json.loads(ended.out)
    assert document == found_in(folder)
    appeal, taste, idle = document["parameters"]
    assert appeal["identified"]
    assert not idle["identified"]
    assert abs(idle["shrinkage"]) < 0.2
    assert -1 <= appeal["low"] <= appeal["inner_low"] <= appeal["median"] <= appeal["high"] <= 1
    assert sum(taste["histogram"]) == pytest.approx(1)
    assert [target["status"] for target in document["targets"]] == ["met", "met"]
    assert document["runs"] == RUNS == runs_in(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "calibration.json", "calibration.sqlite", "ensemble.toml", "report.html", "scenario.toml",
    ]  # fmt: skip
    ensemble = Ensemble.read(folder / "ensemble.toml")
    assert len(ensemble) == 40
    assert tomllib.loads((folder / "scenario.toml").read_text(encoding="utf-8"))["population"]["size"] == 300
    ran = command("run", folder / "ensemble.toml", "-r", 4, "--out", tmp_path / "ran", "--threads", 2)
    assert ran.code == 0, ran.err
    assert "Drawing from 40 scenarios" in ran.err
    folder, french = calibrated("one", "--resume", "--lang", "fr")
    words = " ".join(french.out.split())
    assert "Toutes les cibles sont atteintes" in words
    assert "Les cibles n'identifient pas idle" in words
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Les cibles n&#39;identifient pas idle" in page
    assert "<script" not in page
    assert "://" not in page


@pytest.mark.slow
def test_any_number_of_threads_and_any_stops_give_the_same_bits(calibrated, monkeypatch):
    first, _ = calibrated("whole")
    second, ended = calibrated("one-thread", "--threads", 1)
    assert ended.code == 0
    assert left_by(first) == left_by(second)
    # Stopped after the 11th run, in the even design, and again after the 41st, in the wave.
    put = Ledger.put
    for stop_at, resume in ((11, ()), (41, ("--resume",))):

        def stopping(self, *values, stop_at=stop_at):
            put(self, *values)
            if len(self.known()) == stop_at:
                os.kill(os.getpid(), signal.SIGINT)

        monkeypatch.setattr(Ledger, "put", stopping)
        folder, ended = calibrated("stopped", *resume)
        assert ended.code == Exit.INTERRUPTED
        assert f"of {RUNS} runs were finished and are kept" in ended.err
        assert stop_at <= runs_in(folder) < stop_at + 4
        assert not (folder / "calibration.json").exists()
    monkeypatch.setattr(Ledger, "put", put)
    folder, ended = calibrated("stopped", "--resume")
    assert ended.code == 0
    assert "runs are there already" in ended.err
    assert left_by(folder) == left_by(first)


@pytest.mark.slow
def test_another_question_is_not_gone_on_with(calibrated, targets_file, command, tmp_path):
    folder, _ = calibrated("asked")
    refused = calibrated("asked")[1]
    assert refused.code == Exit.CANNOT_WRITE
    assert "--resume goes on with it" in refused.err
    assert "(the scenario)" in calibrated("asked", "--resume", "--set", "firm.Nova.levers.price=9")[1].err
    assert "(--points, --waves" in calibrated("asked", "--resume", "--replicates", 3)[1].err
    targets_file.write_text(TARGETS.replace("0.25", "0.2"), encoding="utf-8")
    changed = calibrated("asked", "--resume")[1]
    assert changed.code == Exit.BAD_INPUT
    assert "(the targets or the panel)" in changed.err
    assert runs_in(folder) == RUNS
    assert calibrated("asked", "--force")[1].code == 0
    assert found_in(folder)["targets"][0]["wanted_low"] == 0.2


@pytest.mark.slow
def test_what_cannot_be_met_is_said_with_its_distance(command, tmp_path):
    targets = tmp_path / "targets.toml"
    # The share of one of five firms that are alike in most things cannot be 0.95.
    targets.write_text(
        TARGETS.replace("0.25", "0.95") + '[[target]]\nkind = "share"\nof = "Citadel"\nvalue = 0.22\nsd = 0.2\n',
        encoding="utf-8",
    )
    out = tmp_path / "out"
    ended = command("calibrate", "baseline", "-t", targets, *SMALL, "--out", out)
    assert ended.code == 0
    words = " ".join(ended.out.split())
    assert "share:Nova:mean cannot be met: the nearest that any point came is" in words
    nova, repeat, citadel = found_in(out)["targets"]
    assert (repeat["status"], citadel["status"]) == ("met", "met")
    assert nova["counted_sd"] > 0.2 > nova["sd"]
    assert nova["status"] == "unmet"
    assert nova["nearest"] > 5
    assert nova["best"] < 0.7
    french = command("calibrate", "baseline", "-t", targets, *SMALL, "--out", out, "--resume", "--lang", "fr")
    words = " ".join(french.out.split())
    assert "share:Nova:mean ne peut être atteinte" in words
    assert "hors d'atteinte" in words
    assert "Les cibles n'identifient pas appeal, idle" in words


@pytest.mark.slow
def test_targets_that_cannot_be_met_together_are_said_to_be_so(command, tmp_path):
    targets = tmp_path / "targets.toml"
    # With one parameter for both, the share of a firm cannot be 0.2 on average and 0.4 in half of the weeks.
    share = '[[target]]\nkind = "share"\nof = "Nova"\nvalue = {}\nsd = 0.005\n'
    parameter = '[[parameter]]\nkey = "firm.Nova.appeal"\nlow = -2.0\nhigh = 2.0\n'
    text = parameter + share.format(0.2) + share.format(0.4) + "weeks = [6, 10]\n"
    targets.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    ended = command("calibrate", "baseline", "-t", targets, *SMALL, "--out", out)
    assert ended.code == 0
    assert {target["status"] for target in found_in(out)["targets"]} == {"conflict"}
    words = " ".join(ended.out.split())
    assert "cannot be met together with the other targets" in words
    assert "too narrow to be believed" in words


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
@pytest.mark.slow
def test_a_killed_worker_costs_nothing(targets_file, tmp_path, monkeypatch):
    from experiments.calibration.study import Budget, Study
    from experiments.calibration.targets import read_targets
    from experiments.pool import Pool
    from sim.scenario import load

    market = load("baseline", {"population.size": 300, "horizon": 60, "seed": 7})
    question = read_targets(targets_file, market)
    budget = Budget(16, 1, 8, 2, 40, 8)
    found = []
    for name, kills in (("calm", False), ("killed", True)):
        with Pool(2) as pool, Ledger.create(tmp_path / f"{name}.sqlite", {}) as ledger:
            pool.start()
            killed: list[int] = []

            def kill(progress, killed=killed, pool=pool, kills=kills):
                if kills and not killed and progress.replicates_done >= 5:
                    killed.append(pool.pids[0])
                    os.kill(killed[0], signal.SIGKILL)

            outcome = Study(market, question, budget, ledger, threads=2, pool=pool, on_progress=kill).run()
            assert outcome is not None
            assert bool(killed) == kills
            assert ledger.errors() == []
            found.append(outcome.sample.cube)
    assert (found[0] == found[1]).all()


SCRIPT = "import sys; from experiments.cli import app; app(sys.argv[1:])"


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
@pytest.mark.slow
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(targets_file, tmp_path):
    out = tmp_path / "out"
    words = ["calibrate", "baseline", "-t", str(targets_file), *SMALL, "--weeks", "300", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"USERISATION_LANG": "en"},
    )  # fmt: skip
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if (out / "calibration.sqlite").exists() and _some(out):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    told, err = process.communicate(timeout=120)
    assert process.returncode == Exit.INTERRUPTED, err
    assert "Traceback" not in err
    assert "--resume" in err
    assert told == ""
    assert 0 < runs_in(out) < RUNS


def _some(folder):
    try:
        return runs_in(folder) > 2
    except sqlite3.Error:
        return False


def test_without_the_packages_it_says_what_to_install(command, targets_file, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    ended = command("calibrate", "baseline", "-t", targets_file)
    assert ended.code == Exit.BAD_INPUT
    assert "scikit-learn, emcee" in ended.err
    assert "pip install 'userisation[calibrate]'" in ended.err
    french = command("calibrate", "baseline", "-t", targets_file, "--lang", "fr")
    assert "ne sont pas installés" in french.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["baselin"], "did you mean 'baseline'?"),
        (["baseline", "-t", "nothing.toml"], "nothing.toml"),
        (["baseline", "--replicates", "1"], "a whole number from 2"),
        (["baseline", "--points", "3"], "a whole number from 8"),
        (["baseline", "--resume"], "name it with --out"),
        (["baseline", "--resume", "--out", "empty"], "holds no calibration"),
        (["baseline", "--panel", "no.csv"], "no.csv"),
        (["baseline", "--out", "full"], "is not empty"),
        (["baseline", "--consumers", "0"], "from 10 to"),
    ],
)
def test_misuse_is_explained_before_anything_is_run(command, targets_file, tmp_path, words, said):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep", encoding="utf-8")
    given = words if "-t" in words else [*words, "-t", targets_file]
    ended = command("calibrate", *given)
    assert ended.code in (Exit.BAD_INPUT, Exit.CANNOT_WRITE)
    assert said in ended.err
    assert ended.out == ""
    assert (tmp_path / "full" / "mine.txt").exists()
    assert not list(tmp_path.glob("**/calibration.sqlite"))


def test_a_market_that_memory_cannot_hold_is_refused(command, targets_file, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 1e9)
    sizes = ("--set", "population.represents=1e9", "--consumers", "90000000")
    ended = command("calibrate", "baseline", "-t", targets_file, *sizes)
    assert ended.code == Exit.BAD_INPUT
    assert "would need about" in ended.err


def test_a_ledger_that_is_none_is_refused(command, targets_file, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "calibration.sqlite").write_text("no database, but long enough to be looked at", encoding="utf-8")
    ended = command("calibrate", "baseline", "-t", targets_file, *SMALL, "--out", out, "--resume")
    assert ended.code == Exit.BAD_INPUT
    assert "is not the ledger of a calibration" in ended.err


def test_a_target_without_values_is_said(command, tmp_path):
    targets = tmp_path / "targets.toml"
    targets.write_text(
        TARGETS + '[[target]]\nname = "commons"\nkind = "figure"\nfigure = "commons_share"\nof = "drinks"\n'
        "value = 0.1\nsd = 0.1\n",
        encoding="utf-8",
    )
    ended = command("calibrate", "baseline", "-t", targets, *SMALL, "--out", tmp_path / "out")
    assert ended.code == Exit.BAD_INPUT
    assert "Target commons: it has no value in nearly all runs" in ended.err
