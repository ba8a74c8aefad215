"""Exit codes of the command line: the one place where they are decided."""

from __future__ import annotations

from enum import IntEnum

from experiments import pythons

__all__ = ["Exit"]


class Exit(IntEnum):
    """What the process tells its caller when it ends. Scripts may rely on these numbers."""

    OK = 0
    RUN_FAILED = 1
    """At least one replicate failed; the others, if any, were kept."""
    BAD_INPUT = 2
    """The command was misused, or a scenario (or another input file) is wrong."""
    CANNOT_WRITE = 3
    """The output could not be written where it was asked for."""
    UNAVAILABLE = pythons.UNAVAILABLE
    """Something that the command needs is not installed (EX_UNAVAILABLE in the usual table)."""
    INTERNAL = 70
    """An unexpected error: a defect of the program."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C; what was finished was kept."""
