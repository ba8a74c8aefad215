"""The texts of the page: the same keys in both languages, and a text for every key that is used."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import get_args

from dashboards.batches.jobs import State
from dashboards.batches.notes import KINDS
from dashboards.batches.questions import OVERS
from dashboards.batches.text import CATALOGUE, in_all, say
from sim.text import LANGUAGES

ROOM = Path(__file__).resolve().parents[3] / "dashboards" / "batches"
NAMED = re.compile(r"""\bsay\(\s*["'](batches\.[\w.]+)["']""")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys_and_placeholders():
    english, french = (CATALOGUE.texts(code) for code in LANGUAGES)
    assert sorted(english) == sorted(french)
    assert [key for key in english if placeholders(english[key]) != placeholders(french[key])] == []


def test_every_key_that_is_named_has_a_text():
    named = {key for path in ROOM.rglob("*.py") for key in NAMED.findall(path.read_text(encoding="utf-8"))}
    assert len(named) > 100
    assert sorted(named - CATALOGUE.texts("en").keys()) == []


def test_every_state_kind_and_reduction_has_a_word():
    wanted = [f"batches.state.{state}" for state in get_args(State)]
    wanted += [f"batches.kind.{kind}" for kind in KINDS] + [f"batches.over.{over}" for over in OVERS]
    assert [key for key in wanted if key not in CATALOGUE.texts("fr")] == []


def test_texts_are_made_in_every_language():
    assert in_all(lambda: say("batches.do.cancel")) == {"en": "Stop", "fr": "Arrêter"}
