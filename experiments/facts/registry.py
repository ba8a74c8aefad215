"""The facts that simulated markets are held to: each with its statistics, their bands, their use and their sources.

A fact is one regularity; it has one statistic or several, each of them a number worked out by the same function on one
replicate of a simulated market and, where there is one, on a real panel. Bands are taken from published figures and
from real panels. Nothing in the model refers to them: they can be met or missed by mechanisms and parameters only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from experiments.facts import buying, diffusion, militancy, participation, reviews
from experiments.facts.declared import Fact, Statistic, of_choice, of_counts, of_mixed
from experiments.facts.sampling import PanelFigures, Sample
from experiments.panel.data import Floats

__all__ = ["FACTS", "STATISTICS"]


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
            of_choice("jeopardy_correlation", "double_jeopardy", 0.6, 0.95),
            of_choice("jeopardy_slope", "jeopardy_slope", 0.05, 0.75),
        ),
    ),
    Fact(
        "duplication",
        2,
        "VAL",
        _EHRENBERG,
        (
            of_choice("duplication_coefficient", "duplication", 0.90, 1.25),
            of_choice("duplication_correlation", "duplication_fit", 0.65, 1.0),
        ),
    ),
    Fact(
        "polygamy",
        3,
        "CAL",
        f"{_EHRENBERG}; scanner panels",
        (of_choice("dirichlet_sum", "dirichlet_sum", 1.0, 10.0),),
    ),
    Fact(
        "nbd",
        4,
        "CAL",
        f"Ehrenberg 1959; {_EHRENBERG}; Ta Feng and other panels",
        (
            of_counts("nbd_distance", _nbd_distance, 0.0, 0.04, digits=3),
            of_counts("nbd_shape", _nbd_shape, 0.15, 0.86),
            of_counts("heavy_share", _heavy_share, 0.33, 0.66, unit="share", digits=1),
        ),
    ),
    Fact(
        "excess_inertia",
        5,
        "CAL",
        _PANELS,
        (
            of_choice("excess_inertia", "excess_inertia", 0.0, 0.06, 3),
            of_choice("variety_seekers", "variety_seekers", 0.0, 0.01, 1, "share"),
            of_choice("inert", "inert", 0.03, 0.15, 1, "share"),
        ),
    ),
    Fact(
        "estimated_inertia",
        6,
        "CAL",
        _PANELS,
        (
            of_mixed("mixed_inertia", lambda figures: figures.mixed_inertia[0], 0.30, 0.60),
            of_choice("plain_inertia", "last_brand", 1.1, 2.1),
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
            of_choice("price_elasticity", "price_elasticity", -5.0, -2.0),
            of_choice("feature_effect", "feature", 0.7, 1.25),
            of_choice("display_effect", "display", 0.4, 1.15),
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
            Statistic(
                "boycott_peak",
                "boycott",
                0.05,
                0.25,
                lambda sample: militancy.peak_deviation(_path(sample)),
                unit="share",
                digits=1,
            ),
            Statistic(
                "boycott_weeks",
                "boycott",
                2.0,
                4.0,
                lambda sample: militancy.weeks_to_return(_path(sample)),
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
            Statistic(
                "talk_per_act",
                "boycott",
                3.0,
                _INF,
                lambda sample: militancy.talk_per_act(sample["event"]),
                digits=1,
            ),
            Statistic(
                "hostile_talk",
                "taking_sides",
                0.5,
                1.0,
                lambda sample: militancy.hostility(sample["event"]),
                unit="share",
                digits=0,
            ),
            Statistic(
                "sales_under_hostile_talk",
                "taking_sides",
                0.0,
                0.30,
                lambda sample: militancy.sales_change(sample["event"], sample["quiet"]),
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
            Statistic(
                "attention_half_life",
                "attention",
                0.6,
                3.2,
                lambda sample: militancy.half_life_days(militancy.salience_after(sample["event"])),
                unit="days",
                digits=1,
            ),
            Statistic(
                "acts_exponent",
                "attention",
                2.0,
                3.0,
                lambda sample: militancy.fading_exponent(militancy.acts_after(sample["event"])),
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
