"""What to choose while much is unknown: search a firm's levers, and test the best in worlds they were not chosen in.

Every decision of the search meets the same few worlds and, for the best guess, the scenario as it is. What it finds is
run again in many more worlds on fresh luck, beside the levers as they are: all that is told comes from those runs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from experiments.analysis.levers import Choice, Lever, WholeNumber
from experiments.analysis.levers import Number as AnyNumber
from experiments.answers.advice import Advised, AimFound, LeverFound, Strategy, SwitchFound
from experiments.answers.discover import ClauseAsked, box_of, factors_of, rules_of
from experiments.answers.findings import Made, Noted, noted, span_of
from experiments.answers.sensitivity import asked_as
from experiments.answers.worlds import Worlds, worlds_of
from experiments.batch.factors import Levels, Ranged
from experiments.text import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.analysis.search import Result
    from experiments.answers.asking import Condition
    from experiments.answers.laboratory import Laboratory
    from experiments.batch.experiment import Experiment
    from experiments.batch.factors import Factor as Varied
    from experiments.claims.measures import Measure

    Floats = NDArray[np.float64]
    Settings = Mapping[str, Any]

__all__ = ["LEAST_RUNS", "AdviseError", "Advised", "Aim", "Plan", "Strategy", "SwitchFound", "advised", "plan_of"]

LEAST_RUNS = 420
_LEAST_DECISIONS = 30
_FEWEST_WORLDS = 40
_SHOWN_WORLDS = 120
AS_IT_IS = "0"


class AdviseError(ValueError):
    """No advice can be given; the message is for the user."""


@dataclass(frozen=True)
class Aim:
    """A number that should be large, or small."""

    measure: Measure
    higher: bool = True


@dataclass(frozen=True)
class Plan:
    """How runs are spent.

    Attributes
    ----------
    decisions
        Of the search.
    futures
        Worlds in which each is tried, and futures at the best guess.
    strategies, worlds, guesses
        Strategies that are put to the test at most, worlds each meets, and futures of each at the best guess.
    """

    decisions: int
    futures: int
    strategies: int
    worlds: int
    guesses: int
    uncertain: bool

    @property
    def runs(self) -> int:
        """Runs at most."""
        each = self.futures * (2 if self.uncertain else 1)
        return self.decisions * each + self.strategies * (self.worlds + (self.guesses if self.uncertain else 0))


def plan_of(experiment: Experiment, runs: int) -> Plan:
    """Say how a number of runs is spent.

    Raises
    ------
    AdviseError
        No levers, levers that cannot be searched, or too few runs.
    """
    levers, uncertain = _roles(experiment)
    if not levers:
        raise AdviseError(say("advise.no_levers"))
    for one in levers:
        if not isinstance(one.domain, Ranged | Levels):
            raise AdviseError(say("advise.no_range", name=one.name))
        if isinstance(one.domain, Levels) and len(one.domain.values) < 2:
            raise AdviseError(say("advise.one_option", name=one.name))
    if runs < LEAST_RUNS:
        raise AdviseError(say("advise.few_runs", given=runs, least=LEAST_RUNS))
    large = runs >= 1500
    futures, strategies, guesses = (8, 8, 16) if large else (3, 5, 8)
    own = guesses if uncertain else 0
    worlds = min(256, max(_FEWEST_WORLDS, int(0.35 * runs) // strategies - own))
    each = futures * (2 if uncertain else 1)
    decisions = (runs - strategies * (worlds + own)) // each
    combinations = _combinations(levers)
    if combinations is not None:
        decisions = min(decisions, combinations)
    return Plan(decisions, futures, strategies, worlds, guesses, bool(uncertain))


def advised(
    experiment: Experiment,
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
    experiment
        Its levers and uncertainties, over its first arm.
    laboratory
        Makes runs; it keeps the numbers of the aims, then those of the targets (each once).
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
    levers, uncertain = _roles(experiment)
    scenario = experiment.arms[0].scenario
    few = worlds_of(uncertain, scenario, plan.futures, seed + 1)
    higher = [aim.higher for aim in aims]
    columns = [laboratory.measures.index(aim.measure) for aim in aims]

    def evaluate(decisions: Floats) -> Floats:
        asked = [_settings(levers, row) for row in decisions.tolist()]
        found = _in_worlds(laboratory, asked, few.settings, 0)[:, :, columns]
        if not uncertain:
            return found
        guess = laboratory.table(asked, range(plan.futures))[:, :, columns[:1]]
        return np.concatenate([found, guess], axis=2)

    searched = _searched(evaluate, levers, [*higher, *([higher[0]] if uncertain else [])], plan, seed)
    chosen = _contenders(searched, [*higher, *([higher[0]] if uncertain else [])], plan.strategies - 1)
    asked: list[Settings] = [{}, *(_settings(levers, row) for row in chosen.tolist())]
    many = worlds_of(uncertain, scenario, plan.worlds, seed + 2)
    table = _in_worlds(laboratory, asked, many.settings, plan.futures)
    first = plan.futures + plan.worlds
    guesses = laboratory.table(asked, range(first, first + plan.guesses)) if uncertain else table
    return _findings(
        experiment, laboratory, aims, targets, levers, chosen, searched, many, table, guesses, plan,
        title=dict(title), made=made, scenarios=dict(scenarios), seed=seed,
    )  # fmt: skip


# The search


def _roles(experiment: Experiment) -> tuple[list[Varied], list[Varied]]:
    levers = [one for one in experiment.factors if one.role == "lever"]
    return levers, [one for one in experiment.factors if one.role != "lever"]


def _combinations(levers: Sequence[Varied]) -> int | None:
    """Count what can be decided; None if it cannot be counted."""
    if not all(isinstance(one.domain, Levels) for one in levers):
        return None
    return int(np.prod([len(one.domain.values) for one in levers if isinstance(one.domain, Levels)]))


def _lever_of(lever: Varied) -> Lever:
    domain = lever.domain
    if isinstance(domain, Levels):
        return Choice(len(domain.values))
    low, high = (float(end) for end in domain.ends)
    return WholeNumber(int(low), int(high)) if isinstance(domain, Ranged) and domain.whole else AnyNumber(low, high)


def _value(lever: Varied, code: float) -> Any:
    domain = lever.domain
    if isinstance(domain, Levels):
        return domain.values[int(code)]
    if isinstance(domain, Ranged) and domain.whole:
        return int(code)
    # A thousandth of the range is finer than anybody sets a lever, and a rounded number is run once.
    low, high = (float(end) for end in domain.ends)
    digits = 3 - math.floor(math.log10(high - low))
    return min(max(round(code, digits), low), high)


def _settings(levers: Sequence[Varied], decision: Sequence[float]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for lever, code in zip(levers, decision, strict=True):
        found |= lever.settings(_value(lever, code))
    return found


def _in_worlds(laboratory: Laboratory, asked: Sequence[Settings], worlds: Sequence[Settings], luck: int) -> Floats:
    """Run every strategy in every world, (S, W, K): world number w has luck of its own, the same for all strategies."""
    wanted = [({**world, **one}, luck + place) for one in asked for place, world in enumerate(worlds)]
    return laboratory.run(wanted).reshape(len(asked), len(worlds), -1)


def _searched(evaluate: Any, levers: Sequence[Varied], higher: Sequence[bool], plan: Plan, seed: int) -> Result:
    from experiments.analysis.search import search_emulated

    options = [_lever_of(one) for one in levers]
    combinations = _combinations(levers)
    if combinations is not None and combinations <= plan.decisions:
        return _enumerated(evaluate, levers, higher)
    if plan.decisions < _LEAST_DECISIONS:
        raise AdviseError(say("advise.few_runs", given=plan.runs, least=LEAST_RUNS))
    return search_emulated(evaluate, options, higher, budget=plan.decisions, seed=seed)


def _enumerated(evaluate: Any, levers: Sequence[Varied], higher: Sequence[bool]) -> Result:
    """Run all decisions there are."""
    from itertools import product

    from experiments.analysis.fronts import as_costs, ranks_of
    from experiments.analysis.search import Result

    codes = [range(len(one.domain.values)) for one in levers if isinstance(one.domain, Levels)]
    decisions = np.array(list(product(*codes)), dtype=float)
    means = np.nanmean(evaluate(decisions), axis=1)
    front = np.flatnonzero(ranks_of(as_costs(means, higher)) == 0)
    return Result(
        decisions[front], means[front], None, np.zeros(len(front), dtype=bool), decisions, means, False, None,
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


# What is found


def _findings(
    experiment: Experiment, laboratory: Laboratory, aims: Sequence[Aim], targets: Condition | None,
    levers: Sequence[Varied], chosen: Floats, searched: Result, worlds: Worlds, table: Floats, guesses: Floats,
    plan: Plan, *, title: dict[str, str], made: Made, scenarios: dict[str, Any], seed: int,
) -> Advised:  # fmt: skip
    from experiments.analysis.intervals import mean_interval
    from experiments.analysis.robust import front, robustness

    scenario = experiment.arms[0].scenario
    columns = [laboratory.measures.index(aim.measure) for aim in aims]
    outcomes = table[:, :, columns]
    lead = outcomes[:, :, 0]
    if not np.isfinite(lead).any(axis=1).all():
        raise AdviseError(say("advise.no_numbers"))
    at_guess = np.nanmean(guesses[:, :, columns[0]], axis=1)
    robust = robustness(lead, best_guess=at_guess, higher=aims[0].higher, seed=seed)
    meets = _meets(targets, laboratory, table)
    good_enough = None if meets is None else robustness(meets.astype(float), target=0.5, seed=seed)
    criterion: Literal["satisficing", "mean_regret"] = "mean_regret"
    best, certainty = robust.choice["mean_regret"], robust.certainty["mean_regret"]
    if good_enough is not None and good_enough.satisficing is not None:
        criterion = "satisficing"
        # Of strategies that are as often good enough, the one with least regret.
        shares = good_enough.satisficing.value
        alike = np.flatnonzero(shares >= shares.max() - 1e-12)
        best = int(alike[np.argmin(robust.mean_regret.value[alike])])
        certainty = good_enough.certainty["satisficing"] if len(alike) == 1 else float("nan")
    guess = robust.choice["best_guess"]
    sign = 1.0 if aims[0].higher else -1.0
    ranked = front(np.where(np.isfinite(outcomes), outcomes, np.nan), [aim.higher for aim in aims], seed=seed)
    notes = noted(searched.notes, _objective_names(aims))
    notes += [note for note in noted(robust.notes) if note.doubt != "choice_unsure"]
    if certainty < 0.8:
        notes.append(Noted(doubt="choice_unsure", value=certainty))
    radii, more = _radii(meets, laboratory, targets, guesses, worlds)
    strategies = tuple(
        Strategy(
            name=AS_IT_IS if place == 0 else _letter(place - 1),
            values=_now(levers, scenario) if place == 0 else tuple(map(_value, levers, chosen[place - 1].tolist())),
            means=tuple(span_of(mean_interval(outcomes[place, :, column])) for column in range(len(aims))),
            best_guess=float(at_guess[place]),
            worst=float(robust.worst[place]),
            largest_regret=float(robust.largest_regret[place]),
            p90_regret=span_of(robust.p90_regret, place),
            mean_regret=span_of(robust.mean_regret, place),
            satisficing=None if good_enough is None or good_enough.satisficing is None
            else span_of(good_enough.satisficing, place),
            radius=radii[place],
            on_front=float(ranked.certainty[place]),
            is_front=bool(ranked.ranks[place] == 0),
        )
        for place in range(len(lead))
    )  # fmt: skip
    other = _other(best, guess, robust.mean_regret.value, meets)
    order = np.argsort(robust.regret[best])[:: max(1, -(-lead.shape[1] // _SHOWN_WORLDS))]
    fit = searched.held_out
    return Advised(
        made=made, scenarios=scenarios, notes=[*notes, *more], title=title, arm=experiment.arms[0].name,
        aims=tuple(AimFound(outcome=asked_as(aim.measure), higher=aim.higher) for aim in aims),
        targets=_clauses(targets), levers=tuple(_told_lever(one, scenario) for one in levers),
        factors=tuple(factors_of(worlds.coordinates, worlds.points)), strategies=strategies, robust=best, guess=guess,
        criterion=criterion, certainty=certainty,
        advantage=span_of(mean_interval(sign * (lead[best] - lead[guess]))),
        shortfall=span_of(mean_interval(sign * (guesses[best] - guesses[guess])[:, columns[0]])),
        regret=tuple(tuple(float(f"{x:.5g}") for x in row) for row in robust.regret[:, order].tolist()),
        tried=tuple(tuple(float(f"{x:.6g}") for x in row[:2]) for row in searched.tried_objectives.tolist()),
        decisions=len(searched.tried), worlds=lead.shape[1], futures=plan.futures, emulated=searched.emulated,
        held_out=() if fit is None else tuple(fit.explained.tolist()),
        missed=tuple(searched.missed[-1].tolist()) if len(searched.missed) else (),
        switches=() if other is None
        else (_switch(worlds, lead, best, other, meets, higher=aims[0].higher, seed=seed),),
    )  # fmt: skip


def _meets(targets: Condition | None, laboratory: Laboratory, table: Floats) -> NDArray[np.bool_] | None:
    if targets is None:
        return None
    return targets.holds({one: table[:, :, laboratory.measures.index(one)] for one in targets.measures})


def _radii(
    meets: NDArray[np.bool_] | None, laboratory: Laboratory, targets: Condition | None, guesses: Floats, worlds: Worlds
) -> tuple[list[float], list[Noted]]:
    from experiments.analysis.robust import radius

    count = len(guesses)
    usable = np.isfinite(worlds.best)
    if meets is None or not len(usable) or not usable.all() or len(worlds.cube) < 2:
        return [float("nan")] * count, []
    at_guess = _meets(targets, laboratory, guesses)
    found, notes = [], []
    for place in range(count):
        # At the best guess the targets hold if they do in most of its futures.
        holds = at_guess is None or bool(at_guess[place].mean() >= 0.5)
        one = radius(worlds.cube, meets[place], worlds.best, holds)
        found.append(one.value)
        notes += noted(one.notes)
        notes = [note.model_copy(update={"about": _name(place)}) if not note.about else note for note in notes]
    return found, notes


def _other(best: int, guess: int, regret: Floats, meets: NDArray[np.bool_] | None) -> int | None:
    """Choose what to switch to: what rescues most targets, the best guess's choice, or the next best."""
    if meets is not None:
        rescues = (meets & ~meets[best]).mean(axis=1)
        return int(rescues.argmax()) if rescues.max() > 0 else None
    if guess != best:
        return guess
    return next((place for place in np.argsort(regret).tolist() if place != best), None)


