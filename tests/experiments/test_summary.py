from __future__ import annotations

import csv
import json
import math

import numpy as np
import pytest

from experiments import headline
from experiments.csv_files import as_text, cell, figure_rows, read_summary, write_figures, write_summary
from experiments.store import Results
from experiments.summary import band, spread, summarise
from sim.text import use_language

SCENARIO = json.dumps(
    {
        "firm": [{"name": "A", "sector": "s"}, {"name": "B", "sector": "s"}],
        "sector": [{"name": "s"}],
    }
)


def results_of(*shares, firms=("A", "B"), scenario=SCENARIO):
    """Make results of one array of shares (weeks, firms) for each replicate."""
    results = Results.in_memory()
    results.add_point(scenario, "h")
    for replicate, values in enumerate(shares):
        figures = {"share": ("firm", firms, np.array(values, dtype=float))}
        results.put(1, replicate, status="done", seconds=0.0, figures=figures)
    return results


def facts_of(results):
    known = headline.facts(results)
    assert known is not None
    return known


def line_of(results, item="A"):
    line = summarise(results).line("share", item)
    assert line is not None
    return line


def test_start_and_end_are_means_of_four_weeks_and_the_middle_is_the_median():
    weeks = np.arange(12.0)
    runs = [np.column_stack([weeks + extra, -weeks]) for extra in (0.0, 1.0, 10.0)]
    line = line_of(results_of(*runs))
    assert line.start == (2.5, 1.5, 11.5)
    assert line.mean == (6.5, 5.5, 15.5)
    assert line.end == (10.5, 9.5, 19.5)


def test_ranges_hold_eight_in_ten_from_five_replicates_on():
    values = np.arange(11.0)
    assert spread(values) == (5.0, 1.0, 9.0)
    assert spread(values[:4]) == (1.5, 0.0, 3.0)
    many = summarise(results_of(*[[[v, 0.0]] * 4 for v in values]))
    few = summarise(results_of(*[[[v, 0.0]] * 4 for v in values[:4]]))
    assert (many.has_deciles, few.has_deciles) == (True, False)


def test_undefined_values_are_left_out_and_never_warn():
    middle, low, high = band(np.array([[np.nan, 1.0], [np.nan, 3.0], [np.nan, np.nan]]))
    assert math.isnan(middle[0])
    assert (middle[1], low[1], high[1]) == (2.0, 1.0, 3.0)
    run = [[np.nan, 1.0], [0.4, 1.0], [np.nan, 1.0], [0.6, 1.0]]
    assert line_of(results_of(run)).mean.middle == pytest.approx(0.5)
    empty = line_of(results_of([[np.nan, 1.0]] * 3))
    assert math.isnan(empty.end.middle)


def test_runs_of_other_lengths_are_compared_over_their_common_weeks():
    summary = summarise(results_of(np.ones((10, 2)), np.ones((6, 2))))
    assert (summary.weeks, summary.replicates) == (6, 2)


def test_the_sentence_names_leader_and_gainer():
    falls, rises = np.linspace(0.6, 0.55, 20), np.linspace(0.4, 0.45, 20)
    known = facts_of(results_of(np.column_stack([falls, rises])))
    assert headline.sentence(known) == ("A leads at the end with 55.4% of the market; B gained the most: +4.2 points")
    with use_language("fr"):
        assert "mène à la fin avec 55,4\u202f% du marché" in headline.sentence(known)


def test_the_sentence_joins_a_leader_that_is_also_the_gainer():
    falls, rises = np.linspace(0.5, 0.3, 20), np.linspace(0.5, 0.7, 20)
    runs = [np.column_stack([falls, rises + extra]) for extra in np.linspace(0, 0.1, 5)]
    known = facts_of(results_of(*runs))
    assert headline.sentence(known).startswith("B leads at the end with 73.4% of the market, and gained")
    assert known.leaders[0].leads_in == 5
    assert "leads in 5 of them (8 in 10 futures: 69.4–77.4%)" in headline.support(known)


def test_the_sentence_is_silent_about_a_gain_that_is_none():
    known = facts_of(results_of(np.full((8, 2), 0.5)))
    assert headline.sentence(known) == "A leads at the end with 50.0% of the market"
    assert headline.support(known) == "One simulated future of 8 weeks."


def test_several_sectors_have_a_leader_each():
    names = ("A", "B", "C")
    scenario = json.dumps(
        {
            "firm": [{"name": n, "sector": s} for n, s in zip(names, ("x", "x", "y"), strict=True)],
            "sector": [{"name": "x"}, {"name": "y"}],
        }
    )
    run = np.column_stack([np.linspace(0.7, 0.6, 9), np.linspace(0.3, 0.4, 9), np.ones(9)])
    known = facts_of(results_of(run, firms=names, scenario=scenario))
    assert [(one.firm, one.sector) for one in known.leaders] == [("A", "x"), ("C", "y")]
    assert headline.sentence(known) == "A leads x with 61.9%; C leads y with 100.0%. B gained the most: +6.2 points"


