"""Commons, sharing markets, cohorts, lines, start-ups and bankruptcies in all that a run leaves behind."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import headline, memory
from experiments.naming import alternative_name, item_name, lever_value
from experiments.reference import tables
from experiments.report.charts import CHARTS
from experiments.report.content import gather
from experiments.report.events import marks
from experiments.scenario_data import document_of
from experiments.standing import Standing, Weeks, changes_text, standing_text
from experiments.store import Results
from experiments.summary import summarise, telling_lines
from experiments.toml_text import toml_text
from sim.figures import FIGURES
from sim.quantities import Strict, quantities
from sim.scenario import Scenario, load
from sim.text import use_language
from tests.experiments.everything import EVENTS, SECTORS, everything


@pytest.fixture
def folder(fake_market: object, command: Any, tmp_path: Path) -> Path:
    """Give the folder that a run of six replicates left."""
    file = tmp_path / "everything.toml"
    document = document_of(everything())
    del document["name"]
    file.write_text(toml_text(document), encoding="utf-8")
    assert command("run", file, "-r", 6, "--threads", 1, "--out", tmp_path / "out").code == 0
    return tmp_path / "out"


@pytest.fixture
def summary(folder):
    with Results.open(folder / "results.sqlite") as results:
        yield summarise(results)


def charts_of(folder: Path) -> dict[str, dict[str, Any]]:
    return {chart["id"]: chart for _, charts in gather(folder).sections for chart in charts}


def middle(line: dict[str, Any]) -> np.ndarray:
    import base64

    numbers = np.frombuffer(base64.b64decode(line["data"]), dtype="<u2").astype(float).reshape(line["rows"], -1)[0]
    return np.where(numbers == 65535, np.nan, line["least"] + line["step"] * numbers)


# What became of firms


def test_a_summary_tells_who_entered_and_who_went_bankrupt(summary):
    standings = summary.standings
    assert standings["Pyramide"].is_always_there
    assert standings["Pyramide Bikes"] == Standing(6, 6, 0, Weeks(15.0, 15, 15), None)
    assert standings["Debtor"] == Standing(6, 6, 6, Weeks(1.0, 1, 1), Weeks(10.0, 10, 10))
    assert standings["Never"] == Standing(6, 0, 0, None, None)
    assert [name for name in standings if not summary.came(name)] == ["Never"]
    assert [name for name, one in standings.items() if one.is_mostly_there] == ["Pyramide", "Wheel", "Pyramide Bikes"]


def test_what_means_nothing_outside_the_market_is_undefined_there(summary):
    assert not summary.line("price", "Never").is_defined
    assert math.isnan(summary.line("price", "Debtor").end.middle)
    assert math.isfinite(summary.line("price", "Debtor").start.middle)
    assert math.isnan(summary.line("quality", "Pyramide Bikes").start.middle)
    # What is counted goes on.
    assert math.isfinite(summary.line("cash", "Debtor").end.middle)


@pytest.mark.parametrize(
    ("standing", "text"),
    [
        (Standing(4, 4, 0, Weeks(1.0, 1, 1), None), ""),
        (Standing(4, 4, 0, Weeks(9.0, 9, 9), None), "enters in week 9"),
        (Standing(4, 3, 0, Weeks(9.5, 8, 12), None), "enters in 3 of 4 futures, in week 9 (8–12)"),
        (Standing(4, 0, 0, None, None), "never enters"),
        (Standing(4, 4, 1, Weeks(1.0, 1, 1), Weeks(7.0, 7, 7)), "bankrupt in 1 of 4 futures, in week 7"),
        (Standing(1, 1, 1, Weeks(2.0, 2, 2), Weeks(7.0, 7, 7)), "enters in week 2, bankrupt in week 7"),
        (None, ""),
    ],
)
def test_coming_and_going_is_put_in_words(standing, text):
    assert standing_text(standing) == text


def test_one_line_names_some_firms_and_counts_the_others():
    one = Standing(1, 0, 0, None, None)
    assert changes_text({"A": one, "B": Standing(1, 1, 0, Weeks(1.0, 1, 1), None)}) == "A never enters."
    assert changes_text({str(n): one for n in range(9)}).endswith("5 never enters; and 3 more.")
    assert changes_text({}) == ""


def test_the_page_says_what_became_of_firms_and_draws_them_while_they_are_there(folder):
    content = gather(folder)
    assert "Debtor bankrupt in week 10" in content.changes["en"]
    assert "Never n'entre jamais" in content.changes["fr"]
    rows = {row["name"]: row for row in content.firms}
    assert rows["Pyramide Bikes"]["notes"]["en"] == "bikes · scripted · line of Pyramide · enters in week 15"
    assert {cell["value"]["en"] for cell in rows["Never"]["cells"]} == {"–"}
    assert (content.shown, content.hidden) == (["Pyramide", "Debtor", "Wheel", "Pyramide Bikes"], 0)
    charts = charts_of(folder)
    lines = {line["item"]: middle(line) for chart in ("price", "price-2") for line in charts[chart]["lines"]}
    assert sorted(lines) == ["Debtor", "Pyramide", "Pyramide Bikes", "Wheel"]
    assert np.isfinite(lines["Debtor"]).tolist() == [True] * 9 + [False] * 11
    assert np.isfinite(lines["Pyramide Bikes"]).tolist() == [False] * 14 + [True] * 6
    # Nobody who is not there has the best profit.
    cards = " ".join(card.title["en"] for card in content.cards)
    assert "Best weekly profit: Never" not in cards
    assert "Without firms" in cards


# Charts and tables


def test_charts_are_drawn_where_the_scenario_has_what_they_show(folder):
    charts = charts_of(folder)
    assert {chart.name for chart in CHARTS} <= charts.keys()
    assert [line["item"] for line in charts["commons"]["lines"]] == ["drinks"]
    assert [line["item"] for line in charts["shared"]["lines"]] == ["bikes"]
    assert charts["swap"]["title"]["en"] == "Price on the sharing market: bikes"
    assert [(line["item"], line["dotted"]) for line in charts["swap"]["lines"]] == [("bikes", False), ("bikes", True)]
    assert "swap-2" not in charts
    labels = [line.get("label") for line in charts["hardship"]["lines"]]
    assert labels == [{"en": "all others", "fr": "tous les autres"}, None]


def test_a_market_without_alternatives_says_nothing_of_them(fake_market, command, scenario_file):
    ended = command("run", scenario_file, "--weeks", 12, "--out", "plain")
    assert "without a firm" not in ended.out
    assert "Without firms" not in ended.out
    assert "Hardship" not in ended.out
    assert not {"commons", "shared", "craft", "swap", "without", "hardship", "aside"} & charts_of(Path("plain")).keys()


def test_the_table_of_the_market_is_grouped(folder):
    groups = [group["title"]["fr"] for group in gather(folder).market]
    assert groups[:3] == ["", "Secteur : drinks", "Secteur : bikes"]
    assert groups[3:] == ["Cohorte : tous les autres", "Cohorte : young", "Cause : labour"]


def test_lines_of_what_is_not_there_are_left_out(summary):
    told = {(line.key, line.item) for line in telling_lines(summary, "sector")}
    assert ("commons_share", "drinks") in told
    assert ("commons_share", "bikes") not in told


def test_json_holds_every_scope(command, fake_market, folder, tmp_path):
    ended = command("run", tmp_path / "everything.toml", "-r", 2, "--out", "again", "--json", "--series")
    document = json.loads(ended.out)
    assert [one["name"] for one in document["sectors"]] == ["drinks", "bikes"]
    assert [one["name"] for one in document["cohorts"]] == ["rest", "young"]
    assert document["sectors"][0]["figures"]["commons_share"]["end"]["median"] == pytest.approx(0.2)
    assert document["sectors"][1]["figures"]["commons_share"]["end"]["median"] is None
    assert set(document["cohorts"][1]["figures"]) == {key for key, x in FIGURES.items() if x.scope == "cohort"}
    line = document["firms"][3]
    assert (line["parent"], line["standing"]["entry_week"]["median"]) == ("Pyramide", 15)
    assert document["firms"][1]["standing"]["bankrupt"] == 2
    assert document["series"]["commons_share"]["items"] == ["drinks", "bikes"]


def test_the_tidy_file_names_scope_and_item(folder):
    with (folder / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        found = {(row["scope"], row["item"]) for row in csv.DictReader(file)}
    assert {("sector", "bikes"), ("cohort", "rest"), ("cohort", "young"), ("market", "")} <= found


# The headline


def test_the_headline_tells_what_comes_without_firms(folder):
    with Results.open(folder / "results.sqlite") as results:
        known = headline.facts(results)
    assert known is not None
    assert headline.sentence(known).endswith(". 30.0% of all units are obtained without a firm")
    leader = known.leaders[0]
    ahead = headline.Alternative({"name": "drinks", "commons": {"name": "Brewers"}}, "commons", 0.61)
    one = headline.Facts((leader,), leader.firm, known.gain, 6, 20, (ahead,), 0.5)
    assert headline.sentence(one).endswith(". Brewers, without a firm, has more of drinks: 61.0%")


def results_with(commons: float) -> Results:
    results = Results.in_memory()
    scenario = {"firm": [{"name": "A", "sector": "drinks"}], "sector": [{"name": "drinks", "commons": {"name": ""}}]}
    results.add_point(json.dumps(scenario), "h")
    figures = {
        "share": ("firm", ("A",), np.full((9, 1), 0.4)),
        "commons_share": ("sector", ("drinks",), np.full((9, 1), commons)),
        "alternatives": ("market", ("",), np.full((9, 1), commons)),
    }
    results.put(1, 0, status="done", seconds=0.0, figures=figures)
    return results


def test_a_commons_is_named_only_when_it_is_larger_than_any_firm():
    larger, smaller, tiny = (headline.facts(results_with(share)) for share in (0.6, 0.3, 0.001))
    assert larger is not None
    assert smaller is not None
    assert tiny is not None
    assert headline.sentence(larger).endswith("commons of drinks, without a firm, has more of drinks: 60.0%")
    assert headline.sentence(smaller).endswith(". 30.0% of all units are obtained without a firm")
    assert headline.sentence(tiny) == "A leads at the end with 40.0% of the market"


# Scenarios in words


def test_events_of_every_kind_are_put_in_words():
    found = [(mark.week, mark.text["en"], mark.text["fr"]) for mark in marks(document_of(everything()))]
    assert [week for week, _, _ in found] == [4, 5, 6, 7, 8, 9, 15]
    english = [text for _, text, _ in found]
    assert english == [
        "Game of contributing · Wheel · for 5 weeks · play +0.4 · communities sought 3 times as often",
        "Income shock · young · severity 0.7 · for a week",
        "Income shock · everyone · severity 0.5 · for 26 weeks",
        "Retailers · Wheel · on the shelf on 40% of occasions",
        "Retailers · Wheel · off the shelves",
        "Wheel: offer by subscription",
        "Pyramide Bikes may enter",
    ]
    assert found[5][2] == "Wheel\u202f: offre par abonnement"
    assert {event["kind"] for event in EVENTS} == {"campaign", "hardship", "listing"}


def test_a_start_up_says_what_it_waits_for():
    last = marks(document_of(everything(horizon=30)))[-1]
    assert (last.week, last.text["en"]) == (30, "Never may enter, once its sector earns 50%")


def test_show_tells_all_of_a_scenario(command, fake_market, folder, tmp_path):
    shown = " ".join(command("show", tmp_path / "everything.toml").out.split())
    for words in (
        "Firms: drinks",
        "offer for rent for sale",
        "Line of Pyramide",
        "Enters week 15 from week 30, at a margin of 50%",
        "drinks: Brewers · commons · quality 0.45",
        "bikes: sharing of bikes · rental between peers",
        "goods are kept, for 200 weeks on average",
        "young · 30% of consumers",
        "all others · 70% of consumers",
    ):
        assert words in shown
    french = command("show", tmp_path / "everything.toml", "--lang", "fr").out
    assert "partage de bikes · location entre particuliers" in french
    assert "tous les autres · 70\u202f% des consommateurs" in french


def test_names_are_those_of_the_scenario_but_for_the_rest():
    assert item_name("cohort", "young") == "young"
    assert item_name("firm", "rest") == "rest"
    assert (item_name("cohort", "rest"), item_name("cohort", "rest", alone=True)) == ("all others", "everyone")
    assert alternative_name(SECTORS[0], "commons") == "Brewers"
    with use_language("fr"):
        assert alternative_name(SECTORS[1], "sharing") == "partage de bikes"
        assert lever_value("mode", "rent") == "à la location"
        assert lever_value("price", 9.5) == "9,5"


# What is made from the declarations


def models_below(model: type[Strict]) -> set[type[Strict]]:
    """Find every table that can stand in a scenario file."""
    found: set[type[Strict]] = set()

    def walk(kind: Any) -> None:
        for inner in getattr(kind, "__args__", ()):
            walk(inner)
        if isinstance(kind, type) and issubclass(kind, Strict) and kind not in found:
            found.add(kind)
            for field in kind.model_fields.values():
                walk(field.annotation)

    walk(model)
    return found


def test_the_reference_lists_every_table_that_declares_something():
    # The same keys once more: levers that change, traits of a cohort.
    again = {"LeverChange", "StanceChange", "SomeTraits"}
    declaring = {model.__name__ for model in models_below(Scenario) if quantities(model)} - again
    assert declaring - {model.__name__ for _, model in tables().values()} == set()
    assert {"Campaign", "CommonsSetup", "Cohort", "LeaksParameters"} <= declaring


def test_memory_counts_commons_sharing_and_cohorts():
    small, plain = load("baseline"), load("baseline", ["population.size=1000000"])
    assert memory.needed_bytes(plain) - memory.needed_bytes(small) > 100 * 995_000
    document = document_of(plain)
    document["sector"][0] |= {"commons": {}, "sharing": {}}
    more = Scenario.model_validate(document)
    assert memory.needed_bytes(more) - memory.needed_bytes(plain) >= 2 * 12 * 1_000_000
