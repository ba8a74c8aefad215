import numpy as np
from hypothesis import given

from sim.mechanisms.activation import add_militancy
from sim.mechanisms.contribution import add_attachment
from sim.mechanisms.purchase import (
    count_units,
    enter_race,
    fit_values,
    start_race,
    tally_purchases,
    utility_of,
)

from .agreement import check_agreement
from .luck import uniform
from .purchase import buy, by_attachment, by_militancy, choose, units_wanted, utility
from .worlds import Compiled, consumers_outcome, counted, counted_compiled, tally, worlds

FIRM = ("units", "trips", "first_buyers", "returnable", "returned")
MARKET = ("trips", "not_bought", "repeatable", "switches")


def slow(world):
    count, p = tally(world), world.p
    units: list[int] = []
    choices: list[int] = []
    utilities: list[float] = []
    totals: list[float] = []
    for i, c in enumerate(world.consumers):
        for place, sector in enumerate(world.sectors):
            word, trip, _, _ = world.luck.words(i, world.week)
            last = c.supplier[place]
            n = units_wanted(c.λ[place], uniform(trip, f"units in {sector.name}"), sector.most_units)
            U = {
                f: utility(c, f, world.firms[f], sector, last, p.purchase)
                + by_attachment(c, f, p.contribution)
                + by_militancy(c, f, p.activation)
                for f in sector.firms
            }
            choice, total = choose(U, world.firms, sector, word, trip)
            buy(c, place, n, choice, total, sector, world.week, count)
            units.append(n)
            choices.append(-1 if choice is None else choice)
            utilities += U.values()
            totals.append(total)
    return {
        **consumers_outcome(world.consumers),
        **counted(count, FIRM),
        **{name: count.market[name] for name in MARKET},
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
    for place in range(len(world.sectors)):
        sector, supplier = compiled.sectors[place], t.supplier[place]
        U = np.zeros((sector.last - sector.first, lanes), np.float32)
        best, total, spare = np.zeros((3, lanes), np.float32)
        units, choice = np.zeros((2, lanes), np.int32)
        count_units(units, best, spare, t.rate[place], compiled.words[1], sector.units, sector.most_units)
        start_race(best, choice, total, compiled.words[0], sector.outside_key, sector.has_outside, sector.outside)
        for row, f in enumerate(range(sector.first, sector.last)):
            firm = compiled.signals[f]
            utility_of(
                U[row], t.taste[f], t.quality[f], supplier, t.inertia, t.price_sensitivity,
                firm, f, sector.reference_price, s.purchase,
            )  # fmt: skip
            fit_values(U[row], t.values, t.sincerity[f], firm, s.purchase)
            add_attachment(U[row], f, t, s.contribution)
            add_militancy(U[row], f, t, s.activation)
            if firm.available > 0:
                enter_race(
                    best, choice, total, U[row], compiled.words[0], firm.key,
                    compiled.words[1], firm.shelf_key, firm.available, f,
                )  # fmt: skip
        tally_purchases(
            choice, units, total, supplier, t, world.week, sector.reference_price, compiled.firm_counts, counts
        )
        by_sector.append((units, choice, U, total))
    used = range(compiled.size)
    return {
        **compiled.outcome(),
        **counted_compiled(compiled, FIRM),
        **{name: int(counts[name]) for name in MARKET},
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
    smallest = min((c.β for c in world.consumers if c.β > 0), default=1.0)
    bought = len(world.consumers) * len(world.sectors) * max(s.most_units for s in world.sectors)
    check_agreement(slow, fast, world, {"surplus": bought * (1 / 1024 + 10 * 2e-5 / smallest), "utility": 1e-4})
