"""What the tested strategies have shown: the robust choice against the best guess's, and when to switch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from experiments.answers.advice import Advised, AimFound, CostFound, LeverFound, Strategy, SwitchFound
from experiments.answers.decisions import AdviseError, Decisions
from experiments.answers.discover import ClauseAsked, box_of, factors_of, rules_of
from experiments.answers.findings import Made, Noted, Span, noted, span_of
from experiments.answers.sensitivity import asked_as
from experiments.batch.costs import PAID_BY, payer
from experiments.text import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.analysis.search import Result
    from experiments.answers.asking import Condition
    from experiments.answers.laboratory import Laboratory
    from experiments.answers.plans import Aim, Plan
    from experiments.answers.worlds import Worlds
    from experiments.batch.factors import Factor

    Floats = NDArray[np.float64]

__all__ = ["AS_IT_IS", "FEWEST_WORLDS", "verdict"]

FEWEST_WORLDS = 40
_SHOWN_WORLDS = 120
AS_IT_IS = "0"


def verdict(
    decisions: Decisions, laboratory: Laboratory, aims: Sequence[Aim], targets: Condition | None, chosen: Floats,
    searched: Result, worlds: Worlds, table: Floats, guesses: Floats, plan: Plan, *, title: Mapping[str, str],
    made: Made, scenarios: Mapping[str, dict[str, object]], seed: int,
) -> Advised:  # fmt: skip
    """Choose, and say what each strategy is worth.

    Parameters
    ----------
    decisions, laboratory, aims, targets, plan, title, made, scenarios, seed
        As for `advised`.
    chosen
        (S - 1, L), the decisions that were tested beside the levers as they are.
    searched
        What the search found.
    worlds
        Of the test.
    table, guesses
        (S, W, K) and (S, G, K): the laboratory's numbers in the worlds, and at the best guess.

    Raises
    ------
    AdviseError
        No strategy has a number.
    """
    from experiments.analysis.intervals import mean_interval
    from experiments.analysis.robust import chosen_without, front, halves_interval, robustness

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
    every = np.arange(lead.shape[1])
    without = chosen_without(lambda places: _best_in(places, robust.regret, meets), lead.shape[1], seed)
    at_futures = sign * guesses[:, :, columns[0]]
    unseen = chosen_without(lambda places: _largest(at_futures[:, places]), guesses.shape[1], seed)
    ranked = front(np.where(np.isfinite(outcomes), outcomes, np.nan), [aim.higher for aim in aims], seed=seed)
    notes = noted(searched.notes, _objective_names(aims))
    notes += [note for note in noted(robust.notes) if note.doubt != "choice_unsure"]
    if certainty < 0.8:
        notes.append(Noted(doubt="choice_unsure", value=certainty))
    radii, more = _radii(meets, laboratory, targets, guesses, worlds)
    now = tuple(map(_plain, decisions.now))
    values = [now, *(decisions.values(row) for row in chosen.tolist())]
    strategies = tuple(
        Strategy(
            name=AS_IT_IS if place == 0 else _letter(place - 1),
            values=values[place],
            cost=decisions.cost(values[place]) if decisions.has_costs else None,
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
        made=made, scenarios=dict(scenarios), notes=[*notes, *more], title=dict(title),
        arm=decisions.experiment.arms[0].name,
        aims=tuple(AimFound(outcome=asked_as(aim.measure), higher=aim.higher) for aim in aims),
        targets=_clauses(targets), levers=tuple(map(_told_lever, decisions.levers, now)),
        payers=_payers(decisions, aims, targets), spend=decisions.spend,
        factors=tuple(factors_of(worlds.coordinates, worlds.points)), strategies=strategies, robust=best, guess=guess,
        criterion=criterion, certainty=certainty,
        held_regret=span_of(halves_interval(robust.regret[without, every])),
        held_share=None if meets is None else _share_of(meets[without, every]),
        advantage=span_of(halves_interval(sign * (lead[without, every] - lead[guess]))),
        shortfall=span_of(halves_interval(at_futures[best] - at_futures[unseen, np.arange(guesses.shape[1])])),
        regret=tuple(tuple(float(f"{x:.5g}") for x in row) for row in robust.regret[:, order].tolist()),
        tried=tuple(tuple(float(f"{x:.6g}") for x in row[:2]) for row in searched.tried_objectives.tolist()),
        decisions=len(searched.tried), worlds=lead.shape[1], futures=plan.futures, emulated=searched.emulated,
        held_out=() if fit is None else tuple(fit.explained.tolist()),
        missed=tuple(searched.missed[-1].tolist()) if len(searched.missed) else (),
        switches=() if other is None
        else (_switch(worlds, lead, best, other, meets, higher=aims[0].higher, seed=seed),),
    )  # fmt: skip


def _best_in(places: NDArray[np.int64], regret: Floats, meets: NDArray[np.bool_] | None) -> int:
    """Choose as the robust choice is made, by some worlds: most targets, and among equals the least mean regret."""
    least = _largest(-regret[:, places])
    if meets is None:
        return least
    shares = meets[:, places].mean(axis=1)
    alike = np.flatnonzero(shares >= shares.max() - 1e-12)
    return int(alike[_largest(-regret[np.ix_(alike, places)])])


def _largest(numbers: Floats) -> int:
    """Give the row with the largest mean, numbers that there are not left out."""
    known = np.isfinite(numbers)
    means = np.where(known, numbers, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return int(np.where(known.any(axis=1), means, -np.inf).argmax())


def _share_of(hits: NDArray[np.bool_]) -> Span:
    from experiments.analysis.intervals import share_interval

    # As `halves_interval`: of half as many worlds.
    return span_of(share_interval(np.array(hits.sum() / 2), np.array(len(hits) / 2)))


def _meets(targets: Condition | None, laboratory: Laboratory, table: Floats) -> NDArray[np.bool_] | None:
    if targets is None:
        return None
    return targets.holds({one: table[:, :, laboratory.measures.index(one)] for one in targets.measures})


def _radii(
    meets: NDArray[np.bool_] | None, laboratory: Laboratory, targets: Condition | None, guesses: Floats, worlds: Worlds
) -> tuple[list[float], list[Noted]]:
    from experiments.analysis.radius import radius

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
    if not worlds.coordinates or known.sum() < FEWEST_WORLDS:
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


def _told_lever(lever: Factor, now: Any) -> LeverFound:
    cost = None
    if lever.cost is not None:
        cost = CostFound(per=lever.cost.per, above=lever.cost.above, each=tuple(x for _, x in lever.cost.each))
    return LeverFound(name=lever.name, options=tuple(_plain(one) for one in lever.domain.ends), now=now, cost=cost)


def _payers(decisions: Decisions, aims: Sequence[Aim], targets: Condition | None) -> tuple[str, ...]:
    """Name the firms whose profits are told less what levers cost."""
    scenario = decisions.experiment.arms[0].scenario
    costly = [one for one in decisions.levers if one.cost is not None]
    paying = dict.fromkeys(one.cost.firm or payer(scenario, one.keys[0])[0] for one in costly if one.cost is not None)
    asked = [*(aim.measure for aim in aims), *(targets.measures if targets else ())]
    return tuple(firm for firm in paying if any(x.key in PAID_BY and x.item == firm for x in asked))


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _objective_names(aims: Sequence[Aim]) -> dict[int, str]:
    return {place: f"{x.measure.key}.{x.measure.item}".rstrip(".") for place, x in enumerate(aims)}


def _name(place: int) -> str:
    return AS_IT_IS if place == 0 else _letter(place - 1)


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else f"S{place}"
