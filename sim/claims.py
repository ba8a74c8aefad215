"""The ``[claim]`` table of a scenario file: what its source says, as something that simulated markets can contradict.

A claim compares the scenario with a counterfactual and names the key figures on which the two should differ. It is
about a file as it is written: it is not inherited, it is no part of the market, and a scenario with changed values
carries none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal, Protocol

from pydantic import ConfigDict, Field

from sim.entities import REST
from sim.quantities import Strict

__all__ = ["Claim", "ClaimFigure", "Overrides", "Sign", "check_claim", "items_of"]

Over = Literal["end", "mean", "peak", "trough", "sum"]
Sign = Literal["+", "-", "0"]


class Overrides(Strict):
    """Values that replace those of a scenario: dotted keys in quotes, as for `--set`, and tables to drop first."""

    model_config = ConfigDict(extra="allow")

    clear: list[str] = Field([], description='Tables to drop, such as "event", or elements, such as "event.0"')

    @property
    def settings(self) -> dict[str, Any]:
        """The values by their dotted keys."""
        return dict(self.model_extra or {})

    def __bool__(self) -> bool:
        """Tell whether anything is replaced or dropped."""
        return bool(self.clear or self.model_extra)


class ClaimFigure(Strict):
    """A key figure on which the scenario and its counterfactual should differ."""

    key: str = Field(description="Key of the figure")
    of: str | None = Field(None, description="Its firm, cause, sector or cohort; left out for a figure of the market")
    over: Over | None = Field(
        None,
        description="Which weeks make the number: end (mean of the last 13), mean, peak, trough or sum; "
        "by default end, or mean where weeks are given",
    )
    weeks: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=2, max_length=2)] | None = Field(
        None, description="First and last of the weeks that count"
    )
    expected: Sign | None = Field(None, description="Sign of the effect; 0: none beyond `least`")
    least: float | None = Field(
        None,
        ge=0,
        description="Smallest effect of interest, in the figure's unit; by default 1 % of the counterfactual",
    )

    @property
    def window(self) -> Over:
        """Which weeks make the number, with the default written out."""
        return self.over or ("end" if self.weeks is None else "mean")


class Claim(Strict):
    """What a source says, and how it is put to the test."""

    en: Annotated[str, Field(min_length=1, max_length=400)]
    fr: Annotated[str, Field(min_length=1, max_length=400)]
    source: Annotated[str, Field(max_length=400)] = ""
    quote: str = Field("", max_length=1000, description="Words of the source")
    against: str | None = Field(None, description="The counterfactual: another scenario of the library")
    without: Overrides = Field(
        Overrides(), description="What turns this scenario, or `against`, into its counterfactual"
    )
    moderator: Overrides = Field(
        Overrides(), description="Applied to both a second time: the effect is then the difference of two differences"
    )
    figures: list[ClaimFigure] = Field(alias="figure", min_length=1, max_length=20)
    carried_by: Overrides = Field(
        Overrides(), description="What should carry the effect: with these values in both it should vanish"
    )
    region: dict[str, Annotated[list[Any], Field(min_length=1, max_length=9)]] = Field(
        {}, description="Uncertain parameters by dotted key, each with the values at which the claim is tried"
    )


Finding = tuple[tuple[str | int, ...], str, dict[str, object]]


class Claimant(Protocol):
    """What a claim reads of the scenario that makes it."""

    @property
    def claim(self) -> Claim | None:
        """Its claim."""
        ...

    @property
    def horizon(self) -> int:
        """Weeks simulated."""
        ...

    @property
    def firms(self) -> Sequence[Any]:
        """Its firms; these and what follows have names."""
        ...

    @property
    def causes(self) -> Sequence[Any]:
        """Its causes."""
        ...

    @property
    def sectors(self) -> Sequence[Any]:
        """Its sectors."""
        ...

    @property
    def cohorts(self) -> Sequence[Any]:
        """Its cohorts."""
        ...


def items_of(scenario: Claimant) -> dict[str, list[str]]:
    """Give the names that a figure of each scope can be about; none for the market."""
    return {
        "firm": [firm.name for firm in scenario.firms],
        "cause": [cause.name for cause in scenario.causes],
        "sector": [sector.name for sector in scenario.sectors],
        "cohort": [REST, *(cohort.name for cohort in scenario.cohorts)],
        "market": [],
    }


def check_claim(scenario: Claimant, library: tuple[str, ...]) -> Iterator[Finding]:
    """Yield what is wrong with the claim of a scenario: path, key of the message, its values."""
    from sim.problems import advice

    claim = scenario.claim
    if claim is None:
        return
    if claim.against is None and not claim.without:
        yield ("claim",), "claim.no_counterfactual", {}
    if claim.against is not None and claim.against not in library:
        yield ("claim", "against"), "claim.no_scenario", {"advice": advice(claim.against, library)}
    for place, figure in enumerate(claim.figures):
        yield from _check_figure(scenario, figure, ("claim", "figure", place))


def _check_figure(scenario: Claimant, figure: ClaimFigure, at: tuple[str | int, ...]) -> Iterator[Finding]:
    from sim.figures import FIGURES
    from sim.problems import advice

    known = FIGURES.get(figure.key)
    if known is None:
        yield (*at, "key"), "claim.no_figure", {"advice": advice(figure.key, FIGURES)}
    elif known.scope == "market":
        if figure.of is not None:
            yield (*at, "of"), "claim.of_market", {"key": figure.key}
    else:
        names = items_of(scenario)[known.scope]
        if figure.of is None:
            yield at, "claim.of_missing", {"key": figure.key, "options": ", ".join(names)}
        elif figure.of not in names:
            yield (*at, "of"), f"scenario.no_{known.scope}", {"advice": advice(figure.of, names)}
    if figure.weeks is not None:
        first, last = figure.weeks
        if last > scenario.horizon:
            yield (*at, "weeks", 1), "scenario.after_horizon", {"horizon": scenario.horizon}
        if first > last:
            yield (*at, "weeks", 0), "claim.weeks_order", {"first": first, "last": last}
    if figure.expected == "0" and not figure.least:
        yield at, "claim.zero_needs_least", {}
