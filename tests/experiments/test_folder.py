from __future__ import annotations

import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from experiments import folder as folders
from experiments.commands.run import default_folder
from experiments.folder import FolderError, ResultsFolder, prepare
from experiments.manifest import Manifest, command_line
from experiments.runs import run_replicates
from experiments.scenario_data import cut_to, document_of
from experiments.store import Results
from tests.experiments import fake_sim


def test_missing_and_empty_folders_are_taken(tmp_path):
    prepare(tmp_path / "a" / "b", force=False)
    prepare(tmp_path / "a" / "b", force=False)
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_a_strangers_folder_is_never_touched(tmp_path):
    (tmp_path / "thesis.doc").write_text("mine")
    for force in (False, True):
        with pytest.raises(FolderError, match="holds no results"):
            prepare(tmp_path, force=force)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_earlier_results_are_replaced_only_on_demand_and_nothing_else(tmp_path):
    Results.create(tmp_path / "results.sqlite").close()
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FolderError, match="--force"):
        prepare(tmp_path, force=False)
    assert (tmp_path / "results.sqlite").exists()
    prepare(tmp_path, force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_in_the_way_and_a_locked_folder_are_told(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match="is a file"):
        prepare(tmp_path / "file", force=False)
    with pytest.raises(FolderError, match="Cannot write in"):
        prepare(tmp_path / "file" / "below", force=False)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(FolderError, match="Permission denied"):
        prepare(tmp_path / "locked", force=False)


@pytest.fixture
def runs(fake_market):
    return run_replicates(fake_sim.scenario(horizon=8), replicates=3)


def open_folder(path: Path) -> ResultsFolder:
    path.mkdir(exist_ok=True)
    return ResultsFolder(path, {"name": "x"}, "hash", ("a=1",))


def test_runs_are_on_the_disk_as_soon_as_they_are_kept(tmp_path, runs):
    results = open_folder(tmp_path / "out")
    for done, run in enumerate(runs, start=1):
        results.keep(run)
        with Results.open(tmp_path / "out" / "results.sqlite") as reader:
            assert len(reader.runs()) == done
    results.close()


def test_a_disk_that_fails_midway_loses_nothing(tmp_path, runs, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    results = open_folder(tmp_path / "out")
    results.keep(runs[0])
    results.results._connection.execute("PRAGMA max_page_count = 1")
    results.keep(runs[1])
    results.keep(runs[2])
    assert "full" in results.trouble
    results.settle()
    assert results.path is not None
    assert results.path.parent == tmp_path
    assert results.path != tmp_path / "out"
    results.write({"note.txt": lambda path: path.write_text("x")})
    results.close()
    with Results.open(results.path / "results.sqlite") as saved:
        assert [run.status for run in saved.runs()] == ["done"] * 3
    assert (results.path / "note.txt").read_text() == "x"


def test_a_disk_that_fails_at_the_end_loses_nothing(tmp_path, runs, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    results = open_folder(tmp_path / "out")
    for run in runs:
        results.keep(run)
    results.settle()
    assert results.path == tmp_path / "out"

    def write(path: Path) -> None:
        if path.parent == tmp_path / "out":
            raise OSError(28, "No space left on device")
        path.write_text("x")

    results.write({"a.txt": write})
    results.close()
    assert results.trouble == "No space left on device"
    assert results.path is not None
    assert (results.path / "a.txt").exists()
    with Results.open(results.path / "results.sqlite") as saved:
        assert len(saved.runs()) == 3


def test_without_any_disk_the_results_stay_in_memory(tmp_path, runs, monkeypatch):
    results = open_folder(tmp_path / "out")
    results.keep(runs[0])

    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    results.write({"a.txt": lambda path: refuse()})
    assert results.path is None
    assert len(results.results.runs()) == 1
    results.close()


def test_the_default_folder_is_named_after_scenario_and_time_and_is_new(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    now = datetime(2026, 3, 4, 5, 6, 7)
    first = default_folder("../my scenario", now)
    assert first == Path("results/my-scenario-20260304-050607")
    first.mkdir(parents=True)
    assert default_folder("../my scenario", now) == Path("results/my-scenario-20260304-050607-2")


def test_the_manifest_says_how_but_not_who_or_where(tmp_path, monkeypatch):
    monkeypatch.setenv("USER", "jeanne")
    scenario = fake_sim.scenario()
    given = "/somewhere/jeanne/secret/x.toml"
    command = command_line("run", {"scenario": given, "--set": ["a=1", "b=2"], "--seed": None, "--out": tmp_path})
    assert command == ["userisation", "run", "x.toml", "--set", "a=1", "--set", "b=2", "--out", tmp_path.name]
    manifest = Manifest(
        scenario_name=scenario.name,
        scenario_hash=scenario.text_hash,
        scenario=document_of(scenario),
        settings=("a=1",),
        seed=1,
        replicates=3,
        replicates_done=2,
        replicates_stopped=0,
        replicates_failed=1,
        weeks=60,
        consumers=2000,
        engine="compiled",
        threads=2,
        started=datetime(2026, 1, 2, tzinfo=UTC),
        seconds=1.23456,
        command=command,
        interrupted=False,
    )
    manifest.write(tmp_path / "manifest.json")
    text = (tmp_path / "manifest.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert document["scenario"]["firm"][1]["name"] == "=Nova & <fils>"
    assert document["versions"].keys() >= {"userisation", "python", "numpy", "numba", "mesa"}
    assert document["machine"]["cores"] == os.cpu_count()
    assert "jeanne" not in text
    assert str(tmp_path) not in text
    assert folders.is_results_folder(tmp_path)


def test_a_cut_scenario_drops_what_comes_later():
    scenario = fake_sim.scenario()
    cut, left_out = cut_to(scenario, 22)
    assert (cut.horizon, len(cut.events), len(cut.schedule), left_out) == (22, 1, 0, 1)
    assert cut.text_hash != scenario.text_hash
    assert cut_to(scenario, 90)[0].horizon == 90
