"""What later commands and people read: tables, frames, SQL, exports."""

from __future__ import annotations

import csv
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from experiments.batch.executors import Here
from experiments.batch.experiment import Experiment
from experiments.batch.export import ExportError, export
from experiments.batch.folder import opened
from experiments.batch.recorded import Kept
from experiments.batch.results import FILE, open_results
from experiments.batch.runner import Runner
from experiments.batch.store import BatchStore, StoreError
from experiments.batch.work import Finished
from tests.experiments.batch.files import GRID, made

LAYOUT = (("share", "firm", ("Nova", "=cmd()")), ("stickiness", "market", ("",)))


def finished(experiment: Experiment, point: int, replicate: int, weeks: int = 6) -> Finished:
    """A run whose share of Nova is 100 · point + 10 · replicate + week / 10."""
    base = 100.0 * point + 10.0 * replicate
    nova = base + np.arange(1, weeks + 1) / 10
    block = np.concatenate([np.stack([nova, -nova], axis=1).ravel(), np.full(weeks, np.nan)])
    ends = {"share.Nova": float(nova[-1]), "share.=cmd()": float(-nova[-1]), "stickiness": float("nan")}
    luck = experiment.luck(point, replicate)
    return Finished(point, replicate, luck, "done", 0.5, weeks, Kept(LAYOUT, block.astype("<f8").tobytes(), ends))


@pytest.fixture
def experiment(tmp_path):
    return made(tmp_path, GRID + "[title]\nen = 'A grid'\nfr = 'Une grille'")


@pytest.fixture
def folder(experiment, tmp_path):
    """A folder with all runs but one that failed and one that is missing."""
    with opened(tmp_path / "out", experiment, how="new") as store:
        runs = [finished(experiment, point, replicate) for point in range(1, 9) for replicate in range(3)]
        runs[4] = Finished(2, 1, 1, "failed", 0.1, error="ValueError: =no", trace="there")
        store.put(reversed(runs[:-1]), 3)
    return tmp_path / "out"


@pytest.fixture
def results(folder):
    with open_results(folder) as found:
        yield found


def test_it_says_what_the_experiment_is(results, experiment):
    assert results.arms == ("baseline", "dear")
    assert results.scenario("dear").text_hash == experiment.arms[1].scenario.text_hash
    with pytest.raises(KeyError):
        results.scenario("cheap")
    assert [(one.name, one.role, one.keys) for one in results.factors] == [
        ("price", "lever", ("firm.Nova.levers.price",)), ("peers", "uncertainty", ("network.peers",)),
    ]  # fmt: skip
    assert results.factors[0].described["levels"] == [9.0, 11.0]
    assert results.meta["title.fr"] == "Une grille"
    assert results.meta["experiment"] == experiment.text
    assert results.figures == {"share": ("Nova", "=cmd()"), "stickiness": ("",)}


def test_it_says_how_far_it_has_come(results):
    status = results.status()
    assert (status.planned, status.done, status.failed, status.crashed, status.missing) == (24, 22, 1, 0, 1)
    assert status.seconds == pytest.approx(22 * 0.5 + 0.1)
    (failure,) = results.failures()
    assert (failure.point, failure.arm, failure.replicate, failure.trace) == (2, "baseline", 1, "there")
    assert failure.settings == {"firm.Nova.levers.price": 9.0, "network.peers": 8}


def test_series_are_aligned_with_runs(results):
    shares = results.series("share", "Nova")
    assert shares.shape == (len(results.runs), 6) == (22, 6)
    expected = 100 * results.runs.points + 10 * results.runs.replicates
    assert shares == pytest.approx(expected[:, None] + np.arange(1, 7) / 10)
    assert np.array_equal(results.series("share", "=cmd()"), -shares)
    assert np.isnan(results.series("stickiness")).all()
    for figure, item in (("share", "Nowa"), ("shar", "Nova"), ("share", "")):
        with pytest.raises(KeyError):
            results.series(figure, item)


def test_ends_and_weeks_stand_in_a_table_of_points_and_replicates(results):
    ends = results.end("share", "Nova")
    assert ends.shape == (8, 3)
    assert ends[4, 2] == pytest.approx(520.6)
    assert np.isnan(ends[1, 1])
    assert np.isnan(ends[7, 2])
    assert results.end("share", "Nova", week=1)[4, 2] == pytest.approx(520.1)
    with pytest.raises(KeyError):
        results.end("share", "Nowa")


