"""Known fronts are found by real runs and by an emulator, which is not believed where it fails."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.analysis.fronts import hypervolume
from experiments.analysis.levers import Choice, Lever, Number, WholeNumber, decided, features
from experiments.analysis.notes import Doubt
from experiments.analysis.search import search, search_emulated
from experiments.analysis.surrogate import fit_surrogate

REFERENCE = np.array([1.1, 1.1])


def doubts(found):
    return {note.doubt for note in found.notes}


def zdt1(x):
    """Zitzler, Deb and Thiele 2000: the front is f2 = 1 - sqrt f1; less is better."""
    g = 1 + 9 * x[:, 1:].mean(axis=1)
    return np.stack([x[:, 0], g * (1 - np.sqrt(x[:, 0] / g))], axis=1)


def quadratic(x):
    """Distances from two points; the front lies between them: sqrt f1 + sqrt f2 = sqrt 2 * 0.5."""
    return np.stack([((x - 0.25) ** 2).sum(axis=1), ((x - 0.75) ** 2).sum(axis=1)], axis=1)


def alone(function):
    return lambda x: function(x)[:, None, :]


def noisy(function, spread, replicates=4, seed=0):
    """Luck that depends on the decision, the same each time it is run."""

    def evaluate(x):
        keys = np.abs((x * 1e6).astype(np.int64)).sum(axis=1)
        luck = [np.random.default_rng((seed, key)).standard_normal((replicates, 2)) for key in keys]
        return function(x)[:, None, :] + spread * np.array(luck)

    return evaluate


@pytest.mark.slow
def test_the_front_of_zdt1_is_found_and_more_runs_come_nearer():
    # Hypervolume of the front up to (1.1, 1.1): 1.21 less what lies below it, 1/3 between 0 and 1.
    whole = 1.1 * 1.1 - 1 / 3
    volumes = [
        hypervolume(search(alone(zdt1), [Number(0, 1)] * 6, [False, False], budget, seed=1).objectives, REFERENCE)
        for budget in (400, 4000)
    ]
    assert volumes[0] < volumes[1] < whole
    assert volumes[1] > 0.97 * whole


@pytest.mark.slow
def test_an_emulator_finds_a_smooth_front_with_few_runs():
    levers = [Number(0, 1)] * 3
    found = search_emulated(noisy(quadratic, 0.01), levers, [False, False], 90, confirm=noisy(quadratic, 0.01, 8, 1))
    assert found.emulated
    assert found.held_out is not None
    assert found.held_out.explained.min() > 0.95
    assert len(found.tried) <= 90
    # On the front sqrt f1 + sqrt f2 = sqrt(3) / 2; confirmed means of eight have a luck of 0.0035.
    assert found.confirmed is not None
    real = quadratic(found.decisions)
    assert np.abs(np.sqrt(real).sum(axis=1) - 3**0.5 / 2).max() < 0.06
    assert np.abs(found.confirmed.value - real).max() < 0.02
    assert Doubt.FEW_DECISIONS not in doubts(found)
    # Winners of each wave were run for real.
    assert found.missed.shape == (3, 2)
    assert found.missed.max() < 0.03
    direct = search(noisy(quadratic, 0.01), levers, [False, False], 90)
    point = np.array([0.8, 0.8])
    assert hypervolume(real, point) > hypervolume(quadratic(direct.decisions), point)


def test_a_search_that_begins_with_few_decisions_says_so():
    few = search_emulated(noisy(quadratic, 0.01), [Number(0, 1)] * 3, [False, False], 58)
    (note,) = few.notes
    assert note.doubt is Doubt.FEW_DECISIONS
    assert note.value == 29
    assert not search_emulated(noisy(quadratic, 0.01), [Number(0, 1)] * 3, [False, False], 60).notes


@pytest.mark.slow
def test_a_poor_emulator_is_not_believed():
    def rough(x):
        return np.sin(400 * x).sum(axis=1)[:, None, None] * np.ones((1, 2, 2))

    found = search_emulated(rough, [Number(0, 1)] * 4, [True, False], 60)
    assert not found.emulated
    assert Doubt.POOR_EMULATOR in doubts(found)
    assert found.held_out is not None
    assert found.held_out.explained.min() < 0.5
    assert 50 < len(found.tried) <= 60


def test_whole_numbers_choices_and_limits_are_kept():
    # Gain grows with both and with the right option; cost likewise. The sum may not exceed 8.
    levers: list[Lever] = [Number(0, 5), WholeNumber(0, 5), Choice(3)]
    bonus = np.array([0.0, 3.0, 1.0])

    def evaluate(x):
        assert (x[:, 0] + x[:, 1] <= 8).all()
        assert np.array_equal(x[:, 1:], np.round(x[:, 1:]))
        gain = x[:, 0] + 2 * x[:, 1] + bonus[x[:, 2].astype(int)]
        return np.stack([gain, x[:, 0] + x[:, 1]], axis=1)[:, None, :]

    found = search(evaluate, levers, [True, False], 1200, limits=lambda x: x[:, :1] + x[:, 1:2] - 8, seed=0)
    assert (found.decisions[:, 2] == 1).all()
    # The best gain that the limit allows: 5 whole, 3 more, and the bonus.
    assert found.objectives[:, 0].max() == pytest.approx(16, abs=0.1)
    assert found.objectives[:, 1].min() == pytest.approx(0, abs=0.1)
    # Whole units are worth twice as much: as a rule they come first.
    assert (found.decisions[found.decisions[:, 0] > 1.1, 1] >= 4).mean() > 0.9


def test_the_budget_is_kept_and_seeds_matter():
    calls = []

    def evaluate(x):
        calls.append(len(x))
        return zdt1(x)[:, None, :]

    np.random.seed(7)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(7)  # noqa: NPY002
    first = search(evaluate, [Number(0, 1)] * 3, [False, False], 105, seed=0)
    assert sum(calls) == 105
    assert np.random.random() == expected  # noqa: NPY002
    again, other = (search(alone(zdt1), [Number(0, 1)] * 3, [False, False], 105, seed=seed) for seed in (0, 1))
    assert np.array_equal(first.tried, again.tried)
    assert not np.array_equal(first.tried, other.tried)


def test_winners_that_lose_on_fresh_luck_are_told():
    def evaluate(x):
        return np.stack([x[:, 0], 1 - x[:, 0]], axis=1)[:, None, :]

    def confirm(x):
        # On fresh luck the second objective is all the same: only the least of the first is not beaten.
        return np.repeat(np.stack([x[:, 0], np.ones(len(x))], axis=1)[:, None, :], 6, axis=1)

    found = search(evaluate, [Number(0, 1)], [False, False], 60, confirm=confirm)
    assert len(found.decisions) > 10
    assert (~found.is_beaten).sum() == 1
    assert Doubt.WINNER_LOST in doubts(found)


def test_runs_without_a_number_and_limits_that_nothing_keeps():
    def evaluate(x):
        return np.where(x[:, :1] > 0.5, np.nan, np.stack([x[:, 0], -x[:, 1]], axis=1))[:, None, :]

    found = search(evaluate, [Number(0, 1)] * 2, [True, True], 200)
    assert np.isfinite(found.objectives).all()
    assert found.objectives[:, 0].max() == pytest.approx(0.5, abs=0.05)
    assert Doubt.UNDEFINED_OUTCOME in doubts(found)
    for way in (search, search_emulated):
        none = way(evaluate, [Number(0, 1)] * 2, [True, True], 60, limits=lambda x: np.ones((len(x), 1)))
        assert doubts(none) == {Doubt.NOTHING_FEASIBLE}
        assert len(none.decisions) == 0


def test_every_option_has_its_share_of_the_cube():
    cube = (np.arange(600)[:, None] + 0.5) / 600 * np.ones((1, 3))
    levers: list[Lever] = [Number(-1, 1), WholeNumber(2, 4), Choice(3)]
    found = decided(cube, levers)
    assert np.unique(found[:, 1], return_counts=True)[1].tolist() == [200, 200, 200]
    assert (found[:, 0].min(), found[:, 0].max()) == pytest.approx((-1, 1), abs=0.01)
    seen = features(found, levers)
    assert seen.shape == (600, 5)
    assert (seen[:, 2:].sum(axis=1) == 1).all()


def test_held_out_fit_is_that_of_new_points_and_grows_with_runs():
    # Cross-validation learns from four fifths: what it says must be near, and rather below, the fit on 400 new points.
    random = np.random.default_rng(1)
    levers: list[Lever] = [Number(-1, 3), Choice(2)]

    def truth(x):
        return (np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 0])[:, None]

    fits = []
    fresh = decided(random.random((400, 2)), levers)
    for count in (16, 64):
        points = decided(np.random.default_rng(2).random((count, 2)), levers)
        outcomes = truth(points)[:, None] + 0.2 * random.standard_normal((count, 4, 1))
        found = fit_surrogate(points, outcomes, levers)
        missed = truth(fresh) - found.predict(fresh)[0]
        real = 1 - (missed**2).mean() / truth(fresh).var()
        fits.append(float(found.held_out.explained[0]))
        assert fits[-1] < real + 0.05
        assert not found.is_outside(points).any()
    assert fits[0] < fits[1]
    assert found.held_out.is_trusted()
    assert found.held_out.q2[0] < found.held_out.explained[0]
    assert found.is_outside(np.array([[3.5, 0.0], [1.0, 1.0]])).tolist() == [True, False]


def test_one_replicate_a_point_is_smoothed_not_followed():
    random, levers = np.random.default_rng(3), [Number(0, 1)]
    points = random.random((60, 1))
    found = fit_surrogate(points, 2 * points[:, None] + 0.3 * random.standard_normal((60, 1, 1)), levers)
    there = np.linspace(0.05, 0.95, 50)[:, None]
    # A line known from 60 points of luck 0.3: to 0.3 sqrt(2 / 60) = 0.055; following the luck it would be 0.3.
    assert np.sqrt(((found.predict(there)[0] - 2 * there) ** 2).mean()) < 0.13
    assert np.isnan(found.held_out.luck).all()


def test_searches_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="make no search"):
        search(alone(zdt1), [], [False], 10)
    with pytest.raises(ValueError, match="objectives must be"):
        search(zdt1, [Number(0, 1)] * 2, [False, False], 10)
    with pytest.raises(ValueError, match="30 is the least"):
        search_emulated(alone(zdt1), [Number(0, 1)] * 2, [False, False], 20)
    with pytest.raises(ValueError, match="too few"):
        fit_surrogate(np.zeros((8, 1)), np.zeros((8, 1, 1)), [Number(0, 1)])
    for make in (lambda: Number(1, 1), lambda: WholeNumber(2, 1), lambda: Choice(1)):
        with pytest.raises(ValueError, match=r"nothing to decide|no choice"):
            make()
