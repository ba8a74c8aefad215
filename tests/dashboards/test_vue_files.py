"""What must hold for every file of Vue."""

import re
from pathlib import Path

import pytest

ROOM = Path(__file__).resolve().parents[2] / "dashboards"
FILES = sorted(ROOM.rglob("*.vue"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_method_has_the_name_of_an_event(path):
    """An event `event_follow` can be called as `follow` too: it would take the place of a method of that name."""
    text = path.read_text(encoding="utf-8")
    methods = text.partition("methods:")[2]
    for event in sorted(set(re.findall(r"event_(\w+)", text))):
        assert not re.search(rf"^\s+(?:async )?{event}\(.*\) \{{", methods, flags=re.MULTILINE), event


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_text_is_read_as_markup(path):
    assert not re.search(r"v-html|innerHTML|insertAdjacentHTML|document\.write", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_asked_for_elsewhere(path):
    assert not re.search(
        r"https?://|\bfetch\(|XMLHttpRequest|sendBeacon|new WebSocket", path.read_text(encoding="utf-8")
    )
