"""The page of an experiment: its effects are those of a market whose effects are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from experiments.analysis.sensitivity.sobol import base_rows
from experiments.answers.batch_page import render_batch
from experiments.answers.effects import effects_of, fan_of
from experiments.answers.words.batch import figures_shown, tell
from experiments.batch.executors import Here
from experiments.batch.folder import opened
from experiments.batch.reading import read_experiment
from experiments.batch.results import open_results
from experiments.batch.runner import Runner
from sim.text import use_language

DESIGN = """
schema_version = 1
[title]
en = "Price and openness"
fr = "Prix et ouverture"
[[arm]]
scenario = "two-worlds.toml"
[[arm]]
name = "other <b>"
scenario = "two-worlds.toml"
set = { "firm.Pyramide.levers.sharing" = 0.25 }
[[factor]]
role = "lever"
key = "firm.Pyramide.levers.price"
low = 8.0
high = 12.0
[[factor]]
key = "firm.Pyramide.levers.openness"
low = 0.0
high = 1.0
[design]
kind = "sobol"
size = SIZE
[runs]
horizon = 6
consumers = 100
[record]
figures = ["userisation", "share"]
"""


def made(folder: Path, size: int) -> Path:
    """Run the experiment in this process."""
    file = folder / "design.toml"
    file.write_text(DESIGN.replace("SIZE", str(size)), encoding="utf-8")
    experiment, place = read_experiment(file), Here()
    with opened(folder / "out", experiment, how="new") as store:
        Runner(experiment, store, place).run()
    place.close()
    return folder / "out"


@pytest.fixture
def short_scenario(scenario_file: Path) -> Path:
    """Take the event and the schedule out, which lie past the end."""
    text = scenario_file.read_text(encoding="utf-8").partition("[[event]]")[0]
    scenario_file.write_text(text, encoding="utf-8")
    return scenario_file


def test_effects_fans_and_words_are_those_of_the_runs(known_market, short_scenario, tmp_path):
    # Index = 10 + price + 2 openness: variances 16 / 12 and 4 / 12, so 0.8 and 0.2; with sharing at 0.25, openness
    # counts 4: 0.5 each. 256 Sobol' points in bins know them to 0.07.
    with open_results(made(tmp_path, 256)) as results:
        first, second = effects_of(results, "userisation", "")
        assert [span.value for span in first.shares] == pytest.approx([0.8, 0.2], abs=0.07)
        assert [span.value for span in second.shares] == pytest.approx([0.5, 0.5], abs=0.07)
        fan = fan_of(results, "userisation", "", 0, (0.0, 1.0))
        assert fan is not None
        assert fan.shape == (2, 6)
        assert (fan[1] - fan[0]).min() > 4
        assert [asked.key for asked in figures_shown(results)] == ["share", "userisation"]
        with use_language("fr"):
            told = tell(results)
        assert told.question == "Prix et ouverture : qu'en est-il sorti ?"
        assert len(told.charts) == 5  # shares do not answer to these levers: fans alone
        page = render_batch(results)
    assert "other &lt;b&gt;" in page
    assert "kind = &#34;sobol&#34;" in page


@pytest.mark.parametrize("second_order", [False, True])
def test_effects_of_saltellis_rows_are_those_of_sobol(
    known_market, short_scenario, tmp_path, monkeypatch, second_order
):
    # As above: 0.8 and 0.2, then 0.5 each. 64 base rows know them to 0.15; intervals hold them.
    kind = f'kind = "saltelli"\nsecond_order = {str(second_order).lower()}'
    monkeypatch.setitem(globals(), "DESIGN", DESIGN.replace('kind = "sobol"', kind))
    with open_results(made(tmp_path, 64)) as results:
        found = effects_of(results, "userisation", "")
        assert [one.arm for one in found] == list(results.arms)
        for one, wanted in zip(found, ([0.8, 0.2], [0.5, 0.5]), strict=True):
            assert [span.value for span in one.shares] == pytest.approx(wanted, abs=0.15)
            assert all(span.low <= true <= span.high for span, true in zip(one.shares, wanted, strict=True))
    assert base_rows(np.random.default_rng(1).random((60, 3))) is None


def test_what_failed_is_listed_and_few_points_have_no_effects(known_market, short_scenario, tmp_path, monkeypatch):
    monkeypatch.setattr(known_market, "fails_at", {0: 3})
    with open_results(made(tmp_path, 4)) as results, use_language("en"):
        told = tell(results)
    assert told.tables[-1].title == "Runs that failed"
    assert "a market without customers" in told.tables[-1].rows[0][-1]
    assert any("60 points" in doubt for doubt in told.doubts)
    assert any("8 runs failed" in doubt for doubt in told.doubts)
