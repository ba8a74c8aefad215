"""The traits of consumers: fixed at creation, each a named distribution with a unit and bounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import Field, create_model

from sim.distributions import Beta, Constant, Distribution, Gamma, Lognormal, Normal, Pareto, Uniform, draw
from sim.quantities import Strict

__all__ = ["BOUNDS", "SomeTraits", "Traits", "median_of", "out_of_bounds"]


def _trait(default: Any, unit: str, symbol: str, en: str, fr: str) -> Any:
    return Field(
        default,
        description=en,
        json_schema_extra={"unit": unit, "symbol": symbol, "description_fr": fr, "source": ""},
    )


class Traits(Strict):
    """Traits of the whole population; values for each cause and purchase rates stand with the cause and the sector."""

    price_sensitivity: Distribution = _trait(
        Lognormal(distribution="lognormal", median=4.3, sigma=0.4),
        "utility",
        "β",
        "Utility lost to the sector's reference price (about the own-price elasticity)",
        "Utilité perdue au prix de référence du secteur (environ l'élasticité-prix propre)",
    )
    inertia: Distribution = _trait(
        Normal(distribution="normal", mean=0.2, sd=0.45),
        "utility",
        "η",
        "Utility of the last supplier; negative for variety seekers",
        "Utilité du dernier fournisseur ; négative pour qui cherche la variété",
    )
    peer_trust: Distribution = _trait(
        Beta(distribution="beta", mean=0.5, concentration=6.0),
        "share",
        "τ",
        "Trust in peers' word",
        "Confiance dans la parole des pairs",
    )
    brand_trust: Distribution = _trait(
        Beta(distribution="beta", mean=0.4, concentration=6.0),
        "share",
        "ρ",
        "Trust in experts and brands",
        "Confiance dans les experts et les marques",
    )
    propensity: Distribution = _trait(
        Lognormal(distribution="lognormal", median=0.0018, sigma=3.6),
        "ratio",
        "a",
        "Propensity to contribute: next to nothing in most, very great in a few",
        "Propension à contribuer : presque nulle chez la plupart, très grande chez quelques-uns",
    )
    skill: Distribution = _trait(
        Beta(distribution="beta", mean=0.35, concentration=4.0), "share", "k", "Skill", "Compétence"
    )
    playfulness: Distribution = _trait(
        Beta(distribution="beta", mean=0.5, concentration=4.0),
        "share",
        "π",
        "Pleasure taken in contributing",
        "Plaisir pris à contribuer",
    )
    reciprocity: Distribution = _trait(
        Beta(distribution="beta", mean=0.5, concentration=4.0),
        "share",
        "ς",
        "How much sincerity calls for giving back",
        "Combien la sincérité appelle un don en retour",
    )
    threshold: Distribution = _trait(
        Lognormal(distribution="lognormal", median=0.5, sigma=0.5),
        "ratio",
        "θ",
        "Drive above which one turns militant",
        "Élan au-dessus duquel on devient militant",
    )
    half_life: Distribution = _trait(
        Lognormal(distribution="lognormal", median=0.6, sigma=0.8),
        "weeks",
        "h",
        "Weeks in which a militant's energy halves",
        "Semaines où l'énergie d'un militant se réduit de moitié",
    )
    use_preference: Distribution = _trait(
        Beta(distribution="beta", mean=0.45, concentration=4.0),
        "share",
        "u",
        "Preference for the use of a good over its possession",
        "Préférence pour l'usage plutôt que la possession",
    )


def _some_traits() -> Any:
    """Give every trait again as an optional key: what a cohort has of its own."""
    fields: dict[str, Any] = {
        name: (
            Distribution | None,
            Field(None, description=field.description, json_schema_extra=field.json_schema_extra),
        )
        for name, field in Traits.model_fields.items()
    }
    return create_model("SomeTraits", __base__=Strict, __doc__="Traits that a cohort has of its own.", **fields)


SomeTraits = _some_traits()


BOUNDS: dict[str, tuple[float, float]] = {
    "price_sensitivity": (0.0, 1000.0),
    "inertia": (-20.0, 20.0),
    "peer_trust": (0.0, 1.0),
    "brand_trust": (0.0, 1.0),
    "propensity": (0.0, 1000.0),
    "skill": (0.0, 1.0),
    "playfulness": (0.0, 1.0),
    "reciprocity": (0.0, 1.0),
    "threshold": (0.001, 1000.0),
    "half_life": (0.05, 520.0),
    "use_preference": (0.0, 1.0),
    "values": (0.0, 1.0),
    "rate": (0.0, 20.0),
}
"""Lowest and highest value of each trait; draws beyond are set to them, a median beyond is refused."""


def median_of(kind: Constant | Uniform | Normal | Lognormal | Gamma | Beta | Pareto) -> float:
    """Return the median of a distribution."""
    import numpy as np

    return float(draw(kind, np.array([0.5], np.float32))[0])


def out_of_bounds(traits: Any) -> Iterator[tuple[str, float, tuple[float, float]]]:
    """Yield the traits (of all, or of a cohort) whose median lies out of their bounds: (trait, median, bounds)."""
    for name in Traits.model_fields:
        if getattr(traits, name) is None:
            continue
        median, bounds = median_of(getattr(traits, name)), BOUNDS[name]
        if not bounds[0] <= median <= bounds[1]:
            yield name, median, bounds
