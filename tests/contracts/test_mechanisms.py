"""What every mechanism must declare: one list of checks, applied to each."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import pytest

import sim.mechanisms
from sim.mechanisms.base import MechanismParameters, settings_dtype
from sim.population import DECLARED
from sim.quantities import UNITS, quantities
from sim.records import SIGNAL_NAMES, STANCE_NAMES
from sim.scenario import Mechanisms

NAMES = tuple(Mechanisms.model_fields)
PARAMETERS: dict[str, Any] = {name: field.annotation for name, field in Mechanisms.model_fields.items()}
ALL = [(name, key) for name in NAMES for key in quantities(PARAMETERS[name])]


def module(name):
    return importlib.import_module(f"sim.mechanisms.{name}")


def test_every_file_of_a_mechanism_is_one_of_the_scenarios():
    files = {info.name for info in pkgutil.iter_modules(sim.mechanisms.__path__)} - {"base"}
    assert files == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_its_file_says_what_it_is(name):
    assert len((module(name).__doc__ or "").strip()) > 40
    assert issubclass(PARAMETERS[name], MechanismParameters)
    assert PARAMETERS[name].__module__ == f"sim.mechanisms.{name}"


@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_switched_off(name):
    switch = quantities(PARAMETERS[name])["enabled"]
    assert (switch.default, switch.unit) == (True, "switch")
    assert PARAMETERS[name](enabled=False).enabled is False


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_a_declared_quantity(name):
    assert set(quantities(PARAMETERS[name])) == set(PARAMETERS[name].model_fields)


@pytest.mark.parametrize(("name", "key"), ALL)
def test_a_parameter_declares_unit_bounds_and_both_languages(name, key):
    declared = quantities(PARAMETERS[name])[key]
    assert declared.unit in UNITS
    english, french = declared.meaning["en"], declared.meaning["fr"]
    assert len(english) > 5
    assert len(french) > 5
    assert english != french
    if declared.unit == "switch":
        assert isinstance(declared.default, bool)
        return
    assert declared.low is not None
    assert declared.high is not None
    assert declared.low < declared.high
    assert declared.low <= declared.default <= declared.high
    if declared.unit in ("share", "score", "probability", "rate"):
        assert declared.low >= 0
        assert declared.high <= 1


@pytest.mark.parametrize(("name", "key"), ALL)
def test_a_parameter_is_refused_just_outside_its_bounds(name, key):
    declared = quantities(PARAMETERS[name])[key]
    if declared.unit == "switch":
        outside = [1, "on"]
    else:
        assert declared.low is not None
        assert declared.high is not None
        step = 1 if isinstance(declared.default, int) else 1e-6 + 1e-9 * abs(declared.high)
        outside = [declared.low - step, declared.high + step]
    for value in outside:
        with pytest.raises(ValueError, match=key):
            PARAMETERS[name](**{key: value})
    PARAMETERS[name](**{key: declared.default})


@pytest.mark.parametrize("name", NAMES)
def test_the_compiled_rules_can_read_all_its_numbers(name):
    assert set(settings_dtype(PARAMETERS[name]).names or ()) == set(PARAMETERS[name].model_fields)


@pytest.mark.parametrize("name", NAMES)
def test_its_columns_are_those_of_the_population(name):
    for column in module(name).COLUMNS:
        assert column in DECLARED
        assert column.meaning


def test_every_column_belongs_to_one_mechanism():
    owned = [column.name for name in NAMES for column in module(name).COLUMNS]
    assert len(owned) == len(set(owned))
    assert sorted(owned) == sorted(column.name for column in DECLARED)


@pytest.mark.parametrize("name", NAMES)
def test_its_signals_are_those_that_are_published(name):
    assert set(getattr(module(name), "SIGNALS", ())) <= {*SIGNAL_NAMES, *STANCE_NAMES}


def test_no_two_parameters_of_all_share_a_symbol():
    symbols: dict[str, str] = {}
    for name, key in ALL:
        symbol = quantities(PARAMETERS[name])[key].symbol
        if symbol:
            assert symbol not in symbols, f"{symbol}: {symbols.get(symbol)} and {name}.{key}"
            symbols[symbol] = f"{name}.{key}"
