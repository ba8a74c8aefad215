"""The texts a user reads, in English and French.

Every room keeps its texts in its own folder of message files, one TOML file a language, and makes one
`Catalogue` of it. The language is a matter of the running context, so two people served by one process can
each read their own.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from contextvars import ContextVar
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "fr")
"""Codes of the languages in which every text exists; the first is used when none is asked for."""

_chosen: ContextVar[str | None] = ContextVar("userisation_language", default=None)

_askers: list[Callable[[], str | None]] = []


def ask_for_language(asker: Callable[[], str | None]) -> None:
    """Ask `asker` for the language wherever none was chosen: it gives one of `LANGUAGES`, or None if it knows none.

    A server of several people knows by itself who is being answered, in whichever thread.
    """
    _askers.append(asker)


def language() -> str:
    """Give the language of the running context, one of `LANGUAGES`.

    It is what `use_language` chose, otherwise what `ask_for_language` learns, otherwise the first that is set of the
    environment variables USERISATION_LANG, LC_ALL, LC_MESSAGES and LANG (such as ``fr_CA.UTF-8``), otherwise English.
    """
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    for asker in _askers:
        known = asker()
        if known is not None:
            return known
    for variable in ("USERISATION_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = os.environ.get(variable, "").strip()
        if wanted:
            code = wanted[:2].lower()
            is_whole_word = not wanted[2:3].isalpha()
            return code if is_whole_word and code in LANGUAGES else LANGUAGES[0]
    return LANGUAGES[0]


def use_language(code: str) -> AbstractContextManager[object]:
    """Choose the language of the running context.

    Called alone, the choice stays; as ``with use_language("fr"):`` it ends with the block.

    Raises
    ------
    ValueError
        `code` is not one of `LANGUAGES`.
    """
    if code not in LANGUAGES:
        raise ValueError(f"unknown language {code!r}; known: {', '.join(LANGUAGES)}")
    token = _chosen.set(code)
    undo = ExitStack()
    undo.callback(_chosen.reset, token)
    return undo


class Catalogue:
    """The texts of one folder of message files: ``en.toml``, ``fr.toml``.

    Parameters
    ----------
    folder
        The folder that holds the files. They are read when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, Mapping[str, str]] = {}

    def texts(self, code: str) -> Mapping[str, str]:
        """Give all texts of one language by dotted key."""
        if code not in self._read:
            content = tomllib.loads((self.folder / f"{code}.toml").read_text(encoding="utf-8"))
            self._read[code] = _flat(content)
        return self._read[code]

    def has(self, key: str) -> bool:
        """Tell whether there is a text under `key` in the language of the context."""
        return key in self.texts(language())

    def say(self, key: str, /, **values: object) -> str:
        """Give the text under a dotted key, with `values` put in its ``{placeholders}``.

        Raises
        ------
        KeyError
            There is no such key, or a placeholder of the text has no value.
        """
        code = language()
        texts = self.texts(code)
        if key not in texts:
            near = difflib.get_close_matches(key, texts, 1)
            hint = f"; the nearest is {near[0]!r}" if near else ""
            raise KeyError(f"no message {key!r} in {self.folder / code}.toml{hint}")
        try:
            return texts[key].format_map(values)
        except KeyError as missing:
            raise KeyError(f"message {key!r} ({code}) needs a value for {missing}") from None


def _flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Turn nested tables into one mapping by dotted key."""
    flat: dict[str, str] = {}
    for name, value in tree.items():
        key = prefix + name
        if isinstance(value, dict):
            flat |= _flat(value, key + ".")
        elif isinstance(value, str):
            flat[key] = value
        else:
            raise TypeError(f"message {key!r} is not a text")
    return flat


CATALOGUE = Catalogue(Path(__file__).parent / "messages")
"""The texts of this room."""

say = CATALOGUE.say
