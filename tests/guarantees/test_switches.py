"""A mechanism that is switched off has no effect, disturbs no other, and costs nothing."""

from __future__ import annotations

import copy
import time

import numpy as np
import pytest

from sim.figures import FIGURES
from sim.market import Market
from sim.quantities import quantities
from sim.scenario import Mechanisms, load
from tests.guarantees.markets import STRESS, differing, is_same, lived, made

NAMES = tuple(Mechanisms.model_fields)

STILL_COLUMNS = {
    "beliefs": (),
    "sincerity": ("sincerity",),
    "activation": ("energy", "role", "cause", "target", "stance", "episode"),
    "purchase": ("supplier", "bought", "satisfaction", "mentioned"),
    "experience": ("satisfaction", "mentioned"),
    "contribution": ("community", "attachment", "contributed", "ambassador"),
    "sharing": ("owned",),
    "ambassadors": ("ambassador",),
}
"""Columns that stay as they were at the start while the mechanism is off."""

STILL_FIGURES = {
    "beliefs": (),
    "sincerity": ("sincerity",),
    "activation": (
        "boycott_size",
        "buycott_size",
        "attackers",
        "defenders",
        "net_voice",
        "cause_militants",
        "militants",
        "flips",
    ),
    "purchase": ("share", "units", "penetration", "first_buyers", "revenue", "complaints", "surplus", "market_units"),
    "experience": ("complaints", "reviews"),
    "contribution": (
        "community",
        "contributors",
        "contributions",
        "leavers",
        "ambassadors",
        "supports",
        "ideas",
        "codesigns",
        "commons_members",
        "commons_contributors",
        "cohort_contributors",
        "prosumers",
    ),
    "creation": (
        "quality",
        "defect_rate",
        "launches",
        "employee_ideas",
        "total_launches",
        "customer_launches",
        "external_share",
        "human_contact",
        "userisation",
        "commons_defects",
    ),
    "distribution": ("availability",),
    "crisis": ("crisis", "response_delay", "gaffes"),
    "accounts": (
        "revenue",
        "profit",
        "total_profit",
        "dividends",
        "given_back",
        "hosting_income",
        "cash",
        "alive",
        "firms_alive",
        "sector_profit",
    ),
    "offers": (),
    "commons": (
        "commons_share",
        "commons_quality",
        "commons_defects",
        "commons_members",
        "commons_contributors",
        "tools",
    ),
    "sharing": ("sharing_share", "sharing_price", "sharing_stock", "goods_owned", "hosting_income"),
    "porosity": ("entered",),
    "entry": ("entered",),
    "leaks": ("leaks",),
    "campaigns": (),
    "ambassadors": ("ambassadors",),
    "income": ("hardship",),
    "cohorts": (),
    "business": (),
}
"""Figures that do not move while the mechanism is off."""

WITHOUT = {
    "distribution": {
        "accounts": {"bankruptcy": False},
        "entry": {"enabled": False},
        "porosity": {"enabled": False},
    },
    "accounts": {"entry": {"enabled": False}, "porosity": {"enabled": False}},
    "porosity": {"entry": {"enabled": False}},
    "entry": {"porosity": {"enabled": False}},
}
"""What else moves the same figures: who comes and goes is on the shelves or off them, whatever retailers do."""


def switched(off=(), horizon=10, **parameters):
    """The scenario in which everything happens, with mechanisms off and parameters changed (`beliefs={...}`)."""
    data = copy.deepcopy(STRESS) | {"horizon": horizon}
    for table in ("event", "schedule"):
        data[table] = [item for item in data[table] if item["week"] <= horizon]
    for name in off:
        data["mechanisms"].setdefault(name, {})["enabled"] = False
    for name, values in parameters.items():
        data["mechanisms"].setdefault(name, {}).update(values)
    return made(data)


@pytest.fixture(scope="module")
def all_on():
    return lived(switched())


def moved(record, key):
    """Whether a figure has more than one value over the weeks, for any firm or cause."""
    values = record[key]
    return bool((~(is_equal_to_first(values))).any())


def is_equal_to_first(values):
    return (values == values[0]) | (np.isnan(values) & np.isnan(values[0]))


