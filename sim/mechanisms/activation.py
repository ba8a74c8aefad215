"""Activation: consumers turn militant, cause by cause, and fade.

Each cause c has a public salience A_c. A consumer with value weight w_c feels the drive

    D_c = w_c · A_c · (1 + pressure · militant peers' mean energy) + mood

and takes up its strongest cause when D_c exceeds its threshold θ. It turns to the firm f with the largest
|focus_fc · perceived_fc|, where focus is how much the public links firm and cause, and

    perceived_fc = known_fc + S_f · (proclaimed_fc − known_fc) + kinship · attachment (for a member of f's community):

who trusts a firm sees what it proclaims, who does not sees what is known of its conduct. A negative perception makes an
attacker, a positive one a defender. Energy starts from the excess of drive over threshold and decays at a personal
rate (`persistence`, heavy-tailed: most episodes are short, a few last); below a floor the militant zaps again. Speaking
costs a click, acting on a purchase costs more: each has its own bar of energy.
"""

from __future__ import annotations

import numpy as np

from sim.columns import Column
from sim.compiling import compiled, inlined
from sim.fastmath import clip01
from sim.lanes import bit_of, list_lanes
from sim.mechanisms.base import MechanismParameters
from sim.mechanisms.sincerity import move_sincerity
from sim.quantities import quantity
from sim.streams import mix32, normal_from

__all__ = [
    "COLUMNS",
    "MILITANT",
    "SIGNALS",
    "ZAPPING",
    "ActivationParameters",
    "activate",
    "add_militancy",
    "add_pressure",
    "pack_voices",
    "sum_voices",
    "sway_beliefs",
    "tally_militants",
    "targets_acted_on",
    "targets_of",
]

ZAPPING, MILITANT = 0, 1

COLUMNS = (
    Column("values", "number", "cause", "share", "weight of each cause", 0.0),
    Column("threshold", "number", None, "ratio", "drive above which one turns militant", 1e9),
    Column("persistence", "number", None, "share", "share of energy kept from week to week", 0.0),
    Column("energy", "number", None, "share", "energy of a militant", 0.0),
    Column("role", "tag", None, "code", "0 zapping, 1 militant", ZAPPING),
    Column("cause", "tag", None, "cause", "cause taken up (-1: none)", -1),
    Column("target", "tag", None, "firm", "firm attacked or defended (-1: none)", -1),
    Column("stance", "tag", None, "code", "-1 attacks, +1 defends, 0 neither", 0),
    Column("episode", "code", None, "weeks", "weeks of the present militant episode", 0),
)

SIGNALS = ("proclaimed", "known", "focus")
"""One value a firm and cause."""


