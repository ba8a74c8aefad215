"""What does an outcome depend on? The method follows from the design of the experiment.

Morris' trajectories give elementary effects, Saltelli's samples Sobol' indices of first order and total, anything else
first-order indices from given data and PAWN; on an emulator there are Sobol' indices from any even design.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.notes import Doubt, Note
from experiments.answers.asked import Asked
from experiments.answers.findings import Made, Noted, numbers_of
from experiments.answers.indices import ArmIndices, Index, Method, Ranked, Sensitivity
from experiments.text import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.analysis.intervals import Interval
    from experiments.analysis.sensitivity.given import GivenData
    from experiments.analysis.sensitivity.indices import Indices
    from experiments.analysis.sensitivity.sobol import Sobol
    from experiments.answers.evidence import Evidence
    from experiments.claims.measures import Measure

    Floats = NDArray[np.float64]

__all__ = ["ArmIndices", "Index", "Method", "Ranked", "Sensitivity", "SensitivityError", "analysed", "asked_as"]

FEWEST_GIVEN = 60
_ROWS_EMULATED = 4096
_DEPENDENT = 0.3
_MOST_LUCK = 0.5
_LONGEST_SERIES = 160


class SensitivityError(ValueError):
    """The runs cannot be asked this way; the message is for the user."""


def analysed(
    evidence: Sequence[Evidence],
    measure: Measure,
    title: Mapping[str, str],
    made: Made,
    scenarios: Mapping[str, dict[str, object]],
    emulate: bool = False,
    seed: int = 0,
) -> Sensitivity:
    """Find what an outcome depends on.

    Parameters
    ----------
    evidence
        The arms of an experiment.
    measure
        The outcome.
    title
        The experiment's, by language.
    made, scenarios
        To be kept with the findings.
    emulate
        Whether Sobol' indices of an emulator are wanted.
    seed
        Of resampling.

    Raises
    ------
    SensitivityError
        Too few points, or a design that cannot answer.
    """
    arms = [_arm(one, measure, emulate, seed) for one in evidence]
    return Sensitivity(
        made=made, scenarios=dict(scenarios), notes=[note for arm in arms for note in arm.notes],
        title=dict(title), outcome=asked_as(measure), arms=arms,
    )  # fmt: skip


def _arm(evidence: Evidence, measure: Measure, emulate: bool, seed: int) -> ArmIndices:
    outcomes = evidence.outcomes(measure)
    known = np.isfinite(outcomes)
    if not known.any():
        raise SensitivityError(say("sensitivity.no_number", arm=evidence.arm))
    weekly = None if emulate else evidence.weekly(measure)
    if weekly is not None:
        weekly = weekly[:, :, :: max(1, -(-weekly.shape[2] // _LONGEST_SERIES))]
    if emulate:
        found = _emulated(evidence, outcomes, seed)
    elif evidence.design == "morris":
        found = _morris(evidence, outcomes, weekly, seed)
    elif evidence.design == "saltelli":
        found = _sobol(evidence, outcomes, weekly, seed)
    elif evidence.design == "one_at_a_time":
        raise SensitivityError(say("sensitivity.one_at_a_time"))
    else:
        found = _given(evidence, outcomes, weekly, seed)
    means = np.nanmean(outcomes[known.any(axis=1)], axis=1)
    low, middle, high = np.quantile(means, [0.05, 0.5, 0.95])
    update = {"low": float(low), "middle": float(middle), "high": float(high)}
    if weekly is not None and found.series:
        horizon = evidence.weekly(measure)
        step = 1 if horizon is None else max(1, -(-horizon.shape[2] // _LONGEST_SERIES))
        update["weeks"] = tuple(1 + step * place for place in range(weekly.shape[2]))  # type: ignore[assignment]
    return found.model_copy(update=update)


def _morris(evidence: Evidence, outcomes: Floats, weekly: Floats | None, seed: int) -> ArmIndices:
    from experiments.analysis.sensitivity.morris import morris

    whole = len(evidence.factors) + 1
    try:
        found = morris(evidence.levels, outcomes, seed=seed)
    except ValueError as error:
        raise SensitivityError(say("sensitivity.cannot", reason=error)) from None
    too_wide = {note.about for note in found.notes if note.doubt is Doubt.NOT_CONVERGED}
    ranked = []
    for place, name in enumerate(evidence.factors):
        idle, converged = bool(found.is_idle[place]), place not in too_wide
        parts = {"size": found.size, "mean": found.mean, "spread": found.spread}
        ranked.append(
            Ranked(
                name=name,
                role=evidence.roles[place],
                indices={key: _index(one, place, idle, converged) for key, one in parts.items()},
            )
        )
    series = [] if weekly is None else _rows(morris(evidence.levels, weekly, seed=seed).size.value)
    return _told(
        evidence, outcomes, "morris", ranked, evidence.factors, found.notes, series=series,
        points=int(found.trajectories) * whole, luck=_luck(outcomes),
    )  # fmt: skip


def _sobol(evidence: Evidence, outcomes: Floats, weekly: Floats | None, seed: int) -> ArmIndices:
    from experiments.analysis.sensitivity.sobol import FEWEST_ROWS, base_rows, sobol

    count = len(evidence.factors)
    rows = base_rows(evidence.levels)
    if rows is None:
        raise SensitivityError(say("sensitivity.cannot", reason=f"{len(evidence.points)} / {count}"))
    if len(rows) < FEWEST_ROWS:
        raise SensitivityError(say("sensitivity.few_rows", given=len(rows), least=FEWEST_ROWS))
    chosen = rows.reshape(-1)
    found = sobol(outcomes[chosen], count, seed=seed)
    series = [] if weekly is None else _shares(sobol(weekly[chosen], count, seed=seed), "total")
    ranked = _ranked(evidence.factors, evidence.roles, {"first": found.first, "total": found.total})
    return _told(
        evidence, outcomes, "sobol", ranked, evidence.factors, found.notes, series=series,
        points=len(chosen), luck=float(found.luck),
    )  # fmt: skip


def _given(evidence: Evidence, outcomes: Floats, weekly: Floats | None, seed: int) -> ArmIndices:
    from experiments.analysis.sensitivity.given import first_order, pawn

    _refuse_few(evidence)
    points, kinds = evidence.points, evidence.categories
    found, other = first_order(points, outcomes, kinds, seed=seed), pawn(points, outcomes, kinds, seed=seed)
    names = [one.name for one in evidence.coordinates]
    ranked = _ranked(names, [one.role for one in evidence.coordinates], {"first": found.first})
    for place, one in enumerate(ranked):
        value, active = float(other.median[place]), bool(other.is_active[place])
        for key, number in (("pawn", value), ("idle", float(other.dummy[place]))):
            one.indices[key] = Index(
                value=number, low=float("nan"), high=float("nan"), raw=number, is_undecided=not active,
                is_converged=True,
            )  # fmt: skip
    series = [] if weekly is None else _shares(first_order(points, weekly, kinds, seed=seed), "first")
    return _told(
        evidence, outcomes, "given", ranked, names, found.notes, _dependent(evidence), series=series,
        points=len(points), luck=float(found.luck), dummy=float(np.max(other.dummy)),
    )  # fmt: skip


def _dependent(evidence: Evidence) -> list[Noted]:
    """Note factors of a table that go together: their shares cannot be told apart."""
    numbers = [place for place, one in enumerate(evidence.coordinates) if not one.labels]
    if len(numbers) < 2:
        return []
    together = np.abs(np.corrcoef(evidence.points[:, numbers], rowvar=False)) - np.eye(len(numbers))
    return [
        Noted(doubt="dependent", about=evidence.coordinates[numbers[place]].name, value=float(row.max()))
        for place, row in enumerate(together)
        if row.max() > _DEPENDENT
    ]


def _refuse_few(evidence: Evidence) -> None:
    if not evidence.coordinates:
        raise SensitivityError(say("sensitivity.nothing_varies", arm=evidence.arm))
    if len(evidence.points) < FEWEST_GIVEN:
        raise SensitivityError(say("sensitivity.few_points", given=len(evidence.points), least=FEWEST_GIVEN))


def _emulated(evidence: Evidence, outcomes: Floats, seed: int) -> ArmIndices:
    from experiments.analysis.sensitivity.sobol import sobol_of
    from experiments.analysis.surrogate import TRUSTED, fit_surrogate
    from experiments.answers.extras import need
    from experiments.answers.spaces import space_of
    from experiments.emulator import MOST_POINTS, UndefinedError

    need("analysis")
    _refuse_few(evidence)
    space = space_of(evidence)
    taken = _spread_out(evidence, MOST_POINTS, seed)
    try:
        learnt = fit_surrogate(space.features(evidence.points[taken]), outcomes[taken][:, :, None], space.levers, seed)
    except UndefinedError:
        raise SensitivityError(say("sensitivity.no_number", arm=evidence.arm)) from None
    fit = learnt.held_out
    found = sobol_of(
        lambda cube: learnt.predict(space.drawn(cube))[0][:, 0], space.dimensions, _ROWS_EMULATED, seed=seed
    )
    ranked = _ranked(space.names, space.roles, {"first": found.first, "total": found.total})
    notes = [note for note in found.notes if note.doubt is not Doubt.NOISE_UNKNOWN]
    explained = float(fit.explained[0])
    poor = [] if fit.is_trusted(TRUSTED) else [Noted(doubt="poor_fit", value=explained)]
    return _told(
        evidence, outcomes, "emulated", ranked, space.names, notes, poor, points=len(taken),
        luck=float(fit.luck[0]), held_out=explained, held_out_error=float(fit.error[0]),
    )  # fmt: skip


def _spread_out(evidence: Evidence, most: int, seed: int) -> NDArray[np.int64]:
    """Choose so many points from all over the design.

    The beginning of a Sobol' sequence is even by itself. That of a grid, of trajectories or of a table is a corner.
    """
    count = len(evidence.points)
    if count <= most or evidence.design == "sobol":
        return np.arange(min(count, most))
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))


def asked_as(measure: Measure) -> Asked:
    """Keep a number that is asked for."""
    document = {"key": measure.key, "of": measure.item, "over": measure.over, "weeks": measure.weeks}
    return Asked.model_validate(document)


def _index(interval: Interval, place: int, undecided: bool, converged: bool) -> Index:
    value = float(interval.value[place])
    return Index(
        value=value, low=float(interval.low[place]), high=float(interval.high[place]), raw=value,
        is_undecided=undecided, is_converged=converged,
    )  # fmt: skip


def _ranked(names: Sequence[str], roles: Sequence[str], kinds: Mapping[str, Indices]) -> list[Ranked]:
    return [
        Ranked(
            name=name,
            role=roles[place],
            indices={
                key: Index(
                    value=float(one.estimate.value[place]),
                    low=float(one.estimate.low[place]),
                    high=float(one.estimate.high[place]),
                    raw=float(one.raw[place]),
                    is_undecided=bool(one.is_undecided[place]),
                    is_converged=bool(one.is_converged[place]),
                )
                for key, one in kinds.items()
            },
        )
        for place, name in enumerate(names)
    ]


def _told(
    evidence: Evidence, outcomes: Floats, method: Method, ranked: list[Ranked], names: Sequence[str],
    notes: Sequence[Note], more: Sequence[Noted] = (), *, points: int, luck: float,
    series: list[list[float]] | None = None, dummy: float = float("nan"), held_out: float = float("nan"),
    held_out_error: float = float("nan"),
) -> ArmIndices:  # fmt: skip
    from experiments.answers.findings import noted

    about = dict(enumerate(names))
    return ArmIndices(
        arm=evidence.arm, method=method, points=points, replicates=outcomes.shape[1],
        low=float("nan"), middle=float("nan"), high=float("nan"), factors=ranked, luck=luck, dummy=dummy,
        held_out=held_out, held_out_error=held_out_error, series=tuple(map(tuple, series or ())),
        notes=(*noted(notes, about), *more),
    )  # fmt: skip


def _luck(outcomes: Floats) -> float:
    from experiments.analysis.sensitivity.indices import luck_of

    return float(luck_of(outcomes).share)


def _shares(found: Sobol | GivenData, name: str) -> list[list[float]]:
    """Give shares week by week; none where luck makes most of the differences, and none above 1."""
    indices: Indices = getattr(found, name)
    steady = ~(np.asarray(found.luck) > _MOST_LUCK)
    return _rows(np.where(steady, np.minimum(indices.estimate.value, 1.0), np.nan))


def _rows(values: Floats) -> list[list[float]]:
    return [numbers_of(row) for row in values]
