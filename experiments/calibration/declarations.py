"""What a targets file declares: parameters with what is believed of them, and targets with how well they are known."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from experiments.calibration.priors import Prior
from sim.claims import Over
from sim.quantities import Strict

__all__ = [
    "FactTarget",
    "FigureTarget",
    "KpiTarget",
    "PanelTarget",
    "ParameterTable",
    "RepeatTarget",
    "ShareTarget",
    "Target",
    "Targets",
    "json_schema",
]

MOST_PARAMETERS, MOST_TARGETS = 20, 60

Weeks = Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=2, max_length=2)]
Name = Annotated[str, Field(min_length=1, max_length=60)]


class ParameterTable(Strict):
    """One uncertain number, or several that take the same value."""

    name: Name | None = Field(None, description="What it is called; by default the end of its key")
    key: str | None = Field(None, description="The number, by its key as for --set")
    keys: list[str] | None = Field(None, min_length=1, max_length=20, description="Or several that move together")
    low: float | None = Field(None, description="Least value of a uniform prior")
    high: float | None = Field(None, description="Largest value of a uniform prior")
    prior: Prior | None = Field(None, description="Or another prior: uniform, loguniform, normal, lognormal")


class _Target(Strict):
    """What all targets have in common: the number wanted, and how well it is known."""

    name: Name | None = Field(None, description="What it is called in the report")
    value: float | None = Field(None, description="The number wanted; of a panel's statistics that of --panel")
    sd: float | None = Field(None, gt=0, description="Standard deviation of its measurement")
    low: float | None = Field(None, description="Or a band: least value that will do")
    high: float | None = Field(None, description="Largest value that will do")
    averaged: bool = Field(
        False, description="Whether the number is a mean over many markets or futures: one future's luck counts little"
    )


class FigureTarget(_Target):
    """A key figure."""

    kind: Literal["figure"]
    figure: str = Field(description="Key of the figure")
    of: str | None = Field(None, description="Its firm, cause, sector or cohort; left out for a figure of the market")
    over: Over | None = Field(None, description="end (mean of the last 13 weeks), mean, peak, trough or sum")
    weeks: Weeks | None = Field(None, description="First and last of the weeks that count")
    relative_to: Weeks | None = Field(None, description="Divide by the mean of these weeks of the same future")


class ShareTarget(_Target):
    """The share of a firm in its sector's sales; of a brand among the purchases of --panel."""

    kind: Literal["share"]
    of: str
    over: Over = "mean"
    weeks: Weeks | None = None


class RepeatTarget(_Target):
    """The share of purchases that are of the same supplier as the one before; of one firm, or of all."""

    kind: Literal["repeat_rate"]
    of: str | None = None
    weeks: Weeks | None = None


class KpiTarget(_Target):
    """A figure of the user's own: arithmetic over key figures."""

    kind: Literal["kpi"]
    formula: str


class PanelTarget(_Target):
    """A statistic of which brands households buy, alike on simulated purchases and on those of --panel."""

    kind: Literal["panel"]
    statistic: str
    sector: str | None = Field(None, description="Of whose purchases; by default the first sector")


class FactTarget(_Target):
    """A statistic of a stylised fact, measured in that fact's own market; by default its band is wanted."""

    kind: Literal["fact"]
    statistic: str
    averaged: bool = True


Target = Annotated[
    FigureTarget | ShareTarget | RepeatTarget | KpiTarget | PanelTarget | FactTarget, Field(discriminator="kind")
]


class Targets(Strict):
    """A targets file."""

    parameters: list[ParameterTable] = Field(alias="parameter", min_length=1, max_length=MOST_PARAMETERS)
    targets: list[Target] = Field(alias="target", min_length=1, max_length=MOST_TARGETS)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of targets files, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Targets.model_json_schema(by_alias=True)
