"""An error in words: those of the error itself where it was made for people to read."""

from __future__ import annotations

from dashboards.text import say
from experiments.commands.session import CommandError
from sim.problems import InputError

__all__ = ["message_of"]

_FEW = 6
"""Problems of an input that a message lists."""


def message_of(error: BaseException) -> str:
    """Put an error into words: those of the error itself where it was made for people to read."""
    if isinstance(error, InputError):
        problems = [str(problem) for problem in error.problems]
        more = [say("safety.more_problems", count=len(problems) - _FEW)] if len(problems) > _FEW else []
        return "\n".join([*problems[:_FEW], *more])
    if isinstance(error, CommandError):
        return error.message
    if isinstance(error, MemoryError):
        return say("safety.no_memory")
    return say("safety.unexpected")
