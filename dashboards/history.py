"""Undo and redo."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.markets import Draft

__all__ = ["History"]

_MOST_STEPS = 100


@dataclass(frozen=True)
class History:
    """What was done, for undo and redo: the latest `_MOST_STEPS` steps.

    Attributes
    ----------
    present
        The draft as it is.
    past, future
        Drafts before it, the oldest first, and those that were undone, the next first.
    last_edit
        What the last step was about, and when: steps about the same thing within a moment are one.
    """

    present: Draft
    past: tuple[Draft, ...] = ()
    future: tuple[Draft, ...] = ()
    last_edit: tuple[str, float] = ("", float("-inf"))

    JOINED_WITHIN = 1.2  # seconds

    def go(self, draft: Draft, about: str = "", now: float = 0.0) -> History:
        """Take a step; moving one lever on and on is a single one."""
        if draft == self.present:
            return self
        is_same = bool(about) and self.last_edit[0] == about and now - self.last_edit[1] < self.JOINED_WITHIN
        past = self.past if is_same and self.past else (*self.past, self.present)[-_MOST_STEPS:]
        return History(draft, past, (), (about, now))

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self.past)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone."""
        return bool(self.future)

    def undo(self) -> History:
        """Take the last step back."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (self.present, *self.future)[:_MOST_STEPS])

    def redo(self) -> History:
        """Take the step again that was undone last."""
        if not self.future:
            return self
        return History(self.future[0], (*self.past, self.present)[-_MOST_STEPS:], self.future[1:])
