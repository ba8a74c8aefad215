"""Packages that only some questions need: said before anything is run."""

from __future__ import annotations

from importlib.util import find_spec

from experiments.text import say

__all__ = ["ExtraError", "need"]

_PACKAGES = {"analysis": ("sklearn", "SALib", "threadpoolctl"), "optimise": ("sklearn", "threadpoolctl", "pymoo")}


class ExtraError(RuntimeError):
    """An extra is not installed; the message is for the user and has the command that installs it."""


def need(extra: str) -> None:
    """Make sure that the packages of an extra are there.

    Raises
    ------
    ExtraError
        With the command that installs what is missing.
    """
    missing = [name for name in _PACKAGES[extra] if find_spec(name) is None]
    if missing:
        raise ExtraError(say("answers.extra", packages=", ".join(missing), extra=extra))
