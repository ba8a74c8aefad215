"""The set-up: when it happens, when it does not, and what it leaves alone. No test fetches anything."""

import ast
import json
import os
import string
import subprocess
import sys
import time
from pathlib import Path

import pytest

from experiments import early_text, environment, locking, logged, pythons
from experiments.environment import Environment, SetupError

ROOT = Path(__file__).resolve().parents[2]
READ_BY_OLD_PYTHONS = (
    "experiments/__init__.py",
    "experiments/__main__.py",
    "experiments/early_text.py",
    "experiments/environment.py",
    "experiments/locking.py",
    "experiments/logged.py",
    "experiments/pythons.py",
    "tests/__init__.py",
    "tests/__main__.py",
)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A source checkout in which installing is pretended: `installed` collects what was asked for."""
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    installed = []

    def install(self, extras, upgraded=()):
        installed.append(extras)

    monkeypatch.setattr(Environment, "_install", install)
    return tmp_path, installed


def test_it_is_built_once(checkout, capsys):
    _, installed = checkout
    assert Environment(extras=("panel",)).make_ready()
    assert not Environment(extras=("panel",)).make_ready()
    assert installed == [("panel",)]
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("Setting up ")
    assert "Ready after" in output.err


def test_a_missing_extra_is_added_and_the_others_stay(checkout):
    root, installed = checkout
    Environment(extras=("panel",)).make_ready()
    witness = root / ".venv" / "witness"
    witness.touch()
    Environment(extras=("dev",)).make_ready()
    assert installed == [("panel",), ("dev", "panel")]
    assert witness.exists()
    assert not Environment(extras=("panel",)).make_ready()


def test_another_dependency_means_building_anew(checkout, capsys):
    root, installed = checkout
    Environment().make_ready()
    witness = root / ".venv" / "witness"
    witness.touch()
    with (root / "constraints.txt").open("a") as file:
        file.write("something==1\n")
    assert Environment().make_ready()
    assert not witness.exists()
    assert len(installed) == 2
    assert "again" in capsys.readouterr().err


def test_settings_of_the_tools_do_not_mean_building_anew(checkout):
    root, _ = checkout
    Environment().make_ready()
    with (root / "pyproject.toml").open("a") as file:
        file.write("\n[tool.something]\nx = 1\n")
    assert not Environment().make_ready()


@pytest.mark.parametrize("marker", ["", "{}", "[]", '{"fingerprint": "another"}'])
def test_a_half_built_one_is_built_anew(checkout, marker):
    root, installed = checkout
    Environment().make_ready()
    (root / ".venv" / "userisation-environment.json").write_text(marker)
    assert Environment().make_ready()
    assert len(installed) == 2
    assert json.loads((root / ".venv" / "userisation-environment.json").read_text())["fingerprint"]


def test_a_folder_that_somebody_else_made_is_left_alone(checkout):
    root, installed = checkout
    (root / ".venv").mkdir()
    precious = root / ".venv" / "precious"
    precious.touch()
    with pytest.raises(SetupError, match="was not made by this command"):
        Environment().make_ready()
    assert precious.exists()
    assert installed == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a folder that refuses")
def test_a_place_where_one_may_not_write_is_named(checkout):
    root, _ = checkout
    root.chmod(0o500)
    try:
        with pytest.raises(SetupError, match="Cannot write"):
            Environment().make_ready()
    finally:
        root.chmod(0o700)


def test_a_failing_installer_is_quoted(tmp_path, monkeypatch):
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    fail = [sys.executable, "-c", "import sys; sys.exit('error: Name or service not known')"]
    monkeypatch.setattr(Environment, "_uv", lambda self: fail)
    monkeypatch.setattr(Environment, "_pip", lambda self: fail)
    with pytest.raises(SetupError, match=r"(?s)no package index answered.*Name or service not known"):
        Environment().make_ready()
    assert "fingerprint" not in (tmp_path / ".venv" / "userisation-environment.json").read_text()


@pytest.mark.parametrize("reason", ["mine", "no checkout", "installed"])
def test_whoever_has_an_environment_is_left_alone(checkout, monkeypatch, reason):
    root, installed = checkout
    monkeypatch.setattr(environment, "_is_installed", lambda: reason == "installed")
    if reason == "mine":
        monkeypatch.setenv("USERISATION_ENV", "mine")
    if reason == "no checkout":
        (root / "pyproject.toml").unlink()
    environment.ensure("experiments")
    assert installed == []
    assert not (root / ".venv").exists()


def test_from_outside_the_command_goes_on_inside(checkout, monkeypatch):
    root, _ = checkout
    monkeypatch.setattr(environment, "_is_installed", lambda: False)
    monkeypatch.setattr(sys, "argv", ["experiments", "run", "a b"])

    def go_on(path, command):
        raise SystemExit(json.dumps(command))

    monkeypatch.setattr(os, "execv", go_on)
    with pytest.raises(SystemExit) as end:
        environment.ensure("experiments")
    expected = [str(Environment().python), "-m", "experiments", "run", "a b"]
    assert json.loads(str(end.value.code)) == expected
    assert Environment().python.is_relative_to(root)


def test_unpinned_packages_lose_their_pins_only(checkout):
    Environment(".venv-other", unpinned=("mesa",)).make_ready()
    pins = Environment(".venv-other", unpinned=("mesa",))._pins().read_text().splitlines()
    all_pins = (ROOT / "constraints.txt").read_text().splitlines()
    assert [x for x in all_pins if x not in pins] == [x for x in all_pins if x.startswith("mesa==")]


def test_an_old_python_ends_in_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr(pythons, "OLDEST", (99, 0))
    monkeypatch.setattr(pythons, "find_python", lambda oldest: "/somewhere/python99")
    monkeypatch.setattr(sys, "argv", ["x", "run", "baseline"])
    with pytest.raises(SystemExit) as end:
        pythons.check_version("experiments")
    assert end.value.code == 69
    error = capsys.readouterr().err
    assert "needs Python 99.0 or newer" in error
    assert "/somewhere/python99 -m experiments run baseline" in error


def test_a_new_enough_python_is_found_and_an_impossible_one_is_not():
    found = pythons.find_python((3, 11))
    assert found is not None
    answer = subprocess.run([found, "-c", "import sys; print(sys.version_info >= (3, 11))"], capture_output=True)
    assert answer.stdout.strip() == b"True"
    assert pythons.find_python((99, 0)) is None


@pytest.mark.parametrize("name", READ_BY_OLD_PYTHONS)
def test_old_pythons_can_read_what_they_meet_before_the_sentence(name):
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 6))
    for node in ast.walk(tree):
        assert not (isinstance(node, ast.ImportFrom) and node.module == "__future__"), "3.6 has none of these"
        annotations = []
        if isinstance(node, ast.FunctionDef):
            annotations = [x.annotation for x in node.args.args + node.args.kwonlyargs] + [node.returns]
        for annotation in annotations:
            assert annotation is None or isinstance(annotation, ast.Constant | ast.Name), "quote it"


def test_nothing_else_of_ours_is_met_before_the_sentence():
    code = "import experiments.environment, sys; print(*(x for x in sys.modules if x[:12] == 'experiments.'))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    files = {x.replace(".", "/") + ".py" for x in done.stdout.split()}
    assert files
    assert files <= set(READ_BY_OLD_PYTHONS)


def test_both_languages_say_the_same_with_the_same_values():
    for key, (english, french) in early_text.MESSAGES.items():
        fields = [{x[1] for x in string.Formatter().parse(text) if x[1]} for text in (english, french)]
        assert fields[0] == fields[1], key


def test_a_logged_command_writes_to_the_log_and_its_title_to_the_screen(tmp_path, capfd, monkeypatch):
    monkeypatch.setattr(logged, "SECONDS_BETWEEN_LINES", 0.05)
    commands = logged.LoggedCommands(tmp_path / "log", tmp_path)
    slow = "import time; time.sleep(0.3); print('worked'); print('well')"
    assert commands.run([sys.executable, "-c", slow], "create")
    assert commands.last_output() == ["worked", "well"]
    assert not commands.run([sys.executable, "-c", "raise SystemExit('no')"], "create")
    assert commands.last_output() == ["no"]
    output = capfd.readouterr()
    assert output.out == ""
    assert "creating the environment ... 0 s" in output.err
    assert "worked" not in output.err


@pytest.mark.skipif(os.name != "posix", reason="locks pass on to children on POSIX alone")
def test_the_lock_outlives_a_killed_builder_as_long_as_its_installer_runs(tmp_path):
    builder = """
import sys
import time
from pathlib import Path
from experiments.locking import alone
from experiments.logged import LoggedCommands
folder = Path(sys.argv[1])
with alone(folder / "lock", lambda: None) as number:
    installer = f"open({str(folder / 'begun')!r}, 'w').close(); import time; time.sleep(1.5)"
    LoggedCommands(folder / "log", folder).run([sys.executable, "-c", installer], "create", number)
"""
    command = [sys.executable, "-c", builder, str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    while not (tmp_path / "begun").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    waited = []
    with locking.alone(tmp_path / "lock", lambda: waited.append(True)):
        pass
    assert waited == [True]
