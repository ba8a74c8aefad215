"""What advice rests on: objectives, levers, strategies over the worlds, and when to switch."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from experiments.answers.asked import Asked
from experiments.answers.discover import ClauseAsked, Factor, FailureBox, RuleFound
from experiments.answers.findings import Findings, Number, Plain, Span

__all__ = ["Advised", "AimFound", "CostFound", "LeverFound", "Strategy", "SwitchFound"]


class AimFound(Plain):
    """An objective."""

    outcome: Asked
    higher: bool


class CostFound(Plain):
    """What a lever costs: money a week for each unit above some value (None: the scenario's), or by level."""

    per: float | None = None
    above: float | None = None
    each: tuple[float, ...] = ()


class LeverFound(Plain):
    """A lever: what it could be, what it is now, and what it costs."""

    name: str
    options: tuple[str | float | int | bool, ...]
    now: str | float | int | bool | None
    cost: CostFound | None = None


class Strategy(Plain):
    """One strategy over the worlds; numbers of the first objective unless it is said.

    Attributes
    ----------
    name
        A letter; ``0`` for the levers as they are.
    values
        Of the levers.
    cost
        Money a week of its levers; None where levers cost nothing.
    means
        Of each objective over the worlds, profits of who pays being less this cost.
    best_guess
        In the scenario as it is.
    worst, largest_regret, p90_regret, mean_regret
        Over the worlds.
    satisficing
        Share of worlds that meet all targets; None without targets.
    radius
        How far from the best guess the targets hold, in shares of the ranges; NaN where it cannot be said.
    on_front
        Share of resamples of the worlds in which no other strategy beats it in all objectives.
    is_front
        Whether none does.
    """

    name: str
    values: tuple[str | float | int | bool | None, ...]
    cost: float | None = None
    means: tuple[Span, ...]
    best_guess: Number
    worst: Number
    largest_regret: Number
    p90_regret: Span
    mean_regret: Span
    satisficing: Span | None = None
    radius: Number = float("nan")
    on_front: Number
    is_front: bool


class SwitchFound(Plain):
    """Where another strategy is better than the robust one.

    Attributes
    ----------
    other
        Its number among the strategies.
    share, gain, loss
        Of worlds in which it is; mean difference in the first objective there, and in the rest.
    by_targets
        Whether better means that it meets the targets where the robust choice does not.
    boxes, rules
        Conditions.
    points, better
        The worlds, and whether it is better in each.
    """

    other: int
    share: Number
    gain: Number
    loss: Number
    by_targets: bool = False
    boxes: tuple[FailureBox, ...] = ()
    rules: tuple[RuleFound, ...] = ()
    points: tuple[tuple[Number, ...], ...] = ()
    better: tuple[bool, ...] = ()


class Advised(Findings):
    """Advice.

    Attributes
    ----------
    aims, targets, text
        Objectives, the first one leading; targets as groups of clauses, and as written.
    levers, factors
        What can be chosen, and what is not known.
    payers
        Firms whose profits are told less what levers cost.
    spend
        Money a week that levers may cost together; None: any.
    strategies
        That were put to the test.
    robust, guess
        Numbers of the robust choice, and of what the best guess would choose.
    criterion
        ``satisficing`` or ``mean_regret``: by which the robust choice was made.
    certainty
        Share of resamples of the worlds that choose the same.
    held_regret, held_share
        Mean regret, and share of worlds that meet the targets, of the robust choice as it is made for each half of
        the worlds by the other: the best of several is not flattered by having been chosen.
    advantage
        Of the robust choice over the best guess's, in the same worlds, in the first objective; likewise.
    shortfall
        The same at the best guess, the best guess's choice being made without the future in which it is told.
    regret
        Strategies by worlds (120 at most).
    tried
        First two objectives of all decisions of the search.
    decisions, worlds, futures
        How many.
    emulated, held_out, held_out_names, missed
        Whether an emulator led the search; its fit by objective; how far the last winners were from what it said.
    switches
        Conditions under which another strategy is better.
    """

    kind: Literal["advise"] = "advise"
    title: dict[str, str]
    files: dict[str, str] = Field(default_factory=dict)
    arm: str
    aims: tuple[AimFound, ...]
    targets: tuple[tuple[ClauseAsked, ...], ...] = ()
    levers: tuple[LeverFound, ...]
    factors: tuple[Factor, ...]
    payers: tuple[str, ...] = ()
    spend: float | None = None
    strategies: tuple[Strategy, ...]
    robust: int
    guess: int
    criterion: Literal["satisficing", "mean_regret"]
    certainty: Number
    held_regret: Span | None = None
    held_share: Span | None = None
    advantage: Span
    shortfall: Span
    regret: tuple[tuple[Number, ...], ...]
    tried: tuple[tuple[Number, ...], ...]
    decisions: int
    worlds: int
    futures: int
    emulated: bool
    held_out: tuple[Number, ...] = ()
    missed: tuple[Number, ...] = ()
    switches: tuple[SwitchFound, ...] = ()
