"""Pages of docs/ in which a measurement renews what stands between two marks."""

from __future__ import annotations

from pathlib import Path

__all__ = ["DOCS", "renewed"]

DOCS = Path(__file__).resolve().parents[1] / "docs"


def renewed(page: str, text: str, mark: str) -> str:
    """Put a text between `<!-- mark -->` and `<!-- /mark -->`.

    Raises
    ------
    ValueError
        If the page lacks one of them.
    """
    opening, closing = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    before, begin, rest = page.partition(opening)
    _, end, after = rest.partition(closing)
    if not (begin and end):
        raise ValueError(f"the page has no {opening} … {closing}")
    return f"{before}{begin}\n{text}\n{end}{after}"
