"""Purchase: zapping is polygamy, not restlessness.

In each sector a consumer makes n ~ Poisson(λ) purchases a week, all from one supplier (one shopping trip). With λ gamma
distributed over consumers, purchase counts are negative binomial (NBD). The supplier is chosen by mixed logit:

    U_f = appeal_f + taste_f + quality_weight · Q_f + value_weight · Σ_c w_c · perceived_fc + attachment
          + trust_weight · (S_f − ½) + inertia · [bought there last] − β · price_f / reference price
          + feature and display + militancy + use − hassle_f · (1 − skill) + idealism_f · mean_c w_c,

against the outside option (not buying) where the sector has one. Zapping comes first from heterogeneous taste (a
repertoire of brands) and weak inertia, which the scenario's `zapping` scales.

Each option has a clock of its own, exponential with rate exp(U), and the first that rings wins: exactly the logit
probabilities (it is the largest utility with Gumbel noise, by one logarithm less), and each firm keeps its own luck, so
that a price cut moves only consumers to or from that firm.
"""

from __future__ import annotations

import numpy as np

from sim.columns import Column
from sim.compiling import compiled
from sim.fastmath import exp32, log32
from sim.mechanisms.base import MechanismParameters
from sim.quantities import quantity
from sim.streams import exponential_from, mix32, uniform_from

__all__ = [
    "COLUMNS",
    "NEVER",
    "SIGNALS",
    "PurchaseParameters",
    "add_effort",
    "count_units",
    "enter_race",
    "fit_values",
    "list_wants",
    "miss_on_shelf",
    "settle",
    "start_race",
    "tally_purchases",
    "tally_reach",
    "utility_of",
]

NEVER = -32768
"""Week of the last purchase of who has never bought."""

COLUMNS = (
    Column("taste", "number", "firm", "utility", "taste for each firm: the repertoire", 0.0),
    Column("price_sensitivity", "number", None, "utility", "utility lost to the sector's reference price", 0.0),
    Column("inertia", "number", None, "utility", "utility of buying where one bought last", 0.0),
    Column("rate", "number", "sector", "per_week", "purchases a week in each sector", 0.0),
    Column("supplier", "tag", "sector", "firm", "last supplier in each sector (-1: none)", -1),
    Column("bought", "code", "firm", "week", "week of the last purchase from each firm (-32768: never)", NEVER),
)

SIGNALS = ("price", "appeal", "feature", "display", "available", "hassle", "idealism", "proclaimed", "known")


class PurchaseParameters(MechanismParameters):
    """Parameters of the choice of a supplier."""

    quality_weight: float = quantity(
        3.0,
        "utility",
        0,
        50,
        "Utility of believed quality, from 0 to 1",
        "Utilité de la qualité perçue, de 0 à 1",
        symbol="β_Q",
    )
    value_weight: float = quantity(
        1.0,
        "utility",
        0,
        50,
        "Utility of a full fit of values",
        "Utilité d'un plein accord de valeurs",
        symbol="β_v",
    )
    trust_weight: float = quantity(
        0.3,
        "utility",
        0,
        50,
        "Utility of believed sincerity, from 0 to 1",
        "Utilité de la sincérité perçue, de 0 à 1",
        symbol="β_S",
        source="S1",
    )
    zapping: float = quantity(
        1.0,
        "ratio",
        0.05,
        20,
        "Zapping: divides the spread of taste and the inertia; above 1, broader repertoires",
        "Zapping : divise la dispersion des goûts et l'inertie ; au-dessus de 1, répertoires plus larges",
        symbol="Z",
    )
    taste_spread: float = quantity(
        1.0,
        "utility",
        0,
        20,
        "Standard deviation of taste for a firm over consumers",
        "Écart type du goût pour une firme entre consommateurs",
        symbol="σ_t",
        source="scanner panels: Dirichlet S between 1 and 10",
    )
    feature_effect: float = quantity(
        1.15,
        "utility",
        0,
        20,
        "Utility of a feature in leaflets",
        "Utilité d'une annonce en prospectus",
        source="Ecdat Catsup",
    )
    forgetting: float = quantity(
        0.40,
        "rate",
        0,
        1,
        "Share of what the public knows of a firm's conduct forgotten in a week",
        "Part de ce que le public sait de la conduite d'une firme oubliée en une semaine",
        symbol="δ_k",
    )
    display_effect: float = quantity(
        1.0,
        "utility",
        0,
        20,
        "Utility of a display in store",
        "Utilité d'une mise en avant en magasin",
        source="Ecdat Catsup",
    )


