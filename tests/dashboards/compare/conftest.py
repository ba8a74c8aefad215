"""Two small comparisons that are run once."""

import pytest

from dashboards.compare import runs
from dashboards.compare.sides import Setup, Side, library_side
from experiments.pool import Pool
from sim.scenario import changed, with_horizon

WEEKS, CONSUMERS, FUTURES = 30, 300, 6


def small(name, settings=None, horizon=WEEKS):
    whole = library_side(name)
    scenario = changed(with_horizon(whole.scenario, horizon), {"population.size": CONSUMERS, **(settings or {})})
    return Side(whole.source, whole.title, scenario)


@pytest.fixture(scope="session")
def pool():
    with Pool(1) as made:
        yield made


@pytest.fixture(scope="session")
def two(pool):
    return runs.run(Setup((small("baseline"), small("sincere_opening")), FUTURES), pool=pool)


@pytest.fixture(scope="session")
def three(pool):
    sides = (small("baseline"), small("sincere_opening"), small("baseline", {"firm.Nova.levers.price": 8.0}))
    return runs.run(Setup(sides, FUTURES), pool=pool)
