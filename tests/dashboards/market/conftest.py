"""Futures that the tests of the Market page share."""

from __future__ import annotations

import pytest

from dashboards.market.recording import Recording, fitted, record
from sim.scenario import Scenario, changed, load, with_horizon


def _small(name: str) -> Scenario:
    return with_horizon(changed(load(name), {"population.size": 500}), 30)


@pytest.fixture(scope="session")
def scandal() -> Scenario:
    """A small market in which a firm's conduct comes to light in week 12."""
    return changed(load("sweatshop_scandal"), {"population.size": 600, "horizon": 40, "event.0.week": 12})


@pytest.fixture(scope="session")
def untouched(scandal: Scenario) -> Recording:
    """Its first future."""
    recording = record(fitted(scandal))
    assert recording is not None
    return recording


@pytest.fixture(scope="session")
def swaps() -> Recording:
    """A future of a market where goods change hands."""
    recording = record(_small("swap_fair"))
    assert recording is not None
    return recording


@pytest.fixture(scope="session")
def makers() -> Recording:
    """A future of a market with a commons."""
    recording = record(_small("diy_fablab"))
    assert recording is not None
    return recording


@pytest.fixture(scope="session")
def sectors() -> Recording:
    """A future of a market of two sectors."""
    recording = record(_small("two_sectors"))
    assert recording is not None
    return recording