class ActivationParameters(MechanismParameters):
    """Parameters of militancy."""

    pressure: float = quantity(
        2.0,
        "ratio",
        0,
        100,
        "How much militant peers strengthen a drive",
        "Renforcement de l'élan par les pairs militants",
        symbol="χ",
    )
    mood: float = quantity(
        0.15,
        "ratio",
        0,
        10,
        "Standard deviation of mood in the drive",
        "Écart type de l'humeur dans l'élan",
        symbol="σ_m",
    )
    spark: float = quantity(
        2.5,
        "ratio",
        0,
        100,
        "Energy at the start per unit of drive above the threshold",
        "Énergie de départ par unité d'élan au-dessus du seuil",
        symbol="e_0",
    )
    floor: float = quantity(
        0.05,
        "share",
        0.001,
        1,
        "Energy below which an episode ends",
        "Énergie sous laquelle l'épisode prend fin",
    )
    kinship: float = quantity(
        0.5,
        "ratio",
        0,
        10,
        "How much attachment to a community brightens the view of its firm",
        "Part de l'attachement à la communauté dans le regard porté sur la firme",
        symbol="k_a",
    )
    click_cost: float = quantity(
        0.06,
        "share",
        0,
        1,
        "Energy needed to speak",
        "Énergie nécessaire pour parler",
        symbol="ε_s",
        source="S3",
    )
    act_cost: float = quantity(
        0.35,
        "share",
        0,
        1,
        "Energy needed to change a purchase",
        "Énergie nécessaire pour changer un achat",
        symbol="ε_a",
    )
    purchase_effect: float = quantity(
        4.0,
        "utility",
        0,
        50,
        "Utility moved by a militant of full energy who acts",
        "Utilité déplacée par un militant d'énergie maximale qui agit",
        symbol="m",
    )
    sway: float = quantity(
        0.1,
        "ratio",
        0,
        1,
        "How much the voices of militant peers move beliefs",
        "Effet des voix de pairs militants sur les croyances",
        symbol="κ_v",
    )
    review_weight: float = quantity(
        0.02,
        "ratio",
        0,
        10,
        "Ratings left by a militant of full energy in a week",
        "Notes laissées en une semaine par un militant d'énergie maximale",
    )
    voice_feeds: float = quantity(
        1.0,
        "ratio",
        0,
        100,
        "Salience added in a week per unit of mean militant energy",
        "Saillance ajoutée par semaine et par unité d'énergie militante moyenne",
        symbol="v_A",
    )
    fast_decay: float = quantity(
        0.95,
        "rate",
        0,
        1,
        "Share of fast salience lost in a week",
        "Part de la saillance rapide perdue en une semaine",
        symbol="δ_1",
        source="Crane, Schweitzer & Sornette 2010",
    )
    slow_decay: float = quantity(
        0.12,
        "rate",
        0,
        1,
        "Share of slow salience lost in a week",
        "Part de la saillance lente perdue en une semaine",
        symbol="δ_2",
    )
    slow_share: float = quantity(
        0.05,
        "share",
        0,
        1,
        "Share of a shock that goes into slow salience",
        "Part d'un choc qui va dans la saillance lente",
        symbol="s_A",
    )
    weariness: float = quantity(
        0.15,
        "rate",
        0,
        1,
        "How fast the public tires of a cause under full attention",
        "Vitesse à laquelle le public se lasse d'une cause sous pleine attention",
        symbol="ω_A",
        source="Downs 1972 (issue-attention cycle)",
    )
    refresh: float = quantity(
        0.03,
        "rate",
        0,
        1,
        "Share of that weariness lost in a week",
        "Part de cette lassitude perdue en une semaine",
        symbol="ρ_A",
    )
    focus_decay: float = quantity(
        0.15,
        "rate",
        0,
        1,
        "Share of a firm's link with a cause forgotten in a week",
        "Part du lien entre firme et cause oubliée en une semaine",
        symbol="δ_f",
    )


# What peers hear of a militant is one 32-bit word: energy in 10 bits (0: silent), stance in 1, cause in 3, firm in 6.
_SCALE = np.float32(1023.0)
_HALF = np.float32(0.5)
_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_MINUS = np.float32(-1.0)
_SILENT = np.uint32(0)
_ENERGY = np.uint32(1023)
_DEFENDS = np.uint32(1 << 10)
_BIT_CAUSE = np.uint32(11)
_CAUSE = np.uint32(7)
_BIT_FIRM = np.uint32(14)
_FIRM = np.uint32(63)
_NONE = np.int32(0)
_NOTHING_32 = np.int32(-1)
_NO_FIRM = np.uint64(0)
_MILITANT = np.int8(MILITANT)
_ZAPPING = np.int8(ZAPPING)
_NOTHING = np.int8(-1)
_ONE_WEEK = np.int16(1)
_NEUTRAL = np.int8(0)
_NO_WEEK = np.int16(0)


@compiled
def pack_voices(voiced, role, energy, stance, cause, target, click_cost):
    """Write what each militant of a tile says this week; who is silent writes 0."""
    for lane in range(voiced.size):
        word = _SILENT
        if role[lane] == _MILITANT and energy[lane] >= click_cost:
            word = np.uint32(np.int32(energy[lane] * _SCALE + _HALF))
            word = np.uint32(word | (_DEFENDS if stance[lane] > 0 else _SILENT))
            word = np.uint32(word | (np.uint32(cause[lane]) << _BIT_CAUSE) | (np.uint32(target[lane]) << _BIT_FIRM))
        voiced[lane] = word


@compiled
def add_pressure(pressure, voices, code):
    """Sum peers' energy for one cause: pressure[lane] in 1/1023 of a fully energetic peer."""
    cause = np.uint32(code)
    for lane in range(pressure.size):
        pressure[lane] = _NONE
    for k in range(voices.shape[0]):
        ears = voices[k]
        for lane in range(pressure.size):
            word = ears[lane]
            mine = np.uint32((word >> _BIT_CAUSE) & _CAUSE) == cause
            pressure[lane] = np.int32(pressure[lane] + (np.int32(word & _ENERGY) if mine else _NONE))


