"""What a user meets when something unforeseen happens: one line, and a file that holds the rest."""

from __future__ import annotations

import datetime
import errno
import platform
import sys
import tempfile
import traceback
from importlib import metadata
from pathlib import Path

from experiments.early_text import say, tell
from experiments.exits import Exit
from experiments.pythons import UNAVAILABLE


def report(error: Exception) -> int:
    """Say in one line on standard error what happened, keep the details in a file, give the exit code.

    The file never leaves the machine; it holds the traceback, the command and the versions.
    """
    if isinstance(error, ModuleNotFoundError) and error.name and not _is_ours(error.name):
        tell("missing", name=error.name, prefix=sys.prefix, extra="")
        return UNAVAILABLE
    if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
        tell("full", reason=error.strerror)
        return Exit.CANNOT_WRITE
    log = _keep(_details(error))
    where = say("where", log=log) if log else ""
    tell("unforeseen", what=_summary(error), where=where)
    return Exit.INTERNAL


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in {"sim", "experiments", "dashboards"}


def _summary(error: Exception) -> str:
    """Give the error in one line of bearable length."""
    words = " ".join(str(error).split())
    text = f"{type(error).__name__}: {words}" if words else type(error).__name__
    return text if len(text) <= 200 else text[:199] + "…"


def _details(error: Exception) -> str:
    lines = [
        datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        f"command: {sys.argv}",
        f"python: {sys.version} on {platform.platform()}",
    ]
    for package in ("userisation", "mesa", "numpy", "numba", "pydantic", "typer"):
        try:
            lines.append(f"{package}: {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            lines.append(f"{package}: not installed")
    return "\n".join([*lines, "", *traceback.format_exception(error)])


def _keep(details: str) -> Path | None:
    """Write the details into the user's log folder, else into the temporary one; None if neither can be."""
    name = f"failure-{datetime.datetime.now(datetime.UTC):%Y%m%d-%H%M%S-%f}.txt"
    for folder in (_log_folder, lambda: Path(tempfile.gettempdir())):
        try:
            place = folder()
            place.mkdir(parents=True, exist_ok=True)
            path = place / name
            path.write_text(details, encoding="utf-8", errors="replace")
        except (OSError, ImportError, RuntimeError):
            continue
        return path
    return None


def _log_folder() -> Path:
    import platformdirs

    return platformdirs.user_log_path("userisation", appauthor=False)
