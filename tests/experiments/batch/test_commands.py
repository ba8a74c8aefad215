"""The commands `batch` and `results`, as a user types them."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.batch.results import FILE, open_results
from experiments.batch.store import StoreError
from experiments.exits import Exit
from tests.experiments.batch.files import GRID, write
from tests.experiments.test_cli_interrupt import ENGLISH, wait_for

ROOT = Path(__file__).parent.parent.parent.parent


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("USERISATION_LANG", "en")


@pytest.fixture
def file(tmp_path):
    return write(tmp_path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the command leaves of the small experiment."""
    from experiments.cli import app

    place = tmp_path_factory.mktemp("ran")
    app(["batch", str(write(place)), "--out", str(place / "out"), "--workers", "2"])
    return place / "out"


def test_it_runs_says_the_cost_first_and_leaves_a_folder(command, file, tmp_path):
    ended = command("batch", file, "--out", tmp_path / "out", "--workers", 2)
    assert ended.code == 0, ended.err
    said = ended.err.splitlines()
    cost = next(line for line in said if "8 points × 3 replicates" in line)
    assert "with 2 workers about" in cost
    assert "on disk" in cost
    assert "of memory" in cost
    assert said[-1].startswith("24 of 24 runs are done")
    assert ended.out == ""
    assert {path.name for path in (tmp_path / "out").iterdir()} == {FILE, "experiment.toml", "batch.lock"}
    assert (tmp_path / "out" / "experiment.toml").read_text(encoding="utf-8") == GRID


def test_a_dry_run_shows_the_design_and_the_cost_and_leaves_nothing(command, file, tmp_path):
    ended = command("batch", file, "--dry-run", "--out", tmp_path / "out")
    assert ended.code == 0
    assert "24 runs (8 points × 3 replicates)" in ended.err
    rows = [line.split() for line in ended.out.splitlines()]
    assert ["point", "scenario", "price", "peers"] in rows
    assert ["8", "dear", "11", "8"] in rows
    assert not (tmp_path / "out").exists()
    told = json.loads(command("batch", file, "--dry-run", "--json").out)
    assert told["runs"] == 24
    assert told["first"][5] == {"point": 6, "arm": "dear", "price": 9.0, "peers": 8}
    assert told["cost"]["disk_bytes"] > 24 * 6 * 8 * 100


def test_the_second_time_it_asks_what_is_meant(command, file, folder):
    ended = command("batch", file, "--out", folder)
    assert ended.code == Exit.CANNOT_WRITE
    assert "--resume goes on with it" in ended.err
    ended = command("batch", file, "--out", folder, "--resume")
    assert ended.code == 0
    assert "Going on: 24 of 24 runs are there." in ended.err


def test_a_resume_under_another_version_of_the_model_is_refused(command, file, folder, monkeypatch):
    import experiments.batch.experiment as room

    ours = room.model_version()
    monkeypatch.setattr(room, "model_version", lambda: "9.9.9 (other rules)")
    ended = command("batch", file, "--out", folder, "--resume")
    assert ended.code == Exit.BAD_INPUT
    said = " ".join(ended.err.split())
    assert f"begun with another version of the model ({ours}) than this one (9.9.9 (other rules))" in said
    assert "--force" in said
    said = " ".join(command("batch", file, "--out", folder, "--resume", "--lang", "fr").err.split())
    assert f"commencé avec une autre version du modèle ({ours})" in said
    with open_results(folder) as results:
        assert results.status().done == 24


def test_a_resume_of_something_else_is_refused(command, folder, tmp_path):
    other = write(
        tmp_path, GRID.replace("network.peers", "mechanisms.purchase.taste_spread").replace("[4, 8]", "[1.0]")
    )
    ended = command("batch", other, "--out", folder, "--resume")
    assert ended.code == Exit.BAD_INPUT
    assert "the factors" in ended.err
    assert command("batch", other, "--resume").code == Exit.BAD_INPUT
    assert command("batch", other, "--out", tmp_path / "nothing", "--resume").code == Exit.BAD_INPUT


