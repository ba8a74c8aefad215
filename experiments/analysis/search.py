"""Good decisions among very many: NSGA-II on the market itself, or on an emulator whose winners are run for real.

NSGA-II [Deb, Pratap, Agarwal and Meyarivan, IEEE Transactions on Evolutionary Computation 6, 2002] by pymoo. The
emulated way learns from a space-filling design, searches the emulator, runs spread-out winners of it, learns again, and
so on [Knowles, ibid. 10, 2006, for the idea]; every value that it gives back comes from real runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.fronts import as_costs, ranks_of, spread_out
from experiments.analysis.intervals import LEVEL, Interval, mean_interval
from experiments.analysis.levers import Lever, decided, sampled
from experiments.analysis.notes import Doubt, Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.analysis.surrogate import HeldOut, Surrogate

    Floats = NDArray[np.float64]

__all__ = ["Evaluate", "Limits", "Result", "search", "search_emulated"]

Evaluate = Callable[["Floats"], "Floats"]
"""Decisions (n, L) in the levers' units to objectives (n, R, O) of R replicates."""
Limits = Callable[["Floats"], "Floats"]
"""Decisions (n, L) to (n, G): each number at or below 0 where its limit is kept. Cheap: it is asked very often."""
_WORST = 1e30
_INSIDE = (60, 60)  # individuals and generations of a search on an emulator
_A_LEVER = 10
"""Decisions a lever that an emulator should begin with [Loeppky, Sacks and Welch, Technometrics 51, 2009]."""


@dataclass(frozen=True)
class Result:
    """Decisions that none of the others run beats in everything.

    Attributes
    ----------
    decisions
        (m, L), in the levers' units, sorted by the first objective.
    objectives
        (m, O): means of the real runs by which they were chosen. They flatter: the best of many is also the luckiest.
    confirmed
        (m, O), from runs on fresh luck, with intervals; None if there were none.
    is_beaten
        (m,): whether another of these decisions dominates by the confirmed means; all False without them.
    tried, tried_objectives
        All decisions that were run, and their means.
    emulated
        Whether an emulator led the search.
    held_out
        Its fit, the last; None where none was learnt.
    missed
        (waves, O): root mean square of foretold less real means of each wave's winners; no rows if not emulated.
    notes
        Doubts.
    """

    decisions: Floats
    objectives: Floats
    confirmed: Interval | None
    is_beaten: NDArray[np.bool_]
    tried: Floats
    tried_objectives: Floats
    emulated: bool
    held_out: HeldOut | None
    missed: Floats
    notes: tuple[Note, ...]


class _Runs:
    """Real runs, each decision once."""

    def __init__(self, evaluate: Evaluate, objectives: int) -> None:
        self._evaluate, self._objectives = evaluate, objectives
        self._places: dict[bytes, int] = {}
        self.decisions: list[Floats] = []
        self.outcomes: list[Floats] = []

    def __len__(self) -> int:
        return len(self.decisions)

    def unknown(self, decisions: Floats) -> Floats:
        """Give those that were not run yet, each once."""
        fresh = {row.tobytes(): row for row in decisions if row.tobytes() not in self._places}
        return np.array(list(fresh.values())).reshape(-1, decisions.shape[1])

    def __call__(self, decisions: Floats) -> Floats:
        """Give means over replicates, (n, O); NaN where no run has a number."""
        fresh = self.unknown(decisions)
        if len(fresh):
            found = np.asarray(self._evaluate(fresh), dtype=float)
            if found.ndim != 3 or found.shape[::2] != (len(fresh), self._objectives):
                raise ValueError(
                    f"objectives must be ({len(fresh)}, replicates, {self._objectives}), not {found.shape}"
                )
            for row, one in zip(fresh, found, strict=True):
                self._places[row.tobytes()] = len(self.decisions)
                self.decisions.append(row)
                self.outcomes.append(one)
        return _means(np.stack([self.outcomes[self._places[row.tobytes()]] for row in decisions]))


