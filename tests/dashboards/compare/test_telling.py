"""A comparison in words, tables, charts and files."""

import csv
import io
import json
import math

import numpy as np
import pytest

from dashboards.compare import drawing, runs, telling, why_drawing
from dashboards.compare.asking import asked_for, first_figure
from dashboards.compare.sides import Setup, sentence_names, titles_of
from dashboards.lab.measure import ENDS
from experiments.answers.asked import name_of, plain_name
from experiments.answers.words.changes import change_name
from sim.text import use_language

FORBIDDEN = ("nan", "inf", "None", "{")


@pytest.fixture(params=["en", "fr"])
def spoken(request):
    with use_language(request.param):
        yield request.param


def test_the_sentence_names_the_markets(two, spoken):
    asked = first_figure(two.setup.scenarios)
    told = telling.told_of(two.compared(asked), sentence_names(two.setup.sides))
    title = {"en": "Nova opens itself, and means it", "fr": "Nova s'ouvre, et le pense"}[spoken]
    assert f"B ({title})" in told.answer
    assert not any(word in told.answer for word in FORBIDDEN)


def test_the_headline_agrees_with_the_interval(three, spoken):
    scenarios = list(three.setup.scenarios.values())
    letters = list(three.setup.scenarios)
    asked = asked_for(scenarios, "price", "Nova", "mean", 1)
    figure = three.compared(asked).figures[0]
    # Nova's price is 10 in A and B and 8 in C: no luck in it.
    text = telling.headline(figure, letters)
    assert "C" in text
    assert {"en": "less in 6 of 6", "fr": "moins dans 6 futurs sur 6"}[spoken] in text
    rows = telling.verdict_rows(figure, letters, titles_of(three.setup.sides))
    assert rows[0]["difference__tone"] == "muted"
    assert rows[1]["sure"] == {"en": "no difference at all", "fr": "aucune différence"}[spoken]
    assert rows[2]["difference"].startswith("−2")
    assert set(rows[2]) >= set(telling.COLUMNS)


def test_levers_stand_beside_each_other(three):
    letters = list(three.setup.scenarios)
    scenarios = list(three.setup.scenarios.values())
    found = three.compared(asked_for(scenarios, "share", "Nova", "end", 1))
    with use_language("en"):
        levers = {one.name: one.values for one in telling.levers_of(found.changes, letters)}
    assert levers["Nova: price"] == ("10", "·", "8")
    assert levers["Nova: openness"] == ("0.3", "0.3; 0.8 from week 13", "·")


def test_cautions_say_what_was_cut(two):
    with use_language("en"):
        said, numbers = telling.cautions(two.setup)
    assert said.startswith("6 futures, 300 simulated consumers")
    assert "the mean of the last 13 weeks" in numbers
    assert f"its last {ENDS} weeks, with up to 5,000 consumers" in numbers
    from tests.dashboards.compare.conftest import small

    cut = Setup((small("baseline"), small("hypocrite", horizon=20)), 6)
    with use_language("en"):
        assert any("over 20 weeks" in one for one in telling.cautions(cut))


def test_a_picture_names_markets_figure_and_sizes(two, spoken):
    asked = first_figure(two.setup.scenarios)
    picture = telling.picture_of(two.setup, asked, "Title", "note")
    assert picture.title == f"Title – {plain_name(asked)}"
    assert picture.of.split("\n") == list(titles_of(two.setup.sides).values())
    assert picture.notes == [telling.cautions(two.setup)[0], "note"]
    assert telling.picture_of(two.setup, asked, "Title", "", by_week=False).title == f"Title – {name_of(asked)}"
    named = f"{plain_name(asked)}: all"
    assert telling.picture_of(two.setup, asked, named, "").title == named


def test_numbers_for_spreadsheets_hold_no_formula(two):
    asked = first_figure(two.setup.scenarios)
    found, letters = two.compared(asked), list(two.setup.scenarios)
    names = {"A": "=cmd|' /C calc'!A0", "B": "@SUM(1)"}
    content = telling.csv_of(found, letters, names)
    assert content.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 1 + 2 * 30 + 2
    assert {row[4] for row in rows[1:]} == {"'=cmd|' /C calc'!A0", "'@SUM(1)"}
    by_week = [row for row in rows if row[2] == "30" and row[3] == "B"]
    assert float(by_week[0][6]) == pytest.approx(found.figures[0].arms[0].course.value[29])
    assert float(rows[-1][6]) == pytest.approx(found.figures[0].arms[0].difference.value)


