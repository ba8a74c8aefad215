"""CART as a second opinion on boxes, and as rules for which of several classes holds where.

Trees of scikit-learn [Breiman, Friedman, Olshen and Stone, Classification and Regression Trees, 1984; for scenario
discovery Lempert, Bryant and Bankes, RAND WR-557, 2008]. Their size is chosen by cross-validation, by the rule of one
standard error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.analysis.discovery.boxes import Box, Restriction, Scores, checked, scores_of
from experiments.analysis.notes import Doubt, Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Whole = NDArray[np.int64]

__all__ = ["Rule", "Tree", "grow", "grow_classes"]

_SIZES = (2, 3, 4, 6, 8, 12)
_FOLDS = 5


@dataclass(frozen=True)
class Rule:
    """One leaf: a box, the class it says, and how well it holds that class's cases."""

    box: Box
    says: int
    scores: Scores


@dataclass(frozen=True)
class Tree:
    """Rules, and how well the whole tree foretells points held out.

    Attributes
    ----------
    rules
        Those that say a class of interest, the one of most coverage first.
    accuracy
        Mean over classes of the share of held-out points of the class that are told right; luck alone gives
        1 / classes.
    error
        Standard error of it, over folds.
    classes
        Number of classes among the points.
    notes
        `Doubt.NOT_SIGNIFICANT` where the accuracy is within two standard errors of luck.
    """

    rules: tuple[Rule, ...]
    accuracy: float
    error: float
    classes: int
    notes: tuple[Note, ...]


def grow(points: Floats, sought: Flags, categories: Sequence[int] | None = None, seed: int = 0) -> Tree:
    """Give rules for the cases sought; parameters and errors as `prim.discover`."""
    points, sought, kinds = checked(points, sought, categories)
    return _grow(points, sought.astype(np.int64), kinds, (1,), seed)


def grow_classes(points: Floats, classes: Whole, categories: Sequence[int] | None = None, seed: int = 0) -> Tree:
    """Give rules for all classes.

    Parameters
    ----------
    points
        (n, D).
    classes
        (n,), the class of each point, two different ones or more.
    categories, seed
        As for `grow`.

    Raises
    ------
    ValueError
        As `boxes.checked`; only one class.
    """
    classes = np.asarray(classes, dtype=np.int64)
    points, _, kinds = checked(points, classes == classes.flat[0], categories)
    return _grow(points, classes, kinds, tuple(np.unique(classes).tolist()), seed)


def _grow(points: Floats, classes: Whole, kinds: tuple[int, ...], told: tuple[int, ...], seed: int) -> Tree:
    from sklearn.model_selection import StratifiedKFold
    from sklearn.tree import DecisionTreeClassifier

    columns, meaning = _coded(points, kinds)
    names, sizes = np.unique(classes, return_counts=True)

    def tree(leaves: int) -> Any:
        return DecisionTreeClassifier(
            max_leaf_nodes=leaves, min_samples_leaf=max(5, len(points) // 100), class_weight="balanced",
            random_state=seed,
        )  # fmt: skip

    folds = max(2, min(_FOLDS, int(sizes.min())))
    right = np.full((len(_SIZES), folds), np.nan)
    if sizes.min() >= 2:
        splits = list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(columns, classes))
        for row, leaves in enumerate(_SIZES):
            for number, (rest, out) in enumerate(splits):
                said = tree(leaves).fit(columns[rest], classes[rest]).predict(columns[out])
                right[row, number] = np.mean([(said[classes[out] == x] == x).mean() for x in names])
        mean, error = right.mean(axis=1), right.std(axis=1, ddof=1) / folds**0.5
        best = int(mean.argmax())
        row = int(np.argmax(mean >= mean[best] - error[best]))
        accuracy, spread = float(mean[row]), float(error[row])
    else:
        row, accuracy, spread = 0, float("nan"), float("nan")
    fitted = tree(_SIZES[row]).fit(columns, classes)
    rules = [
        Rule(box, says, scores_of(box, points, classes == says))
        for box, says in _leaves(fitted, kinds, meaning)
        if says in told
    ]
    notes = []
    if not accuracy - 2 * spread > 1 / len(names):
        notes.append(Note(Doubt.NOT_SIGNIFICANT, value=accuracy))
    rules.sort(key=lambda rule: (rule.says, -rule.scores.coverage))
    return Tree(tuple(rules), accuracy, spread, len(names), tuple(notes))


def _coded(points: Floats, kinds: tuple[int, ...]) -> tuple[Floats, list[tuple[int, int]]]:
    """Give columns with one for each category, and for each column its factor and category (-1: a number)."""
    columns: list[Floats] = []
    meaning: list[tuple[int, int]] = []
    for factor, kind in enumerate(kinds):
        if kind:
            columns.extend((points[:, factor] == code).astype(float) for code in range(kind))
            meaning.extend((factor, code) for code in range(kind))
        else:
            columns.append(points[:, factor])
            meaning.append((factor, -1))
    return np.stack(columns, axis=1), meaning


def _leaves(fitted: Any, kinds: tuple[int, ...], meaning: list[tuple[int, int]]) -> list[tuple[Box, int]]:
    tree, found = fitted.tree_, []

    def visit(node: int, box: Box) -> None:
        if tree.children_left[node] < 0:
            found.append((box, int(fitted.classes_[tree.value[node][0].argmax()])))
            return
        factor, code = meaning[tree.feature[node]]
        now, edge = box.of(factor), float(tree.threshold[node])
        if code >= 0:
            allowed = now.allowed if now.allowed is not None else frozenset(range(kinds[factor]))
            left, right = Restriction(factor, allowed=allowed - {code}), Restriction(factor, allowed=allowed & {code})
        else:
            left = Restriction(factor, now.low, min(now.high, edge))
            right = Restriction(factor, max(now.low, float(np.nextafter(edge, np.inf))), now.high)
        visit(tree.children_left[node], box.replaced(left))
        visit(tree.children_right[node], box.replaced(right))

    visit(0, Box())
    return found
