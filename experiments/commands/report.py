"""``userisation report``: build the HTML report of any folder of results again, say in the other language."""

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
    """Build the report of an answer, an experiment or a run, whichever the folder holds."""
    from experiments.answers.folder import holds_answer
    from experiments.batch.results import FILE

    if not folder.is_dir():
        fail(say("report_command.no_folder", folder=folder))
    try:
        if holds_answer(folder):
            path = _written(_of_answer(folder), folder, out)
        elif (folder / FILE).is_file():
            path = _written(_of_experiment(folder), folder, out)
        else:
            path = _of_run(folder, out)
    except OSError as error:
        reason = error.strerror or error
        fail(say("cli.error.cannot_write", path=out or folder, reason=reason), Exit.CANNOT_WRITE)
    note(say("report_command.written", path=path))


def _written(page: str, folder: Path, out: Path | None) -> Path:
    from experiments.folder import REPORT

    path = out or folder / REPORT
    path.write_text(page, encoding="utf-8")
    return path


def _of_answer(folder: Path) -> str:
    from experiments.answers.folder import FINDINGS, read
    from experiments.answers.kinds import FindingsError
    from experiments.answers.page import render

    try:
        return render(read(folder))
    except FindingsError as error:
        fail(say("answers.folder.unreadable", path=folder / FINDINGS, detail=error))


def _of_experiment(folder: Path) -> str:
    from experiments.answers.batch_page import render_batch
    from experiments.batch.results import open_results
    from experiments.batch.store import StoreError

    try:
        with open_results(folder) as results:
            return render_batch(results)
    except StoreError as error:
        fail(say(f"batch.store.{error.reason}", path=error.path, detail=error.detail))


def _of_run(folder: Path, out: Path | None) -> Path:
    from experiments.folder import RESULTS
    from experiments.report.page import write_report
    from experiments.store import ResultsError

    if not (folder / RESULTS).exists():
        fail(say("answers.folder.nothing", folder=folder))
    try:
        return write_report(folder, out)
    except ResultsError as error:
        fail(say(f"store.{error.reason}", path=error.path, detail=error.detail))
