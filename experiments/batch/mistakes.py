"""Mistakes of an experiment file, gathered while it is read and told all at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from experiments.text import say
from sim.problems import Place, Problem, ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sim.documents import Document
    from sim.toml_lines import KeyPath

__all__ = ["Mistakes", "said_by"]


class Mistakes:
    """What is wrong with a file, each with its line.

    Parameters
    ----------
    document
        The file.
    known
        What was found before.
    written_at
        Gives the path in the file of a path that is told here, if they differ.
    """

    def __init__(
        self, document: Document, known: Iterable[Problem] = (), written_at: Callable[[KeyPath], KeyPath] | None = None
    ) -> None:
        self.document = document
        self._found = list(known)
        self._written_at = written_at

    def __len__(self) -> int:
        """Count them."""
        return len(self._found)

    def tell(self) -> None:
        """Raise a `ScenarioError` with all of them, if there are any."""
        if self._found:
            raise ScenarioError(sorted(dict.fromkeys(self._found), key=lambda problem: problem.place))

    def add(self, at: KeyPath, message: str) -> None:
        """Add one: where, and what."""
        at = at if self._written_at is None else self._written_at(at)
        value = self.document.value(at)
        kept = None if isinstance(value, dict | list) else value
        self._found.append(Problem(self.document.place(at), self.document.key(at), message, kept))

    def wrong(self, at: KeyPath, message: str, **values: object) -> None:
        """Add one by the key of its message under ``batch.file``."""
        self.add(at, say(f"batch.file.{message}", **values))

    def of_another_file(self, at: KeyPath, problems: Iterable[Problem]) -> None:
        """Add what is wrong with a file that this one names: without a line of its own, at the line that names it."""
        for problem in problems:
            if problem.place.line:
                self._found.append(problem)
            else:
                self.add(at, str(problem))

    def passed_on(self, at: KeyPath, error: ScenarioError, arm: str = "") -> None:
        """Place at a line of this file what a scenario says against a value."""
        for message in said_by(error, arm):
            self.add(at, message)


def said_by(error: ScenarioError, arm: str = "") -> list[str]:
    """Give what a scenario says against a value, without places; with the name of its arm, if there are several."""
    inner = [str(replace(problem, place=Place(""))) for problem in error.problems]
    return [say("batch.file.in_arm", arm=arm, message=one) for one in inner] if arm else inner
