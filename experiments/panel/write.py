"""Write a scenario whose market is the one found in a panel."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import numpy as np

from experiments.numbers import percent
from experiments.panel.describe import describe
from experiments.panel.estimate import Estimates
from experiments.panel.match import match_shares
from experiments.text import say
from experiments.toml_text import toml_text
from sim.text import use_language

__all__ = ["scenario_data", "scenario_text"]

COST_OF_PRICE = 0.5  # unit cost as a share of the price
# As in the baseline scenario, so that the costs that a panel cannot tell weigh as much as there.
SALES_OF_A_FIRM = 800_000.0  # a week, on average
FIXED_OF_SALES, RESEARCH_OF_SALES, SERVICE_OF_SALES = 0.06, 0.025, 0.006
WEEKS_OF_SALES_IN_CASH = 6.0
_PEOPLE = (100_000.0, 1e9)
_WIDEST = 20.0  # of a firm's spread of taste, in parts of the usual one
_DIGITS = 4  # significant ones; the intervals are far wider


def scenario_text(estimates: Estimates, *, sector: str | None = None) -> str:
    """Give the scenario as TOML, with the estimates and their intervals in comments above it.

    Parameters
    ----------
    sector : name of the market's sector; by default that of the panel.
    """
    heading = [
        say("panel.scenario.estimated"),
        "",
        *describe(estimates).splitlines(),
        "",
        say("panel.scenario.assumed", cost=percent(COST_OF_PRICE, 0)),
    ]
    # Texts from a file could hold characters at which TOML ends a line.
    comment = "".join(f"# {''.join(c for c in line if c.isprintable())}".rstrip() + "\n" for line in heading)
    data = scenario_data(estimates, sector=sector)
    matched = match_shares(data, np.array([part.value for part in estimates.share]))
    return f"#:schema ./schema.json\n{comment}\n{toml_text(matched)}"


def scenario_data(estimates: Estimates, *, sector: str | None = None) -> dict[str, Any]:
    """Give the scenario as plain data, in the shape of a scenario file.

    Prices, features and displays stand at their means over the panel. The price coefficient is per
    reference price, which is the mean price of what was bought.
    """
    name = sector or _sector_name(estimates.source)
    share = np.array([part.value for part in estimates.share])
    price = np.array([process.mean for process in estimates.prices])
    reference = _rounded(float(share @ price))
    sold_to_one = share * price * estimates.purchase_rate.value
    represents = float(f"{np.clip(SALES_OF_A_FIRM * len(price) / sold_to_one.sum(), *_PEOPLE):.2g}")
    sold = sold_to_one * represents
    effects = {"feature_effect": estimates.feature, "display_effect": estimates.display}
    return {
        "schema_version": 1,
        "source": estimates.source,
        "title": _both("panel.scenario.title", source=estimates.source),
        "story": _both(
            "panel.scenario.story",
            source=estimates.source,
            households=estimates.households,
            occasions=estimates.occasions,
            brands=len(estimates.brands),
        ),
        "population": {
            "size": _size(estimates.purchase_rate.value),
            "represents": represents,
            "traits": {
                "price_sensitivity": {
                    "distribution": "normal",  # the trait is held to 0 or more, as here
                    "mean": _rounded(max(0.0, estimates.price_mean.value) * reference),
                    "sd": _rounded(estimates.price_sd.value * reference),
                },
                "inertia": {
                    "distribution": "normal",
                    "mean": _rounded(estimates.inertia_mean.value),
                    "sd": _rounded(estimates.inertia_sd.value),
                },
            },
        },
        "sector": [
            {
                "name": name,
                "reference_price": reference,
                "purchase_rate": {
                    "distribution": "gamma",
                    "mean": _rounded(estimates.purchase_rate.value),
                    "shape": _rounded(estimates.purchase_shape.value),
                },
            }
        ],
        "firm": [
            _firm(estimates, brand, name, float(price[brand]), float(sold[brand]))
            for brand in range(len(estimates.brands))
        ],
        "mechanisms": {
            "purchase": {
                "taste_spread": _rounded(estimates.taste_spread.value),
                # A scenario knows no repelling feature or display.
                **{key: _rounded(max(0.0, found.value)) for key, found in effects.items() if found is not None},
            }
        },
    }


def _firm(estimates: Estimates, brand: int, sector: str, price: float, sales: float) -> dict[str, Any]:
    """Give one brand as a firm; `sales` is its expected revenue a week."""
    process = estimates.prices[brand]
    levers = {
        "price": _rounded(price),
        "research": _rounded(RESEARCH_OF_SALES * sales),
        "service": _rounded(SERVICE_OF_SALES * sales),
    }
    if process.feature is not None:
        levers["feature"] = _rounded(process.feature)
    if process.display is not None:
        levers["display"] = _rounded(process.display)
    usual = estimates.taste_spread.value
    spread = min(_WIDEST, estimates.taste_spreads[brand].value / usual) if usual > 0 else 1.0
    tastes: dict[str, Any] = {"taste_spread": _rounded(spread)}
    if estimates.places[brand]:
        along = [_rounded(place.value) for place in estimates.places[brand]]
        tastes["place"] = [*along, 0.0][:2]
    return {
        "name": estimates.brands[brand],
        "sector": sector,
        "strategy": "scripted",
        "appeal": _rounded(estimates.appeal[brand].value),
        **tastes,
        "unit_cost": _rounded(COST_OF_PRICE * price),
        "fixed_cost": _rounded(FIXED_OF_SALES * sales),
        "cash": _rounded(WEEKS_OF_SALES_IN_CASH * sales),
        "levers": levers,
    }


def _size(rate: float) -> int:
    """Choose how many consumers to simulate: enough for some 500 purchases a week, from 5,000 to 20,000."""
    return int(np.clip(np.ceil(500 / rate / 1000) * 1000, 5000, 20_000))


def _sector_name(source: str) -> str:
    """Make a sector's name of the name of a file or data set."""
    words = "".join(letter if letter.isalnum() else " " for letter in PurePath(source).stem).split()
    return " ".join(words)[:60].strip() or "panel"


def _both(key: str, **values: object) -> dict[str, str]:
    """Give a text in both languages."""
    texts = {}
    for code in ("en", "fr"):
        with use_language(code):
            texts[code] = say(key, **values)
    return texts


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
