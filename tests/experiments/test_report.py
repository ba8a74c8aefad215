from __future__ import annotations

import base64
import json
import math
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from experiments.report.charts import CHARTS, DATA_BUDGET, MOST_FIRMS, packed, shown_weeks, trailing_mean
from experiments.report.content import gather
from experiments.report.events import marks
from experiments.report.page import ASSETS, embedded_json, embedded_script, plotly_script, write_report
from experiments.report.sparkline import sparkline
from experiments.runs import run_replicates
from experiments.scenario_data import document_of
from experiments.store import Results, ResultsError
from tests.experiments import fake_sim

LARGEST = 5_500_000
EMPTY = {"meta", "link", "br", "img", "input", "hr", "line", "polyline", "polygon"}


class Page(HTMLParser):
    """Everything about a page that the tests ask for."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data):
        inside = self.open[-1] if self.open else ""
        self.texts.get(inside, self.words).append(data)

    def with_attribute(self, name):
        return [(tag, attrs[name]) for tag, attrs in self.tags if name in attrs]


@pytest.fixture
def html(results_folder):
    return (results_folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture
def page(html):
    return Page(html)


@pytest.fixture
def data(page):
    place = next(i for i, script in enumerate(page.texts["script"]) if script.startswith("{"))
    return json.loads(page.texts["script"][place])


def test_the_page_is_well_formed_and_small_enough(html, page):
    assert page.open == []
    assert len(html.encode("utf-8")) < LARGEST


def test_the_page_asks_for_nothing_from_outside(page):
    for name in ("src", "href", "action", "poster", "srcset", "background"):
        for tag, value in page.with_attribute(name):
            assert value.startswith("#"), (tag, name, value)
    assert not [tag for tag, _ in page.tags if tag in {"link", "img", "iframe", "object", "embed", "base"}]
    assert not re.search(r"@import|url\(", "".join(page.texts["style"]))
    policy = next(attrs["content"] for tag, attrs in page.tags if "Content-Security-Policy" in attrs.values())
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy


def test_names_from_a_scenario_are_never_markup(html, page, data):
    assert "fils" not in [tag for tag, _ in page.tags]
    assert "<fils>" not in html
    assert data["firms"] == ["Pyramide", "=Nova & <fils>", "Élan"]
    assert "=Nova & <fils>" in page.words


def test_a_hostile_name_cannot_leave_the_page(fake_market, tmp_path):
    name = "</script><script>alert(1)</script><!-- {{ 7*7 }}"
    document = document_of(fake_sim.scenario(horizon=6))
    document["firm"][0]["name"] = name
    document["title"] = {"en": name, "fr": name}
    document["story"] = {"en": name, "fr": name}
    document["event"], document["schedule"] = [], []
    folder = results_of(tmp_path, document)
    html = write_report(folder).read_text(encoding="utf-8")
    page = Page(html)
    assert len([tag for tag, _ in page.tags if tag == "script"]) == 4
    assert not [script for script in page.texts["script"] if script.startswith("alert")]
    assert "<!--" not in html
    assert "{{ 7*7 }}" in html


def results_of(tmp_path: Path, document, replicates: int = 2) -> Path:
    """Run a scenario given as plain data, and leave only the results file."""
    from experiments.recording import put_run
    from sim.scenario import Scenario

    scenario = Scenario.model_validate(document)
    folder = tmp_path / "made"
    folder.mkdir()
    with Results.create(folder / "results.sqlite") as results:
        results.add_point(json.dumps(document_of(scenario)), scenario.text_hash)
        for run in run_replicates(scenario, replicates=replicates):
            put_run(results, 1, run)
    return folder


def test_every_text_is_there_in_both_languages(html, page):
    spans = [attrs["lang"] for tag, attrs in page.tags if tag == "span" and "lang" in attrs]
    assert spans.count("en") == spans.count("fr") > 50
    assert "Two worlds meet" in html
    assert "Deux mondes se rencontrent" in html
    assert "mène à la fin" in html
    for key in re.findall(r"(?:report|chart|section)\.[a-z_]+\.[a-z]+", "".join(page.words)):
        raise AssertionError(f"a key and not its text: {key}")


def test_the_headline_gives_leader_gainer_and_range(page):
    words = " ".join("".join(page.words).split())
    assert re.search(r"Élan leads at the end with \d\d\.\d% of the market, and gained the most: \+\d", words)
    assert "leads in 6 of them (8 in 10 futures: " in words


def test_every_chart_has_a_name_a_table_and_a_place(page, data):
    drawn = [attrs["data-chart"] for _, attrs in page.tags if "data-chart" in attrs]
    tables = [attrs["data-table"] for _, attrs in page.tags if "data-table" in attrs]
    identifiers = [value for _, value in page.with_attribute("id")]
    assert "chart-share" in identifiers
    assert len(identifiers) == len(set(identifiers))
    there = [chart for chart in CHARTS if chart.section not in {"alternatives", "cohorts"}]
    assert drawn[:-1] == tables[:-1] == [*(chart.name for chart in there), "prosumers"]
    for _, label in page.with_attribute("aria-labelledby"):
        assert label in identifiers
    known = [chart["id"] for chart in data["charts"]]
    assert set(drawn) <= set(known)
    from sim.figures import FIGURES

    # Every figure is drawn somewhere: in its own chart, or among the others.
    own = {key for chart in there for key in chart.figures} | {"prosumers"}
    nowhere = {"commons_share", "commons_quality", "sharing_share", "sharing_price"}
    others = {identifier.removeprefix("more-") for identifier in known if "more-" in identifier}
    assert others == set(FIGURES) - own - nowhere


def test_headings_go_down_one_level_at_a_time(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def unpacked(line):
    """Read a packed line as the page's script does: an array (1 or 3, weeks)."""
    numbers = np.frombuffer(base64.b64decode(line["data"]), dtype="<u2").astype(float)
    values = np.where(numbers == 65535, np.nan, line["least"] + line["step"] * numbers)
    return values.reshape(line["rows"], -1)


