"""What questions need, on a terminal: a table, one sentence for all of them, and what to bear in mind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from experiments.commands.session import clean, results_console
from experiments.numbers import UNKNOWN, count
from experiments.precision.words import (
    amount_text,
    answer_text,
    command_text,
    cost_text,
    hardest,
    level_text,
    luck_text,
    name_text,
    pilots_text,
    remarks,
    replicates_text,
    seconds_text,
    together_text,
)
from experiments.text import say

if TYPE_CHECKING:
    from rich.table import Table

    from experiments.precision.findings import Answer, Kind, Precision

__all__ = ["show_precision"]


def show_precision(found: Precision, options: Mapping[str, object]) -> None:
    """Print what was found; `options` are those of `userisation run`, as they were given."""
    from rich.text import Text

    console = results_console()
    console.print(Text(say("precision.title", scenario=clean(found.scenario)), style="bold"))
    console.print(Text(pilots_text(found), style="dim"))
    for kind in found.together:
        answers = [one for one in found.answers if one.kind == kind]
        shown = hardest(answers)
        console.print()
        if kind == "difference":
            console.print(Text(clean(say("precision.difference", change=" ".join(found.against))), style="bold"))
        console.print(_table(shown, kind))
        console.print()
        if len(answers) == 1:
            console.print(Text(clean(answer_text(answers[0]))))
        elif together_text(found, kind):
            console.print(Text(together_text(found, kind)))
        for line in remarks([answer for answer, _ in shown], found.sizes[-1]):
            console.print(Text(clean(line), style="yellow"))
    console.print()
    if found.together.get("level") is not None and not found.against:
        console.print(Text(command_text(found, options)))
    console.print(Text(cost_text(found), style="dim"))
    console.print(Text(say("precision.legend"), style="dim"))


def _table(shown: list[tuple[Answer, int]], kind: Kind) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    level = "level" if kind == "level" else "effect"
    for place, column in enumerate(("figure", level, "error", "luck", "consumers", "replicates", "seconds")):
        table.add_column(say(f"precision.column.{column}"), justify="left" if place == 0 else "right", overflow="fold")
    for answer, others in shown:
        cells = [clean(name_text(answer, others)), level_text(answer), amount_text(answer.error, answer)]
        if answer.advice is None:
            cells += [UNKNOWN, say(f"precision.status.{answer.status}"), UNKNOWN, UNKNOWN]
        else:
            ensemble = answer.advice
            cells += [luck_text(answer), count(ensemble.consumers), replicates_text(ensemble)]
            cells.append(seconds_text(ensemble.seconds))
        table.add_row(*cells)
    return table
