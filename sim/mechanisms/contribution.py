"""Contribution: the paradox of the customer who zaps and is involved at once.

A consumer may belong to the community of one firm, which need not be where it buys. The appeal of contributing to f is

    appeal_f = openness_f · (playfulness · game_f + thanks_f + reciprocity · S_f),

with thanks from recognition, power sharing and reward, and game the firm's play, both less what money spoils of them
(paying little can be worse than not paying: Gneezy and Rustichini 2000, "Pay enough or don't pay at all"). A member's
expected contributions in a week are a · appeal_f, a being its propensity (heavy-tailed: few give most). Kinds: ideas
and co-design take skill, the rest is peer support. Who contributes learns how much of the co-created value is given
back; what is less than fair, or less than was claimed, lowers S. Members who feel exploited leave for another firm's
community, or for none.
"""

from __future__ import annotations

import numpy as np

from sim.columns import Column
from sim.compiling import compiled, inlined
from sim.fastmath import clip01, log32
from sim.lanes import bit_of, list_lanes, squeeze
from sim.mechanisms.base import MechanismParameters
from sim.mechanisms.sincerity import learn_sincerity
from sim.quantities import quantity
from sim.streams import gumbel_from, mix32, uniform_from

__all__ = [
    "BINS",
    "COLUMNS",
    "SIGNALS",
    "ContributionParameters",
    "add_attachment",
    "bin_of",
    "contribute",
    "game_and_thanks",
]

COLUMNS = (
    Column("propensity", "number", None, "ratio", "propensity to contribute, heavy-tailed", 0.0),
    Column("skill", "number", None, "share", "skill", 0.0),
    Column("playfulness", "number", None, "share", "pleasure taken in contributing", 0.0),
    Column("reciprocity", "number", None, "share", "how much sincerity calls for giving back", 0.0),
    Column("community", "tag", None, "firm", "community joined (-1: none)", -1),
    Column("attachment", "number", None, "share", "attachment to the community", 0.0),
    Column("contributed", "number", None, "units", "contributions made so far", 0.0),
)

SIGNALS = (
    "openness",
    "game",
    "thanks",
    "given_back",
    "proclaimed_sharing",
    "human_contact",
    "brand_push",
    "pull",
)


class ContributionParameters(MechanismParameters):
    """Parameters of communities and contributions."""

    effort: float = quantity(
        0.012,
        "per_week",
        0,
        50,
        "Contributions a week of a member of propensity 1 at full appeal",
        "Contributions par semaine d'un membre de propension 1 à plein attrait",
        symbol="ε",
    )
    join_rate: float = quantity(
        0.3,
        "rate",
        0,
        1,
        "Share of consumers of propensity 1 who look for a community in a week",
        "Part des consommateurs de propension 1 qui cherchent une communauté en une semaine",
        symbol="j",
    )
    choosiness: float = quantity(
        3.0,
        "utility",
        0,
        50,
        "How strongly appeal decides which community is joined",
        "Poids de l'attrait dans le choix d'une communauté",
        symbol="β_c",
    )
    reserve: float = quantity(
        0.35,
        "ratio",
        0,
        10,
        "Appeal that makes joining as likely as staying out",
        "Attrait qui rend l'entrée aussi probable que l'abstention",
    )
    churn: float = quantity(
        0.01,
        "rate",
        0,
        1,
        "Share of unattached members who drift away in a week",
        "Part des membres sans attache qui s'en vont en une semaine",
    )
    intrusion: float = quantity(
        0.03,
        "rate",
        0,
        1,
        "Members driven out in a week by full brand push of a closed firm",
        "Membres chassés en une semaine par la pleine pression publicitaire d'une firme fermée",
        symbol="κ_i",
        source="S2 (Second Life)",
    )
    power_appeal: float = quantity(
        0.2,
        "ratio",
        0,
        10,
        "Appeal of a full share in decisions",
        "Attrait d'un plein partage des décisions",
        symbol="ψ_a",
        source="S1",
    )
    money_appeal: float = quantity(
        0.4,
        "ratio",
        0,
        10,
        "Appeal of a fair wage for contributions",
        "Attrait d'un juste salaire pour les contributions",
        symbol="μ_m",
    )
    pay_crowding: float = quantity(
        0.6,
        "share",
        0,
        1,
        "Share of play and of thanks that money spoils at most",
        "Part du jeu et de la reconnaissance que l'argent gâche au plus",
        symbol="κ_m",
        source="S1; Gneezy & Rustichini 2000",
    )
    pay_half: float = quantity(
        0.1,
        "share",
        0.001,
        1,
        "Reward that spoils half of that",
        "Rémunération qui en gâche la moitié",
    )
    fair_wage: float = quantity(
        4.0,
        "currency",
        0,
        1e6,
        "Fair wage for a contribution",
        "Juste salaire d'une contribution",
    )
    idea_share: float = quantity(
        0.02,
        "share",
        0,
        1,
        "Share of ideas in the contributions of the fully skilled",
        "Part des idées dans les contributions des plus compétents",
    )
    codesign_share: float = quantity(
        0.05,
        "share",
        0,
        1,
        "Share of co-design in the contributions of the fully skilled",
        "Part de la coconception dans les contributions des plus compétents",
    )
    fair_share: float = quantity(
        0.30,
        "share",
        0.001,
        1,
        "Share given back that contributors find fair",
        "Part rendue que les contributeurs jugent juste",
        symbol="g*",
    )
    sharing_weight: float = quantity(
        1.0,
        "ratio",
        0,
        100,
        "Weight of the sharing received in what a contributor believes of sincerity",
        "Poids du partage reçu dans la sincérité perçue par un contributeur",
        symbol="w_g",
        source="S1",
    )
    exploited_below: float = quantity(
        0.25,
        "score",
        0,
        1,
        "S below which a contributor feels exploited and leaves",
        "S sous lequel un contributeur se sent exploité et part",
        symbol="S_x",
    )
    lurking: float = quantity(
        0.15,
        "probability",
        0,
        1,
        "Probability that a member who contributes nothing in a week reads along, as involved as a contributor",
        "Probabilité qu'un membre oisif d'une semaine lise les autres, aussi impliqué qu'un contributeur",
        symbol="ℓ_c",
        source="Nonnecke & Preece 2000; Blanchard & Markus 2004",
    )
    bonding: float = quantity(
        0.10,
        "rate",
        0,
        1,
        "Attachment gained in a week of taking part with full human contact",
        "Attachement gagné en une semaine où l'on prend part avec un plein contact humain",
    )
    fading: float = quantity(
        0.02,
        "rate",
        0,
        1,
        "Attachment lost in a week of neither contributing nor reading",
        "Attachement perdu en une semaine sans contribuer ni lire",
    )
    attachment_effect: float = quantity(
        0.5,
        "utility",
        0,
        20,
        "Utility of buying from the firm of one's community at full attachment",
        "Utilité d'acheter à la firme de sa communauté à plein attachement",
        symbol="β_a",
    )


