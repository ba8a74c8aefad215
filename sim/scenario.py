"""Scenarios: everything a market starts from, read from TOML files and checked.

A scenario file says what differs from the defaults, or from the scenario it extends. All mistakes are reported at once,
with file, line, key, value and the nearest valid key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from sim.distributions import Beta, Constant, Distribution, Gamma
from sim.documents import Document, apply_settings, resolve, validate
from sim.levers import LEVERS, LeverChange, Levers
from sim.mechanisms.accounts import AccountsParameters
from sim.mechanisms.activation import ActivationParameters
from sim.mechanisms.base import MAX_CAUSES
from sim.mechanisms.beliefs import BeliefsParameters
from sim.mechanisms.contribution import ContributionParameters
from sim.mechanisms.creation import CreationParameters
from sim.mechanisms.crisis import CrisisParameters
from sim.mechanisms.distribution import DistributionParameters
from sim.mechanisms.experience import ExperienceParameters
from sim.mechanisms.purchase import PurchaseParameters
from sim.mechanisms.sincerity import SincerityParameters
from sim.network import Network
from sim.quantities import Strict, quantity
from sim.traits import BOUNDS, Traits, median_of, out_of_bounds

__all__ = [
    "Cause",
    "Event",
    "Exposure",
    "FirmSetup",
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
]

MAX_FIRMS = 50
MAX_SECTORS = 8
_NAME = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\s\x00-\x1f](?:[^\x00-\x1f]*[^\s\x00-\x1f])?$")]


class Text(Strict):
    """A text in both languages."""

    en: str = Field("", max_length=4000)
    fr: str = Field("", max_length=4000)


class Population(Strict):
    """The consumers."""

    size: int = quantity(5000, "people", 10, 100_000_000, "Simulated consumers", "Consommateurs simulés", symbol="N")
    represents: float = quantity(
        1_000_000,
        "people",
        10,
        1e10,
        "People whom they stand for",
        "Personnes qu'ils représentent",
        symbol="H",
    )
    traits: Traits = Traits()


class Sector(Strict):
    """A sector: products that serve one need."""

    name: _NAME
    reference_price: float = quantity(
        10.0, "currency", 0, 1e6, "Typical price of a unit: the scale of price sensitivity",
        "Prix typique d'une unité : l'échelle de la sensibilité au prix", exclusive_low=True,
    )  # fmt: skip
    purchase_rate: Distribution = Field(
        Gamma(distribution="gamma", mean=0.4, shape=0.8),
        description="Purchases a week over consumers; gamma makes counts negative binomial",
        json_schema_extra={
            "unit": "per_week",
            "symbol": "λ",
            "description_fr": "Achats par semaine selon les consommateurs ; gamma rend les comptes binomiaux négatifs",
            "source": "Ehrenberg; Goodhardt, Ehrenberg & Chatfield 1984",
        },
    )
    outside: float | None = quantity(
        None, "utility", -50, 50, "Utility of not buying on an occasion; left out: one always buys",
        "Utilité de ne pas acheter ; absente : on achète toujours", symbol="U_0",
    )  # fmt: skip


class FirmSetup(Strict):
    """A firm at the start."""

    name: _NAME
    sector: str
    strategy: Literal["scripted", "pyramidal", "opportunist", "client_centred"] = "scripted"
    appeal: float = quantity(
        0.0,
        "utility",
        -50,
        50,
        "Utility of the brand to everyone",
        "Utilité de la marque pour tous",
        symbol="a_f",
    )
    quality: float = quantity(0.6, "score", 0, 1, "Quality at the start", "Qualité au départ", symbol="q")
    defect_rate: float = quantity(
        0.05,
        "probability",
        0,
        0.9,
        "Defect rate without mutual control",
        "Taux de défauts sans contrôle mutuel",
    )
    unit_cost: float = quantity(5.0, "currency", 0, 1e6, "Cost of a unit", "Coût d'une unité")
    fixed_cost: float = quantity(50_000.0, "currency_per_week", 0, 1e10, "Fixed cost", "Coût fixe")
    cash: float = quantity(5_000_000.0, "currency", -1e12, 1e12, "Cash at the start", "Trésorerie au départ")
    availability: float = quantity(
        1.0, "share", 0, 1, "Share of shopping occasions on which it can be bought",
        "Part des occasions d'achat où on la trouve",
    )  # fmt: skip
    levers: Levers = Levers()


class Cause(Strict):
    """A cause: a dimension of values with a public salience."""

    name: _NAME
    values: Distribution = Field(
        Beta(distribution="beta", mean=0.3, concentration=3.0),
        description="Weight of the cause over consumers",
        json_schema_extra={
            "unit": "share",
            "symbol": "w",
            "description_fr": "Poids de la cause selon les consommateurs",
            "source": "",
        },
    )
    salience: float = quantity(
        0.0,
        "index",
        0,
        10,
        "Standing salience between events",
        "Saillance permanente entre les événements",
        symbol="A",
    )


class Scandal(Strict):
    """A firm's conduct on a cause comes to light."""

    kind: Literal["scandal"]
    week: int = quantity(..., "weeks", 1, None, "Week", "Semaine")
    firm: str
    cause: str
    severity: float = quantity(..., "share", 0, 1, "Severity", "Gravité")
    revealed: float = quantity(
        1.0,
        "share",
        0,
        1,
        "Share of the firm's real conduct that comes to light",
        "Part de la conduite réelle révélée",
    )


