"""The week in C is a yardstick for the compiled one only as long as it gives the same bits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks import c_kernel
from benchmarks.measure import MARKET
from sim.market import Market
from sim.phases import PHASES

pytestmark = pytest.mark.skipif(not c_kernel.has_compiler(), reason="the C kernel is built with gcc")


@pytest.mark.parametrize(
    ("scenario", "consumers", "weeks", "settings"),
    [
        (str(MARKET), 1300, 6, {}),
        ("two_sectors", 700, 4, {"network.peers": 3, "network.kind": "scale_free"}),
        ("sweatshop_scandal", 512, 16, {"lanes": 64}),
        ("crisis_sharing", 900, 8, {"threads": 2, "lanes": 32}),
        ("ambassadors", 1100, 12, {"mechanisms.sincerity.enabled": False}),
    ],
)
def test_the_week_in_c_gives_the_same_bits(scenario: str, consumers: int, weeks: int, settings: dict[str, Any]):
    c_kernel.check_same_bits(scenario, consumers, weeks, **settings)


def test_a_difference_is_found():
    market = Market(str(MARKET), consumers=600, weeks=2)
    with c_kernel.in_c(market):
        market.step()
    before = {name: np.array(array) for name, array in c_kernel.everything_in(market)}
    market.population.columns.numbers[0, 0, 0] = -0.0
    assert [name for name, array in c_kernel.everything_in(market) if (array != before[name]).any()] == [
        "taste",
        "unused lanes too",
    ]


def test_without_a_compiler_it_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    c_kernel._build.cache_clear()
    market = Market(str(MARKET), consumers=100, weeks=1, lanes=32)
    with pytest.raises(c_kernel.NoCompilerError, match="no gcc"), c_kernel.in_c(market):
        pass


def test_odd_tiles_are_refused():
    market = Market(str(MARKET), consumers=100, weeks=1, lanes=16)
    with pytest.raises(ValueError, match="a multiple of 32 lanes"), c_kernel.in_c(market):
        pass


def test_both_weeks_are_timed_phase_by_phase():
    table = c_kernel.phases(600, 2, 2, warm=1)
    for each in table:
        assert len(each) == len(PHASES) + 2
        assert all(value > 0 for value in each[: len(PHASES)])
        assert sum(each[:-2]) < each[-1] * 1.01
    assert [line.split("|")[1].strip() for line in table.as_markdown().splitlines()[2:]] == [
        *PHASES,
        "the rest",
        "**all**",
    ]
