"""TOML files as data that knows where each value was written.

A document is what `read` makes of one file, or `resolve` of a file and those it extends. `apply_settings`
changes single values of it, `validate` makes a model of it; a mistake at any step is a `Problem` with the
file and the line, and all that a step finds are raised together as a `ScenarioError`.
"""

from __future__ import annotations

from sim.inheritance import merge, resolve, without_claim
from sim.problems import SETTING, Place, Problem, ScenarioError
from sim.settings import apply_settings
from sim.toml_files import Document, read
from sim.validation import problem_at, validate

__all__ = [
    "SETTING",
    "Document",
    "Place",
    "Problem",
    "ScenarioError",
    "apply_settings",
    "merge",
    "problem_at",
    "read",
    "resolve",
    "validate",
    "without_claim",
]
