"""What a user meets when something unforeseen happens."""

import os
import subprocess
import sys
import tempfile
import types
from pathlib import Path

import pytest

from experiments import failures
from experiments.__main__ import main
from experiments.exits import Exit


@pytest.fixture
def log_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(failures, "_log_folder", lambda: tmp_path / "log")
    return tmp_path / "log"


@pytest.fixture
def end_of(monkeypatch, log_folder):
    """Give a function that runs `main` with a command line that does `what`, and gives its exit code."""

    def run(what):
        cli = types.ModuleType("experiments.cli")
        cli.app = lambda prog_name: what()  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "experiments.cli", cli)
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code

    return run


def raising(error):
    def what():
        raise error

    return what


def test_an_unforeseen_error_is_one_line_and_a_file_with_the_rest(end_of, log_folder, capsys):
    assert end_of(raising(ValueError("two\nlines"))) == Exit.INTERNAL
    output = capsys.readouterr()
    (log,) = log_folder.iterdir()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert "ValueError: two lines" in output.err
    assert "lease report" in output.err
    assert str(log) in output.err
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_the_line_is_in_the_users_language(end_of, capsys, monkeypatch):
    monkeypatch.setenv("USERISATION_LANG", "fr")
    end_of(raising(RuntimeError("x")))
    assert "Merci de le signaler" in capsys.readouterr().err


def test_a_very_long_message_is_cut(end_of, capsys):
    end_of(raising(RuntimeError("x" * 10_000)))
    assert len(capsys.readouterr().err) < 500


def test_where_no_log_folder_can_be_the_temporary_one_serves(end_of, tmp_path, monkeypatch, capsys):
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    monkeypatch.setattr(failures, "_log_folder", lambda: in_the_way / "log")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    assert end_of(raising(ValueError("x"))) == Exit.INTERNAL
    (log,) = (tmp_path / "temporary").iterdir()
    assert str(log) in capsys.readouterr().err


def test_where_nothing_can_be_written_the_line_still_comes(end_of, tmp_path, monkeypatch, capsys):
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    monkeypatch.setattr(failures, "_log_folder", lambda: in_the_way / "log")
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(in_the_way))
    assert end_of(raising(ValueError("x"))) == Exit.INTERNAL
    assert "lease report it." in capsys.readouterr().err


def test_a_missing_package_says_how_to_install_it(end_of, capsys):
    assert end_of(raising(ModuleNotFoundError("No module named 'mesa'", name="mesa"))) == 69
    error = capsys.readouterr().err
    assert "mesa" in error
    assert "pip install" in error


def test_a_missing_module_of_ours_is_our_defect(end_of):
    assert end_of(raising(ModuleNotFoundError("No module named 'sim.x'", name="sim.x"))) == Exit.INTERNAL


def test_an_interruption_ends_quietly(end_of, capsys):
    assert end_of(raising(KeyboardInterrupt())) == Exit.INTERRUPTED
    assert capsys.readouterr().err == ""


def test_exit_codes_of_the_command_pass_through(end_of):
    assert end_of(raising(SystemExit(2))) == 2
    assert end_of(lambda: None) == 0


@pytest.mark.skipif(os.name != "posix", reason="needs a pipe whose reader leaves")
def test_a_reader_that_leaves_is_no_error(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, types\n"
        "cli = types.ModuleType('experiments.cli')\n"
        "def app(prog_name):\n"
        "    for line in range(100_000):\n"
        "        print(line)\n"
        "cli.app = app\n"
        "sys.modules['experiments.cli'] = cli\n"
        "from experiments.__main__ import main\n"
        "main()\n"
    )
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == b"0\n"
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0
    assert error == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_an_output_that_takes_no_more_is_said_and_has_its_own_code():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "experiments", "figures"],
            cwd=Path(__file__).resolve().parents[2],
            env=os.environ | {"USERISATION_ENV": "mine", "USERISATION_LANG": "en"},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert "could not be written" in done.stderr