def test_frames(results):
    points = results.points()
    assert list(points.columns) == ["arm", "price", "peers"]
    assert points.loc[6].tolist() == ["dear", 9.0, 8]
    frame = results.frame()
    assert len(frame) == 23
    assert frame.loc[1, ["arm", "price", "peers", "status"]].tolist() == ["baseline", 9.0, 4, "done"]
    assert frame.loc[5, "status"] == "failed"
    assert frame.loc[13, "share.Nova"] == pytest.approx(500.6)
    assert frame["stickiness"].isna().all()
    weekly = results.weekly_frame("share", ["Nova"])
    assert len(weekly) == 22 * 6
    one = weekly[(weekly.point == 5) & (weekly.replicate == 2) & (weekly.week == 3)]
    assert one["share"].tolist() == pytest.approx([520.3])


def test_designs_with_levels_give_them_back(tmp_path):
    text = GRID.replace("full_grid", "sobol").replace('"sobol"', '"sobol"\nsize = 4')
    experiment = made(tmp_path, text)
    with opened(tmp_path / "out", experiment, how="new"):
        pass
    with open_results(tmp_path / "out") as found:
        assert found.levels().tolist() == [list(point.levels) for point in experiment.points[:4]]
        assert found.runs.numbers.shape == (0,)
        assert np.isnan(found.end("share", "Nova")).all() if "share.Nova" in found.end_columns else True
        assert found.figures == {}


# --- SQL ----------------------------------------------------------------------------------------------------


def test_sql_over_settings_and_ends(results):
    answer = results.query(
        "SELECT price, avg(\"share.Nova\") FROM results WHERE arm = 'dear' GROUP BY price ORDER BY 1"
    )
    assert answer.columns == ("price", 'avg("share.Nova")')
    assert answer.rows[0] == (9.0, pytest.approx(np.mean([510.6, 510.6 + 100])))
    assert not answer.is_cut


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM run",
        "UPDATE meta SET value = ''",
        "CREATE TABLE x (y)",
        "ATTACH '/x' AS y",
        "PRAGMA journal_mode = WAL",
        "SELECT 1; SELECT 2",
        "SELECT nothing FROM results",
        "this is no SQL",
    ],
)
def test_sql_can_only_ask(results, folder, sql):
    before = (folder / FILE).read_bytes()
    with pytest.raises(StoreError) as error:
        results.query(sql)
    assert error.value.reason == "question"
    assert (folder / FILE).read_bytes() == before
    assert results.status().done == 22


def test_sql_is_bounded(results):
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"
    answer = results.query(endless, most=100)
    assert len(answer.rows) == 100
    assert answer.is_cut
    with pytest.raises(StoreError, match="interrupted"):
        results.query(f"SELECT count(*) FROM ({endless})", seconds=0.2)


# --- reading while it is written ----------------------------------------------------------------------------


def test_it_is_read_while_it_is_written(experiment, tmp_path):
    with opened(tmp_path / "out", experiment, how="new") as store, open_results(tmp_path / "out") as found:
        seen: list[tuple[int, int]] = []
        with ThreadPoolExecutor(3) as readers:

            def read(_):
                with open_results(tmp_path / "out") as own:
                    runs = len(own.runs)
                    return runs, own.series("share", "Nova").shape[0] if runs else 0

            for point in range(1, 9):
                store.put([finished(experiment, point, replicate) for replicate in range(3)], 3)
                seen += readers.map(read, range(3))
        assert all(runs == rows for runs, rows in seen)
        assert max(runs for runs, _ in seen) == 24
        assert len(found.runs) == 24
        store.put([Finished(1, 0, 0, "failed", 0.0)], 3)
        found.refresh()
        assert len(found.runs) == 23


def test_runs_of_other_firms_and_lengths_stand_side_by_side(experiment, tmp_path):
    other = finished(experiment, 2, 0, weeks=3)
    block = np.arange(3.0).astype("<f8").tobytes()
    other = Finished(2, 0, 0, "done", 1.0, 3, Kept((("share", "firm", ("Nadir",)),), block, {"share.Nadir": 2.0}))
    with opened(tmp_path / "out", experiment, how="new") as store:
        store.put([finished(experiment, 1, 0), other], 3)
    with open_results(tmp_path / "out") as found:
        assert found.figures["share"] == ("Nova", "=cmd()", "Nadir")
        nova, nadir = found.series("share", "Nova"), found.series("share", "Nadir")
        assert np.isnan(nova[1]).all()
        assert np.isnan(nadir[0]).all()
        assert nadir[1, :3].tolist() == [0.0, 1.0, 2.0]
        assert np.isnan(nadir[1, 3:]).all()