@pytest.mark.parametrize("name", NAMES)
def test_its_columns_and_figures_do_not_move(name, all_on):
    scenario = switched([name], **WITHOUT.get(name, {}))
    if name == "distribution":
        kept = [event for event in scenario.events if event.kind != "listing"]
        scenario = scenario.model_copy(update={"events": kept})
    market = Market(scenario)
    start = {column: market.population.get(column) for column in market.population.columns.row}
    market.run()
    for column in STILL_COLUMNS.get(name, ()):
        assert is_same(start[column], market.population.get(column)), column
        assert not is_same(start[column], all_on.population.get(column)), f"{column} does not move either way"
    for key in STILL_FIGURES[name]:
        assert not moved(market.record, key), key
        assert moved(all_on.record, key), f"{key} does not move either way"


def test_without_beliefs_and_experience_nobody_changes_their_mind_about_quality():
    """Both move the belief in quality: hearsay and own experience. Voices count as hearsay."""
    market = Market(switched(["beliefs", "experience"]))
    start = market.population.get("quality")
    market.run()
    assert is_same(start, market.population.get("quality"))
    for on in ("beliefs", "experience"):
        [off] = {"beliefs", "experience"} - {on}
        assert not is_same(start, lived(switched([off])).population.get("quality"))


LARGER = {("activation", "focus_decay"): 0.95}
"""Values where half as much again would not show within ten weeks."""


def bound_values(name):
    """A value for each parameter of a mechanism other than the one it has, within bounds."""
    present = getattr(switched().mechanisms, name)
    for key, declared in quantities(type(present)).items():
        if key == "enabled":
            continue
        value = getattr(present, key)
        if isinstance(value, bool):
            yield key, not value
            continue
        low = declared.low if declared.low is not None else 0
        high = declared.high if declared.high is not None else value * 2 + 1
        other = min(high, value * 1.5 + (1 if isinstance(value, int) else 0.01 * (high - low < 2)))
        if other == value:
            other = (low + value) / 2 if value > low else min(high, value + 1)
        if (name, key) == ("campaigns", "fatigue"):
            other = 0.9
        yield key, type(value)(LARGER.get((name, key), other))


PARAMETERS = [(name, key) for name in NAMES for key, _ in bound_values(name)]


@pytest.fixture(scope="module")
def without():
    """Records with one mechanism off, made once each."""
    found = {}

    def of(name):
        if name not in found:
            found[name] = lived(switched([name])).record
        return found[name]

    return of


@pytest.mark.parametrize(
    ("name", "key"),
    PARAMETERS,
)
def test_off_none_of_its_parameters_makes_a_difference(name, key, without):
    value = dict(bound_values(name))[key]
    assert value != getattr(getattr(switched().mechanisms, name), key)
    # The floor of energy may not rise above what it costs to speak and to act.
    companions = {"floor": {"click_cost": 0.5, "act_cost": 0.6}, "click_cost": {"act_cost": 0.9}}.get(key, {})
    if key == "idea_share":
        companions = {"codesign_share": 0.0}
    changed = lived(switched([name], **{name: {**companions, key: value}})).record
    for figure in FIGURES:
        assert is_same(without(name)[figure], changed[figure]), figure


def test_on_most_parameters_make_a_difference(all_on):
    """The test above would prove nothing with changes too small to see."""
    seen = []
    for name, key in PARAMETERS:
        # Business clients are a market of their own: see `test_parameters_of_business_clients`.
        if key in ("floor", "click_cost", "idea_share") or name == "business":
            continue
        changed = lived(switched(**{name: {key: dict(bound_values(name))[key]}})).record
        seen.append(any(not is_same(all_on.record[figure], changed[figure]) for figure in FIGURES))
    assert np.mean(seen) > 0.85


def businesses(off=(), **parameters):
    data = switched(off, **parameters).as_file()
    data["population"]["clients"] = "businesses"
    return made(data)


