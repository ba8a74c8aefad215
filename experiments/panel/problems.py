"""What is wrong with a panel."""

from __future__ import annotations

from sim.problems import InputError, Place, Problem

__all__ = ["PanelError", "Place", "Problem"]


class PanelError(InputError):
    """A panel cannot be used."""
