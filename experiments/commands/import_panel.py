"""``userisation import-panel``: estimate a market from a household purchase panel, and write it as a scenario."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments.commands.panel_options import LayoutName, PanelOptions, TimeName
from experiments.commands.session import AsJson, Lang, fail, note, print_json, results_console, tell_problems
from experiments.exits import Exit
from experiments.text import say

if TYPE_CHECKING:
    from experiments.panel.data import Panel
    from experiments.panel.estimate import Estimates

__all__ = ["import_panel"]


def import_panel(
    file: Annotated[Path | None, typer.Argument(show_default=False)] = None,
    out: Annotated[Path | None, typer.Option("--out", show_default=False)] = None,
    sector: Annotated[str | None, typer.Option(show_default=False)] = None,
    panel_weeks: Annotated[float | None, typer.Option("--weeks", show_default=False)] = None,
    layout: Annotated[LayoutName | None, typer.Option(show_default=False)] = None,
    time: Annotated[TimeName | None, typer.Option(show_default=False)] = None,
    columns: Annotated[list[str] | None, typer.Option("--column", show_default=False)] = None,
    delimiter: Annotated[str | None, typer.Option(show_default=False)] = None,
    decimal: Annotated[str | None, typer.Option(show_default=False)] = None,
    encoding: Annotated[str, typer.Option()] = "utf-8",
    panel_seed: Annotated[int, typer.Option("--seed")] = 1,
    example: Annotated[bool, typer.Option("--example")] = False,
    force: Annotated[bool, typer.Option("--force")] = False,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Read, estimate, show, and write the scenario if asked to."""
    from experiments.panel.problems import PanelError

    if (file is None) == (not example):
        fail(say("import_panel.file_or_example"))
    if panel_weeks is not None and not 0 < panel_weeks <= 5200:
        fail(say("import_panel.weeks", weeks=panel_weeks))
    if out is not None and out.exists() and not force:
        fail(say("import_panel.exists", path=out), Exit.CANNOT_WRITE)
    options = PanelOptions(layout, time, columns, delimiter, decimal, encoding)
    try:
        panel = options.read(file)
        found = _estimates(panel, panel_weeks, panel_seed)
    except PanelError as error:
        tell_problems(str(error).splitlines())
        raise typer.Exit(Exit.BAD_INPUT) from None
    if as_json:
        print_json(_plain(asdict(found)))
    else:
        from experiments.panel.describe import describe

        results_console().print(describe(found), end="", soft_wrap=True)
    if out is not None:
        _write(out, found, sector)
    elif not as_json:
        note(say("import_panel.hint"))


def _estimates(panel: Panel, weeks: float | None, seed: int) -> Estimates:
    from experiments.panel.estimate import estimate

    note(say("import_panel.estimating"))
    return estimate(panel, weeks=weeks, seed=seed)


def _write(path: Path, found: Estimates, sector: str | None) -> None:
    from experiments.panel.write import scenario_text

    try:
        path.write_text(scenario_text(found, sector=sector), encoding="utf-8")
    except OSError as error:
        fail(say("cli.error.cannot_write", path=path, reason=error.strerror or error), Exit.CANNOT_WRITE)
    note(say("import_panel.written", path=path))


def _plain(value: Any) -> Any:
    """Give numbers of numpy as plain ones."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
