"""Boxes of known shape are found, in numbers and in categories, and noise has none."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from experiments.analysis.discovery.boxes import Box, Restriction, scores_of
from experiments.analysis.discovery.prim import discover
from experiments.analysis.discovery.trees import grow, grow_classes
from experiments.analysis.notes import Doubt


def corner(count, seed, noise=0.1):
    """Failures where x0 > 0.6 and x3 < 0.45 of eight; a share `noise` of all flags is turned."""
    random = np.random.default_rng(seed)
    points = random.random((count, 8))
    return points, ((points[:, 0] > 0.6) & (points[:, 3] < 0.45)) ^ (random.random(count) < noise)


def doubts(found):
    return {note.doubt for note in found.notes}


def test_scores_by_hand():
    points = np.array([[0.1, 0], [0.4, 1], [0.6, 2], [0.9, 1]])
    box = Box((Restriction(0, low=0.3), Restriction(1, allowed=frozenset({1, 2}))))
    found = scores_of(box, points, np.array([True, True, False, True]))
    assert (found.inside, found.cases) == (3, 2)
    assert found.coverage == pytest.approx(2 / 3)
    assert found.density == pytest.approx(2 / 3)
    assert found.mass == pytest.approx(3 / 4)


@pytest.mark.slow
def test_a_corner_is_found_with_its_edges():
    # 3,000 points, a tenth of the flags turned: in the true corner density 0.9, coverage 0.18 x 0.9 / (0.162 + 0.082)
    # = 0.66. Some 2,000 points on each unit of an edge and steps of a twentieth: edges within 0.04.
    points, sought = corner(3000, 1)
    first, *others = discover(points, sought, resamples=10)
    assert first.box.factors == (0, 3)
    assert first.box.of(0).low == pytest.approx(0.6, abs=0.04)
    assert first.box.of(3).high == pytest.approx(0.45, abs=0.04)
    assert np.isinf(first.box.of(0).high)
    assert first.scores.density == pytest.approx(0.9, abs=0.06)
    assert first.scores.coverage == pytest.approx(0.66, abs=0.07)
    assert first.held_out.density == pytest.approx(0.9, abs=0.08)
    assert first.is_significant
    assert not others
    assert first.reproduced[[0, 3]].tolist() == [1, 1]
    assert first.reproduced[[1, 2, 4, 5, 6, 7]].max() < 0.5
    assert first.limits[0, 0, 0] - 0.03 < first.box.of(0).low < first.limits[0, 0, 1] + 0.03
    assert all(p < 1e-6 for p in first.quasi_p)


def test_the_trajectory_trades_coverage_for_density():
    points, sought = corner(2000, 2)
    found = discover(points, sought, most=1, resamples=0)[0]
    scores = [one for _, one in found.trajectory]
    assert scores[0].coverage == scores[0].mass == 1.0
    assert all(a.mass > b.mass for a, b in pairwise(scores))
    assert scores[-1].density > 0.85 > scores[0].density
    assert scores[-1].mass >= 0.05


@pytest.mark.slow
def test_edges_are_nearer_with_more_points():
    # 10 data sets each: root mean square error of both edges.
    errors = {}
    for count in (250, 2000):
        missed = []
        for seed in range(10):
            points, sought = corner(count, seed, noise=0.05)
            box = discover(points, sought, most=1, resamples=0)[0].box
            missed += [box.of(0).low - 0.6, box.of(3).high - 0.45]
        errors[count] = np.sqrt(np.mean(np.square(missed)))
    assert errors[2000] < errors[250] / 1.5
    assert errors[2000] < 0.03


@pytest.mark.slow
def test_noise_has_no_significant_box():
    # 40 sets of 300 points that nothing tells apart, 5 factors. A test at 5 % may err in 2 of 40; above 6 with a
    # probability of 0.3 % only.
    random = np.random.default_rng(3)
    wrong = 0
    for seed in range(40):
        found = discover(random.random((300, 5)), random.random(300) < 0.3, resamples=0, seed=seed)
        wrong += found[0].is_significant
        assert (Doubt.NOT_SIGNIFICANT in doubts(found[0])) is not found[0].is_significant
        assert len(found) == 1 or found[0].is_significant
    assert wrong <= 6


def test_two_corners_are_two_boxes():
    random = np.random.default_rng(4)
    points = random.random((3000, 5))
    sought = ((points[:, 0] > 0.7) & (points[:, 1] > 0.6)) | ((points[:, 2] < 0.3) & (points[:, 3] < 0.4))
    found = discover(points, sought, resamples=0)
    assert {one.box.factors for one in found[:2]} == {(0, 1), (2, 3)}
    both = found[0].box.holds(points) | found[1].box.holds(points)
    assert (both & sought).sum() / sought.sum() > 0.9


def test_categories_are_restricted_by_what_they_may_be():
    random = np.random.default_rng(5)
    points = np.column_stack([random.integers(0, 5, 1500), random.random((1500, 2))])
    sought = np.isin(points[:, 0], [1, 3]) & (points[:, 1] > 0.5)
    found = discover(points, sought, categories=[5, 0, 0], resamples=5)[0]
    assert found.box.of(0).allowed == frozenset({1, 3})
    assert found.box.of(1).low == pytest.approx(0.5, abs=0.02)
    assert found.box.factors == (0, 1)
    assert found.scores.density > 0.98
    rules = grow(points, sought, categories=[5, 0, 0]).rules
    union = np.logical_or.reduce([rule.box.holds(points) for rule in rules])
    assert (union & sought).sum() / sought.sum() > 0.97
    assert sought[union].mean() > 0.97


def test_whole_numbers_with_ties_are_peeled_a_value_at_a_time():
    random = np.random.default_rng(6)
    points = np.column_stack([random.integers(0, 4, 800), random.random(800)]).astype(float)
    found = discover(points, points[:, 0] >= 2, resamples=0)[0]
    assert found.box.factors == (0,)
    assert found.box.of(0).low == pytest.approx(1.5)
    assert (found.scores.coverage, found.scores.density) == (1.0, 1.0)


def test_trees_find_the_same_corner():
    points, sought = corner(3000, 7)
    found = grow(points, sought)
    best = found.rules[0]
    assert best.box.factors == (0, 3)
    assert best.box.of(0).low == pytest.approx(0.6, abs=0.03)
    assert best.box.of(3).high == pytest.approx(0.45, abs=0.03)
    assert best.scores.density == pytest.approx(0.9, abs=0.05)
    assert found.accuracy > 0.75
    assert not found.notes


def test_rules_of_a_tree_share_out_all_points():
    random = np.random.default_rng(8)
    points = random.random((600, 3))
    found = grow_classes(points, np.digitize(points[:, 1], [0.3, 0.7]))
    held = np.sum([rule.box.holds(points) for rule in found.rules], axis=0)
    assert (held == 1).all()
    assert found.classes == 3
    assert {rule.says for rule in found.rules} == {0, 1, 2}
    assert found.accuracy > 0.95


def test_trees_say_when_there_is_nothing():
    random = np.random.default_rng(9)
    found = grow(random.random((300, 4)), random.random(300) < 0.4)
    assert doubts(found) == {Doubt.NOT_SIGNIFICANT}


@pytest.mark.parametrize(
    ("points", "sought", "what"),
    [
        (np.zeros((50, 2)), np.zeros(49, dtype=bool), "do not go together"),
        (np.zeros((50, 2)), np.zeros(50, dtype=bool), "must be sought"),
        (np.full((50, 2), np.nan), np.arange(50) < 9, "every factor"),
        (np.zeros((10, 2)), np.arange(10) < 5, "too few"),
    ],
)
def test_what_cannot_be_searched_is_refused(points, sought, what):
    with pytest.raises(ValueError, match=what):
        discover(points, sought)


@pytest.mark.parametrize("points", [128, 512])
def test_conditions_without_noise_are_found_again(points):
    # Boxes of a trajectory begin with several that hold all cases, the first of which asks nothing.
    there = np.asarray(stats.qmc.Sobol(3, seed=1).random(points))
    first = discover(there, there[:, 0] > 0.76)[0]
    assert first.box.factors == (0,)
    assert first.reproduced.tolist() == [1, 0, 0]
    assert not first.notes
