"""Run every check of the project: ``python3 -m tests``.

Sets up the environment if need be. Like `experiments.environment`, this file keeps to words that Python 3.6
can read.
"""

import os
import subprocess
import sys
import time

from experiments.environment import ROOT, SWITCH, Environment, SetupError, ensure
from experiments.pythons import UNAVAILABLE, find_python

USAGE = """\
Usage: python3 -m tests [--heavy | --newest-mesa[=required]] [arguments for pytest]

  (nothing)             style (ruff check, ruff format), types (mypy), then all tests but the heavy ones,
                        on all cores
  arguments for pytest  pytest alone, with these: a file, -k WORD, -x, --pdb, -n 0 (one process), ...
  --heavy               the heavy tests alone: ensembles that take minutes
  --newest-mesa         tests/mesa and tests/sim against the newest Mesa 3 and numpy, in an environment of
                        their own (.venv-newest-mesa). Needs Python 3.12 or newer on the search path or among
                        pyenv's; without one it says "skipped" and succeeds, or, with =required, fails.
  --help                this text

The first run builds .venv from pyproject.toml and constraints.txt. USERISATION_ENV=mine keeps to the
environment you are in. A warning is an error, except those excused in pyproject.toml.
"""

NEWEST_MESA = "--newest-mesa"


def main() -> "int":
    """Run what the arguments ask for; give 0 if all of it passed."""
    arguments = sys.argv[1:]
    if "--help" in arguments or "-h" in arguments:
        sys.stdout.write(USAGE)
        return 0
    ensure("tests", extras=("dev",))
    if not _has("pytest", "xdist"):
        sys.stderr.write("pytest is missing here. Install it with: pip install --editable '.[dev]'\n")
        return UNAVAILABLE
    os.chdir(str(ROOT))
    newest = [x for x in arguments if x.partition("=")[0] == NEWEST_MESA]
    rest = [x for x in arguments if x not in newest and x != "--heavy"]
    if newest:
        return _with_newest_mesa(is_required=newest[-1] == NEWEST_MESA + "=required", arguments=rest)
    if "--heavy" in arguments:
        return _run_all([_pytest(sys.executable, ["-m", "heavy", *rest])])
    if rest:
        return _run_all([_pytest(sys.executable, rest)])
    if not _has("ruff", "mypy"):
        sys.stderr.write("ruff or mypy is missing here. Install both with: pip install --editable '.[dev]'\n")
        return UNAVAILABLE
    return _run_all(
        [
            [sys.executable, "-m", "ruff", "check", "--output-format", "concise"],
            [sys.executable, "-m", "ruff", "format", "--check", "--output-format", "concise"],
            [sys.executable, "-m", "mypy"],
            _pytest(sys.executable, []),
        ]
    )


def _pytest(python: "str", arguments: "list[str]") -> "list[str]":
    """Give the command that runs pytest on all cores, unless the arguments settle that themselves."""
    settles = ("-n", "--numprocesses", "--dist", "--pdb", "--trace", "--collect-only", "--co")
    is_settled = any(x.startswith(settles) for x in arguments)
    cores = [] if is_settled else ["-n", "auto", "--dist", "worksteal"]
    return [python, "-m", "pytest", *cores, *arguments]


def _run_all(commands: "list[list[str]]") -> "int":
    """Run every command even if an earlier one fails, and sum up; give the worst exit code."""
    lines = []
    worst = 0
    for command in commands:
        name = " ".join(command[2:])
        sys.stdout.write("\n> " + name + "\n")
        sys.stdout.flush()
        start = time.monotonic()
        code = subprocess.call(command)
        verdict = "passed" if code == 0 else f"FAILED (exit code {code})"
        lines.append(f"{time.monotonic() - start:>7.1f} s  {verdict}  {name}")
        worst = worst or code
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    return worst


def _with_newest_mesa(is_required: "bool", arguments: "list[str]") -> "int":
    """Run the tests of the model and of its ties with Mesa against the newest Mesa 3."""
    if os.environ.get(SWITCH) == "mine":
        python = sys.executable
    else:
        interpreter = find_python((3, 12))
        if interpreter is None:
            sys.stdout.write("skipped: the newest Mesa needs Python 3.12 or newer, and none was found\n")
            return 1 if is_required else 0
        environment = Environment(
            ".venv-newest-mesa", extras=("test",), interpreter=interpreter, unpinned=("mesa", "numpy")
        )
        try:
            if not environment.make_ready():
                environment.upgrade(("mesa", "numpy"))
        except SetupError as error:
            sys.stderr.write(str(error) + "\n")
            return UNAVAILABLE
        python = str(environment.python)
    versions = "import sys, mesa, numpy; print('Python', sys.version.split()[0], '| Mesa', mesa.__version__, "
    subprocess.call([python, "-c", versions + "'| numpy', numpy.__version__)"])
    folders = [x for x in ("tests/mesa", "tests/sim") if (ROOT / x).is_dir()]
    return _run_all([_pytest(python, [*folders, *arguments])])


def _has(*modules: "str") -> "bool":
    from importlib.util import find_spec

    return all(find_spec(module) for module in modules)


if __name__ == "__main__":
    sys.exit(main())