BINS = 160
"""Bins of the histogram of contributions made: exact up to 63, then eight an octave."""

_EXACT = 64.0
_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_HALF = np.float32(0.5)
_MOST = np.float32(100.0)
_OCTAVES = np.float32(8.0 / 0.6931471805599453)
_LN_64 = np.float32(4.1588830833596715)
_NONE = np.int8(-1)
_FIRST = np.int8(0)
_NOBODY = np.uint64(0)
_STAY_OUT = np.uint32(0)
_BINS_EXACT = np.float32(_EXACT)


@inlined
def bin_of(made):
    """Return the bin of the histogram for a number of contributions made (float32, ≥ 0)."""
    if made < _BINS_EXACT:
        return np.int32(made)
    return min(np.int32(64) + np.int32((log32(made) - _LN_64) * _OCTAVES), np.int32(BINS - 1))


@inlined
def _appeal(f, lane, t, firms):
    """Return the appeal to one consumer of contributing to firm f."""
    firm = firms[f]
    drawn = t.playfulness[lane] * firm.game + firm.thanks + t.reciprocity[lane] * t.sincerity[f, lane]
    return firm.openness * drawn


@inlined
def _choose_community(lane, left, luck, t, firms, p):
    """Return the community that a consumer joins, by logit on appeal against staying out; never the one just left."""
    choice = _NONE
    best = p.choosiness * p.reserve + gumbel_from(mix32(luck, _STAY_OUT))
    for f in range(firms.size):
        if f != left and firms[f].home == f and firms[f].openness > _ZERO and firms[f].alive > _ZERO:
            noisy = p.choosiness * _appeal(f, lane, t, firms) + gumbel_from(mix32(luck, firms[f].key))
            if noisy > best:
                best, choice = noisy, np.int8(f)
    return choice


@compiled
def contribute(stirred, chosen, draws, words, keys, bought, t, firms, p, s, firm_counts, counts):
    """Let a tile's consumers join, contribute, learn what is given back, and leave.

    `bought` (bool) says who has bought something this week; `stirred`, `chosen` and `draws` are scratch rows (bool,
    int32, and at least three of uint32).
    """
    called = _ONE
    for f in range(firms.size):
        called = called + firms[f].pull
    join_rate, key = p.join_rate * called, keys.join
    for lane in range(words.size):
        joins = uniform_from(mix32(words[lane], key)) < join_rate * t.propensity[lane]
        stirred[lane] = t.community[lane] >= 0 or joins
    n = list_lanes(chosen, stirred)
    _draw_ahead(draws[0], draws[1], draws[2], chosen[:n], words, keys.effort, keys.read, keys.leave)
    for i in range(n):
        lane = chosen[i]
        home = t.community[lane]
        if home < 0:
            t.community[lane] = _choose_community(lane, _NONE, mix32(words[lane], keys.community), t, firms, p)
        elif firms[home].alive <= _ZERO:
            t.community[lane], t.attachment[lane] = _NONE, _ZERO
        else:
            _take_part(i, lane, home, draws, words[lane], keys, bought, t, firms, p, s, firm_counts[home], counts)
        if t.community[lane] >= 0:
            firm_counts[t.community[lane]].members += 1


