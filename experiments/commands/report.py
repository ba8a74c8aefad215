"""``userisation report``: build the HTML report of a results folder again, say in the other language."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.commands.session import Lang, fail, note
from experiments.exits import Exit
from experiments.text import say

__all__ = ["report"]


def report(
    folder: Annotated[Path, typer.Argument(show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", show_default=False)] = None,
    lang: Lang = None,
) -> None:
    """Build the report."""
    from experiments.report.page import write_report
    from experiments.store import ResultsError

    if not folder.is_dir():
        fail(say("report_command.no_folder", folder=folder))
    try:
        path = write_report(folder, out)
    except ResultsError as error:
        fail(say(f"store.{error.reason}", path=error.path, detail=error.detail))
    except OSError as error:
        fail(
            say("cli.error.cannot_write", path=out or folder, reason=error.strerror or error),
            Exit.CANNOT_WRITE,
        )
    note(say("report_command.written", path=path))
