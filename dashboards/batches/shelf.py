"""The folder in which folders of results lie, and what may be called how in it.

A name is one part of a path and never leads out of the folder: what comes from a browser, a link or a file passes
`Shelf.folder`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from dashboards.batches.text import say
from experiments.commands.session import CommandError

__all__ = ["JOBS", "Shelf", "UnfitNameError", "is_plain_name", "plain_name"]

JOBS = ".jobs"
"""Where notes on jobs lie: beside the folders of results, out of sight."""

_PLAIN = re.compile(r"[^\W_][\w .()+-]{0,79}")
_NOT_ON_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_MOST_TRIES = 10_000


class UnfitNameError(CommandError):
    """A name is none of a folder here; the message is for the user."""


def is_plain_name(name: str) -> bool:
    """Tell whether a name is one part of a path, on every system, and hidden on none."""
    return bool(_PLAIN.fullmatch(name)) and not name.endswith((".", " ")) and not _NOT_ON_WINDOWS.fullmatch(name)


def plain_name(wish: str, fallback: str = "experiment") -> str:
    """Make a name of a folder from any text."""
    plain = unicodedata.normalize("NFKC", wish)
    plain = re.sub(r"[^\w.()+-]+", "-", plain).strip("-_. ")[:60].rstrip("-_. ")
    return plain if is_plain_name(plain) else fallback


@dataclass(frozen=True)
class Shelf:
    """The folder of results.

    Attributes
    ----------
    root
        Its path. It is made when something is first put into it.
    """

    root: Path

    def folder(self, name: str) -> Path:
        """Give the folder of a name, whether there is one or not.

        Raises
        ------
        UnfitNameError
            The name would lead out of the folder, or is none.
        """
        return self._inside(self.root, name)

    def job(self, name: str) -> Path:
        """Give the folder with the notes on the job of a name.

        Raises
        ------
        UnfitNameError
            As for `folder`.
        """
        return self._inside(self.root / JOBS, name)

    def names(self) -> list[str]:
        """Give the names of all folders."""
        return _folders(self.root)

    def job_names(self) -> list[str]:
        """Give the names of all jobs."""
        return _folders(self.root / JOBS)

    def fresh(self, wish: str) -> str:
        """Give a name that no folder and no job has, as near as can be to what is wished."""
        name = plain_name(wish)
        taken = {one.casefold() for one in (*self.names(), *self.job_names())}
        for number in range(1, _MOST_TRIES):
            tried = name if number == 1 else f"{name}-{number}"
            if tried.casefold() not in taken and not (self.root / tried).exists():
                return tried
        raise UnfitNameError(say("batches.name.taken", name=name))

    @staticmethod
    def _inside(above: Path, name: str) -> Path:
        if not is_plain_name(name):
            raise UnfitNameError(say("batches.name.unfit", name=name[:80]))
        path = above / name
        # A link that lies here may lead anywhere.
        if path.resolve().parent != above.resolve():
            raise UnfitNameError(say("batches.name.outside", name=name))
        return path


def _folders(above: Path) -> list[str]:
    try:
        return sorted(
            path.name
            for path in above.iterdir()
            if is_plain_name(path.name) and path.is_dir() and path.resolve().parent == above.resolve()
        )
    except OSError:
        return []
