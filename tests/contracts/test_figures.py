"""What every key figure must keep to: one list of checks, applied to each."""

from __future__ import annotations

import re

import numpy as np
import pytest

from sim.figures import FIGURES, SCOPES
from sim.quantities import UNITS
from tests.guarantees.markets import lived, stress
from tests.guarantees.test_bounds import MAY_BE_UNDEFINED, OF_COMMONS, OF_SHARING

KEYS = tuple(FIGURES)


@pytest.fixture(scope="module")
def record():
    return lived(stress()).record


@pytest.mark.parametrize("key", KEYS)
def test_it_says_what_it_is_in_both_languages(key):
    figure = FIGURES[key]
    assert figure.key == key
    assert re.fullmatch(r"[a-z][a-z0-9_]*", key)
    for text in (figure.name, figure.meaning):
        assert set(text) == {"en", "fr"}
        assert all(len(words.strip()) >= 3 for words in text.values())
        assert all(words == words.strip() and not words.endswith(".") for words in text.values())
    assert figure.meaning["en"] != figure.meaning["fr"]
    assert figure.meaning["en"] != figure.name["en"]


@pytest.mark.parametrize("key", KEYS)
def test_its_unit_scope_and_digits_are_known(key):
    figure = FIGURES[key]
    assert figure.unit in UNITS
    assert figure.scope in SCOPES
    assert 0 <= figure.digits <= 6


@pytest.mark.parametrize("key", KEYS)
def test_it_is_recorded_every_week(key, record):
    width = {"firm": (10,), "sector": (3,), "cause": (3,), "cohort": (3,), "market": ()}[FIGURES[key].scope]
    values = record[key]
    assert values.shape == (16, *width)
    assert values.dtype == np.float64
    assert not np.isinf(values).any()
    assert key in MAY_BE_UNDEFINED | OF_COMMONS | OF_SHARING or not np.isnan(values).any()
    assert not np.isnan(values).all()


@pytest.mark.parametrize("key", KEYS)
def test_it_moves_where_everything_happens(key, record):
    """A figure that never moves would say nothing."""
    values = record[key]
    assert np.nanmax(values) > np.nanmin(values)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_two_figures_of_a_scope_have_the_same_name(language):
    names = [(figure.scope, figure.name[language]) for figure in FIGURES.values()]
    assert len(set(names)) == len(names)


def test_items_name_what_figures_are_of(record):
    assert tuple(record.items) == SCOPES
    assert record.items == {
        "firm": record.firms,
        "sector": ("drinks", "phones", "travel"),
        "cause": ("work", "planet", "privacy"),
        "cohort": ("rest", "young", "old"),
        "market": ("",),
    }
    assert len(record.firms) == 10


def test_every_scope_has_figures():
    assert {figure.scope for figure in FIGURES.values()} == set(SCOPES)


def test_an_unknown_figure_is_refused(record):
    with pytest.raises(KeyError, match="popularity"):
        record["popularity"]