def test_parameters_of_business_clients(all_on):
    """They matter where clients are businesses, and nowhere else; off, businesses are households."""
    usual = lived(businesses())
    for key, value in (("order_size", 7), ("expertise", 0.1)):
        changed = lived(businesses(business={key: value}))
        assert any(not is_same(usual.record[figure], changed.record[figure]) for figure in FIGURES), key
        alone = lived(switched(business={key: value}))
        assert all(is_same(all_on.record[figure], alone.record[figure]) for figure in FIGURES), key
    off = lived(businesses(["business"], business={"order_size": 7}))
    assert all(is_same(all_on.record[figure], off.record[figure]) for figure in FIGURES)


OWN_TRAITS = ("playfulness", "use_preference", "skill")
"""What cohorts in `STRESS` have of their own."""


def alike():
    """The scenario of this file, but everyone begins with the same beliefs, also about commons and sharing markets.

    Beliefs and sincerity are drawn apart at the start if they are on.
    """
    data = switched(beliefs={"initial_spread": 0.0}, sincerity={"initial": 0.5, "initial_spread": 0.0}).as_file()
    for sector in data["sector"]:
        for key in ("commons", "sharing"):
            if key in sector:
                sector[key]["trust"] = 0.5
    return data


def both(data, name):
    """The same market with a mechanism on and off."""
    off = copy.deepcopy(data)
    off["mechanisms"][name]["enabled"] = False
    return Market(made(data)), Market(made(off))


CHOICE = {"offers", "commons", "sharing", "cohorts"}
"""Switches that change in the first week what there is to choose, or who chooses."""


@pytest.mark.parametrize("name", ["commons", "sharing"])
def test_only_who_went_there_goes_elsewhere_without_it(name):
    """In the first week, without the commons or the sharing markets, all others buy what they bought."""
    on, off = both(alike(), name)
    for market in (on, off):
        market.step()
    gone = [one.place for one in getattr(on, name).values()]
    before, after = on.population.get("supplier"), off.population.get("supplier")
    went = np.isin(before, gone)
    assert went.any()
    assert is_same(before[~went], after[~went])
    assert not np.isin(after, gone).any()
    # Who went there in no sector lives through the same, joins the same, says the same.
    same = ~went.any(axis=0)
    for column in ("satisfaction", "mentioned", "role"):
        assert is_same(on.population.get(column)[same], off.population.get(column)[same]), column
    firms = np.isin(on.population.get("community"), [-1, *(firm.place for firm in on.firms)])
    assert is_same(on.population.get("community")[firms], off.population.get("community")[firms])


def test_without_offers_only_the_utility_of_use_is_gone():
    """Where nobody rents or subscribes, the switch of offers changes nothing at all."""
    data = alike()
    for firm in data["firm"]:
        firm["levers"]["mode"] = "sell"
    data["sector"] = [sector | {"sharing": sector["sharing"] | {"kind": "group_buying"}} for sector in data["sector"]]
    on, off = both(data, "offers")
    assert differing(lived_out(on), lived_out(off)) == []
    # And where they do, the units wanted are the same.
    on, off = both(alike(), "offers")
    for market in (on, off):
        market.step()
    wanted = [int(m.counts.not_bought) + sum(one.week.units for one in m.suppliers) for m in (on, off)]
    assert wanted[0] == wanted[1]
    assert not is_same(on.population.get("supplier"), off.population.get("supplier"))


def lived_out(market):
    market.run()
    return market


def test_without_cohorts_membership_stays_and_everyone_has_the_traits_of_all():
    on, off = both(alike(), "cohorts")
    assert is_same(on.population.get("cohort"), off.population.get("cohort"))
    cohort = on.population.get("cohort")
    assert {0, 1, 2} == set(cohort.tolist())
    for column in on.population.columns.row:
        left, right = on.population.get(column), off.population.get(column)
        assert is_same(left, right) == (column not in OWN_TRAITS), column
        assert is_same(left[..., cohort == 0], right[..., cohort == 0]), column
    # Hardship still finds its cohort.
    lived_out(off)
    assert off.record["hardship"].max(axis=0).tolist() == pytest.approx([0.8, 1.0, 0.8])


