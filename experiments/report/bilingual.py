"""Texts in all languages at once: the reader of a report switches without anything being loaded."""

from __future__ import annotations

from collections.abc import Callable

from experiments.text import say
from sim.text import LANGUAGES, use_language

__all__ = ["Both", "both", "both_alike", "in_each_language"]

Both = dict[str, str]
"""A text by language."""


def in_each_language(make: Callable[[], str]) -> Both:
    """Make a text once in each language."""
    texts = {}
    for code in LANGUAGES:
        with use_language(code):
            texts[code] = make()
    return texts


def both_alike(text: str) -> Both:
    """Give a text that is the same in every language."""
    return dict.fromkeys(LANGUAGES, text)


def both(key: str, /, **values: object) -> Both:
    """Give a message of the catalogue in each language; values may be `Both` themselves."""

    def make() -> str:
        from sim.text import language

        code = language()
        chosen = {name: value[code] if isinstance(value, dict) else value for name, value in values.items()}
        return say(key, **chosen)

    return in_each_language(make)