def _switch(
    worlds: Worlds, lead: Floats, best: int, other: int, meets: NDArray[np.bool_] | None, *, higher: bool, seed: int
) -> SwitchFound:
    from experiments.analysis.robust import switch

    known = np.isfinite(lead[best]) & np.isfinite(lead[other])
    gain = (lead[other] - lead[best]) * (1.0 if higher else -1.0)
    scores = gain if meets is None else meets[other].astype(float) - meets[best]
    better, rest = known & (scores > 0), known & ~(scores > 0)
    found = SwitchFound(
        other=other, share=float(better.sum() / max(known.sum(), 1)), by_targets=meets is not None,
        gain=float(gain[better].mean()) if better.any() else 0.0,
        loss=float(-gain[rest].mean()) if rest.any() else 0.0,
    )  # fmt: skip
    if not worlds.coordinates or known.sum() < _FEWEST_WORLDS:
        return found
    points = worlds.points[known]
    said = switch(points, np.zeros(int(known.sum())), scores[known], worlds.categories, seed=seed)
    rules = () if said.tree is None or said.tree.notes else tuple(rules_of(said.tree, worlds.coordinates))
    return found.model_copy(
        update={
            "boxes": tuple(box_of(box, worlds.coordinates) for box in said.boxes),
            "rules": rules,
            "points": tuple(tuple(float(f"{x:.6g}") for x in row) for row in points.tolist()),
            "better": tuple(better[known].tolist()),
        }
    )


def _clauses(targets: Condition | None) -> tuple[tuple[ClauseAsked, ...], ...]:
    groups = () if targets is None else targets.groups
    return tuple(
        tuple(ClauseAsked(outcome=asked_as(x.measure), sign=x.sign, limit=x.limit) for x in group) for group in groups
    )


def _told_lever(lever: Varied, scenario: Any) -> LeverFound:
    return LeverFound(
        name=lever.name, options=tuple(_plain(one) for one in lever.domain.ends), now=_now([lever], scenario)[0]
    )


def _now(levers: Sequence[Varied], scenario: Any) -> tuple[Any, ...]:
    from experiments.settable import present_value

    return tuple(_plain(present_value(scenario, one.keys[0])) for one in levers)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _objective_names(aims: Sequence[Aim]) -> dict[int, str]:
    return {place: f"{x.measure.key}.{x.measure.item}".rstrip(".") for place, x in enumerate(aims)}


def _name(place: int) -> str:
    return AS_IT_IS if place == 0 else _letter(place - 1)


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else f"S{place}"
