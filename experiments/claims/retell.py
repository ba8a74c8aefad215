"""Bring the words of packaged verdicts up to date: a story told better is no reason to measure again."""

from __future__ import annotations

from pathlib import Path

from experiments.claims.arms import load_case
from experiments.claims.findings import ClaimResult, Claims, packaged, packaged_path
from experiments.claims.page import page
from sim.text import use_language

__all__ = ["retold", "write_packaged"]


def retold(claims: Claims) -> Claims:
    """Give results with the words that the scenarios have now; those of another comparison stay as they are."""
    return claims.model_copy(update={"claims": [_retold(one) for one in claims.claims]})


def write_packaged(docs: Path) -> list[Path]:
    """Write the packaged verdicts and their page with the words of now; return the paths."""
    now = retold(packaged())
    path, written = packaged_path(), docs / "claims.md"
    path.write_text(now.text(), encoding="utf-8")
    with use_language("en"):
        written.write_text(page(now), encoding="utf-8")
    return [path, written]


def _retold(result: ClaimResult) -> ClaimResult:
    case = load_case(result.scenario)
    if case is None or case.fingerprint != result.fingerprint:
        return result
    return result.model_copy(update=case.words)
