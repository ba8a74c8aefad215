"""What is wrong with a user's input: where, what, and what would be right."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sim.text import say

SETTING = "--set"
"""Stands for the file name of a value that was given on the command line."""

_LONGEST_SHOWN = 60
_MOST_SHOWN = 40


@dataclass(frozen=True, order=True)
class Place:
    """Where something is written: a file and a line counted from 1, or line 0 where there is no line."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        """Show as ``file:line``, the form that editors turn into a link."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Problem:
    """One mistake.

    Attributes
    ----------
    place
        Where it is written.
    key
        The key as a user writes it, such as ``firm.Nova.levers.price``; empty if it is about the whole file.
    message
        What is wrong and what would be right, in the language of the context.
    value
        The value that is refused, None if there is none.
    """

    place: Place
    key: str
    message: str
    value: Any = None

    def __str__(self) -> str:
        """Show as ``file:line: key: message``."""
        if self.place.file == SETTING and self.key:
            return f"{SETTING} {self.key}: {self.message}"
        return ": ".join(part for part in (str(self.place), self.key, self.message) if part)


class InputError(ValueError):
    """What a user gave cannot be used.

    Attributes
    ----------
    problems : tuple[Problem, ...]
        All the mistakes found, at least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Show one problem a line."""
        lines = [str(problem) for problem in self.problems[:_MOST_SHOWN]]
        if len(self.problems) > _MOST_SHOWN:
            lines.append(say("document.and_more", count=len(self.problems) - _MOST_SHOWN))
        return "\n".join(lines)


class ScenarioError(InputError):
    """A scenario cannot be used."""


def shown(value: object) -> str:
    """Show a value as a user writes it in a file, shortened if long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # Very long whole numbers cannot be written out, see sys.set_int_max_str_digits.
        return str(value) if abs(value) < 10**_LONGEST_SHOWN else say("document.long_number")
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return say("document.a_table")
    if isinstance(value, list | tuple):
        return say("document.an_array")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    text = json.dumps(str(value), ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 2] + '…"'


def nearest(word: object, options: Iterable[str]) -> str | None:
    """Give the option most like a mistyped word, None if none is like it."""
    by_lower: dict[str, str] = {}
    for option in options:
        by_lower.setdefault(option.lower(), option)
    near = difflib.get_close_matches(str(word)[:200].lower(), by_lower, 1)
    return by_lower[near[0]] if near else None


def advice(word: object, options: Iterable[str]) -> str:
    """Say what could have been meant by a mistyped word: the nearest option, otherwise all of them."""
    options = list(options)
    near = nearest(word, options)
    if near is not None:
        return say("document.did_you_mean", near=near)
    if options:
        return say("document.known", options=", ".join(options[:_MOST_SHOWN]))
    return ""
