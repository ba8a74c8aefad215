"""Judge a claim in every draw of an ensemble, and count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from experiments.claims.findings import Held, Over, Used
from experiments.claims.shares import by_draw, goes_with, held_by, share_of, smallest, vanished

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from experiments.claims.posterior import Laid, LaidArm
    from sim.claims import ClaimFigure

    Floats = NDArray[np.float64]
    Numbers = Callable[[LaidArm, int], Floats]

__all__ = ["over_of"]


@dataclass(frozen=True)
class _Effect:
    """An effect at one point: of each run, of each draw, and the counterfactual of each draw."""

    runs: Floats
    draws: Floats
    counterfactuals: Floats


def over_of(laid: Laid, figures: Sequence[ClaimFigure], numbers: Numbers) -> Over:
    """Judge.

    Parameters
    ----------
    laid
        The markets.
    figures
        What the claim is about.
    numbers
        Gives what a market says of a figure, by its place: one number a run.
    """
    posterior, own = laid.posterior, laid.own
    used = Used(name=posterior.name, fingerprint=posterior.ensemble.fingerprint)
    sets = {fate: [set(getattr(arm, fate)) for arm in own] for fate in ("drawn", "kept", "missing")}
    kept = set.intersection(*sets["kept"])
    keys = {
        "drawn": set.union(*sets["drawn"]),
        "kept": kept,
        "partly": set.union(*sets["kept"]) - kept,
        "missing": set.union(*sets["missing"]),
    }
    order = [key for column in posterior.ensemble.columns for key in column.keys]
    said = {fate: [key for key in order if key in chosen] for fate, chosen in keys.items()}
    if not laid.markets:
        return Over(
            ensemble=used, draws=posterior.units_count, futures=posterior.futures, **said, points=[], figures=[],
            everywhere=None, carried=None, goes=None,
        )  # fmt: skip
    points = [_effects(laid, arms, len(figures), numbers) for arms in laid.points]
    held = [_held(effects, figures) for effects in points]
    wholes = [_together(one) for one in held]
    ablated = None if laid.ablated is None else _effects(laid, laid.ablated, len(figures), numbers)
    return Over(
        ensemble=used,
        draws=posterior.units_count,
        futures=posterior.futures,
        **said,
        points=[None if one is None else share_of(one) for one in wholes],
        figures=[None if one is None else share_of(one) for one in held[0]],
        everywhere=_everywhere(wholes),
        carried=_carried(points[0], ablated, wholes[0], figures),
        goes=goes_with([one.runs for one in points[0]], laid.columns, posterior),
    )


def _everywhere(wholes: Sequence[Floats | None]) -> Held | None:
    """Count the draws in which a claim holds at all points."""
    together = _together(wholes) if len(wholes) > 1 else None
    return None if together is None else share_of(together)


def _effects(laid: Laid, arms: Sequence[LaidArm], figures: int, numbers: Numbers) -> list[_Effect]:
    """Give the effect on each figure at one point."""
    import numpy as np

    units, signs = laid.posterior.units, np.array([arm.arm.sign for arm in arms], dtype=float)
    found = []
    for figure in range(figures):
        table = np.array([numbers(arm, figure) for arm in arms])
        known = np.isfinite(table).all(axis=0)
        runs = np.where(known, signs @ np.where(known, table, 0.0), np.nan)
        # The last market is always the counterfactual without a moderator.
        there = np.where(known, table[-1], np.nan)
        found.append(_Effect(runs, by_draw(runs, units), by_draw(there, units)))
    return found


def _held(effects: Sequence[_Effect], figures: Sequence[ClaimFigure]) -> list[Floats | None]:
    """Judge every figure in every draw; None where nothing is expected."""
    return [
        None if figure.expected is None else held_by(one.draws, one.counterfactuals, figure.expected, figure.least)
        for one, figure in zip(effects, figures, strict=True)
    ]


def _together(held: Sequence[Floats | None]) -> Floats | None:
    """Judge draws by several things: all must hold, one that does not is enough, else one is undefined."""
    import numpy as np

    judged = [one for one in held if one is not None]
    if not judged:
        return None
    table = np.array(judged)
    fails, unknown = (table == 0).any(axis=0), np.isnan(table).any(axis=0)
    return np.where(fails, 0.0, np.where(unknown, np.nan, 1.0))


def _carried(
    own: Sequence[_Effect], ablated: Sequence[_Effect] | None, held: Floats | None, figures: Sequence[ClaimFigure]
) -> Held | None:
    """Count, among the draws in which the claim holds, those in which every effect vanishes without its carrier."""
    if ablated is None or held is None:
        return None
    gone = [
        vanished(one.draws, left.draws, smallest(one.counterfactuals, figure.least))
        for one, left, figure in zip(own, ablated, figures, strict=True)
        if figure.expected in ("+", "-")
    ]
    together = _together(gone)
    return None if together is None else share_of(together[held == 1])
