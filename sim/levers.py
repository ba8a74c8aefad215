"""The levers of a firm: what a strategist can set, in a scenario, at any week."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from sim.quantities import Strict, quantities, quantity

__all__ = ["LEVERS", "Change", "LeverChange", "Levers", "StanceChange", "Stances"]


class Stances(Strict):
    """What a firm says and does about one cause."""

    proclaimed: float = quantity(
        0.0,
        "stance",
        -1,
        1,
        "What the firm says on this cause",
        "Ce que la firme dit de cette cause",
        symbol="p",
    )
    conduct: float = quantity(
        0.0,
        "stance",
        -1,
        1,
        "What the firm does on this cause",
        "Ce que la firme fait pour cette cause",
        symbol="d",
    )


class StanceChange(Strict):
    """A change of what a firm says or does about one cause; what is left out stays as it is."""

    proclaimed: float | None = quantity(
        None, "stance", -1, 1, "What the firm says on this cause", "Ce que la firme dit de cette cause"
    )
    conduct: float | None = quantity(
        None, "stance", -1, 1, "What the firm does on this cause", "Ce que la firme fait pour cette cause"
    )


class Levers(Strict):
    """Every lever of a firm, with its value at the start."""

    price: float = quantity(
        10.0, "currency", 0, 1e6, "Price of one unit", "Prix d'une unité", symbol="P", exclusive_low=True
    )
    openness: float = quantity(
        0.1,
        "share",
        0,
        1,
        "Share of value creation opened to outside talents",
        "Part de la création de valeur ouverte aux talents extérieurs",
        symbol="o",
    )
    sharing: float = quantity(
        0.0,
        "share",
        0,
        1,
        "Share of co-created value given back to contributors",
        "Part de la valeur cocréée rendue aux contributeurs",
        symbol="g",
    )
    proclaimed_openness: float = quantity(
        0.1, "share", 0, 1, "Openness that the firm claims", "Ouverture que la firme proclame", symbol="ô"
    )
    proclaimed_sharing: float = quantity(
        0.0, "share", 0, 1, "Sharing that the firm claims", "Partage que la firme proclame", symbol="ĝ"
    )
    claimed_quality: float = quantity(
        0.6,
        "score",
        0,
        1,
        "Quality that its advertising claims",
        "Qualité que vante sa publicité",
        symbol="Q̂",
    )
    facilitation: float = quantity(
        0.0,
        "currency_per_week",
        0,
        1e9,
        "Spend on tools and people who help contributors",
        "Dépense en outils et en animateurs pour les contributeurs",
        symbol="φ",
    )
    research: float = quantity(
        20_000.0,
        "currency_per_week",
        0,
        1e9,
        "Spend on closed research and development",
        "Dépense de recherche et développement fermée",
        symbol="R",
    )
    service: float = quantity(
        5_000.0,
        "currency_per_week",
        0,
        1e9,
        "Spend on customer service beyond answering each case",
        "Dépense de service client au-delà de chaque dossier",
        symbol="V",
    )
    brand_push: float = quantity(
        0.0,
        "share",
        0,
        1,
        "Advertising inside its community's social spaces",
        "Publicité dans les espaces sociaux de sa communauté",
        symbol="b",
    )
    validation_layers: int = quantity(
        2,
        "count",
        0,
        12,
        "Layers of hierarchy between a representative and an answer",
        "Niveaux de validation entre un représentant et une réponse",
        symbol="h",
    )
    autonomy: float = quantity(
        0.2,
        "share",
        0,
        1,
        "Freedom of the firm's representative to answer alone",
        "Liberté du représentant de répondre seul",
        symbol="α",
    )
    power_sharing: float = quantity(
        0.0,
        "share",
        0,
        1,
        "Customers' share in decisions on what is launched",
        "Part des clients dans le choix de ce qui est lancé",
        symbol="ψ",
    )
    play: float = quantity(
        0.2, "score", 0, 1, "How playful contributing is made", "Part de jeu dans la contribution", symbol="y"
    )
    recognition: float = quantity(
        0.2,
        "score",
        0,
        1,
        "How visibly contributors are thanked",
        "Reconnaissance publique des contributeurs",
        symbol="c",
    )
    launches: float = quantity(
        4.0,
        "per_year",
        0,
        520,
        "Development capacity: launches a year",
        "Capacité de développement : lancements par an",
        symbol="L",
    )
    selectivity: float = quantity(
        0.9,
        "share",
        0,
        1,
        "How strictly the best ideas are chosen (0: at random)",
        "Rigueur du choix des idées (0 : au hasard)",
        symbol="z",
    )
    feature: float = quantity(
        0.0,
        "share",
        0,
        1,
        "Share of outlets that feature the brand in their leaflets",
        "Part des points de vente qui l'annoncent en prospectus",
    )
    display: float = quantity(
        0.0,
        "share",
        0,
        1,
        "Share of outlets that display it",
        "Part des points de vente où elle est en tête de gondole",
    )
    mode: Literal["sell", "rent", "subscribe"] = quantity(
        "sell",
        "choice",
        None,
        None,
        "How it is offered: sold, rented by the use, or by subscription",
        "Mode d'offre : vente, location ou abonnement",
        source="S4",
    )
    open_files: float = quantity(
        0.0,
        "share",
        0,
        1,
        "Share of its files or source that it publishes",
        "Part de ses fichiers ou de son code source qu'elle publie",
        symbol="ω_f",
        source="S1, S4",
    )
    hosting: float = quantity(
        0.0,
        "share",
        0,
        1,
        "How far it hosts the sharing market of its sector",
        "À quel point elle héberge le marché du partage de son secteur",
        symbol="ν",
        source="S4",
    )
    ambassadors: float = quantity(
        0.0,
        "currency_per_week",
        0,
        1e9,
        "Spend on recruiting and rallying ambassadors",
        "Dépense pour recruter et fédérer des ambassadeurs",
        source="S3",
    )
    suggestion_box: float = quantity(
        0.0,
        "share",
        0,
        1,
        "How far employees are asked for ideas",
        "À quel point les employés sont sollicités pour des idées",
        source="S4",
    )
    reward: float = quantity(
        0.0,
        "share",
        0,
        1,
        "Money paid for a contribution, relative to a fair wage",
        "Rémunération d'une contribution, relative à un juste salaire",
        symbol="y_m",
        source="S1",
    )
    causes: dict[str, Stances] = Field(default_factory=dict)


LEVERS = quantities(Levers)


class Change(Strict):
    """When, for how long and for whom levers change, and stances with them."""

    week: int = quantity(..., "weeks", 1, None, "Week at whose start it takes effect", "Semaine d'effet")
    until: int | None = quantity(
        None,
        "weeks",
        2,
        None,
        "Week at whose start the old values return",
        "Semaine où les anciennes valeurs reviennent",
    )
    firm: str
    causes: dict[str, StanceChange] | None = None

    @property
    def levers(self) -> dict[str, Any]:
        """The levers that change, and their new values."""
        return {name: value for name in LEVERS if (value := getattr(self, name, None)) is not None}


def _optional_levers() -> dict[str, Any]:
    """Give every lever again as an optional key, with the same bounds."""
    fields: dict[str, Any] = {}
    for name in LEVERS:
        field = Levers.model_fields[name]
        kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        optional = Field(None, description=field.description, json_schema_extra=field.json_schema_extra)
        fields[name] = (kind | None, optional)
    return fields


LeverChange = create_model(
    "LeverChange", __base__=Change, __doc__="A scheduled change of one firm's levers.", **_optional_levers()
)
