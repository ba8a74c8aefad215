"""How a brand is priced and promoted: its regular price, and its price cuts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.panel.data import Floats, Panel

SMALLEST_CUT = 0.1  # of the regular price; less is the ordinary play of prices between shops and weeks

RARE = 0.05  # a price seen on fewer of the occasions is not a regular price


@dataclass(frozen=True)
class PriceProcess:
    """The price history of a brand, as buyers of the category met it.

    It is seen only on occasions on which somebody bought in the category, which price cuts may themselves
    have brought about.

    Attributes
    ----------
    mean, deviation : of the price, in currency.
    regular : what is asked without promotion, see `regular_price`, in currency.
    promotion_frequency : share of occasions with a price at least `SMALLEST_CUT` below the regular one.
    promotion_depth : mean cut on those, as a share of the regular price (0 without promotions).
    feature, display : share of occasions, None where the panel does not tell.
    feature_in_promotion, display_in_promotion : share of the occasions with a price cut.
    feature_otherwise, display_otherwise : share of the occasions without.
    on_sale : share of occasions on which the brand could be bought.
    """

    mean: float
    deviation: float
    regular: float
    promotion_frequency: float
    promotion_depth: float
    feature: float | None
    feature_in_promotion: float | None
    feature_otherwise: float | None
    display: float | None
    display_in_promotion: float | None
    display_otherwise: float | None
    on_sale: float


def price_process(panel: Panel, brand: int) -> PriceProcess:
    """Describe the prices of one brand (its index)."""
    sold = ~np.isnan(panel.price[:, brand])
    price = panel.price[sold, brand].round(6)  # 4.5 read as 4.4999999 is the same price
    regular = regular_price(price)
    cut = price <= (1 - SMALLEST_CUT) * regular * (1 + 1e-9)
    feature = _rates(panel.feature, brand, sold, cut)
    display = _rates(panel.display, brand, sold, cut)
    return PriceProcess(
        mean=float(price.mean()),
        deviation=float(price.std()),
        regular=regular,
        promotion_frequency=float(cut.mean()),
        promotion_depth=float(1 - price[cut].mean() / regular) if cut.any() else 0.0,
        feature=feature[0],
        feature_in_promotion=feature[1],
        feature_otherwise=feature[2],
        display=display[0],
        display_in_promotion=display[1],
        display_otherwise=display[2],
        on_sale=float(sold.mean()),
    )


def regular_price(price: Floats) -> float:
    """Give the most frequent price of the upper half of prices (of equals, the highest).

    Where no price is frequent, as when it was computed from amounts and volumes, it is the upper quintile.
    """
    upper = price[price >= np.median(price)]
    values, times = np.unique(upper, return_counts=True)
    if times.max() < RARE * len(price):
        return float(np.quantile(price, 0.8))
    return float(values[len(times) - 1 - times[::-1].argmax()])


def _rates(
    table: Floats | None, brand: int, sold: np.ndarray, cut: np.ndarray
) -> tuple[float | None, float | None, float | None]:
    """Share of occasions, of those with a price cut, and of those without; None where not known."""
    if table is None:
        return None, None, None
    used = table[sold, brand]
    return (
        float(used.mean()),
        float(used[cut].mean()) if cut.any() else 0.0,
        float(used[~cut].mean()) if (~cut).any() else 0.0,
    )
