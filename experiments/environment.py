"""Make ``python3 -m experiments`` and ``python3 -m tests`` work on a machine with nothing but Python and pip.

In a source checkout, the first call builds a virtual environment in ``.venv`` from ``pyproject.toml`` and
``constraints.txt``, and every call goes on inside it. Whoever runs in an environment where the package is
installed, or sets ``USERISATION_ENV=mine``, is left alone.

This file needs the standard library only, and keeps to words that Python 3.6 can read, so that an old
Python ends in a sentence and not in a syntax error.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from experiments.early_text import PACKAGE, say, tell
from experiments.locking import alone
from experiments.logged import LoggedCommands
from experiments.pythons import UNAVAILABLE, answers, check_version, version_of

ROOT = Path(__file__).resolve().parent.parent
SWITCH = "USERISATION_ENV"

SIGNS_OF_NO_NETWORK = (
    "name resolution",
    "name or service not known",
    "dns error",
    "failed to establish a new connection",
    "network is unreachable",
    "connection refused",
    "connecttimeout",
    "timed out",
    "tcp connect error",
    "error sending request",
    "client error (connect)",
    "cannot connect to proxy",
)
"""What pip and uv write, in small letters, when they reach nobody."""


class SetupError(Exception):
    """The environment cannot be had; the message is for the user."""


class Environment:
    """One virtual environment of the project: where it lies, what it is made from, how it is built.

    A marker file inside says that this class made the folder, and, once complete, from what. A folder
    without a marker is somebody else's and is never changed.

    Parameters
    ----------
    name
        Name of the folder in the project's root.
    extras
        Extras of the package to install with it.
    interpreter
        The Python to build it with, by default the running one.
    unpinned
        Packages whose pins in ``constraints.txt`` do not count: their newest allowed version is taken.
    """

    def __init__(
        self,
        name: "str" = ".venv",
        extras: "tuple[str, ...]" = (),
        interpreter: "str | None" = None,
        unpinned: "tuple[str, ...]" = (),
    ) -> "None":
        self.folder = ROOT / name
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.extras = extras
        # Never the environment's own Python, even when run by it: it could not outlive a rebuilding.
        self.interpreter = interpreter or getattr(sys, "_base_executable", None) or sys.executable
        self.version = version_of(interpreter) if interpreter else sys.version
        self.unpinned = unpinned
        self.marker = self.folder / "userisation-environment.json"
        self.log = self.folder / "setup.log"
        self.commands = LoggedCommands(self.log, ROOT)
        self.lock_number: int | None = None

    def make_ready(self) -> "bool":
        """Build the environment, or complete it, unless it is ready; say whether there was work to do.

        Raises
        ------
        SetupError
            It cannot be built; the message says why and what to do.
        """
        if self._is_ready():
            return False
        try:
            lock = self.folder.with_name(self.folder.name + ".lock")
            with alone(lock, lambda: tell("waiting", folder=self.folder)) as self.lock_number:
                if not self._is_ready():
                    self._build()
            return True
        except OSError as error:
            path = error.filename or self.folder
            raise SetupError(say("cannot_write", path=path, reason=error.strerror or error)) from None

    def _is_ready(self) -> "bool":
        state = self._state()
        return (
            self.python.exists()
            and state.get("fingerprint") == self.fingerprint()
            and set(self.extras) <= set(state.get("extras", ()))
        ) or self._is_a_fit_stranger()

    def _state(self) -> "dict[str, Any]":
        try:
            state = json.loads(self.marker.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def _is_a_fit_stranger(self) -> "bool":
        """Whether somebody else made the folder and installed the package into it (`uv sync`, say)."""
        if self.marker.exists() or not self.python.exists():
            return False
        question = f"import importlib.metadata as m; m.distribution('{PACKAGE}')"
        return answers([str(self.python), "-c", question])

    def fingerprint(self) -> "str":
        """Give a digest of all that the environment is made from; another one means: build it anew."""
        import tomllib

        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        parts = [
            project.get("build-system"),
            project.get("project"),
            (ROOT / "constraints.txt").read_text(encoding="utf-8"),
            self.version,
            str(ROOT),
            list(self.unpinned),
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def _build(self) -> "None":
        start = time.monotonic()
        state = self._state()
        is_complete = self.python.exists() and state.get("fingerprint") == self.fingerprint()
        extras = tuple(sorted(set(self.extras) | set(state.get("extras", ()) if is_complete else ())))
        if is_complete:
            tell("add", folder=self.folder, extras=", ".join(self.extras))
        else:
            self._create()
        self._install(extras)
        done = {"fingerprint": self.fingerprint(), "extras": extras}
        self.marker.write_text(json.dumps(done), encoding="utf-8")
        tell("ready", seconds=time.monotonic() - start)

    def _create(self) -> "None":
        if self.marker.exists():
            tell("begin_again", folder=self.folder)
            self.marker.write_text("{}", encoding="utf-8")
            for item in self.folder.iterdir():
                # The marker goes last: at any moment the folder is known as ours.
                if item.is_dir() and not item.is_symlink():
                    shutil.rmtree(str(item))
                elif item != self.marker:
                    item.unlink()
        elif self.folder.exists() and any(self.folder.iterdir()):
            raise SetupError(say("not_ours", folder=self.folder, package=PACKAGE))
        else:
            tell("begin", folder=self.folder)
            self.folder.mkdir(exist_ok=True)
            self.marker.write_text("{}", encoding="utf-8")
        # Without pip: Debian keeps the part of Python that brings it in another package.
        if not self._run([self.interpreter, "-m", "venv", "--without-pip", str(self.folder)], "create"):
            raise SetupError(say("no_venv", executable=self.interpreter, log=self.log))

    def upgrade(self, packages: "tuple[str, ...]") -> "None":
        """Bring packages of a ready environment to their newest allowed version.

        Raises
        ------
        SetupError
            They cannot be fetched; the message says why.
        """
        lock = self.folder.with_name(self.folder.name + ".lock")
        with alone(lock, lambda: tell("waiting", folder=self.folder)) as self.lock_number:
            self._install(self.extras, packages)

    def _install(self, extras: "tuple[str, ...]", upgraded: "tuple[str, ...]" = ()) -> "None":
        what = [*upgraded, "--editable", f".[{','.join(extras)}]" if extras else "."]
        pins = ["--constraint", str(self._pins())]
        uv = self._uv()
        if uv is None:
            if self._run([*self._pip(), "install", *pins, "uv"], "fetch_uv"):
                uv = [str(self.python), "-m", "uv"]
            elif self._reached_nobody():
                raise self._failure()
        if uv:
            fixed = [*uv, "pip", "install", "--python", str(self.python), "--build-constraint", pins[1]]
            fixed += [word for name in upgraded for word in ("--upgrade-package", name)]
            if self._run([*fixed, *pins, *what], "install_uv"):
                return
            tell("not_this_way", what=say("install_uv"))
        upgrade = ["--upgrade", "--upgrade-strategy", "only-if-needed"] if upgraded else []
        if not self._run([*self._pip(), "install", *upgrade, *pins, *what], "install_pip"):
            raise self._failure()

    def _pins(self) -> "Path":
        """Give the constraints to install under: all of the project's, less the unpinned packages."""
        if not self.unpinned:
            return ROOT / "constraints.txt"
        lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines(True)
        path = self.folder / "constraints.txt"
        path.write_text("".join(x for x in lines if x.split("==")[0] not in self.unpinned), encoding="utf-8")
        return path

    def _uv(self) -> "list[str] | None":
        """Give the command of a uv that works, if there is one."""
        candidates = [[str(self.python), "-m", "uv"], [sys.executable, "-m", "uv"]]
        on_path = shutil.which("uv")
        if on_path:
            candidates.append([on_path])
        return next((uv for uv in candidates if answers([*uv, "--version"])), None)

    def _pip(self) -> "list[str]":
        """Give the command of a pip that installs into the environment."""
        outside = [sys.executable, "-m", "pip", "--python", str(self.python), "--disable-pip-version-check"]
        inside = [str(self.python), "-m", "pip", "--disable-pip-version-check"]
        if answers([*inside, "--version"]):
            return inside
        if answers([*outside, "--version"]):
            return outside
        if self._run([str(self.python), "-m", "ensurepip"], "fetch_pip"):
            return inside
        raise SetupError(say("no_pip", log=self.log))

    def _run(self, command: "list[str]", what: "str") -> "bool":
        return self.commands.run(command, what, self.lock_number)

    def _reached_nobody(self) -> "list[str]":
        """Give the lines of the last command's output that tell of an index that did not answer."""
        return [x for x in self.commands.last_output() if any(sign in x.lower() for sign in SIGNS_OF_NO_NETWORK)]

    def _failure(self) -> "SetupError":
        """Put the last command's failure into words, with what matters most of its own."""
        unanswered = self._reached_nobody()
        lines = [line.strip() for line in self.commands.last_output() if line.strip()]
        errors = [line for line in lines if line.lower().startswith("error")]
        words = unanswered[-1:] or errors[-3:] or lines[-6:]
        quoted = "\n".join("  " + line.strip()[:300] for line in words)
        return SetupError(say("no_network" if unanswered else "failed", tail=quoted, log=self.log))


def ensure(module: "str", extras: "tuple[str, ...]" = ()) -> "None":
    """Return inside an environment that holds the package; if need be, by building one and starting over.

    Parameters
    ----------
    module
        The module that was run (``python3 -m module``), and is to be run again in the environment.
    extras
        Extras of the package that it needs.
    """
    check_version(module)
    environment = Environment(extras=extras)
    is_inside = Path(sys.prefix).resolve() == environment.folder.resolve()
    is_checkout = (ROOT / "pyproject.toml").is_file()
    if os.environ.get(SWITCH) == "mine" or not is_checkout or (not is_inside and _is_installed()):
        return
    try:
        is_new = environment.make_ready()
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(UNAVAILABLE) from None
    except KeyboardInterrupt:
        tell("interrupted", folder=environment.folder)
        raise SystemExit(130) from None
    if is_inside and not is_new:
        return
    command = [str(environment.python), "-m", module, *sys.argv[1:]]
    if os.name == "posix":
        os.execv(command[0], command)
    raise SystemExit(subprocess.run(command).returncode)


def _is_installed() -> "bool":
    """Whether the running Python's environment holds the package."""
    from importlib import metadata

    try:
        metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        return False
    return True
