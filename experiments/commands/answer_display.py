"""An answer on a terminal: the sentence first, then tables, doubts, and where everything is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.commands.session import clean, note, print_json, results_console
from experiments.text import say

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table as RichTable

    from experiments.answers.findings import Findings
    from experiments.answers.told import Table, Told

__all__ = ["show_answer", "show_told"]


def show_answer(findings: Findings, folder: Path | None, *, as_json: bool) -> None:
    """Print findings: as JSON, or told in the language of the context; say where they are."""
    from experiments.answers.kinds import tell

    if as_json:
        print_json(findings.model_dump(mode="json"))
    else:
        show_told(tell(findings))
    if folder is not None:
        note(say("answers.written", folder=folder))


def show_told(told: Told) -> None:
    """Print an answer."""
    from rich.text import Text

    console = results_console()
    console.print(Text(clean(told.question), style="dim"))
    console.print(Text(clean(told.answer), style="bold"))
    for table in told.tables:
        console.print()
        console.print(Text(clean(table.title), style="bold"))
        console.print(_rich(table))
        if table.note:
            console.print(Text(clean(table.note), style="dim"))
    if told.doubts:
        console.print()
    for doubt in told.doubts:
        console.print(Text(clean(doubt), style="yellow"))


def _rich(table: Table) -> RichTable:
    from rich import box
    from rich.table import Table as RichTable

    made = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    for column in table.columns:
        made.add_column(clean(column.name), justify=column.align, overflow="fold")
    for row in table.rows:
        made.add_row(*(clean(cell) for cell in row))
    return made
