import numpy as np
from hypothesis import given

from sim.mechanisms.activation import add_militancy
from sim.mechanisms.contribution import add_attachment
from sim.mechanisms.income import tighten
from sim.mechanisms.offers import add_use
from sim.mechanisms.purchase import (
    add_effort,
    count_units,
    enter_race,
    fit_values,
    miss_on_shelf,
    settle,
    start_race,
    tally_purchases,
    utility_of,
)
from sim.mechanisms.sharing import add_visits

from .agreement import check_agreement
from .luck import uniform
from .purchase import buy, choose, sensitivity, units_wanted, utility
from .worlds import Compiled, consumers_outcome, counted, counted_compiled, tally, worlds

FIRM = ("units", "trips", "first_buyers", "returnable", "returned")
MARKET = ("trips", "not_bought", "repeatable", "switches")
COHORT = ("units", "outside units")


def slow(world):
    count, p = tally(world), world.p
    units: list[int] = []
    choices: list[int] = []
    utilities: list[float] = []
    totals: list[float] = []
    for i, c in enumerate(world.consumers):
        for place, sector in enumerate(world.sectors):
            word, trip, _, _ = world.luck.words(i, world.week)
            β = sensitivity(c, world.hardship, p.income.stinginess)
            n = units_wanted(c.λ[place], uniform(trip, f"units in {sector.name}"), sector.most_units)
            U = {f: utility(c, f, world.firms, sector, place, β, p) for f in sector.firms}
            choice, total = choose(U, world.firms, sector, word, trip)
            buy(c, place, n, choice, total, β, sector, world.firms, world.week, count)
            units.append(n)
            choices.append(-1 if choice is None else choice)
            utilities += U.values()
            totals.append(total)
    return {
        **consumers_outcome(world.consumers),
        **counted(count, FIRM),
        **{name: count.market[name] for name in MARKET},
        "of cohorts": [[count.market[f"{what} of cohort {c}"] for c in range(7)] for what in COHORT],
        "units": units,
        "choice": choices,
        "utility": np.array(utilities, float),
        "log of total": np.log(np.maximum(np.array(totals, float), 1e-30)),
        "surplus": float(count.market["surplus"]),
    }


def fast(world):
    compiled = Compiled(world)
    t, s, counts, lanes = compiled.tile, compiled.s, compiled.counts[0], compiled.said.size
    by_sector = []
    β = np.zeros(lanes, np.float32)
    tighten(β, t.price_sensitivity, t.cohort, compiled.hardship, s.income.stinginess)
    for place in range(len(world.sectors)):
        sector, supplier = compiled.sectors[place], t.supplier[place]
        U = np.zeros((sector.last - sector.first, lanes), np.float32)
        luck, best, total, spare = np.zeros((4, lanes), np.float32)
        units, choice = np.zeros((2, lanes), np.int32)
        count_units(units, luck, best, spare, t.rate[place], compiled.words[1], sector.units, sector.most_units)
        start_race(best, choice, total, compiled.words[0], sector.outside_key, sector.has_outside, sector.outside)
        for row, f in enumerate(range(sector.first, sector.last)):
            firm = compiled.signals[f]
            utility_of(
                U[row], t.taste[f], t.quality[f], t.sincerity[f], supplier, t.inertia, β,
                firm, f, sector.reference_price, s.purchase,
            )  # fmt: skip
            fit_values(U[row], t.values, t.sincerity[f], firm, s.purchase)
            add_attachment(U[row], t.community, t.attachment, firm.home, s.contribution)
            add_militancy(U[row], t.target, t.stance, t.energy, f, firm.home, s.activation)
            add_use(U[row], t.use_preference, supplier, firm, f, s.offers)
            add_effort(U[row], t.skill, t.values, firm)
            if sector.sharing >= 0:
                add_visits(U[row], supplier, sector.sharing, firm, s.sharing)
            if firm.available > 0:
                on_shelf = U[row].copy()
                miss_on_shelf(on_shelf, compiled.words[1], firm.shelf_key, firm.available)
                enter_race(best, choice, total, on_shelf, compiled.words[0], firm.key, f)
        settle(compiled.flags, choice, units, total, β, sector, counts)
        buyers, n = compiled.lanes_where(compiled.flags)
        tally_purchases(buyers, n, choice, units, supplier, t, world.week, sector, compiled.firm_counts, counts)
        by_sector.append((units, choice, U, total))
    used = range(compiled.size)
    return {
        **compiled.outcome(),
        **counted_compiled(compiled, FIRM),
        **{name: int(counts[name]) for name in MARKET},
        "of cohorts": [counts.cohort_units.tolist(), counts.cohort_outside.tolist()],
        "units": [int(units[i]) for i in used for units, _, _, _ in by_sector],
        "choice": [int(choice[i]) for i in used for _, choice, _, _ in by_sector],
        "utility": np.array([u for i in used for _, _, U, _ in by_sector for u in U[:, i]], float),
        "log of total": np.log(
            np.maximum(np.array([total[i] for i in used for _, _, _, total in by_sector], float), 1e-30)
        ),
        "surplus": counts.surplus / 1024,
    }


@given(worlds())
def test_what_is_bought_where(world):
    # Surplus is cut to 1/1024 a unit, and its logarithm has an error of float32 before it is divided by β.
    smallest = min((c.β for c in world.consumers if c.β >= 0.001), default=1.0)
    bought = len(world.consumers) * len(world.sectors) * max(s.most_units * s.order for s in world.sectors)
    check_agreement(slow, fast, world, {"surplus": bought * (1 / 1024 + 10 * 2e-5 / smallest), "utility": 1e-4})
