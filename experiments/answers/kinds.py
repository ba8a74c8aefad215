"""The kinds of findings: where each is declared, and where it is put into words. A new kind is one line here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.answers.findings import Findings
    from experiments.answers.told import Told

__all__ = ["KINDS", "FindingsError", "Kind", "findings_of", "tell"]


@dataclass(frozen=True)
class Kind:
    """A kind of findings: module and class of the findings; module of words, with a function `tell`."""

    module: str
    findings: str
    words: str


KINDS = {
    "compare": Kind("experiments.answers.compare", "Compared", "experiments.answers.words.compare"),
    "explain": Kind("experiments.answers.explain", "Explained", "experiments.answers.words.explain"),
    "sensitivity": Kind("experiments.answers.sensitivity", "Sensitivity", "experiments.answers.words.sensitivity"),
    "discover": Kind("experiments.answers.discover", "Discovered", "experiments.answers.words.discover"),
    "advise": Kind("experiments.answers.advise", "Advised", "experiments.answers.words.advise"),
    "rivals": Kind("experiments.answers.rivals", "Rivals", "experiments.answers.words.rivals"),
}
"""By the `kind` in ``findings.json``, which is also the name of the command."""


class FindingsError(ValueError):
    """A text holds no findings; the message says why."""


def findings_of(text: str) -> Findings:
    """Read findings of any kind from JSON.

    Raises
    ------
    FindingsError
        It is no JSON, of no known kind, or not of the form of its kind.
    """
    from pydantic import ValidationError

    try:
        document = json.loads(text)
        kind = KINDS[document["kind"]]
    except (ValueError, TypeError, KeyError) as error:
        raise FindingsError(f"{type(error).__name__}: {error}") from None
    found: Any = getattr(import_module(kind.module), kind.findings)
    try:
        made: Findings = found.model_validate(document)
    except ValidationError as error:
        raise FindingsError(f"{error.error_count()}: {error.errors()[0]['loc']}") from None
    return made


def tell(findings: Findings) -> Told:
    """Put findings into the language of the context."""
    told: Told = import_module(KINDS[findings.kind].words).tell(findings)
    return told
