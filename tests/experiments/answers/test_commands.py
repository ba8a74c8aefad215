"""The commands from end to end: what they print, what they leave, what they refuse."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from experiments.batch.runner import Runner as BatchRunner
from experiments.exits import Exit

SIZE = ("-r", 6, "--weeks", 26, "--workers", 1)
PRICE = ("--set", "cheap:firm.Pyramide.levers.price=8.0")


@pytest.fixture
def other_file(scenario_file: Path) -> Path:
    """Write a scenario with one firm more than the fake market's."""
    path = scenario_file.with_name("more.toml")
    text = scenario_file.read_text(encoding="utf-8").replace(
        "[[event]]", '[[firm]]\nname = "Neuve"\nsector = "drinks"\n\n[[event]]', 1
    )
    path.write_text(text, encoding="utf-8")
    return path


def test_compare_prints_leaves_a_folder_and_needs_no_new_runs(command, known_market, scenario_file, monkeypatch):
    words = ("compare", scenario_file, f"cheap={scenario_file}", *PRICE, *SIZE, "--out", "out")
    ended = command(*words, "-f", "userisation:20-26")
    assert ended.code == 0, ended.err
    assert "cheap" in ended.out
    assert "0 of 6 futures" in " ".join(ended.out.split())
    assert "Pyramide: price" in ended.out
    assert "12 runs to be made" in " ".join(ended.err.split())  # before the first of them
    assert {path.name for path in Path("out").iterdir()} >= {
        "findings.json",
        "report.html",
        "scenarios",
        "experiment.sqlite",
    }
    findings = json.loads(Path("out/findings.json").read_text(encoding="utf-8"))
    assert findings["figures"][0]["arms"][0]["difference"]["value"] == pytest.approx(-2.0)
    assert findings["made"]["replicates"] == 6
    monkeypatch.setattr(known_market, "step", lambda _: pytest.fail("a run was made again"))
    again = command(*words, "-f", "share:Élan", "--json", "--lang", "fr")
    assert json.loads(again.out)["figures"][0]["asked"]["key"] == "share"
    assert "to be made" not in again.err
    assert '<html lang="fr">' in Path("out/report.html").read_text(encoding="utf-8")


def test_explain_prints_shares_that_add_up(command, known_market, scenario_file):
    settings = (*PRICE, "--set", "cheap:firm.Pyramide.levers.openness=0.6")
    words = ("explain", scenario_file, f"cheap={scenario_file}", *settings, *SIZE, "--out", "out")
    ended = command(*words, "-f", "userisation:20-26")
    assert ended.code == 0, ended.err
    assert "4 combinations in 6 futures are 24 runs" in ended.err
    assert "24 runs to be made" in " ".join(ended.err.split())
    for text in ("Pyramide: price", "Pyramide: openness", "−2.00", "+1.00", "−1.00"):
        assert text in ended.out
    grouped = command(*words[:-1], "other", "-f", "userisation", "--group", "firm", "--json")
    assert len(json.loads(grouped.out)["changes"]) == 1


def test_a_report_is_written_for_any_folder(command, known_market, scenario_file):
    command("compare", scenario_file, f"cheap={scenario_file}", *PRICE, *SIZE, "--out", "out")
    Path("out/report.html").unlink()
    ended = command("report", "out", "--lang", "fr", "--out", "page.html")
    assert ended.code == 0
    page = Path("page.html").read_text(encoding="utf-8")
    assert '<html lang="fr">' in page
    assert "Ce que cette réponse tient pour acquis" in page
    Path("out/findings.json").write_text('{"kind": "compare"}', encoding="utf-8")
    refused = command("report", "out")
    assert refused.code == Exit.BAD_INPUT
    assert "findings.json" in refused.err
    # Without findings it is the folder of an experiment.
    Path("out/findings.json").unlink()
    assert command("report", "out", "--lang", "en").code == 0
    assert "12 of 12" in Path("out/report.html").read_text(encoding="utf-8")


