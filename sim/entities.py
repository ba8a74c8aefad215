"""The tables of a scenario file that stand for things: consumers, sectors, firms, causes, events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.distributions import Beta, Distribution, Gamma
from sim.levers import Levers
from sim.quantities import Strict, quantity
from sim.traits import Traits

__all__ = ["Cause", "Event", "Exposure", "FirmSetup", "News", "Population", "Scandal", "Sector", "Text"]

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
    value_coherence: float = quantity(
        0.5, "share", 0, 1, "Correlation between the weights of two causes (of their normal scores)",
        "Corrélation entre les poids de deux causes (de leurs scores normaux)",
    )  # fmt: skip
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
