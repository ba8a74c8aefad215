"""What is read of results, and how it is drawn and told."""

from __future__ import annotations

import json
from contextlib import nullcontext

import numpy as np
import pytest

from dashboards.batches import exports
from dashboards.batches.answers import filled
from dashboards.batches.figures import fan_chart, fan_words, figure_title, heat_chart, heat_words, native, picture_of
from dashboards.batches.findings import FAN_LEVELS, trailing_mean
from dashboards.batches.questions import (
    Charged,
    Wanted,
    beside,
    charged_of,
    check_advise,
    check_figure,
    check_rivals,
    condition_text,
    condition_words,
    figure_text,
    fitting,
)
from dashboards.batches.reading import Reader, ResultsError
from experiments.answers.told import Chart
from experiments.batch.results import open_results
from sim.problems import InputError
from sim.text import use_language
from tests.dashboards.batches.conftest import SMALL


def figure_of(overview, key):
    """Give a figure that is there."""
    found = overview.figure(key)
    assert found is not None
    return found


def test_an_experiment_is_described_in_both_languages(found):
    reader = Reader()
    overview = reader.overview(found)
    assert (overview.title, overview.points, overview.replicates, overview.weeks) == ("Small", 12, 3, 8)
    assert overview.arms == ("baseline", "cheap")
    assert {figure.key for figure in overview.figures} == {"share", "profit", "militants", "gap"}
    assert overview.figures[-1].is_formula
    assert overview.has_weeks
    with use_language("fr"):
        french = reader.overview(found)
    assert french.title == "Petite"
    assert figure_of(french, "share").name != figure_of(overview, "share").name


def test_the_picture_of_an_experiment_names_it_and_its_size(found):
    with use_language("fr"):
        picture = picture_of(Reader().overview(found), "Nuage", "Part de marché", "mots", "note")
    assert (picture.title, picture.of) == ("Nuage – Part de marché", "Petite")
    assert picture.notes == ["mots", "60 consommateurs simulés sur 8 semaines.", "note"]


def test_fans_hold_the_quantiles_of_the_runs(found):
    fans = Reader().fans(found, "share", "Nova")
    with open_results(found) as results:
        series = results.series("share", "Nova")
    assert [fan.arm for fan in fans] == ["baseline", "cheap"]
    assert [fan.runs for fan in fans] == [18, 18]
    np.testing.assert_allclose(fans[0].quantiles, np.quantile(series[:18], FAN_LEVELS, axis=0))
    smooth = Reader().fans(found, "share", "Nova", 4)
    np.testing.assert_allclose(smooth[1].quantiles[2, -1], np.median(series[18:, -4:].mean(axis=1)))


def test_a_trailing_mean_leaves_out_what_is_not_known():
    series = np.array([[1.0, np.nan, 3.0, 5.0], [np.nan, np.nan, 2.0, 4.0]])
    np.testing.assert_allclose(trailing_mean(series, 2), [[1.0, 1.0, 3.0, 4.0], [np.nan, np.nan, 2.0, 3.0]])
    assert trailing_mean(series, 1) is series


def test_a_map_holds_the_means_of_its_cells(found):
    grid = Reader().grid(found, "share", "Nova", "cheap", "citadel", "peers")
    with open_results(found) as results:
        frame = results.frame().query("arm == 'cheap'")
    assert grid.across == ("9", "10", "11")
    assert len(grid.up) == 2
    means = frame.pivot_table(index="peers", columns="citadel", values="share.Nova")
    np.testing.assert_allclose(grid.values, means.to_numpy())
    assert grid.counts.tolist() == [[3.0] * 3] * 2
    week = Reader().grid(found, "share", "Nova", "cheap", "citadel", "peers", 3)
    assert not np.allclose(week.values, grid.values)


def test_charts_are_plain_data_and_say_what_they_show(found):
    reader = Reader()
    share = figure_of(reader.overview(found), "share")
    fans = reader.fans(found, "share", "Nova")
    for code in ("en", "fr"):
        with use_language(code):
            title = figure_title(share, "Nova")
            assert "Nova" in fan_words(fans, share, title)
            chart = fan_chart(fans, share)
            json.dumps(chart, allow_nan=False)
            assert len(chart["data"]) == 3 * len(fans)
            assert {note["text"] for note in chart["layout"]["annotations"]} == {"baseline", "cheap"}
            grid = reader.grid(found, "share", "Nova", "baseline", "citadel", "peers")
            json.dumps(heat_chart(grid, share, "citadel", "peers"), allow_nan=False)
            assert "Nova" in heat_words(grid, share, title, "citadel", "peers")
    alone = fan_chart(fans[:1], share)
    assert len(alone["layout"]["annotations"]) >= 1


