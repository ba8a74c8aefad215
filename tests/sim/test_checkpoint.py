"""Checkpoint files: what is refused, and that a broken write leaves nothing broken behind."""

from __future__ import annotations

import gc
import json
import sys
import zipfile

import numpy as np
import pytest

from sim.checkpoint import restore, save
from sim.documents import ScenarioError
from sim.market import Market
from sim.text import use_language
from tests.guarantees.markets import differing, made

SMALL = {
    "horizon": 6,
    "population": {"size": 20, "represents": 2000.0},
    "sector": [{"name": "drinks"}],
    "cause": [{"name": "work"}],
    "firm": [{"name": "Nova", "sector": "drinks"}, {"name": "Orba", "sector": "drinks"}],
}


@pytest.fixture
def market():
    market = Market(made(SMALL))
    market.run(3)
    return market


@pytest.fixture
def good(market, tmp_path):
    save(market, tmp_path / "good.npz")
    return tmp_path / "good.npz"


def refused(path, left_open=None):
    """Return the one problem of a file that is no checkpoint; collect warnings about files that were left open."""
    left_open = [] if left_open is None else left_open
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "unraisablehook", lambda unraisable: left_open.append(str(unraisable.exc_value)))
        with pytest.raises(ScenarioError) as raised:
            restore(path)
        [problem] = raised.value.problems
        # The traceback holds on to the file.
        del raised
        gc.collect()
    assert str(path) in str(problem)
    return problem


def test_a_missing_file(tmp_path):
    assert "not a checkpoint" in refused(tmp_path / "nothing.npz").message


def test_a_folder(tmp_path):
    assert "not a checkpoint" in refused(tmp_path).message


def test_the_message_in_french(tmp_path):
    with use_language("fr"):
        french = refused(tmp_path / "nothing.npz").message
    assert french
    assert french != refused(tmp_path / "nothing.npz").message


def rewritten(good, change):
    """Rewrite a checkpoint with its arrays changed."""
    with np.load(good) as file:
        arrays = dict(file)
    change(arrays)
    np.savez(good, **arrays)
    return good


def about(change):
    """Change the text that says what the checkpoint is about."""

    def of(arrays):
        text = json.loads(arrays["about"].tobytes())
        change(text)
        arrays["about"] = np.frombuffer(json.dumps(text).encode(), np.uint8)

    return of


def drop(name):
    return lambda arrays: arrays.pop(name)


FOREIGN = {
    "text": lambda path: path.write_text("horizon = 4\n"),
    "toml-like binary": lambda path: path.write_bytes(b"\x00\x01\x02" * 50),
    "other zip": lambda path: zipfile.ZipFile(path, "w").close(),
    "other arrays": lambda path: np.savez(path, weights=np.zeros(3)),
    "text instead of arrays": lambda path: _zip_with(path, {"about.npy": b"hello"}),
    "nothing": lambda path: path.write_bytes(b""),
    "a single array": lambda path: _one_array(path),
}


def _one_array(path):
    with open(path, "wb") as file:
        np.save(file, np.zeros(3))


def _zip_with(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_foreign_file(tmp_path, kind):
    FOREIGN[kind](tmp_path / "foreign.npz")
    refused(tmp_path / "foreign.npz")


def test_a_pickle_is_not_executed(tmp_path):
    with open(tmp_path / "pickled.npz", "wb") as file:
        np.savez(file, about=np.array([{"version": 1}], object))
    refused(tmp_path / "pickled.npz")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off(good, kept):
    content = good.read_bytes()
    good.write_bytes(content[: int(len(content) * kept)])
    refused(good)


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_a_file_with_a_flipped_byte(good, place):
    content = bytearray(good.read_bytes())
    at = int(len(content) * place)
    content[at] ^= 0xFF
    good.write_bytes(bytes(content))
    refused(good)


CHANGES = {
    "another version": about(lambda text: text.update(version=999)),
    "no version": about(lambda text: text.pop("version")),
    "no scenario": about(lambda text: text.pop("scenario")),
    "a scenario that is none": about(lambda text: text.update(scenario='{"horizon": -1}')),
    "no week": about(lambda text: text.pop("week")),
    "a firm too few": about(lambda text: text["suppliers"].pop()),
    "not a table": lambda arrays: arrays.update(about=np.frombuffer(b"[1, 2]", np.uint8)),
    "no numbers": drop("numbers"),
    "no codes": drop("codes"),
    "no tags": drop("tags"),
    "no words": drop("words"),
    "no makers": drop("makers"),
    "numbers of another size": lambda arrays: arrays.update(numbers=arrays["numbers"][:, 1:]),
    "no figures": lambda arrays: [arrays.pop(name) for name in list(arrays) if name.startswith("figure")],
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_checkpoint_with_something_missing_or_wrong(good, kind):
    refused(rewritten(good, CHANGES[kind]))


def test_a_refused_file_is_closed(good):
    left_open: list[str] = []
    good.write_bytes(good.read_bytes()[:-100])
    refused(good, left_open)
    assert left_open == []


def test_rewriting_alone_breaks_nothing(good, market):
    """The test above would prove nothing if any rewritten file were refused."""
    assert differing(market, restore(rewritten(good, lambda arrays: None))) == []


def test_a_write_that_fails_leaves_the_old_file_and_no_other(good, market, monkeypatch):
    old = good.read_bytes()

    def full(*args, **kwargs):
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="no space"):
        save(market, good)
    assert good.read_bytes() == old
    assert [path.name for path in good.parent.iterdir()] == ["good.npz"]


def test_a_folder_that_is_not_there(market, tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        save(market, tmp_path / "nowhere" / "market.npz")


def test_what_is_saved_needs_no_pickle(good):
    with np.load(good, allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)


def test_who_is_who_stays(good, market):
    """Firms keep their names and identifiers, consumers theirs."""
    resumed = restore(good)
    assert [(f.unique_id, f.name) for f in resumed.firms] == [(f.unique_id, f.name) for f in market.firms]
    assert [c.unique_id for c in resumed.consumers] == [c.unique_id for c in market.consumers]