@pytest.mark.parametrize("name", sorted(set(NAMES) - CHOICE))
def test_the_draws_of_the_others_stay_the_same(name):
    """In the first week, before effects can spread, what the others do is the same with and without it."""
    on, off = both(alike(), name)
    assert is_same(on.population.peers, off.population.peers)
    for column in on.population.columns.row:
        assert is_same(on.population.get(column), off.population.get(column)), column
    on.step()
    off.step()
    if name != "purchase":
        assert is_same(on.population.get("supplier"), off.population.get("supplier"))
        assert is_same(on.record["units"], off.record["units"])
    if name not in ("purchase", "experience"):
        assert is_same(on.population.get("satisfaction"), off.population.get("satisfaction"))
        assert is_same(on.record["reviews"], off.record["reviews"])
    if name != "contribution":
        assert is_same(on.population.get("community"), off.population.get("community"))


TURNS = 12
"""Weeks timed of each market, in turns; the horizon of the scenario leaves room for them."""


def seconds_a_week(*switches, size=200_000, peers=7):
    """Seconds of the quickest week of a market under each of some sets of switches, their weeks lived in turns.

    So many consumers that the firms' Python, the same for all, is a few percent of a week. In turns, and the least of
    them: a stretch of other work on the machine, which empties the caches, hits all markets and decides nothing.
    """
    markets = []
    for mechanisms in switches:
        data = copy.deepcopy(STRESS)
        data["population"] |= {"size": size, "represents": 1e6}
        data["network"]["peers"] = peers
        # An early wave of militancy, so that voices cost what they cost.
        data["mechanisms"] = mechanisms
        data["event"] = [{"week": 1, "kind": "scandal", "firm": "Citadel", "cause": "work", "severity": 1.0}]
        data["schedule"] = []
        markets.append(Market(made(data)))
    for market in markets:
        market.run(2)
    best = [np.inf] * len(markets)
    for _ in range(TURNS):
        for i, market in enumerate(markets):
            # Of this thread alone: other work on the machine must not decide the test.
            start = time.thread_time()
            market.step()
            best[i] = min(best[i], time.thread_time() - start)
    return best


@pytest.mark.slow
def test_switched_off_it_costs_nothing():
    """Purchase alone takes much less time than everything, and no single switch makes a week longer."""
    alone = {name: {"enabled": name == "purchase"} for name in NAMES}
    none = {name: {"enabled": False} for name in NAMES}
    single = ("beliefs", "activation", "contribution", "experience")
    everything, purchase, nothing, *without = seconds_a_week(
        {}, alone, none, *({name: {"enabled": False}} for name in single)
    )
    assert purchase < 0.5 * everything
    assert nothing < 0.2 * everything
    for name, seconds in zip(single, without, strict=True):
        assert seconds < 1.4 * everything, name


@pytest.mark.slow
def test_a_mechanism_that_is_off_leaves_no_work_behind():
    """What one mechanism alone adds to a week is gone when it is off as well: with many peers, mostly listening."""
    off = {name: {"enabled": False} for name in NAMES}
    most = {"beliefs": 0.85, "sincerity": 0.85, "activation": 0.4, "purchase": 0.75}
    nothing, *alone = seconds_a_week(off, *(off | {name: {}} for name in most), peers=31)
    for (name, share), seconds in zip(most.items(), alone, strict=True):
        assert nothing < share * seconds, name


@pytest.mark.parametrize(("name", "levers"), [("distribution", ("price", "claimed_quality", "brand_push"))])
def test_strategies_decide_alike_without_it(name, levers):
    """With Nova far cheaper rivals lose sales; their answers do not hang on whether retailers react (none does)."""
    cheap = {"firm.Nova.levers.price": 6.0, "population.size": 800, "mechanisms.distribution.tolerance": 0.0}
    with_it, without = (
        Market(load("baseline", cheap | {f"mechanisms.{name}.enabled": enabled}), weeks=30) for enabled in (True, False)
    )
    for market in (with_it, without):
        market.run()
    for lever in levers:
        decided = [[getattr(firm, lever) for firm in market.firms] for market in (with_it, without)]
        assert decided[0] == decided[1]
        if lever == "claimed_quality":
            assert decided[0] != [firm.levers.claimed_quality for firm in load("baseline").firms], "nobody answered"
