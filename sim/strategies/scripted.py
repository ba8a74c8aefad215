"""A firm that does what the scenario says."""

from __future__ import annotations

from typing import ClassVar

from sim.strategies.base import Changes, Forgetful
from sim.strategies.sight import Sight

__all__ = ["Scripted"]


class Scripted(Forgetful):
    """Does what the scenario says and nothing else: the default for a strategist's own firm."""

    key: ClassVar[str] = "scripted"
    decides: ClassVar[bool] = False

    def decide(self, sight: Sight) -> Changes:
        """Change nothing."""
        del sight
        return {}
