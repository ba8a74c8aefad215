"""What is noted of a job beside its folder of results: by the page that starts it, and by its process.

| file | written by | says |
| --- | --- | --- |
| ``job.json`` | the page | what was asked |
| ``lock`` | the process | held while it lives |
| ``began`` | the process | that its turn has come |
| ``stop`` | the page | that it shall stop |
| ``ended.json`` | the process | how it ended |
| ``log.txt`` | the process | what the command said |
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

__all__ = ["BEGAN", "ENDED", "JOB", "KINDS", "LOCK", "LOG", "STOP", "TURN", "Ended", "Kind", "Order", "is_held"]

JOB, LOCK, BEGAN, STOP, ENDED, LOG = "job.json", "lock", "began", "stop", "ended.json", "log.txt"
TURN = "turn.lock"
"""Held by the job whose runs are being made: the others that make runs wait for it."""

Kind = Literal["batch", "sensitivity", "discover", "advise", "rivals", "compare", "explain", "run"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Kinds of results: the commands that leave them. Jobs are of all but the last three."""


@dataclass(frozen=True)
class Order:
    """What was asked.

    Attributes
    ----------
    kind
        The command.
    words
        What stands behind ``userisation``.
    title
        Of the experiment, by language.
    about
        Name of the folder that is asked; empty if it is about no other.
    asked
        The question, by language; may be empty.
    started
        Seconds since 1970.
    total
        Runs that it makes at most; 0 if it makes none.
    """

    kind: Kind
    words: tuple[str, ...]
    title: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    asked: Mapping[str, str] = field(default_factory=dict)
    started: float = 0.0
    total: int = 0

    @property
    def makes_runs(self) -> bool:
        """Whether it takes all cores for a while, so that such jobs take turns."""
        return self.kind not in ("sensitivity", "discover")

    def write(self, folder: Path) -> None:
        """Write it into the folder of the job."""
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / JOB, asdict(self))

    @classmethod
    def read(cls, folder: Path) -> Order | None:
        """Read it; None if there is none that can be read."""
        try:
            data = json.loads((folder / JOB).read_text(encoding="utf-8"))
            kind = data["kind"]
            if kind not in KINDS:
                return None
            title, asked = (
                {str(code): str(text) for code, text in data.get(name, {}).items()} for name in ("title", "asked")
            )
            return cls(
                kind, tuple(str(word) for word in data["words"]), title, str(data.get("about", "")), asked,
                float(data.get("started", 0.0)), int(data.get("total", 0)),
            )  # fmt: skip
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None


@dataclass(frozen=True)
class Ended:
    """How a job ended: exit code of its command, and when."""

    code: int
    at: float

    def write(self, folder: Path) -> None:
        """Write it into the folder of the job."""
        _write(folder / ENDED, asdict(self))

    @classmethod
    def read(cls, folder: Path) -> Ended | None:
        """Read it; None if there is none."""
        try:
            data = json.loads((folder / ENDED).read_text(encoding="utf-8"))
            return cls(int(data["code"]), float(data["at"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None


def is_held(lock: Path) -> bool:
    """Tell whether a process holds a lock. A file that is not there is held by nobody, and is not made."""
    from experiments.locking import alone_or_not

    if not lock.is_file():
        return False
    try:
        with alone_or_not(lock) as free:
            return not free
    except OSError:
        return False


def _write(path: Path, data: Any) -> None:
    """Write all of it or nothing."""
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(part, path)
