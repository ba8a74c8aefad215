"""Parts of this page that are its own: the list of claims, the count of verdicts, facts on the scale of their bands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from dashboards.components.vue import vue
from dashboards.evidence.text import say

__all__ = ["Claims", "Strips", "Tally"]


@vue("claims.vue")
def _Claims(rows: list[dict[str, Any]], chosen: str, label: str, event_choose: Callable[[str], None]) -> None: ...


@vue("tally.vue")
def _Tally(counts: list[dict[str, Any]], chosen: list[str], label: str, event_flip: Callable[[str], None]) -> None: ...


@vue("strips.vue")
def _Strips(strips: list[dict[str, Any]], texts: dict[str, str]) -> None: ...


def Claims(rows: Sequence[dict[str, Any]], chosen: str, *, on_choose: Callable[[str], None]) -> Any:
    """List claims; one can be chosen."""
    known = {str(row["name"]) for row in rows}
    return _Claims(
        rows=list(rows),
        chosen=chosen,
        label=say("evidence.claims.list"),
        event_choose=lambda name: on_choose(str(name)) if str(name) in known else None,
    )


def Tally(counts: Sequence[tuple[str, int]], chosen: Collection[str], *, on_flip: Callable[[str], None]) -> Any:
    """Show how many claims have each verdict, as parts of a bar that choose them."""
    known = {verdict for verdict, _ in counts}
    rows = [
        {
            "verdict": verdict, "count": number, "name": say(f"evidence.verdict.{verdict}"),
            "about": say(f"evidence.about.{verdict}"),
        }
        for verdict, number in counts
    ]  # fmt: skip
    return _Tally(
        counts=rows,
        chosen=sorted(chosen),
        label=say("evidence.claims.verdicts"),
        event_flip=lambda verdict: on_flip(str(verdict)) if str(verdict) in known else None,
    )


def Strips(strips: Sequence[dict[str, Any]]) -> Any:
    """Draw statistics on the scale of their bands."""
    return _Strips(strips=list(strips), texts={"band": say("evidence.facts.band")})
