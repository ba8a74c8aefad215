"""Golden results: a handful of figures of every scenario of the library, as they were when somebody last looked."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from sim.figures import FIGURES
from sim.market import Market
from sim.scenario import load

FOLDER = Path(__file__).resolve().parent

CONSUMERS = 500
WEEKS = (1, 8, 26)
KEYS = (
    "share",
    "units",
    "price",
    "quality",
    "belief",
    "sincerity",
    "cash",
    "community",
    "attackers",
    "availability",
    "salience",
    "switching_rate",
    "militants",
    "surplus",
    "userisation",
    "commons_share",
    "sharing_price",
    "goods_owned",
    "ambassadors",
    "leaks",
    "prosumers",
    "hardship",
)

RENEW = "python3 -m tests.golden"


def path_of(name: str) -> Path:
    """Return the file of a scenario's golden results."""
    return FOLDER / f"{name}.json"


def results_of(name: str) -> dict[str, Any]:
    """Run a scenario with few consumers and return the figures: {figure: {week: value, or values by firm or cause}}."""
    market = Market(load(name), consumers=CONSUMERS)
    record = market.run(max(WEEKS))
    found: dict[str, Any] = {}
    for key in KEYS:
        names = record.items[FIGURES[key].scope]
        found[key] = {}
        for week in WEEKS:
            values = record[key][week - 1]
            if FIGURES[key].scope == "market":
                found[key][str(week)] = _plain(values)
            else:
                found[key][str(week)] = {name: _plain(value) for name, value in zip(names, values, strict=True)}
    return {"consumers": CONSUMERS, "figures": found}


def _plain(value: float) -> float | None:
    """Keep ten digits; undefined values have none."""
    return None if math.isnan(value) else float(f"{value:.10g}")


def stored(name: str) -> dict[str, Any] | None:
    """Return the golden results of a scenario, None if there are none yet."""
    path = path_of(name)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def store(name: str, results: dict[str, Any]) -> None:
    """Write the golden results of a scenario."""
    path_of(name).write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def differences(golden: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Say, line by line, where results differ from the golden ones by more than one part in a million."""
    lines: list[str] = []
    _compare("", golden, now, lines)
    return lines


def _compare(at: str, golden: Any, now: Any, lines: list[str]) -> None:
    if isinstance(golden, dict) and isinstance(now, dict):
        for key in sorted({*golden, *now}):
            _compare(f"{at}.{key}".lstrip("."), golden.get(key), now.get(key), lines)
    elif isinstance(golden, float | int) and isinstance(now, float | int):
        if not math.isclose(golden, now, rel_tol=1e-6, abs_tol=1e-9):
            lines.append(f"{at}: {golden} -> {now}")
    elif golden != now:
        lines.append(f"{at}: {golden} -> {now}")
