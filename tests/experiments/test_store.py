from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from experiments.store import Results, ResultsError

ROOT = Path(__file__).parent.parent.parent


def figures_of(seed: int, weeks: int = 7, firms: tuple[str, ...] = ("A", "B", "C")):
    random = np.random.default_rng(seed)
    return {
        "share": ("firm", firms, random.random((weeks, len(firms)))),
        "hhi": ("market", ("",), random.random((weeks, 1))),
        "salience": ("cause", ("labour",), random.random((weeks, 1))),
    }


@pytest.fixture
def results(tmp_path):
    with Results.create(tmp_path / "r.sqlite", {"made": "now"}) as results:
        results.add_point('{"a": 1}', "abc", ("x=1",))
        yield results


def test_series_come_back_bit_for_bit_in_replicate_order(results):
    for replicate in (2, 0, 1):
        results.put(1, replicate, status="done", seconds=0.5, figures=figures_of(replicate))
    for key in ("share", "hhi", "salience"):
        expected = np.stack([figures_of(replicate)[key][2] for replicate in range(3)])
        np.testing.assert_array_equal(results.series(key), expected)
    assert results.figures()["share"].items == ("A", "B", "C")
    assert [run.replicate for run in results.runs()] == [0, 1, 2]


def test_undefined_values_and_shorter_runs_are_nan(results):
    first = figures_of(0)
    first["share"][2][3, 1] = np.nan
    results.put(1, 0, status="done", seconds=0.1, figures=first)
    results.put(1, 1, status="stopped", seconds=0.1, figures=figures_of(1, weeks=4))
    series = results.series("share")
    assert series.shape == (2, 7, 3)
    assert np.isnan(series[0, 3, 1])
    assert np.isnan(series[1, 4:]).all()
    assert np.isfinite(series[1, :4]).all()


def test_failed_runs_are_in_the_ledger_but_not_in_the_series(results):
    results.put(1, 0, status="failed", seconds=0.1, error="ValueError: no")
    results.put(1, 1, status="done", seconds=0.1, figures=figures_of(1))
    assert results.series("hhi").shape == (1, 7, 1)
    assert results.runs()[0].error == "ValueError: no"
    assert results.finished() == {1}


def test_a_run_put_again_replaces_the_first(results):
    results.put(1, 0, status="failed", seconds=0.1, error="no")
    results.put(1, 0, status="done", seconds=0.2, figures=figures_of(5))
    assert [(run.status, run.error) for run in results.runs()] == [("done", "")]


def test_points_may_have_other_firms(results):
    second = results.add_point('{"a": 2}', "def")
    results.put(1, 0, status="done", seconds=0.1, figures=figures_of(0))
    results.put(second, 0, status="done", seconds=0.1, figures=figures_of(1, firms=("A", "Z")))
    assert results.series("share", second).shape == (1, 7, 2)
    assert results.figures(second)["hhi"].first == 2
    np.testing.assert_array_equal(results.series("hhi", second)[0], figures_of(1, firms=("A", "Z"))["hhi"][2])
    assert results.points()[1] == {"scenario": '{"a": 1}', "hash": "abc", "settings": ("x=1",)}


def test_an_unknown_figure_is_a_key_error(results):
    results.put(1, 0, status="done", seconds=0.1, figures=figures_of(0))
    with pytest.raises(KeyError):
        results.series("nonsense")


def test_a_closed_file_is_one_plain_file(tmp_path):
    with Results.create(tmp_path / "r.sqlite") as results:
        results.add_point("{}", "h")
        results.put(1, 0, status="done", seconds=0.1, figures=figures_of(0))
        assert (tmp_path / "r.sqlite-wal").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["r.sqlite"]
    # Byte 18 of the header tells the journal: 1 is the plain one, 2 write-ahead.
    assert (tmp_path / "r.sqlite").read_bytes()[18] == 1


def test_the_file_can_be_read_while_it_is_written(tmp_path):
    with Results.create(tmp_path / "r.sqlite") as writer:
        writer.add_point("{}", "h")
        writer.put(1, 0, status="done", seconds=0.1, figures=figures_of(0))
        with Results.open(tmp_path / "r.sqlite") as reader:
            assert len(reader.series("share")) == 1
            writer.put(1, 1, status="done", seconds=0.1, figures=figures_of(1))
            assert len(reader.series("share")) == 2


def test_a_reader_cannot_write(tmp_path):
    Results.create(tmp_path / "r.sqlite").close()
    with Results.open(tmp_path / "r.sqlite") as reader, pytest.raises(ResultsError) as caught:
        reader.add_point("{}", "h")
    assert caught.value.reason == "unwritable"


def test_finished_runs_survive_a_killed_writer(tmp_path):
    script = textwrap.dedent("""
        import os, signal, sys
        import numpy as np
        from experiments.store import Results
        results = Results.create(sys.argv[1])
        results.add_point("{}", "h")
        for replicate in range(50):
            figures = {"hhi": ("market", ("",), np.full((5, 1), float(replicate)))}
            results.put(1, replicate, status="done", seconds=0.0, figures=figures)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    path = tmp_path / "r.sqlite"
    ended = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, check=False)
    assert ended.returncode != 0
    with Results.open(path, writable=True) as results:
        assert results.finished() == set(range(50))
        np.testing.assert_array_equal(results.series("hhi")[:, 0, 0], np.arange(50.0))
    assert not Path(f"{path}-wal").exists()


@pytest.mark.parametrize("content", [b"", b"not a database at all, but long enough to have a header" * 30])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "r.sqlite"
    path.write_bytes(content)
    with pytest.raises(ResultsError) as caught:
        Results.open(path)
    assert caught.value.reason == "foreign"


def test_another_programs_database_and_a_newer_format_are_refused(tmp_path):
    for pragma, reason in (("application_id = 7", "foreign"), ("user_version = 99", "newer")):
        path = tmp_path / f"{reason}.sqlite"
        Results.create(path).close()
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA {pragma}")
        connection.close()
        with pytest.raises(ResultsError) as caught:
            Results.open(path)
        assert caught.value.reason == reason


def test_missing_and_existing_files(tmp_path):
    with pytest.raises(ResultsError) as caught:
        Results.open(tmp_path / "none.sqlite")
    assert caught.value.reason == "missing"
    assert not (tmp_path / "none.sqlite").exists()
    Results.create(tmp_path / "r.sqlite").close()
    with pytest.raises(ResultsError):
        Results.create(tmp_path / "r.sqlite")


def test_a_full_disk_is_told_and_earlier_runs_stay(tmp_path):
    with Results.create(tmp_path / "r.sqlite") as results:
        results.add_point("{}", "h")
        results.put(1, 0, status="done", seconds=0.1, figures=figures_of(0))
        results._connection.execute("PRAGMA max_page_count = 20")
        with pytest.raises(ResultsError, match="full"):
            results.put(1, 1, status="done", seconds=0.1, figures=figures_of(1, weeks=10_000))
        assert [run.replicate for run in results.runs()] == [0]


def test_names_of_any_kind_are_kept(tmp_path):
    with Results.create(tmp_path / "ré sults#?.sqlite") as results:
        results.add_point("{}", "h")
        odd = ("'; DROP TABLE run; --", "Élan €")
        results.put(1, 0, status="done", seconds=0.1, figures=figures_of(0, firms=odd))
    with Results.open(tmp_path / "ré sults#?.sqlite") as results:
        assert results.figures()["share"].items == odd


def test_notes_are_replaced_by_key(results):
    results.set_meta({"made": "later", "by": json.dumps([1])})
    assert results.meta == {"made": "later", "by": "[1]"}
