"""The link of the Lab: the market, what it is compared with, and what is to be seen of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboards.futures import CHOICES
from dashboards.lab.kpis import choices
from dashboards.lab.measure import LEAD
from dashboards.lab.view import Choice
from dashboards.links import LONGEST_LINK, MOST_CHANGES, restored
from dashboards.links import query_of as query_of_market
from dashboards.markets import Draft

__all__ = ["is_known", "query_of", "usual_baseline", "whole"]


def usual_baseline(draft: Draft) -> Draft:
    """Give what a market is compared with as long as nothing else was chosen: itself, as it began."""
    return replace(draft.reset(), you=draft.you)


def is_known(choice: Choice) -> bool:
    """Tell whether all that is to be seen can be."""
    known = {key for key, _ in choices()}
    return (
        choice.futures in CHOICES
        and len(choice.cards) == len(Choice().cards)
        and known.issuperset(choice.cards)
        and choice.outcome in known - {LEAD}
    )


def query_of(draft: Draft, baseline: Draft, choice: Choice) -> str:
    """Give the query of a link; empty where it would be longer than a link may be."""
    market, usual, more = query_of_market(draft), Choice(), []
    if baseline != usual_baseline(draft):
        against = query_of_market(baseline)
        if not against:
            return ""
        more.append(("against", against))
    if choice.futures != usual.futures:
        more.append(("futures", str(choice.futures)))
    if choice.cards != usual.cards:
        more.append(("cards", " ".join(choice.cards)))
    if choice.outcome != usual.outcome:
        more.append(("outcome", choice.outcome))
    query = f"{market}&{urlencode(more)}" if market and more else market
    return query if len(query) <= LONGEST_LINK else ""


def whole(query: str) -> tuple[Draft, Draft, Choice, int]:
    """Restore all that a link says.

    Returns
    -------
    tuple
        The market, what it is compared with, what is to be seen, and how many things made no sense and were left out.
    """
    draft, ignored = restored(query)
    baseline, choice = usual_baseline(draft), Choice()
    try:
        said = dict(reversed(parse_qsl(query[:LONGEST_LINK].lstrip("?"), max_num_fields=MOST_CHANGES + 10)))
    except ValueError:
        return draft, baseline, choice, ignored
    if "against" in said:
        baseline, more = restored(said["against"])
        ignored += more
    for name in ("futures", "cards", "outcome"):
        if name in said:
            text = said[name]
            value: Any = tuple(text.split()) if name == "cards" else int(text) if text in map(str, CHOICES) else text
            wanted = replace(choice, **{name: value})
            choice, ignored = (wanted, ignored) if is_known(wanted) else (choice, ignored + 1)
    return draft, baseline, choice, ignored
