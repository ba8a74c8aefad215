"""Make the simulated market sell what the panel bought: find the appeal of each brand that gives its share.

The mixed logit is estimated on the prices that each household met; a scenario holds mean prices, and its beliefs move.
So the appeals are corrected by running the market itself and adding ln(wanted / reached) to each, the contraction of
Berry, Levinsohn and Pakes (1995), until the shares agree. Every run meets the same luck, so few rounds suffice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["match_shares", "simulated_shares"]

_ROUNDS = 12
_CONSUMERS = 20_000
_CLOSE = 0.001


def match_shares(data: dict[str, Any], wanted: NDArray[np.float64]) -> dict[str, Any]:
    """Return scenario data whose market reaches the wanted shares of units, by changing the firms' appeals.

    Parameters
    ----------
    data
        A scenario as plain data, with one sector.
    wanted
        Shares of the firms in the order of the data, summing to one.
    """
    appeals = np.array([firm["appeal"] for firm in data["firm"]])
    for _ in range(_ROUNDS):
        reached = simulated_shares(_with_appeals(data, appeals))
        if np.abs(reached - wanted).max() < _CLOSE:
            break
        appeals += np.log(np.maximum(wanted, 1e-6) / np.maximum(reached, 1e-6))
        appeals -= appeals @ wanted
    return _with_appeals(data, appeals)


def simulated_shares(data: dict[str, Any], consumers: int = _CONSUMERS) -> NDArray[np.float64]:
    """Return each firm's share of all units sold over the horizon of a scenario."""
    from sim.market import Market
    from sim.scenario import from_document
    from sim.toml_files import Document

    record = Market(from_document(Document(data, {}), "panel"), consumers=consumers).run()
    sold = record["units"].sum(axis=0)
    return np.asarray(sold / sold.sum())


def _with_appeals(data: dict[str, Any], appeals: NDArray[np.float64]) -> dict[str, Any]:
    firms = [firm | {"appeal": float(f"{a:.4g}")} for firm, a in zip(data["firm"], appeals, strict=True)]
    return data | {"firm": firms}
