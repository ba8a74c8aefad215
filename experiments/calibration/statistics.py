"""From a finished run to the numbers that targets are about.

A kind of target is one function in `KINDS`: it takes the target, the scenario and the real panel, and gives a
`Statistic`. New kinds of facts are added there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.calibration.expressions import ExpressionError, over_weeks
from experiments.calibration.expressions import parse as parse_expression
from experiments.calibration.watching import NOTHING, PANEL_HOUSEHOLDS, Watching
from experiments.text import say

if TYPE_CHECKING:
    from experiments.calibration.declarations import (
        FactTarget,
        FigureTarget,
        KpiTarget,
        PanelTarget,
        RepeatTarget,
        ShareTarget,
        Target,
    )
    from experiments.panel.data import Panel
    from sim.figures import Record
    from sim.scenario import Scenario

__all__ = ["KINDS", "Finished", "Statistic", "StatisticError", "statistic_of"]

RESAMPLES = 200
"""Panels drawn anew, of whole households, for the error of a panel's statistic."""


class StatisticError(ValueError):
    """A target asks for a statistic that there is not; `part` is the key of its table that is wrong."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part = part


@dataclass(frozen=True)
class Finished:
    """A finished run: its figures, and what a watcher saw of it."""

    record: Record
    seen: Any = None


@dataclass(frozen=True)
class Statistic:
    """A number of a run.

    Attributes
    ----------
    label
        Its name in ledgers and fingerprints, the same for the same number.
    figures
        Keys of the figures that it needs.
    of
        Works it out; NaN where it is not defined.
    observed
        Value and standard error in the real panel, if there is one.
    can_observe
        Whether a panel could tell it.
    band
        Bounds within which it should be, where nothing else is asked.
    watching
        What must be seen of a run beside its figures.
    """

    label: str
    figures: frozenset[str]
    of: Callable[[Finished], float]
    observed: tuple[float, float] | None = None
    can_observe: bool = False
    band: tuple[float, float] | None = None
    watching: Watching = NOTHING


def statistic_of(target: Target, scenario: Scenario, panel: Panel | None) -> Statistic:
    """Give the number that a target is about.

    Raises
    ------
    StatisticError
        There is no such number in this scenario, or in the panel.
    """
    return KINDS[target.kind](target, scenario, panel)


def _figure(target: FigureTarget, scenario: Scenario, _: Panel | None) -> Statistic:
    _check_item(scenario, target.figure, target.of, "figure", "of")
    for part in ("weeks", "relative_to"):
        _check_weeks(scenario, getattr(target, part), part)
    weeks = target.weeks or []
    over = target.over or ("mean" if weeks else "end")
    base = target.relative_to

    def of(run: Finished) -> float:
        values = _series(run.record, target.figure, target.of)
        found = over_weeks(over, values, weeks)
        if base is None:
            return found
        below = over_weeks("mean", values, base)
        return found / below if below else math.nan

    label = ":".join([target.figure, *([target.of] if target.of else []), over])
    label += f"@{weeks[0]}-{weeks[1]}" if weeks else ""
    label += f"/{base[0]}-{base[1]}" if base else ""
    return Statistic(label, frozenset({target.figure}), of)


def _share(target: ShareTarget, scenario: Scenario, panel: Panel | None) -> Statistic:
    _check_item(scenario, "share", target.of, "", "of")
    _check_weeks(scenario, target.weeks, "weeks")
    observed = None
    if panel is not None and target.value is None and target.low is None:
        observed = _observed(panel, lambda one, weight: _panel_share(one, target.of, weight), target.of)
    weeks = target.weeks or []

    def of(run: Finished) -> float:
        return over_weeks(target.over, _series(run.record, "share", target.of), weeks)

    label = f"share:{target.of}:{target.over}" + (f"@{weeks[0]}-{weeks[1]}" if weeks else "")
    return Statistic(label, frozenset({"share"}), of, observed=observed, can_observe=True)


def _repeat_rate(target: RepeatTarget, scenario: Scenario, panel: Panel | None) -> Statistic:
    _check_weeks(scenario, target.weeks, "weeks")
    if target.of is not None:
        _check_item(scenario, "repeat_rate", target.of, "", "of")
    observed = None
    if panel is not None and target.value is None and target.low is None:
        observed = _observed(panel, lambda one, weight: _panel_repeats(one, target.of, weight), target.of)
    weeks = target.weeks or []
    figure = "switching_rate" if target.of is None else "repeat_rate"

    def of(run: Finished) -> float:
        found = over_weeks("mean", _series(run.record, figure, target.of), weeks)
        return 1.0 - found if target.of is None else found

    label = "repeat_rate" + (f":{target.of}" if target.of else "") + (f"@{weeks[0]}-{weeks[1]}" if weeks else "")
    return Statistic(label, frozenset({figure}), of, observed=observed, can_observe=True)


def _kpi(target: KpiTarget, scenario: Scenario, _: Panel | None) -> Statistic:
    try:
        formula = parse_expression(target.formula, scenario)
    except ExpressionError as error:
        raise StatisticError("formula", str(error)) from None
    return Statistic(" ".join(target.formula.split()), formula.figures, lambda run: formula.of(run.record))


def _panel(target: PanelTarget, scenario: Scenario, panel: Panel | None) -> Statistic:
    from experiments.facts.choice_statistics import CHOICE_STATISTICS
    from sim.problems import advice

    name, sectors = target.statistic, [sector.name for sector in scenario.sectors]
    if name not in CHOICE_STATISTICS:
        known = advice(name, CHOICE_STATISTICS)
        raise StatisticError("statistic", say("calibrate.file.no_statistic", name=name, advice=known))
    sector = target.sector or sectors[0]
    if sector not in sectors:
        known = advice(sector, sectors)
        raise StatisticError("sector", say("calibrate.file.no_sector", name=sector, advice=known))
    observed, households = None, PANEL_HOUSEHOLDS
    if panel is not None:
        households = len(panel.households)
        if target.value is None and target.low is None:
            observed = _choice_observed(panel, name)

    def of(run: Finished) -> float:
        return float(run.seen.choices[sector].get(name, math.nan))

    households = min(households, scenario.population.size)
    watching = Watching(households, (sector,))
    label = f"panel:{name}" + (f":{sector}" if len(sectors) > 1 else "")
    return Statistic(label, frozenset(), of, observed=observed, can_observe=True, watching=watching)


def _fact(target: FactTarget, scenario: Scenario, panel: Panel | None) -> Statistic:
    from experiments.facts.registry import STATISTICS
    from sim.problems import advice

    key = target.statistic
    if key not in STATISTICS:
        known = advice(key, STATISTICS)
        raise StatisticError("statistic", say("calibrate.file.no_statistic", name=key, advice=known))
    statistic = STATISTICS[key]

    def of(run: Finished) -> float:
        return float(run.seen.facts[key])

    band = (statistic.low, statistic.high)
    return Statistic(f"fact:{key}", frozenset(), of, band=band, watching=Watching(facts=(key,)))


KINDS: dict[str, Callable[[Any, Scenario, Panel | None], Statistic]] = {
    "figure": _figure,
    "share": _share,
    "repeat_rate": _repeat_rate,
    "kpi": _kpi,
    "panel": _panel,
    "fact": _fact,
}
"""What makes the statistic of a target of each kind."""


def _series(record: Record, key: str, item: str | None) -> Any:
    from sim.figures import FIGURES

    values = record[key].reshape(record.weeks, -1)
    return values[:, record.items[FIGURES[key].scope].index(item or "")]


def _check_item(scenario: Scenario, key: str, item: str | None, key_part: str, item_part: str) -> None:
    from sim.claims import items_of
    from sim.figures import FIGURES
    from sim.problems import advice

    if key not in FIGURES:
        raise StatisticError(key_part, say("calibrate.kpi.unknown_figure", key=key, advice=advice(key, FIGURES)))
    names = items_of(scenario)[FIGURES[key].scope]
    if not names and item is not None:
        raise StatisticError(item_part, say("calibrate.file.of_market", key=key))
    if names and item is None:
        raise StatisticError(item_part, say("calibrate.file.of_missing", key=key, options=", ".join(names)))
    if names and item not in names:
        raise StatisticError(
            item_part, say("calibrate.kpi.unknown_item", key=key, value=item, advice=advice(item, names))
        )


def _check_weeks(scenario: Scenario, weeks: list[int] | None, part: str) -> None:
    if weeks is not None and not weeks[0] <= weeks[1] <= scenario.horizon:
        raise StatisticError(part, say("calibrate.kpi.weeks", horizon=scenario.horizon))


def _observed(panel: Panel, number: Callable[[Panel, Any], float], brand: str | None) -> tuple[float, float]:
    """Give a statistic of the real panel and its standard error, over panels of households drawn anew."""
    import numpy as np

    from sim.problems import advice

    if brand is not None and brand not in panel.brands:
        raise StatisticError("of", say("calibrate.file.no_brand", name=brand, advice=advice(brand, panel.brands)))
    households = len(panel.households)
    random = np.random.default_rng(1)
    drawn = random.multinomial(households, np.full(households, 1.0 / households), size=RESAMPLES)
    values = np.array([number(panel, weight.astype(float)) for weight in drawn])
    value, error = number(panel, np.ones(households)), float(np.nanstd(values))
    if not math.isfinite(value) or not error > 0:
        raise StatisticError("of", say("calibrate.file.panel_too_small"))
    return value, error


def _choice_observed(panel: Panel, name: str) -> tuple[float, float]:
    """Give a statistic of choice of the real panel and its standard error."""
    import numpy as np

    from experiments.facts.choice_statistics import bootstrap, choice_statistics

    if not _resampled or _resampled[0][0] is not panel:
        _resampled[:] = [(panel, choice_statistics(panel), bootstrap(panel, RESAMPLES))]
    _, values, drawn = _resampled[0]
    value, error = float(values[name]), float(np.nanstd(drawn[name]))
    if not math.isfinite(value) or not error > 0:
        raise StatisticError("statistic", say("calibrate.file.panel_too_small"))
    return value, error


_resampled: list[tuple[Panel, dict[str, float], dict[str, Any]]] = []
"""The last panel that was drawn anew: several targets ask for its statistics."""


def _panel_share(panel: Panel, brand: str, weight: Any) -> float:
    counts = weight @ panel.counts
    return float(counts[panel.brands.index(brand)] / counts.sum())


def _panel_repeats(panel: Panel, brand: str | None, weight: Any) -> float:
    if brand is None:
        from experiments.panel.repeats import repeats

        return repeats(panel).rate(weight)
    after = panel.last == panel.brands.index(brand)
    counted = weight[panel.household] * after
    return float((counted * (panel.chosen == panel.last)).sum() / counted.sum()) if counted.sum() else math.nan
