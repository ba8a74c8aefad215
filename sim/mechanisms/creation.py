"""Value creation: the network against the pyramid.

Each week a firm creates value from its employees' talent E and from outside talent X, as far as it is open (o) and
facilitates (φ), by a CES aggregate with elasticity of substitution σ and ρ = (σ − 1) / σ:

    V = [(1 − ω) E^ρ + ω (o · X · φ)^ρ]^(1/ρ).

Closed research has diminishing returns, E* = R / (R + half), and the nearer quality is to 1, the dearer each further
step: Δq = rate · V · (1 − q) − obsolescence · q. Outside talent follows contributions per head; φ falls when the
community grows faster than what is spent on helping it.

*Idea funnel.* Ideas come from the community (Pareto values: most are poor, a few excellent) and from employees
(narrow). The firm develops what its capacity allows, the best first if it is selective, and each launch costs. More
ideas thus lower the approval rate, not raise the number of launches. Power sharing makes what is launched fit customers
better and slows launching down.

*Mutual control.* The defect rate falls with the number of independent reviewers, with diminishing returns, and rises
with validation layers and with the number of co-designers whom facilitation leaves uncoordinated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity

if TYPE_CHECKING:
    from sim.records import WeekCounts
    from sim.suppliers import Supplier

__all__ = [
    "COLUMNS",
    "CreationParameters",
    "best_values",
    "contributions",
    "create_value",
    "defect_rate",
    "launch_ideas",
    "start_talent",
]

COLUMNS = ()
_POOL = 32
_BEST_OF_WEEK = 8


class CreationParameters(MechanismParameters):
    """Parameters of value creation, the idea funnel and mutual control."""

    outside_weight: float = quantity(
        0.5,
        "share",
        0,
        1,
        "Weight of outside talent in value",
        "Poids des talents extérieurs dans la valeur",
        symbol="ω",
    )
    elasticity: float = quantity(
        2.0,
        "ratio",
        1.05,
        20,
        "Elasticity of substitution between employees and outside talents",
        "Élasticité de substitution entre salariés et talents extérieurs",
        symbol="σ",
    )
    research_half: float = quantity(
        0.10,
        "currency_per_head",
        1e-9,
        1e6,
        "Research spend per head of population that gives half of the talent possible",
        "Dépense de recherche par tête qui donne la moitié du talent possible",
        symbol="R_½",
    )
    outside_half: float = quantity(
        0.0003,
        "per_week",
        1e-9,
        100,
        "Weighted contributions a head and week that give half of the outside talent possible",
        "Contributions pondérées par tête et par semaine qui donnent la moitié du talent extérieur possible",
        symbol="X_½",
    )
    facilitation_half: float = quantity(
        4.0,
        "currency",
        1e-9,
        1e6,
        "Facilitation spend per contributor and week that makes it half as effective as possible",
        "Dépense d'animation par contributeur et par semaine qui le rend à moitié efficace",
        symbol="φ_½",
    )
    adaptation: float = quantity(
        0.08, "rate", 0, 1, "Speed at which talent follows spend and effort", "Vitesse d'adaptation du talent"
    )
    quality_rate: float = quantity(
        0.03,
        "rate",
        0,
        1,
        "Quality gained in a week at full value creation",
        "Qualité gagnée par semaine à pleine création",
        symbol="γ",
    )
    obsolescence: float = quantity(
        0.0015,
        "rate",
        0,
        1,
        "Quality lost in a week as the market moves on",
        "Qualité perdue par semaine quand le marché avance",
        symbol="δ_q",
    )
    cost_saving: float = quantity(
        0.15,
        "share",
        0,
        1,
        "Unit cost saved at full outside value",
        "Coût unitaire épargné à pleine valeur extérieure",
    )
    idea_tail: float = quantity(
        2.2,
        "ratio",
        1.05,
        20,
        "Tail exponent of the value of customers' ideas",
        "Exposant de la queue de la valeur des idées de clients",
        symbol="α_i",
    )
    idea_scale: float = quantity(
        0.18,
        "ratio",
        0,
        100,
        "Smallest value of a customer's idea",
        "Plus petite valeur d'une idée de client",
    )
    research_idea: float = quantity(
        1.0,
        "ratio",
        0,
        100,
        "Median value of an idea from closed research",
        "Valeur médiane d'une idée de la recherche fermée",
    )
    research_idea_spread: float = quantity(
        0.4, "ratio", 0, 4, "Spread of its logarithm", "Dispersion de son logarithme"
    )
    research_ideas: float = quantity(
        0.5,
        "per_week",
        0,
        1000,
        "Ideas a week from employees at full talent",
        "Idées par semaine des salariés à plein talent",
    )
    box_ideas: float = quantity(
        2.0,
        "per_week",
        0,
        1000,
        "Further ideas a week from employees at full talent, asked by a full suggestion box",
        "Idées de plus par semaine des salariés à plein talent, sollicités par une pleine boîte à idées",
        source="S4",
    )
    launch_gain: float = quantity(
        0.006,
        "score",
        0,
        1,
        "Quality gained from a launch of value 1",
        "Qualité gagnée par un lancement de valeur 1",
    )
    launch_cost: float = quantity(
        60_000.0,
        "currency",
        0,
        1e9,
        "Cost of developing and launching one idea",
        "Coût d'un développement et lancement",
    )
    power_fit: float = quantity(
        0.5,
        "ratio",
        0,
        10,
        "Value added to a launch by full power sharing",
        "Valeur ajoutée à un lancement par un plein partage du pouvoir",
        source="S1",
    )
    power_delay: float = quantity(
        0.4,
        "share",
        0,
        1,
        "Capacity lost to full power sharing",
        "Capacité perdue sous un plein partage du pouvoir",
    )
    reviewers_half: float = quantity(
        1000.0,
        "people",
        1,
        1e9,
        "Reviewers and helpers a week that take away half of the defects that mutual control can",
        "Relecteurs et entraides par semaine qui ôtent la moitié des défauts évitables",
    )
    control: float = quantity(
        0.7,
        "share",
        0,
        1,
        "Share of defects that mutual control can take away",
        "Part des défauts que le contrôle mutuel peut ôter",
        source="S2",
    )
    layer_defects: float = quantity(
        0.05,
        "ratio",
        0,
        10,
        "Relative rise of defects with each validation layer",
        "Hausse relative des défauts par niveau de validation",
    )
    editors_half: float = quantity(
        150.0,
        "people",
        1,
        1e9,
        "Co-designing contributions a week at which crowding has half its effect",
        "Contributions de coconception par semaine où la cohue a la moitié de son effet",
    )
    crowding: float = quantity(
        1.5,
        "ratio",
        0,
        20,
        "Relative rise of defects with many uncoordinated editors",
        "Hausse relative des défauts avec beaucoup d'éditeurs non coordonnés",
        source="open-source fault studies",
    )
    support_cases: float = quantity(
        8.0,
        "ratio",
        0,
        100,
        "Service cases that one act of peer support settles",
        "Dossiers réglés par une entraide",
    )
    inquiry_rate: float = quantity(
        0.05,
        "probability",
        0,
        1,
        "Service cases per unit sold beside complaints",
        "Dossiers par unité vendue hors réclamations",
    )
    case_cost: float = quantity(
        4.0,
        "currency",
        0,
        1e6,
        "Cost of a service case that the firm settles",
        "Coût d'un dossier réglé par la firme",
    )
    peer_cases: float = quantity(
        0.8,
        "share",
        0,
        1,
        "Largest share of cases that peers can settle",
        "Plus grande part des dossiers que les pairs peuvent régler",
        source="giffgaff",
    )


def create_value(supplier: Supplier, p: CreationParameters, heads: float, weight: float) -> None:
    """Turn a week's contributions and spend into talent, value, quality, unit cost and defects.

    Parameters
    ----------
    supplier
        A firm or a commons: its `week` counts and those of its community are read, its state is changed.
    p
        The mechanism's parameters.
    heads
        People whom the population stands for.
    weight
        Clients per simulated consumer.
    """
    firm, week, made = supplier, supplier.week, supplier.source.week
    clients = heads / supplier.order_size
    designs, supports = made.codesigns * weight, made.supports * weight
    per_head = (contributions(made) * weight + firm.inflow) / clients
    firm.external_talent += p.adaptation * (per_head / (per_head + p.outside_half) - firm.external_talent)
    firm.talent += p.adaptation * (_talent_of(firm.research / heads, p) - firm.talent)
    firm.human_contact = firm.contact(made.contributors * weight, p.facilitation_half)

    rho = (p.elasticity - 1) / p.elasticity
    outside = firm.openness * firm.external_talent * firm.human_contact
    inner, outer = (1 - p.outside_weight) * firm.talent**rho, p.outside_weight * outside**rho
    value = (inner + outer) ** (1 / rho)
    firm.value_created = value
    firm.external_share = outer / (inner + outer) if value > 0 else 0.0
    firm.true_quality += p.quality_rate * value * (1 - firm.true_quality) - p.obsolescence * firm.true_quality
    firm.unit_cost = firm.base_unit_cost * (1 - p.cost_saving * outside)

    reviewers = (week.reviews + made.supports) * weight
    firm.reviewers += p.adaptation * (reviewers - firm.reviewers)
    firm.editors += p.adaptation * (designs - firm.editors)
    firm.defect_rate = defect_rate(
        p,
        firm.base_defect_rate,
        firm.openness,
        firm.reviewers,
        firm.editors,
        firm.human_contact,
        firm.validation_layers,
    )

    cases = (week.units * p.inquiry_rate + week.complaints) * weight
    by_peers = min(supports * p.support_cases, cases * p.peer_cases)
    firm.peer_support = by_peers / cases if cases > 0 else 0.0
    firm.cases_settled_by_firm = cases - by_peers


def contributions(made: WeekCounts) -> float:
    """Return a week's contributions, weighed by what they take: ideas + 2 co-designs + ½ supports."""
    return made.ideas + 2 * made.codesigns + 0.5 * made.supports