def test_chart_data_are_the_quantiles_of_the_results(results_folder, data):
    with Results.open(results_folder / "results.sqlite") as results:
        values = results.series("community")[:, :, 1]
    chart = next(chart for chart in data["charts"] if chart["id"] == "community")
    line = next(line for line in chart["lines"] if line["item"] == "=Nova & <fils>")
    expected = np.quantile(values, (0.5, 0.1, 0.9), axis=0)
    np.testing.assert_allclose(unpacked(line), expected, atol=np.ptp(expected) / 1e5)


def test_an_undefined_value_is_a_gap(data):
    chart = next(chart for chart in data["charts"] if chart["id"] == "rating")
    middle = unpacked(chart["lines"][0])[0]
    assert np.isnan(middle[:4]).all()
    assert np.isfinite(middle[4:]).all()


def test_flat_and_empty_lines_are_packed_too():
    assert (unpacked(packed(np.full((1, 5), 7.25))) == 7.25).all()
    assert np.isnan(unpacked(packed(np.full((3, 5), np.nan)))).all()


def test_events_and_changes_are_numbered_in_order_of_time():
    found = marks(document_of(fake_sim.scenario()))
    assert [(mark.number, mark.week) for mark in found] == [(1, 20), (2, 26)]
    assert found[0].text == {
        "en": "Scandal · Pyramide · labour · severity 0.8",
        "fr": "Scandale · Pyramide · labour · gravité 0,8",
    }
    assert found[1].text["en"] == "Élan: price 9"


def test_one_replicate_has_no_ranges(fake_market, tmp_path):
    folder = results_of(tmp_path, document_of(fake_sim.scenario(horizon=6)), replicates=1)
    content = gather(folder)
    assert all(line["rows"] == 1 for _, charts in content.sections for chart in charts for line in chart["lines"])
    assert "One simulated future of 6 weeks." in write_report(folder).read_text(encoding="utf-8")


def test_each_sector_has_its_chart_of_shares(fake_market, tmp_path):
    document = document_of(fake_sim.scenario(horizon=6))
    document["sector"].append(document["sector"][0] | {"name": "bikes"})
    document["firm"][2]["sector"] = "bikes"
    document["event"], document["schedule"] = [], []
    content = gather(results_of(tmp_path, document))
    charts = dict(content.sections)["share"]
    assert [(chart["id"], len(chart["lines"])) for chart in charts] == [("share", 2), ("share-2", 1)]
    assert charts[1]["title"]["fr"].endswith("bikes")


