"""Ctrl-C: a real signal to a real process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments.exits import Exit
from experiments.store import Results, ResultsError

ROOT = Path(__file__).parent.parent.parent
SCRIPT = """
import sys
from tests.experiments import fake_sim
fake_sim.install()
fake_sim.Market.seconds_a_week = float(sys.argv[1])
from experiments.cli import app
app(sys.argv[2:])
"""

ENGLISH = os.environ | {"USERISATION_LANG": "en"}

pytestmark = pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")


def start(seconds_a_week, *words):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(seconds_a_week), *map(str, words)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENGLISH,
    )  # fmt: skip


def wait_for(process, condition):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came so far")


def finished(folder):
    try:
        with Results.open(folder / "results.sqlite") as results:
            return len(results.finished())
    except ResultsError:
        return 0


def test_a_single_run_keeps_its_weeks(scenario_file, tmp_path):
    folder = tmp_path / "out"
    process = start(0.1, "run", scenario_file, "--out", folder, "--json")
    wait_for(process, lambda: (folder / "results.sqlite").exists())
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == Exit.INTERRUPTED
    assert "no replicate was finished" in err
    assert "Traceback" not in err
    weeks = json.loads(out)["weeks"]
    assert 1 <= weeks < 60
    with Results.open(folder / "results.sqlite") as results:
        assert [(run.status, run.weeks) for run in results.runs()] == [("stopped", weeks)]
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["interrupted"] is True
    assert f"stopped after {weeks} weeks" in (folder / "report.html").read_text(encoding="utf-8")


def test_finished_replicates_are_kept_and_cut_ones_dropped(scenario_file, tmp_path):
    folder = tmp_path / "out"
    process = start(0.01, "run", scenario_file, "-r", 50, "--threads", 2, "--out", folder)
    wait_for(process, lambda: finished(folder) >= 2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == Exit.INTERRUPTED
    with Results.open(folder / "results.sqlite") as results:
        kept = results.runs()
    assert 2 <= len(kept) < 50
    assert {(run.status, run.weeks) for run in kept} == {("done", 60)}
    assert f"{len(kept)} of 50 replicates were finished" in err
    assert (folder / "summary.csv").exists()


def test_a_second_signal_ends_at_once(scenario_file, tmp_path):
    folder = tmp_path / "out"
    process = start(5.0, "run", scenario_file, "--out", folder)
    wait_for(process, lambda: (folder / "results.sqlite").exists())
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == Exit.INTERRUPTED
    assert time.monotonic() - begun < 4
    assert "Ended at once" in err


@pytest.mark.slow
def test_the_real_market_stops_too(tmp_path):
    folder = tmp_path / "out"
    process = subprocess.Popen(
        [
            sys.executable, "-c", "from experiments.cli import app; import sys; app(sys.argv[1:])",
            "run", "baseline", "--weeks", "5200", "--consumers", "20000", "--out", str(folder),
        ],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENGLISH,
    )  # fmt: skip
    wait_for(process, lambda: (folder / "results.sqlite").exists())
    time.sleep(3.0)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=300)
    assert process.returncode == Exit.INTERRUPTED
    assert "Stopped" in err
    assert "Traceback" not in err
