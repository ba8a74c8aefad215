"""Random valid scenarios, with values at their bounds far more often than life would have it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sim.entities import MAX_COHORTS, CommonsSetup, SharingSetup
from sim.levers import LEVERS
from sim.network import Network
from sim.quantities import Quantity, quantities
from sim.scenario import MAX_SUPPLIERS, Mechanisms, Scenario
from sim.strategies import STRATEGIES
from tests.guarantees.markets import made

STRATEGY_KEYS = tuple(STRATEGIES)

DISTRIBUTIONS: dict[str, list[dict[str, Any]]] = {
    "price_sensitivity": [
        {"distribution": "constant", "value": 0.0},
        {"distribution": "lognormal", "median": 3.0, "sigma": 4.0},
    ],
    "inertia": [{"distribution": "normal", "mean": 0.0, "sd": 30.0}, {"distribution": "constant", "value": -20.0}],
    "peer_trust": [{"distribution": "constant", "value": 1.0}, {"distribution": "constant", "value": 0.0}],
    "brand_trust": [{"distribution": "constant", "value": 1.0}, {"distribution": "uniform", "low": 0.0, "high": 1.0}],
    "propensity": [
        {"distribution": "pareto", "minimum": 1.0, "exponent": 1.01},
        {"distribution": "constant", "value": 0.0},
    ],
    "skill": [{"distribution": "constant", "value": 1.0}, {"distribution": "beta", "mean": 0.5, "concentration": 0.1}],
    "threshold": [{"distribution": "constant", "value": 0.001}, {"distribution": "constant", "value": 1000.0}],
    "use_preference": [
        {"distribution": "constant", "value": 1.0},
        {"distribution": "beta", "mean": 0.5, "concentration": 0.1},
    ],
    "playfulness": [{"distribution": "constant", "value": 1.0}, {"distribution": "constant", "value": 0.0}],
    "half_life": [{"distribution": "constant", "value": 0.05}, {"distribution": "constant", "value": 520.0}],
}
RATES = [
    {"distribution": "gamma", "mean": 0.4, "shape": 0.8},
    {"distribution": "gamma", "mean": 5.0, "shape": 0.05},
    {"distribution": "constant", "value": 20.0},
    {"distribution": "constant", "value": 1e-6},
]

MIGHTY = 1e6
"""Money beyond this is left out: nothing in the model depends on how large a large amount is."""


def value_of(declared: Quantity) -> st.SearchStrategy[Any]:
    """A value of a declared number: its bounds, its default, or something between."""
    if isinstance(declared.default, bool):
        return st.booleans()
    if declared.options:
        return st.sampled_from(declared.options)
    low = declared.low if declared.low is not None else 0.0
    low += 1e-6 if declared.excludes_low else 0.0
    high = min(declared.high if declared.high is not None else MIGHTY, MIGHTY)
    if isinstance(declared.default, int):
        return st.sampled_from([int(low), int(high), declared.default]) | st.integers(int(low), int(high))
    return st.sampled_from([low, high, declared.default]) | st.floats(low, high)


@st.composite
def levers(draw: st.DrawFn, reference: float, causes: list[str]) -> dict[str, Any]:
    """Some levers of a firm; its price lies between a hundredth and a hundred times the reference price."""
    chosen = {name: draw(value_of(lever)) for name, lever in LEVERS.items() if name != "price" and draw(st.booleans())}
    chosen["price"] = reference * draw(st.sampled_from([0.01, 0.5, 1.0, 1.0, 1.0, 2.0, 100.0]))
    stance = st.sampled_from([-1.0, 0.0, 0.5, 1.0])
    chosen["causes"] = {
        cause: {"proclaimed": draw(stance), "conduct": draw(stance)} for cause in causes if draw(st.booleans())
    }
    return chosen


@st.composite
def mechanisms(draw: st.DrawFn) -> dict[str, Any]:
    """Every mechanism with a few parameters changed, mostly to a bound; some switched off."""
    chosen: dict[str, Any] = {}
    for name, field in Mechanisms.model_fields.items():
        declared = quantities(field.annotation)  # type: ignore[arg-type]
        keys = draw(st.lists(st.sampled_from(sorted(declared)), max_size=3, unique=True))
        table = {key: draw(value_of(declared[key])) for key in keys}
        for key in table:
            if key == "enabled":
                table[key] = draw(st.integers(0, 3)) > 0
        chosen[name] = table
    bars = sorted(draw(st.lists(st.sampled_from([0.001, 0.05, 0.5, 1.0]), min_size=3, max_size=3)))
    chosen["activation"] |= dict(zip(("floor", "click_cost", "act_cost"), bars, strict=True))
    share = draw(st.sampled_from([0.0, 0.25, 1.0]))
    chosen["contribution"] |= {
        "idea_share": share,
        "codesign_share": (1 - share) * draw(st.sampled_from([0.0, 0.3, 1.0])),
    }
    return chosen


@st.composite
def happenings(
    draw: st.DrawFn, horizon: int, firms: list[str], lines: set[str], causes: list[str], cohorts: list[str]
) -> dict[str, list[dict[str, Any]]]:
    """A few events and lever changes."""
    week = st.integers(1, horizon)
    share = st.sampled_from([0.0, 0.3, 1.0])
    firm = st.sampled_from(firms)
    owner = st.sampled_from([name for name in firms if name not in lines])
    kinds: list[st.SearchStrategy[dict[str, Any]]] = [
        st.fixed_dictionaries({"week": week, "kind": st.just("exposure"), "firm": firm, "severity": share}),
        st.fixed_dictionaries(
            {"week": week, "kind": st.just("campaign"), "firm": owner, "weeks": st.integers(1, 4), "play": share},
            optional={"reach": st.sampled_from([0.0, 100.0]), "cost": st.sampled_from([0.0, 1234.567])},
        ),
        st.fixed_dictionaries(
            {"week": week, "kind": st.just("hardship"), "weeks": st.integers(1, 4), "severity": share},
            optional={"cohort": st.sampled_from(cohorts)} if cohorts else {},
        ),
        st.fixed_dictionaries({"week": week, "kind": st.just("listing"), "firm": firm, "availability": share}),
    ]
    if causes:
        cause = st.sampled_from(causes)
        kinds.append(
            st.fixed_dictionaries(
                {
                    "week": week,
                    "kind": st.just("scandal"),
                    "firm": firm,
                    "cause": cause,
                    "severity": share,
                    "revealed": share,
                }
            )
        )
        kinds.append(
            st.fixed_dictionaries(
                {"week": week, "kind": st.just("news"), "cause": cause, "severity": share}, optional={"firm": firm}
            )
        )
    names = st.sampled_from(sorted(set(LEVERS) - {"price"}))
    changes = []
    # A lever of a firm changes once: a change within a temporary one is refused.
    for at, who, lever in draw(st.lists(st.tuples(week, firm, names), max_size=3, unique_by=lambda one: one[1:])):
        change = {"week": at, "firm": who, lever: draw(value_of(LEVERS[lever]))}
        if draw(st.booleans()):
            change["until"] = at + draw(st.integers(1, 3))
        changes.append(change)
    return {"event": draw(st.lists(st.one_of(kinds), max_size=6)), "schedule": changes}


@st.composite
def commons(draw: st.DrawFn, reference: float) -> dict[str, Any]:
    """The commons of a sector."""
    declared = quantities(CommonsSetup)
    keys = draw(st.lists(st.sampled_from(sorted(set(declared) - {"materials"})), max_size=4, unique=True))
    chosen = {key: draw(value_of(declared[key])) for key in keys}
    return chosen | {"materials": draw(st.sampled_from([0.0, 0.3, 100.0])) * reference}


@st.composite
def sharing(draw: st.DrawFn, durable: bool) -> dict[str, Any]:
    """The sharing market of a sector: of any kind where goods are kept."""
    declared = quantities(SharingSetup)
    keys = draw(st.lists(st.sampled_from(sorted(set(declared) - {"kind"})), max_size=4, unique=True))
    chosen = {key: draw(value_of(declared[key])) for key in keys}
    kinds = declared["kind"].options if durable else ("group_buying",)
    return chosen | {"kind": draw(st.sampled_from(kinds))}


@st.composite
def entries(draw: st.DrawFn, firms: list[dict[str, Any]], horizon: int) -> None:
    """Let some firms come later, and some be lines of others; the first of each sector is there from the start."""
    started: set[str] = set()
    for i, firm in enumerate(firms):
        if firm["sector"] not in started:
            started.add(firm["sector"])
            continue
        kind = draw(st.sampled_from(["there", "there", "late", "line"]))
        if kind != "there":
            firm["enters"] = draw(st.integers(1, horizon))
            firm["entry_cost"] = draw(st.sampled_from([0.0, 1234.567, 1e12]))
        if kind == "late" and draw(st.booleans()):
            firm["entry_margin"] = draw(st.sampled_from([-10.0, 0.0, 1.0]))
        parents = [one["name"] for one in firms[:i] if "parent" not in one and "enters" not in one]
        if kind == "line":
            firm["parent"] = draw(st.sampled_from(parents))


@st.composite
def cohorts(draw: st.DrawFn) -> list[dict[str, Any]]:
    """None, a few or the most cohorts, with traits of their own."""
    count = draw(st.sampled_from([0, 0, 1, 2, MAX_COHORTS]))
    share = draw(st.sampled_from([1e-6, 0.5, 1.0])) / max(count, 1)
    return [
        {
            "name": f"cohort {i}",
            "share": share,
            "traits": {
                name: draw(st.sampled_from(kinds))
                for name, kinds in DISTRIBUTIONS.items()
                if draw(st.integers(0, 3)) == 0
            },
        }
        for i in range(count)
    ]


@st.composite
def scenarios(draw: st.DrawFn, most_consumers: int = 120, most_weeks: int = 8, most_firms: int = 50) -> Scenario:
    """A random valid scenario: 1 to 50 firms, 1 to 8 sectors, 0 to 6 causes and cohorts, from 10 consumers on."""
    horizon = draw(st.integers(1, most_weeks))
    size = draw(st.sampled_from([10, 11, 32, 64, 65]) | st.integers(10, most_consumers))
    size = min(size, most_consumers)
    count = draw(st.sampled_from([1, 2, 5, most_firms]))
    sectors: list[dict[str, Any]] = [
        {
            "name": f"sector {i}",
            "reference_price": draw(st.sampled_from([0.01, 10.0, 5000.0])),
            "purchase_rate": draw(st.sampled_from(RATES)),
            **({"outside": draw(st.sampled_from([-50.0, -2.0, 50.0]))} if draw(st.booleans()) else {}),
        }
        for i in range(draw(st.integers(1, min(8, count))))
    ]
    room = MAX_SUPPLIERS - count
    for one in sectors:
        if draw(st.booleans()):
            one |= {"durable": True, "life": draw(st.sampled_from([1.0, 3.0, 200.0, 5200.0]))}
        if room and draw(st.booleans()):
            one["commons"], room = draw(commons(one["reference_price"])), room - 1
        if room and draw(st.booleans()):
            one["sharing"], room = draw(sharing("durable" in one)), room - 1
    causes: list[dict[str, Any]] = [
        {"name": f"cause {i}", "salience": draw(st.sampled_from([0.0, 0.5, 10.0]))}
        for i in range(draw(st.sampled_from([0, 1, 2, 6])))
    ]
    cause_names = [cause["name"] for cause in causes]
    firms = []
    for i in range(count):
        sector = sectors[i % len(sectors)]
        chosen = draw(levers(sector["reference_price"], cause_names))
        firms.append(
            {
                "name": f"firm {i}",
                "sector": sector["name"],
                "strategy": draw(st.sampled_from(STRATEGY_KEYS)),
                "appeal": draw(st.sampled_from([0.0, -50.0, 50.0])),
                "quality": draw(st.sampled_from([0.0, 0.6, 1.0])),
                "defect_rate": draw(st.sampled_from([0.0, 0.05, 0.9])),
                "unit_cost": min(1e6, chosen["price"] * draw(st.sampled_from([0.0, 0.5, 100.0]))),
                "fixed_cost": draw(st.sampled_from([0.0, 50_000.0, 1e9])),
                "cash": draw(st.sampled_from([0.0, 5e6, -1e9])),
                "availability": draw(st.sampled_from([1.0, 0.5, 0.0])),
                "levers": chosen,
                **({"taste_spread": draw(st.sampled_from([0.0, 20.0]))} if draw(st.booleans()) else {}),
                **({"place": draw(st.sampled_from([[20.0, -20.0], [0.0, 1.0]]))} if draw(st.booleans()) else {}),
            }
        )
    draw(entries(firms, horizon))
    groups = draw(cohorts())
    network = {
        "kind": draw(st.sampled_from(["small_world", "scale_free"])),
        **{key: draw(value_of(declared)) for key, declared in quantities(Network).items() if draw(st.booleans())},
    }
    traits = {
        name: draw(st.sampled_from(kinds)) for name, kinds in DISTRIBUTIONS.items() if draw(st.integers(0, 2)) == 0
    }
    return made(
        {
            "horizon": horizon,
            "seed": draw(st.integers(0, 2**63 - 1)),
            "population": {
                "size": size,
                "represents": size * draw(st.sampled_from([1.0, 1.5, 1e6])),
                "clients": draw(st.sampled_from(["households", "households", "businesses"])),
                "traits": traits,
            },
            "network": network,
            "cohort": groups,
            "sector": sectors,
            "cause": causes,
            "firm": firms,
            **draw(
                happenings(
                    horizon,
                    [firm["name"] for firm in firms],
                    {firm["name"] for firm in firms if "parent" in firm},
                    cause_names,
                    [one["name"] for one in groups],
                )
            ),
            "mechanisms": draw(mechanisms()),
            "figures": {"window": draw(st.sampled_from([1, 3, 520]))},
        }
    )