def test_the_largest_market_still_makes_a_small_page(fake_market, tmp_path):
    document = document_of(fake_sim.scenario(horizon=520))
    firm = document["firm"][0]
    document["firm"] = [firm | {"name": f"Firm number {number:02} & daughters"} for number in range(50)]
    document["event"], document["schedule"] = [], []
    folder = results_of(tmp_path, document)
    content = gather(folder)
    assert len(content.shown) == MOST_FIRMS
    assert content.hidden == 50 - MOST_FIRMS
    assert len(content.firms) == 50
    html = write_report(folder).read_text(encoding="utf-8")
    assert len(html.encode("utf-8")) < LARGEST
    assert "12 largest firms" in html


def test_a_folder_without_results_has_no_report(tmp_path):
    with pytest.raises(ResultsError):
        write_report(tmp_path)


def test_weeks_are_thinned_evenly_and_keep_the_events():
    assert shown_weeks(104, 10) == list(range(1, 105))
    chosen = shown_weeks(5200, 400, must=[778, 9999])
    assert {1, 778, 5200} <= set(chosen)
    assert len(chosen) * 400 * 3 * 8 / 3 < DATA_BUDGET * 1.2
    steps = np.diff([week for week in chosen if week not in {778, 5200}])
    assert len(set(steps)) == 1


def test_a_trailing_mean_looks_only_back():
    values = np.arange(6.0).reshape(1, 6, 1)
    np.testing.assert_allclose(trailing_mean(values, 4)[0, :, 0], [0, 0.5, 1, 1.5, 2.5, 3.5])
    values[0, 2] = np.nan
    smooth = trailing_mean(values, 4)[0, :, 0]
    assert math.isnan(smooth[2])
    np.testing.assert_allclose(smooth[[3, 5]], [4 / 3, 4.0])


def test_json_and_scripts_cannot_end_their_element():
    hostile = {"name": "</script><!-- & \u2028"}
    text = embedded_json(hostile)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == hostile
    assert embedded_script("a='</script>'; b='<!--'") == r"a='<\/script>'; b='<\!--'"


def test_the_drawing_library_is_found_without_importing_it():
    import sys

    assert "Plotly" in plotly_script()
    assert "plotly" not in sys.modules


def test_a_sparkline_of_nothing_is_nothing():
    assert sparkline(np.full((3, 9), np.nan)) == ""
    assert sparkline(np.ones((3, 9))).count("<polyline") == 1
    assert "nan" not in sparkline(np.array([[np.nan, 1.0, 2.0, 3.0]]))


def linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def rgb(colour: str) -> np.ndarray:
    return np.array([linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5)])


def contrast(one: str, other: str) -> float:
    light, dark = sorted((float(rgb(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


# Machado, Oliveira & Fernandes 2009: how colours look with full vision, without green and without red cones.
VISIONS = (
    np.eye(3),
    np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
)


def lab(linear_rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(to_xyz @ np.clip(linear_rgb, 0, 1) / [0.95047, 1.0, 1.08883])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_line_colours_are_readable_and_distinct_for_everybody(theme):
    style = (ASSETS / "report.css").read_text(encoding="utf-8")
    block = style.split(":root {" if theme == "light" else ':root[data-theme="dark"] {')[1].split("}")[0]
    values = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", block))
    surface = values["--surface"] if len(values["--surface"]) == 7 else "#ffffff"
    colours = [values[f"--c{number}"] for number in range(8)]
    assert all(contrast(colour, surface) >= 4.5 for colour in [*colours, values["--muted"], values["--ink"]])
    # The first five lines are told apart by colour alone.
    for vision in VISIONS:
        seen = [lab(vision @ rgb(colour)) for colour in colours[:5]]
        distances = [np.linalg.norm(seen[i] - seen[j]) for i in range(5) for j in range(i)]
        assert min(distances) > 19
