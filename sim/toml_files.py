"""Read TOML into a `Document`: its data, and the place where each value was written."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sim.keys import dotted, element_name
from sim.problems import Place, Problem, ScenarioError, shown
from sim.text import say
from sim.toml_lines import DEEPEST, KeyPath, TooDeepError, locate

LARGEST_FILE = 1_000_000
"""Bytes. A scenario is written by hand; what is larger is something else."""

# What tomllib says (in English only), by a part of its message, and the key of our text for it.
_SYNTAX = {
    "Invalid value": "value",
    "Expected newline": "after_value",
    "Cannot overwrite": "twice",
    "Cannot declare": "twice",
    "Cannot mutate": "twice",
    "Duplicate": "twice",
    "Unclosed array": "array",
    "Unclosed inline table": "inline_table",
    "Unterminated string": "text",
    "Expected '='": "equals",
    "Invalid statement": "key",
    "Invalid initial character": "key",
    "at the end of a": "header",
    "Unescaped": "backslash",
    "Illegal character '\\n'": "text",
    "Illegal character": "character",
    "invalid character": "character",
}


@dataclass(frozen=True)
class Document:
    """Data of one or several merged files.

    Attributes
    ----------
    data
        The values, as `tomllib` gives them.
    places
        Where each value was written, by its path in `data`; the path ``()`` is the document itself.
    """

    data: dict[str, Any]
    places: Mapping[KeyPath, Place]

    def place(self, path: KeyPath) -> Place:
        """Give the place of a path, or of the innermost table around it if it is not written anywhere."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path]

    def key(self, path: KeyPath) -> str:
        """Give the dotted key of a path, as a user writes it."""
        return dotted(self.data, path)

    def value(self, path: KeyPath) -> Any:
        """Give the value at a path, None if there is none."""
        value: Any = self.data
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value


def read(path: str | Path) -> Document:
    """Read a TOML file.

    Raises
    ------
    ScenarioError
        There is no such file, or it is not readable, too large, not UTF-8 or not valid TOML, or two elements
        of an array have the same name.
    """
    path = Path(path)
    file = file_name(path)
    text = _decoded(_content(path, file), file)
    data, lines = parse(text, file)
    places = {at: Place(file, line) for at, line in lines.items()}
    document = Document(data, MappingProxyType({(): Place(file, 1)} | places))
    problems = [*_long_numbers(document), *_repeated_names(document)]
    if problems:
        raise ScenarioError(sorted(problems, key=lambda problem: problem.place))
    return document


def parse(text: str, file: str) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    """Give the data of a TOML text and the line of each path in it.

    Raises
    ------
    ScenarioError
        The text is not valid TOML. `file` is the name the problem shows.
    """
    try:
        # First, because it refuses the depth that would take the standard reader minutes.
        lines = locate(text)
        return tomllib.loads(text), lines
    except TooDeepError as error:
        raise refusal(Place(file, error.line), "document.too_deep", deepest=DEEPEST) from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError([_syntax_problem(str(error), text, file)]) from None
    except ValueError:
        # Python refuses to read whole numbers of thousands of digits.
        found = re.search(r"[0-9][0-9_]{1000}", text)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        raise refusal(Place(file, line), "document.number_too_large") from None


def refusal(place: Place, message_key: str, /, *, key: str = "", **values: object) -> ScenarioError:
    """Make the error of a single problem."""
    return ScenarioError([Problem(place, key, say(message_key, **values))])


def paths(value: Any, at: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Go over a value and all that is inside of it."""
    yield at, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*at, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from paths(inner, (*at, position))


def is_too_large(value: object) -> bool:
    """Tell whether a whole number is outside of the 64 bits that TOML allows."""
    return isinstance(value, int) and not -(2**63) <= value < 2**63


def file_name(path: Path) -> str:
    """Show a path from the current folder if it is inside of it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except (ValueError, OSError, RuntimeError):
        return os.path.normpath(path)


def _content(path: Path, file: str) -> bytes:
    """Read the bytes of a file, up to the limit."""
    place = Place(file)
    try:
        if path.is_dir():
            raise refusal(place, "document.is_folder")
        if not path.exists():
            raise refusal(place, "document.no_file")
        if not path.is_file():
            raise refusal(place, "document.not_a_file")
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except ScenarioError:
        raise
    except (OSError, ValueError) as error:
        # ValueError: a name that no file can have.
        reason = getattr(error, "strerror", None) or str(error)
        raise refusal(place, "document.unreadable", reason=reason) from None
    if len(content) > LARGEST_FILE:
        raise refusal(place, "document.file_too_large", limit=LARGEST_FILE // 1000)
    return content


def _decoded(content: bytes, file: str) -> str:
    """Turn bytes into text, without the mark that some editors put first."""
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal(Place(file, line), "document.not_utf8") from None


def _syntax_problem(detail: str, text: str, file: str) -> Problem:
    """Turn a message of the standard reader into a problem."""
    detail, _, where = detail.rpartition(" (at ")
    found = re.search(r"line (\d+), column (\d+)", where)
    last = text.removesuffix("\n").count("\n") + 1
    line = int(found[1]) if found else last
    key = next((key for part, key in _SYNTAX.items() if part in detail), None)
    reason = say(f"document.toml.{key}") if key else detail
    column = say("document.column", column=found[2]) if found else say("document.at_the_end")
    message = say("document.not_toml", reason=reason, where=column)
    return Problem(Place(file, line), "", message)


def _long_numbers(document: Document) -> Iterator[Problem]:
    """Find whole numbers that TOML does not allow."""
    for at, value in paths(document.data):
        if is_too_large(value):
            message = say("document.number_too_large")
            yield Problem(document.place(at), document.key(at), message, value)


def _repeated_names(document: Document) -> Iterator[Problem]:
    """Find elements of one array that have the same name."""
    for at, value in paths(document.data):
        if not isinstance(value, list):
            continue
        first: dict[str, KeyPath] = {}
        for position, element in enumerate(value):
            name = element_name(element)
            here: KeyPath = (*at, position, "name")
            if name is not None and first.setdefault(name, here) is not here:
                line = document.place(first[name]).line
                message = say("document.repeated_name", name=shown(name), line=line)
                yield Problem(document.place(here), document.key(here), message, name)