@compiled
def targets_of(voices):
    """Return the firms that the voices heard in a tile speak of: a bit (uint64) a firm, 0 where all are silent."""
    firms = _NO_FIRM
    for k in range(voices.shape[0]):
        ears = voices[k]
        for lane in range(ears.size):
            word = ears[lane]
            mine = bit_of((word >> _BIT_FIRM) & _FIRM)
            firms = np.uint64(firms | (mine if np.uint32(word & _ENERGY) > _SILENT else _NO_FIRM))
    return firms


@compiled
def sum_voices(net, voices, code):
    """Sum peers' energies for one firm less those against it: net[lane] in 1/1023 of a fully energetic peer."""
    firm = np.uint32(code)
    for lane in range(net.size):
        net[lane] = _NONE
    for k in range(voices.shape[0]):
        ears = voices[k]
        for lane in range(net.size):
            word = ears[lane]
            loud = np.int32(word & _ENERGY)
            signed = loud if np.uint32(word & _DEFENDS) else np.int32(-loud)
            about = np.uint32((word >> _BIT_FIRM) & _FIRM) == firm
            net[lane] = np.int32(net[lane] + (signed if about else _NONE))


@compiled
def sway_beliefs(quality, sincerity, net, peers, peer_trust, s):
    """Move beliefs about one firm towards 1 by defending peers and towards 0 by attacking ones.

    With v the mean over peers of stance · energy (`net`), Q and S move by sway · τ · |v| of the way; S falls faster
    than it rises. A voice is heard whether or not the speaker ever bought from the firm.
    """
    scale = s.activation.sway / (_SCALE * np.float32(peers))
    moves_quality = _ONE if s.beliefs.enabled else _ZERO
    moves_sincerity = _ONE if s.sincerity.enabled else _ZERO
    asymmetry = s.sincerity.asymmetry
    for lane in range(quality.size):
        v = np.float32(net[lane]) * scale * peer_trust[lane]
        goal = _ONE if v > _ZERO else _ZERO
        quality[lane] = clip01(quality[lane] + moves_quality * abs(v) * (goal - quality[lane]))
        change = moves_sincerity * abs(v) * (goal - sincerity[lane])
        sincerity[lane] = move_sincerity(sincerity[lane], change, asymmetry)


@compiled
def activate(drive, motive, pressure, stirred, chosen, voices, spoken_of, words, key, salience, t, firms, p, counts):
    """Let a tile's consumers take up a cause, go on with it, turn against or for a firm, or let it go.

    `drive`, `motive`, `pressure`, `stirred` and `chosen` are scratch rows (float32, int32, int32, bool, int32);
    `spoken_of` says which firms the voices speak of, 0 where there are none; `t` is the tile; `counts` the market's
    tally.
    """
    lanes = drive.size
    scale = p.pressure / (_SCALE * np.float32(voices.shape[0]))
    for lane in range(lanes):
        drive[lane] = _MINUS
        motive[lane] = _NOTHING_32
        pressure[lane] = _NONE
    is_salient = False
    for c in range(t.values.shape[0]):
        public = salience[c]
        if public > _ZERO:
            is_salient = True
            if spoken_of != _NO_FIRM:
                add_pressure(pressure, voices, c)
            weight, code = t.values[c], np.int32(c)
            for lane in range(lanes):
                d = weight[lane] * public * (_ONE + scale * np.float32(pressure[lane]))
                stronger = d > drive[lane]
                drive[lane] = d if stronger else drive[lane]
                motive[lane] = code if stronger else motive[lane]
    mood, threshold, role = p.mood, t.threshold, t.role
    for lane in range(lanes):
        stirred[lane] = role[lane] == _MILITANT
    if is_salient:
        for lane in range(lanes):
            drive[lane] = drive[lane] + mood * normal_from(mix32(words[lane], key))
            ignites = motive[lane] >= 0 and drive[lane] > threshold[lane]
            stirred[lane] = stirred[lane] or ignites
    for i in range(list_lanes(chosen, stirred)):
        lane = chosen[i]
        active = t.role[lane] == _MILITANT
        ignites = motive[lane] >= 0 and drive[lane] > t.threshold[lane]
        _live_on(lane, active, ignites, drive[lane], motive[lane], t, firms, p, counts)