def test_a_file_that_only_has_our_name_is_never_replaced(command, file, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    with sqlite3.connect(theirs / "experiment.sqlite") as connection:
        connection.execute("CREATE TABLE lab (notes)")
    connection.close()
    before = (theirs / "experiment.sqlite").read_bytes()
    for words in ((), ("--force",)):
        ended = command("batch", file, "--out", theirs, *words)
        assert ended.code == Exit.CANNOT_WRITE
        assert "holds no results" in ended.err
    assert (theirs / "experiment.sqlite").read_bytes() == before
    assert {path.name for path in theirs.iterdir()} == {"experiment.sqlite"}


def test_mistakes_in_the_file_are_listed(command, tmp_path):
    ended = command(
        "batch", write(tmp_path, GRID.replace("Nova.levers.price", "Nova.levers.prise").replace("[4, 8]", "[4, 4]"))
    )
    assert ended.code == Exit.BAD_INPUT
    assert "small.toml:11: factor.0.key: in baseline: firm.Nova.levers.prise: " in ended.err
    assert "did you mean 'price'" in ended.err
    assert "small.toml:16: factor.peers.levels.1: this value is listed twice" in ended.err
    assert "Traceback" not in ended.err
    assert command("batch", tmp_path / "none.toml").code == Exit.BAD_INPUT
    assert "screening" in command("batch", "screenin").err


@pytest.mark.parametrize("words", [("--workers", 0), ("--workers", 2, "--cluster", "tcp://x:1")])
def test_options_that_cannot_be_are_refused(command, file, words):
    assert command("batch", file, *words).code == Exit.BAD_INPUT


def test_a_budget_refuses_or_cuts_replicates(command, tmp_path):
    ended = command("batch", write(tmp_path, GRID + "[budget]\nruns = 17"), "--dry-run")
    assert ended.code == Exit.BAD_INPUT
    assert "the budget allows 17 runs" in ended.err
    assert "With 2 replicates it would fit" in ended.err
    ended = command("batch", write(tmp_path, GRID + "[budget]\nruns = 7"), "--dry-run")
    assert "Even one replicate of the 8 points is too much" in ended.err
    ended = command("batch", write(tmp_path, GRID + "[budget]\ncpu_minutes = 1e-6"), "--dry-run")
    assert ended.code == Exit.BAD_INPUT
    cut = write(tmp_path, GRID + '[budget]\nruns = 17\nif_over = "fewer_replicates"')
    ended = command("batch", cut, "--out", tmp_path / "out", "--workers", 1)
    assert ended.code == 0
    assert "The budget allows 2 replicates of each point, not 3." in ended.err
    assert "16 of 16 runs are done" in ended.err
    assert command("batch", cut, "--out", tmp_path / "out", "--resume").code == 0


def test_a_disk_without_room_is_told_before_anything_is_run(command, file, tmp_path, monkeypatch):
    from collections import namedtuple

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage(1, 1, 1000))
    ended = command("batch", file, "--out", tmp_path / "out")
    assert ended.code == Exit.CANNOT_WRITE
    assert "has 1.0 kB left" in ended.err
    assert not (tmp_path / "out").exists()


