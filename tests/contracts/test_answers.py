"""Every kind of answer is told in both languages, survives JSON, and makes a page that asks for nothing."""

from __future__ import annotations

import json
import re

import pytest

from experiments.analysis.notes import Doubt
from experiments.answers.doubts import doubt_texts
from experiments.answers.findings import Noted
from experiments.answers.folder import FINDINGS, read, write
from experiments.answers.kinds import KINDS, findings_of, tell
from experiments.cli import COMMANDS
from experiments.text import CATALOGUE
from sim.text import LANGUAGES, use_language
from tests.experiments.answers.conftest import known_market
from tests.experiments.answers.examples import EVERY
from tests.experiments.conftest import fake_market

__all__ = ["fake_market", "known_market"]


def test_every_kind_has_an_example_and_a_command():
    assert set(EVERY) == set(KINDS)
    assert set(KINDS) <= set(COMMANDS)


def test_every_doubt_has_a_text():
    for code in LANGUAGES:
        with use_language(code):
            for doubt in Doubt:
                assert doubt_texts([Noted(doubt=str(doubt), about="B", value=3.0)])[0].startswith("B")
        assert {f"answers.doubt.{doubt}" for doubt in Doubt} <= CATALOGUE.texts(code).keys()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_told_kept_and_shown(known_market, tmp_path, kind):
    found = EVERY[kind](tmp_path)
    assert found.kind == kind
    assert findings_of(found.text()).text() == found.text()
    told = {}
    for code in LANGUAGES:
        with use_language(code):
            told[code] = tell(found)
    assert told["en"].question != told["fr"].question
    assert told["en"].answer != told["fr"].answer
    for one in told.values():
        assert one.charts
        assert one.tables
        assert one.assumptions
        assert re.search(r"\d", one.answer)
        for table in one.tables:
            assert all(len(row) == len(table.columns) for row in table.rows)
            assert all(isinstance(cell, str) for row in table.rows for cell in row)
        for chart in one.charts:
            json.dumps(chart.figure(), allow_nan=False)
            assert "@" not in json.dumps([trace.get("line", {}) for trace in chart.figure()["data"]])
    for texts in (told["en"], told["fr"]):
        assert not any("{" in text for text in (texts.question, texts.answer, *texts.doubts, *texts.assumptions))


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_stands_alone(known_market, tmp_path, monkeypatch, kind):
    monkeypatch.setattr("experiments.report.page.plotly_script", lambda: "")  # the library names addresses in its texts
    folder = tmp_path / "answer"
    found = EVERY[kind](tmp_path)
    write(found, folder)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert not re.findall(r"(?:https?:)?//[\w.-]+\.\w", page)
    assert not re.findall(r"<(?:link|img|iframe|script[^>]*src)", page)
    assert "default-src 'none'" in page
    for name in found.scenarios:
        assert f"<summary>{name}".split("<b>")[0].replace("&", "&amp;") in page
    assert "userisation" in page
    assert read(folder).text() == found.text()
    assert json.loads((folder / FINDINGS).read_text(encoding="utf-8"))["kind"] == kind
    assert len(list((folder / "scenarios").iterdir())) == len(found.scenarios)
