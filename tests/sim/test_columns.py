"""The store of consumers' columns: layout, reading and writing, and what it refuses."""

import copy
import pickle
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.columns import Column, Columns

DECLARED = (
    Column("trust", "number", None, "share", "trust in peers", 0.25),
    Column("role", "code", None, "code", "0 zapping, 1 militant", 0),
    Column("taste", "number", "firm", "utility", "taste for each firm", 0.5),
    Column("supplier", "code", "sector", "firm", "last supplier", -1),
    Column("energy", "number", None, "share", "energy", 0.0),
    Column("target", "code", None, "firm", "target firm", -1),
)
WIDTHS = {"firm": 3, "sector": 2, "cause": 1}


def make(size=21, lanes=8, declared=DECLARED, widths=WIDTHS):
    return Columns(declared, size, lanes=lanes, widths=widths)


def numbered(columns, name):
    """Different values everywhere, in the shape of the column."""
    shape = columns.get(name).shape
    return np.arange(np.prod(shape)).reshape(shape)


@pytest.mark.parametrize(("size", "lanes", "tiles"), [(21, 8, 3), (24, 8, 3), (3, 8, 1), (21, 1, 21)])
def test_layout_is_rows_in_order_of_declaration_within_each_block(size, lanes, tiles):
    columns = make(size, lanes)
    assert columns.tiles == tiles
    assert columns.numbers.shape == (tiles, 5, lanes)
    assert columns.codes.shape == (tiles, 4, lanes)
    assert columns.numbers.dtype == np.float32
    assert columns.codes.dtype == np.int16
    assert dict(columns.row) == {
        "trust": 0,
        "role": 0,
        "taste": 1,
        "supplier": 1,
        "energy": 4,
        "target": 3,
    }
    assert dict(columns.width) == {
        "trust": 1,
        "role": 1,
        "taste": 3,
        "supplier": 2,
        "energy": 1,
        "target": 1,
    }
    assert columns.bytes_per_consumer == 5 * 4 + 4 * 2


@pytest.mark.parametrize("size", [1, 7, 1000, 4097])
def test_blocks_begin_at_cache_lines(size):
    for columns in (
        make(size, 16),
        copy.deepcopy(make(size, 16)),
        pickle.loads(pickle.dumps(make(size, 16))),
    ):
        assert columns.numbers.ctypes.data % 64 == 0
        assert columns.codes.ctypes.data % 64 == 0
        assert columns.numbers.flags.c_contiguous


def test_defaults_fill_all_lanes_even_unused_ones():
    columns = make()
    assert (columns.numbers[:, 0] == 0.25).all()
    assert (columns.numbers[:, 1:4] == 0.5).all()
    assert (columns.codes[:, 1:3] == -1).all()
    assert columns.get("taste").shape == (3, 21)
    assert columns.get("trust").tolist() == [0.25] * 21


