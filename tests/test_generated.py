"""What is made from the declarations is up to date in the tree."""

import json
from pathlib import Path

import pytest

from experiments.reference import pages
from sim.scenario import json_schema

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", ["parameters.md", "notation.md", "figures.md"])
def test_reference_pages_are_those_of_the_declarations(name):
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == pages()[name], "renew with: python3 -m experiments.reference docs"


def test_the_schema_of_the_library_is_the_one_exported():
    written = json.loads((ROOT / "scenarios" / "schema.json").read_text(encoding="utf-8"))
    assert written == json_schema(), "renew with: userisation schema --out scenarios/schema.json"
