"""From one kind of distribution to another with about the same centre and spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["table_of"]


def table_of(kind: str, old: Mapping[str, Any]) -> dict[str, Any]:
    """Make a distribution of another kind with about the centre and the spread of an old one."""
    centre, spread = _centre_and_spread(old)
    spread = spread or 0.2 * abs(centre) or 0.1
    positive = max(centre, 1e-3)
    ratio = spread / positive
    tables: dict[str, dict[str, float]] = {
        "constant": {"value": centre},
        "uniform": {"low": centre - 1.7 * spread, "high": centre + 1.7 * spread},
        "normal": {"mean": centre, "sd": spread},
        "lognormal": {"median": positive, "sigma": min(4.0, ratio)},
        "gamma": {"mean": positive, "shape": min(max(ratio**-2, 0.05), 1000.0)},
        "pareto": {"minimum": positive * 2 / 3, "exponent": 3.0},
    }
    share = min(max(centre, 0.001), 0.999)
    tables["beta"] = {"mean": share, "concentration": min(max(share * (1 - share) / spread**2 - 1, 0.1), 1000.0)}
    if centre > 0:
        tables["uniform"]["low"] = max(0.0, tables["uniform"]["low"])
    return {"distribution": kind} | {name: float(f"{value:.4g}") for name, value in tables[kind].items()}


def _centre_and_spread(old: Mapping[str, Any]) -> tuple[float, float]:
    match old["distribution"]:
        case "constant":
            return float(old["value"]), 0.0
        case "uniform":
            return (old["low"] + old["high"]) / 2, (old["high"] - old["low"]) / 3.4
        case "normal":
            return float(old["mean"]), float(old["sd"])
        case "lognormal":
            return float(old["median"]), float(old["median"]) * float(old["sigma"])
        case "gamma":
            return float(old["mean"]), float(old["mean"]) / float(old["shape"]) ** 0.5
        case "beta":
            mean = float(old["mean"])
            return mean, (mean * (1 - mean) / (float(old["concentration"]) + 1)) ** 0.5
        case _:
            centre = float(old["minimum"]) * 1.5
            return centre, centre / 2
