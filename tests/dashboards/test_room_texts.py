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


def test_a_future_has_one_name_in_french():
    """What is simulated again and again is called the same on pages, in reports and on the command line."""
    files = sorted(path for room in ("sim", "experiments", "dashboards") for path in _files_in(room))
    assert len(files) > len(ROOMS)
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    assert [path for path, text in texts.items() if re.search(r"\bavenirs?\b", text, re.IGNORECASE)] == []
    assert sum(len(re.findall(r"\bfuturs?\b", text, re.IGNORECASE)) for text in texts.values()) > 100


def _files_in(room):
    return (ROOT.parent / room).rglob("messages/fr.toml")
