"""What a calibration has found, on a terminal: parameters, targets, and what to bear in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.calibration.words import (
    interval_text,
    learnt_text,
    legend,
    remarks,
    status_text,
    verdict_text,
    wanted_text,
)
from experiments.commands.session import clean, results_console
from experiments.numbers import decimal, percent, plain_number
from experiments.text import say

if TYPE_CHECKING:
    from rich.table import Table

    from experiments.calibration.findings import Calibration

__all__ = ["show_calibration"]

_STYLES = {"met": "green", "conflict": "yellow", "unmet": "bold red"}


def show_calibration(found: Calibration) -> None:
    """Print what was found."""
    from rich.text import Text

    console = results_console()
    console.print(Text(say("calibrate.title", scenario=clean(found.scenario)), style="bold"))
    console.print(Text(verdict_text(found)))
    console.print()
    console.print(_parameters(found))
    console.print()
    console.print(_targets(found))
    console.print()
    told = remarks(found)
    for line in told:
        console.print(Text(clean(line), style="yellow"))
    if not told and all(one.identified for one in found.parameters):
        console.print(Text(say("calibrate.all_identified")))
    for line in legend(found):
        console.print(Text(line, style="dim"))


def _parameters(found: Calibration) -> Table:
    table = _table("parameter", "median", "interval", "prior", "learnt")
    for one in found.parameters:
        table.add_row(
            clean(one.name),
            plain_number(one.median),
            interval_text(one.low, one.high),
            interval_text(one.prior_low, one.prior_high),
            learnt_text(one),
            style="" if one.identified else "dim",
        )
    return table


def _targets(found: Calibration) -> Table:
    from rich.text import Text

    table = _table("target", "wanted", "reached", "interval", "distance", "best", "emulator", "status")
    for one in found.targets:
        table.add_row(
            clean(one.name),
            wanted_text(one),
            plain_number(one.reached),
            interval_text(one.reached_low, one.reached_high),
            decimal(one.distance, 1),
            plain_number(one.best),
            percent(one.emulator.explained, 0),
            Text(status_text(one), style=_STYLES[one.status]),
        )
    return table


def _table(*columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, collapse_padding=True)
    for place, column in enumerate(columns):
        justify = "left" if place == 0 else "right"
        table.add_column(
            say(f"calibrate.column.{column}"), justify="left" if justify == "left" else "right", overflow="fold"
        )
    return table
