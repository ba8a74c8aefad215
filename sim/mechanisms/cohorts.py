"""Cohorts: generations with some traits of their own (the young contribute more, and play).

A cohort has a share of the population and distributions that replace those of `population.traits` for its members. Who
belongs to none is of the rest, cohort 0. A member's luck is the same whatever its cohort: only the distribution
differs. Off: cohorts are names only, everyone is drawn from the traits of the population.
"""

from __future__ import annotations

from sim.columns import Column
from sim.mechanisms.base import MechanismParameters

__all__ = ["COLUMNS", "CohortsParameters"]

COLUMNS = (Column("cohort", "tag", None, "code", "cohort (0: the rest)", 0),)


class CohortsParameters(MechanismParameters):
    """The switch of cohorts."""
