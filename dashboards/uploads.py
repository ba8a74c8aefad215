"""Scenario files that come from elsewhere: read as any other, but for what they may extend."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sim.documents import Place, Problem, ScenarioError
from sim.scenario import Scenario, library, load

__all__ = ["read"]


def read(text: str, file: str) -> Scenario:
    """Read the text of a scenario file as a file would be read."""
    from sim.problems import advice
    from sim.text import say
    from sim.toml_files import LARGEST_FILE, parse, refusal

    content = text.encode("utf-8", "replace")
    if len(content) > LARGEST_FILE:
        raise refusal(Place(file), "document.file_too_large", limit=LARGEST_FILE // 1000)
    data, lines = parse(text.removeprefix("\ufeff"), file)
    parent = data.get("extends")
    if isinstance(parent, str) and parent not in library():
        message = say("document.no_scenario", advice=advice(parent, library()))
        raise ScenarioError([Problem(Place(file, lines.get(("extends",), 1)), "extends", message, parent[:60])])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.toml"
        path.write_bytes(content)
        try:
            scenario = load(path)
        except ScenarioError as error:
            raise ScenarioError(_of_file(problem, path, file) for problem in error.problems) from None
    return scenario.model_copy(update={"claim": None})


def _of_file(problem: Problem, path: Path, file: str) -> Problem:
    """Name the user's own file in a problem, instead of the one that was read."""
    where = problem.place.file
    is_own = where == str(path) or Path(where).name == path.name
    message = problem.message.replace(str(path), file)
    return Problem(Place(file, problem.place.line) if is_own else problem.place, problem.key, message, problem.value)
