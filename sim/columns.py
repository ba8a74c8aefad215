"""The consumers' state as columns, kept in tiles that the compiled week works on directly.

A market holds from a thousand to ten million consumers. As Python objects a million of them would take half
a gigabyte and half a minute to make, so their state lies in three blocks of memory::

    numbers: float32[tiles, number_rows, lanes]      traits, beliefs, tastes, energy ...
    codes:   int16  [tiles, code_rows,   lanes]      weeks, units: what is counted
    tags:    int8   [tiles, tag_rows,    lanes]      role, supplier, cause, target firm ...

Consumer ``i`` is lane ``i % lanes`` of tile ``i // lanes``. A column is one row of a block, or several
consecutive rows when it holds one value per firm, sector or cause. All that a consumer's week needs thus lies
in one tile, small enough for the processor's cache, and every inner loop runs over neighbouring lanes.

The last tile may hold lanes beyond the last consumer. They start with the columns' defaults; ``get`` and
``set`` never touch them.
"""

from __future__ import annotations

import difflib
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

ALIGNMENT = 64
"""Bytes: a cache line, and the widest vector register."""

PIECE = 65_536
"""Consumers read or written at a time when they are named one by one; bounds the temporary memory."""

KINDS: Mapping[str, np.dtype[Any]] = {
    "number": np.dtype(np.float32),
    "code": np.dtype(np.int16),
    "tag": np.dtype(np.int8),
}
NUMBER_LIMIT = float(np.finfo(np.float32).max)

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Column:
    """One thing known of every consumer, as a mechanism declares it.

    Attributes
    ----------
    name : str
        How code calls it: a Python name that does not begin with an underscore.
    kind : {"number", "code", "tag"}
        A float32, a small integer that counts something (int16), or one that stands for a choice among few (int8).
    per : {"firm", "sector", "cause"} or None
        None for one value a consumer; otherwise one value for each firm, sector or cause.
    unit : str
        Unit key, such as "share" or "weeks"; "code" for a choice.
    meaning : str
        One line in English, for the reference.
    default : float or int
        What every consumer starts with.
    """

    name: str
    kind: Literal["number", "code", "tag"]
    per: Literal["firm", "sector", "cause"] | None
    unit: str
    meaning: str
    default: float | int = 0

    def __post_init__(self) -> None:
        """Refuse a declaration that no block could hold."""
        if not self.name.isidentifier() or self.name.startswith("_"):
            raise ValueError(f"a column needs a plain Python name, not {self.name!r}")
        if self.kind not in KINDS:
            raise ValueError(f"column {self.name}: kind is 'number', 'code' or 'tag', not {self.kind!r}")
        if self.per not in (None, "firm", "sector", "cause"):
            raise ValueError(f"column {self.name}: per is 'firm', 'sector', 'cause' or None, not {self.per}")


