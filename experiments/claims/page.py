"""The page of claims, in Markdown: what every claim says, what was found, and where it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from experiments.claims.over_words import draws_text, keys_texts, over_texts, share_text, sums_text
from experiments.claims.where import setting_text, settings_text, where_text
from experiments.claims.words import (
    ablation_text,
    advice_text,
    counts_text,
    effect_text,
    expected_text,
    level_text,
    question_text,
    stability_text,
)
from experiments.numbers import count
from experiments.text import say
from sim.text import language

if TYPE_CHECKING:
    from experiments.claims.findings import Answer, ClaimResult, Claims, Held, Question

__all__ = ["page"]


def page(claims: Claims) -> str:
    """Give the page in the language of the context."""
    parts = [f"# {say('claims.page.title')}", say("claims.page.made"), say("claims.page.how"), counts_text(claims)]
    if any(result.over for result in claims.claims):
        parts.append(" ".join(text for text in (say("claims.page.over"), sums_text(claims)) if text))
    heads = [say(f"claims.column.{key}") for key in ("claim", "source", "effect", "verdict")]
    parts.append(_table(heads, (_summary(result, is_stale=claims.is_stale(result)) for result in claims.claims)))
    parts += [_section(result, is_stale=claims.is_stale(result)) for result in claims.claims]
    return "\n\n".join(parts) + "\n"


def _summary(result: ClaimResult, *, is_stale: bool) -> list[str]:
    answers = zip(result.questions, result.points[0].answers, strict=True)
    effects = "<br>".join(
        say("claims.page.effect", figure=question_text(one), effect=effect_text(answer.effect, one))
        for one, answer in answers
    )
    link = f"[{result.claim[language()]}](#{result.scenario})"
    verdict = say(f"claims.verdict.{result.verdict}")
    if result.over is not None and result.over.points and not is_stale:
        verdict += f"<br>{share_text(result.over.points[0])}"
    return [link, result.source, effects, verdict]


def _section(result: ClaimResult, *, is_stale: bool) -> str:
    parts = [f"## {result.scenario}", f"**{result.claim[language()]}**", _source(result), _compared(result)]
    heads = [say(f"claims.column.{key}") for key in ("figure", "expected", "levels", "effect", "outcome")]
    rows = [_row(question, answer) for question, answer in zip(result.questions, result.points[0].answers, strict=True)]
    parts.append(_table(*_with_draws(heads, rows, result.over.figures if result.over else [])))
    said = [_judgement(result), ablation_text(result), stability_text(result), advice_text(result)]
    parts.append(". ".join(_capital(text) for text in said if text) + ".")
    parts.append(_over(result, is_stale=is_stale))
    if len(result.points) > 1:
        parts += [say("claims.page.region"), _region(result)]
    if result.ablation is not None:
        parts += [say("claims.page.ablation", what=_layer(result.carried_by)), _ablation(result)]
    parts.append(_size(result))
    return "\n\n".join(part for part in parts if part)


def _source(result: ClaimResult) -> str:
    if result.quote:
        return say("claims.page.quoted", source=result.source, quote=result.quote)
    return say("claims.page.source", source=result.source)


def _compared(result: ClaimResult) -> str:
    """Say which markets were compared."""
    parts = [say("claims.page.scenario", title=result.title[language()], scenario=result.scenario)]
    if result.against and result.without:
        parts.append(say("claims.page.against_with", against=result.against, what=_layer(result.without)))
    elif result.against:
        parts.append(say("claims.page.against", against=result.against))
    else:
        parts.append(say("claims.page.without", what=_layer(result.without)))
    if result.moderator:
        parts.append(say("claims.page.moderator", what=_layer(result.moderator)))
    return " ".join(parts)


def _layer(overrides: dict[str, object]) -> str:
    """Name what is laid over a scenario."""
    dropped = overrides.get("clear", [])
    tables = dropped if isinstance(dropped, Iterable) else []
    parts = [say("claims.dropped", table=f"`{table}`") for table in tables]
    parts += [f"`{setting_text(key, value, short=False)}`" for key, value in overrides.items() if key != "clear"]
    return ", ".join(parts)


def _row(question: Question, answer: Answer) -> list[str]:
    levels = say(
        "claims.levels",
        scenario=level_text(answer.effect.scenario, question),
        counterfactual=level_text(answer.effect.counterfactual, question),
    )
    return [
        question_text(question),
        expected_text(answer, question),
        levels,
        effect_text(answer.effect, question),
        _outcome(answer.outcome),
    ]


def _region(result: ClaimResult) -> str:
    heads = [question_text(question) for question in result.questions]
    rows = []
    for point in result.points:
        pairs = zip(result.questions, point.answers, strict=True)
        rows.append([settings_text(point.settings), *(effect_text(answer.effect, one) for one, answer in pairs)])
        rows[-1].append(_outcome(point.outcome))
    heads.append(say("claims.column.outcome"))
    return _table(*_with_draws([say("claims.column.point"), *heads], rows, result.over.points if result.over else []))


def _with_draws(
    heads: list[str], rows: list[list[str]], held: Sequence[Held | None]
) -> tuple[list[str], list[list[str]]]:
    """Add to a table in how many draws each row holds, where that is known of all of them."""
    if len(held) != len(rows):
        return heads, rows
    return [*heads, say("claims.column.draws")], [[*row, share_text(one)] for row, one in zip(rows, held, strict=True)]


def _over(result: ClaimResult, *, is_stale: bool) -> str:
    """Say how often it holds over an ensemble; empty where that was not tried."""
    if result.over is None:
        return ""
    said = [draws_text(result.over, _code), *over_texts(result, _code), *keys_texts(result, _code)]
    if is_stale:
        said.insert(0, f"**{say('claims.draws.stale')}**")
    if result.over.points:
        said.append(say("claims.draws.with_luck" if result.over.futures == 1 else "claims.draws.less_luck"))
    return ". ".join(_capital(text.rstrip(".")) for text in said) + "."


def _code(text: str) -> str:
    return f"`{text}`"


def _ablation(result: ClaimResult) -> str:
    if result.ablation is None:
        return ""
    rows = [
        [question_text(one), effect_text(whole.effect, one), effect_text(left.effect, one)]
        for one, whole, left in zip(result.questions, result.points[0].answers, result.ablation.answers, strict=True)
    ]
    return _table([say(f"claims.column.{key}") for key in ("figure", "effect", "left")], rows)


def _judgement(result: ClaimResult) -> str:
    verdict, where = f"**{_capital(say(f'claims.verdict.{result.verdict}'))}**", where_text(result)
    return say("claims.page.verdict", verdict=verdict, where=where) if where else verdict


def _outcome(outcome: str | None) -> str:
    return say(f"claims.outcome.{outcome}") if outcome else say("claims.outcome.none")


def _size(result: ClaimResult) -> str:
    text = say(
        "claims.page.size",
        replicates=count(result.replicates),
        consumers=count(result.consumers),
        weeks=count(result.weeks),
        seed=result.seed,
    )
    return f"{text} {say('claims.failed', count=result.failures)}" if result.failures else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}"]
    # An upright bar in a name would end its cell.
    return "\n".join(lines + [f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |" for row in rows])
