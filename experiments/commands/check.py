"""``userisation check``: every mistake of every scenario file, at once."""

from __future__ import annotations

import glob
import os
from typing import Annotated, Any

import typer

from experiments.commands.session import AsJson, Lang, clean, print_json, results_console
from experiments.exits import Exit
from experiments.text import say

__all__ = ["check"]


def check(files: Annotated[list[str], typer.Argument()], as_json: AsJson = False, lang: Lang = None) -> None:
    """Check files (or scenarios of the library) and list the mistakes; exit code 2 if there is one."""
    from sim.problems import Problem, ScenarioError
    from sim.scenario import load

    reports: list[dict[str, Any]] = []
    console = results_console()
    for file in _expanded(files):
        problems: tuple[Problem, ...] = ()
        try:
            load(file)
        except ScenarioError as error:
            problems = error.problems
        reports.append({"file": file, "ok": not problems, "problems": [_plain(problem) for problem in problems]})
        if not as_json:
            for problem in problems:
                console.print(clean(str(problem)), soft_wrap=True)
            if not problems:
                console.print(clean(say("check.ok", file=file)), soft_wrap=True)
    if as_json:
        print_json(reports)
    if any(not report["ok"] for report in reports):
        raise typer.Exit(Exit.BAD_INPUT)


def _plain(problem: Any) -> dict[str, Any]:
    place = problem.place
    return {"file": place.file, "line": place.line or None, "key": problem.key, "message": problem.message}


def _expanded(files: list[str]) -> list[str]:
    """Expand patterns where the shell does not."""
    if os.name != "nt":
        return files
    return [match for file in files for match in (sorted(glob.glob(file)) or [file])]