def test_the_scenarios_of_an_experiment_are_compared(command, known_market, scenario_file):
    command("compare", scenario_file, f"cheap={scenario_file}", *PRICE, *SIZE, "--out", "out")
    ended = command("compare", "out", "-f", "userisation", "--out", "again", "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["figures"][0]["arms"][0]["difference"]["value"] == pytest.approx(-2.0)
    for words, said in ((("--weeks", 5), "--weeks"), (("-f", "share:Nobody"), "Nobody")):
        refused = command("compare", "out", *words)
        assert refused.code == Exit.BAD_INPUT
        assert said in refused.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare", "S"), "cannot be compared"),
        (("compare", "S", "S"), "Two scenarios are called two-worlds"),
        (("compare", "S", "b=S"), "the same market"),
        (("explain", "S", "b=S"), "the same market"),
        (("compare", "S", "b=S", *PRICE), "no scenario here is called 'cheap'"),
        (("compare", "S", "cheap=S", *PRICE, "-f", "shar"), "did you mean 'share'"),
        (("compare", "S", "cheap=S", *PRICE, "-f", "share:Elan"), "'Élan'"),
        (("compare", "S", "cheap=S", *PRICE, "-f", "share:Élan:50-60", "--weeks", "26"), "from 1 to 26"),
        (("compare", "S", "M", "-f", "share:Neuve"), "Neuve is not in two-worlds, only in more"),
        (("compare", "S", "cheap=S", *PRICE, "--replicates", "0"), "--replicates"),
        (("explain", "S", "cheap=S", *PRICE, "--set", "cheap:network.peers=4", "--budget", "2"), "at least 4"),
        (("explain", "S", "cheap=S", *PRICE, "--group", "all"), "change, firm or family"),
        (("compare", "S", "cheap=S", "--set", "cheap:horizon=40"), "--weeks 40"),
        (("compare", "nowhere"), "cannot be compared"),
        (("report", "."), "no results file"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_reason(
    command, known_market, scenario_file, other_file, words, said
):
    paths = {"S": str(scenario_file), "M": str(other_file)}
    made = [paths.get(word) or word.replace("=S", f"={scenario_file}") if len(word) < 9 else word for word in words]
    ended = command(*made)
    assert ended.code == Exit.BAD_INPUT
    assert said in ended.err.replace("\n", " ")
    assert "Traceback" not in ended.err
    assert not Path("results").exists()


def test_one_future_and_failures_are_told(command, known_market, scenario_file, monkeypatch):
    words = ("compare", scenario_file, f"cheap={scenario_file}", *PRICE, "--weeks", 26, "--workers", 1)
    one = command(*words, "-r", 1, "--out", "one")
    assert one.code == 0
    assert "too few futures" in " ".join(one.out.split())
    monkeypatch.setattr(known_market, "fails_at", {1: 3})
    some = command(*words, "-r", 6, "--out", "some")
    assert some.code == Exit.RUN_FAILED
    assert "2 runs failed" in " ".join(some.out.split())
    monkeypatch.setattr(known_market, "fails_at", {0: 3})
    none = command(*words, "-r", 1, "--out", "none")
    assert none.code == Exit.RUN_FAILED
    assert "a market without customers" in none.err


def test_stopping_keeps_what_is_done_and_the_same_command_goes_on(command, known_market, scenario_file, monkeypatch):
    stops: list[threading.Event] = []
    steps = [0]
    step = known_market.step

    def counted(self):
        steps[0] += 1
        if steps[0] == 26 * 7:
            stops[0].set()  # in the fourth future
        step(self)

    class Runner(BatchRunner):
        def __init__(self, *arguments, **more):
            stops.append(more["stop"])
            super().__init__(*arguments, **more)

    monkeypatch.setattr("experiments.batch.runner.Runner", Runner)
    monkeypatch.setattr("experiments.batch.runner.PIECE_SECONDS", 1e-9)
    monkeypatch.setattr(known_market, "step", counted)
    words = ("compare", scenario_file, f"cheap={scenario_file}", *PRICE, *SIZE, "--out", "out", "-f", "userisation")
    ended = command(*words)
    assert ended.code == Exit.INTERRUPTED
    assert "stopped early" in ended.out
    kept = json.loads(Path("out/findings.json").read_text(encoding="utf-8"))
    assert kept["made"]["interrupted"]
    assert 1 <= kept["figures"][0]["arms"][0]["pairs"] < 6
    again = command(*words, "--json")
    assert again.code == 0
    assert json.loads(again.out)["figures"][0]["arms"][0]["pairs"] == 6
    # Twelve runs, at most one of them twice, and two pilots of both markets with a short one before.
    assert steps[0] <= 26 * 13 + 2 * (2 * 26 + 2)
