"""What an experiment file declares: scenarios, factors, a design, runs, figures, a budget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from experiments.batch.designs.catalogue import AnyDesign
from experiments.batch.factors import Role
from experiments.batch.ranges import Range
from sim.claims import Overrides
from sim.entities import Text
from sim.quantities import Strict

__all__ = [
    "ArmTable",
    "Budget",
    "CostTable",
    "ExperimentFile",
    "FactorTable",
    "RecordTable",
    "RunsTable",
    "json_schema",
]

MOST_ARMS, MOST_FACTORS, MOST_RUNS = 50, 200, 10_000_000

Name = Annotated[str, Field(min_length=1, max_length=60)]
Engine = Literal["compiled", "objects"]


class _Table(Strict):
    """A table of an experiment file: its keys are as they are declared, and no field goes by another name."""

    model_config = ConfigDict(populate_by_name=False)


class ArmTable(_Table):
    """A scenario of the experiment, with what is replaced in it for all its runs."""

    scenario: str = Field(description="Name of a scenario of the library, or a file, from where the experiment lies")
    name: Name | None = Field(None, description="What it is called; by default the scenario's name")
    set_: Overrides = Field(
        Overrides(),
        alias="set",
        description="Values by dotted keys in quotes, as for --set; `clear` drops tables",
    )


class CostTable(_Table):
    """What a lever costs a week, in the model's money: `advise` takes it off the profit of the firm."""

    per: float | None = Field(None, gt=0, description="Money a week for each unit of the lever above `from`")
    from_: float | None = Field(
        None, alias="from", description="Up to where it is free; by default the scenario's own value"
    )
    each: list[Annotated[float, Field(ge=0)]] | None = Field(
        None, min_length=1, max_length=10_000, description="Or money a week of each of the levels, in their order"
    )
    firm: Name | None = Field(None, description="Who pays; by default the firm whose lever it is")


class FactorTable(_Table):
    """What is varied: one number, word or switch of the scenarios, or several that move together."""

    name: Name | None = Field(None, description="What it is called; by default the end of its key")
    role: Role = Field("uncertainty", description="lever: something to choose; uncertainty: something not known")
    key: str | None = Field(None, description="The key that takes its value, as for --set")
    keys: list[str] | None = Field(None, min_length=1, max_length=50, description="Or several that take the same value")
    levels: list[Any] | None = Field(None, min_length=1, max_length=10_000, description="The values it can have")
    low: float | None = Field(None, description="Or the least value of a uniform range")
    high: float | None = Field(None, description="and the largest")
    range_: Range | None = Field(
        None, alias="range", description="Or another range: uniform, loguniform, normal, lognormal, integer"
    )
    draws: str | None = Field(None, description="Or an ensemble file whose rows are the values; it has keys of its own")
    cost: CostTable | None = Field(None, description="What a lever costs a week, for advise")
    steps: int | None = Field(
        None, ge=1, le=10_000, description="Values of a range, or rows of draws, that a grid goes through (5)"
    )


class RunsTable(_Table):
    """How often, how long and with how many consumers each point is run."""

    replicates: int = Field(1, ge=1, le=100_000, description="Runs of each point, each with different luck")
    common_random_numbers: bool = Field(
        True, description="Whether replicate r has the same luck at every point, so that differences are the factors'"
    )
    seed: int | None = Field(None, ge=0, lt=2**63, description="Seed of all luck; by default the first scenario's")
    horizon: int | None = Field(None, ge=1, le=5200, description="Weeks, instead of the scenarios'")
    consumers: int | None = Field(
        None, ge=10, le=100_000_000, description="Consumers simulated, instead of the scenarios'"
    )
    engine: Engine = Field("compiled", description="compiled, or objects: plain Python, slow, for debugging")


class RecordTable(_Table):
    """What is kept of a run."""

    figures: list[str] | None = Field(
        None, min_length=1, description="Key figures, such as share, or of one item only: share.Nova; by default all"
    )
    series: bool = Field(True, description="Whether every week is kept, or only the end of each figure")
    formulas: dict[Name, str] = Field({}, description="Figures of your own: arithmetic over key figures, for each run")


class Budget(_Table):
    """What an experiment may cost at most."""

    runs: int | None = Field(None, ge=1, le=MOST_RUNS, description="Runs")
    cpu_minutes: float | None = Field(None, gt=0, description="Minutes of one core, as a pilot run foretells them")
    if_over: Literal["refuse", "fewer_replicates"] = Field(
        "refuse", description="What happens beyond: refuse it, or run as many replicates as fit"
    )


class ExperimentFile(_Table):
    """An experiment file."""

    schema_version: Literal[1] = 1
    title: Text = Text()
    story: Text = Text()
    arms: list[ArmTable] = Field(alias="arm", min_length=1, max_length=MOST_ARMS)
    factors: list[FactorTable] = Field([], alias="factor", max_length=MOST_FACTORS)
    design: AnyDesign | None = Field(None, description="Which settings are run; by default the scenarios as they are")
    runs: RunsTable = RunsTable()
    record: RecordTable = RecordTable()
    budget: Budget = Budget()


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of experiment files, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | ExperimentFile.model_json_schema(by_alias=True)
