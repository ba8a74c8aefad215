"""Texts of the pages that keep their own: the same keys and placeholders in both languages, and all that code names."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from sim.text import LANGUAGES

ROOT = Path(__file__).resolve().parents[2] / "dashboards"
ROOMS = sorted(path.parent.name for path in ROOT.glob("*/messages"))
NAMED = re.compile(r"""\bsay\(\s*["']([\w-]+(?:\.[\w-]+)+)["']\s*[,)]""")


@pytest.mark.parametrize("room", ROOMS)
def test_a_page_has_its_texts_in_both_languages(room):
    catalogue = import_module(f"dashboards.{room}.text").CATALOGUE
    english, french = (catalogue.texts(code) for code in LANGUAGES)
    assert english.keys() == french.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", french[key])), key
    # A file names texts of the catalogue that it imports.
    named = {
        key
        for path in (ROOT / room).glob("*.py")
        if f"from dashboards.{room}.text import" in (source := path.read_text(encoding="utf-8"))
        for key in NAMED.findall(source)
    }
    assert named
    assert sorted(named - english.keys()) == []
