"""The Pythons of a machine: whether the running one is new enough, and which other ones there are.

This file keeps to words that Python 3.6 can read.
"""

import os
import shutil
import subprocess
import sys

from experiments.early_text import PACKAGE, say, tell

OLDEST = (3, 11)
"""The oldest Python that the project runs on."""

UNAVAILABLE = 69
"""Exit code when something that the command needs is not to be had: EX_UNAVAILABLE in the usual table."""


def answers(command: "list[str]") -> "bool":
    """Whether a command runs and succeeds."""
    try:
        quiet = subprocess.DEVNULL
        return subprocess.run(command, stdin=quiet, stdout=quiet, stderr=quiet, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def version_of(interpreter: "str") -> "str":
    """Give the full version text of a Python, empty if it does not run."""
    try:
        command = [interpreter, "-c", "import sys; print(sys.version)"]
        return subprocess.run(command, stdout=subprocess.PIPE, timeout=60).stdout.decode().strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def find_python(oldest: "tuple[int, int]") -> "str | None":
    """Find a Python of at least the version `oldest`: on the search path, or among pyenv's."""
    names = ["python3.13", "python3.12", "python3.11", "python3.14", "python3", "python"]
    candidates = [shutil.which(name) for name in names]
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], stdout=subprocess.PIPE).stdout.decode().strip()
        listed = subprocess.run(["pyenv", "versions", "--bare"], stdout=subprocess.PIPE).stdout.decode()
        candidates += [os.path.join(root, "versions", name, "bin", "python") for name in listed.split()]
    test = f"import sys; print(sys.executable); sys.exit(sys.version_info < {tuple(oldest)})"
    for candidate in candidates:
        if candidate and answers([candidate, "-c", test]):
            found = subprocess.run([candidate, "-c", test], stdout=subprocess.PIPE)
            return found.stdout.decode().strip()
    return None


def check_version(module: "str") -> "None":
    """End with a plain sentence if this Python is too old; name a newer one if the machine has it."""
    if sys.version_info >= OLDEST:
        return
    newer = find_python(OLDEST)
    hint = ""
    if newer:
        hint = say("too_old_hint", command=" ".join([newer, "-m", module, *sys.argv[1:]]))
    needed = ".".join(str(part) for part in OLDEST)
    found = ".".join(str(part) for part in sys.version_info[:3])
    tell("too_old", package=PACKAGE, needed=needed, found=found, executable=sys.executable, hint=hint)
    raise SystemExit(UNAVAILABLE)