def test_nothing_is_said_without_runs():
    results = Results.in_memory()
    results.add_point(SCENARIO, "h")
    assert headline.facts(results) is None
    assert summarise(results).replicates == 0


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@sum", "\tx", "\rx", "  =x", "\uff1d1", "'quoted"])
def test_a_spreadsheet_takes_no_name_for_a_formula(name):
    assert cell(name) == f"'{name}"


@pytest.mark.parametrize("name", ["Nova", "Élan", "A=B", "3M", "a-b", ""])
def test_other_names_stay_as_they_are(name):
    assert cell(name) == name


def test_a_table_as_text_is_what_a_spreadsheet_expects():
    text = as_text(["name", "value"], [["=1+1", math.nan], ['a,"b', -2.5], ["c", 3]])
    assert text == '\ufeffname,value\r\n\'=1+1,\r\n"a,""b",-2.5\r\nc,3\r\n'


def test_other_marks_are_written_and_no_name_begins_a_formula_behind_either():
    rows = [["a;b", 0.5, 2], ["x, =1+1;\t+2", math.nan, None], ['y,"@z', -1e-07, 3], ["prix, -5", 1e20, 4]]
    text = as_text(["name", "value", "count"], rows, separator=";", decimal=",")
    found = list(csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=";"))
    assert found[1:] == [
        ["a;b", "0,5", "2"],
        ["x, '=1+1;\t'+2", "", ""],
        ["y,\"'@z", "-1e-07", "3"],
        ["prix, '-5", "1e+20", "4"],
    ]


def read(path):
    text = path.read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(text.decode("utf-8-sig").splitlines()))


def test_the_tidy_file_holds_every_value_exactly(tmp_path):
    run = [[0.1 + 0.2, -1.5], [np.nan, 1e-20]]
    results = results_of(run, run, firms=("=A", "B,\u00e9"))
    write_figures(tmp_path / "f.csv", results)
    rows = read(tmp_path / "f.csv")
    assert len(rows) == figure_rows(results) == 8
    assert rows[0] == {
        "replicate": "0",
        "week": "1",
        "scope": "firm",
        "item": "'=A",
        "figure": "share",
        "value": "0.30000000000000004",
    }
    assert [row["value"] for row in rows[:4]] == ["0.30000000000000004", "-1.5", "", "1e-20"]
    assert rows[1]["item"] == "B,é"


def test_the_summary_file_has_a_row_for_each_line(tmp_path):
    results = results_of(np.ones((8, 2)), np.full((8, 2), 3.0))
    write_summary(tmp_path / "s.csv", summarise(results))
    rows = read(tmp_path / "s.csv")
    assert [row["item"] for row in rows] == ["A", "B"]
    assert (rows[0]["end"], rows[0]["end_low"], rows[0]["end_high"]) == ("2.0", "1.0", "3.0")


def test_the_summary_file_is_read_as_it_was_meant(tmp_path):
    results = results_of([[0.1 + 0.2, np.nan]] * 8, firms=("=A", "'B,\u00e9"))
    summary = summarise(results)
    write_summary(tmp_path / "s.csv", summary)
    heading, rows = read_summary(tmp_path / "s.csv")
    assert heading == list(read(tmp_path / "s.csv")[0])
    assert [row[:3] for row in rows] == [["firm", "=A", "share"], ["firm", "'B,\u00e9", "share"]]
    assert rows[0][3:] == [0.1 + 0.2] * 9
    assert all(math.isnan(float(value)) for value in rows[1][3:])
    assert as_text(heading, rows).encode() == (tmp_path / "s.csv").read_bytes()


NO_SUMMARIES = [b"", b"scope,item,figure,start\r\nfirm,A,share,x\r\n", b"a\xff", 200_000 * b"a"]


@pytest.mark.parametrize("content", NO_SUMMARIES, ids=["empty", "no number", "no text", "too long"])
def test_a_file_that_is_no_summary_is_refused(tmp_path, content):
    (tmp_path / "s.csv").write_bytes(content)
    with pytest.raises(ValueError):  # noqa: PT011
        read_summary(tmp_path / "s.csv")


def test_nobody_leads_a_market_in_which_nobody_buys():
    known = facts_of(results_of([[0.0, 0.0]] * 12))
    assert headline.sentence(known) == "Nobody bought anything in the last weeks"


def test_a_run_too_short_for_a_start_and_an_end_has_no_gain():
    known = facts_of(results_of([[0.6, 0.4]] * 3 + [[0.3, 0.7]] * 4))
    assert "gained" not in headline.sentence(known)