@pytest.mark.parametrize("lanes", [1, 2, 8, 32])
@pytest.mark.parametrize("name", ["trust", "role", "taste", "supplier"])
def test_what_is_set_lies_where_the_week_looks_for_it(lanes, name):
    columns = make(lanes=lanes)
    values = numbered(columns, name)
    columns.set(name, values)
    block = columns.codes if columns.declared[name].kind == "code" else columns.numbers
    for k, line in enumerate(np.atleast_2d(values)):
        for i, value in enumerate(line):
            assert block[i // lanes, columns.row[name] + k, i % lanes] == value
    assert np.array_equal(columns.get(name), values)
    assert columns.get(name).dtype == block.dtype


def test_set_leaves_other_columns_and_unused_lanes_alone():
    columns = make()
    columns.set("taste", 9.0)
    columns.set("role", 1, rows=range(21))
    assert (columns.numbers[:, [0, 4]] == np.array([[0.25], [0.0]], np.float32)).all()
    assert (columns.numbers[2, 1:4, 5:] == 0.5).all()
    assert (columns.codes[2, 0, 5:] == 0).all()


@given(
    st.integers(1, 70),
    st.sampled_from([1, 2, 4, 16, 64]),
    st.sampled_from([c.name for c in DECLARED]),
    st.data(),
)
def test_some_rows_agree_with_a_plain_array(size, lanes, name, data):
    columns = make(size, lanes)
    plain = numbered(columns, name).astype(columns.get(name).dtype)
    columns.set(name, plain)
    rows = np.array(data.draw(st.lists(st.integers(0, size - 1), unique=True, max_size=20)), dtype=int)
    assert np.array_equal(columns.get(name, rows), plain[..., rows])
    fresh = plain[..., rows] + 1000
    columns.set(name, fresh, rows)
    plain[..., rows] = fresh
    assert np.array_equal(columns.get(name), plain)


def test_more_rows_than_one_piece(monkeypatch):
    monkeypatch.setattr("sim.columns.PIECE", 4)
    columns = make()
    columns.set("taste", numbered(columns, "taste"))
    rows = np.array([20, 3, 3, 0, 7, 8, 9, 15, 16])
    assert np.array_equal(columns.get("taste", rows), numbered(columns, "taste")[:, rows])
    columns.set("role", np.arange(9), rows=rows[::-1])
    assert columns.at("role", 20) == 8
    assert columns.at("role", 16) == 0


def test_values_broadcast():
    columns = make()
    columns.set("taste", [[1.0], [2.0], [3.0]])
    assert columns.at("taste", 20).tolist() == [1.0, 2.0, 3.0]
    columns.set("taste", np.arange(21))
    assert columns.at("taste", 20).tolist() == [20.0, 20.0, 20.0]
    columns.set("trust", 0.75)
    assert columns.get("trust").tolist() == [0.75] * 21
    columns.set("target", np.arange(42)[::2])
    assert columns.get("target").tolist() == list(range(0, 42, 2))
    columns.set("trust", 0.5, rows=[])
    assert columns.get("trust", []).shape == (0,)
    assert columns.get("taste", []).shape == (3, 0)
    assert columns.at("trust", 0) == 0.75


def test_get_is_a_copy():
    columns = make()
    columns.get("trust")[:] = 7
    columns.get("taste", [0])[:] = 7
    assert columns.at("trust", 0) == 0.25
    assert columns.at("taste", 0).tolist() == [0.5] * 3


def test_one_consumer():
    columns = make()
    columns.put("energy", 20, 0.5)
    columns.put("role", np.int64(20), np.int8(1))
    assert columns.at("energy", 20) == 0.5
    assert type(columns.at("energy", 20)) is float
    assert type(columns.at("role", 20)) is int
    columns.at("taste", 20)[1] = 4.0
    assert columns.get("taste")[:, 20].tolist() == [0.5, 4.0, 0.5]
    columns.put("taste", 20, [1, 2, 3])
    assert columns.numbers[2, 1:4, 4].tolist() == [1.0, 2.0, 3.0]
    columns.put("supplier", 0, 2)
    assert columns.at("supplier", 0).tolist() == [2, 2]
    assert (columns.get("energy")[:20] == 0).all()


def test_a_column_per_cause_stays_wide_with_a_single_cause():
    columns = make(declared=[Column("weight", "number", "cause", "share", "weight of each cause")])
    assert columns.is_wide("weight")
    assert columns.get("weight").shape == (1, 21)
    assert columns.at("weight", 0).shape == (1,)


def test_a_market_without_causes_or_codes():
    columns = make(
        declared=[Column("weight", "number", "cause", "share", "weight of each cause")],
        widths={"cause": 0},
    )
    assert columns.get("weight").shape == (0, 21)
    assert columns.numbers.shape == (3, 0, 8)
    assert columns.bytes_per_consumer == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Column("two words", "number", None, "", ""), "plain Python name"),
        (lambda: Column("_hidden", "number", None, "", ""), "plain Python name"),
        (
            lambda: Column("x", "text", None, "", ""),  # type: ignore[arg-type]
            "'number', 'code' or 'tag'",
        ),
        (
            lambda: Column("x", "code", "planet", "", ""),  # type: ignore[arg-type]
            "planet",
        ),
        (lambda: make(declared=(*DECLARED, DECLARED[0])), "'trust' is declared twice"),
        (lambda: make(size=0), "at least one consumer"),
        (lambda: make(lanes=12), "power of two"),
        (lambda: make(lanes=0), "power of two"),
        (lambda: make(widths={"firm": 3}), "how many sectors"),
    ],
)
def test_declarations_that_cannot_be(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


def test_a_default_out_of_range_is_refused():
    with pytest.raises(OverflowError, match="40000"):
        make(declared=[Column("x", "code", None, "", "", 40_000)])


def test_unknown_columns_name_the_nearest():
    columns = make()
    for call in (
        lambda: columns.get("tast"),
        lambda: columns.set("tast", 1),
        lambda: columns.at("tast", 0),
        lambda: columns.put("tast", 0, 1),
        lambda: columns.is_wide("tast"),
    ):
        with pytest.raises(KeyError, match="did you mean 'taste'"):
            call()
    with pytest.raises(KeyError, match="there are: energy, role"):
        columns.get("xyzzy")
    assert "taste" in columns
    assert "tast" not in columns


@pytest.mark.parametrize("rows", [[21], [-1], [0, 99]])
def test_rows_outside_the_population(rows):
    columns = make()
    with pytest.raises(IndexError, match="0 to 20"):
        columns.get("trust", rows)
    with pytest.raises(IndexError, match="0 to 20"):
        columns.set("trust", 1.0, rows)
    with pytest.raises(IndexError, match="0 to 20"):
        columns.at("trust", rows[-1])
    with pytest.raises(IndexError, match="0 to 20"):
        columns.put("trust", rows[-1], 1.0)


@pytest.mark.parametrize("rows", [np.ones(21, bool), [[0]], [0.5]])
def test_rows_that_are_no_rows(rows):
    with pytest.raises(TypeError, match="array of integers"):
        make().get("trust", rows)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("role", 32_768, OverflowError),
        ("role", -32_769, OverflowError),
        ("role", 2**40, OverflowError),
        ("role", 1.0, TypeError),
        ("role", "1", TypeError),
        ("role", None, TypeError),
        ("trust", 1e39, OverflowError),
        ("trust", -1e39, OverflowError),
        ("trust", "much", TypeError),
        ("trust", 1j, TypeError),
        ("trust", None, TypeError),
        ("supplier", [1, 40_000], OverflowError),
        ("taste", [1.0, 2.0, 1e39], OverflowError),
    ],
)
def test_values_that_do_not_fit_leave_the_store_as_it_was(name, value, error):
    columns = make()
    before = columns.get(name)
    everybody = np.reshape(value, (-1, 1)) if isinstance(value, list) else value
    for call in (lambda: columns.set(name, everybody), lambda: columns.put(name, 3, value)):
        with pytest.raises(error, match=name):
            call()
    assert np.array_equal(columns.get(name), before)


