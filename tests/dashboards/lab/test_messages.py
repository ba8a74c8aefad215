"""The texts of the Lab: the same keys in both languages, and every key that is asked for exists."""

import re
import string
from pathlib import Path

from dashboards.lab import happenings
from dashboards.lab.gallery import GROUPS
from dashboards.lab.text import CATALOGUE
from sim.entities import FirmSetup
from sim.scenario import Mechanisms
from sim.traits import Traits

ROOM = Path(CATALOGUE.folder).parent
ENGLISH, FRENCH = (CATALOGUE.texts(code) for code in ("en", "fr"))


def placeholders(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys_and_placeholders():
    assert sorted(ENGLISH) == sorted(FRENCH)
    assert [key for key in ENGLISH if placeholders(ENGLISH[key]) != placeholders(FRENCH[key])] == []
    assert [key for key in ENGLISH if not ENGLISH[key].strip() or not FRENCH[key].strip()] == []


def test_every_key_in_the_code_exists():
    asked = {key for path in ROOM.glob("*.py") for key in re.findall(r'\bsay\(\s*"([\w.]+)"', path.read_text("utf-8"))}
    assert len(asked) > 60
    assert sorted(asked - set(ENGLISH)) == []


def test_what_is_named_by_its_key_has_a_name():
    wanted = [f"mechanism.{name}" for name in Mechanisms.model_fields]
    wanted += [f"trait.{name}" for name in Traits.model_fields]
    wanted += [f"happening.{kind}" for kind in happenings.KINDS] + [
        f"happening.{kind}_why" for kind in happenings.KINDS
    ]
    wanted += [f"gallery.group.{name}" for name in GROUPS]
    assert [key for key in wanted if key not in ENGLISH] == []
    assert "strategy" in FirmSetup.model_fields


def test_french_is_typeset_as_french():
    assert [key for key, text in FRENCH.items() if re.search(r"\w[;!?»]|«\w", text)] == []
    assert [key for key, text in FRENCH.items() if "..." in text] == []
