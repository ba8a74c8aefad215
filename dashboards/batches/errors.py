"""What the page of experiments refuses."""

from __future__ import annotations

from experiments.commands.session import CommandError

__all__ = ["JobError"]


class JobError(CommandError):
    """What was asked of a job cannot be done; the message is for the user."""