class Columns:
    """The columns of a population, in tiles.

    Parameters
    ----------
    declared : sequence of Column
        Laid out in this order, each kind in its own block.
    size : int
        Number of consumers, at least 1.
    lanes : int
        Consumers in a tile: a power of two (1 for the engine that goes one consumer at a time).
    widths : mapping of str to int
        How many firms, sectors and causes the market has: ``{"firm": 8, "sector": 2, "cause": 2}``.

    Attributes
    ----------
    numbers : float32 array, shape (tiles, number_rows, lanes)
    codes : int16 array, shape (tiles, code_rows, lanes)
    tags : int8 array, shape (tiles, tag_rows, lanes)
        The three blocks, each beginning at a multiple of 64 bytes. Writing to them changes the consumers.
    blocks : mapping of str to array
        The same blocks by the kind of their columns.
    size, lanes, tiles : int
    declared : mapping of str to Column
    row : mapping of str to int
        First row of each column in the block of its kind.
    width : mapping of str to int
        Rows of each column: 1, or the number of firms, sectors or causes.

    Raises
    ------
    ValueError
        A name declared twice, a size or number of lanes that cannot be, or an unknown width.
    OverflowError
        A default that does not fit its kind.
    """

    numbers: npt.NDArray[np.float32]
    codes: npt.NDArray[np.int16]
    tags: npt.NDArray[np.int8]

    def __init__(self, declared: Sequence[Column], size: int, *, lanes: int, widths: Mapping[str, int]) -> None:
        self._lay_out(declared, size, lanes, widths)
        for name, column in self.declared.items():
            first = self.row[name]
            # Written to the whole rows, so that the unused lanes at the end hold sound values as well.
            self._block(name)[:, first : first + self.width[name], :] = _checked(column, column.default)

    def _lay_out(self, declared: Sequence[Column], size: int, lanes: int, widths: Mapping[str, int]) -> None:
        """Find every column its place, in blocks without values."""
        if size < 1:
            raise ValueError(f"a population needs at least one consumer, not {size}")
        if lanes < 1 or lanes & (lanes - 1):
            raise ValueError(f"lanes is a power of two (1, 2, 4, ... 1024), not {lanes}")
        self.size = int(size)
        self.lanes = int(lanes)
        self.tiles = -(-self.size // self.lanes)
        self._widths = dict(widths)

        by_name: dict[str, Column] = {}
        row: dict[str, int] = {}
        width: dict[str, int] = {}
        used = dict.fromkeys(KINDS, 0)
        for column in declared:
            if column.name in by_name:
                raise ValueError(f"column {column.name!r} is declared twice")
            if column.per is not None and widths.get(column.per, -1) < 0:
                raise ValueError(f"column {column.name!r}: widths does not say how many {column.per}s there are")
            by_name[column.name] = column
            row[column.name] = used[column.kind]
            width[column.name] = 1 if column.per is None else int(widths[column.per])
            used[column.kind] += width[column.name]

        self.declared: Mapping[str, Column] = MappingProxyType(by_name)
        self.row: Mapping[str, int] = MappingProxyType(row)
        self.width: Mapping[str, int] = MappingProxyType(width)
        self.blocks: Mapping[str, Array] = MappingProxyType(
            {kind: _aligned_block((self.tiles, used[kind], self.lanes), dtype) for kind, dtype in KINDS.items()}
        )
        self.numbers, self.codes, self.tags = (self.blocks[kind] for kind in ("number", "code", "tag"))

    @property
    def bytes_per_consumer(self) -> int:
        """Memory that one consumer takes, in bytes."""
        return sum(block.shape[1] * block.itemsize for block in self.blocks.values())

    def __contains__(self, name: object) -> bool:
        """Whether a column has this name."""
        return name in self.row

    def __repr__(self) -> str:
        """Size and layout."""
        return f"<Columns: {self.size} consumers, {len(self.row)} columns, {self.lanes} lanes a tile>"

    def is_wide(self, name: str) -> bool:
        """Whether the column holds one value per firm, sector or cause (even if there is only one of them).

        Raises
        ------
        KeyError
            No such column; the message names the nearest one.
        """
        return self._column(name).per is not None

    # ---------------------------------------------------------------- all consumers, or some

    def get(self, name: str, rows: npt.ArrayLike | None = None) -> Array:
        """Return a copy of a column.

        Parameters
        ----------
        name : str
        rows : array of int, optional
            The consumers wanted, in this order; all when left out.

        Returns
        -------
        array
            float32 or int16, shape (consumers,); (width, consumers) for a column per firm, sector or cause.

        Raises
        ------
        KeyError
            No such column; the message names the nearest one.
        IndexError
            A row that is not a consumer.
        """
        column = self._column(name)
        block, first, width = self._block(name), self.row[name], self.width[name]
        chosen = None if rows is None else self._chosen(rows)
        copy = np.empty((width, self.size if chosen is None else chosen.size), dtype=block.dtype)
        for offset, line in enumerate(copy):
            if chosen is None:
                for stored, part in self._stretches(block[:, first + offset, :]):
                    line[part].reshape(stored.shape)[...] = stored
            else:
                for tile, lane, part in self._pieces(chosen):
                    line[part] = block[tile, first + offset, lane]
        return copy[0] if column.per is None else copy

    def set(self, name: str, values: npt.ArrayLike, rows: npt.ArrayLike | None = None) -> None:
        """Write a column, for all consumers or for some.

        Parameters
        ----------
        name : str
        values : array-like
            What numpy broadcasts to the shape that :meth:`get` returns: one value for everybody, one value
            each, or, in a column per firm, shape (width, 1) for the same firms' values for everybody.
        rows : array of int, optional
            The consumers to write, in the order of the values; all when left out.

        Raises
        ------
        KeyError, IndexError
            No such column, or a row that is not a consumer.
        TypeError
            Values that are not numbers, or not whole numbers for a code.
        OverflowError
            A value beyond int16 or float32. Nothing is written.
        ValueError
            A shape that does not fit. Nothing is written.
        """
        column = self._column(name)
        block, first, width = self._block(name), self.row[name], self.width[name]
        chosen = None if rows is None else self._chosen(rows)
        count = self.size if chosen is None else chosen.size
        checked = _checked(column, values)
        shape = (count,) if column.per is None else (width, count)
        try:
            spread = np.broadcast_to(checked, shape).reshape(width, count)
        except ValueError:
            hint = "" if column.per is None else f"; give shape ({width}, 1) for one value per {column.per}"
            raise ValueError(f"column {name!r}: values of shape {checked.shape} do not fit {shape}{hint}") from None
        for offset, line in enumerate(spread):
            if chosen is None:
                for stored, part in self._stretches(block[:, first + offset, :]):
                    stored[...] = line[part].reshape(stored.shape)
            else:
                for tile, lane, part in self._pieces(chosen):
                    block[tile, first + offset, lane] = line[part]

    # ---------------------------------------------------------------- one consumer

    def at(self, name: str, i: int) -> Any:
        """Return one consumer's value.

        Returns
        -------
        float, int or array
            A Python number; for a column per firm, sector or cause a one-dimensional window on the store:
            writing to it changes the consumer.

        Raises
        ------
        KeyError, IndexError
            No such column, or no such consumer.
        """
        column = self._column(name)
        tile, lane = self._place(i)
        block, first = self._block(name), self.row[name]
        if column.per is None:
            return block.item(tile, first, lane)
        return block[tile, first : first + self.width[name], lane]

    def put(self, name: str, i: int, value: Any) -> None:
        """Write one consumer's value; for a wide column one value for all firms, or one for each.

        Raises
        ------
        KeyError, IndexError, TypeError, OverflowError, ValueError
            As :meth:`set`.
        """
        column = self._column(name)
        tile, lane = self._place(i)
        block, first = self._block(name), self.row[name]
        if column.per is None:
            block[tile, first, lane] = _checked_one(column, value)
            return
        checked, width = _checked(column, value), self.width[name]
        if checked.shape not in ((), (width,)):
            raise ValueError(
                f"column {name!r} takes 1 value or {width}, one per {column.per}; not shape {checked.shape}"
            )
        block[tile, first : first + width, lane] = checked

    # ---------------------------------------------------------------- copies

    def __getstate__(self) -> dict[str, Any]:
        """Keep the declarations and the blocks; the layout follows from them."""
        return {
            "declared": tuple(self.declared.values()),
            "size": self.size,
            "lanes": self.lanes,
            "widths": self._widths,
            "blocks": dict(self.blocks),
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Lay the columns out anew, because a pickled array comes back without its alignment."""
        self._lay_out(state["declared"], state["size"], state["lanes"], state["widths"])
        for kind, block in self.blocks.items():
            block[...] = state["blocks"][kind]

    # ---------------------------------------------------------------- where things lie

    def _column(self, name: str) -> Column:
        try:
            return self.declared[name]
        except KeyError:
            raise KeyError(no_such("column", name, self.declared)) from None

    def _block(self, name: str) -> Array:
        return self.blocks[self.declared[name].kind]

    def _place(self, i: int) -> tuple[int, int]:
        if not 0 <= i < self.size:
            raise IndexError(f"there is no consumer {i}: rows go from 0 to {self.size - 1}")
        return divmod(i, self.lanes)

    def _chosen(self, rows: npt.ArrayLike) -> Array:
        """Rows as a one-dimensional array of integers, all of them consumers."""
        chosen = np.asarray(rows)
        if chosen.size == 0:
            return np.empty(0, dtype=np.intp)
        if chosen.ndim != 1 or chosen.dtype.kind not in "iu":
            raise TypeError("rows is a one-dimensional array of integers (of a mask, use numpy.flatnonzero)")
        if chosen.min() < 0 or chosen.max() >= self.size:
            raise IndexError(f"rows go from 0 to {self.size - 1}, not from {chosen.min()} to {chosen.max()}")
        return chosen

    def _pieces(self, chosen: Array) -> Iterator[tuple[Array, Array, slice]]:
        """Cut chosen rows into pieces, each with the tiles and lanes where its consumers lie."""
        for start in range(0, chosen.size, PIECE):
            part = slice(start, min(start + PIECE, chosen.size))
            tile, lane = np.divmod(chosen[part], self.lanes)
            yield tile, lane, part

    def _stretches(self, line: Array) -> Iterator[tuple[Array, slice]]:
        """Cut one row of all tiles, shape (tiles, lanes), into the full tiles and the rest of it in use."""
        full = self.size // self.lanes
        if full:
            yield line[:full], slice(0, full * self.lanes)
        if full < self.tiles:
            yield line[full, : self.size - full * self.lanes], slice(full * self.lanes, self.size)


def no_such(what: str, name: object, known: Iterable[str]) -> str:
    """Say that a name is unknown, and which known one it resembles.

    Parameters
    ----------
    what : str
        What was asked for, such as "column".
    name : object
        The unknown name.
    known : iterable of str
        The names that would do.
    """
    names = list(known)
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    if near:
        return f"no {what} {name!r}; did you mean {near[0]!r}?"
    return f"no {what} {name!r}; there are: {', '.join(sorted(names)) or 'none'}"


def _aligned_block(shape: tuple[int, int, int], dtype: np.dtype[Any]) -> Array:
    """Reserve an array that begins at a multiple of ``ALIGNMENT`` bytes; numpy alone does not promise it."""
    count = int(np.prod(shape)) * dtype.itemsize
    raw = np.empty(count + ALIGNMENT, dtype=np.uint8)
    start = -raw.ctypes.data % ALIGNMENT
    return raw[start : start + count].view(dtype).reshape(shape)


def _checked(column: Column, values: npt.ArrayLike) -> Array:
    """Values as an array that the column's block can take unchanged but for rounding to float32."""
    given = np.asarray(values)
    if given.dtype.kind not in "biuf":
        raise TypeError(f"column {column.name!r} takes numbers, not {given.dtype}")
    if column.kind == "number":
        try:
            with np.errstate(over="raise"):
                return given.astype(np.float32, copy=False)
        except FloatingPointError:
            raise OverflowError(f"column {column.name!r}: a value is beyond float32 (±{NUMBER_LIMIT:.3g})") from None
    if given.dtype.kind == "f":
        raise TypeError(f"column {column.name!r} holds codes: it takes whole numbers, not {given.dtype}")
    if given.size and given.dtype != KINDS[column.kind]:
        low, high = int(given.min()), int(given.max())
        for code in (low, high):
            _check_code(column, code)
    return given


def _checked_one(column: Column, value: Any) -> float | int:
    """As :func:`_checked` for a single value, without the cost of an array."""
    if column.kind != "number":
        try:
            code = operator.index(value)
        except TypeError:
            raise TypeError(f"column {column.name!r} holds codes: it takes a whole number, not {value!r}") from None
        _check_code(column, code)
        return code
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"column {column.name!r} takes a number, not {value!r}") from None
    if NUMBER_LIMIT < abs(number) < float("inf"):
        raise OverflowError(f"column {column.name!r}: {number:g} is beyond float32 (±{NUMBER_LIMIT:.3g})")
    return number


def _check_code(column: Column, code: int) -> None:
    kind = KINDS[column.kind]
    least, most = np.iinfo(kind).min, np.iinfo(kind).max
    if not least <= code <= most:
        raise OverflowError(f"column {column.name!r}: {code} is beyond {kind} ({least} to {most})")
