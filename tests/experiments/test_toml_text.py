from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.toml_text import toml_text

# A surrogate is no character, and TOML files are UTF-8.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PLAIN = st.one_of(
    TEXTS, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.lists(TEXTS, max_size=3)
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.dictionaries(TEXTS, inner, max_size=4), st.lists(st.dictionaries(TEXTS, inner, max_size=3), max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_what_is_written_is_read_again(data):
    assert tomllib.loads(toml_text(data)) == data


def test_values_come_before_tables_whatever_their_order():
    text = toml_text({"table": {"a": 1}, "value": 2, "rows": [{"b": 3}, {"c": {"d": 4}}]})
    assert text == "value = 2\n\n[table]\na = 1\n\n[[rows]]\nb = 3\n\n[[rows]]\n\n[rows.c]\nd = 4\n"


def test_nothing_is_left_out_and_the_unknown_is_refused():
    assert toml_text({"a": None, "b": {"c": None}}) == "[b]\n"
    with pytest.raises(TypeError, match="object"):
        toml_text({"a": object()})