def search(
    evaluate: Evaluate,
    levers: Sequence[Lever],
    higher: Sequence[bool],
    budget: int = 1000,
    limits: Limits | None = None,
    confirm: Evaluate | None = None,
    population: int = 40,
    seed: int = 0,
) -> Result:
    """Search by real runs alone.

    Parameters
    ----------
    evaluate
        Runs decisions, a generation at a time, on the same luck each time.
    levers
        What can be decided.
    higher
        For each objective whether more is better; a cost is an objective of which less is.
    budget
        Decisions to run at most.
    limits
        Of decisions; those that break one are never run.
    confirm
        Runs decisions on fresh luck; the winners are run by it in the end.
    population
        Of a generation.
    seed
        Of the search; 0 is a seed like others.

    Raises
    ------
    ValueError
        No levers, objectives or budget, or objectives of a wrong shape.
    """
    _check(levers, higher, budget)
    runs = _Runs(evaluate, len(higher))
    _search_real(runs, levers, higher, budget, limits, population, seed, None)
    return _result(runs, higher, limits, confirm, None, np.empty((0, len(higher))), [])


def search_emulated(
    evaluate: Evaluate,
    levers: Sequence[Lever],
    higher: Sequence[bool],
    budget: int = 120,
    limits: Limits | None = None,
    confirm: Evaluate | None = None,
    waves: int = 3,
    trusted: float | None = None,
    seed: int = 0,
) -> Result:
    """Search on an emulator, and run its winners.

    Half of the budget is the design; if that is fewer than ten decisions a lever, a note says so: the emulator may fit
    and yet know nothing of the best. If its held-out fit is poor, the other half goes to a search by real runs, and a
    note says so, too.

    Parameters
    ----------
    evaluate, levers, higher, budget, limits, confirm, seed
        As for `search`; two or more replicates let luck be told from misfit.
    waves
        Times that winners are run and learnt from.
    trusted
        Held-out fit to ask for, by default `surrogate.TRUSTED`.

    Raises
    ------
    ValueError
        As `search`; a budget of fewer than 30.
    """
    from experiments.analysis.surrogate import TRUSTED, fit_surrogate
    from experiments.emulator import UndefinedError

    _check(levers, higher, budget)
    if budget < 30:
        raise ValueError(f"a budget of {budget} is too small to learn from; 30 is the least")
    runs, notes = _Runs(evaluate, len(higher)), []
    missed, held_out = [], None
    design = _feasible(levers, limits, budget // 2, seed)
    if len(design):
        runs(runs.unknown(design))
        if len(runs) < _A_LEVER * len(levers):
            notes.append(Note(Doubt.FEW_DECISIONS, value=len(runs)))
    emulated = False
    for wave in range(waves if len(runs) >= 15 else 0):
        try:
            learnt = fit_surrogate(np.array(runs.decisions), np.stack(runs.outcomes), levers, seed)
        except UndefinedError as error:
            notes.append(Note(Doubt.UNDEFINED_OUTCOME, error.place))
            break
        held_out = learnt.held_out
        if not held_out.is_trusted(TRUSTED if trusted is None else trusted):
            notes.append(Note(Doubt.POOR_EMULATOR, int(held_out.explained.argmin()), float(held_out.explained.min())))
            break
        emulated = True
        winners = _winners(learnt, runs, levers, higher, limits, (budget - len(runs)) // (waves - wave), seed + wave)
        if not len(winners):
            break
        errors = learnt.predict(winners)[0] - runs(winners)
        missed.append(np.sqrt(np.nanmean(errors**2, axis=0)))
    if len(runs) and not emulated:
        _search_real(
            runs, levers, higher, budget, limits, min(40, max(10, budget // 5)), seed, np.array(runs.decisions)
        )
    table = np.array(missed).reshape(-1, len(higher))
    return _result(runs, higher, limits, confirm, held_out if len(runs) else None, table, notes, emulated)


def _check(levers: Sequence[Lever], higher: Sequence[bool], budget: int) -> None:
    if not levers or not higher or budget < 1:
        raise ValueError(f"{len(levers)} levers, {len(higher)} objectives and a budget of {budget} make no search")


def _means(outcomes: Floats) -> Floats:
    known = np.isfinite(outcomes)
    count = known.sum(axis=1)
    return np.where(count > 0, np.where(known, outcomes, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def _breaks(decisions: Floats, limits: Limits | None) -> Floats:
    """Give by how much limits are broken, (n, G)."""
    return np.zeros((len(decisions), 1)) if limits is None else np.asarray(limits(decisions), dtype=float)


def _feasible(levers: Sequence[Lever], limits: Limits | None, count: int, seed: int) -> Floats:
    """Give a space-filling design of decisions that keep all limits, as many as can be found."""
    for factor in (1, 8, 64):
        found = decided(sampled(count * factor, len(levers), seed), levers)
        kept = found[(_breaks(found, limits) <= 0).all(axis=1)]
        if len(kept) >= count:
            break
    return kept[:count]


def _winners(
    learnt: Surrogate, runs: _Runs, levers: Sequence[Lever], higher: Sequence[bool], limits: Limits | None,
    count: int, seed: int,
) -> Floats:  # fmt: skip
    """Give so many decisions of the emulator's front, far from each other, that were not run yet."""
    size, generations = _INSIDE
    start = np.array(runs.decisions)
    found = np.concatenate(list(_generations(
        lambda x: learnt.predict(x)[0], levers, higher, limits, size, generations, seed, start
    )))  # fmt: skip
    found = np.unique(found, axis=0)
    found = found[(_breaks(found, limits) <= 0).all(axis=1)]
    if not len(found):
        return found
    costs = as_costs(learnt.predict(found)[0], higher)
    fresh = runs.unknown(found[_first_front(costs)])
    if not len(fresh) or count < 1:
        return fresh[:0]
    return fresh[spread_out(as_costs(learnt.predict(fresh)[0], higher), count)]


def _first_front(costs: Floats) -> NDArray[np.int64]:
    """Give the places of the first front; in blocks, as there may be thousands."""
    places = np.arange(len(costs))
    for size in (500, 500, len(costs)):
        parts = [places[x : x + size] for x in range(0, len(places), size)]
        places = np.concatenate([part[ranks_of(costs[part]) == 0] for part in parts])
        if len(places) <= 500:
            break
    return places[ranks_of(costs[places]) == 0]


def _search_real(
    runs: _Runs, levers: Sequence[Lever], higher: Sequence[bool], budget: int, limits: Limits | None,
    population: int, seed: int, start: Floats | None,
) -> None:  # fmt: skip
    size = min(population, budget)
    idle = 0
    for decisions in _generations(runs, levers, higher, limits, size, 10 * budget, seed, start, budget):
        idle = 0 if len(decisions) else idle + 1
        if len(runs) >= budget or idle > 20:
            return


def _generations(
    evaluate: Callable[[Floats], Floats], levers: Sequence[Lever], higher: Sequence[bool], limits: Limits | None,
    size: int, generations: int, seed: int, start: Floats | None, budget: int | None = None,
) -> Iterator[Floats]:  # fmt: skip
    """Breed decisions with NSGA-II; give those of each generation that keep all limits and were run."""
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.evaluator import Evaluator
    from pymoo.core.problem import Problem
    from pymoo.problems.static import StaticProblem

    groups = _breaks(decided(np.full((1, len(levers)), 0.5), levers), limits).shape[1]
    first = sampled(size, len(levers), seed)
    if start is not None and len(start):
        first[: size // 2] = _undecided(start[-(size // 2) :], levers, first[: size // 2])
    with _global_luck_kept():
        problem = Problem(n_var=len(levers), n_obj=len(higher), n_ieq_constr=groups, xl=0.0, xu=1.0)
        algorithm = NSGA2(pop_size=size, sampling=first)
        algorithm.setup(problem, termination=("n_gen", generations), seed=seed, verbose=False)
    while True:
        with _global_luck_kept():
            if not algorithm.has_next():
                return
            bred = algorithm.ask()
        if bred is None or len(bred) == 0:
            return
        decisions = decided(np.clip(bred.get("X").astype(float), 0, 1), levers)
        broken = _breaks(decisions, limits)
        fine = np.flatnonzero((broken <= 0).all(axis=1))
        if budget is not None and isinstance(evaluate, _Runs):
            fine = _affordable(evaluate, decisions, fine, budget)
        costs = np.full((len(decisions), len(higher)), _WORST)
        if len(fine):
            found = as_costs(evaluate(decisions[fine]), higher)
            costs[fine] = np.where(np.isfinite(found), found, _WORST)
        with _global_luck_kept():
            Evaluator().eval(StaticProblem(problem, F=costs, G=broken), bred)
            algorithm.tell(infills=bred)
        yield decisions[fine]


def _affordable(runs: _Runs, decisions: Floats, fine: NDArray[np.int64], budget: int) -> NDArray[np.int64]:
    """Give the places, in order, up to where the budget of new decisions is used up."""
    for count in range(len(fine), 0, -1):
        if len(runs) + len(runs.unknown(decisions[fine[:count]])) <= budget:
            return fine[:count]
    return fine[:0]


def _undecided(decisions: Floats, levers: Sequence[Lever], blank: Floats) -> Floats:
    """Give coordinates of the unit cube that decide so; `blank` where there are fewer decisions."""
    from experiments.analysis.levers import Choice, Number

    cube = blank.copy()
    for place, lever in enumerate(levers):
        column = decisions[:, place]
        if isinstance(lever, Number):
            cube[: len(column), place] = (column - lever.low) / (lever.high - lever.low)
        else:
            low, count = (0, lever.options) if isinstance(lever, Choice) else (lever.low, lever.high - lever.low + 1)
            cube[: len(column), place] = (column - low + 0.5) / count
    return cube


@contextmanager
def _global_luck_kept() -> Iterator[None]:
    """Leave numpy's global generator as it was, whatever a library does to it."""
    before = np.random.get_state()  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002


def _result(
    runs: _Runs, higher: Sequence[bool], limits: Limits | None, confirm: Evaluate | None, held_out: HeldOut | None,
    missed: Floats, notes: list[Note], emulated: bool = False,
) -> Result:  # fmt: skip
    objectives = len(higher)
    if not len(runs):
        blank = np.empty((0, objectives))
        note = Note(Doubt.NOTHING_FEASIBLE)
        return Result(
            np.empty((0, 0)), blank, None, np.empty(0, dtype=bool), np.empty((0, 0)), blank, emulated, None, missed,
            (*notes, note),
        )  # fmt: skip
    tried, means = np.array(runs.decisions), _means(np.stack(runs.outcomes))
    undefined = ~np.isfinite(means).all(axis=1)
    costs = as_costs(np.where(np.isfinite(means), means, np.nan), higher)
    places = np.flatnonzero(~undefined)
    places = places[_first_front(costs[places])] if len(places) else places
    places = places[np.lexsort(costs[places].T[::-1])]
    if undefined.any():
        notes.append(Note(Doubt.UNDEFINED_OUTCOME, value=float(undefined.sum())))
    confirmed, beaten = None, np.zeros(len(places), dtype=bool)
    if confirm is not None and len(places):
        confirmed = mean_interval(np.moveaxis(np.asarray(confirm(tried[places]), dtype=float), 1, 0), LEVEL)
        beaten = ranks_of(as_costs(confirmed.value, higher)) > 0
        notes.extend(Note(Doubt.WINNER_LOST, int(x)) for x in np.flatnonzero(beaten))
    return Result(
        tried[places], means[places], confirmed, beaten, tried, means, emulated, held_out, missed, tuple(notes)
    )
