"""A scenario file of the visitor's, as one of the markets that are compared."""

from __future__ import annotations

from pathlib import PurePath

from dashboards.compare.sides import Side
from dashboards.compare.text import say
from sim.text import LANGUAGES, use_language

__all__ = ["side_of_file"]


def side_of_file(name: str, text: str) -> Side:
    """Read the text of a scenario file, checked like any scenario.

    Raises
    ------
    ScenarioError
        With every mistake found.
    """
    from dashboards.markets import Draft

    draft = Draft.from_toml(text, name)
    stem = PurePath(name.replace("\\", "/")).stem[:60] or "scenario"
    titles = {}
    for code in LANGUAGES:
        with use_language(code):
            titles[code] = say("compare.file", title=draft.title_in(code) or stem)
    return Side(f"file:{stem}", titles, draft.scenario)
