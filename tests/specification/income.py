"""Hardship (5.12)."""

from __future__ import annotations

from sim.mechanisms.income import IncomeParameters


def hardship(y: float, shocks: list[float], p: IncomeParameters) -> float:
    """A cohort's hardship from last week's, and the severities of the shocks under way."""
    y = y * 2 ** (-1 / p.recovery)
    return max([y if y >= 0.001 else 0.0, *shocks])