def test_the_ends_of_the_range_fit():
    columns = make()
    columns.set("role", np.array([-32_768, 32_767] + [0] * 19))
    assert columns.get("role")[:2].tolist() == [-32_768, 32_767]
    columns.set("trust", np.array([np.nan, np.inf, 3e38] + [0.0] * 18))
    assert np.isnan(columns.at("trust", 0))
    assert columns.at("trust", 1) == np.inf
    columns.put("trust", 2, float("-inf"))
    assert columns.at("trust", 2) == -np.inf


def test_shapes_that_do_not_fit():
    columns = make()
    with pytest.raises(ValueError, match=r"shape \(20,\) do not fit \(21,\)"):
        columns.set("trust", np.zeros(20))
    with pytest.raises(ValueError, match=r"give shape \(3, 1\) for one value per firm"):
        columns.set("taste", np.zeros(3))
    with pytest.raises(ValueError, match=r"do not fit \(2,\)"):
        columns.set("trust", np.zeros(3), rows=[1, 2])
    with pytest.raises(ValueError, match="1 value or 3"):
        columns.put("taste", 0, [1.0, 2.0])
    assert (columns.get("taste") == 0.5).all()


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c)), copy.copy])
def test_copies_keep_the_values_and_live_apart(duplicate):
    columns = make()
    columns.set("taste", numbered(columns, "taste"))
    twin = duplicate(columns)
    columns.set("taste", 0.0)
    assert np.array_equal(twin.get("taste"), numbered(columns, "taste"))
    assert dict(twin.row) == dict(columns.row)
    assert twin.declared == columns.declared


def test_reading_and_writing_take_one_temporary_at_most():
    size = 200_000
    columns = make(size, 1024)
    values = np.random.default_rng(1).random((3, size))
    of_the_column = 3 * size * 4
    for work in (lambda: columns.get("taste"), lambda: columns.set("taste", values)):
        work()
        tracemalloc.start()
        work()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < of_the_column * 1.1
    assert np.array_equal(columns.get("taste"), values.astype(np.float32))
