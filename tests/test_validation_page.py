"""docs/validation.md names tests that exist, of everything that is to be verified."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from sim.scenario import Mechanisms

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "validation.md"

MECHANISMS = tuple(Mechanisms.model_fields)
OTHERS = ("strategies", "events", "salience", "network", "traits", "streams", "engines", "checkpoint", "figures")
COLUMNS = ["of", "unit", "corner", "sampled", "specific scenario", "relative value"]
NOTHING = "–"

LINK = re.compile(r"\[([^\]]+)\]\(([^)#]+)(?:#[^)]*)?\)( \(heavy\))?")


def links(text: str) -> list[tuple[str, str, bool]]:
    """The words, the address and whether it is said to be heavy, of every link to something in the tree."""
    return [(words, to, bool(heavy)) for words, to, heavy in LINK.findall(text) if "://" not in to]


def shown(text: str) -> list[tuple[str, str, bool]]:
    """The links among these that are named after a test."""
    return [(words, to, heavy) for words, to, heavy in links(text) if to.endswith(".py")]


def rows() -> dict[str, list[str]]:
    """The cells of each row of the table, by the word in its first."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    split = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    first = split.index(COLUMNS)
    return {cells[0].strip("*"): cells[1:] for cells in split[first + 2 :] if cells[0].startswith("**")}


@cache
def functions_of(path: Path) -> dict[str, bool]:
    """The functions of a file, and whether only a heavy run runs them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    all_of_it = any(
        isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node) and "mark.heavy" in ast.unparse(node)
        for node in tree.body
    )
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    marks = {node.name: [ast.unparse(mark) for mark in node.decorator_list] for node in functions}
    return {name: all_of_it or any("mark.heavy" in mark for mark in given) for name, given in marks.items()}


def test_every_link_leads_somewhere():
    text = PAGE.read_text(encoding="utf-8")
    assert [to for _, to, _ in links(text) if not (PAGE.parent / to).exists()] == []


def test_every_test_that_is_named_exists_and_is_heavy_where_it_says_so():
    found = shown(PAGE.read_text(encoding="utf-8"))
    assert len(found) > 100
    wrong = []
    for words, to, heavy in found:
        name = "test_" + words.replace(" ", "_")
        known = functions_of((PAGE.parent / to).resolve())
        if name not in known:
            wrong.append(f"{to} has no {name}")
        elif known[name] != heavy:
            wrong.append(f"{name} is {'' if known[name] else 'not '}heavy")
    assert wrong == []


def test_every_mechanism_has_its_row_and_no_row_is_of_nothing():
    assert list(rows()) == [*(name for name in rows() if name in MECHANISMS), *OTHERS]
    assert set(rows()) == {*MECHANISMS, *OTHERS}


@pytest.mark.parametrize("name", [*MECHANISMS, *OTHERS])
def test_its_cells_name_tests_or_say_that_there_is_none(name):
    cells = rows()[name]
    assert len(cells) == len(COLUMNS) - 1
    for column, cell in zip(COLUMNS[1:], cells, strict=True):
        assert shown(cell) or cell == NOTHING, f"{column} is empty"
        # Nothing but names of tests: a word beside them would claim more than a test holds.
        assert LINK.sub("", cell).replace("<br>", "").strip() in ("", NOTHING), f"{column} says more"


@pytest.mark.parametrize("name", MECHANISMS)
def test_a_mechanisms_row_names_tests_about_it_and_leaves_no_kind_out(name):
    cells = rows()[name]
    assert NOTHING not in cells
    files = [{(PAGE.parent / to).resolve() for _, to, _ in shown(cell)} for cell in cells]
    about = [any(re.search(rf"\b{name}", file.read_text(encoding="utf-8")) for file in of_cell) for of_cell in files]
    assert sum(about) >= 3, "these files hardly speak of it"


@pytest.mark.parametrize("room", ["specification", "guarantees"])
def test_every_file_of_the_second_statement_and_of_the_guarantees_is_shown(room):
    named = {(PAGE.parent / to).resolve() for _, to, _ in shown(PAGE.read_text(encoding="utf-8"))}
    there = set((ROOT / "tests" / room).glob("test_*.py"))
    assert {path.name for path in there - named} == set()


@pytest.mark.parametrize("page", ["README.md", "docs/architecture.md"])
def test_it_can_be_found(page):
    file = ROOT / page
    assert PAGE in {(file.parent / to).resolve() for _, to, _ in links(file.read_text(encoding="utf-8"))}
