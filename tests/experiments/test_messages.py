"""The message catalogue and the code that reads it know the same keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from experiments.reference import tables
from experiments.report.charts import CHARTS
from experiments.text import CATALOGUE
from sim.entities import Event
from sim.figures import SCOPES
from sim.levers import LEVERS
from sim.quantities import quantities
from sim.scenario import FirmSetup
from sim.text import LANGUAGES

ROOM = Path(__file__).parent.parent.parent / "experiments"
NAMED = re.compile(r"""\b(?:say|both)\(\s*["']([\w-]+(?:\.[\w-]+)+)["']\s*[,)]""")
EVENTS = [get_args(one.model_fields["kind"].annotation)[0] for one in get_args(get_args(Event)[0])]
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
    from sim.strategies import STRATEGIES

    assert FirmSetup.model_fields["strategy"].default in STRATEGIES
    for code in LANGUAGES:
        texts = CATALOGUE.texts(code)
        assert [key for key in STRATEGIES if f"strategy.{key}" not in texts] == []
        assert len(EVENTS) == 6
        assert [kind for kind in EVENTS if f"event.{kind}" not in texts] == []


def test_every_scope_of_figures_has_a_heading():
    for code in LANGUAGES:
        texts = CATALOGUE.texts(code)
        assert [scope for scope in SCOPES if f"figures.scope_{scope}" not in texts] == []
        with_items = [scope for scope in SCOPES if scope not in {"firm", "market"}]
        assert [scope for scope in with_items if f"report.group.{scope}" not in texts] == []


def test_every_choice_has_a_word_for_each_option():
    found = [q for _, model in tables().values() for q in quantities(model).values() if q.unit == "choice"]
    assert {"mode", "kind", "clients"} <= {q.key for q in found}
    for code in LANGUAGES:
        texts = CATALOGUE.texts(code)
        assert [f"{q.key}.{o}" for q in found for o in q.options if f"choice.{q.key}.{o}" not in texts] == []


def test_every_chart_has_its_texts():
    for code in LANGUAGES:
        texts = CATALOGUE.texts(code)
        wanted = {f"report.chart.{chart.name}.{part}" for chart in CHARTS for part in ("title", "sub")}
        wanted |= {f"report.section.{chart.section}.title" for chart in CHARTS}
        wanted |= {f"report.script.{word}" for chart in CHARTS for word in chart.pair}
        assert sorted(wanted - texts.keys()) == []
