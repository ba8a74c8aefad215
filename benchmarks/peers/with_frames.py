"""The reduced market in mesa-frames: consumers are rows of a polars table, rules are expressions over its columns."""

from __future__ import annotations

from functools import reduce

import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF

from benchmarks.peers.people import draw_people
from benchmarks.peers.spec import Peer, Spec, Totals

__all__ = ["build"]


class Consumers(AgentSetPolars):
    """All consumers."""

    model: Market
    agents: pl.DataFrame

    def __init__(self, model: Market, spec: Spec, size: int, seed: int) -> None:
        super().__init__(model)
        people = draw_people(spec, size, np.random.default_rng(seed))
        columns = {"unique_id": np.arange(size)} | people.traits
        columns |= {f"taste_{f}": people.taste[:, f] for f in range(spec.firms)}
        columns |= {f"belief_{f}": people.belief[:, f] for f in range(spec.firms)}
        columns |= {f"value_{c}": people.values[:, c] for c in range(spec.causes)}
        columns |= {f"peer_{k}": people.peers[:, k] for k in range(people.peers.shape[1])}
        self += pl.DataFrame({name: np.ascontiguousarray(values) for name, values in columns.items()})
        self.agents = self.agents.with_columns(
            supplier=pl.lit(-1, pl.Int8), satisfaction=0.0, cause=pl.lit(-1, pl.Int8), energy=0.0
        )

    def step(self) -> None:
        """Live a week: all hear last week's words before anyone says another."""
        spec = self.model.spec
        self.hear(spec)
        self.turn(spec)
        self.buy(spec)

    def hear(self, spec: Spec) -> None:
        """Move beliefs towards what peers say of each firm, and sum up the energy of those who fight for each cause."""
        around = range(spec.peers)
        voice = pl.when(pl.col("energy") >= spec.click_cost).then(pl.col("energy")).otherwise(0.0)
        words = {"firm": pl.col("supplier"), "said": pl.col("satisfaction"), "fight": pl.col("cause"), "voice": voice}
        heard = self.agents.select(
            "unique_id",
            *(word.gather(pl.col(f"peer_{k}")).alias(f"{name}_{k}") for name, word in words.items() for k in around),
        )
        said = heard.select(
            *(
                pl.sum_horizontal(pl.col(f"firm_{k}") == f for k in around).alias(f"speakers_{f}")
                for f in range(spec.firms)
            ),
            *(
                pl.sum_horizontal(
                    pl.when(pl.col(f"firm_{k}") == f).then(pl.col(f"said_{k}")).otherwise(0.0) for k in around
                ).alias(f"said_{f}")
                for f in range(spec.firms)
            ),
            *(
                pl.sum_horizontal(
                    pl.when(pl.col(f"fight_{k}") == c).then(pl.col(f"voice_{k}")).otherwise(0.0) for k in around
                ).alias(f"around_{c}")
                for c in range(spec.causes)
            ),
        )
        passing = [f"{name}_{f}" for name in ("speakers", "said") for f in range(spec.firms)]
        self.agents = (
            self.agents.hstack(said).with_columns(self.persuaded(spec, f) for f in range(spec.firms)).drop(passing)
        )

    def persuaded(self, spec: Spec, f: int) -> pl.Expr:
        """Return the belief about a firm after what was heard of it."""
        belief, speakers, said = pl.col(f"belief_{f}"), pl.col(f"speakers_{f}"), pl.col(f"said_{f}")
        pull = spec.speed * pl.col("peer_trust") / (spec.memory + pl.col("peer_trust"))
        return pl.when(speakers > 0).then(belief + pull * (said / speakers - belief)).otherwise(belief)

    def turn(self, spec: Spec) -> None:
        """Take up a cause, go on with it, or let it go."""
        drives = [
            pl.col(f"value_{c}") * spec.salience[c] * (1.0 + spec.pressure / spec.peers * pl.col(f"around_{c}"))
            for c in range(spec.causes)
        ]
        mood = pl.Series(self.model.random.normal(0.0, spec.mood, len(self)))
        drive = pl.max_horizontal(drives)
        strongest = pl.concat_list(drives).list.arg_max().cast(pl.Int8)
        fuel = pl.min_horizontal(1.0, spec.spark * (drive + mood - pl.col("threshold")))
        energy, is_lit = pl.col("energy"), pl.col("fuel").ge(spec.floor) & (pl.col("fuel") > pl.col("energy"))
        self.agents = (
            self.agents.with_columns(fuel=fuel, strongest=strongest, energy=energy * pl.col("persistence"))
            .with_columns(
                energy=pl.when(is_lit).then(pl.col("fuel")).otherwise(energy),
                cause=pl.when(is_lit).then(pl.col("strongest")).otherwise(pl.col("cause")),
            )
            .with_columns(
                energy=pl.when(energy < spec.floor).then(0.0).otherwise(energy),
                cause=pl.when(energy < spec.floor).then(pl.lit(-1, pl.Int8)).otherwise(pl.col("cause")),
            )
            .drop("fuel", "strongest", *(f"around_{c}" for c in range(spec.causes)))
        )

    def buy(self, spec: Spec) -> None:
        """Let those who want something choose a firm, or none, and live through the purchase."""
        rng = self.model.random
        units = pl.Series(rng.poisson(self.agents["rate"]))
        wanting = self.agents.with_columns(units=units).filter(units > 0)
        utilities = [self.utility(spec, f) for f in range(spec.firms)] + [pl.lit(spec.outside)]
        noise = rng.gumbel(size=(len(utilities), len(wanting)))
        noisy = [utility + pl.Series(row) for utility, row in zip(utilities, noise, strict=True)]
        buyers = wanting.with_columns(choice=pl.concat_list(noisy).list.arg_max().cast(pl.Int8))
        buyers = self.experience(spec, buyers.filter(pl.col("choice") < spec.firms))
        self.model.totals.units = [int(buyers.filter(pl.col("choice") == f)["units"].sum()) for f in range(spec.firms)]
        self.model.totals.trips = len(buyers)
        self.model.totals.satisfaction = float(buyers["satisfaction"].sum())
        self.model.totals.militants = [int((self.agents["cause"] == c).sum()) for c in range(spec.causes)]
        changed = [f"belief_{f}" for f in range(spec.firms)]
        news = buyers.select("unique_id", "satisfaction", *changed, supplier="choice")
        self.agents = self.agents.update(news, on="unique_id", how="left")

    def utility(self, spec: Spec, f: int) -> pl.Expr:
        """Return the utility of a firm."""
        fixed = spec.appeal[f] + pl.col(f"taste_{f}") + spec.quality_weight * pl.col(f"belief_{f}")
        habit = pl.when(pl.col("supplier") == f).then(pl.col("inertia")).otherwise(0.0)
        utility = fixed + habit - pl.col("price_sensitivity") * spec.price[f]
        for c in range(spec.causes):
            if spec.target[c] == f:
                acts = (pl.col("cause") == c) & (pl.col("energy") >= spec.act_cost)
                pull = spec.purchase_effect * spec.stance[c] * pl.col("energy")
                utility = utility + pl.when(acts).then(pull).otherwise(0.0)
        return utility

    def experience(self, spec: Spec, buyers: pl.DataFrame) -> pl.DataFrame:
        """Be satisfied or not, and learn from it."""
        rng, size, chosen = self.model.random, len(buyers), pl.col("choice")
        is_defect = pl.Series(rng.random(size)) < pl.Series(spec.defect_rate).gather(buyers["choice"])
        is_made_good = pl.Series(rng.random(size) < spec.complaint_rate * spec.repair)
        taste = reduce(
            lambda other, f: pl.when(chosen == f).then(pl.col(f"taste_{f}")).otherwise(other),
            range(spec.firms),
            pl.lit(0.0),
        )
        quality = pl.Series(spec.quality).gather(buyers["choice"])
        noise = pl.Series(rng.normal(0.0, spec.noise, size))
        after = pl.when(is_made_good).then(spec.recovery_bonus).otherwise(-spec.defect_loss)
        satisfaction = quality + spec.match * taste + noise + pl.when(is_defect).then(after).otherwise(0.0)
        buyers = buyers.with_columns(satisfaction=satisfaction.clip(0.0, 1.0))
        return buyers.with_columns(
            pl.when(chosen == f)
            .then(pl.col(f"belief_{f}") + spec.learning * (pl.col("satisfaction") - pl.col(f"belief_{f}")))
            .otherwise(pl.col(f"belief_{f}"))
            .alias(f"belief_{f}")
            for f in range(spec.firms)
        )


class Market(ModelDF):
    """The market."""

    def __init__(self, spec: Spec, size: int, seed: int) -> None:
        super().__init__(seed)
        self.spec = spec
        self.agents += Consumers(self, spec, size, seed)

    def step(self) -> None:
        """Live a week."""
        self.totals = Totals([], 0, 0.0, [])
        self.agents.do("step")

    def live(self) -> Totals:
        """Live a week and return what was counted in it."""
        self.step()
        return self.totals

    def beliefs(self) -> list[float]:
        """Return the mean belief about each firm's quality."""
        consumers = self.get_agents_of_type(Consumers).agents
        return [float(consumers[f"belief_{f}"].mean()) for f in range(self.spec.firms)]


def build(spec: Spec, size: int, seed: int) -> Peer:
    """Build a market."""
    return Market(spec, size, seed)
