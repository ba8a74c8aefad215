"""SQLite files of our own kinds: made, recognised, written beside readers, and left as one plain file.

While a writer is open a file is in write-ahead mode, so that others can read it meanwhile; closing returns it to one
plain file that can be copied.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

__all__ = ["FileKind", "NotedFile", "OpenFile", "SqliteFileError"]


class SqliteFileError(Exception):
    """A file cannot be read or written.

    Attributes
    ----------
    reason
        Key of the message that explains it: ``missing``, ``foreign``, ``newer``, ``unwritable``,
        ``unreadable``.
    path
        The file.
    detail
        What the operating system or SQLite said.
    """

    def __init__(self, reason: str, path: Path, detail: str = "") -> None:
        super().__init__(f"{reason}: {path}: {detail}")
        self.reason = reason
        self.path = path
        self.detail = detail


@dataclass(frozen=True)
class FileKind:
    """One kind of file.

    Attributes
    ----------
    application
        Marks files of this kind in their header.
    format
        Newest version of the tables that is understood.
    tables
        SQL that makes them.
    error
        What is raised.
    damaged
        Reason that is given for a file of SQLite that cannot be read.
    first
        SQL that must come before any table, such as how pages are kept.
    """

    application: int
    format: int
    tables: str
    error: type[SqliteFileError]
    damaged: str = "unreadable"
    first: str = ""

    def create(self, path: Path) -> sqlite3.Connection:
        """Make a file with empty tables, open for writing; raises `error`."""
        connection = self._connect(path, "rwc")
        with self.explained("unwritable", path):
            connection.executescript(self.first + self.tables)
            connection.execute(f"PRAGMA application_id = {self.application}")
            connection.execute(f"PRAGMA user_version = {self.format}")
            _write_ahead(connection)
        return connection

    def open(self, path: Path, *, writable: bool) -> sqlite3.Connection:
        """Open an existing file; raises `error` where it is missing, of another kind or newer."""
        if not path.is_file():
            raise self.error("missing", path)
        connection = self._connect(path, "rw" if writable else "ro")
        try:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            connection.close()
            reason = "foreign" if "not a database" in str(error) else self.damaged
            raise self.error(reason, path, str(error)) from error
        if application != self.application or version > self.format:
            connection.close()
            raise self.error("newer" if application == self.application else "foreign", path)
        if writable:
            with self.explained("unwritable", path):
                _write_ahead(connection)
        return connection

    @contextmanager
    def explained(self, reason: str, path: Path) -> Iterator[None]:
        """Turn errors of SQLite and of the operating system into `error`."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise self.error(reason, path, str(error)) from error

    def _connect(self, path: Path, mode: str) -> sqlite3.Connection:
        """Open SQLite by address, so that reading never creates a file."""
        with self.explained(self.damaged if mode == "ro" else "unwritable", path):
            connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=30)
            connection.execute("PRAGMA foreign_keys = ON")
            return connection


class OpenFile:
    """An open file of one kind. Use it in a ``with`` block.

    Attributes
    ----------
    kind
        How such files are made and recognised, and what is raised.
    path
        The file.
    """

    kind: ClassVar[FileKind]

    def __init__(self, connection: sqlite3.Connection, path: Path, *, writable: bool = True) -> None:
        self._connection = connection
        self._writable = writable
        self.path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; a writer leaves one plain file without companions, ready to be copied."""
        if self._writable:
            _settle(self._connection)
        self._connection.close()


class NotedFile(OpenFile):
    """An open file of one kind with notes on what it holds, in a table `meta`."""

    @property
    def meta(self) -> dict[str, str]:
        """Notes on what the file holds, by name; raises the kind's error."""
        with self.kind.explained(self.kind.damaged, self.path):
            return dict(self._connection.execute("SELECT key, value FROM meta ORDER BY key"))

    def set_meta(self, notes: Mapping[str, str]) -> None:
        """Write notes, replacing those of the same name; raises the kind's error."""
        with self.kind.explained("unwritable", self.path), self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", notes.items())


def _settle(connection: sqlite3.Connection) -> None:
    """Leave one plain file without companions.

    Another reader may hold the file: it then stays in write-ahead mode, whole and readable.
    """
    with suppress(sqlite3.Error):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")


def _write_ahead(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
