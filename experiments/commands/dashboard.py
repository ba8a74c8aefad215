"""``userisation dashboard``: the strategist's dashboard in a browser."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from experiments.commands.run import refuse_bad_numbers
from experiments.commands.session import Lang, fail
from experiments.text import say

__all__ = ["dashboard"]

_START = "dashboards.start"
"""Named and not imported: this room does not know the dashboard, only the command line calls for it."""

USUAL_PORT = 8460


def dashboard(
    port: Annotated[int | None, typer.Option("--port", "-p", show_default=False)] = None,
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    opens: Annotated[bool, typer.Option("--open")] = False,
    results: Annotated[Path | None, typer.Option("--results", show_default=False)] = None,
    lang: Lang = None,
) -> None:
    """Serve until Ctrl-C."""
    refuse_bad_numbers({"port": port}, {"port": (0, 65535)})
    if results is not None and results.exists() and not results.is_dir():
        fail(say("dashboard.results_no_folder", folder=results))
    start = importlib.import_module(_START).start
    start(host=host, port=port, usual_port=USUAL_PORT, opens=opens, results=results)
