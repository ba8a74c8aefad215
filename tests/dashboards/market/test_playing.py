"""Futures to play are lived once, kept for a while, and lived here if no process can."""

from __future__ import annotations

import json

import numpy as np
import pytest

from dashboards.market import playing
from dashboards.market.branches import changed_consumers, fields, injected
from dashboards.market.packing import unpacked
from dashboards.market.playing import key_of, payload_of, play
from experiments.pool import WorkerLostError


@pytest.fixture(autouse=True)
def _empty():
    playing._kept.clear()
    yield
    playing._kept.clear()


class _Broken:
    """A pool whose process is lost."""

    def __init__(self, was_ready):
        self.was_ready = was_ready

    def warm_up(self, scenario):
        pass

    def call(self, *_):
        lost = WorkerLostError()
        lost.was_ready = self.was_ready
        raise lost


@pytest.fixture
def here(monkeypatch):
    """Let no process work."""
    monkeypatch.setattr(playing, "own_pool", lambda: _Broken(False))


@pytest.mark.slow
def test_a_process_lives_the_same_future(scandal, untouched):
    played = play(scandal)
    for name, channel in untouched.channels.items():
        np.testing.assert_array_equal(played.recording.channels[name], channel)
    playing.own_pool().close()


def test_where_no_process_can_work_it_is_lived_here(here, scandal, untouched):
    played = play(scandal)
    np.testing.assert_array_equal(played.recording.channels["role"], untouched.channels["role"])
    assert json.loads(played.payload) == played.parts
    assert played.key == key_of(scandal, 0)


def test_a_process_that_dies_at_work_is_said(monkeypatch, scandal):
    monkeypatch.setattr(playing, "own_pool", lambda: _Broken(True))
    with pytest.raises(WorkerLostError):
        play(scandal)


def test_what_was_lived_lately_is_at_hand_and_others_go(here, monkeypatch, scandal):
    first = play(scandal)
    assert play(scandal) is first
    monkeypatch.setattr(playing, "_KEPT", 2)
    others = [play(scandal, replicate) for replicate in (1, 2)]
    assert play(scandal, 2) is others[1]
    assert play(scandal) is not first


def test_a_branch_carries_whom_it_changed(here, scandal):
    untouched = play(scandal)
    values = {field.key: field.start for field in fields("scandal", scandal)}
    branch = play(injected(scandal, untouched.recording, "scandal", values, 20))
    sent = json.loads(payload_of(branch, untouched))
    marks = unpacked(sent["channels"]["changed"], 40, 600)
    np.testing.assert_array_equal(marks, changed_consumers(untouched.recording, branch.recording))
    assert "changed" not in branch.parts["channels"]
