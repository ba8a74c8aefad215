"""The simulated markets in which facts are measured, from `markets.toml` and the scenarios beside it.

With a user's scenario, its traits, network and mechanisms take the place of the defaults in all of them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = ["CategoryLaw", "MarketPlan", "arms_of", "category", "markets_folder", "plans"]

_SETTINGS = (("population", "traits"), ("population", "value_coherence"), ("network",), ("mechanisms",))
"""What of a user's scenario replaces the defaults."""


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MarketPlan(_Plain):
    """One market: a scenario, or one drawn for each replicate, in several arms under the same luck.

    Attributes
    ----------
    name
        Of the market; a scenario of the folder unless `drawn`.
    drawn
        Whether every replicate is a category drawn anew.
    consumers, households
        Simulated consumers, and how many of them make the purchase panel.
    burn_in
        Weeks before anything is noted.
    arms
        What is laid over the scenario in each arm, as in a claim's `without`.
    """

    name: str
    drawn: bool = False
    consumers: int = Field(5000, ge=100)
    households: int = Field(0, ge=0)
    burn_in: int = Field(0, ge=0)
    arms: dict[str, dict[str, Any]] = Field(min_length=1)


class CategoryLaw(_Plain):
    """From what categories are drawn.

    Attributes
    ----------
    weeks
        Watched, after the burn-in.
    brands
        Fewest and most brands.
    appeal_spread, quality
        Standard deviation of the brands' appeal, and bounds of their quality.
    niche_spread, place_spread
        Standard deviations of the logarithm of the brands' own spread of taste, and of their places on the market map.
    price_spread
        Standard deviation of the logarithm of regular prices.
    rate_median, rate_spread
        Median of the mean purchase rate a week, and standard deviation of its logarithm over categories.
    promotions, cut, featured, displayed
        Promotions a year and brand, bounds of the price cut, and shares of them with a feature and a display.
    """

    weeks: int
    brands: tuple[int, int]
    appeal_spread: float
    quality: tuple[float, float]
    niche_spread: float
    place_spread: float
    price_spread: float
    rate_median: float
    rate_spread: float
    promotions: float
    cut: tuple[float, float]
    featured: float
    displayed: float


def markets_folder() -> Path:
    """Give the folder with the scenarios of these markets."""
    return Path(__file__).with_name("markets")


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("markets.toml").read_text(encoding="utf-8"))


@cache
def plans() -> Mapping[str, MarketPlan]:
    """Give every market by its name."""
    return {one["name"]: MarketPlan.model_validate(one) for one in _declared()["market"]}


@cache
def _category_law() -> CategoryLaw:
    return CategoryLaw.model_validate(_declared()["categories"])


def arms_of(plan: MarketPlan, *, number: int, seed: int, user: Scenario | None = None) -> dict[str, Scenario]:
    """Build the arms of a market.

    Parameters
    ----------
    plan
        Which market.
    number
        Of the replicate: a drawn category is another one for each.
    seed
        Of all luck.
    user
        A scenario whose traits, network and mechanisms replace the defaults; None: the defaults.

    Raises
    ------
    ScenarioError
        The user's settings do not fit a market.
    """
    from experiments.claims.arms import laid
    from sim.claims import Overrides
    from sim.scenario import changed, load

    base = (
        category(_category_law(), plan, number, seed)
        if plan.drawn
        else load(str(markets_folder() / f"{plan.name}.toml"))
    )
    if user is not None:
        base = _with_settings(base, user)
    base = changed(base, {"population.size": plan.consumers, "seed": seed})
    arms = {}
    for name, values in plan.arms.items():
        arms[name] = laid(base, Overrides.model_validate(values), skips=False) if values else base
    return arms


def category(law: CategoryLaw, plan: MarketPlan, number: int, seed: int) -> Scenario:
    """Draw a product category: brands of unequal appeal, quality and price, promoted now and then."""
    from sim.documents import Document
    from sim.scenario import from_document

    random = np.random.default_rng((seed, number))
    brands = int(random.integers(law.brands[0], law.brands[1] + 1))
    weeks = law.weeks + plan.burn_in
    character = np.random.default_rng((seed, number, 1)).standard_normal((brands, 3))
    firms: list[dict[str, Any]] = []
    schedule: list[dict[str, Any]] = []
    for brand in range(brands):
        name = f"Brand {chr(ord('A') + brand)}"
        price = round(float(10.0 * np.exp(law.price_spread * random.standard_normal())), 2)
        quality = round(float(random.uniform(*law.quality)), 3)
        firms.append(
            {
                "name": name,
                "sector": "category",
                "appeal": round(float(law.appeal_spread * random.standard_normal()), 3),
                "quality": quality,
                "taste_spread": round(float(np.exp(law.niche_spread * character[brand, 0])), 3),
                "place": [round(float(law.place_spread * one), 3) for one in character[brand, 1:]],
                "levers": {"price": price, "claimed_quality": quality},
            }
        )
        for week in 1 + np.flatnonzero(random.random(weeks) < law.promotions / 52.0):
            cut = random.uniform(*law.cut)
            levers = {
                "price": round(float(price * (1.0 - cut)), 2),
                "feature": float(random.random() < law.featured),
                "display": float(random.random() < law.displayed),
            }
            # Two promotions side by side would be one: a brand rests for a week.
            if schedule and schedule[-1]["firm"] == name and schedule[-1]["until"] >= week:
                continue
            schedule.append({"week": int(week), "until": int(week) + 1, "firm": name, **levers})
    rate = float(law.rate_median * np.exp(law.rate_spread * random.standard_normal()))
    defaults = _default_rate()
    data = {
        "schema_version": 1,
        "horizon": weeks,
        "sector": [
            {
                "name": "category",
                "reference_price": 10.0,
                "purchase_rate": defaults | {"mean": round(rate, 4)},
                "outside": -2.0,
            }
        ],
        "firm": firms,
        "schedule": [one for one in schedule if one["until"] <= weeks],
    }
    return from_document(Document(data, {}), f"category {number + 1}")


def _default_rate() -> dict[str, Any]:
    """Give the default distribution of purchase rates, whose mean a category replaces."""
    from sim.entities import Sector

    rate = Sector(name="category").purchase_rate
    return dict(rate.model_dump())


def _with_settings(market: Scenario, user: Scenario) -> Scenario:
    """Put a user's settings where a market has the defaults; what a market sets itself stays."""
    from sim.documents import Document
    from sim.scenario import from_document

    data, theirs = market.as_file(), user.as_file()
    defaults = from_document(Document(_smallest(), {}), "defaults").as_file()
    for path in _SETTINGS:
        inner, others, plain = data, theirs, defaults
        for key in path[:-1]:
            inner, others, plain = inner[key], others[key], plain[key]
        inner[path[-1]] = _taken(inner[path[-1]], others[path[-1]], plain[path[-1]])
    return from_document(Document(data, {}), market.name)


def _taken(market: Any, user: Any, default: Any) -> Any:
    """Give the market's own value where it differs from the default, else the user's."""
    # There is a mechanism called distribution, too.
    if isinstance(default, dict) and not isinstance(default.get("distribution"), str):
        return {key: _taken(market[key], user[key], default[key]) for key in default}
    return user if market == default else market


def _smallest() -> dict[str, Any]:
    """Give the smallest scenario there is, all of whose values are defaults."""
    return {"schema_version": 1, "sector": [{"name": "any"}], "firm": [{"name": "One", "sector": "any"}]}
