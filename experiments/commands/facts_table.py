"""The table of facts on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.commands.session import clean, results_console
from experiments.facts.words import (
    band_text,
    heading,
    met_text,
    outcome_text,
    real_text,
    statistic_name,
    value_text,
)
from experiments.text import say

if TYPE_CHECKING:
    from rich.text import Text

    from experiments.facts.findings import FactFound, Facts, StatisticFound

__all__ = ["show_facts"]

_COLUMNS = ("fact", "band", "simulated", "real", "outcome")


def show_facts(found: Facts) -> None:
    """Print fact, source, band, simulated and real values, inside or outside."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = results_console()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
    for key, ratio in zip(_COLUMNS, (5, 2, 3, 3, 2), strict=True):
        table.add_column(say(f"facts.column.{key}"), overflow="fold", ratio=ratio)
    for place, fact in enumerate(found.facts):
        if place:
            table.add_row()
        table.add_row(_title(fact), "", "", "", "")
        for one in fact.statistics:
            table.add_row(
                f"  {statistic_name(one.key)}", band_text(one), value_text(one), clean(real_text(one)), _outcome(one)
            )
    console.print(table)
    console.print()
    console.print(Text(clean(met_text(found))))
    console.print(Text(say("facts.legend"), style="dim"))


def _title(fact: FactFound) -> Text:
    from rich.text import Text

    return Text.assemble((heading(fact), "bold"), f"\n{fact.use} · {fact.source}")


def _outcome(one: StatisticFound) -> Text:
    from rich.text import Text

    style = "" if one.inside is None else "green" if one.inside else "bold red"
    return Text(outcome_text(one.inside), style=style)
