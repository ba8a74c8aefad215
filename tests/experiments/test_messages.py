"""The message catalogue and the code that reads it know the same keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from experiments.text import CATALOGUE
from sim.levers import LEVERS
from sim.scenario import FirmSetup
from sim.text import LANGUAGES

ROOM = Path(__file__).parent.parent.parent / "experiments"
NAMED = re.compile(r"""\b(?:say|both)\(\s*["']([\w-]+(?:\.[\w-]+)+)["']\s*[,)]""")
SOURCES = [path.read_text(encoding="utf-8") for path in [*ROOM.rglob("*.py"), *ROOM.rglob("*.j2")]]


def test_every_key_that_the_code_names_has_a_text():
    named = {key for source in SOURCES for key in NAMED.findall(source)}
    assert len(named) > 100
    for code in LANGUAGES:
        assert sorted(named - CATALOGUE.texts(code).keys()) == []


@pytest.mark.parametrize("lever", LEVERS)
def test_every_lever_has_a_short_name(lever):
    for code in LANGUAGES:
        assert f"lever.{lever}" in CATALOGUE.texts(code)


def test_every_strategy_and_event_has_a_name():
    from sim.scenario import Exposure, News, Scandal
    from sim.strategies import STRATEGIES

    assert FirmSetup.model_fields["strategy"].default in STRATEGIES
    for code in LANGUAGES:
        texts = CATALOGUE.texts(code)
        assert [key for key in STRATEGIES if f"strategy.{key}" not in texts] == []
        for event in (Scandal, News, Exposure):
            kind = get_args(event.model_fields["kind"].annotation)[0]
            assert f"event.{kind}" in texts
