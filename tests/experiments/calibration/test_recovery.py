"""Calibrate to data simulated from known parameters, and find these again as often as the intervals say."""

from __future__ import annotations

import json

import numpy as np
import pytest

from experiments.calibration.inference import Aim, sample, sobol
from experiments.calibration.priors import settings_of
from experiments.calibration.statistics import Finished
from experiments.calibration.targets import read_targets
from experiments.emulator import fit_emulator, one_thread
from experiments.pool import Pool
from experiments.runs import run_replicates
from sim.scenario import changed, load
from tests.experiments.calibration import toy


def holds(cube, truth):
    """Tell which 50 % and which 90 % intervals hold the truth, (2, D)."""
    edges = [np.quantile(cube, [(1 - level) / 2, (1 + level) / 2], axis=0) for level in (0.5, 0.9)]
    return np.array([(low <= truth) & (truth <= high) for low, high in edges])


@pytest.mark.slow
def test_intervals_hold_the_truths_of_a_toy_as_often_as_they_say():
    # 20 truths, 3 parameters, one design: 60 intervals. At 50 % 30 hold, standard deviation 3.9; at 90 % 54, 2.3; three
    # of these are allowed either way.
    emulator = toy.learnt(128, 3)
    found = []
    with one_thread():
        for seed in range(20):
            random = np.random.default_rng([5, seed])
            truth = random.random(toy.DIMENSIONS)
            seen = toy.observed(truth, random)
            found.append(holds(sample(emulator, toy.aim_of(seen), toy.DIMENSIONS, seed, brief=True).cube, truth))
    half, most = np.array(found).sum(axis=(0, 2))
    assert 19 <= half <= 41
    assert 48 <= most <= 60


TARGETS = """
[[parameter]]
key = "mechanisms.purchase.taste_spread"
low = 0.8
high = 2.2
[[parameter]]
name = "price sensitivity"
key = "population.traits.price_sensitivity.median"
prior = { distribution = "loguniform", low = 1.5, high = 6.0 }
[[parameter]]
key = "firm.Nova.appeal"
low = -1.0
high = 1.0
"""
WANTED = (
    'kind = "share"\nof = "Nova"',
    'kind = "share"\nof = "Citadel"',
    'kind = "share"\nof = "Agora"',
    'kind = "repeat_rate"',
    'kind = "figure"\nfigure = "not_bought"\nover = "mean"',
    'kind = "kpi"\nformula = \'mean(revenue["Nova"]) / mean(revenue)\'',
)
ERRORS = (0.003, 0.003, 0.003, 0.003, 0.003, 0.003)
SIZE = {"population.size": 1000, "horizon": 40}


def targets_text(values):
    tables = zip(WANTED, values, ERRORS, strict=True)
    return TARGETS + "".join(f"[[target]]\n{what}\nvalue = {value!r}\nsd = {sd}\n" for what, value, sd in tables)


def simulated(market, question, cube, replicates, first, pool):
    """Run the market at points of the cube, (n, replicates, K)."""
    points = np.repeat(cube, replicates, axis=0)
    runs = run_replicates(
        market, threads=2, figures=sorted(question.figures), pool=pool, numbers=range(first, first + len(points)),
        each=lambda number: changed(market, dict(settings_of(question.parameters, points[number - first]))),
    )  # fmt: skip
    rows = [[goal.statistic.of(Finished(run.record)) for goal in question.goals] for run in runs if run.record]
    return np.array(rows).reshape(len(cube), replicates, -1)


@pytest.fixture
def question(tmp_path):
    path = tmp_path / "targets.toml"
    path.write_text(targets_text([0.2] * 6), encoding="utf-8")
    return read_targets(path, load("baseline", SIZE))


@pytest.mark.heavy
def test_intervals_hold_the_truths_of_a_market_as_often_as_they_say(question):
    # 40 truths, 3 parameters, one design of 256 points and 2 futures: 120 intervals. At 50 % 60 hold, standard
    # deviation 5.5; at 90 % 108, 3.3; three of these are allowed either way. Each truth is one future, measured with
    # error.
    market = load("baseline", SIZE)
    random = np.random.default_rng(17)
    truths = random.random((40, 3))
    with Pool(2) as pool:
        cube = sobol(3, 256, 5)
        numbers = simulated(market, question, cube, 2, 0, pool)
        seen = simulated(market, question, truths, 1, 10**6, pool)[:, 0]
    seen = seen + np.array(ERRORS) * random.standard_normal(seen.shape)
    found = []
    with one_thread():
        emulator = fit_emulator(cube, numbers, 1)
        for place, (truth, values) in enumerate(zip(truths, seen, strict=True)):
            drawn = sample(emulator, Aim(values, values, np.array(ERRORS)), 3, place)
            found.append(holds(drawn.cube, truth))
    half, most = np.array(found).sum(axis=(0, 2))
    print(f"50 %: {half} of 120, 90 %: {most} of 120")
    assert 44 <= half <= 76
    assert 98 <= most <= 118


@pytest.mark.heavy
def test_the_command_finds_parameters_again(command, question, tmp_path):
    # 4 truths, 3 parameters: 12 intervals. At 90 % 10.8 hold, standard deviation 1.0, at 50 % 6, 1.7; three of these
    # are allowed. With the true parameters no target can be out of reach.
    market = load("baseline", SIZE)
    random = np.random.default_rng(23)
    truths = random.random((4, 3))
    with Pool(2) as pool:
        seen = simulated(market, question, truths, 1, 2 * 10**6, pool)[:, 0]
    seen = seen + np.array(ERRORS) * random.standard_normal(seen.shape)
    half = most = 0
    for place, values in enumerate(seen):
        targets, out = tmp_path / f"{place}.toml", tmp_path / f"out{place}"
        targets.write_text(targets_text(values.tolist()), encoding="utf-8")
        ended = command(
            "calibrate", "baseline", "-t", targets, "--out", out, "--threads", 2, "--consumers", 1000, "--weeks", 40,
            "--json", "--seed", 1,
        )  # fmt: skip
        assert ended.code == 0, ended.err
        document = json.loads(ended.out)
        true = [float(one.prior.value(level)) for one, level in zip(question.parameters, truths[place], strict=True)]
        for value, one in zip(true, document["parameters"], strict=True):
            half += one["inner_low"] <= value <= one["inner_high"]
            most += one["low"] <= value <= one["high"]
            assert one["identified"]
        assert all(target["status"] != "unmet" for target in document["targets"])
    print(f"command: 50 % {half} of 12, 90 % {most} of 12")
    assert 1 <= half <= 11
    assert most >= 8