class News(Strict):
    """A cause is in the news, with or without a firm."""

    kind: Literal["news"]
    week: int = quantity(..., "weeks", 1, None, "Week", "Semaine")
    cause: str
    severity: float = quantity(..., "share", 0, 1, "Size of the shock", "Ampleur du choc")
    firm: str | None = None


class Exposure(Strict):
    """A firm's claims are checked in public against its conduct."""

    kind: Literal["exposure"]
    week: int = quantity(..., "weeks", 1, None, "Week", "Semaine")
    firm: str
    severity: float = quantity(..., "share", 0, 1, "How widely it is seen", "Ampleur de la révélation")


Event = Annotated[Scandal | News | Exposure, Field(discriminator="kind")]


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
    network: Network = Network()
    sectors: list[Sector] = Field(alias="sector", min_length=1, max_length=MAX_SECTORS)
    firms: list[FirmSetup] = Field(alias="firm", min_length=1, max_length=MAX_FIRMS)
    causes: list[Cause] = Field([], alias="cause", max_length=MAX_CAUSES)
    events: list[Event] = Field([], alias="event", max_length=10_000)
    schedule: list[LeverChange] = Field([], max_length=10_000)
    mechanisms: Mechanisms = Mechanisms()
    figures: FigureSettings = FigureSettings()

    @cached_property
    def canonical(self) -> str:
        """The whole scenario as canonical JSON: every default written out, keys sorted."""
        return json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True, ensure_ascii=False)

    @cached_property
    def text_hash(self) -> str:
        """SHA-256 of `canonical`, in hexadecimal: the same for the same market whatever file it came from."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()


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
    document = apply_settings(resolve(str(name_or_path), library_folder()), settings)
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
    whole = scenario.model_dump(mode="json", by_alias=True, exclude={"extends"}, exclude_none=True)
    return from_document(apply_settings(Document(whole, {}), settings), scenario.name)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Scenario.model_json_schema(by_alias=True)


Finding = tuple[tuple[str | int, ...], str, dict[str, object]]


def check(scenario: Scenario) -> Iterator[Finding]:
    """Yield what is wrong across the fields of a scenario: path, key of the message, its values."""
    yield from _check_names(scenario)
    yield from _check_numbers(scenario)
    yield from _check_events(scenario)
    yield from _check_schedule(scenario)


def _check_names(scenario: Scenario) -> Iterator[Finding]:
    from sim.problems import advice

    sectors, causes = [x.name for x in scenario.sectors], [x.name for x in scenario.causes]
    for table, names in (("sector", sectors), ("firm", [x.name for x in scenario.firms]), ("cause", causes)):
        seen: dict[str, str] = {}
        for i, name in enumerate(names):
            twin = seen.setdefault(name.casefold(), name)
            if twin != name:
                yield (table, i, "name"), "scenario.alike_names", {"other": twin}
    for i, firm in enumerate(scenario.firms):
        if firm.sector not in sectors:
            yield ("firm", i, "sector"), "scenario.no_sector", {"advice": advice(firm.sector, sectors)}
        for cause in firm.levers.causes:
            if cause not in causes:
                at = ("firm", i, "levers", "causes", cause)
                yield at, "scenario.no_cause", {"value": cause, "advice": advice(cause, causes)}
    for i, sector in enumerate(scenario.sectors):
        if not any(firm.sector == sector.name for firm in scenario.firms):
            yield ("sector", i), "scenario.empty_sector", {"value": sector.name}


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
    for i, event in enumerate(scenario.events):
        firm, cause = getattr(event, "firm", None), getattr(event, "cause", None)
        if event.week > scenario.horizon:
            yield ("event", i, "week"), "scenario.after_horizon", {"horizon": scenario.horizon}
        if firm is not None and firm not in firms:
            yield ("event", i, "firm"), "scenario.no_firm", {"advice": advice(firm, firms)}
        if cause is not None and cause not in causes:
            yield ("event", i, "cause"), "scenario.no_cause", {"advice": advice(cause, causes)}


def _check_schedule(scenario: Scenario) -> Iterator[Finding]:
    from sim.problems import advice

    firms = {x.name: x for x in scenario.firms}
    prices = {sector.name: sector.reference_price for sector in scenario.sectors}
    causes = [x.name for x in scenario.causes]
    taken: dict[tuple[str, str, int], int] = {}
    for i, change in enumerate(scenario.schedule):
        levers = [*change.levers, *(["causes"] if change.causes else [])]
        if change.firm not in firms:
            yield ("schedule", i, "firm"), "scenario.no_firm", {"advice": advice(change.firm, firms)}
        elif "price" in levers:
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
        for lever in levers:
            other = taken.setdefault((change.firm, lever, change.week), i)
            if other != i:
                yield (
                    ("schedule", i, lever),
                    "scenario.twice_scheduled",
                    {"firm": change.firm, "week": change.week},
                )
