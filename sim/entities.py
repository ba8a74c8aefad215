"""The tables of a scenario file that stand for things: consumers, sectors, firms, causes, events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.distributions import Beta, Distribution, Gamma
from sim.levers import Levers
from sim.quantities import Strict, quantity
from sim.traits import SomeTraits, Traits

__all__ = [
    "MAX_COHORTS",
    "REST",
    "Campaign",
    "Cause",
    "Cohort",
    "CommonsSetup",
    "Event",
    "Exposure",
    "FirmSetup",
    "Hardship",
    "Listing",
    "News",
    "Population",
    "Scandal",
    "Sector",
    "SharingSetup",
    "Text",
]

REST = "rest"
"""Name of the cohort of those who belong to none."""
MAX_COHORTS = 6
"""Cohorts that a population can have beside the rest."""

_NAME = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\s\x00-\x1f](?:[^\x00-\x1f]*[^\s\x00-\x1f])?$")]
_PLACE = Annotated[list[Annotated[float, Field(ge=-20, le=20)]], Field(min_length=2, max_length=2)]


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
    clients: Literal["households", "businesses"] = quantity(
        "households",
        "choice",
        None,
        None,
        "Who the consumers are: many households, or few, large and expert businesses",
        "Qui sont les consommateurs : beaucoup de ménages, ou peu d'entreprises, grandes et expertes",
        source="S2 (B to B)",
    )
    traits: Traits = Traits()


class Cohort(Strict):
    """A cohort, such as a generation: a part of the population with some traits of its own."""

    name: _NAME
    share: float = quantity(..., "share", 0, 1, "Share of the consumers", "Part des consommateurs", exclusive_low=True)
    traits: SomeTraits = SomeTraits()


class CommonsSetup(Strict):
    """The commons of a sector: what people make and share without a firm (open source, do-it-yourself)."""

    name: Annotated[str, Field(max_length=60)] = ""
    quality: float = quantity(0.45, "score", 0, 1, "Quality at the start", "Qualité au départ")
    defect_rate: float = quantity(
        0.08, "probability", 0, 0.9, "Defect rate without mutual control", "Taux de défauts sans contrôle mutuel"
    )
    trust: float = quantity(
        0.8, "score", 0, 1, "Mean sincerity granted at the start", "Sincérité prêtée au départ, en moyenne"
    )
    appeal: float = quantity(0.0, "utility", -50, 50, "Utility to everyone", "Utilité pour tous")
    play: float = quantity(0.6, "score", 0, 1, "How playful contributing is", "Part de jeu dans la contribution")
    recognition: float = quantity(
        0.5, "score", 0, 1, "How visibly contributors are thanked", "Reconnaissance publique des contributeurs"
    )
    materials: float = quantity(
        0.0, "currency", 0, 1e6, "Price of what it takes to make a unit, without tools",
        "Prix de ce qu'il faut pour faire une unité, sans outils",
    )  # fmt: skip
    hassle: float = quantity(
        3.0, "utility", 0, 100, "Utility lost by someone without any skill, without tools",
        "Utilité perdue par qui n'a aucune compétence, sans outils", symbol="z_0",
    )  # fmt: skip
    tools: float = quantity(
        0.0, "share", 0, 1, "Level of do-it-yourself tools at the start", "Niveau des outils au départ", symbol="T_0"
    )
    tool_progress: float = quantity(
        0.2, "per_year", 0, 10, "Yearly progress of the tools", "Progrès annuel des outils", symbol="γ_T",
        source="S1 (fab labs, 3D printers)",
    )  # fmt: skip


class SharingSetup(Strict):
    """The sharing market of a sector: second-hand, rental between peers, or group buying."""

    name: Annotated[str, Field(max_length=60)] = ""
    kind: Literal["second_hand", "rental", "group_buying"] = quantity(
        "second_hand",
        "choice",
        None,
        None,
        "Goods that change hands, goods lent for a price, or buying together",
        "Des biens qui changent de mains, des biens prêtés contre paiement, ou l'achat groupé",
        source="S2, S4",
    )
    quality: float = quantity(0.55, "score", 0, 1, "Quality of what is shared", "Qualité de ce qui est partagé")
    defect_rate: float = quantity(0.08, "probability", 0, 0.9, "Defect rate", "Taux de défauts")
    trust: float = quantity(
        0.6, "score", 0, 1, "Mean sincerity granted at the start", "Sincérité prêtée au départ, en moyenne"
    )
    appeal: float = quantity(0.0, "utility", -50, 50, "Utility to everyone", "Utilité pour tous")
    hassle: float = quantity(
        1.5, "utility", 0, 100, "Utility lost by someone without any skill",
        "Utilité perdue par qui n'a aucune compétence", symbol="z_s",
    )  # fmt: skip
    idealism: float = quantity(
        1.0, "utility", 0, 50, "Utility of sharing to those who weigh every cause fully",
        "Utilité du partage pour qui donne plein poids à chaque cause", symbol="β_i", source="S2",
    )  # fmt: skip
    stock: float = quantity(
        0.02, "units", 0, 100, "Goods on offer at the start, per head", "Biens offerts au départ, par tête"
    )


class Sector(Strict):
    """A sector: products that serve one need."""

    name: _NAME
    reference_price: float = quantity(
        10.0, "currency", 0, 1e6, "Typical price of a unit: the scale of price sensitivity",
        "Prix typique d'une unité : l'échelle de la sensibilité au prix", exclusive_low=True,
    )  # fmt: skip
    purchase_rate: Distribution = Field(
        Gamma(distribution="gamma", mean=0.4, shape=0.45),
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
    durable: bool = quantity(
        False, "switch", None, None, "Whether a unit is a good that is kept, and can be passed on",
        "Si une unité est un bien que l'on garde et peut transmettre",
    )  # fmt: skip
    life: float = quantity(
        200.0,
        "weeks",
        1,
        5200,
        "Mean life of a good (durable sectors)",
        "Durée de vie moyenne d'un bien (secteurs durables)",
    )
    commons: CommonsSetup | None = None
    sharing: SharingSetup | None = None

    @property
    def alternatives(self) -> dict[str, str]:
        """Names of what does without firms here, by key: its commons and its sharing market, as far as it has them."""
        parts = {"commons": self.commons, "sharing": self.sharing}
        return {key: part.name or f"{key} of {self.name}" for key, part in parts.items() if part is not None}


class FirmSetup(Strict):
    """A firm at the start."""

    name: _NAME
    sector: str
    strategy: Literal[
        "scripted",
        "pyramidal",
        "opportunist",
        "client_centred",
        "price_warrior",
        "innovation_racer",
        "platform",
        "imitator",
        "adaptive",
        "responsive",
    ] = "scripted"
    parent: str | None = None
    enters: int = quantity(
        1, "weeks", 1, 5200, "Week from which it may enter the market (1: there from the start)",
        "Semaine dès laquelle elle peut entrer sur le marché (1 : présente dès le départ)",
    )  # fmt: skip
    entry_margin: float | None = quantity(
        None, "share", -10, 1, "Profit over revenue of the sector that draws it in; left out: it comes in its week",
        "Marge du secteur qui l'attire ; absente : elle vient à sa semaine",
    )  # fmt: skip
    entry_cost: float = quantity(
        0.0, "currency", 0, 1e12, "Cost of entering, paid by the parent where there is one",
        "Coût de l'entrée, payé par la maison mère s'il y en a une",
    )  # fmt: skip
    appeal: float = quantity(
        0.0,
        "utility",
        -50,
        50,
        "Utility of the brand to everyone",
        "Utilité de la marque pour tous",
        symbol="a_f",
    )
    taste_spread: float = quantity(
        1.0, "ratio", 0, 20, "How much tastes for it differ between consumers, in parts of the usual spread σ_t",
        "Combien les goûts pour elle diffèrent entre consommateurs, en parts de la dispersion usuelle σ_t",
        symbol="σ_f",
    )  # fmt: skip
    place: _PLACE = quantity(
        [0.0, 0.0], "utility", None, None,
        "Its place on the market map, two numbers: tastes for firms that lie the same way go together",
        "Sa place sur la carte du marché, deux nombres : les goûts pour des firmes situées du même côté vont ensemble",
        symbol="p_f",
        source="Elrod & Keane 1995 (choice map)",
    )  # fmt: skip
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


class Campaign(Strict):
    """A firm makes a game of contributing for some weeks, and calls the public to it."""

    kind: Literal["campaign"]
    week: int = quantity(..., "weeks", 1, None, "First week", "Première semaine")
    firm: str
    weeks: int = quantity(5, "weeks", 1, 520, "Weeks it lasts", "Semaines que dure l'opération", source="S2")
    play: float = quantity(0.5, "score", 0, 1, "Play that it adds", "Part de jeu qu'elle ajoute")
    reach: float = quantity(
        2.0,
        "ratio",
        0,
        100,
        "How much more often people look for a community",
        "Combien plus souvent on cherche une communauté",
    )
    cost: float = quantity(20_000.0, "currency_per_week", 0, 1e9, "Cost", "Coût")


class Hardship(Strict):
    """An income shock: money becomes dear for some weeks, for all or for one cohort."""

    kind: Literal["hardship"]
    week: int = quantity(..., "weeks", 1, None, "First week", "Première semaine")
    weeks: int = quantity(26, "weeks", 1, 5200, "Weeks it lasts", "Semaines que dure le choc")
    severity: float = quantity(..., "share", 0, 1, "Severity", "Gravité")
    cohort: str | None = None


class Listing(Strict):
    """Retailers list a firm more widely, or delist it."""

    kind: Literal["listing"]
    week: int = quantity(..., "weeks", 1, None, "Week", "Semaine")
    firm: str
    availability: float = quantity(
        ..., "share", 0, 1, "Share of shopping occasions on which it can be bought from then on",
        "Part des occasions d'achat où on la trouve désormais",
    )  # fmt: skip


Event = Annotated[
    Scandal | News | Exposure | Campaign | Hardship | Listing,
    Field(discriminator="kind"),
]
