"""Replicates give the same bits in processes as in threads, however many there are."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.pool import Pool
from experiments.runs import run_replicates
from tests.guarantees.markets import STRESS, made


@pytest.mark.slow
def test_processes_and_threads_agree():
    scenario = made(STRESS | {"population": STRESS["population"] | {"size": 731}, "horizon": 12})
    expected = run_replicates(scenario, replicates=3, threads=1)
    with Pool(2) as pool:
        ways = [run_replicates(scenario, replicates=3, threads=n, pool=pool) for n in (1, 2, 3)]
    ways.append(run_replicates(scenario, replicates=3, threads=3))
    for runs in ways:
        for run, one in zip(runs, expected, strict=True):
            assert run.status == "done", run.error
            assert run.record is not None
            assert one.record is not None
            assert run.record.items == one.record.items
            for key in one.record.keys:
                np.testing.assert_array_equal(run.record[key], one.record[key])
