"""Targets on purchases and on facts: the numbers are those of the panel and of the registry, wherever runs are made."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.calibration.ledger import Ledger
from experiments.calibration.study import Budget, Study
from experiments.calibration.targets import read_targets
from experiments.calibration.watching import Watching
from experiments.facts.choice_statistics import bootstrap, choice_statistics
from experiments.facts.markets import plans
from experiments.facts.observer import Observer
from experiments.facts.registry import STATISTICS
from experiments.facts.sampling import take_sample
from experiments.panel.catsup import catsup
from experiments.pool import Pool
from experiments.runs import run_replicates
from sim.market import Market
from sim.problems import ScenarioError
from sim.scenario import load

PARAMETER = '[[parameter]]\nkey = "mechanisms.purchase.taste_spread"\nlow = 0.5\nhigh = 3.0\n'
PANEL = '[[target]]\nkind = "panel"\nstatistic = "{}"\n'
FACT = '[[target]]\nkind = "fact"\nstatistic = "{}"\n'
VALUE = "value = 0.5\nsd = 0.02\n"


@pytest.fixture(scope="module")
def market():
    return load("baseline", {"population.size": 400, "horizon": 26})


@pytest.fixture
def read(tmp_path, market):
    def read(text, panel=None):
        path = tmp_path / "targets.toml"
        path.write_text(PARAMETER + text, encoding="utf-8")
        return read_targets(path, market, panel)

    return read


@pytest.mark.slow
def test_statistics_of_purchases_are_those_of_the_panel(read, market):
    question = read(PANEL.format("repeat_rate") + VALUE + PANEL.format("excess_inertia") + VALUE)
    assert question.watching == Watching(400, ("drinks",))
    with Pool(2) as pool:
        runs = run_replicates(market, replicates=2, threads=2, pool=pool, watch=question.watching)
    for run in runs:
        made = Market(market, replicate=run.replicate)
        watched = Observer(made, households=400).run().panels["drinks"].panel()
        wanted = choice_statistics(watched)
        assert run.seen.choices["drinks"] == pytest.approx(wanted, nan_ok=True)


@pytest.mark.slow
def test_a_study_can_aim_at_purchases(read, market, tmp_path):
    question = read(PANEL.format("repeat_rate") + VALUE)
    with Ledger.create(tmp_path / "one.sqlite", {}) as ledger:
        outcome = Study(market, question, Budget(12, 1, 6, 2, 20, 6), ledger, threads=2).run()
    assert outcome is not None
    # Six runs at draws are near 0.5: luck of 400 consumers and spread of draws of some 0.03 each; tolerance 5 of the
    # mean's.
    assert outcome.checked.mean() == pytest.approx(0.5, abs=0.06)


@pytest.mark.slow
def test_a_real_panel_gives_values_with_their_errors(read):
    panel = catsup()
    (goal,) = read(PANEL.format("repeat_rate"), panel).goals
    assert goal.low == pytest.approx(choice_statistics(panel)["repeat_rate"])
    assert goal.sd == pytest.approx(np.std(bootstrap(panel, 200)["repeat_rate"]))
    assert read(PANEL.format("repeat_rate"), panel).watching == Watching(len(panel.households), ("drinks",))


@pytest.mark.slow
def test_a_fact_is_measured_in_its_own_market(read, market):
    key = "boycott_peak"
    question = read(FACT.format(key))
    (goal,) = question.goals
    assert (goal.low, goal.high) == (STATISTICS[key].low, STATISTICS[key].high)
    assert goal.averaged
    short = load("baseline", {"population.size": 100, "horizon": 2, "mechanisms.activation.mood": 0.3})
    (run,) = run_replicates(short, watch=question.watching)
    wanted = STATISTICS[key].measure(take_sample(plans()[STATISTICS[key].market], 0, seed=short.seed, user=short))
    assert run.seen.facts[key] == pytest.approx(wanted, nan_ok=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PANEL.format("repeat_rat") + VALUE, "did you mean 'repeat_rate'?"),
        (PANEL.format("repeat_rate") + VALUE + 'sector = "drink"\n', "did you mean 'drinks'?"),
        (PANEL.format("repeat_rate"), "or a panel with --panel"),
        (FACT.format("boycott_pek"), "did you mean 'boycott_peak'?"),
    ],
)
def test_names_that_there_are_not_are_refused(read, text, said):
    with pytest.raises(ScenarioError) as caught:
        read(text)
    assert said in str(caught.value)
