"""The reduced market as numbers: all that a peer needs to know of `market.toml`, read once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sim.scenario import Scenario

__all__ = ["MARKET", "Builder", "Peer", "Spec", "Totals", "read_spec"]

MARKET = Path(__file__).resolve().parent / "market.toml"
AT_WORK = {"beliefs", "activation", "purchase", "experience"}


@dataclass(frozen=True)
class Spec:
    """The reduced market of MARKET.md; one value a firm or a cause stands in a tuple.

    Attributes
    ----------
    scenario
        Path of the scenario it was read from.
    appeal, price, quality, defect_rate
        Of each firm; the price in parts of the reference price.
    salience, target, stance
        Of each cause: public salience, the firm that it turns people to, and whether for (1) or against it (−1).
    values, traits
        Distributions of the weight of each cause, and of each trait with its bounds: (distribution, low, high).
    speed, memory
        Of hearsay.
    pressure, mood, spark, floor, click_cost, act_cost, purchase_effect
        Of activation.
    quality_weight, taste_spread, outside
        Of purchase.
    match, noise, defect_loss, complaint_rate, repair, recovery_bonus, learning
        Of experience.
    belief_spread
        Of beliefs at the start.
    peers, rewiring
        Of the network.
    """

    scenario: str
    appeal: tuple[float, ...]
    price: tuple[float, ...]
    quality: tuple[float, ...]
    defect_rate: tuple[float, ...]
    salience: tuple[float, ...]
    target: tuple[int, ...]
    stance: tuple[int, ...]
    values: tuple[dict[str, Any], ...]
    traits: dict[str, tuple[dict[str, Any], float, float]]
    speed: float
    memory: float
    pressure: float
    mood: float
    spark: float
    floor: float
    click_cost: float
    act_cost: float
    purchase_effect: float
    quality_weight: float
    taste_spread: float
    outside: float
    match: float
    noise: float
    defect_loss: float
    complaint_rate: float
    repair: float
    recovery_bonus: float
    learning: float
    belief_spread: float
    peers: int
    rewiring: float

    @property
    def firms(self) -> int:
        """How many firms there are."""
        return len(self.price)

    @property
    def causes(self) -> int:
        """How many causes there are."""
        return len(self.salience)

    def as_table(self) -> dict[str, Any]:
        """Return it as what JSON can hold: a peer's process reads it from there."""
        return asdict(self)


@dataclass
class Totals:
    """What a peer counts in a week, over all its consumers.

    Attributes
    ----------
    units
        Bought from each firm.
    trips, satisfaction
        Occasions on which something was bought, and the sum of satisfaction with them.
    militants
        Of each cause.
    """

    units: list[int]
    trips: int
    satisfaction: float
    militants: list[int]


class Peer(Protocol):
    """A reduced market, built and ready to live."""

    def live(self) -> Totals:
        """Live one week."""

    def beliefs(self) -> list[float]:
        """Return the mean belief about each firm's quality."""


Builder = Callable[[Spec, int, int], Peer]
"""Build a market from (the spec, the number of consumers, a seed)."""


