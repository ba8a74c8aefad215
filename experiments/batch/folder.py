"""The folder of an experiment: made, locked against a second batch, and opened again to go on.

Files: ``experiment.sqlite`` (everything), ``experiment.toml`` (a copy of the file that was run), ``batch.lock``
(empty).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from experiments.batch.results import FILE
from experiments.batch.store import KIND, PART, BatchStore, StoreError
from experiments.locking import alone_or_not
from experiments.text import say

if TYPE_CHECKING:
    from experiments.batch.experiment import Experiment

__all__ = ["COPY", "LOCK", "OWN_FILES", "BatchFolderError", "opened", "refuse_unfit", "replicates_of"]

COPY, LOCK = "experiment.toml", "batch.lock"
OWN_FILES = (FILE, f"{FILE}-wal", f"{FILE}-shm", f"{FILE}-journal", f"{FILE}{PART}", COPY)
"""All that is ever written into, or removed from, a folder, beside the lock."""


_VERSION = "fingerprint.version"


class BatchFolderError(Exception):
    """A folder cannot take an experiment; the message is for the user.

    Attributes
    ----------
    cannot_write
        Whether the system is to blame, and not what was asked.
    """

    def __init__(self, message: str, *, cannot_write: bool = False) -> None:
        super().__init__(message)
        self.cannot_write = cannot_write


def replicates_of(folder: Path) -> int | None:
    """Give the replicates with which an experiment was begun in a folder; None if there is none that can be read."""
    from experiments.batch.results import open_results

    try:
        with open_results(folder) as results:
            return results.replicates
    except (StoreError, KeyError, ValueError):
        return None


@contextmanager
def opened(folder: Path, experiment: Experiment, *, how: Literal["new", "replace", "resume"]) -> Iterator[BatchStore]:
    """Open the store of an experiment in a folder, and hold the folder while the block lasts.

    Parameters
    ----------
    folder, experiment
        What, and where.
    how
        ``new``: the folder must be missing or empty; ``replace``: an earlier experiment in it is removed; ``resume``:
        the same experiment must have been begun in it.

    Raises
    ------
    BatchFolderError
        The folder cannot take it.
    StoreError
        The file in it cannot be read or written.
    """
    with ExitStack() as stack:
        try:
            refuse_unfit(folder, how)
            folder.mkdir(parents=True, exist_ok=True)
            if not stack.enter_context(alone_or_not(folder / LOCK)):
                raise BatchFolderError(say("batch.folder.busy", folder=folder), cannot_write=True)
            if how != "resume":
                for name in OWN_FILES:
                    (folder / name).unlink(missing_ok=True)
                (folder / COPY).write_text(experiment.text, encoding="utf-8")
        except OSError as error:
            message = say("folder.unwritable", folder=folder, reason=error.strerror or error)
            raise BatchFolderError(message, cannot_write=True) from None
        store = _resumed(folder, experiment) if how == "resume" else _begun(folder, experiment)
        yield stack.enter_context(store)


def refuse_unfit(folder: Path, how: str) -> None:
    """Refuse a folder that cannot take an experiment, as far as that can be seen without touching it.

    Raises
    ------
    BatchFolderError
        With the reason.
    """
    has_one = (folder / FILE).is_file()
    if folder.exists() and not folder.is_dir():
        raise BatchFolderError(say("folder.is_a_file", folder=folder), cannot_write=True)
    if how == "resume":
        if not has_one:
            raise BatchFolderError(say("batch.folder.nothing_to_resume", folder=folder))
        return
    if not folder.is_dir() or not any(path.name != LOCK for path in folder.iterdir()):
        return
    if not has_one or _is_foreign(folder / FILE):
        raise BatchFolderError(say("folder.not_empty", folder=folder), cannot_write=True)
    if how == "new":
        raise BatchFolderError(say("batch.folder.has_experiment", folder=folder), cannot_write=True)


def _is_foreign(path: Path) -> bool:
    """Tell whether a file only has the name of ours; what is ours but damaged may be replaced."""
    try:
        KIND.open(path, writable=False).close()
    except StoreError as error:
        return error.reason == "foreign"
    return False


def _begun(folder: Path, experiment: Experiment) -> BatchStore:
    meta = {
        "name": experiment.name,
        "title.en": experiment.title.en,
        "title.fr": experiment.title.fr,
        "story.en": experiment.story.en,
        "story.fr": experiment.story.fr,
        "experiment": experiment.text,
        "design": "" if experiment.design is None else experiment.design.kind,
        "seed": str(experiment.seed),
        "replicates": str(experiment.replicates),
        "common_random_numbers": str(experiment.common).lower(),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    meta |= {f"fingerprint.{part}": value for part, value in experiment.fingerprints.items()}
    return BatchStore.create(folder / FILE, experiment, meta)


def _resumed(folder: Path, experiment: Experiment) -> BatchStore:
    store = BatchStore.open(folder / FILE)
    known = store.meta
    now = {f"fingerprint.{part}": value for part, value in experiment.fingerprints.items()}
    now |= {"seed": str(experiment.seed), "replicates": str(experiment.replicates)}
    other = [part for part, value in now.items() if known.get(part) != value]
    if other:
        store.close()
        if other == [_VERSION]:
            versions = {"theirs": known.get(_VERSION, "?"), "ours": now[_VERSION]}
            raise BatchFolderError(say("batch.folder.other_version", folder=folder, **versions))
        named = ", ".join(say(f"batch.part.{part.removeprefix('fingerprint.')}") for part in other)
        raise BatchFolderError(say("batch.folder.other_experiment", folder=folder, parts=named))
    return store
