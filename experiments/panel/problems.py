"""What is wrong with a panel."""

from __future__ import annotations

from collections.abc import Iterable

from experiments.text import say
from sim.problems import Place, Problem

__all__ = ["PanelError", "Place", "Problem"]

_MOST_SHOWN = 40


class PanelError(ValueError):
    """A panel cannot be used.

    Attributes
    ----------
    problems : tuple[Problem, ...]
        All the mistakes found, at least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Show one problem a line."""
        lines = [str(problem) for problem in self.problems[:_MOST_SHOWN]]
        if len(self.problems) > _MOST_SHOWN:
            lines.append(say("panel.and_more", count=len(self.problems) - _MOST_SHOWN))
        return "\n".join(lines)
