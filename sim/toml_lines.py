"""Find the line on which each key of a TOML text is written.

The standard reader, `tomllib`, gives values without positions. This scanner goes over the same text and notes
positions without values: https://toml.io/en/v1.0.0 is the grammar. It looks only for where things begin and
end; whether the text is valid is for `tomllib` to say.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from contextlib import suppress

KeyPath = tuple[str | int, ...]
"""Where a value is: keys of tables and positions in arrays, from the outside in."""

DEEPEST = 32
"""Largest number of nested tables and arrays that is read."""

_SPACE = re.compile(r"[ \t]*+")
_BLANK = re.compile(r"(?:[ \t\n]++|#[^\n]*+)*+")
_BARE = re.compile(r"[A-Za-z0-9_-]++")
_STRINGS_OF_A_LINE = (re.compile(r'"(?:[^"\\\n]++|\\[^\n])*+"'), re.compile(r"'[^'\n]*+'"))
_STRINGS = (
    re.compile(r'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3,5}', re.DOTALL),
    re.compile(r"'''(?:[^']++|'{1,2}(?!'))*+'{3,5}"),
    *_STRINGS_OF_A_LINE,
)
_SCALAR = re.compile(r"[^,\]}#\n]++")


class TooDeepError(ValueError):
    """Tables or arrays are nested more than `DEEPEST` levels deep.

    Attributes
    ----------
    line : int
        The line on which the limit is passed.
    """

    def __init__(self, line: int) -> None:
        super().__init__(f"nested too deep on line {line}")
        self.line = line


class _LostError(Exception):
    """The text is not TOML from here on."""


def locate(text: str) -> dict[KeyPath, int]:
    """Map the path of every table, key and array element to its line, counted from 1.

    A table is where its header is, a key where it is written, an element where it begins. A table that is
    only implied (``b`` in ``[b.c]``) is where it is first named. Of a text that is not valid TOML, the part
    before the mistake is mapped.

    Raises
    ------
    TooDeepError
        The nesting is deeper than `DEEPEST`.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    with suppress(_LostError):
        scanner.document()
    return scanner.lines


class _Scanner:
    """One pass over a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.lines: dict[KeyPath, int] = {}
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        self._last_element: dict[KeyPath, int] = {}

    def document(self) -> None:
        """Read the whole text: headers, and keys under them."""
        table: KeyPath = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.position] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_SPACE)
            if self.position < len(self.text) and self.text[self.position] not in "#\n":
                raise _LostError

    def _header(self) -> KeyPath:
        """Read ``[a.b]`` or ``[[a.b]]`` and give the path of the table it opens."""
        line = self._line()
        is_array = self.text.startswith("[[", self.position)
        self.position += 1 + is_array
        *parents, last = self._key()
        self._expect("]]" if is_array else "]")
        path: KeyPath = ()
        for part in parents:
            path = self._inside((*path, part))
        path = (*path, last)
        if is_array:
            position = self._last_element.get(path, -1) + 1
            self._last_element[path] = position
            self.lines.setdefault(path, line)
            path = (*path, position)
        self._note(path, line)
        return path

    def _inside(self, path: KeyPath) -> KeyPath:
        """Step into the last element where the path leads to an array of tables."""
        if path in self._last_element:
            return (*path, self._last_element[path])
        return path

    def _pair(self, table: KeyPath) -> None:
        """Read ``key = value``."""
        line = self._line()
        path = table + self._key()
        self._expect("=")
        self._note(path, line)
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> tuple[str, ...]:
        """Read a dotted key."""
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            parts.append(self._key_part())
            if len(parts) > DEEPEST:
                raise TooDeepError(self._line())
            self._skip(_SPACE)
            if not self.text.startswith(".", self.position):
                return tuple(parts)
            self.position += 1

    def _key_part(self) -> str:
        """Read one part of a dotted key: bare or in quotes."""
        if found := _BARE.match(self.text, self.position):
            self.position = found.end()
            return found[0]
        for quoted in _STRINGS_OF_A_LINE:
            if found := quoted.match(self.text, self.position):
                self.position = found.end()
                return _unescaped(found[0])
        raise _LostError

    def _value(self, path: KeyPath) -> None:
        """Read a value and note what is inside of it."""
        start = self.text[self.position : self.position + 1]
        if start == "[":
            self._array(path)
        elif start == "{":
            self._inline_table(path)
        else:
            for pattern in _STRINGS if start in ('"', "'") else (_SCALAR,):
                if found := pattern.match(self.text, self.position):
                    self.position = found.end()
                    return
            raise _LostError

    def _array(self, path: KeyPath) -> None:
        """Read ``[1, 2]``, over as many lines as it takes."""
        self.position += 1
        count = 0
        while True:
            self._skip(_BLANK)
            if self.text.startswith("]", self.position):
                break
            self._note((*path, count), self._line())
            self._value((*path, count))
            count += 1
            self._skip(_BLANK)
            if not self.text.startswith(",", self.position):
                break
            self.position += 1
        self._expect("]")

    def _inline_table(self, path: KeyPath) -> None:
        """Read ``{ a = 1, b = 2 }``; newer versions of the format allow line breaks in it."""
        self.position += 1
        while True:
            self._skip(_BLANK)
            if self.text.startswith("}", self.position):
                break
            self._pair(path)
            self._skip(_BLANK)
            if not self.text.startswith(",", self.position):
                break
            self.position += 1
        self._expect("}")

    def _note(self, path: KeyPath, line: int) -> None:
        """Write down the line of a path, and of the tables it implies."""
        if len(path) > DEEPEST:
            raise TooDeepError(line)
        for length in range(1, len(path)):
            self.lines.setdefault(path[:length], line)
        self.lines[path] = line

    def _skip(self, pattern: re.Pattern[str]) -> int:
        """Pass over what `pattern` matches and give the position after it."""
        found = pattern.match(self.text, self.position)
        if found:
            self.position = found.end()
        return self.position

    def _expect(self, mark: str) -> None:
        """Pass over a mark that must stand here."""
        if not self.text.startswith(mark, self.position):
            raise _LostError
        self.position += len(mark)

    def _line(self) -> int:
        """Give the number of the line at the current position, from 1."""
        return bisect_left(self._breaks, self.position) + 1


def _unescaped(quoted: str) -> str:
    """Give the text of a key in quotes."""
    if quoted[0] == "'" or "\\" not in quoted:
        return quoted[1:-1]
    try:
        return str(tomllib.loads(f"key = {quoted}")["key"])
    except tomllib.TOMLDecodeError:
        raise _LostError from None
