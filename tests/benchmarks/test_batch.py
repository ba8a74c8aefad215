"""The benchmarks of experiments run, small."""

from __future__ import annotations

import sys

import pytest

from benchmarks import batch


@pytest.mark.slow
@pytest.mark.parametrize(
    ("option", "said"),
    [
        (None, "two workers against one"),
        ("--store", "fan chart of share over 200 runs"),
        ("--thousands", "20 runs with"),
    ],
)
def test_small_benchmarks_of_experiments_run(option, said, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["batch", "--small", *([option] if option else [])])
    batch.main()
    assert said in capsys.readouterr().out