@compiled
def _draw_ahead(efforts, reads, leaves, chosen, words, effort, read, leave):
    """Draw together, for the lanes chosen, what nearly all of them need; the last three are the keys."""
    squeeze(leaves[: chosen.size], words, chosen)
    for i in range(chosen.size):
        word = leaves[i]
        efforts[i], reads[i], leaves[i] = mix32(word, effort), mix32(word, read), mix32(word, leave)


@compiled
def communities_of(community):
    """Return the communities that a tile's consumers are members of: a bit (uint64) a firm."""
    communities = _NOBODY
    for lane in range(community.size):
        mine = bit_of(max(community[lane], _FIRST))
        communities = np.uint64(communities | (mine if community[lane] >= 0 else _NOBODY))
    return communities


@inlined
def _take_part(i, lane, home, draws, word, keys, bought, t, firms, p, s, count, counts):
    """Carry one member, the i-th for whom was drawn ahead, through a week in its community."""
    firm = firms[home]
    expected = min(p.effort * t.propensity[lane] * _appeal(home, lane, t, firms), _MOST)
    made = np.int32(expected + uniform_from(draws[0, i]))
    attachment = t.attachment[lane]
    if made > 0:
        kind = uniform_from(mix32(word, keys.kind))
        ideas, designs = p.idea_share * t.skill[lane], p.codesign_share * t.skill[lane]
        n = np.int64(made)
        if kind < ideas:
            count.ideas += n
        elif kind < ideas + designs:
            count.codesigns += n
        else:
            count.supports += n
        count.contributors += 1
        counts.prosumers += 1 if bought[lane] else 0
        counts.cohort_contributors[t.cohort[lane]] += 1
        before = t.contributed[lane]
        after = before + np.float32(made)
        t.contributed[lane] = after
        old, new = bin_of(before), bin_of(after)
        counts.makers[old] -= 1
        counts.makers[new] += 1
        counts.made[old] -= np.int64(before)
        counts.made[new] += np.int64(after)
        involved = True
    else:
        involved = uniform_from(draws[1, i]) < p.lurking
    if involved:
        if s.enabled:
            fair = min(firm.given_back / max(p.fair_share, firm.proclaimed_sharing), _ONE)
            t.sincerity[home, lane] = learn_sincerity(t.sincerity[home, lane], fair, p.sharing_weight, s)
        bond = p.bonding * (_HALF + _HALF * firm.human_contact)
        attachment = clip01(attachment + bond * (_ONE - attachment))
    else:
        attachment = attachment * (_ONE - p.fading)
    t.attachment[lane] = attachment
    exploited = involved and t.sincerity[home, lane] < p.exploited_below
    intruded = p.intrusion * firm.brand_push * (_ONE - firm.openness)
    drifts = uniform_from(draws[2, i]) < p.churn * (_ONE - attachment) + intruded
    if exploited or drifts:
        count.leavers += 1
        t.attachment[lane] = _ZERO
        t.community[lane] = _NONE
        if exploited:
            t.community[lane] = _choose_community(lane, home, mix32(word, keys.community), t, firms, p)


@compiled
def add_attachment(utility, community, attachment, home, p):
    """Add to the utility of a firm, or of its line, what its community's members feel for it; `home` is that firm."""
    code, effect = np.int8(home), p.attachment_effect
    for lane in range(utility.size):
        bond = effect * attachment[lane]
        utility[lane] = utility[lane] + (bond if community[lane] == code else _ZERO)


def game_and_thanks(
    p: ContributionParameters, play: float, recognition: float, power_sharing: float, reward: float
) -> tuple[float, float]:
    """Return what contributing offers for fun, and what for thanks, power and money, 0 upwards.

    Parameters
    ----------
    p
        The mechanism's parameters.
    play, recognition, power_sharing, reward
        The firm's levers, 0 to 1; play may be raised by a campaign.
    """
    spoilt = p.pay_crowding * reward / (reward + p.pay_half)
    thanks = recognition * (1 - spoilt) + p.power_appeal * power_sharing + p.money_appeal * reward
    return play * (1 - spoilt), thanks
