"""Where do rivals' answers lead? Firms answer each other in turn, on the same luck, to an equilibrium or a cycle."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from experiments.analysis.equilibrium import Options, Range
from experiments.answers.asked import Asked
from experiments.answers.findings import Findings, Made, Noted, Number, Plain, Span, noted, span_of
from experiments.answers.sensitivity import asked_as
from experiments.text import say

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from experiments.answers.laboratory import Laboratory
    from experiments.claims.measures import Measure
    from sim.scenario import Scenario

    Floats = NDArray[np.float64]

__all__ = [
    "Lever",
    "Player",
    "Rivals",
    "RivalsError",
    "Step",
    "check_players",
    "fewest_profiles",
    "parse_lever",
    "payoffs_asked",
    "rivals",
]

_STEPS = 5
_MOST_OPTIONS = 200
_LOST = -1e15  # of a firm whose run has no number: no answer leads there
_RANGE = re.compile(r"(?P<low>[-+]?[\d.]+):(?P<high>[-+]?[\d.]+)(?::(?P<steps>\d+))?")

Value = str | int | float | bool


class RivalsError(ValueError):
    """The game cannot be played; the message is for the user."""


@dataclass(frozen=True)
class Lever:
    """What every player can choose.

    Attributes
    ----------
    name
        A field of a firm's levers, or ``strategy``.
    low, high, steps
        Of a range.
    values
        Of listed values; empty for a range.
    """

    name: str
    low: float = math.nan
    high: float = math.nan
    steps: int = _STEPS
    values: tuple[Value, ...] = ()

    def options(self) -> tuple[Value, ...]:
        """Give the values that are tried where several levers are chosen together."""
        if self.values:
            return self.values
        return tuple(float(f"{x:.6g}") for x in np.linspace(self.low, self.high, self.steps).tolist())


class Player(Plain):
    """A player in the last round.

    Attributes
    ----------
    name
        The firm.
    start, choice, deviation
        Values of the levers: at first, in the end, and of the best deviation from there (what it has now if none pays).
    payoff
        In the end.
    gain
        What that deviation would still bring, with its interval.
    """

    name: str
    start: tuple[Value, ...]
    choice: tuple[Value, ...]
    deviation: tuple[Value, ...]
    payoff: Span
    gain: Span


class Step(Plain):
    """A turn: the levers of every player after it, and the payoffs."""

    values: tuple[tuple[Value, ...], ...]
    payoffs: tuple[Number, ...]


class Rivals(Findings):
    """How rivals answer each other.

    Attributes
    ----------
    outcome
        What each maximises; its item is that of the first player.
    levers
        Their names.
    end
        How it ended.
    players
        In the order in which they answer.
    path
        The start, and the state after each turn.
    cycle
        Number of profiles that recur; 0 without a cycle.
    cycle_from
        The step from which it goes round.
    profiles
        That were run.
    """

    kind: Literal["rivals"] = "rivals"
    title: dict[str, str]
    outcome: Asked
    levers: tuple[str, ...]
    end: Literal["equilibrium", "cycle", "budget"]
    players: tuple[Player, ...]
    path: tuple[Step, ...]
    cycle: int
    cycle_from: int
    profiles: int
    resolution: Number


def parse_lever(text: str) -> Lever:
    """Read ``price=8:12``, ``price=8:12:9`` (nine values) or ``openness=0,0.3,0.6``.

    Raises
    ------
    RivalsError
        It cannot be read.
    """
    name, sign, rest = (part.strip() for part in text.partition("="))
    if not sign or not name or not rest:
        raise RivalsError(say("rivals.lever_form", text=text))
    if found := _RANGE.fullmatch(rest):
        try:
            low, high, steps = float(found["low"]), float(found["high"]), int(found["steps"] or _STEPS)
        except ValueError:
            raise RivalsError(say("rivals.lever_form", text=text)) from None
        if not low < high or not 2 <= steps <= 50:
            raise RivalsError(say("rivals.lever_range", text=text))
        return Lever(name, low, high, steps)
    values = tuple(_read(one) for one in rest.split(","))
    if len(values) < 2 or len(set(values)) < len(values):
        raise RivalsError(say("rivals.lever_values", text=text))
    return Lever(name, values=values)


def _read(text: str) -> Value:
    text = text.strip()
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if re.fullmatch(r"[-+]?\d+", text) else number


def check_players(scenario: Scenario, names: Sequence[str], levers: Sequence[Lever]) -> None:
    """Check players and levers against the scenario.

    Raises
    ------
    RivalsError
        Fewer than two players, a firm that there is not, or too many choices together.
    ScenarioError
        A lever that the scenario does not take.
    """
    from sim.problems import advice
    from sim.scenario import changed

    known = [firm.name for firm in scenario.firms]
    for name in names:
        if name not in known:
            raise RivalsError(say("rivals.no_firm", name=name, advice=advice(name, known)))
    if len(set(names)) < 2 or len(set(names)) < len(names):
        raise RivalsError(say("rivals.two_players"))
    if not levers:
        raise RivalsError(say("rivals.no_levers"))
    if len({lever.name for lever in levers}) < len(levers):
        raise RivalsError(say("rivals.lever_twice"))
    count = math.prod(len(lever.options()) for lever in levers)
    if count > _MOST_OPTIONS:
        raise RivalsError(say("rivals.too_many", given=count, most=_MOST_OPTIONS))
    for name in names:
        for lever in levers:
            for value in lever.values or (lever.low, lever.high):
                changed(scenario, {_key(name, lever.name): value})


def rivals(
    laboratory: Laboratory,
    names: Sequence[str],
    levers: Sequence[Lever],
    title: Mapping[str, str],
    made: Made,
    scenarios: Mapping[str, dict[str, object]],
    replicates: int = 8,
    budget: int = 200,
    beyond: float = 1.0,
) -> Rivals:
    """Let rivals answer each other.

    Parameters
    ----------
    laboratory
        Makes runs; its measures are the players' payoffs, in their order.
    names
        The players, in the order in which they answer.
    levers
        What each can choose.
    title, made, scenarios
        To be kept with the findings.
    replicates
        Futures of each profile, the same for all.
    budget
        Profiles to run at most, `fewest_profiles` at least.
    beyond
        Standard errors by which an answer must beat what is chosen.

    Raises
    ------
    StoppedError, RunsError, ExecutorError
        As `Laboratory.run`.
    RivalsError
        The start has no payoff.
    """
    from experiments.analysis.equilibrium import play

    scenario = laboratory.market
    game = _Game(laboratory, tuple(names), tuple(levers), replicates)
    start = [game.start_of(scenario, name) for name in names]
    if (game.payoffs(np.array([start])) == _LOST).any():
        raise RivalsError(say("rivals.no_payoff"))
    choices = [game.choices] * len(names)
    found = play(game.payoffs, choices, start, budget=budget, beyond=beyond)
    path = list(found.path)
    payoffs = np.nanmean(game.payoffs(np.array(path)), axis=1)
    cycle_from = _first_of(found.path, found.cycle) if found.end == "cycle" else -1
    players = tuple(game.player(place, found.profile, float(start[place])) for place in range(len(names)))
    width = game.choices.finest if isinstance(game.choices, Range) else 0.0
    notes = noted(found.notes, dict(enumerate(names)))
    if str(found.end) == "budget":
        notes.append(Noted(doubt="budget_ended", value=float(found.evaluated)))
    return Rivals(
        made=made, scenarios=dict(scenarios), notes=notes, title=dict(title),
        outcome=asked_as(laboratory.measures[0]), levers=tuple(lever.name for lever in levers),
        end=str(found.end), players=players,
        path=tuple(
            Step(values=tuple(game.values(code) for code in row), payoffs=tuple(own.tolist()))
            for row, own in zip(path, payoffs, strict=True)
        ),
        cycle=len(found.cycle) if found.end == "cycle" else 0, cycle_from=cycle_from, profiles=found.evaluated,
        resolution=width,
    )  # fmt: skip


def _first_of(path: Floats, cycle: Floats) -> int:
    recur = {row.tobytes() for row in cycle}
    return next((place for place, row in enumerate(path) if row.tobytes() in recur), -1)


def _key(firm: str, lever: str) -> str:
    from sim.keys import join_key

    return join_key(("firm", firm, "strategy") if lever == "strategy" else ("firm", firm, "levers", lever))


def _choices(levers: Sequence[Lever]) -> Options | Range:
    """Give what a player can choose from: a single range, or codes of all combinations."""
    first = levers[0]
    if len(levers) == 1 and not first.values:
        return Range(first.low, first.high, grid=first.steps if first.steps > _STEPS else 7, zooms=2)
    return Options(tuple(map(float, range(math.prod(len(lever.options()) for lever in levers)))))


def fewest_profiles(players: int, levers: Sequence[Lever]) -> int:
    """Say how many profiles a game takes at least: the start, and all that each of its players could do there."""
    from experiments.analysis.equilibrium import least_budget

    return least_budget([_choices(levers)] * players)


class _Game:
    """Choices as numbers: of a single range the number itself, otherwise codes of all combinations of options."""

    def __init__(self, laboratory: Laboratory, names: tuple[str, ...], levers: tuple[Lever, ...], count: int) -> None:
        self._laboratory, self._names, self._levers, self._count = laboratory, names, levers, count
        self.choices = _choices(levers)
        self._is_range = isinstance(self.choices, Range)
        self._combinations = [] if self._is_range else list(product(*(lever.options() for lever in levers)))

    def values(self, code: float) -> tuple[Value, ...]:
        """Give the values of the levers that a number stands for."""
        if self._is_range:
            return (round(code, 4 - math.floor(math.log10(self._levers[0].high - self._levers[0].low))),)
        return tuple(self._combinations[int(code)])

    def start_of(self, scenario: Scenario, name: str) -> float:
        """Give the choice nearest to what a firm does now."""
        from experiments.settable import present_value

        now = [present_value(scenario, _key(name, lever.name)) for lever in self._levers]
        if self._is_range:
            low, high = self._levers[0].low, self._levers[0].high
            return float(np.clip(now[0], low, high)) if isinstance(now[0], int | float) else (low + high) / 2
        away = [
            sum(_distance(value, own, lever) for value, own, lever in zip(one, now, self._levers, strict=True))
            for one in self._combinations
        ]
        return float(np.argmin(away))

    def payoffs(self, profiles: Floats) -> Floats:
        """Run profiles (M, P), and give payoffs (M, R, P)."""
        settings = []
        for row in profiles.tolist():
            own: dict[str, Any] = {}
            for name, code in zip(self._names, row, strict=True):
                pairs = zip(self._levers, self.values(code), strict=True)
                own |= {_key(name, lever.name): value for lever, value in pairs}
            settings.append(own)
        found = self._laboratory.table(settings, range(self._count))
        return np.where(np.isfinite(found), found, _LOST)

    def player(self, place: int, profile: Floats, start: float) -> Player:
        """Look at a player's deviations from the last profile: all of them were run already."""
        from experiments.analysis.intervals import mean_interval

        codes = self._near(place, profile)
        profiles = np.repeat(profile[None], len(codes), axis=0)
        profiles[:, place] = codes
        found = self.payoffs(profiles)[:, :, place]
        now = self.payoffs(profile[None])[0, :, place]
        best = int(found.mean(axis=1).argmax())
        gain = found[best] - now
        if gain.mean() <= 0:
            best, gain = -1, np.zeros_like(now)
        return Player(
            name=self._names[place], start=self.values(start), choice=self.values(float(profile[place])),
            deviation=self.values(float(profile[place]) if best < 0 else float(codes[best])),
            payoff=span_of(mean_interval(now)), gain=span_of(mean_interval(gain)),
        )  # fmt: skip

    def _near(self, place: int, profile: Floats) -> Floats:
        if isinstance(self.choices, Options):
            return np.array(self.choices.numbers)
        low, high = self.choices.low, self.choices.high
        numbers: list[float] = []
        for _ in range(self.choices.zooms + 1):
            tried = np.linspace(low, high, self.choices.grid)
            numbers += tried.tolist()
            profiles = np.repeat(profile[None], len(numbers), axis=0)
            profiles[:, place] = numbers
            middle = numbers[int(self.payoffs(profiles)[:, :, place].mean(axis=1).argmax())]
            step = tried[1] - tried[0]
            low, high = max(self.choices.low, middle - step), min(self.choices.high, middle + step)
        return np.array(numbers)


def _distance(value: Value, now: Any, lever: Lever) -> float:
    if isinstance(value, int | float) and isinstance(now, int | float):
        numbers = [float(one) for one in lever.options() if isinstance(one, int | float)]
        return abs(value - now) / max(max(numbers) - min(numbers), 1e-12)
    return float(value != now)


def payoffs_asked(key: str, names: Sequence[str], over: str, weeks: tuple[int, int] | None) -> list[Measure]:
    """Give the payoff of each player."""
    from experiments.claims.measures import Measure

    return [Measure(key, name, over, weeks) for name in names]
