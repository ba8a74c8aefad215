"""What every command shares: where it prints, how it fails, and the options that mean the same everywhere."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from experiments.exits import Exit
from experiments.numbers import NARROW_SPACE
from sim.text import language

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "AsJson",
    "CommandError",
    "Lang",
    "clean",
    "fail",
    "note",
    "print_json",
    "results_console",
    "tell_problems",
]

PIPE_WIDTH = 120
"""Columns of tables that go to a file or another program."""

_WORD = re.compile(r"[^\S\u00a0\u202f]*[\S\u00a0\u202f]+[^\S\u00a0\u202f]*")
_PERCENT = re.compile(r"(?<=\d) (?=%)")

Lang = Annotated[str | None, typer.Option("--lang")]
AsJson = Annotated[bool, typer.Option("--json")]


class CommandError(Exception):
    """A command cannot do what it was asked; the message is for the user."""

    def __init__(self, message: str, code: Exit = Exit.BAD_INPUT) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def fail(message: str, code: Exit = Exit.BAD_INPUT) -> NoReturn:
    """End the command with a message on standard error and an exit code."""
    raise CommandError(message, code)


def note(message: str) -> None:
    """Tell the user something that is no result, on standard error."""
    print(_encodable(clean(message), sys.stderr), file=sys.stderr, flush=True)


def tell_problems(problems: Iterable[object]) -> None:
    """Tell all the mistakes of an input, one a line, on standard error."""
    for problem in problems:
        note(str(problem))


def print_json(document: Any) -> None:
    """Print one JSON document, and nothing else, on standard output.

    Numbers that are not finite have no form in JSON: they become null. Where the output is not UTF-8,
    characters beyond ASCII are escaped.
    """
    is_unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(_finite(document), ensure_ascii=not is_unicode, indent=2, allow_nan=False)
    print(text, flush=True)


def results_console() -> Console:
    """Give the console for results that people read, on standard output."""
    from rich import _wrap
    from rich.console import Console

    # Rich would break lines at no-break spaces, in the middle of "94 %"; a version without this pattern goes on so.
    if hasattr(_wrap, "re_word"):
        _wrap.re_word = _WORD

    class ResultsConsole(Console):
        def on_broken_pipe(self) -> None:
            # A reader that has seen enough (`| head`) is no failure; the program's entry point sees to it.
            raise BrokenPipeError

    console = ResultsConsole(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    return console


def clean(text: str) -> str:
    """Give a text without characters that would steer a terminal: names come from files of strangers.

    In French, a number and its percent sign stay on one line.
    """
    text = _PERCENT.sub(NARROW_SPACE, text) if language() == "fr" else text
    return "".join(letter if letter.isprintable() or letter in "\n\t\u202f\u00a0" else "\ufffd" for letter in text)


def _encodable(text: str, stream: Any) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value
