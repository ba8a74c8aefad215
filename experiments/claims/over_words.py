"""What was found over the draws of an ensemble, in words: for the terminal and for pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from experiments.claims.words import question_text
from experiments.numbers import count, interval
from experiments.text import say

if TYPE_CHECKING:
    from experiments.claims.findings import ClaimResult, Claims, Held, Over

__all__ = ["MOST", "draws_text", "keys_texts", "over_texts", "share_text", "sums_text"]

MOST = 0.9
"""Share of draws from which a claim is counted as one that holds in most."""


def share_text(held: Held | None) -> str:
    """Say in how many draws something holds: "21 of 24 draws (69–96%)"."""
    if held is None:
        return say("claims.outcome.none")
    if not held.draws:
        return say("claims.draws.unknown", undefined=count(held.undefined))
    values = {"held": count(held.held), "draws": count(held.draws), "range": interval(held.low, held.high, "share", 2)}
    text = say("claims.draws.share", **values)
    return f"{text} {say('claims.draws.undefined', undefined=count(held.undefined))}" if held.undefined else text


def over_texts(result: ClaimResult, mark: Callable[[str], str] = str) -> list[str]:
    """Say how often a claim holds, and what its effect goes with; `mark` sets off names of parameters."""
    over = result.over
    if over is None:
        return []
    if not over.points:
        return [say("claims.draws.nothing")]
    own, texts = over.points[0], []
    if own is not None:
        texts.append(say("claims.draws.held", share=share_text(own)))
    if over.everywhere is not None:
        share = share_text(over.everywhere)
        texts.append(say("claims.draws.everywhere", total=count(len(over.points)), share=share))
    if over.carried is not None and over.carried.draws:
        texts.append(say("claims.draws.carried", share=share_text(over.carried)))
    return texts + ([goes] if (goes := _goes_text(result, over, mark)) else [])


def keys_texts(result: ClaimResult, mark: Callable[[str], str] = str) -> list[str]:
    """Say which values of the ensemble a claim's markets did not take."""
    if result.over is None:
        return []
    fates = {"kept": result.over.kept, "partly": result.over.partly, "missing": result.over.missing}
    return [
        say(f"claims.draws.{fate}", keys=", ".join(mark(key) for key in keys)) for fate, keys in fates.items() if keys
    ]


def draws_text(over: Over, mark: Callable[[str], str] = str) -> str:
    """Name the draws."""
    key = "single" if over.futures == 1 else "several"
    name = mark(over.ensemble.name)
    return say(f"claims.draws.{key}", name=name, draws=count(over.draws), futures=count(over.futures))


def sums_text(claims: Claims) -> str:
    """Sum up: how many claims hold in most draws; empty without an ensemble."""
    tried = [one.over.points[0] for one in claims.claims if one.over and one.over.points and not claims.is_stale(one)]
    known = [held for held in tried if held is not None and held.draws]
    if not known:
        return ""
    most = sum(held.held >= MOST * held.draws for held in known)
    return say("claims.draws.sum", most=count(most), total=count(len(known)))


def _goes_text(result: ClaimResult, over: Over, mark: Callable[[str], str]) -> str:
    if over.goes is None:
        return ""
    question, rises = result.questions[over.goes.figure], over.goes.correlation > 0
    if question.expected in ("+", "-"):
        key = "stronger" if rises == (question.expected == "+") else "weaker"
    else:
        key = "rises" if rises else "falls"
    text = say(f"claims.draws.{key}", parameter=mark(over.goes.parameter))
    if len(result.questions) == 1:
        return text
    return say("claims.draws.of_figure", figure=question_text(question), text=text)
