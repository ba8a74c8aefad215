"""What an answer has to be read with: reasons for doubt as codes, to be put into words elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Doubt", "Note"]


class Doubt(StrEnum):
    """A reason not to take a number at its face; the value is the key of its text."""

    FEW_PAIRS = "few_pairs"  # too few replicates with a number for an interval
    UNDEFINED_RUNS = "undefined_runs"  # some runs had no number and were left out
    NO_VARIATION = "no_variation"  # the output is the same in all runs
    PAIRING_COSTS = "pairing_costs"  # pairing made the variance larger
    SAMPLED = "sampled"  # coalitions were sampled, not enumerated
    PAIR_NOT_MET = "pair_not_met"  # sampling met no neighbours of this pair of changes
    NOISE_UNKNOWN = "noise_unknown"  # one replicate a point: luck counts as effect
    NOISE_LARGE = "noise_large"  # luck makes more than half of the variance between points
    NOT_CONVERGED = "not_converged"  # an interval too wide, or half the budget said otherwise
    BELOW_ZERO = "below_zero"  # an estimate below zero was cut to zero
    CONFOUNDED = "confounded"  # first-order index clearly above the total: noise or too few runs
    FEW_RUNS = "few_runs"  # too few runs for the method
    NOT_SIGNIFICANT = "not_significant"  # held-out data do not bear it out
    NOT_REPRODUCED = "not_reproduced"  # resamples restrict other factors
    NO_FAILING_WORLD = "no_failing_world"  # no sampled world fails: the radius is a lower bound
    BEST_GUESS_FAILS = "best_guess_fails"  # the target fails at the best guess itself
    COARSE_RADIUS = "coarse_radius"  # fewer sampled worlds within the radius than can vouch for it
    CHOICE_UNSURE = "choice_unsure"  # resampled worlds often choose another strategy
    POOR_EMULATOR = "poor_emulator"  # held-out fit too poor: the search ran on real evaluations
    FEW_DECISIONS = "few_decisions"  # an emulator learnt from fewer than ten decisions a lever
    UNDEFINED_OUTCOME = "undefined_outcome"  # evaluations without a number were treated as worst
    NOTHING_FEASIBLE = "nothing_feasible"  # no decision met all limits
    WINNER_LOST = "winner_lost"  # a winner of the search is dominated when run again
    OUTSIDE_BOX = "outside_box"  # asked of an emulator outside of where it learnt
    NOISY_CHOICE = "noisy_choice"  # a better answer exists by the mean, but not beyond its error


@dataclass(frozen=True)
class Note:
    """A doubt, and what it is about.

    Attributes
    ----------
    doubt
        Its kind.
    about
        Number of the arm, change, factor, strategy or player; -1 for all of them.
    value
        The number that gave rise to it, in the unit of the doubt; NaN where there is none.
    """

    doubt: Doubt
    about: int = -1
    value: float = float("nan")
