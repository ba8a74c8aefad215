"""Who and what the rules speak of, with the letters of docs/model.md. Numbers are Python floats; None is nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Consumer:
    # Traits. Lists run over firms (t), sectors (λ) or causes (w).
    t: list[float]  # taste
    β: float  # price sensitivity
    η: float  # inertia
    λ: list[float]  # purchase rate
    τ: float  # peer trust
    ρ: float  # brand trust
    a: float  # propensity to contribute
    k: float  # skill
    π: float  # playfulness
    ς: float  # reciprocity
    w: list[float]  # weight of each cause
    θ: float  # threshold
    d: float  # persistence
    u: float  # preference for use over possession
    # State.
    Q: list[float]  # belief about each firm's quality
    S: list[float]  # belief in each firm's sincerity
    supplier: list[int | None]  # last supplier, per sector
    bought: list[int | None]  # week of the last purchase, per firm
    owned: list[int]  # goods, per sector
    cohort: int = 0  # 0: the rest
    satisfaction: float = 0.5
    spoken_of: int | None = None  # the firm that the satisfaction is about
    community: int | None = None
    attachment: float = 0.0
    contributions: float = 0.0
    militant: bool = False
    cause: int | None = None
    target: int | None = None
    stance: int = 0
    energy: float = 0.0
    weeks: int = 0  # of the present episode
    ambassador: int | None = None  # of which firm


@dataclass
class Word:
    """What a consumer said last week of the firm of its last purchase."""

    firm: int
    satisfaction: float
    sincerity: float


@dataclass
class Voice:
    """What a militant, or an ambassador (on no cause), said last week."""

    energy: float
    stance: int
    cause: int | None
    target: int


@dataclass
class Sector:
    name: str
    firms: list[int]  # its suppliers, all of them
    reference_price: float
    outside: float | None  # U_0
    most_units: int  # where the Poisson distribution is cut
    order: int = 1  # units of an order
    durable: bool = False
    life: float = 200.0
    market: int | None = None  # its sharing market


@dataclass
class Firm:
    """A supplier: a firm, or what does without one and has a firm's levers at 0."""

    name: str
    sector: str = ""
    kind: str = "firm"  # or "commons", "second_hand", "rental", "group_buying"
    parent: int | None = None  # the firm whose line it is
    appeal: float = 0.0
    # Levers.
    price: float = 10.0
    o: float = 0.0  # openness
    g: float = 0.0  # sharing
    o_claimed: float = 0.0
    g_claimed: float = 0.0
    Q_claimed: float = 0.6
    facilitation: float = 0.0
    research: float = 0.0
    service: float = 0.0
    b: float = 0.0  # brand push
    layers: int = 0
    autonomy: float = 0.0
    power_sharing: float = 0.0
    play: float = 0.0
    recognition: float = 0.0
    launches: float = 0.0
    selectivity: float = 1.0
    feature: float = 0.0
    display: float = 0.0
    mode: str = "sell"  # or "rent", "subscribe"
    ω: float = 0.0  # open files
    ν: float = 0.0  # hosting
    ambassadors: float = 0.0  # spend on them
    suggestion_box: float = 0.0
    reward: float = 0.0
    # What the public meets this week.
    game: float = 0.0
    thanks: float = 0.0
    pull: float = 0.0
    campaign_cost: float = 0.0
    recruiting: float = 0.0  # probability that a member is enrolled
    keeping: float = 1.0  # probability that an ambassador can be paid
    # Of a commons and of a sharing market.
    hassle: float = 0.0
    idealism: float = 0.0  # β_i
    z: float = 0.0  # hassle without tools and hosts
    materials: float = 0.0
    T_0: float = 0.0
    γ_T: float = 0.0
    T: float = 0.0  # tools
    files: float = 0.0  # F̂
    D: float = 0.0  # expected demand
    s: float = 0.0  # stock
    # On each cause.
    proclaimed: list[float] = field(default_factory=list)
    conduct: list[float] = field(default_factory=list)
    known: list[float] = field(default_factory=list)
    focus: list[float] = field(default_factory=list)
    # State.
    alive: bool = True
    q: float = 0.6  # true quality
    base_unit_cost: float = 5.0
    unit_cost: float = 5.0
    base_defect_rate: float = 0.05
    defect_rate: float = 0.05
    fixed_cost: float = 0.0
    E: float = 0.0  # employees' talent
    X: float = 0.0  # external talent
    φ: float = 0.0  # facilitation, and human contact
    V: float = 0.0  # value created
    external_share: float = 0.0
    pool: list[tuple[float, int]] = field(default_factory=list)  # value; 1 for a customer's idea
    submitted: int = 0  # ideas ever
    submitted_by_customers: int = 0
    launched_ever: int = 0
    capacity: float = 0.0
    launched: int = 0
    n: float = 0.0  # reviewers and helpers, smoothed
    m: float = 0.0  # co-designs, smoothed
    peer_support: float = 0.0
    cases: float = 0.0  # that the firm itself settles
    repair: float = 0.0
    n_r: float = 0.0  # weight of reviews
    sum_r: float = 0.0
    reputation: float = 0.5
    F: float = 0.0  # contributions that flow back from a commons
    leaks: int = 0
    enters: int = 1
    entry_margin: float | None = None
    entry_cost: float = 0.0
    entered_in: int = 1  # 0: it waits outside
    availability: float = 1.0
    full_availability: float = 1.0
    recent: float = 0.0
    usual: float = 0.0
    low_weeks: int = 0
    e: float = 0.0  # public exposure this week
    shame: float = 0.0  # s of this week
    offence: float = 0.0  # O of this week
    ρ_f: float = 0.0  # weight of a good crisis answer this week
    crises: dict[int, dict[str, Any]] = field(default_factory=dict)
    revenue: int = 0  # cents, as all below
    costs: dict[str, int] = field(default_factory=dict)
    fees: int = 0
    hosting_income: float = 0.0  # currency
    profit: int = 0
    dividends: int = 0
    cash: int = 0
    quarter: list[int] = field(default_factory=lambda: [0, 0])  # profit and revenue
    quarter_weeks: int = 0
    published: list[int] = field(default_factory=lambda: [0, 0])
    usual_revenue: float = 0.0
    N: int = 5000
    r_half: float = 0.002
    weeks_beyond_credit: int = 0
    share: float = 0.0
    counted: dict[str, Any] = field(default_factory=Counter)  # of the week, in simulated consumers

    def with_rating(self, R: float) -> Firm:
        self.sum_r = R * self.n_r
        return self

    @property
    def is_used(self) -> bool:
        """Whether what it supplies is used, not kept."""
        return self.kind == "rental" or self.mode != "sell"

    @property
    def claim(self) -> float:
        """The quality it claims: what does without a firm claims what it is."""
        return self.Q_claimed if self.kind == "firm" else self.q

    @property
    def R(self) -> float:
        """Public rating (5.2); one half before the first review."""
        return self.sum_r / self.n_r if self.n_r > 0 else 0.5

    @property
    def r(self) -> float:
        """How much stands behind it (4.1)."""
        return self.n_r / self.N / (self.n_r / self.N + self.r_half)


@dataclass
class Tally:
    """What is counted in a week, of each firm and of the market."""

    firms: list[dict[str, Any]]
    market: dict[str, Any] = field(default_factory=Counter)


def home(f: int, firms: list[Firm]) -> int:
    """Whose community is f's: its own, or that of the firm whose line it is."""
    parent = firms[f].parent
    return f if parent is None else parent


def clip(x: float) -> float:
    return min(max(x, 0.0), 1.0)


def perceived(known: float, proclaimed: float, S: float) -> float:
    """Who trusts a firm sees what it proclaims, who does not sees what is known of its conduct (4.4, 4.5)."""
    return known + S * (proclaimed - known)
