"""``userisation schema``: the JSON Schemas of scenario, targets and experiment files, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from experiments.commands.session import Lang, fail, note
from experiments.exits import Exit
from experiments.text import say

__all__ = ["schema"]


def schema(
    out: Annotated[Path | None, typer.Option("--out")] = None,
    of_targets: Annotated[bool, typer.Option("--targets")] = False,
    of_experiments: Annotated[bool, typer.Option("--experiments")] = False,
    lang: Lang = None,
) -> None:
    """Print the schema, or write it to a file."""
    if of_targets and of_experiments:
        fail(say("schema.one_kind"))
    if of_targets:
        from experiments.calibration.declarations import json_schema
    elif of_experiments:
        from experiments.batch.declarations import json_schema
    else:
        from sim.scenario import json_schema

    text = json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        print(text, end="", flush=True)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(say("cli.error.cannot_write", path=out, reason=error.strerror or error), Exit.CANNOT_WRITE)
    note(say("schema.written", path=out))
