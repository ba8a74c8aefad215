"""Work in the background of a page: its progress, its end, and that only the newest counts."""

import threading
from typing import Any

import pytest

from dashboards.app.background import Stage, Work
from tests.dashboards.conftest import wait_until


class Enough(Exception):
    pass


@pytest.fixture
def work():
    return Work()


def settled(work):
    wait_until(lambda: work.stage.peek().kind != "running", 20)
    return work.stage.peek()


def test_it_ends_with_what_it_gives(work):
    found: list[Any] = []
    work.begin(lambda report, stop: 42, found.append, message=str)
    assert settled(work).kind == "done"
    assert found == [42]


def test_progress_is_told(work):
    seen: list[Any] = []
    go_on = threading.Event()

    def long(report, stop):
        report(0.5, "half")
        go_on.wait(20)

    work.stage.subscribe(seen.append)
    work.begin(long, lambda _: None, message=str, text="begin")
    wait_until(lambda: work.stage.peek() == Stage("running", 0.5, "half"), 20)
    go_on.set()
    assert settled(work).kind == "done"
    assert seen[0] == Stage("running", None, "begin")


def test_what_is_stopped_leaves_nothing(work):
    found: list[Any] = []
    ended = threading.Event()

    def until_stopped(report, stop):
        stop.wait(20)
        ended.set()
        raise Enough

    work.begin(until_stopped, found.append, stopped_by=Enough, message=str)
    work.stop()
    assert work.stage.peek().kind == "stopped"
    assert ended.wait(20)
    assert found == []


def test_a_newer_one_takes_its_place(work):
    found: list[Any] = []
    go_on = threading.Event()

    def slow(report, stop):
        go_on.wait(20)
        return "old"

    work.begin(slow, found.append, message=str)
    work.begin(lambda report, stop: "new", found.append, message=str)
    assert settled(work).kind == "done"
    go_on.set()
    assert found == ["new"]


def test_an_error_becomes_a_message(work):
    def broken(report, stop):
        raise ValueError("secret")

    work.begin(broken, lambda _: None, message=lambda error: f"sorry ({type(error).__name__})")
    assert settled(work) == Stage("failed", None, "sorry (ValueError)")
