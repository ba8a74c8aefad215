"""Contribution (4.7)."""

from __future__ import annotations

import math

from sim.mechanisms.contribution import ContributionParameters
from sim.mechanisms.sincerity import SincerityParameters

from .entities import Consumer, Firm, Tally
from .luck import gumbel, gumbel_of, key_of, mixed, uniform
from .sincerity import learned


def game_and_thanks(firm: Firm, campaign: float, p: ContributionParameters) -> tuple[float, float]:
    """What contributing to a firm offers; `campaign` is the play that campaigns under way add."""
    r, r_m, κ_m, ψ_a, μ_m = firm.reward, p.pay_half, p.pay_crowding, p.power_appeal, p.money_appeal
    spoilt = κ_m * r / (r + r_m)
    game = min(1.0, firm.play + campaign) * (1 - spoilt)
    return game, firm.recognition * (1 - spoilt) + ψ_a * firm.power_sharing + μ_m * r


def appeal(c: Consumer, f: int, firm: Firm) -> float:
    return firm.o * (c.π * firm.game + firm.thanks + c.ς * c.S[f])


def look_for_community(
    c: Consumer, left: int | None, word: int, firms: list[Firm], p: ContributionParameters
) -> int | None:
    """By logit against staying out, the largest of utility and noise; never the one just left."""
    β_c = p.choosiness
    luck = mixed(word, key_of("community"))
    noisy: dict[int | None, float] = {None: β_c * p.reserve + gumbel_of(mixed(luck, 0))}
    for f, firm in enumerate(firms):
        if f != left and firm.parent is None and firm.o > 0 and firm.alive:
            noisy[f] = β_c * appeal(c, f, firm) + gumbel(luck, firm.name)
    return max(noisy, key=lambda option: noisy[option])


def take_part(
    c: Consumer,
    word: int,
    has_bought: bool,
    firms: list[Firm],
    p: ContributionParameters,
    s: SincerityParameters,
    tally: Tally,
) -> None:
    """Let a consumer look for a community, or carry a member through its week."""
    ε, j, g_fair, w_g, S_x, κ_i = p.effort, p.join_rate, p.fair_share, p.sharing_weight, p.exploited_below, p.intrusion
    if c.community is None:
        if uniform(word, "join") < j * c.a * (1 + sum(firm.pull for firm in firms)):
            c.community = look_for_community(c, None, word, firms, p)
    elif not firms[c.community].alive:
        c.community, c.attachment = None, 0.0
    else:
        f = c.community
        firm, count = firms[f], tally.firms[f]
        made = min(100, math.floor(ε * c.a * appeal(c, f, firm) + uniform(word, "effort")))
        if made > 0:
            count[kind_of_contribution(c, uniform(word, "kind"), p)] += made
            count["contributors"] += 1
            tally.market["prosumers"] += has_bought
            tally.market[f"contributors of cohort {c.cohort}"] += 1
            c.contributions += made
        involved = made > 0 or uniform(word, "read") < p.lurking
        if involved:
            c.S[f] = learned(c.S[f], min(1.0, firm.g / max(g_fair, firm.g_claimed)), w_g, s)
            c.attachment += p.bonding * (0.5 + 0.5 * firm.φ) * (1 - c.attachment)
        else:
            c.attachment = c.attachment * (1 - p.fading)
        exploited = involved and c.S[f] < S_x
        drifts = p.churn * (1 - c.attachment) + κ_i * firm.b * (1 - firm.o)
        if exploited or uniform(word, "leave") < drifts:
            count["leavers"] += 1
            c.attachment = 0.0
            c.community = look_for_community(c, f, word, firms, p) if exploited else None
    if c.community is not None:
        tally.firms[c.community]["members"] += 1


def kind_of_contribution(c: Consumer, u: float, p: ContributionParameters) -> str:
    if u < p.idea_share * c.k:
        return "ideas"
    if u < p.idea_share * c.k + p.codesign_share * c.k:
        return "codesigns"
    return "supports"
