"""What tests of answers share: the known market, run in this process."""

from __future__ import annotations

import sys

import pytest

from tests.experiments import fake_sim
from tests.experiments.answers.markets import KnownMarket


@pytest.fixture
def known_market(fake_market, monkeypatch: pytest.MonkeyPatch) -> type[KnownMarket]:
    """Put the known market in place of the real one; runs are made in this process, which alone knows it."""
    from experiments.batch.executors import Here
    from sim import compiling

    module = fake_sim.module()
    module.__dict__["Market"] = KnownMarket
    monkeypatch.setitem(sys.modules, "sim.market", module)
    monkeypatch.setattr("experiments.answers.futures._chosen", lambda _: Here())
    monkeypatch.setattr(compiling, "is_warm", lambda: True)
    monkeypatch.setattr(KnownMarket, "own_luck", 0.0)
    return KnownMarket