def read_spec(scenario: Path = MARKET) -> Spec:
    """Read the reduced market from its scenario file.

    Raises
    ------
    ValueError
        Where the file asks for something that peers do not have: they would run another market than ours.
    """
    from sim.entities import News, Scandal
    from sim.scenario import load
    from sim.traits import BOUNDS

    s = load(str(scenario))
    _refuse_what_peers_lack(s)
    m, sector = s.mechanisms, s.sectors[0]
    causes, firms = [cause.name for cause in s.causes], [firm.name for firm in s.firms]
    salience = [cause.salience for cause in s.causes]
    seen: dict[int, tuple[int, int]] = {}
    for event in s.events:
        if isinstance(event, Scandal | News) and event.firm is not None:
            c, f = causes.index(event.cause), firms.index(event.firm)
            stances = s.firms[f].levers.causes[event.cause]
            known = stances.conduct if isinstance(event, Scandal) else 0.0
            # Everyone grants every firm a sincerity of one half: all see it halfway between deeds and words.
            seen[c] = (f, 1 if known + stances.proclaimed > 0 else -1)
            salience[c] += event.severity
    traits = {
        name: (getattr(s.population.traits, name).model_dump(), *BOUNDS[name])
        for name in ("price_sensitivity", "inertia", "peer_trust", "threshold", "half_life")
    }
    traits["rate"] = (sector.purchase_rate.model_dump(), *BOUNDS["rate"])
    return Spec(
        scenario=str(scenario),
        appeal=tuple(firm.appeal for firm in s.firms),
        price=tuple(firm.levers.price / sector.reference_price for firm in s.firms),
        quality=tuple(firm.quality for firm in s.firms),
        defect_rate=tuple(firm.defect_rate for firm in s.firms),
        salience=tuple(salience),
        target=tuple(seen[c][0] for c in range(len(s.causes))),
        stance=tuple(seen[c][1] for c in range(len(s.causes))),
        values=tuple(cause.values.model_dump() for cause in s.causes),
        traits=traits,
        speed=m.beliefs.speed,
        memory=m.beliefs.memory,
        pressure=m.activation.pressure,
        mood=m.activation.mood,
        spark=m.activation.spark,
        floor=m.activation.floor,
        click_cost=m.activation.click_cost,
        act_cost=m.activation.act_cost,
        purchase_effect=m.activation.purchase_effect,
        quality_weight=m.purchase.quality_weight,
        taste_spread=m.purchase.taste_spread / m.purchase.zapping,
        outside=float(sector.outside or 0.0),
        match=m.experience.match,
        noise=m.experience.noise,
        defect_loss=m.experience.defect_loss,
        complaint_rate=m.experience.complaint_rate,
        repair=m.experience.base_repair,
        recovery_bonus=m.experience.recovery_bonus,
        learning=m.experience.learning,
        belief_spread=m.beliefs.initial_spread,
        peers=s.network.peers,
        rewiring=s.network.rewiring,
    )


def _refuse_what_peers_lack(s: Scenario) -> None:
    m, a = s.mechanisms, s.mechanisms.activation
    at_work = {name for name in type(m).model_fields if getattr(m, name).enabled}
    brand_trust = s.population.traits.brand_trust.model_dump()
    asked = {
        f"the mechanisms {sorted(at_work)}": at_work != AT_WORK,
        "several sectors, or none to stay out of": len(s.sectors) != 1 or s.sectors[0].outside is None,
        "voices that sway, review or feed salience": (a.sway, a.review_weight, a.voice_feeds) != (0, 0, 0),
        "attention that fades": (a.fast_decay, a.slow_decay, a.focus_decay, m.purchase.forgetting) != (0, 0, 0, 0),
        "values that enter utility": m.purchase.value_weight != 0,
        "reviews": m.experience.review_rate != 0,
        "claims that are heeded": brand_trust != {"distribution": "constant", "value": 0.0},
        "values that go together": (s.population.value_coherence, s.network.homophily) != (0, 0),
        "another network": s.network.kind != "small_world",
        "another zapping": m.purchase.zapping != 1,
        "cohorts, schedules or businesses": bool(s.cohorts or s.schedule) or s.population.clients != "households",
        "service, features or displays": any(x.levers.service or x.levers.feature or x.levers.display for x in s.firms),
        "strategies or entries": any((x.strategy, x.enters, x.availability) != ("scripted", 1, 1) for x in s.firms),
        "other events than one a cause in week 1": [e.kind in ("scandal", "news") and e.week for e in s.events]
        != [1] * len(s.causes),
    }
    if wrong := [what for what, is_so in asked.items() if is_so]:
        raise ValueError(f"{MARKET.name} asks for {'; '.join(wrong)}: MARKET.md says what peers have")
