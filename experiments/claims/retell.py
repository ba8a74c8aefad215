"""Package verdicts with their page, and bring their words up to date: a story told better needs no new measurement."""

from __future__ import annotations

from pathlib import Path

from experiments.claims import findings
from experiments.claims.arms import load_case
from experiments.claims.findings import ClaimResult, Claims
from experiments.claims.page import page
from sim.text import use_language

__all__ = ["packaged_texts", "retold", "write_packaged"]


def retold(claims: Claims) -> Claims:
    """Give results with the words that the scenarios have now; those of another comparison stay as they are."""
    return claims.model_copy(update={"claims": [_retold(one) for one in claims.claims]})


def write_packaged(docs: Path) -> list[Path]:
    """Write the packaged verdicts and their page with the words of now; return the paths."""
    texts = packaged_texts(retold(findings.packaged()), docs)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)


def packaged_texts(claims: Claims, docs: Path) -> dict[Path, str]:
    """Give the packaged file of some verdicts, and their page in English, by their paths."""
    with use_language("en"):
        return {findings.packaged_path(): claims.text(), docs / "claims.md": page(claims)}


def _retold(result: ClaimResult) -> ClaimResult:
    case = load_case(result.scenario)
    if case is None or case.fingerprint != result.fingerprint:
        return result
    return result.model_copy(update=case.words)
