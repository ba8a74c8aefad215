"""The facts that simulated markets are held to: each with its statistics, their bands, their use and their sources.

A fact is one regularity; it has one statistic or several, each of them a number worked out by the same function on one
replicate of a simulated market and, where there is one, on a real panel. Bands are taken from published figures and
from real panels. Nothing in the model refers to them: they can be met or missed by mechanisms and parameters only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from experiments.facts import buying, diffusion, militancy, participation, reviews
from experiments.facts.sampling import PanelFigures, Sample
from experiments.panel.data import Floats

__all__ = ["FACTS", "STATISTICS", "Fact", "Kind", "Pooling", "Statistic", "Unit", "Use"]

Use = Literal["CAL", "VAL"]
Unit = Literal["number", "share", "days", "weeks", "yes"]
Pooling = Literal["mean", "median"]
Kind = Literal["choice", "counts", "mixed"]
"""How a statistic of a panel gets its interval: by resampling households, their counts, or from standard errors."""


@dataclass(frozen=True)
class Statistic:
    """One number that a fact is about.

    Attributes
    ----------
    key : its name, stable.
    market : of `markets.toml` on which it is measured.
    low, high : the band; infinite where it has no end.
    measure : gives it for one replicate of the market; NaN where it has none.
    pooled : how replicates make one value.
    unit, digits : how it is shown.
    kind, on_panel : where real panels have it too: how its interval is found, and its value on a panel.
    most : replicates that it is worked out of at most, where it takes long; 0 for all.
    of_choice : its name among the statistics of choice, where it is one.
    """

    key: str
    market: str
    low: float
    high: float
    measure: Callable[[Sample], float]
    pooled: Pooling = "mean"
    unit: Unit = "number"
    digits: int = 2
    kind: Kind | None = None
    on_panel: Callable[[PanelFigures], float] | None = None
    most: int = 0
    of_choice: str = ""

    def is_inside(self, value: float) -> bool | None:
        """Tell whether a value lies in the band; None where it is not defined."""
        return None if math.isnan(value) else self.low <= value <= self.high


@dataclass(frozen=True)
class Fact:
    """One regularity.

    Attributes
    ----------
    key : its name, stable.
    number : its place in the list.
    use : CAL, the defaults of the model are calibrated on it; VAL, it is only tested.
    source : where it is documented.
    statistics : what is measured.
    """

    key: str
    number: int
    use: Use
    source: str
    statistics: tuple[Statistic, ...]


def _choice(key: str, of: str, low: float, high: float, digits: int = 2, unit: Unit = "number") -> Statistic:
    """Declare a statistic of which brands households buy."""

    def on_panel(figures: PanelFigures) -> float:
        return figures.choice[of]

    def measure(sample: Sample) -> float:
        return sample.figures.choice[of]

    return Statistic(key, "categories", low, high, measure, "median", unit, digits, "choice", on_panel, of_choice=of)


def _counts(key: str, of: Callable[[PanelFigures], float], low: float, high: float, **shown: object) -> Statistic:
    """Declare a statistic of how often households buy."""

    def measure(sample: Sample) -> float:
        return of(sample.figures)

    return Statistic(key, "categories", low, high, measure, "median", kind="counts", on_panel=of, **shown)  # type: ignore[arg-type]


def _mixed(key: str, of: Callable[[PanelFigures], float], low: float, high: float) -> Statistic:
    """Declare a statistic of a mixed logit fitted to a panel as small as real ones."""

    def measure(sample: Sample) -> float:
        return of(sample.small)

    return Statistic(key, "categories", low, high, measure, "median", kind="mixed", on_panel=of, most=6)


def _nbd_distance(figures: PanelFigures) -> float:
    return buying.nbd_distance(figures.occasions, has_zeros=figures.has_zeros)


def _nbd_shape(figures: PanelFigures) -> float:
    return buying.fitted_nbd(figures.occasions, has_zeros=figures.has_zeros).shape


def _heavy_share(figures: PanelFigures) -> float:
    return buying.heavy_share(figures.occasions)


def _given(sample: Sample) -> Floats:
    return participation.contributed(sample["market"])[0]


def _bass(sample: Sample) -> diffusion.Bass:
    return diffusion.fit_bass(diffusion.adopters_of_commons(sample["market"]))


def _peer_effect(sample: Sample) -> float:
    """Adopters in five years over those of the same market in which nobody hears what others say."""
    heard, unheard = (diffusion.adopters_of_commons(sample[arm])[:5].sum() for arm in ("market", "unheard"))
    return float(heard / unheard) if unheard else float("nan")


def _modes_of_satisfaction(sample: Sample) -> float:
    return float(reviews.modes(reviews.rebinned(sample["market"].satisfaction, 5)) == 1)


def _of_event(
    of: Callable[[Sample], float], key: str, market: str, low: float, high: float, **shown: object
) -> Statistic:
    return Statistic(key, market, low, high, of, **shown)  # type: ignore[arg-type]


def _path(sample: Sample) -> Floats:
    return militancy.deviation(sample["event"], sample["quiet"])


_EHRENBERG = "Goodhardt, Ehrenberg & Chatfield 1984"
_PANELS = "Ecdat Catsup (Jain, Vilcassim & Chintagunta 1994); bayesm margarine (Allenby & Rossi 1991)"
_INF = math.inf

FACTS: tuple[Fact, ...] = (
    Fact(
        "double_jeopardy",
        1,
        "VAL",
        f"{_EHRENBERG}; 39 real categories",
        (
            _choice("jeopardy_correlation", "double_jeopardy", 0.6, 0.95),
            _choice("jeopardy_slope", "jeopardy_slope", 0.05, 0.75),
        ),
    ),
    Fact(
        "duplication",
        2,
        "VAL",
        _EHRENBERG,
        (
            _choice("duplication_coefficient", "duplication", 0.90, 1.25),
            _choice("duplication_correlation", "duplication_fit", 0.65, 1.0),
        ),
    ),
    Fact(
        "polygamy",
        3,
        "CAL",
        f"{_EHRENBERG}; scanner panels",
        (_choice("dirichlet_sum", "dirichlet_sum", 1.0, 10.0),),
    ),
    Fact(
        "nbd",
        4,
        "CAL",
        f"Ehrenberg 1959; {_EHRENBERG}; Ta Feng and other panels",
        (
            _counts("nbd_distance", _nbd_distance, 0.0, 0.04, digits=3),
            _counts("nbd_shape", _nbd_shape, 0.15, 0.86),
            _counts("heavy_share", _heavy_share, 0.33, 0.66, unit="share", digits=1),
        ),
    ),
    Fact(
        "excess_inertia",
        5,
        "CAL",
        _PANELS,
        (
            _choice("excess_inertia", "excess_inertia", 0.0, 0.06, 3),
            _choice("variety_seekers", "variety_seekers", 0.0, 0.01, 1, "share"),
            _choice("inert", "inert", 0.03, 0.15, 1, "share"),
        ),
    ),
    Fact(
        "estimated_inertia",
        6,
        "CAL",
        _PANELS,
        (
            _mixed("mixed_inertia", lambda figures: figures.mixed.inertia_mean, 0.30, 0.60),
            _choice("plain_inertia", "last_brand", 1.1, 2.1),
            Statistic(
                "structural_inertia",
                "categories",
                0.05,
                0.20,
                lambda sample: sample["market"].traits["inertia"],
                "median",
            ),
        ),
    ),
    Fact(
        "elasticity",
        7,
        "CAL",
        _PANELS,
        (
            _choice("price_elasticity", "price_elasticity", -5.0, -2.0),
            _choice("feature_effect", "feature", 0.7, 1.25),
            _choice("display_effect", "display", 0.4, 1.15),
        ),
    ),
    Fact(
        "participation",
        8,
        "CAL",
        "van Mierlo 2014; logs of open-source projects",
        (
            Statistic(
                "posters",
                "community",
                0.0,
                0.25,
                lambda sample: participation.poster_share(_given(sample)),
                unit="share",
                digits=1,
            ),
            Statistic(
                "top_tenth",
                "community",
                0.73,
                0.85,
                lambda sample: participation.top_share(_given(sample)),
                unit="share",
                digits=1,
            ),
            Statistic(
                "one_timers",
                "community",
                0.47,
                0.77,
                lambda sample: participation.one_time_share(_given(sample)),
                unit="share",
                digits=1,
            ),
        ),
    ),
    Fact(
        "idea_funnel",
        9,
        "CAL",
        "LEGO Ideas, My Starbucks Idea, Dell IdeaStorm",
        (
            *(
                Statistic(
                    f"implemented_{arm}",
                    "call",
                    0.001,
                    0.025,
                    lambda sample, arm=arm: participation.ideas_implemented(sample[arm], "Nova"),  # type: ignore[misc]
                    unit="share",
                    digits=2,
                )
                for arm in ("narrow", "middle", "wide")
            ),
            Statistic(
                "launch_growth",
                "call",
                -0.2,
                0.2,
                lambda sample: participation.launch_growth(sample["narrow"], sample["wide"], "Nova"),
            ),
        ),
    ),
    Fact(
        "cocreated_launches",
        10,
        "VAL",
        "Nishikawa, Schreier & Ogawa 2013",
        (
            Statistic(
                "launch_ratio",
                "launch",
                1.5,
                3.0,
                lambda sample: participation.launch_ratio(
                    (sample["cocreated"], sample["cocreated_idle"]), (sample["closed"], sample["closed_idle"]), "Nova"
                ),
                "median",
            ),
        ),
    ),
    Fact(
        "flash_boycott",
        11,
        "CAL",
        "Liaukonytė, Tuchman & Zhu 2023",
        (
            _of_event(
                lambda sample: militancy.peak_deviation(_path(sample)),
                "boycott_peak",
                "boycott",
                0.05,
                0.25,
                unit="share",
                digits=1,
            ),
            _of_event(
                lambda sample: militancy.weeks_to_return(_path(sample)),
                "boycott_weeks",
                "boycott",
                2.0,
                4.0,
                unit="weeks",
                digits=1,
            ),
        ),
    ),
    Fact(
        "talk",
        12,
        "VAL",
        "Liaukonytė, Tuchman & Zhu 2023",
        (
            _of_event(
                lambda sample: militancy.talk_per_act(sample["event"]), "talk_per_act", "boycott", 3.0, _INF, digits=1
            ),
            _of_event(
                lambda sample: militancy.hostility(sample["event"]),
                "hostile_talk",
                "taking_sides",
                0.5,
                1.0,
                unit="share",
                digits=0,
            ),
            _of_event(
                lambda sample: militancy.sales_change(sample["event"], sample["quiet"]),
                "sales_under_hostile_talk",
                "taking_sides",
                0.0,
                0.30,
                unit="share",
                digits=1,
            ),
        ),
    ),
    Fact(
        "attention",
        13,
        "CAL",
        "Crane, Schweitzer & Sornette 2010",
        (
            _of_event(
                lambda sample: militancy.half_life_days(militancy.salience_after(sample["event"])),
                "attention_half_life",
                "attention",
                0.6,
                3.2,
                unit="days",
                digits=1,
            ),
            _of_event(
                lambda sample: militancy.fading_exponent(militancy.acts_after(sample["event"])),
                "acts_exponent",
                "attention",
                2.0,
                3.0,
                digits=1,
            ),
        ),
    ),
    Fact(
        "reviews",
        14,
        "VAL",
        "Hu, Pavlou & Zhang 2009; Schoenmueller, Netzer & Stahl 2020",
        (
            Statistic(
                "j_shape",
                "reviews",
                0.9,
                1.0,
                lambda sample: float(reviews.is_j_shaped(sample["market"].stars)),
                unit="yes",
            ),
            Statistic("one_mode_of_satisfaction", "reviews", 0.9, 1.0, _modes_of_satisfaction, unit="yes"),
            Statistic(
                "one_mode_of_free_reviews",
                "reviews",
                0.9,
                1.0,
                lambda sample: float(reviews.modes(sample["free"].stars) == 1),
                unit="yes",
            ),
        ),
    ),
    Fact(
        "diffusion",
        15,
        "CAL",
        "Sultan, Farley & Lehmann 1990; product series",
        (
            Statistic(
                "bass_innovation", "new_offer", 0.004, 0.03, lambda sample: _bass(sample).innovation, "median", digits=3
            ),
            Statistic("bass_imitation", "new_offer", 0.2, 0.66, lambda sample: _bass(sample).imitation, "median"),
            Statistic("peer_effect", "new_offer", 1.0, _INF, _peer_effect, "median"),
        ),
    ),
)
"""Every fact, in order."""

STATISTICS: Mapping[str, Statistic] = MappingProxyType(
    {statistic.key: statistic for fact in FACTS for statistic in fact.statistics}
)
"""Every statistic by its key: `STATISTICS[key].measure(take_sample(plans()[STATISTICS[key].market], 0))`."""
