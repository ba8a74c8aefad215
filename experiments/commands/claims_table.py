"""The table of claims on a terminal; a hundred columns are enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.claims.over_words import draws_text, keys_texts, over_texts, sums_text
from experiments.claims.where import where_text
from experiments.claims.words import (
    ablation_text,
    advice_text,
    counts_text,
    effect_text,
    question_text,
    stability_text,
)
from experiments.commands.session import clean, results_console
from experiments.text import say
from sim.text import language

if TYPE_CHECKING:
    from rich.text import Text

    from experiments.claims.findings import ClaimResult, Claims

__all__ = ["show_claims"]

_STYLES = {"holds": "bold green", "only_if": "bold yellow", "not_here": "bold red"}


def show_claims(found: Claims) -> None:
    """Print what was found."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = results_console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, show_lines=False, expand=False)
    for key, ratio in (("claim", 4), ("effect", 3), ("verdict", 3)):
        table.add_column(say(f"claims.column.{key}"), overflow="fold", ratio=ratio)
    for place, result in enumerate(found.claims):
        if place:
            table.add_row()
        table.add_row(_claim(result), _effects(result), _verdict(result))
    console.print(table)
    console.print()
    console.print(Text(counts_text(found)))
    if text := sums_text(found):
        console.print(Text(text))
    if not any(result.region for result in found.claims):
        console.print(Text(say("claims.where.all_untried")))
    console.print(Text(say("claims.legend"), style="dim"))
    over = next((result.over for result in found.claims if result.over), None)
    if over is not None:
        legend = say("claims.draws.legend" if over.futures == 1 else "claims.draws.legend_futures")
        console.print(Text(f"{clean(draws_text(over))} {legend}", style="dim"))


def _claim(result: ClaimResult) -> Text:
    from rich.text import Text

    text = Text.assemble((clean(result.scenario), "bold cyan"), f"\n{clean(result.claim[language()])}")
    if result.source:
        text.append(f"\n{clean(result.source)}", style="dim")
    return text


def _effects(result: ClaimResult) -> Text:
    from rich.text import Text

    text = Text()
    for question, answer in zip(result.questions, result.points[0].answers, strict=True):
        text.append(("\n" if text else "") + clean(question_text(question)), style="dim")
        text.append("\n" + effect_text(answer.effect, question))
    return text


def _verdict(result: ClaimResult) -> Text:
    from rich.text import Text

    text = Text(say(f"claims.verdict.{result.verdict}"), style="")
    text.stylize(_STYLES.get(result.verdict, "bold"))
    stable = "" if result.is_stable is not False else stability_text(result)
    where = where_text(result) if result.region else ""
    for line in (where, ablation_text(result), stable, advice_text(result)):
        if line:
            text.append(f"\n{clean(line)}", style="not bold")
    for line in over_texts(result):
        text.append(f"\n{clean(line)}", style="not bold cyan")
    for line in keys_texts(result):
        text.append(f"\n{clean(line)}", style="not bold dim")
    return text
