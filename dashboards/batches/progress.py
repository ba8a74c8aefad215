"""How far the work in a folder of results has come, and what lies in it: read from its files, beside their writer."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dashboards.batches.notes import KINDS, Kind

__all__ = ["RESULTS", "Counts", "Lying", "counts_of", "manifest", "told_by"]

EXPERIMENT, FINDINGS, SEARCH, RUN = "experiment.sqlite", "findings.json", "runs.sqlite", "results.sqlite"
RESULTS = (EXPERIMENT, FINDINGS, SEARCH, RUN)
"""Files that hold results."""


@dataclass(frozen=True)
class Counts:
    """Runs: planned (0 if that is not known), there, failed among them, and the seconds of one core they took."""

    total: int = 0
    there: int = 0
    failed: int = 0
    seconds: float = 0.0

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return self.total > 0 and self.there >= self.total


@dataclass(frozen=True)
class Lying:
    """What lies in a folder: an experiment or an answer; see `notes.Order`."""

    kind: Kind
    title: dict[str, str] = field(default_factory=dict)
    about: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    started: float = 0.0


def manifest(folder: Path) -> dict[str, Any]:
    """Give how `userisation run` made the results in a folder; empty if it did not."""
    from experiments.folder import MANIFEST, MANIFEST_KIND
    from experiments.manifest import read_manifest

    found = read_manifest(folder / MANIFEST)
    return found if found.get("kind") == MANIFEST_KIND else {}


def counts_of(folder: Path, kind: Kind, total: int) -> Counts:
    """Count the runs in a folder.

    Parameters
    ----------
    folder, kind
        Where, and of what kind of job.
    total
        Runs that a search makes at most.
    """
    try:
        if kind == "batch":
            return _of_experiment(folder / EXPERIMENT, total)
        if kind == "run":
            return _of_run(folder)
        if (folder / SEARCH).is_file():
            with closing(_opened(folder / SEARCH)) as file:
                (there,) = file.execute("SELECT count(*) FROM run").fetchone()
                (failed,) = file.execute("SELECT count(*) FROM run WHERE status != 'done'").fetchone()
            return Counts(max(total, 0), int(there), int(failed))
    except (sqlite3.Error, ValueError, TypeError):
        pass
    return Counts(total)


def _of_experiment(path: Path, total: int) -> Counts:
    """Count by the index of runs and the small table of ends: the weeks of runs, which are large, are not read."""
    if not path.is_file():
        return Counts(total)
    with closing(_opened(path)) as file:
        (points,) = file.execute("SELECT count(*) FROM point").fetchone()
        (replicates,) = file.execute("SELECT value FROM meta WHERE key = 'replicates'").fetchone()
        (there,) = file.execute("SELECT count(*) FROM run").fetchone()
        (done,) = file.execute("SELECT count(*) FROM summary").fetchone()
    return Counts(int(points) * int(replicates), int(there), int(there) - int(done))


def _of_run(folder: Path) -> Counts:
    made = manifest(folder)
    done, stopped, failed = (int(made.get(f"replicates_{key}", 0)) for key in ("done", "stopped", "failed"))
    return Counts(int(made.get("replicates", 0)), done + stopped + failed, failed, float(made.get("seconds", 0.0)))


def told_by(folder: Path) -> Lying | None:
    """Tell what lies in a folder; None if it is neither an experiment nor an answer."""
    try:
        if (folder / FINDINGS).is_file():
            return _answer(folder / FINDINGS)
        if (folder / EXPERIMENT).is_file():
            return _experiment(folder / EXPERIMENT)
        if (folder / RUN).is_file():
            return _run(folder)
    except (OSError, ValueError, TypeError, KeyError, sqlite3.Error):
        return None
    return None


def _experiment(path: Path) -> Lying:
    with closing(_opened(path)) as file:
        meta = dict(file.execute("SELECT key, value FROM meta WHERE key != 'experiment'"))
    name = meta.get("name", path.parent.name)
    title = {code: meta.get(f"title.{code}") or name for code in ("en", "fr")}
    return Lying("batch", title, started=_seconds(meta.get("started"), path))


def _run(folder: Path) -> Lying | None:
    made = manifest(folder)
    if not made:
        return None
    name, title = str(made.get("scenario_name") or folder.name), (made.get("scenario") or {}).get("title") or {}
    known = {code: str(title.get(code) or name) for code in ("en", "fr")}
    return Lying("run", known, started=_seconds(made.get("started"), folder / RUN))


def _answer(path: Path) -> Lying | None:
    data: Any = json.loads(path.read_text(encoding="utf-8"))
    if data.get("kind") not in KINDS:
        return None
    made = data.get("made", {})
    title = data.get("title") or {}
    words = [str(word) for word in made.get("command", [])]
    about = Path(words[2]).name if len(words) > 2 and data["kind"] in ("sensitivity", "discover") else ""
    asked = next((words[place + 1] for place, word in enumerate(words[:-1]) if word in ("--figure", "--fails")), "")
    known = {code: str(title.get(code) or path.parent.name) for code in ("en", "fr")}
    questions = dict.fromkeys(("en", "fr"), asked) if asked else {}
    return Lying(data["kind"], known, about, questions, _seconds(made.get("started"), path))


def _seconds(text: str | None, path: Path) -> float:
    try:
        return datetime.fromisoformat(text or "").timestamp()
    except ValueError:
        return path.stat().st_mtime


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
