"""Scenarios: everything a market starts from, read from TOML files and checked.

A scenario file says what differs from the defaults, or from the scenario it extends. All mistakes are reported at once,
with file, line, key, value and the nearest valid key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from sim.claims import Claim, check_claim
from sim.distributions import Constant
from sim.documents import Document, Place, ScenarioError, apply_settings, resolve, validate, without_claim
from sim.entities import (
    MAX_COHORTS,
    REST,
    Campaign,
    Cause,
    Cohort,
    Event,
    Exposure,
    FirmSetup,
    Hardship,
    Listing,
    News,
    Population,
    Scandal,
    Sector,
    Text,
)
from sim.levers import LEVERS, Change, LeverChange
from sim.mechanisms.accounts import AccountsParameters
from sim.mechanisms.activation import ActivationParameters
from sim.mechanisms.ambassadors import AmbassadorsParameters
from sim.mechanisms.base import MAX_CAUSES
from sim.mechanisms.beliefs import BeliefsParameters
from sim.mechanisms.business import BusinessParameters
from sim.mechanisms.campaigns import CampaignsParameters
from sim.mechanisms.cohorts import CohortsParameters
from sim.mechanisms.commons import CommonsParameters
from sim.mechanisms.contribution import ContributionParameters
from sim.mechanisms.creation import CreationParameters
from sim.mechanisms.crisis import CrisisParameters
from sim.mechanisms.distribution import DistributionParameters
from sim.mechanisms.entry import EntryParameters
from sim.mechanisms.experience import ExperienceParameters
from sim.mechanisms.income import IncomeParameters
from sim.mechanisms.leaks import LeaksParameters
from sim.mechanisms.offers import OffersParameters
from sim.mechanisms.porosity import PorosityParameters
from sim.mechanisms.purchase import PurchaseParameters
from sim.mechanisms.sharing import SharingParameters
from sim.mechanisms.sincerity import SincerityParameters
from sim.network import Network
from sim.quantities import Strict, quantity
from sim.traits import BOUNDS, Traits, median_of, out_of_bounds

__all__ = [
    "Campaign",
    "Cause",
    "Cohort",
    "Event",
    "Exposure",
    "FirmSetup",
    "Hardship",
    "Listing",
    "Mechanisms",
    "News",
    "Population",
    "Scandal",
    "Scenario",
    "Sector",
    "Text",
    "changed",
    "json_schema",
    "library",
    "library_folder",
    "load",
    "with_horizon",
]

MAX_FIRMS = 50
MAX_SECTORS = 8
MAX_SUPPLIERS = 62
"""Firms, commons and sharing markets together: consumers speak of them in six bits."""


class Mechanisms(Strict):
    """Switches and parameters of every mechanism."""

    beliefs: BeliefsParameters = BeliefsParameters()
    sincerity: SincerityParameters = SincerityParameters()
    activation: ActivationParameters = ActivationParameters()
    purchase: PurchaseParameters = PurchaseParameters()
    experience: ExperienceParameters = ExperienceParameters()
    contribution: ContributionParameters = ContributionParameters()
    creation: CreationParameters = CreationParameters()
    distribution: DistributionParameters = DistributionParameters()
    crisis: CrisisParameters = CrisisParameters()
    accounts: AccountsParameters = AccountsParameters()
    offers: OffersParameters = OffersParameters()
    commons: CommonsParameters = CommonsParameters()
    sharing: SharingParameters = SharingParameters()
    porosity: PorosityParameters = PorosityParameters()
    entry: EntryParameters = EntryParameters()
    leaks: LeaksParameters = LeaksParameters()
    campaigns: CampaignsParameters = CampaignsParameters()
    ambassadors: AmbassadorsParameters = AmbassadorsParameters()
    income: IncomeParameters = IncomeParameters()
    cohorts: CohortsParameters = CohortsParameters()
    business: BusinessParameters = BusinessParameters()


class FigureSettings(Strict):
    """How figures are counted."""

    window: int = quantity(
        13,
        "weeks",
        1,
        520,
        "Weeks over which penetration is counted",
        "Semaines sur lesquelles la pénétration est comptée",
    )


class Scenario(Strict):
    """A market at its start and what will happen to it."""

    schema_version: Literal[1] = 1
    name: Annotated[str, Field(max_length=60)] = ""
    extends: str | None = None
    title: Text = Text()
    story: Text = Text()
    source: str = Field("", max_length=400)
    horizon: int = quantity(104, "weeks", 1, 5200, "Weeks simulated", "Semaines simulées")
    seed: int = quantity(1, "count", 0, 2**63 - 1, "Seed of all luck", "Graine du hasard")
    population: Population = Population()
    cohorts: list[Cohort] = Field([], alias="cohort", max_length=MAX_COHORTS)
    network: Network = Network()
    sectors: list[Sector] = Field(alias="sector", min_length=1, max_length=MAX_SECTORS)
    firms: list[FirmSetup] = Field(alias="firm", min_length=1, max_length=MAX_FIRMS)
    causes: list[Cause] = Field([], alias="cause", max_length=MAX_CAUSES)
    events: list[Event] = Field([], alias="event", max_length=10_000)
    schedule: list[LeverChange] = Field([], max_length=10_000)
    mechanisms: Mechanisms = Mechanisms()
    figures: FigureSettings = FigureSettings()
    claim: Claim | None = None

    @cached_property
    def canonical(self) -> str:
        """The whole scenario but its claim as canonical JSON: every default written out, keys sorted."""
        whole = self.model_dump(mode="json", by_alias=True, exclude={"claim"})
        return json.dumps(whole, sort_keys=True, ensure_ascii=False)

    def as_file(self) -> dict[str, Any]:
        """Give the whole scenario with the keys of a scenario file, what is absent left out as a file does.

        The claim is left out: it is about the file that it stands in.
        """
        return self.model_dump(mode="json", by_alias=True, exclude={"extends", "claim"}, exclude_none=True)

    @cached_property
    def text_hash(self) -> str:
        """SHA-256, in hexadecimal, of all but name and claim: the same for the same market, whatever its file."""
        whole = self.model_dump(mode="json", by_alias=True, exclude={"name", "extends", "claim"})
        return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def library_folder() -> Path:
    """Return the folder of the packaged scenarios, beside the package `sim`."""
    return Path(__file__).resolve().parent.parent / "scenarios"


def library() -> tuple[str, ...]:
    """Return the names of the packaged scenarios, `baseline` first."""
    names = sorted(file.stem for file in library_folder().glob("*.toml"))
    return tuple(sorted(names, key=lambda name: name != "baseline"))


def load(name_or_path: str | Path, settings: Mapping[str, object] | Sequence[str] = ()) -> Scenario:
    """Read a scenario.

    Parameters
    ----------
    name_or_path
        Name of a packaged scenario, or path of a file.
    settings
        Changes: `key=value` texts, or a mapping from dotted keys to values (`firm.Nova.levers.price`).

    Raises
    ------
    ScenarioError
        With every mistake found: its place, key, value and what would be right.
    """
    document = resolve(str(name_or_path), library_folder())
    if settings:
        bare = without_claim(document)

        @cache
        def defaults() -> Mapping[str, Any]:
            try:
                return from_document(bare, "").as_file()
            except ScenarioError:
                return {}  # what is missing may be among the settings

        document = apply_settings(bare, settings, defaults)
    return from_document(document, Path(str(name_or_path)).stem)


def from_document(document: Document, name: str) -> Scenario:
    """Make a scenario of a document; `name` is used where the document has none of its own."""
    named = Document({"name": name} | document.data, document.places)
    return validate(named, Scenario, [check])


def changed(scenario: Scenario, settings: Mapping[str, object] | Sequence[str]) -> Scenario:
    """Return a scenario with some values replaced, checked like any other.

    Raises
    ------
    ScenarioError
        With every mistake found.
    """
    places: dict[tuple[str | int, ...], Place] = {(): Place(scenario.name or "scenario")}
    return from_document(apply_settings(Document(scenario.as_file(), places), settings), scenario.name)


def with_horizon(scenario: Scenario, weeks: int | None) -> Scenario:
    """Return a scenario that lasts so many weeks: what lies past a shorter horizon is left out.

    Raises
    ------
    ScenarioError
        If it cannot last so many weeks.
    """
    if weeks is None or weeks == scenario.horizon:
        return scenario
    events = [event for event in scenario.events if event.week <= weeks]
    schedule = [change for change in scenario.schedule if change.week <= weeks]
    kept = scenario.model_copy(update={"events": events, "schedule": schedule})
    return changed(kept, {"horizon": weeks})


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for editors.

    A file that extends another need not repeat what that one says, so only names are required; `clear` names what an
    extending file drops.
    """
    schema = Scenario.model_json_schema(by_alias=True)
    tables = schema["$defs"]
    for table, required in ((schema, []), (tables["FirmSetup"], ["name"]), (tables["Sector"], ["name"])):
        table["required"] = required
    schema["properties"]["clear"] = {
        "type": "array",
        "items": {"type": "string"},
        "description": 'Keys of the extended scenario to drop first, such as "event"',
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


Finding = tuple[tuple[str | int, ...], str, dict[str, object]]


def check(scenario: Scenario) -> Iterator[Finding]:
    """Yield what is wrong across the fields of a scenario: path, key of the message, its values."""
    yield from _check_names(scenario)
    yield from _check_parts(scenario)
    yield from _check_numbers(scenario)
    yield from _check_events(scenario)
    yield from _check_schedule(scenario)
    yield from check_claim(scenario, library())


def _check_names(scenario: Scenario) -> Iterator[Finding]:
    from sim.problems import advice

    sectors, causes = [x.name for x in scenario.sectors], [x.name for x in scenario.causes]
    firms, cohorts = [x.name for x in scenario.firms], [x.name for x in scenario.cohorts]
    for table, names in (("sector", sectors), ("firm", firms), ("cause", causes), ("cohort", cohorts)):
        seen: dict[str, str] = {}
        for i, name in enumerate(names):
            twin = seen.setdefault(name.casefold(), name)
            if twin != name:
                yield (table, i, "name"), "scenario.alike_names", {"other": twin}
    if REST in cohorts:
        yield ("cohort", cohorts.index(REST), "name"), "scenario.name_of_rest", {"value": REST}
    alternatives: list[str] = []
    for i, sector in enumerate(scenario.sectors):
        for key, name in sector.alternatives.items():
            if name in alternatives:
                yield ("sector", i, key, "name"), "scenario.name_taken", {"value": name}
            alternatives.append(name)
    for i, firm in enumerate(scenario.firms):
        if firm.name in alternatives:
            yield ("firm", i, "name"), "scenario.name_taken", {"value": firm.name}
        if firm.sector not in sectors:
            yield ("firm", i, "sector"), "scenario.no_sector", {"advice": advice(firm.sector, sectors)}
        for cause in firm.levers.causes:
            if cause not in causes:
                at = ("firm", i, "levers", "causes", cause)
                yield at, "scenario.no_cause", {"value": cause, "advice": advice(cause, causes)}
    for i, sector in enumerate(scenario.sectors):
        if not any(firm.sector == sector.name for firm in scenario.firms):
            yield ("sector", i), "scenario.empty_sector", {"value": sector.name}


def _check_parts(scenario: Scenario) -> Iterator[Finding]:
    """Yield what is wrong with cohorts, lines of firms, commons and sharing markets."""
    from sim.problems import advice

    total = sum(cohort.share for cohort in scenario.cohorts)
    if total > 1 + 1e-9:
        yield ("cohort",), "scenario.cohorts_sum", {"total": f"{total:g}"}
    for i, cohort in enumerate(scenario.cohorts):
        for name, median, (low, high) in out_of_bounds(cohort.traits):
            values: dict[str, object] = {"value": f"{median:g}", "low": low, "high": high}
            yield ("cohort", i, "traits", name), "scenario.trait_bounds", values
    firms = {firm.name: firm for firm in scenario.firms}
    for i, firm in enumerate(scenario.firms):
        if firm.parent is None:
            continue
        at, parent = ("firm", i, "parent"), firms.get(firm.parent)
        if parent is None:
            yield at, "scenario.no_firm", {"advice": advice(firm.parent, list(firms))}
        elif parent is firm or parent.parent is not None:
            yield at, "scenario.line_of_line", {"value": firm.parent}
        elif parent.enters > firm.enters:
            yield ("firm", i, "enters"), "scenario.line_before_parent", {"week": parent.enters}
    rows = len(firms) + sum(len(sector.alternatives) for sector in scenario.sectors)
    if rows > MAX_SUPPLIERS:
        yield ("firm",), "scenario.too_many_suppliers", {"count": rows, "most": MAX_SUPPLIERS}
    for i, sector in enumerate(scenario.sectors):
        if sector.sharing is not None and sector.sharing.kind != "group_buying" and not sector.durable:
            yield ("sector", i, "sharing", "kind"), "scenario.nothing_to_pass_on", {"value": sector.sharing.kind}
        entries = [firm.enters for firm in scenario.firms if firm.sector == sector.name]
        if entries and min(entries) > 1:
            yield ("sector", i), "scenario.nobody_at_start", {"value": sector.name}


def _check_numbers(scenario: Scenario) -> Iterator[Finding]:
    p, m = scenario.population, scenario.mechanisms
    if p.represents < p.size:
        yield ("population", "represents"), "scenario.too_few_people", {"size": p.size}
    for name, median, (low, high) in out_of_bounds(p.traits):
        values: dict[str, object] = {"value": f"{median:g}", "low": low, "high": high}
        yield ("population", "traits", name), "scenario.trait_bounds", values
    for table, items, key, bounds in (
        ("sector", scenario.sectors, "purchase_rate", BOUNDS["rate"]),
        ("cause", scenario.causes, "values", BOUNDS["values"]),
    ):
        for i, item in enumerate(items):
            median = median_of(getattr(item, key))
            if not bounds[0] <= median <= bounds[1]:
                values = {"value": f"{median:g}", "low": bounds[0], "high": bounds[1]}
                yield (table, i, key), "scenario.trait_bounds", values
    for i, sector in enumerate(scenario.sectors):
        rate = sector.purchase_rate
        if isinstance(rate, Constant) and rate.value == 0:
            yield ("sector", i, "purchase_rate"), "scenario.no_purchases", {}
    for table, items in (("sector", scenario.sectors), ("cause", scenario.causes)):
        for i, item in enumerate(items):
            for key, value in item:
                yield from _check_uniform((table, i, key), value)
    for name in Traits.model_fields:
        yield from _check_uniform(("population", "traits", name), getattr(p.traits, name))
        for i, cohort in enumerate(scenario.cohorts):
            yield from _check_uniform(("cohort", i, "traits", name), getattr(cohort.traits, name))
    if m.contribution.idea_share + m.contribution.codesign_share > 1:
        total = m.contribution.idea_share + m.contribution.codesign_share
        yield ("mechanisms", "contribution", "idea_share"), "scenario.kinds_sum", {"total": f"{total:g}"}
    if not m.activation.floor <= m.activation.click_cost <= m.activation.act_cost:
        yield ("mechanisms", "activation", "act_cost"), "scenario.bars_order", {}
    prices = {sector.name: sector.reference_price for sector in scenario.sectors}
    for i, firm in enumerate(scenario.firms):
        yield from _check_price(("firm", i, "levers", "price"), firm.levers.price, prices.get(firm.sector))
        if firm.unit_cost > 100 * firm.levers.price:
            yield ("firm", i, "unit_cost"), "scenario.absurd_cost", {"price": firm.levers.price}


def _check_uniform(at: tuple[str | int, ...], value: object) -> Iterator[Finding]:
    if getattr(value, "distribution", "") == "uniform" and value.low > value.high:  # type: ignore[attr-defined]
        low, high = value.low, value.high  # type: ignore[attr-defined]
        yield (*at, "low"), "scenario.uniform_order", {"low": low, "high": high}


def _check_price(at: tuple[str | int, ...], price: float, reference: float | None) -> Iterator[Finding]:
    if reference and not 0.01 <= price / reference <= 100:
        yield at, "scenario.absurd_price", {"reference": reference}


def _check_events(scenario: Scenario) -> Iterator[Finding]:
    from sim.problems import advice

    firms, causes = [x.name for x in scenario.firms], [x.name for x in scenario.causes]
    cohorts, lines = [x.name for x in scenario.cohorts], {x.name: x.parent for x in scenario.firms}
    for i, event in enumerate(scenario.events):
        firm, cause, cohort = (getattr(event, key, None) for key in ("firm", "cause", "cohort"))
        if event.week > scenario.horizon:
            yield ("event", i, "week"), "scenario.after_horizon", {"horizon": scenario.horizon}
        if firm is not None and firm not in firms:
            yield ("event", i, "firm"), "scenario.no_firm", {"advice": advice(firm, firms)}
        if isinstance(event, Campaign) and lines.get(event.firm) is not None:
            yield ("event", i, "firm"), "scenario.no_community", {"value": event.firm, "parent": lines[event.firm]}
        if cause is not None and cause not in causes:
            yield ("event", i, "cause"), "scenario.no_cause", {"advice": advice(cause, causes)}
        if cohort is not None and cohort not in cohorts:
            yield ("event", i, "cohort"), "scenario.no_cohort", {"advice": advice(cohort, cohorts)}


def _check_schedule(scenario: Scenario) -> Iterator[Finding]:
    from sim.problems import advice

    firms = {x.name: x for x in scenario.firms}
    prices = {sector.name: sector.reference_price for sector in scenario.sectors}
    causes = [x.name for x in scenario.causes]
    taken: dict[tuple[str, tuple[str, ...], int], int] = {}
    for i, change in enumerate(scenario.schedule):
        levers = _changed_keys(change)
        if change.firm not in firms:
            yield ("schedule", i, "firm"), "scenario.no_firm", {"advice": advice(change.firm, firms)}
        elif "price" in change.levers:
            at = ("schedule", i, "price")
            yield from _check_price(at, change.levers["price"], prices.get(firms[change.firm].sector))
        if change.week > scenario.horizon:
            yield ("schedule", i, "week"), "scenario.after_horizon", {"horizon": scenario.horizon}
        if change.until is not None and change.until <= change.week:
            yield ("schedule", i, "until"), "scenario.ends_before_start", {"week": change.week}
        if not levers:
            yield ("schedule", i), "scenario.no_lever", {"options": ", ".join(LEVERS)}
        for cause in change.causes or {}:
            if cause not in causes:
                yield (
                    ("schedule", i, "causes", cause),
                    "scenario.no_cause",
                    {
                        "value": cause,
                        "advice": advice(cause, causes),
                    },
                )
        yield from _check_overlap(scenario, i)
        for key in levers:
            other = taken.setdefault((change.firm, key, change.week), i)
            if other != i:
                values: dict[str, object] = {"firm": change.firm, "week": change.week}
                yield ("schedule", i, *key), "scenario.twice_scheduled", values


def _changed_keys(change: Change) -> list[tuple[str, ...]]:
    """Return the keys that a scheduled change sets: levers, and causes one by one."""
    return [*((lever,) for lever in change.levers), *(("causes", cause) for cause in change.causes or {})]


def _check_overlap(scenario: Scenario, place: int) -> Iterator[Finding]:
    """Yield a change that falls within a temporary one of the same firm and lever: what would come back is unclear."""
    change = scenario.schedule[place]
    for i, other in enumerate(scenario.schedule):
        if i == place or other.until is None or other.firm != change.firm:
            continue
        shared = [key for key in _changed_keys(change) if key in _changed_keys(other)]
        if shared and other.week < change.week < other.until:
            values: dict[str, object] = {"firm": change.firm, "week": other.week, "until": other.until}
            yield ("schedule", place, *shared[0]), "scenario.overlaps", values
            return