def start_talent(firm: Supplier, p: CreationParameters, heads: float) -> None:
    """Give a firm the employees' talent that its research spend has long paid for."""
    firm.talent = _talent_of(firm.research / heads, p)


def _talent_of(spend: float, p: CreationParameters) -> float:
    """Return the talent that a research spend per head pays for in the long run."""
    return spend / (spend + p.research_half)


def defect_rate(
    p: CreationParameters,
    base: float,
    openness: float,
    reviewers: float,
    editors: float,
    human_contact: float,
    layers: float,
) -> float:
    """Return the defect rate under mutual control, 0 to 0.9.

    base · (1 − control · o · n / (n + n_½)) · (1 + layers · ℓ) · (1 + crowding · (1 − φ) · m / (m + m_½))

    Parameters
    ----------
    p
        The mechanism's parameters.
    base
        Defect rate of the firm alone.
    openness, human_contact
        0 to 1.
    reviewers, editors
        People who check and who co-design in a week.
    layers
        Validation layers.
    """
    checked = 1 - p.control * openness * reviewers / (reviewers + p.reviewers_half)
    layered = 1 + p.layer_defects * layers
    crowded = 1 + p.crowding * (1 - human_contact) * editors / (editors + p.editors_half)
    return min(0.9, base * checked * layered * crowded)