_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_HALF = np.float32(0.5)
_NEVER_RINGS = np.float32(3.0e38)
_ABSENT = np.float32(-3.0e38)
_FAINT = np.float32(-84.0)  # utilities below are alike, or float32 could not hold when their clocks ring
_LEAST = np.float32(1.0e-37)
_RARE = np.float32(1.0e-8)  # a probability below which rounding of the cumulated ones would decide
_DULL = np.float32(1.0e-3)  # the least price sensitivity at which utility has a price
_SURPLUS = np.float32(1024.0)
_NOT_BUYING = np.int32(-1)
_UNITS_ZERO = np.int32(0)
_UNITS_ONE = np.int32(1)


@compiled
def list_wants(wants, rate, words, key):
    """Note who of a tile wants at least one unit (`wants`, bool): by the same draws as `count_units`."""
    for lane in range(wants.size):
        none = exp32(-rate[lane])
        wants[lane] = uniform_from(mix32(words[lane], key)) > none and (none > _RARE or rate[lane] >= _ONE)


@compiled
def count_units(units, luck, term, cumulated, rate, words, key, most):
    """Draw n ~ Poisson(rate) for each lane by inverting its distribution; n stops at `most`.

    `units` int32, `luck`, `term` and `cumulated` float32 scratch, all (lanes,); one uniform a consumer, sector, week.
    """
    for lane in range(units.size):
        luck[lane] = uniform_from(mix32(words[lane], key))
        term[lane] = exp32(-rate[lane])
        cumulated[lane] = term[lane]
        units[lane] = _UNITS_ZERO
    for k in range(1, most + 1):
        count, share = np.float32(k), _ONE / np.float32(k)
        growing = _UNITS_ZERO
        for lane in range(units.size):
            # Past its mean the probability of a count only falls; before, it may be small and yet be passed.
            is_possible = term[lane] > _RARE or count <= rate[lane]
            more = luck[lane] > cumulated[lane] and is_possible
            one = _UNITS_ONE if more else _UNITS_ZERO
            growing = np.int32(growing | one)
            units[lane] = np.int32(units[lane] + one)
            term[lane] = term[lane] * (rate[lane] * share)
            cumulated[lane] = cumulated[lane] + term[lane]
        if growing == _UNITS_ZERO:  # who wants no k-th unit wants no further one
            return


@compiled
def utility_of(utility, taste, quality, sincerity, supplier, inertia, sensitivity, firm, code, reference_price, p):
    """Write the utility of one firm before values, attachment and militancy; `sensitivity` is to prices."""
    constant = firm.appeal + p.feature_effect * firm.feature + p.display_effect * firm.display
    constant = constant - _HALF * p.trust_weight
    price, weight, trust = firm.price / reference_price, p.quality_weight, p.trust_weight
    for lane in range(utility.size):
        habit = inertia[lane] if supplier[lane] == code else _ZERO
        believed = weight * quality[lane] + trust * sincerity[lane]
        utility[lane] = constant + taste[lane] + believed + habit - sensitivity[lane] * price


@compiled
def add_effort(utility, skill, values, firm):
    """Take from the utility of a commons or a sharing market what it asks of the unskilled, and add idealism."""
    if firm.hassle > _ZERO or firm.idealism > _ZERO:
        causes = np.float32(max(values.shape[0], 1))
        for lane in range(utility.size):
            ideal = _ZERO
            for c in range(values.shape[0]):
                ideal = ideal + values[c, lane]
            effort = firm.hassle * (_ONE - skill[lane])
            utility[lane] = utility[lane] + firm.idealism * ideal / causes - effort


@compiled
def fit_values(utility, values, sincerity, firm, p):
    """Add how well one firm's perceived conduct fits the consumer's causes."""
    for c in range(values.shape[0]):
        known, trusted = p.value_weight * firm.known[c], p.value_weight * (firm.proclaimed[c] - firm.known[c])
        if known != _ZERO or trusted != _ZERO:
            weight = values[c]
            for lane in range(utility.size):
                utility[lane] = utility[lane] + weight[lane] * (known + sincerity[lane] * trusted)


