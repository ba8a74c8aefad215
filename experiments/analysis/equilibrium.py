"""Rivals' best responses, one after the other, to an equilibrium, a cycle, or neither.

Each player in turn takes the best answer to what the others do now [Cournot 1838; Fudenberg and Tirole, Game Theory,
1991, ch. 1]. Payoffs are simulated, so an answer is only taken if it beats the present choice by more than its standard
error on paired replicates: else players would chase noise for ever.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from experiments.analysis.notes import Doubt, Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["End", "Options", "Payoffs", "Play", "Range", "least_budget", "outcomes_from", "play"]

Payoffs = Callable[["Floats"], "Floats"]
"""Profiles (M, P), one choice for each player, to payoffs (M, R, P) of R replicates on the same luck."""


class End(StrEnum):
    """How a play ended."""

    EQUILIBRIUM = "equilibrium"
    CYCLE = "cycle"
    BUDGET = "budget"


@dataclass(frozen=True)
class Options:
    """What a player can choose from: some numbers, or codes of strategies."""

    numbers: tuple[float, ...]

    @property
    def look(self) -> int:
        """Profiles that looking at all other choices takes, at most."""
        return len(self.numbers) - 1

    @property
    def decimals(self) -> int:
        """Decimals that tell choices apart: those of codes."""
        return 9


@dataclass(frozen=True)
class Range:
    """What a player can choose from: any number between two.

    Attributes
    ----------
    low, high
        In the unit of the choice.
    grid
        Numbers tried at once, spread over the range; a payoff with several peaks needs enough of them.
    zooms
        Times that as many are tried again between the neighbours of the best.
    """

    low: float
    high: float
    grid: int = 9
    zooms: int = 4

    @property
    def finest(self) -> float:
        """Distance between neighbours after the last zoom: choices are not told apart more finely."""
        return (self.high - self.low) / (self.grid - 1) * (2 / (self.grid - 1)) ** self.zooms

    @property
    def look(self) -> int:
        """Profiles that looking at all other choices takes, at most."""
        return self.grid * (self.zooms + 1)

    @property
    def decimals(self) -> int:
        """Decimals that tell choices apart: what differs by rounding alone, from zoom to zoom, is the same choice."""
        return 9 - math.floor(math.log10(self.high - self.low))


@dataclass(frozen=True)
class Play:
    """A play of best responses.

    Attributes
    ----------
    end
        How it ended.
    profile
        (P,): the last choices.
    payoffs, errors
        (P,): means there and their standard errors; NaN errors from one replicate.
    path
        (steps, P): the profile after each turn, the start first.
    cycle
        (length, P): the profiles that recur; one row at an equilibrium, none if the budget ended the play.
    gains, gain_errors
        (P,): what the best deviation of each player would gain by its mean, never below 0, and its standard error: how
        far the last profile is from an equilibrium, among the answers tried.
    evaluated
        Profiles that were run.
    notes
        Doubts.
    """

    end: End
    profile: Floats
    payoffs: Floats
    errors: Floats
    path: Floats
    cycle: Floats
    gains: Floats
    gain_errors: Floats
    evaluated: int
    notes: tuple[Note, ...]


class _Table:
    """Payoffs of profiles, each run once."""

    def __init__(self, payoffs: Payoffs, players: Sequence[Options | Range], budget: int) -> None:
        self._payoffs, self.left = payoffs, budget
        self._decimals = [one.decimals for one in players]
        self._known: dict[bytes, Floats] = {}

    def __len__(self) -> int:
        return len(self._known)

    def key(self, profile: Floats) -> bytes:
        """Give what profiles have in common that are the same."""
        rounded = [round(x, digits) + 0.0 for x, digits in zip(profile.tolist(), self._decimals, strict=True)]
        return np.array(rounded).tobytes()

    def __call__(self, profiles: Floats) -> Floats:
        keys = [self.key(row) for row in profiles]
        new: dict[bytes, Floats] = {}
        for key, row in zip(keys, profiles, strict=True):
            if key not in self._known:
                new.setdefault(key, row)
        if new:
            found = np.asarray(self._payoffs(np.array(list(new.values()))), dtype=float)
            if found.ndim != 3 or found.shape[::2] != (len(new), profiles.shape[1]):
                wanted = f"({len(new)}, replicates, {profiles.shape[1]})"
                raise ValueError(f"payoffs must be {wanted}, not {found.shape}")
            self.left -= len(new)
            self._known.update(zip(new, found, strict=True))
        return np.stack([self._known[key] for key in keys])


def least_budget(players: Sequence[Options | Range]) -> int:
    """Say how many profiles the start and a look at all deviations from it take: no play has less."""
    return 1 + sum(one.look for one in players)


def play(
    payoffs: Payoffs,
    players: Sequence[Options | Range],
    start: Sequence[float],
    budget: int = 2000,
    beyond: float = 1.0,
    least: float = 0.0,
) -> Play:
    """Let players answer each other in turn.

    Parameters
    ----------
    payoffs
        Runs profiles.
    players
        What each can choose from.
    start
        Their first choices.
    budget
        Profiles to run at most, the look at all deviations from the last one among them: a player only moves if there
        are enough left to look at what the others could do then.
    beyond
        Standard errors by which an answer must beat the present choice.
    least
        By how much it must besides, in the payoff's unit.

    Returns
    -------
    Play
        The same for the same arguments: nothing is drawn at random.

    Raises
    ------
    ValueError
        A start that a player cannot choose, no players, payoffs of a wrong shape, or less than `least_budget`.
    """
    profile = np.asarray(start, dtype=float)
    if not players or profile.shape != (len(players),):
        raise ValueError(f"{len(players)} players and a start of {profile.shape}")
    for number, (choices, now) in enumerate(zip(players, profile, strict=True)):
        fine = now in choices.numbers if isinstance(choices, Options) else choices.low <= now <= choices.high
        if not fine:
            raise ValueError(f"player {number} cannot choose {now}")
    if budget < least_budget(players):
        raise ValueError(f"a budget of {budget} profiles; the least is {least_budget(players)}")
    table = _Table(payoffs, players, budget)
    path, seen = [profile.copy()], {(0, table.key(profile)): 0}
    end, cycle = End.BUDGET, np.empty((0, len(players)))
    quiet = turn = 0
    while True:
        answer = _answer(table, profile, turn, players[turn], beyond, least)
        moved = answer != profile[turn]
        if moved and table.left < least_budget(players) - 1 - players[turn].look:
            break  # there is enough to look around here, not there
        profile = profile.copy()
        profile[turn] = answer
        path.append(profile)
        quiet = 0 if moved else quiet + 1
        turn = (turn + 1) % len(players)
        if quiet >= len(players):
            end, cycle = End.EQUILIBRIUM, profile[None]
            break
        key = (turn, table.key(profile))
        if moved and key in seen:
            end, cycle = End.CYCLE, _distinct(path[seen[key] : -1])
            break
        seen.setdefault(key, len(path) - 1)
    return _told(table, players, profile, np.array(path), end, cycle)


def outcomes_from(
    payoffs: Payoffs,
    players: Sequence[Options | Range],
    starts: Floats,
    budget: int = 2000,
    beyond: float = 1.0,
    least: float = 0.0,
) -> tuple[Play, ...]:
    """Play from several starts (k, P), and give the plays whose ends differ: several equilibria show here.

    Ends are the same if they are of one kind and their profiles are within the finest steps; see `play`.
    """
    found: list[Play] = []
    width = np.array([2 * x.finest if isinstance(x, Range) else 0.0 for x in players])
    for start in starts:
        one = play(payoffs, players, start.tolist(), budget, beyond, least)
        if not any(one.end == x.end and _alike(one, x, width) for x in found):
            found.append(one)
    return tuple(found)


def _alike(one: Play, other: Play, width: Floats) -> bool:
    if one.end is not End.CYCLE:
        return bool((np.abs(one.profile - other.profile) <= width).all())
    return {row.tobytes() for row in one.cycle} == {row.tobytes() for row in other.cycle}


def _distinct(rows: list[Floats]) -> Floats:
    """Drop rows equal to the one before, all round."""
    kept = [row for place, row in enumerate(rows) if not np.array_equal(row, rows[place - 1])]
    return np.array(kept or rows[:1])


def _answer(
    table: _Table, profile: Floats, player: int, choices: Options | Range, beyond: float, least: float
) -> float:
    """Give the best answer, or the present choice unless that is beaten clearly."""
    best, gain, error = _best(table, profile, player, choices)
    if isinstance(choices, Range) and abs(best - profile[player]) <= choices.finest:
        return float(profile[player])
    return best if gain > least + beyond * error else float(profile[player])


def _best(table: _Table, profile: Floats, player: int, choices: Options | Range) -> tuple[float, float, float]:
    """Give the choice of the largest mean, and mean and standard error of what it gains over the present one."""

    def run(numbers: Floats) -> Floats:
        profiles = np.repeat(profile[None], len(numbers), axis=0)
        profiles[:, player] = numbers
        return table(profiles)[:, :, player]

    now = run(profile[player : player + 1])[0]
    if isinstance(choices, Options):
        numbers = np.array(choices.numbers)
        found = run(numbers)
    else:
        low, high = choices.low, choices.high
        numbers, found = np.empty(0), np.empty((0, len(now)))
        for _ in range(choices.zooms + 1):
            tried = np.linspace(low, high, choices.grid)
            numbers, found = np.append(numbers, tried), np.vstack([found, run(tried)])
            middle, step = numbers[found.mean(axis=1).argmax()], tried[1] - tried[0]
            low, high = max(choices.low, middle - step), min(choices.high, middle + step)
    place = int(found.mean(axis=1).argmax())
    gains = found[place] - now
    error = float(gains.std(ddof=1) / len(gains) ** 0.5) if len(gains) > 1 else 0.0
    return float(numbers[place]), float(gains.mean()), error


def _told(
    table: _Table,
    players: Sequence[Options | Range],
    profile: Floats,
    path: Floats,
    end: End,
    cycle: Floats,
) -> Play:
    """Look at all deviations from the last profile, for which the play has left enough of the budget."""
    here = table(profile[None])[0]
    gains, errors = np.empty((2, len(players)))
    notes = []
    for number, choices in enumerate(players):
        _, gain, error = _best(table, profile, number, choices)
        gains[number], errors[number] = max(gain, 0.0), error
        if end is End.EQUILIBRIUM and gain > 0 and isinstance(choices, Options):
            notes.append(Note(Doubt.NOISY_CHOICE, number, gain))
    spread = here.std(axis=0, ddof=1) / len(here) ** 0.5 if len(here) > 1 else np.full(len(players), np.nan)
    return Play(
        end=end,
        profile=profile,
        payoffs=here.mean(axis=0),
        errors=spread,
        path=path,
        cycle=cycle,
        gains=gains,
        gain_errors=errors,
        evaluated=len(table),
        notes=tuple(notes),
    )
