"""Names cannot leave the folder of results."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.batches.shelf import JOBS, Shelf, UnfitNameError, is_plain_name, plain_name

LEADING_OUT = [
    "", ".", "..", "../x", "a/b", "a\\b", "/etc/passwd", "C:\\x", "C:x", ".jobs", ".hidden", "a\0b", "a\nb", "x/..",
    "x.", "x ", "con", "NUL.toml", "-rf", "a" * 81, "﹒﹒/", "..\\x", "~", "%2e%2e", "a*b", "<b>",
]  # fmt: skip


@pytest.mark.parametrize("name", LEADING_OUT)
def test_a_name_that_is_none_is_refused(tmp_path, name):
    shelf = Shelf(tmp_path)
    assert not is_plain_name(name)
    for ask in (shelf.folder, shelf.job):
        with pytest.raises(UnfitNameError) as refused:
            ask(name)
        assert refused.value.message


@pytest.mark.parametrize("name", ["a", "Prices 2", "prix-élevés", "x_1.5", "Ouverture (2)"])
def test_a_name_stays_inside(tmp_path, name):
    assert Shelf(tmp_path).folder(name) == tmp_path / name
    assert Shelf(tmp_path).job(name) == tmp_path / JOBS / name


@given(st.text(max_size=100))
def test_any_wish_becomes_a_name(wish):
    assert is_plain_name(plain_name(wish))


@given(st.text(max_size=60))
def test_a_plain_name_is_one_part_of_a_path(name):
    if is_plain_name(name):
        assert not set(name) & set("/\\:\0\n")
        assert name not in (".", "..")


def test_links_out_of_the_folder_are_no_folders(tmp_path):
    root, outside = tmp_path / "results", tmp_path / "elsewhere"
    root.mkdir()
    outside.mkdir()
    (root / "link").symlink_to(outside)
    (root / "mine").mkdir()
    shelf = Shelf(root)
    assert shelf.names() == ["mine"]
    with pytest.raises(UnfitNameError):
        shelf.folder("link")


def test_a_fresh_name_is_nobodys(tmp_path):
    shelf = Shelf(tmp_path)
    (tmp_path / "prices").mkdir()
    (tmp_path / JOBS / "Prices-2").mkdir(parents=True)
    assert shelf.fresh("prices") == "prices-3"
    assert shelf.fresh("../../prices") == "prices-3"
    assert shelf.fresh("§") == "experiment"


def test_without_a_folder_there_are_no_names(tmp_path):
    shelf = Shelf(tmp_path / "not" / "yet")
    assert shelf.names() == shelf.job_names() == []
    assert shelf.fresh("x") == "x"
