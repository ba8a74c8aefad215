from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from experiments import memory
from experiments.cli import COMMANDS, command_tree
from experiments.commands.scenarios import first_sentence
from experiments.exits import Exit
from experiments.store import Results
from experiments.text import CATALOGUE
from sim.scenario import library, load
from sim.text import LANGUAGES, use_language
from tests.experiments import fake_sim

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_command_and_option_has_help_in_every_language(code):
    with use_language(code):
        tree = command_tree()
        for name in COMMANDS:
            command = tree.commands[name]
            assert command.help
            for parameter in command.params:
                assert parameter.help, (name, parameter.name)


def test_help_speaks_the_language_that_is_asked_for(command):
    english, french = command("run", "--help"), command("run", "--help", "--lang", "fr")
    assert (english.code, french.code) == (0, 0)
    assert "Replace earlier results" in " ".join(english.out.split()) or "Replace earlier" in english.out
    assert "Graine du hasard" in french.out
    assert "[default:" not in french.out
    assert "Exit codes" in english.out


def test_help_is_quick():
    # Nothing heavy may be imported for it: the modules are looked at, since a clock would judge the machine.
    script = (
        "import sys; from experiments.cli import app\n"
        "try: app(['run', '--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('numpy', 'mesa', 'numba', 'pandas', 'scipy', 'plotly', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_version(command):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert command("--version") == (0, f"userisation {version}\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rum"], "Did you mean 'run'?"),
        (["run"], "SCENARIO is missing"),
        (["run", "baseline", "--sed", "3"], "Did you mean '--seed'?"),
        (["run", "baseline", "--seed", "x"], "--seed takes a whole number"),
        (["run", "baseline", "--seed", "-1"], "--seed: '-1' will not do"),
        (["run", "baseline", "--replicates", "0"], "a whole number from 1 to 100,000"),
        (["run", "baseline", "--consumers", "1000000000000"], "from 10 to 100,000,000"),
        (["run", "baseline", "--engine", "fast"], "compiled or objects"),
        (["run", "baseline", "more"], "Too many arguments: more"),
        (["run", "baselin"], "did you mean 'baseline'?"),
        (["run", "baseline", "--set", "firm.Nov.levers.price=3"], "did you mean 'Nova'?"),
        (["run", "baseline", "--set", "horizon=-3"], "--set horizon"),
        (["run", "nowhere.toml"], "nowhere.toml"),
        (["show", "baseline", "--json", "--toml"], "together"),
        (["--lang", "de", "scenarios"], "no language 'de'"),
        (["report", "nowhere"], "no folder nowhere"),
        (["import-panel"], "--example"),
        (["import-panel", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_misuse_is_explained_and_ends_with_two(command, words, said):
    ended = command(*words)
    assert ended.code == Exit.BAD_INPUT
    assert said in ended.err
    assert ended.out == ""
    assert "Traceback" not in ended.err


def test_misuse_is_explained_in_french(command):
    ended = command("run", "baseline", "--seed", "x", "--lang", "fr")
    assert ended.err.startswith("Erreur : --seed demande un nombre entier")


def test_a_size_that_no_memory_holds_is_refused_before_anything_is_written(command, monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "available_bytes", lambda: 2e9)
    ended = command(
        "run", "baseline", "--consumers", 50_000_000, "--set", "population.represents=1e8", "--out", tmp_path / "o"
    )
    assert ended.code == Exit.BAD_INPUT
    assert "50,000,000 consumers" in ended.err
    assert not (tmp_path / "o").exists()


def test_scenarios_are_listed_with_their_first_sentence(command):
    ended = command("scenarios")
    assert "baseline  A market on the eve of userisation" in ended.out
    assert "Five firms sell drinks." in ended.out
    listed = json.loads(command("scenarios", "--json").out)
    assert [one["name"] for one in listed] == list(library())
    assert set(listed[0]["title"]) == {"en", "fr"}


@pytest.mark.parametrize(
    ("story", "first"),
    [
        ("One. Two.", "One."),
        ("A firm grew by 3.5 per cent. Then it fell.", "A firm grew by 3.5 per cent."),
        ("Vraiment ? Élan le croit.", "Vraiment ?"),
        ("no stop at all", "no stop at all"),
        ("", ""),
    ],
)
def test_first_sentences(story, first):
    assert first_sentence(story) == first


def test_show_tells_the_story_and_what_differs(command, tmp_path):
    (tmp_path / "child.toml").write_text(
        'extends = "baseline"\n[[firm]]\nname = "Nova"\nlevers = { price = 8.5 }\n'
        '[[event]]\nweek = 9\nkind = "scandal"\nfirm = "Citadel"\ncause = "work"\nseverity = 0.5\n'
    )
    ended = command("show", "child.toml")
    assert ended.code == 0
    for said in ("Citadel", "pyramid", "week 9", "Scandal", "What differs from baseline", "10.0 → 8.5"):
        assert said in ended.out.replace("10 →", "10.0 →")
    assert "semaine 9" in command("show", "child.toml", "--lang", "fr").out


def test_show_gives_the_merged_scenario_to_programs(command, tmp_path):
    whole = command("show", "baseline", "--toml").out
    (tmp_path / "again.toml").write_text(whole, encoding="utf-8")
    assert load(tmp_path / "again.toml").text_hash == load("baseline").text_hash
    document = json.loads(command("show", "baseline", "--json").out)
    assert document["hash"] == load("baseline").text_hash


def test_a_name_cannot_steer_the_terminal(command, tmp_path):
    (tmp_path / "odd.toml").write_text('extends = "baseline"\n[title]\nen = "A\\u001b]0;x\\u0007 [red]b[/red]"\n')
    ended = command("show", "odd.toml")
    assert "\x1b" not in ended.out + ended.err
    assert ended.code == Exit.BAD_INPUT or "[red]b[/red]" in ended.out


def test_check_lists_all_mistakes_of_all_files(command, tmp_path):
    (tmp_path / "one.toml").write_text('extends = "baseline"\nhorizon = -1\nsed = 3\n')
    (tmp_path / "two.toml").write_text('extends = "baseline"\n')
    ended = command("check", "one.toml", "two.toml", "baseline", "none.toml")
    assert ended.code == Exit.BAD_INPUT
    assert "one.toml:2" in ended.out
    assert "one.toml:3" in ended.out
    assert "two.toml: no mistake" in ended.out
    assert "none.toml" in ended.out
    assert command("check", "two.toml").code == 0
    reports = json.loads(command("check", "one.toml", "two.toml", "--json").out)
    assert [(report["file"], report["ok"]) for report in reports] == [("one.toml", False), ("two.toml", True)]
    assert {problem["line"] for problem in reports[0]["problems"]} == {2, 3}


def test_schema_is_printed_or_written(command, tmp_path):
    printed = command("schema").out
    assert "$defs" in json.loads(printed)
    ended = command("schema", "--out", "schema.json")
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == printed
    assert ended.out == ""
    assert command("schema", "--out", tmp_path / "no" / "folder.json").code == Exit.CANNOT_WRITE


def test_figures_are_listed(command):
    from sim.figures import FIGURES

    listed = json.loads(command("figures", "--json").out)
    assert [figure["key"] for figure in listed] == list(FIGURES)
    table = command("figures", "--lang", "fr").out
    assert all(key in table for key in FIGURES)


def test_a_run_leaves_everything(command, fake_market, scenario_file, tmp_path):
    ended = command("run", scenario_file, "-r", 6, "--seed", 9, "--set", "figures.window=10", "--out", "out")
    assert ended.code == 0
    assert "8 in 10 futures" in ended.out
    assert "=Nova & <fils>" in ended.out
    assert "Results: out" in ended.err
    names = {path.name for path in Path("out").iterdir()}
    assert names == {
        "results.sqlite", "figures.csv", "summary.csv", "manifest.json", "scenario.json", "scenario.toml", "report.html"
    }  # fmt: skip
    manifest = json.loads(Path("out/manifest.json").read_text(encoding="utf-8"))
    assert (manifest["seed"], manifest["replicates_done"], manifest["weeks"]) == (9, 6, 60)
    assert manifest["command"] == [
        "userisation", "run", "two-worlds.toml", "--set", "figures.window=10", "--seed", "9", "--replicates", "6"
    ]  # fmt: skip
    assert str(tmp_path) not in Path("out/manifest.json").read_text(encoding="utf-8")
    again = load("out/scenario.toml")
    assert again.text_hash == manifest["scenario_hash"]
    with Results.open("out/results.sqlite") as results:
        assert results.series("share").shape == (6, 60, 3)
    assert ",'=Nova & <fils>," in Path("out/figures.csv").read_text(encoding="utf-8-sig")


def test_json_is_the_only_thing_on_standard_output(command, fake_market, scenario_file):
    ended = command("run", scenario_file, "-r", 2, "--weeks", 8, "--json", "--series", "--out", "out")
    document = json.loads(ended.out)
    assert document["weeks"] == 8
    assert [firm["name"] for firm in document["firms"]] == ["Pyramide", "=Nova & <fils>", "Élan"]
    end = document["firms"][0]["figures"]["share"]["end"]
    assert end["low"] <= end["median"] <= end["high"]
    # Undefined values are null, never NaN.
    assert document["series"]["rating"]["values"][0][0][0] is None
    assert np.shape(document["series"]["share"]["values"]) == (2, 8, 3)
    assert document["replicates"] == {"asked": 2, "done": 2, "stopped": 0, "failed": []}
    assert document["folder"] == "out"


def test_json_survives_an_output_that_is_not_unicode(scenario_file):
    script = (
        "import sys; from tests.experiments import fake_sim; fake_sim.install()\n"
        "from experiments.cli import app; app(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "run", str(scenario_file), "--json", "--out", str(scenario_file.parent / "o")],
        cwd=ROOT, capture_output=True, check=True, env={"PYTHONIOENCODING": "latin-1", "PATH": "", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert json.loads(done.stdout.decode("ascii"))["firms"][2]["name"] == "Élan"


def test_a_failed_replicate_ends_with_one_and_the_others_are_kept(command, fake_market, scenario_file):
    fake_market.fails_at = {1: 3}
    ended = command("run", scenario_file, "-r", 3, "--out", "out")
    assert ended.code == Exit.RUN_FAILED
    assert "Replicate 1 failed: ZeroDivisionError" in ended.err
    with Results.open("out/results.sqlite") as results:
        assert [run.status for run in results.runs()] == ["done", "failed", "done"]
    assert "1 of 3 replicates failed" in Path("out/report.html").read_text(encoding="utf-8")


def test_all_replicates_failing_still_leaves_the_ledger(command, fake_market, scenario_file):
    fake_market.fails_at = {0: 0}
    ended = command("run", scenario_file, "--out", "out", "--json")
    assert ended.code == Exit.RUN_FAILED
    document = json.loads(ended.out)
    assert document["replicates"]["failed"][0]["replicate"] == 0
    assert Path("out/manifest.json").exists()
    assert not Path("out/report.html").exists()


def test_a_folder_in_the_way_ends_with_three_before_anything_runs(command, fake_market, scenario_file, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("")
    ended = command("run", scenario_file, "--out", "full")
    assert (ended.code, ended.out) == (Exit.CANNOT_WRITE, "")
    assert "not empty" in ended.err


def test_force_replaces_earlier_results(command, fake_market, scenario_file):
    assert command("run", scenario_file, "--out", "out").code == 0
    assert command("run", scenario_file, "--out", "out").code == Exit.CANNOT_WRITE
    assert command("run", scenario_file, "-r", 2, "--out", "out", "--force").code == 0
    with Results.open("out/results.sqlite") as results:
        assert len(results.runs()) == 2


def test_a_disk_that_fails_ends_with_three_and_says_where_the_results_are(
    command, fake_market, scenario_file, monkeypatch, tmp_path
):
    import tempfile

    from experiments import csv_files

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    write = csv_files.write_figures

    def full(path, results):
        if path.parent.name == "out":
            raise OSError(28, "No space left on device")
        write(path, results)

    monkeypatch.setattr(csv_files, "write_figures", full)
    ended = command("run", scenario_file, "--out", "out")
    assert ended.code == Exit.CANNOT_WRITE
    assert "No space left on device" in ended.err
    refuge = next(path for path in tmp_path.iterdir() if path.name.startswith("userisation-results-"))
    assert str(refuge) in ended.err
    assert (refuge / "report.html").exists()
    assert "leads at the end" in ended.out


def test_events_after_a_shorter_horizon_are_left_out_and_told(command, fake_market, scenario_file):
    ended = command("run", scenario_file, "--weeks", 22, "--out", "out")
    assert ended.code == 0
    assert "after week 22 are left out (1)" in ended.err


def test_results_go_to_a_new_folder_by_default(command, fake_market, scenario_file):
    ended = command("run", scenario_file, "--weeks", 4)
    folder = next(Path("results").iterdir())
    assert folder.name.startswith("two-worlds-")
    assert f"Results: {folder}" in ended.err


def test_the_report_is_built_again_in_the_other_language(command, results_folder):
    ended = command("report", results_folder, "--lang", "fr", "--out", "autre.html")
    assert (ended.code, ended.out) == (0, "")
    assert '<html lang="fr">' in Path("autre.html").read_text(encoding="utf-8")


def test_a_folder_without_results_is_told(command, tmp_path):
    ended = command("report", tmp_path)
    assert ended.code == Exit.BAD_INPUT
    assert "no results file" in ended.err


@pytest.mark.parametrize("width", [80, 60])
def test_the_summary_fits_a_terminal(command, fake_market, scenario_file, monkeypatch, width):
    from rich.console import Console

    from experiments.commands import tables

    monkeypatch.setattr(
        tables, "results_console", lambda: Console(width=width, highlight=False, markup=False, emoji=False)
    )
    ended = command("run", scenario_file, "-r", 5, "--out", "out")
    assert max(len(line) for line in ended.out.splitlines()) <= width


@pytest.mark.parametrize("words", [["figures"], ["figures", "--json"]])
def test_a_reader_that_leaves_early_is_no_failure(words):
    process = subprocess.Popen(
        [sys.executable, "-m", "experiments", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"USERISATION_ENV": "mine"},
    )
    assert process.stdout is not None
    process.stdout.close()
    process.wait(timeout=60)
    assert process.stderr is not None
    assert (process.returncode, process.stderr.read()) == (0, b"")
    process.stderr.close()


@pytest.mark.slow
def test_the_real_market_runs_from_the_command_line(command):
    ended = command("run", "baseline", "--consumers", 500, "--weeks", 6, "-r", 2, "--json", "--out", "out")
    assert ended.code == 0
    document = json.loads(ended.out)
    shares = [firm["figures"]["share"]["end"]["median"] for firm in document["firms"]]
    assert sum(shares) == pytest.approx(1.0, abs=0.1)


def test_the_fake_scenario_is_a_valid_one():
    assert fake_sim.scenario().horizon == 60
    assert CATALOGUE.has("cli.run.help")