def test_in_french_its_numbers_open_in_columns_of_excel(two):
    found, letters = two.compared(first_figure(two.setup.scenarios)), list(two.setup.scenarios)
    with use_language("fr"):
        content = telling.csv_of(found, letters, titles_of(two.setup.sides)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert len(rows) == 2 * 30 + 2
    assert "." not in rows[-1]["écart"]
    assert float(rows[-1]["écart"].replace(",", ".")) == found.figures[0].arms[0].difference.value


def test_the_report_is_one_file_in_both_languages(two):
    found = two.compared(first_figure(two.setup.scenarios))
    page = telling.report_of(found, {"A": "A <b>", "B": "B"})
    assert page.startswith("<!")
    assert "A &lt;b&gt;" in page
    assert "A <b>" not in page.partition("<script")[0]


def _texts(thing):
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for inner in thing.values():
            yield from _texts(inner)
    elif isinstance(thing, list | tuple):
        for inner in thing:
            yield from _texts(inner)


def test_charts_are_plain_finite_data_on_common_axes(three, spoken):
    asked = first_figure(three.setup.scenarios)
    figure, letters = three.compared(asked).figures[0], list(three.setup.scenarios)
    series = three.series(asked)
    owned = {letter: ["Nova", "Agora"] for letter in letters}
    every = three.every("share", owned)
    ends = drawing.shared_range([v for one in every.values() for v in one.values()], 100.0, from_zero=True)
    panels = [drawing.panel(["Nova", "Agora"], every[letter], asked, ends=ends) for letter in letters]
    assert len({tuple(one["layout"]["yaxis"]["range"]) for one in panels}) == 1
    for chart in (
        drawing.levels(series, asked, week=7), drawing.differences(figure, series, letters, week=7),
        drawing.pairs(figure, letters), *panels,
    ):  # fmt: skip
        text = json.dumps(chart, allow_nan=False)
        assert "<script" not in text


def test_the_last_point_of_the_differences_is_that_of_the_comparison(two):
    asked = first_figure(two.setup.scenarios)
    figure, letters = two.compared(asked).figures[0], list(two.setup.scenarios)
    chart = drawing.differences(figure, two.series(asked), letters)
    line = next(trace for trace in chart["data"] if trace.get("name") is not None and trace["line"]["width"] > 0)
    assert line["y"][-1] == pytest.approx(100 * figure.arms[0].course.value[-1], rel=1e-4)


def test_ranges_hold_what_they_should():
    values = np.array([[0.1, np.nan], [0.2, np.nan], [0.3, np.nan]])
    low, high = drawing.shared_range([values], 100.0, from_zero=False)
    assert low < 12 < 28 < high
    assert drawing.shared_range([np.full((2, 2), np.nan)], 1.0, from_zero=False) == [0.0, 1.0]
    assert drawing.shared_range([np.full((2, 2), 0.2)], 1.0, from_zero=True)[0] <= 0.2


def test_the_waterfall_leads_from_a_to_b(two, pool, spoken):
    asked = first_figure(two.setup.scenarios)
    found = runs.explained(two.setup, 1, asked, grouping="firm", budget=64, pool=pool)
    figure = found.figures[0]
    names = [f"{change_name(change)} <b>" for change in found.changes]
    chart = why_drawing.waterfall(found, figure, names, ("A", "B"))
    json.dumps(chart, allow_nan=False)
    bars = chart["data"][0]
    steps = sum(size for size in bars["x"][1:-1])
    assert bars["x"][0] + steps == pytest.approx(bars["x"][-1], rel=1e-4)
    assert bars["base"][1] == pytest.approx(bars["x"][0], rel=1e-4)
    assert all("<b> " not in label and "&lt;b&gt;" in label for label in bars["y"][1:-1])
    assert math.isfinite(why_drawing.waterfall_height(found))
    json.dumps(why_drawing.over_time(figure, names), allow_nan=False)
    told = telling.explained_in_words(telling.named_explained(found, sentence_names(two.setup.sides)))
    assert "A (" in told.answer