@compiled
def start_race(first, choice, sum_of_rates, words, key, has_outside, outside):
    """Let the outside option's clock run, where the sector has one: its time is the first so far."""
    rate = exp32(outside) if has_outside else _ZERO
    for lane in range(first.size):
        first[lane] = exponential_from(mix32(words[lane], key)) / rate if has_outside else _NEVER_RINGS
        choice[lane] = _NOT_BUYING
        sum_of_rates[lane] = rate


@compiled
def miss_on_shelf(utility, trip, shelf_key, available):
    """Take a firm out of the choice of those who do not find it on the shelf: one draw a trip."""
    for lane in range(utility.size):
        there = uniform_from(mix32(trip[lane], shelf_key)) < available
        utility[lane] = utility[lane] if there else _ABSENT


@compiled
def enter_race(first, choice, sum_of_rates, utility, words, key, code):
    """Let one firm's clock, of rate exp(utility), run against the first so far."""
    me = np.int32(code)
    for lane in range(first.size):
        there = utility[lane] > _ABSENT
        rate = exp32(max(utility[lane], _FAINT))
        rings = exponential_from(mix32(words[lane], key)) / rate
        wins = there and rings < first[lane]
        first[lane] = rings if wins else first[lane]
        choice[lane] = me if wins else choice[lane]
        sum_of_rates[lane] = sum_of_rates[lane] + (rate if there else _ZERO)


@compiled
def settle(buys, choice, units, sum_of_rates, sensitivity, sector, counts):
    """Note who of a tile buys in one sector (`buys`, bool), what wants are not met, and the consumers' surplus.

    Consumer surplus is the logsum of the choice, in money: ln Σ exp(U) / β a unit (Small and Rosen 1981); those to whom
    prices mean next to nothing (β < 0.001) have none that could be put in money. `sensitivity` is to prices.
    """
    surplus, not_bought, reference = np.int64(0), np.int64(0), sector.reference_price
    for lane in range(choice.size):
        beta, rates, wanted = sensitivity[lane], sum_of_rates[lane], np.int64(units[lane])
        worth = np.int64(_SURPLUS * (reference * log32(max(rates, _LEAST)) / max(beta, _DULL)))
        surplus += wanted * worth if beta >= _DULL and rates > _ZERO else np.int64(0)
        not_bought += wanted if choice[lane] < 0 else np.int64(0)
        buys[lane] = units[lane] > 0 and choice[lane] >= 0
    counts.surplus += surplus * np.int64(sector.order)
    counts.not_bought += not_bought * np.int64(sector.order)


@compiled
def tally_purchases(buyers, n, choice, units, supplier, t, week, sector, firm_counts, counts):
    """Count the purchases of a tile's n buyers (lanes) in one sector, and remember where each bought."""
    for i in range(n):
        lane = buyers[i]
        chosen, amount = choice[lane], np.int64(units[lane]) * np.int64(sector.order)
        last = supplier[lane]
        firm = firm_counts[chosen]
        firm.units += amount
        firm.trips += 1
        counts.cohort_units[t.cohort[lane]] += amount
        counts.cohort_outside[t.cohort[lane]] += amount if chosen >= sector.alternatives else 0
        firm.first_buyers += 1 if t.bought[chosen, lane] == NEVER else 0
        if last >= 0:
            counts.repeatable += 1
            counts.switches += 1 if last != chosen else 0
            firm_counts[last].returnable += 1
            firm_counts[last].returned += 1 if last == chosen else 0
        supplier[lane] = np.int8(chosen)
        t.bought[chosen, lane] = np.int16(week)
    counts.trips += n


@compiled
def tally_reach(bought, week, window):
    """Count the buyers of one firm over the last `window` weeks, and those who bought it last just before."""
    reach, lost = _UNITS_ZERO, _UNITS_ZERO
    oldest = np.int16(week - window)
    for lane in range(bought.size):
        last = bought[lane]
        reach = np.int32(reach + (_UNITS_ONE if last > oldest else _UNITS_ZERO))
        lost = np.int32(lost + (_UNITS_ONE if last == oldest else _UNITS_ZERO))
    return np.int64(reach), np.int64(lost)