@inlined
def _live_on(lane, active, ignites, drive, motive, t, firms, p, counts):
    """Carry one consumer's militancy through a week."""
    energy = t.energy[lane] * t.persistence[lane]
    fuel = min(_ONE, p.spark * (drive - t.threshold[lane])) if ignites else _ZERO
    if fuel > energy and fuel >= p.floor:
        target, view = _choose_target(lane, motive, t, firms, p)
        if target >= 0:
            stance = np.int8(1) if view > _ZERO else np.int8(-1)
            flipped = active and t.target[lane] == target and t.stance[lane] == -stance
            counts.flips += 1 if flipped else 0
            counts.switched_causes += 1 if active and t.cause[lane] != motive else 0
            energy = fuel
            t.cause[lane], t.target[lane], t.stance[lane] = np.int8(motive), np.int8(target), stance
            t.episode[lane] = t.episode[lane] if active else _NO_WEEK
            t.role[lane] = _MILITANT
    if t.role[lane] == _MILITANT:
        t.energy[lane] = energy
        if energy < p.floor:
            counts.ended_episodes += 1
            counts.ended_weeks += np.int64(t.episode[lane])
            t.role[lane], t.energy[lane], t.episode[lane] = _ZAPPING, _ZERO, _NO_WEEK
            t.cause[lane], t.target[lane], t.stance[lane] = _NOTHING, _NOTHING, _NEUTRAL
        else:
            t.episode[lane] = np.int16(t.episode[lane] + _ONE_WEEK)


@inlined
def _choose_target(lane, cause, t, firms, p):
    """Return the firm whose perceived conduct on a cause, times its public focus, is largest; and that view of it."""
    best, target, view = _ZERO, -1, _ZERO
    for f in range(firms.size):
        focus = firms[f].focus[cause]
        if focus > _ZERO:
            known = firms[f].known[cause]
            perceived = known + t.sincerity[f, lane] * (firms[f].proclaimed[cause] - known)
            if t.community[lane] == firms[f].home:
                perceived = perceived + p.kinship * t.attachment[lane]
            size = focus * abs(perceived)
            if size > best:
                best, target, view = size, f, perceived
    return target, view


@compiled
def targets_acted_on(target, energy, p):
    """Return the firms that militants of a tile who act are for or against: a bit (uint64) a firm."""
    firms, act_cost = _NO_FIRM, p.act_cost
    for lane in range(target.size):
        acts = target[lane] >= 0 and energy[lane] >= act_cost
        firms = np.uint64(firms | (bit_of(max(target[lane], _NEUTRAL)) if acts else _NO_FIRM))
    return firms


@compiled
def add_militancy(utility, target, stance, energy, code, home, p):
    """Add to the utility of a firm, or of a line of firm `home`, what attackers and defenders who act make of it."""
    act_cost, effect = p.act_cost, p.purchase_effect
    for lane in range(utility.size):
        acts = (target[lane] == code or target[lane] == home) and energy[lane] >= act_cost
        pull = effect * np.float32(stance[lane]) * energy[lane]
        utility[lane] = utility[lane] + (pull if acts else _ZERO)


@compiled
def tally_militants(chosen, flags, t, p, firm_counts, counts):
    """Count a tile's militants: who speaks, who acts, for and against whom, and the energy spent on each cause.

    `chosen` and `flags` are scratch rows (int32, bool).
    """
    for lane in range(t.role.size):
        flags[lane] = t.role[lane] == _MILITANT
    for i in range(list_lanes(chosen, flags)):
        lane = chosen[i]
        energy = t.energy[lane]
        loud = np.int64(np.int32(energy * _SCALE + _HALF))
        counts.militants[t.cause[lane]] += 1
        speaks, acts = energy >= p.click_cost, energy >= p.act_cost
        firm = firm_counts[t.target[lane]]
        if t.stance[lane] > 0:
            firm.buycotters += 1 if acts else 0
            firm.defenders += 1 if speaks else 0
            firm.voice_for += loud if speaks else 0
        else:
            firm.boycotters += 1 if acts else 0
            firm.attackers += 1 if speaks else 0
            firm.voice_against += loud if speaks else 0
        if speaks:
            counts.voice[t.cause[lane]] += loud
