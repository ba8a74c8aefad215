"""``userisation precision``: what it prints, how it fails and how it stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments import memory
from experiments.exits import Exit
from experiments.precision.pilot import default_sizes
from experiments.precision.questions import default_requests, parse_figure
from experiments.runs import run_replicates
from sim.scenario import load

ROOT = Path(__file__).resolve().parent.parent.parent.parent
SMALL = ("--sizes", "100,200,400", "-r", 8, "--threads", 1)


def words_of(ended):
    return " ".join(ended.out.split())


def test_the_headline_figures_are_answered(fake_market, command, scenario_file):
    ended = command("precision", scenario_file, *SMALL)
    assert ended.code == 0, ended.err
    words = words_of(ended)
    assert "How many consumers and futures: two-worlds" in words
    assert "Pilots of 100 / 200 / 400 consumers, 8 futures each, 60 weeks." in words
    assert "(hardest of 3)" in words
    assert "To know all" in words
    assert f"userisation run {scenario_file} --consumers" in words.replace("\n", "")
    assert max(len(line) for line in ended.out.splitlines()) <= 120
    assert ended.err == ""


def test_one_question_gets_one_sentence(fake_market, command, scenario_file):
    words = words_of(command("precision", scenario_file, *SMALL, "--figure", "share:Pyramide", "--error", "0.02"))
    assert "To know Market share, Pyramide, at the end, to ±2 pt (95 %), take" in words
    assert "futures:" in words
    assert "hardest" not in words


def test_it_speaks_french(fake_market, command, scenario_file):
    ended = command("precision", scenario_file, *SMALL, "--against", "firm.Pyramide.levers.price=9", "--lang", "fr")
    words = words_of(ended)
    assert "Combien de consommateurs et de futurs" in words
    assert "Pour connaître aussi bien les" in words
    assert "La différence que fait firm.Pyramide.levers.price=9" in words
    assert "consumers" not in words.replace("--consumers", "")
    assert "futures" not in words


def test_json_is_one_document_with_the_laws(fake_market, command, scenario_file):
    ended = command("precision", scenario_file, *SMALL, "-f", "share", "-f", "militants", "-e", "5%", "--json")
    document = json.loads(ended.out)
    assert [one["of"] for one in document["answers"]] == ["Pyramide", "=Nova & <fils>", "Élan", None]
    first = document["answers"][0]
    assert (first["key"], first["over"], first["kind"], first["status"]) == ("share", "end", "level", "advised")
    assert first["error"] == pytest.approx(0.05 * first["laws"]["pilots"][-1]["mean"])
    assert [one["consumers"] for one in first["laws"]["pilots"]] == [100, 200, 400]
    # The fake market knows no consumers: its variance is the same at every size, luck that lasts.
    assert first["luck"] == pytest.approx(1)
    assert first["laws"]["sampling"]["value"] == pytest.approx(0)
    assert first["advice"]["replicates_low"] <= first["advice"]["replicates"] <= first["advice"]["replicates_high"]
    assert document["answers"][3]["over"] == "peak"
    assert document["together"]["level"]["replicates"] >= first["advice"]["replicates"]
    assert not document["interrupted"]


def test_the_same_command_finds_the_same_laws_for_any_number_of_threads(fake_market, command, scenario_file):
    options = ("--sizes", "100,200,400", "-r", 8, "--json")
    first, second = (json.loads(command("precision", scenario_file, *options, "--threads", n).out) for n in (1, 3))
    assert [one["laws"] for one in first["answers"]] == [one["laws"] for one in second["answers"]]


def test_a_difference_with_the_same_luck_needs_less(fake_market, command, scenario_file):
    ended = command(
        "precision", scenario_file, *SMALL, "-f", "share:Pyramide", "--against", "event.0.severity=0.4", "--json"
    )
    document = json.loads(ended.out)
    level, difference = document["answers"]
    assert (level["kind"], difference["kind"]) == ("level", "difference")
    # In the fake market severity does nothing to shares: with the same luck there is no difference at all.
    assert difference["laws"]["lasting"]["value"] == 0
    assert difference["advice"]["replicates"] == 5 < level["advice"]["replicates"]


def test_the_real_market_has_both_kinds_of_error(command):
    # 16 futures of 13 weeks at 100 to 800 consumers: sampling is most of the variance of so small markets, so that b is
    # clearly above 0, and its law at 400 consumers is near the variance of 16 other futures: F(15, 45) at 99.9 % is
    # between 1/3.9 and 2.8.
    options = ("--sizes", "100,200,400,800", "-r", 16, "--weeks", 13, "-f", "share:Nova", "--json", "--threads", 2)
    ended = command("precision", "baseline", *options)
    assert ended.code == 0, ended.err
    document = json.loads(ended.out)
    (answer,) = document["answers"]
    laws = answer["laws"]
    assert laws["sampling"]["low"] > 0
    other = load("baseline", {"population.size": 400, "horizon": 13, "seed": 99})
    runs = run_replicates(other, replicates=16, threads=2)
    shares = [run.record["share"][:, 0].mean() for run in runs if run.record is not None]
    ratio = np.var(shares, ddof=1) / (laws["lasting"]["value"] + laws["sampling"]["value"] / 400)
    assert 1 / 3.9 < ratio < 2.8
    assert document["people"] == 1_000_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["baselin"], "did you mean 'baseline'?"),
        (["baseline", "-f", "shar"], "there is no figure 'shar'; did you mean 'share'?"),
        (["baseline", "-f", "share:Nov"], "--figure share: there is no 'Nov'; did you mean 'Nova'?"),
        (["baseline", "-f", "share:Nova:last"], "'last' is no way to sum up weeks; there are: end, mean"),
        (["baseline", "-f", "militants:Nova"], "it is of the whole market and takes no 'Nova'"),
        (["baseline", "--error", "little"], "--error: 'little' will not do"),
        (["baseline", "--error", "-1%"], "a number above 0"),
        (["baseline", "--error", "nan"], "a number above 0"),
        (["baseline", "--sizes", "100,200"], "3 or more different whole numbers"),
        (["baseline", "--sizes", "5,100,200"], "from 10 to 100,000,000"),
        (["baseline", "--sizes", "many"], "'many' will not do"),
        (["baseline", "--sizes", "100,200,2000000"], "population.represents"),
        (["baseline", "-r", "4"], "a whole number from 8 to"),
        (["baseline", "--against", "firm.Nova.levers.price=10.0"], "nothing differs from the scenario"),
        (["baseline", "--against", "firm.Nov.levers.price=9"], "did you mean 'Nova'?"),
        (["baseline", "--against", "horizon=50"], "--weeks sets them"),
        (["baseline", "--figur", "share"], "Did you mean '--figure'?"),
    ],
)
def test_misuse_is_explained_before_anything_is_run(command, words, said):
    ended = command("precision", *words)
    assert ended.code == Exit.BAD_INPUT
    assert said in ended.err
    assert ended.out == ""


def test_pilots_that_memory_cannot_hold_are_refused(command, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 1e9)
    ended = command("precision", "baseline", "--sizes", "500,1000,1000000000", "--set", "population.represents=1e10")
    assert ended.code == Exit.BAD_INPUT
    ended = command("precision", "baseline", "--sizes", "500,1000,90000000", "--set", "population.represents=1e9")
    assert ended.code == Exit.BAD_INPUT
    assert "would need about" in ended.err


def test_mistakes_are_explained_in_french(command):
    ended = command("precision", "baseline", "-f", "shar", "--lang", "fr")
    assert "il n'y a pas de chiffre « shar »" in ended.err


def test_failed_runs_are_told_and_left_out(fake_market, command, scenario_file, monkeypatch):
    monkeypatch.setattr(fake_market, "fails_at", {1: 10})
    ended = command("precision", scenario_file, *SMALL, "-f", "share:Pyramide", "--json")
    assert ended.code == Exit.RUN_FAILED
    assert "a market without customers" in ended.err
    document = json.loads(ended.out)
    assert document["failures"] == 3
    assert document["answers"][0]["laws"]["pilots"][0]["replicates"] == 7


def test_what_cannot_be_answered_is_said(fake_market, command, scenario_file):
    ended = command("precision", scenario_file, *SMALL, "-f", "commons_share", "-f", "share:Pyramide", "-e", "1e-7")
    assert ended.code == 0
    words = words_of(ended)
    assert "undefined" in words
    assert "out of reach" in words


def test_figures_are_read_with_their_items_and_weeks():
    market = load("baseline")

    def read(text):
        return [(one.measure.key, one.measure.item, one.measure.over) for one in parse_figure(text, market)]

    assert read("profit:Nova") == [("profit", "Nova", "mean")]
    assert read("share:Nova:mean") == [("share", "Nova", "mean")]
    assert [item for _, item, _ in read("quality")] == ["Nova", "Citadel", "Summit", "Mirage", "Agora"]
    assert {over for _, _, over in read("quality:trough")} == {"trough"}
    assert read("militants") == [("militants", "", "peak")]
    assert read("hhi:mean") == [("hhi", "", "mean")]


def test_headlines_hold_what_is_not_a_firm():
    keys = {one.measure.key for one in default_requests(load("open_source_commons"))}
    assert {"share", "commons_share", "commons_quality"} <= keys
    assert "sharing_share" not in keys


def test_default_sizes_stay_small():
    assert default_sizes(1_000_000) == default_sizes(5000) == (500, 1000, 2500, 5000)
    assert default_sizes(300) == (30, 60, 150, 300)


SCRIPT = """
import sys
from tests.experiments import fake_sim
fake_sim.install()
fake_sim.Market.seconds_a_week = 0.004
from experiments.cli import app
app(sys.argv[1:])
"""


@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_ctrl_c_stops_with_a_word(scenario_file):
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "precision", str(scenario_file), "--sizes", "100,200,400,800", "-r", "200",
         "--threads", "1"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"USERISATION_LANG": "en"},
    )  # fmt: skip
    assert process.stderr is not None
    before = process.stderr.readline()  # progress: the pilots have begun
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert "Stopped" not in before
    assert process.returncode == Exit.INTERRUPTED
    assert "an answer needs three" in err
    assert "Traceback" not in err
    assert out == ""


def test_finished_sizes_are_enough_for_an_answer(fake_market, command, scenario_file, monkeypatch):
    def stopping(market, *, stop, **options):
        if market.population.size == 800:
            stop.set()
        return run_replicates(market, stop=stop, **options)

    monkeypatch.setattr("experiments.precision.pilot.run_replicates", stopping)
    ended = command("precision", scenario_file, "--sizes", "100,200,400,800", "-r", 8, "-f", "share", "--json")
    assert ended.code == Exit.INTERRUPTED
    assert "3 of 4 sizes were finished, and the answer rests on them" in ended.err
    document = json.loads(ended.out)
    assert document["sizes"] == [100, 200, 400]
    assert document["interrupted"]