def test_runs_that_fail_are_told_and_listed(command, tmp_path):
    table = 'kind = "table"\nrows = [\n' + "{ price = 9.0 },\n" * 200 + "{ price = -9.0 },\n]"
    text = GRID.replace('kind = "full_grid"', table).replace(
        '[[arm]]\nname = "dear"\nscenario = "baseline"\nset = { "firm.Citadel.levers.price" = 12.0 }\n', ""
    )
    text = text.replace("replicates = 3", "replicates = 1").replace("horizon = 6", "horizon = 2")
    ended = command("batch", write(tmp_path, text), "--out", tmp_path / "out")
    assert ended.code == Exit.RUN_FAILED
    assert "1 runs failed and 0 crashed" in ended.err
    listed = command("results", tmp_path / "out", "--failures")
    assert listed.out.startswith("Point 201 (baseline), replicate 0: failed\n")
    assert "firm.Nova.levers.price = −9" in listed.out
    assert "scenario.py" not in listed.out.replace("(scenario.py", "")
    assert "sim/scenario.py" in command("results", tmp_path / "out", "--traces").out
    (data,) = json.loads(command("results", tmp_path / "out", "--failures", "--json").out)
    assert data["settings"] == {"firm.Nova.levers.price": -9.0}


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_ctrl_c_keeps_everything_and_says_how_to_go_on(tmp_path, command):
    file = write(tmp_path, GRID.replace("replicates = 3", "replicates = 2000"))
    folder = tmp_path / "out"
    process = subprocess.Popen(
        [
            sys.executable, "-c", "from experiments.cli import app; import sys; app(sys.argv[1:])",
            "batch", str(file), "--out", str(folder), "--workers", "2",
        ],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENGLISH, start_new_session=True,
    )  # fmt: skip

    def done() -> int:
        try:
            with open_results(folder) as results:
                return results.status().done
        except StoreError:
            return 0

    wait_for(process, lambda: done() >= 20)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == Exit.INTERRUPTED
    assert "Traceback" not in err
    assert "Stopped: " in err
    assert f"--resume --out {folder}" in err or f"--out {folder} --workers 2 --resume" in err
    with open_results(folder) as results:
        assert 20 <= results.status().done < 16000
    assert not (folder / f"{FILE}-wal").exists()


# --- results ------------------------------------------------------------------------------------------------


def test_results_say_what_there_is(command, folder):
    out = command("results", folder).out
    for part in ("baseline, dear", "price (lever), peers (uncertainty)", "full grid", "24 of 24"):
        assert part in out
    data = json.loads(command("results", folder / FILE, "--json").out)
    assert (data["planned"], data["done"], data["missing"]) == (24, 24, 0)
    assert "share.Nova" in data["ends"]
    assert command("results", folder, "--failures").out == "No run failed.\n"


def test_results_speak_french(command, folder):
    out = command("results", folder, "--lang", "fr").out
    assert "grille complète" in out
    assert "levier" in out


def test_results_answer_sql(command, folder):
    question = "SELECT arm, count(*) AS runs FROM results GROUP BY arm"
    assert json.loads(command("results", folder, "--sql", question, "--json").out) == [
        {"arm": "baseline", "runs": 12}, {"arm": "dear", "runs": 12},
    ]  # fmt: skip
    assert "dear" in command("results", folder, "--sql", question).out
    ended = command("results", folder, "--sql", "DROP TABLE run")
    assert ended.code == Exit.BAD_INPUT
    assert "cannot be answered" in ended.err


def test_results_are_exported(command, folder, tmp_path):
    ended = command("results", folder, "--export", tmp_path / "a.csv", "--export", tmp_path / "b.csv")
    assert ended.code == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert "24 rows written" in ended.err
    assert command("results", folder, "--export", tmp_path / "a.txt").code == Exit.BAD_INPUT
    assert command("results", folder, "--export", tmp_path / "none" / "a.csv").code == Exit.CANNOT_WRITE


def test_results_that_are_not_there_are_told(command, tmp_path):
    assert command("results", tmp_path).code == Exit.BAD_INPUT
    (tmp_path / FILE).write_text("no database" * 200, encoding="utf-8")
    ended = command("results", tmp_path)
    assert ended.code == Exit.BAD_INPUT
    assert "is not the file of an experiment" in ended.err


def test_the_schema_of_experiments_is_printed(command):
    assert "ArmTable" in json.loads(command("schema", "--experiments").out)["$defs"]
    assert command("schema", "--experiments", "--targets").code == Exit.BAD_INPUT


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.0004, "0.4 ms"), (0.05, "50 ms"), (3.21, "3.2 s"), (59.7, "1 min 0 s"), (200, "3 min 20 s"),
     (9000, "2 h 30 min"), (200_000, "2.3 days")],
)  # fmt: skip
def test_times_in_words(seconds, words):
    from experiments.amounts import duration

    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("count", "words"), [(12, "12 bytes"), (1500, "1.5 kB"), (1.34e9, "1.3 GB"), (250e6, "250 MB"), (2e12, "2.0 TB")]
)
def test_sizes_in_words(count, words):
    from experiments.amounts import size

    assert size(count) == words