def test_a_run_made_again_replaces_the_first(experiment, tmp_path):
    with opened(tmp_path / "out", experiment, how="new") as store:
        store.put([Finished(1, 0, 0, "crashed", 0.0, error="x")], 3)
        assert store.known() == {(1, 0)}
        assert store.known(retry=True) == set()
        store.put([finished(experiment, 1, 0)], 3)
        store.put([finished(experiment, 1, 0)], 3)
        assert store.known(retry=True) == {(1, 0)}
    with open_results(tmp_path / "out") as found:
        assert found.status().done == 1
        assert found.end("share", "Nova")[0, 0] == pytest.approx(100.6)


def test_nothing_is_left_of_a_file_that_cannot_be_begun(experiment, tmp_path, monkeypatch):
    def fails(*_):
        raise OSError("no room")

    monkeypatch.setattr(BatchStore, "_write_experiment", fails)
    with pytest.raises(StoreError, match="no room"), opened(tmp_path / "out", experiment, how="new"):
        pass
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"batch.lock", "experiment.toml"}


# --- exports ------------------------------------------------------------------------------------------------


def test_csv_holds_every_run_and_no_formula(results, tmp_path):
    assert export(results, tmp_path / "runs.csv") == 23
    with (tmp_path / "runs.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 23
    assert float(rows[12]["share.Nova"]) == pytest.approx(500.6)
    assert rows[4]["error"] == "ValueError: =no"
    assert all(not value.startswith(("=", "+", "@")) for row in rows for value in row.values())


def test_parquet_is_what_the_frame_is(results, tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    assert export(results, tmp_path / "runs.parquet") == 23
    read = pandas.read_parquet(tmp_path / "runs.parquet").set_index("run")
    frame = results.frame()
    assert list(read.columns) == list(frame.columns)
    assert read["share.Nova"].to_numpy() == pytest.approx(frame["share.Nova"].to_numpy(), nan_ok=True)
    assert read["price"].dtype == float
    assert read["peers"].dtype == int


def test_excel_holds_texts_as_texts(experiment, tmp_path):
    pytest.importorskip("xlsxwriter")
    with opened(tmp_path / "out", experiment, how="new") as store:
        texts = ("=1+1", "+1", "-1", "@x", "http://x")
        store.put([Finished(1 + n, 0, 0, "failed", 0.0, error=text) for n, text in enumerate(texts)], 3)
        store.put([finished(experiment, 8, 0)], 3)
    with open_results(tmp_path / "out") as found:
        assert export(found, tmp_path / "runs.xlsx") == 6
    with zipfile.ZipFile(tmp_path / "runs.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "=1+1" in sheet
    assert "800.6" in sheet


def test_a_form_that_is_not_known_is_refused(results, tmp_path):
    with pytest.raises(ExportError, match=r"\.csv, \.parquet, \.xlsx"):
        export(results, tmp_path / "runs.ods")


def test_what_a_form_needs_is_told(results, tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.batch.export.find_spec", lambda _: None)
    with pytest.raises(ExportError, match=r"pip install 'userisation\[excel\]'"):
        export(results, tmp_path / "runs.xlsx")
    assert not list(tmp_path.glob("*.xlsx*"))


def test_an_export_that_fails_leaves_the_earlier_one(results, tmp_path):
    (tmp_path / "runs.csv").write_text("before", encoding="utf-8")
    results.close()
    with pytest.raises(StoreError):
        export(results, tmp_path / "runs.csv")
    assert (tmp_path / "runs.csv").read_text(encoding="utf-8") == "before"


def test_a_real_run_can_be_asked(tmp_path):
    experiment = made(tmp_path)
    with opened(tmp_path / "out", experiment, how="new") as store:
        Runner(experiment, store, Here()).run()
    with open_results(tmp_path / "out") as found:
        frame = found.frame()
        shares = [name for name in frame.columns if name.startswith("share.")]
        assert frame[shares].sum(axis=1).to_numpy() == pytest.approx(np.ones(24))