def test_charts_of_answers_take_the_colours_of_the_page_and_escape_names():
    chart = Chart(
        "A",
        ({"type": "bar", "name": "<b>x</b>", "marker": {"color": "@c1/0.5"}, "x": ["<i>"], "line": {"color": "@ink"}},),
        {"xaxis": {"title": {"text": "a < b"}}},
    )
    made = native(chart)
    trace = made["data"][0]
    assert trace["marker"]["color"].startswith("--firm-")
    assert trace["marker"]["color"].endswith("/0.5")
    assert trace["line"]["color"] == "--ink"
    assert trace["name"] == "&lt;b&gt;x&lt;/b&gt;"
    assert trace["x"] == ["&lt;i&gt;"]
    assert made["layout"]["xaxis"]["title"]["text"] == "a &lt; b"
    assert made["layout"]["yaxis"]["fixedrange"] is True


def test_what_is_not_there_is_told(found, tmp_path):
    reader = Reader()
    with pytest.raises(ResultsError):
        reader.overview(tmp_path)
    with pytest.raises(ResultsError):
        reader.fans(found, "share", "Nobody")
    (tmp_path / "experiment.sqlite").write_text("nonsense", encoding="utf-8")
    with pytest.raises(ResultsError):
        reader.overview(tmp_path)


def test_a_figure_of_a_firm_can_stand_beside_a_formula(found):
    overview = Reader().overview(found)
    assert "share" in [one.key for one in beside(Wanted("gap"), overview, "Nova")]
    assert [one.key for one in beside(Wanted("share", "Nova"), overview, "")] == ["profit", "militants", "gap"]
    assert [one.key for one in beside(Wanted("gap"), overview, "")] == ["militants"]


def test_questions_are_put_as_the_command_line_takes_them(found):
    overview = Reader().overview(found)
    share, gap = figure_of(overview, "share"), figure_of(overview, "gap")
    assert figure_text(Wanted("share", "Nova", "peak", (2, 5))) == "share:Nova:peak@2-5"
    assert condition_text(Wanted("share", "Nova"), "below", 12.5, share) == "share:Nova:end < 12.5%"
    assert condition_text(Wanted("gap"), "above", 0.1, gap) == "gap > 0.1"
    assert fitting(Wanted("gap", "", "peak"), overview, gap).over == "end"
    with use_language("fr"):
        assert "12,5\u202f%" in condition_words(Wanted("share", "Nova"), "below", 12.5, share)
    check_figure(found, "share:Nova:end")
    check_figure(found, "share:Nova:end < 12.5% and gap > 0", is_condition=True)
    for text in ("share:Nobody:end", "nothing", "share:Nova:end@1-99"):
        with pytest.raises(ResultsError):
            check_figure(found, text)
    with pytest.raises(ResultsError):
        check_figure(found, "share:Nova:end is small", is_condition=True)


def test_a_folder_of_a_single_run_is_read_like_an_experiment_that_varies_nothing(jobs):
    from experiments.cli import app
    from experiments.store import Results

    folder = jobs.shelf.root / "alone"
    app(["run", "baseline", "--consumers", "60", "--weeks", "6", "--replicates", "3", "--out", str(folder)])
    (job,) = jobs.all()
    assert (job.kind, job.state, job.counts.total, job.counts.there) == ("run", "done", 3, 3)
    overview = Reader().overview(folder)
    assert (overview.arms, overview.factors, overview.weeks) == (("baseline",), (), 6)
    (fan,) = Reader().fans(folder, "share", "Nova")
    with Results.open(folder / "results.sqlite") as results:
        series = results.series("share")[:, :, results.figures()["share"].items.index("Nova")]
    np.testing.assert_allclose(fan.quantiles, np.quantile(series, FAN_LEVELS, axis=0))
    assert exports.summary(folder).startswith(b"\xef\xbb\xbfscope,item,figure")
    assert "<html" in exports.report(folder)
    with pytest.raises(ResultsError):
        Reader().fans(folder, "share", "Nobody")


def test_charts_leave_no_hole_beside_them():
    assert filled([False, False]) == [False, False]
    assert filled([False, True]) == [True, True]
    assert filled([False, False, False]) == [False, False, True]
    assert filled([True, False, False, True, False]) == [True, False, False, True, True]


