"""Shares of games whose values are known, on few and on many changes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from experiments.analysis.coalitions import plan_for, plan_sampled
from experiments.analysis.notes import Doubt
from experiments.analysis.shapley import Memory, explain, shares_of


def game(value, replicates=6, spread=0.0, seed=1):
    """Outcomes of a game: its value, and luck that every coalition of a replicate shares."""
    luck = spread * np.random.default_rng(seed).standard_normal(replicates)
    return lambda asked: np.array([value(one) + luck for one in asked])


def test_additive_changes_get_what_they_add():
    effects = np.array([3.0, -1.0, 0.5, 0.0])
    found = explain(game(lambda made: effects[list(made)].sum(), spread=5.0), 4)
    assert found.shares.value == pytest.approx(effects)
    assert found.interactions is not None
    assert found.interactions.value == pytest.approx(0.0)
    # Luck that all coalitions share leaves no interval.
    assert found.shares.half_width == pytest.approx(0.0, abs=1e-12)
    assert found.evaluated == 16


def test_the_airport_game():
    # A runway for aircraft that need 8, 11, 13 and 18: each stretch is paid by those who need it, in equal parts
    # [Littlechild and Owen 1973].
    needs = [8.0, 11.0, 13.0, 18.0]
    found = explain(game(lambda made: max((needs[x] for x in made), default=0.0)), 4)
    steps = [high - low for low, high in pairwise([0.0, *needs])]
    expected = [sum(step / (4 - k) for k, step in enumerate(steps) if k <= place) for place in range(4)]
    assert found.shares.value == pytest.approx(expected)


def test_the_glove_game():
    # Two left gloves, one right: 1/6, 1/6, 2/3 [Shapley and Shubik 1969]. The two lefts stand in for each other.
    found = explain(game(lambda made: float(2 in made and len(made) > 1)), 3)
    assert found.shares.value == pytest.approx([1 / 6, 1 / 6, 2 / 3])
    assert found.pairs.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert found.interactions is not None
    assert found.interactions.value == pytest.approx([-1 / 2, 1 / 2, 1 / 2])


def test_a_weighted_majority():
    # Seats 4, 2, 1 of 7 and a quota of 5: the first is in every majority; 2/3, 1/6, 1/6 by enumeration of orders.
    seats = [4, 2, 1]
    found = explain(game(lambda made: float(sum(seats[x] for x in made) >= 5)), 3)
    assert found.shares.value == pytest.approx([2 / 3, 1 / 6, 1 / 6])


@pytest.mark.parametrize("changes", [5, 12])
def test_shares_add_up_in_every_replicate(changes):
    random = np.random.default_rng(changes)
    table: dict[frozenset[int], np.ndarray] = {}

    def anything(asked):
        return np.array([table.setdefault(one, 1e3 * random.standard_normal((7, 4))) for one in asked])

    found = explain(anything, changes, budget=200, seed=3)
    whole, none = table[frozenset(range(changes))], table[frozenset()]
    assert np.abs(found.each.sum(axis=1) - (whole - none)).max() < 1e-11 * 1e3
    assert found.shares.value.sum(axis=0) == pytest.approx(found.total.value, rel=1e-12)


def quadratic(changes, seed):
    """Changes that act alone and two at a time: shares are a + half of all b."""
    random = np.random.default_rng(seed)
    alone, joint = random.standard_normal(changes), np.triu(random.standard_normal((changes, changes)), 1)

    def value(made):
        row = np.array([x in made for x in range(changes)], dtype=float)
        return float(alone @ row + row @ joint @ row)

    return value, alone + (joint + joint.T).sum(axis=1) / 2, joint[np.triu_indices(changes, 1)]


def test_one_order_and_its_reverse_are_exact_for_effects_of_two():
    value, shares, _ = quadratic(12, 1)
    found = explain(game(value), 12, budget=26)
    assert found.shares.value == pytest.approx(shares)
    assert Doubt.SAMPLED in {note.doubt for note in found.notes}


def test_sampled_interactions_are_found_and_the_unmet_are_told():
    value, _, joint = quadratic(10, 2)
    found = explain(game(value), 10, budget=300, interactions=True)
    assert found.interactions is not None
    met = np.isfinite(found.interactions.value)
    assert met.mean() > 0.6
    assert found.interactions.value[met] == pytest.approx(joint[met])
    assert [note.about for note in found.notes if note.doubt is Doubt.PAIR_NOT_MET] == np.flatnonzero(~met).tolist()


def airport(made):
    return max(((x + 1) ** 2 for x in made), default=0.0)


def airport_shares(changes):
    steps = np.diff([0.0, *((np.arange(changes) + 1) ** 2)])
    return np.cumsum(steps / (changes - np.arange(changes)))


def test_sampling_errors_are_as_large_as_they_say_and_fall_with_the_budget():
    # The airport of 11 aircraft, 60 seeds: mean square of errors over their estimate, 1.0; from a few pairs of orders
    # it is loose: within a factor of 2. Eight times the coalitions (of 2,048) halve the error at least.
    truth, errors = airport_shares(11), {}
    for budget in (60, 480):
        missed, said = [], []
        for seed in range(60):
            found = explain(game(airport, replicates=1), 11, budget=budget, seed=seed)
            missed.append(found.shares.value - truth)
            said.append(found.sampling_error)
        errors[budget] = np.sqrt(np.mean(np.square(missed)))
        assert 0.5 < errors[budget] / np.sqrt(np.mean(np.square(said))) < 2.0
    assert errors[480] < errors[60] / 2


def test_reversed_orders_err_less_than_orders_alone():
    # Same coalitions, orders drawn alone or with their reverse: 100 seeds.
    truth, changes = airport_shares(10), 10
    paired, alone = [], []
    for seed in range(100):
        plan = plan_sampled(changes, 100, seed)
        paired.append(explain(game(airport, replicates=1), changes, 100, seed).shares.value - truth)
        random, shares = np.random.default_rng(seed), np.zeros(changes)
        for _ in range(len(plan.orders)):
            order, before = random.permutation(changes), 0.0
            for place in range(changes):
                after = airport(order[: place + 1].tolist())
                shares[order[place]] += (after - before) / len(plan.orders)
                before = after
        alone.append(shares - truth)
    assert np.mean(np.square(paired)) < 0.8 * np.mean(np.square(alone))


def test_intervals_over_replicates_hold_the_truth():
    # Effects that vary over replicates: 300 games of 8 replicates, 3 changes; 0.95 of 900 is known to 0.0073 (shares
    # of one game are independent here): within 0.03.
    random = np.random.default_rng(8)
    plan, held = plan_for(3), 0
    for _ in range(300):
        effects = np.array([1.0, -2.0, 0.0]) + random.standard_normal((8, 3))
        found = shares_of(np.stack([effects @ row for row in plan.coalitions]), plan)
        held += int(((found.shares.low < [1, -2, 0]) & (found.shares.high > [1, -2, 0])).sum())
    assert held / 900 == pytest.approx(0.95, abs=0.03)


def test_each_coalition_is_run_once_in_batches():
    calls = []

    def evaluate(asked):
        calls.append(len(asked))
        return np.zeros((len(asked), 5))

    memory = Memory(evaluate)
    explain(memory, 3)
    explain(memory, 3)
    assert calls == [8]
    assert len(memory) == 8
    with pytest.raises(ValueError, match="outcomes must be"):
        Memory(lambda asked: np.zeros(3))([frozenset()])


def test_replicates_without_a_number_are_left_out_everywhere():
    outcomes = np.random.default_rng(9).standard_normal((4, 8))
    outcomes[2, 3] = np.nan
    plan = plan_for(2)
    found, without = shares_of(outcomes, plan), shares_of(np.delete(outcomes, 3, axis=1), plan)
    assert found.shares.value == pytest.approx(without.shares.value)
    assert found.notes[0].doubt is Doubt.UNDEFINED_RUNS


def test_plans_that_cannot_be_made_are_refused():
    with pytest.raises(ValueError, match="no change"):
        plan_for(0)
    with pytest.raises(ValueError, match="does not pay"):
        plan_for(20, budget=30)
    with pytest.raises(ValueError, match="outcomes must be"):
        shares_of(np.zeros((3, 2)), plan_for(2))


def test_weights_of_all_coalitions_are_those_of_orders():
    # The first change counts only as the (size + 1)th to be made: that is so in one order of n.
    for size in range(5):
        found = explain(game(lambda made, size=size: float(0 in made and len(made) == size + 1)), 5)
        assert found.shares.value[0] == pytest.approx(1 / 5)