def launch_ideas(firm: Supplier, p: CreationParameters, weight: float, luck: Iterator[float]) -> None:
    """Add a week's ideas to the pool and launch what capacity allows.

    Sets `firm.launched` and `firm.launch_spend` of the week; raises quality with diminishing returns.

    Parameters
    ----------
    firm
        Its week's counts are read, its pool of ideas and quality are changed.
    p
        The mechanism's parameters.
    weight
        People per simulated consumer.
    luck
        Uniforms in (0, 1) for this firm and week.
    """
    submitted = round(firm.week.ideas * weight)
    own = int((p.research_ideas + p.box_ideas * firm.suggestion_box) * firm.talent + next(luck))
    firm.own_ideas = own
    firm.ideas_submitted += submitted + own
    firm.ideas_outside += submitted
    # Values are kept with their origin (1: a customer's, 0: an employee's); only the best can ever be chosen as best.
    pool = firm.ideas
    if submitted or own:
        pool += [(p.idea_scale * v, 1) for v in best_values(submitted, p.idea_tail, _BEST_OF_WEEK, luck)]
        pool += [(_research_value(p, luck), 0) for _ in range(own)]
        pool.sort(reverse=True)
        del pool[_POOL:]

    firm.capacity += firm.launches / 52 * (1 - p.power_delay * firm.power_sharing)
    firm.launched = firm.launched_outside = 0
    while firm.capacity >= 1 and firm.ideas_launched + firm.launched < firm.ideas_submitted:
        firm.capacity -= 1
        is_best = next(luck) < firm.selectivity and pool
        value, outside = pool.pop(0) if is_best else _any_idea(firm, p, luck)
        fit = 1 + p.power_fit * firm.power_sharing
        firm.true_quality += (1 - firm.true_quality) * (1 - math.exp(-p.launch_gain * value * fit))
        firm.launched += 1
        firm.launched_outside += outside
    firm.capacity = min(firm.capacity, 1.0)
    firm.ideas_launched += firm.launched
    firm.launched_for_customers += firm.launched_outside
    firm.launch_spend = firm.launched * p.launch_cost


def best_values(count: int, tail: float, most: int, luck: Iterator[float]) -> list[float]:
    """Return the best of `count` Pareto(1, tail) values, at most `most`, best first, without drawing them all.

    The largest of n uniforms is u^(1/n), the next is that times u^(1/(n−1)), and so on (Rényi's representation).
    """
    values, top = [], 0.0
    for rank in range(min(count, most)):
        top += math.log(next(luck)) / (count - rank)
        values.append((-math.expm1(top)) ** (-1 / tail) if top < 0 else 1e6)
    return values


def _any_idea(firm: Supplier, p: CreationParameters, luck: Iterator[float]) -> tuple[float, int]:
    """Draw one idea at random of all that were ever submitted."""
    if next(luck) * firm.ideas_submitted < firm.ideas_outside:
        return p.idea_scale * next(luck) ** (-1 / p.idea_tail), 1
    return _research_value(p, luck), 0


def _research_value(p: CreationParameters, luck: Iterator[float]) -> float:
    """Draw the value of an employee's idea: lognormal."""
    return p.research_idea * math.exp(p.research_idea_spread * _normal(luck))


def _normal(luck: Iterator[float]) -> float:
    """Draw a standard normal (Box and Muller 1958)."""
    return math.sqrt(-2 * math.log(next(luck))) * math.cos(2 * math.pi * next(luck))
