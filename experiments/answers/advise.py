"""What to choose while much is unknown: search a firm's levers, and test the best in worlds they were not chosen in.

Every decision of the search meets the same few worlds and, for the best guess, the scenario as it is. What it finds is
run again in many more worlds on fresh luck, beside the levers as they are: all that is told comes from those runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.answers.advice import Advised, Strategy, SwitchFound
from experiments.answers.decisions import AdviseError, Decisions
from experiments.answers.findings import Made
from experiments.answers.plans import Aim, Plan
from experiments.answers.verdict import FEWEST_WORLDS, verdict
from experiments.answers.worlds import worlds_of
from experiments.text import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.analysis.search import Result
    from experiments.answers.asking import Condition
    from experiments.answers.laboratory import Laboratory

    Floats = NDArray[np.float64]
    Settings = Mapping[str, Any]

__all__ = [
    "LEAST_RUNS", "AdviseError", "Advised", "Decisions", "Strategy", "SwitchFound", "advised", "plan_of",
]  # fmt: skip

LEAST_RUNS = 420
_LEAST_DECISIONS = 30


def plan_of(decisions: Decisions, runs: int) -> Plan:
    """Say how a number of runs is spent.

    Raises
    ------
    AdviseError
        No levers, levers that cannot be searched or paid, or too few runs.
    """
    decisions.check()
    uncertain = bool(decisions.unknown)
    if runs < LEAST_RUNS:
        raise AdviseError(say("advise.few_runs", given=runs, least=LEAST_RUNS))
    large = runs >= 1500
    futures, strategies, guesses = (8, 8, 16) if large else (3, 5, 8)
    own = guesses if uncertain else 0
    worlds = min(256, max(FEWEST_WORLDS, int(0.35 * runs) // strategies - own))
    each = futures * (2 if uncertain else 1)
    tried = (runs - strategies * (worlds + own)) // each
    if decisions.combinations is not None:
        tried = min(tried, decisions.combinations)
    return Plan(tried, futures, strategies, worlds, guesses, uncertain)


def advised(
    decisions: Decisions,
    laboratory: Laboratory,
    aims: Sequence[Aim],
    targets: Condition | None,
    plan: Plan,
    title: Mapping[str, str],
    made: Made,
    scenarios: Mapping[str, dict[str, object]],
    seed: int = 0,
) -> Advised:
    """Search, test, and advise.

    Parameters
    ----------
    decisions
        What can be chosen, in which experiment.
    laboratory
        Makes runs; it keeps the numbers of the aims, then those of the targets (each once), less what levers cost.
    aims
        Objectives, the first one leading.
    targets
        What is good enough.
    plan
        As `plan_of` gave it.
    title, made, scenarios
        To be kept with the findings.
    seed
        Of worlds, search and resampling.

    Raises
    ------
    AdviseError
        No strategy has a number.
    StoppedError, RunsError, ExecutorError
        As `Laboratory.run`.
    """
    uncertain, scenario = decisions.unknown, decisions.experiment.arms[0].scenario
    few = worlds_of(uncertain, scenario, plan.futures, seed + 1)
    higher = [aim.higher for aim in aims]
    wanted = [*higher, *([higher[0]] if uncertain else [])]
    columns = [laboratory.measures.index(aim.measure) for aim in aims]

    def evaluate(rows: Floats) -> Floats:
        asked = [decisions.settings(row) for row in rows.tolist()]
        found = _in_worlds(laboratory, asked, few.settings, 0)[:, :, columns]
        if not uncertain:
            return found
        guess = laboratory.table(asked, range(plan.futures))[:, :, columns[:1]]
        return np.concatenate([found, guess], axis=2)

    searched = _searched(evaluate, decisions, wanted, plan, seed)
    chosen = _contenders(searched, wanted, plan.strategies - 1)
    asked: list[Settings] = [{}, *(decisions.settings(row) for row in chosen.tolist())]
    many = worlds_of(uncertain, scenario, plan.worlds, seed + 2)
    table = _in_worlds(laboratory, asked, many.settings, plan.futures)
    first = plan.futures + plan.worlds
    guesses = laboratory.table(asked, range(first, first + plan.guesses)) if uncertain else table
    return verdict(
        decisions, laboratory, aims, targets, chosen, searched, many, table, guesses, plan,
        title=title, made=made, scenarios=scenarios, seed=seed,
    )  # fmt: skip


def _in_worlds(laboratory: Laboratory, asked: Sequence[Settings], worlds: Sequence[Settings], luck: int) -> Floats:
    """Run every strategy in every world, (S, W, K): world number w has luck of its own, the same for all strategies."""
    wanted = [({**world, **one}, luck + place) for one in asked for place, world in enumerate(worlds)]
    return laboratory.run(wanted).reshape(len(asked), len(worlds), -1)


def _searched(evaluate: Any, decisions: Decisions, higher: Sequence[bool], plan: Plan, seed: int) -> Result:
    from experiments.analysis.search import search_emulated

    combinations = decisions.combinations
    if combinations is not None and combinations <= plan.decisions:
        return _enumerated(evaluate, decisions, higher)
    if plan.decisions < _LEAST_DECISIONS:
        raise AdviseError(say("advise.few_runs", given=plan.runs, least=LEAST_RUNS))
    limits = None if decisions.spend is None else decisions.overspent
    found = search_emulated(evaluate, decisions.options(), higher, budget=plan.decisions, limits=limits, seed=seed)
    if not len(found.tried):
        raise AdviseError(say("advise.nothing_paid"))
    return found


def _enumerated(evaluate: Any, decisions: Decisions, higher: Sequence[bool]) -> Result:
    """Run all decisions there are."""
    from experiments.analysis.fronts import as_costs, ranks_of
    from experiments.analysis.search import Result

    tried = decisions.everything()
    means = np.nanmean(evaluate(tried), axis=1)
    front = np.flatnonzero(ranks_of(as_costs(means, higher)) == 0)
    return Result(
        tried[front], means[front], None, np.zeros(len(front), dtype=bool), tried, means, False, None,
        np.empty((0, len(higher))), (),
    )  # fmt: skip


def _contenders(found: Result, higher: Sequence[bool], count: int) -> Floats:
    """Choose decisions to be put to the test: the best of each objective, then others of the front far from these."""
    from experiments.analysis.fronts import as_costs, spread_out

    known = np.isfinite(found.objectives).all(axis=1)
    decisions, objectives = found.decisions[known], found.objectives[known]
    if not len(decisions):
        raise AdviseError(say("advise.no_numbers"))
    places = spread_out(as_costs(objectives, higher), count)
    rest = np.argsort(as_costs(found.tried_objectives, higher)[:, 0])
    chosen = [tuple(row) for row in decisions[places].tolist()]
    # A front of few is filled up with the next best: the robust choice need not be on it.
    for place in rest.tolist():
        row = tuple(found.tried[place].tolist())
        if len(chosen) >= count or not np.isfinite(found.tried_objectives[place]).all():
            break
        if row not in chosen:
            chosen.append(row)
    return np.array(chosen)
