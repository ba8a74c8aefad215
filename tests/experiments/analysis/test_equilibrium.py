"""Equilibria in closed form, a game that has none, and noise that nobody should chase."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.analysis.equilibrium import End, Options, Range, least_budget, outcomes_from, play
from experiments.analysis.notes import Doubt


def cournot(profiles, a=12.0, costs=(0.0, 0.0)):
    """Quantities sold at the price a - their sum."""
    price = a - profiles.sum(axis=1, keepdims=True)
    return ((price - np.array(costs)) * profiles)[:, None, :]


def bertrand(profiles, a=10.0, b=2.0, d=1.0, cost=1.0):
    """Prices of differentiated goods: each sells a - b own + d other."""
    return ((profiles - cost) * (a - b * profiles + d * profiles[:, ::-1]))[:, None, :]


def table(first, second):
    """A game of two by two: payoffs of both by choice."""
    payoffs = np.stack([np.array(first, float), np.array(second, float)], axis=-1)
    return lambda profiles: payoffs[profiles[:, 0].astype(int), profiles[:, 1].astype(int)][:, None, :]


def test_cournots_duopoly():
    found = play(cournot, [Range(0, 12), Range(0, 12)], [0.0, 10.0])
    assert found.end is End.EQUILIBRIUM
    assert found.profile == pytest.approx([4, 4], abs=0.02)
    assert found.payoffs == pytest.approx([16, 16], abs=0.2)
    assert found.gains.max() < 1e-3
    assert len(found.cycle) == 1


def test_unequal_costs_move_cournots_equilibrium():
    # q_i = (a - 2 c_i + c_j) / 3.
    found = play(lambda x: cournot(x, costs=(3.0, 0.0)), [Range(0, 12), Range(0, 12)], [1.0, 1.0])
    assert found.profile == pytest.approx([2, 5], abs=0.02)


def test_bertrand_with_differentiated_goods_and_finer_steps_err_less():
    # p = (a + b c) / (2 b - d) = 12 / 3 = 4.
    missed = []
    for zooms in (1, 4):
        found = play(bertrand, [Range(0, 10, zooms=zooms), Range(0, 10, zooms=zooms)], [1.0, 9.0], budget=5000)
        assert found.end is End.EQUILIBRIUM
        missed.append(np.abs(found.profile - 4).max())
    assert missed[1] < max(missed[0], 0.01)
    assert missed[1] < 0.01


def test_three_firms_of_cournot():
    found = play(cournot_of_three, [Range(0, 12)] * 3, [2.0, 2.0, 2.0], budget=20_000)
    assert found.end is End.EQUILIBRIUM
    assert found.profile == pytest.approx([3, 3, 3], abs=0.03)


def cournot_of_three(profiles):
    return ((12 - profiles.sum(axis=1, keepdims=True)) * profiles)[:, None, :]


def test_matching_pennies_go_round():
    game = table([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    found = play(game, [Options((0, 1)), Options((0, 1))], [0, 0])
    assert found.end is End.CYCLE
    assert sorted(map(tuple, found.cycle.tolist())) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert found.evaluated == 4
    assert found.gains.max() == 2


def test_two_equilibria_show_from_several_starts():
    # Battle of the sexes.
    game = table([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    found = outcomes_from(game, [Options((0, 1)), Options((0, 1))], np.array([[0, 0], [1, 1], [0, 1], [1, 0]], float))
    assert sorted(tuple(one.profile.tolist()) for one in found) == [(0, 0), (1, 1)]
    prisoners = table([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    alone = outcomes_from(prisoners, [Options((0, 1)), Options((0, 1))], np.array([[0, 0], [1, 1]], float))
    assert [one.profile.tolist() for one in alone] == [[1, 1]]


def test_nobody_chases_noise():
    # Nothing matters: payoffs are noise of 8 replicates that differs from profile to profile. 40 games of 5 choices. An
    # answer is the best of five by luck, and beats the present one by more than three standard errors in few: at most a
    # quarter of the plays may move at all; by the mean alone nearly all do.
    def noise(seed):
        def payoffs(profiles):
            keys = [(seed, *(int(x) for x in row)) for row in profiles]
            return np.array([np.random.default_rng(key).standard_normal((8, 2)) for key in keys])

        return payoffs

    moved = {}
    players = [Options((0, 1, 2, 3, 4))] * 2
    for beyond in (0.0, 3.0):
        plays = [play(noise(seed), players, [0, 0], beyond=beyond) for seed in range(40)]
        moved[beyond] = np.mean([(one.path != one.path[0]).any() for one in plays])
    assert moved[3.0] <= 0.25
    assert moved[0.0] > 0.8
    still = [one for one in plays if one.end is End.EQUILIBRIUM]
    assert any(Doubt.NOISY_CHOICE in {note.doubt for note in one.notes} for one in still)


def test_a_clear_answer_is_taken_through_noise():
    random = np.random.default_rng(1)
    luck = random.standard_normal((16, 2))
    found = play(lambda x: bertrand(x) + 5 * luck, [Options(tuple(range(9)))] * 2, [0.0, 8.0])
    assert found.end is End.EQUILIBRIUM
    assert found.profile.tolist() == [4, 4]
    assert found.errors == pytest.approx(5 * luck.std(axis=0, ddof=1) / 4)


def test_the_budget_ends_a_play_without_an_answer_and_is_never_exceeded():
    players = [Range(0, 10), Range(0, 10)]
    assert least_budget(players) == 91
    ends = []
    for budget in (91, 100, 140, 200, 400):
        asked: list[int] = []

        def counted(profiles, asked=asked):
            asked.append(len(profiles))
            return bertrand(profiles)

        found = play(counted, players, [1.0, 9.0], budget=budget)
        assert sum(asked) == found.evaluated <= budget
        ends.append(found.end)
        if found.end is End.BUDGET:
            # What is left was kept for a look at what everybody could still gain.
            assert len(found.cycle) == 0
            assert found.gains.max() > 0
    assert ends[0] is End.BUDGET
    assert ends[-1] is End.EQUILIBRIUM


def test_choices_that_differ_by_rounding_alone_are_run_once():
    # A zoom about 10 from 8 to 12 in sevenths meets some of the first numbers again, but for the last bit.
    seen: list[bytes] = []

    def counted(profiles):
        seen.extend(np.round(row, 9).tobytes() for row in profiles)
        return bertrand(profiles)

    found = play(counted, [Range(8, 12, grid=7, zooms=2)] * 2, [9.9, 10.1])
    assert len(seen) == len(set(seen)) == found.evaluated


def test_the_same_play_twice():
    first, second = (play(bertrand, [Range(0, 10), Range(0, 10)], [1.0, 9.0]) for _ in range(2))
    assert np.array_equal(first.path, second.path)


def test_what_cannot_be_played_is_refused():
    with pytest.raises(ValueError, match="player 1 cannot choose"):
        play(cournot, [Range(0, 12), Options((1, 2))], [3.0, 3.0])
    with pytest.raises(ValueError, match="2 players"):
        play(cournot, [Range(0, 12)] * 2, [3.0])
    with pytest.raises(ValueError, match="the least is 91"):
        play(cournot, [Range(0, 12)] * 2, [3.0, 3.0], budget=90)
    with pytest.raises(ValueError, match="payoffs must be"):
        play(lambda x: x, [Range(0, 12)] * 2, [3.0, 3.0])