def test_searches_are_checked_before_they_are_begun(found):
    file = found / "experiment.toml"
    check_advise(file, ["share:Nova:end"], "share:Nova:end > 20%", arm="cheap", over=None, runs=600)
    for objectives, runs in ((["share:Nobody:end"], 600), (["share:Nova:end"], 20)):
        with pytest.raises(ResultsError):
            check_advise(file, objectives, None, arm="cheap", over=None, runs=runs)
    check_rivals("baseline", ["Nova", "Citadel"], ["price=8:12"], 240, 8)
    assert charged_of(file) is None  # no lever of it costs anything
    with pytest.raises(ResultsError):
        check_advise(file, ["share:Nova:end"], None, arm="cheap", over=None, runs=600, spend=100.0)
    for players, levers, runs in (
        (["Nova", "Nobody"], ["price=8:12"], 240), (["Nova", "Citadel"], ["prize=8:12"], 240),
        (["Nova", "Citadel"], ["price=8:12"], 20), (["Nova", "Citadel"], ["price=12:8"], 240),
    ):  # fmt: skip
        with pytest.raises(InputError):
            check_rivals("baseline", players, levers, runs, 8)
    with pytest.raises(InputError):
        check_rivals("../baseline", ["Nova", "Citadel"], ["price=8:12"], 240, 8)


def test_nothing_that_is_saved_runs_in_a_spreadsheet(tmp_path):
    from experiments.cli import app

    text = """schema_version = 1
[[arm]]
name = "=cmd|' /C calc'!A0"
scenario = "baseline"
[[arm]]
name = "@SUM(1)"
scenario = "baseline"
[[factor]]
name = "+1+1"
key = "firm.Nova.strategy"
levels = ["pyramidal", "opportunist"]
[design]
kind = "full_grid"
[runs]
consumers = 40
horizon = 2
[record]
figures = ["share.Nova"]
formulas = { "-2" = 'end(share["Nova"])' }
"""
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    app(["batch", str(tmp_path / "x.toml"), "--out", str(tmp_path / "x"), "--workers", "1"])
    import csv
    import io

    rows = list(csv.reader(io.StringIO(exports.table(tmp_path / "x", "csv").decode("utf-8-sig"))))
    assert len(rows) == 5
    texts = [cell for row in rows for cell in row if not _is_number(cell)]
    assert "'=cmd|' /C calc'!A0" in texts
    assert {"'+1+1", "'@SUM(1)", "'-2"} <= set(texts)
    assert [cell for cell in texts if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(exports.table(tmp_path / "x", "xlsx"))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_in_french_runs_open_in_columns_of_excel(found):
    import csv
    import io

    english = list(csv.reader(io.StringIO(exports.table(found, "csv").decode("utf-8-sig"))))
    with use_language("fr"):
        french = list(csv.reader(io.StringIO(exports.table(found, "csv").decode("utf-8-sig")), delimiter=";"))
    assert len(english) == 1 + 12 * 3
    assert french[0] == english[0]
    assert [[_number(cell) for cell in row] for row in french] == [[_number(cell) for cell in row] for row in english]
    assert any("," in cell for row in french[1:] for cell in row)
    assert not any("." in cell and _is_number(cell) for row in french for cell in row)


def _number(text: str) -> float | str:
    plain = text.replace(",", ".")
    return float(plain) if _is_number(plain) else text


def test_the_table_that_a_run_left_is_saved_in_the_marks_of_the_language(tmp_path):
    left = "\ufeffscope,item,figure,start,end\r\nfirm,'=1+1,share,0.25,\r\n"
    (tmp_path / "summary.csv").write_bytes(left.encode())
    assert exports.summary(tmp_path).decode() == left
    with use_language("fr"):
        assert exports.summary(tmp_path).decode() == left.replace(",", ";").replace("0.25", "0,25")
    (tmp_path / "summary.csv").write_text("nothing\nof the kind\n1,2,3,x\n", encoding="utf-8")
    with pytest.raises(ResultsError, match="something else"):
        exports.summary(tmp_path)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_a_report_is_a_page_of_its_own(found):
    page = exports.report(found)
    assert "Petite" in page
    assert "Small" in page
    assert exports.experiment_text(found).startswith("schema_version")


def test_a_limit_to_spending_is_held_to_what_the_levers_cost_already(tmp_path):
    file = tmp_path / "paid.toml"
    lever = 'role = "lever"\nkey = "firm.Citadel.levers.price"\n'
    file.write_text(SMALL.replace(lever, f"{lever}cost = {{ per = 20, from = 0.0 }}\n"), encoding="utf-8")
    assert charged_of(file, "cheap") == Charged(now=210.0, least=180.0)  # a price of 10.5, and of 9
    for spend, is_enough in ((250.0, True), (210.0, True), (200.0, False), (100.0, False)):
        with nullcontext() if is_enough else pytest.raises(ResultsError, match="cost"):
            check_advise(file, ["share:Nova:end"], None, arm="cheap", over=None, runs=600, spend=spend)
