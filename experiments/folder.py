"""The folder that a run leaves: checked before the run, filled during it, and rescued when the disk fails.

Files: ``results.sqlite`` (every figure of every replicate), ``figures.csv`` and ``summary.csv`` (the same for
other programs), ``scenario.toml`` and ``scenario.json`` (merged, ready to be run again), ``manifest.json``
(how it was made) and ``report.html``; ``ensemble.toml`` where replicates
drew from one.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.store import Results, ResultsError
from experiments.text import say

if TYPE_CHECKING:
    from experiments.replicate import Run

__all__ = ["OWN_FILES", "FolderError", "ResultsFolder", "is_results_folder", "prepare"]

RESULTS, FIGURES, SUMMARY, ENSEMBLE = "results.sqlite", "figures.csv", "summary.csv", "ensemble.toml"
MANIFEST, SCENARIO_TOML, SCENARIO_JSON, REPORT = (
    "manifest.json",
    "scenario.toml",
    "scenario.json",
    "report.html",
)
OWN_FILES = (
    RESULTS,
    f"{RESULTS}-wal",
    f"{RESULTS}-shm",
    FIGURES,
    SUMMARY,
    MANIFEST,
    SCENARIO_TOML,
    SCENARIO_JSON,
    ENSEMBLE,
    REPORT,
)
"""All that is ever written into, or removed from, a results folder."""

MANIFEST_KIND = "userisation results"


class FolderError(Exception):
    """A folder cannot take results; the message is for the user."""


def is_results_folder(folder: Path) -> bool:
    """Whether a folder holds what an earlier run left."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if isinstance(manifest, dict) and manifest.get("kind") == MANIFEST_KIND:
            return True
    except (OSError, ValueError):
        pass
    try:
        Results.open(folder / RESULTS).close()
    except ResultsError:
        return False
    return True


def prepare(folder: Path, *, force: bool) -> None:
    """Make sure that a folder can take results, before anything is computed.

    An empty or missing folder can; one with earlier results only if `force`, and then just the files of those
    results are removed; any other cannot.

    Raises
    ------
    FolderError
        It cannot, with the reason.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise FolderError(say("folder.is_a_file", folder=folder))
        if folder.is_dir() and any(folder.iterdir()):
            if not is_results_folder(folder):
                raise FolderError(say("folder.not_empty", folder=folder))
            if not force:
                raise FolderError(say("folder.has_results", folder=folder))
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        for name in OWN_FILES:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise FolderError(say("folder.unwritable", folder=folder, reason=_reason(error))) from error


class ResultsFolder:
    """A results folder while it is being filled.

    Runs are kept in memory as well as on the disk. When the disk fails, `trouble` says why, and `settle` puts
    what was computed into a temporary folder, or, failing that too, leaves it in memory.

    Attributes
    ----------
    path
        Where the files are: the folder asked for, the rescue folder, or None when nothing could be written.
    results
        The results, to be read.
    trouble
        Why the folder asked for could not be used; empty if it could.
    """

    def __init__(self, folder: Path, scenario: Mapping[str, Any], text_hash: str, settings: Sequence[str]) -> None:
        self.path: Path | None = folder
        self.trouble = ""
        self._point = (json.dumps(scenario, ensure_ascii=False), text_hash, tuple(settings))
        self._runs: list[Run] = []
        self.results = self._create(folder)

    def _create(self, folder: Path) -> Results:
        results = Results.create(folder / RESULTS)
        results.add_point(*self._point)
        return results

    def keep(self, run: Run) -> None:
        """Keep one run; a disk that fails is remembered and not raised."""
        from experiments.recording import put_run

        self._runs.append(run)
        if not self.trouble:
            try:
                put_run(self.results, 1, run)
            except ResultsError as error:
                self.trouble = error.detail

    def settle(self) -> None:
        """Move what was kept to a safe place if the folder asked for has failed."""
        if self.trouble:
            self._rescue()

    def write(self, files: Mapping[str, Any]) -> None:
        """Write the other files, by name: each a function that takes the path; rescued if the disk fails."""
        if self.path is None:
            return
        try:
            for name, writer in files.items():
                writer(self.path / name)
        except OSError as error:
            if self.trouble:
                self._give_up()
                return
            self.trouble = _reason(error)
            self._rescue()
            self.write(files)

    def close(self) -> None:
        """Close the results file."""
        self.results.close()

    def _rescue(self) -> None:
        self.results.close()
        from experiments.recording import put_run

        refuge = None
        try:
            refuge = Path(tempfile.mkdtemp(prefix="userisation-results-"))
            self.results = self._create(refuge)
            self.path = refuge
            for run in self._runs:
                put_run(self.results, 1, run)
        except (OSError, ResultsError):
            if refuge is not None:
                with contextlib.suppress(OSError, AttributeError):
                    self.results.close()
                    shutil.rmtree(refuge)
            self._give_up()

    def _give_up(self) -> None:
        from experiments.recording import put_run

        self.path = None
        self.results = Results.in_memory()
        self.results.add_point(*self._point)
        for run in self._runs:
            put_run(self.results, 1, run)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
