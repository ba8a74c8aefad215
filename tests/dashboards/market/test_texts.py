"""Every text of the Market page exists in both languages, with the same placeholders, and none is left over."""

from __future__ import annotations

import re
from pathlib import Path

from dashboards.market.text import CATALOGUE
from sim.text import LANGUAGES

ROOM = Path(__file__).parents[3] / "dashboards" / "market"
NAMED = re.compile(r"""\bsay\(\s*["']([\w-]+(?:\.[\w-]+)+)["']""")
MADE = re.compile(r"""\bsay\(\s*f["']([\w.-]+?)\.?\{""")
GROUPED = re.compile(r"""\bwords_of\(\s*["']([\w.]+)["']""")
PLACES = re.compile(r"\{(\w+)\}")


def _sources():
    return [path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py")]


def test_both_languages_have_the_same_texts_with_the_same_places():
    english, french = (CATALOGUE.texts(code) for code in LANGUAGES)
    assert english.keys() == french.keys()
    for key in english:
        assert sorted(PLACES.findall(english[key])) == sorted(PLACES.findall(french[key])), key


def test_every_text_that_the_code_names_exists_and_every_text_is_named():
    sources = _sources()
    named = {key for source in sources for key in NAMED.findall(source)}
    begun = tuple(key for source in sources for key in (*MADE.findall(source), *GROUPED.findall(source)))
    texts = CATALOGUE.texts("en").keys()
    assert named - texts == set()
    assert [key for key in texts if key not in named and not key.startswith(begun)] == []
