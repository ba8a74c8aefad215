"""The ledger keeps every run whole, whatever becomes of the process that wrote it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments.calibration.ledger import Ledger, LedgerError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "calibration.sqlite"


def test_what_is_put_in_comes_out_in_order(path):
    cube = np.array([[0.1, 1 / 3], [0.7, 0.2]])
    with Ledger.create(path, {"targets": "abc"}) as ledger:
        ledger.add_points(0, cube, [{"a": 1.0}, {"a": 2}])
        ledger.add_points(1, cube[:1], [{"a": 1.0}])
        ledger.put(1, 3, np.array([1.5, np.nan]), 0.1)
        ledger.put(0, 1, np.array([0.1, 0.2]), 0.1)
        ledger.put(0, 0, np.array([0.3, 0.4]), 0.1)
        ledger.put(2, 4, None, 0.1, "it broke")
    assert [one.name for one in path.parent.iterdir()] == ["calibration.sqlite"]
    with Ledger.open(path) as ledger:
        assert ledger.meta == {"targets": "abc"}
        assert [(one.number, one.wave) for one in ledger.points()] == [(0, 0), (1, 0), (2, 1)]
        assert np.array_equal([one.cube for one in ledger.points(0)], cube)
        assert ledger.known() == {(0, 0), (0, 1), (1, 3), (2, 4)}
        numbers = ledger.numbers(2)
        assert [row.tolist() for row in numbers[0]] == [[0.3, 0.4], [0.1, 0.2]]
        assert np.isnan(numbers[1][0][1])
        assert 2 not in numbers
        assert ledger.errors() == ["it broke"]


KILLED = """
import os, sys
import numpy as np
from pathlib import Path
from experiments.calibration.ledger import Ledger
ledger = Ledger.create(Path(sys.argv[1]), {"targets": "abc"})
ledger.add_points(0, np.array([[0.5]]), [{"a": 1.0}])
for replicate in range(3):
    ledger.put(0, replicate, np.array([float(replicate)]), 0.1)
os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_runs_outlive_a_process_that_is_killed(path):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", KILLED, str(path)], env=environment, check=False, timeout=60)
    with Ledger.open(path) as ledger:
        assert [row.tolist() for row in ledger.numbers(1)[0]] == [[0.0], [1.0], [2.0]]


def test_files_that_are_no_ledgers_are_refused(path, tmp_path):
    from experiments.store import Results

    with pytest.raises(LedgerError) as caught:
        Ledger.open(path)
    assert caught.value.reason == "missing"
    Results.create(tmp_path / "results.sqlite").close()
    with pytest.raises(LedgerError) as caught:
        Ledger.open(tmp_path / "results.sqlite")
    assert caught.value.reason == "foreign"
    with pytest.raises(LedgerError) as caught:
        Ledger.create(tmp_path / "no" / "where.sqlite", {})
    assert caught.value.reason == "unwritable"
