"""Results of the library's scenarios do not change by accident."""

from __future__ import annotations

import copy

import pytest

from sim.scenario import library
from tests.golden.values import FOLDER, KEYS, RENEW, WEEKS, differences, results_of, stored


@pytest.mark.parametrize("name", library())
def test_results_are_what_they_were(name):
    golden = stored(name)
    assert golden is not None, f"{name} has no golden results yet; make them with: {RENEW} {name}"
    lines = differences(golden, results_of(name))
    assert not lines, (
        f"{len(lines)} results of {name} have changed. If they should have, renew them with "
        f"`{RENEW} {name}` and say why in the change log:\n" + "\n".join(lines[:20])
    )


def test_there_are_no_results_of_scenarios_that_are_gone():
    assert {path.stem for path in FOLDER.glob("*.json")} <= set(library()), f"remove them with: {RENEW}"


def test_a_small_change_is_seen():
    golden = stored("baseline")
    assert golden is not None
    assert set(golden["figures"]) == set(KEYS)
    assert differences(golden, golden) == []
    changed = copy.deepcopy(golden)
    changed["figures"]["share"][str(WEEKS[-1])]["Nova"] += 1e-4
    [line] = differences(golden, changed)
    assert line.startswith(f"figures.share.{WEEKS[-1]}.Nova")
    del changed["figures"]["share"]
    assert differences(golden, changed)
