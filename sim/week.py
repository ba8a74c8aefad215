"""The consumers' week: the mechanisms' rules, one after the other, over one tile after the other.

A tile stays in the processor's cache while all rules pass over it, so that each rule can be a short loop of its own in
its mechanism's file. Everything read of others is last week's (their words, the firms' signals), so the order of
tiles, threads and consumers cannot matter. Adding a mechanism means one line here, where its rule has its place.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiling import allocating, compiled
from sim.lanes import bit_of, squeeze
from sim.mechanisms.activation import (
    activate,
    add_militancy,
    pack_voices,
    sum_voices,
    sway_beliefs,
    tally_militants,
    targets_acted_on,
    targets_of,
)
from sim.mechanisms.ambassadors import add_ambassadors, federate
from sim.mechanisms.beliefs import gather_words, pack_words, sum_words, update_quality
from sim.mechanisms.contribution import add_attachment, communities_of, contribute
from sim.mechanisms.experience import experience
from sim.mechanisms.income import tighten
from sim.mechanisms.offers import add_use
from sim.mechanisms.porosity import spill_over
from sim.mechanisms.purchase import (
    add_effort,
    enter_race,
    fit_values,
    miss_on_shelf,
    settle,
    start_race,
    tally_purchases,
    tally_reach,
    utility_of,
)
from sim.mechanisms.sharing import add_visits, keep_goods, trust_hosts
from sim.mechanisms.sincerity import update_sincerity
from sim.phases import (
    ACTIVATION,
    AMBASSADORS,
    BELIEFS,
    CHOICE,
    CONTRIBUTION,
    DRAWS,
    EXPERIENCE,
    GOODS,
    HEARING,
    PURCHASES,
    SAYING,
    TALLIES,
    UNITS,
    UTILITIES,
    lap,
    start_clock,
)
from sim.prefetch import prefetch_words
from sim.shoppers import find_shoppers, list_buyers, new_shoppers
from sim.streams import draw_week
from sim.tile import open_tile

__all__ = ["run_tiles"]

_NO = np.float32(0.0)
_ALL = np.float32(1.0)
_SCALE = np.float32(1023.0)
_HALF = np.float32(0.5)
_NO_ONE = np.uint64(0)
_NONE = np.int32(0)
_SILENT = np.uint32(0)


class Scratch(NamedTuple):
    """Rows of a tile that hold what one rule hands to the next: (lanes,) each, or (peers | words, lanes)."""

    words: NDArray[np.uint32]
    draws: NDArray[np.uint32]
    heard: NDArray[np.uint32]
    voices: NDArray[np.uint32]
    both: NDArray[np.uint64]
    voiced: NDArray[np.uint32]
    total: NDArray[np.uint32]
    net: NDArray[np.int32]
    sensitivity: NDArray[np.float32]
    drive: NDArray[np.float32]
    units: NDArray[np.int32]
    choice: NDArray[np.int32]
    chosen: NDArray[np.int32]
    flags: NDArray[np.bool_]
    bought: NDArray[np.bool_]


@allocating
def new_scratch(lanes, peers):
    """Return rows for a tile."""
    return Scratch(
        np.empty((4, lanes), np.uint32),
        np.empty((3, lanes), np.uint32),
        np.empty((peers, lanes), np.uint32),
        np.empty((peers, lanes), np.uint32),
        np.empty(lanes, np.uint64),
        np.empty(lanes, np.uint32),
        np.empty(lanes, np.uint32),
        np.empty(lanes, np.int32),
        np.empty(lanes, np.float32),
        np.empty(lanes, np.float32),
        np.empty(lanes, np.int32),
        np.empty(lanes, np.int32),
        np.empty(lanes, np.int32),
        np.empty(lanes, np.bool_),
        np.empty(lanes, np.bool_),
    )


@allocating
def run_tiles(
    first,
    last,
    size,
    population,
    rows,
    firms,
    sectors,
    keys,
    salience,
    hardship,
    s,
    luck,
    window,
    words,
    next_words,
    times,
    firm_counts,
    counts,
):
    """Run one week for the tiles first to last − 1.

    Parameters
    ----------
    first, last, size
        Tiles to run, and the number of consumers (the last tile may have unused lanes).
    population
        (numbers, codes, tags, peers): blocks of all tiles.
    rows, firms, sectors, keys, s
        Arrays of records: rows of the columns, firms' signals, sectors, keys of draws, and the mechanisms' settings.
        What there is only one of stands in an array of one, which costs less to hand over than a record.
    salience
        Public salience of each cause, float32 (causes,).
    hardship
        Hardship of each cohort, float32 (cohorts,), the rest of the population first; empty where there is none.
    luck
        (week, replicate, k0, k1), uint32.
    window
        Weeks over which a firm's reach is counted.
    words, next_words
        What everyone said last week, and says this week: uint64 (consumers,), two words of 32 bits each.
    times
        Time spent on each phase (`sim.phases`), int64, to add to; empty: time is not taken.
    firm_counts, counts
        Arrays of records to add to: one a firm, one for the market.
    """
    rows, keys, s, counts = rows[0], keys[0], s[0], counts[0]
    numbers, codes, tags, peers = population
    lanes = numbers.shape[2]
    x, room = new_scratch(lanes, peers.shape[1]), new_shoppers(lanes, rows.causes)
    for k in range(first, last):
        clock = start_clock(times)
        if k + 1 < last:
            prefetch_words(words, peers[k + 1])
        lap(times, HEARING, clock)
        used = min(lanes, size - k * lanes)
        _run_tile(
            x, room, k, used, numbers[k], codes[k], tags[k], peers[k], rows, firms, sectors, keys, salience, hardship,
            s, luck, window, words, next_words, times, firm_counts, counts,
        )  # fmt: skip


@compiled
def _run_tile(
    x,
    room,
    k,
    used,
    numbers,
    codes,
    tags,
    peers,
    rows,
    firms,
    sectors,
    keys,
    salience,
    hardship,
    s,
    luck,
    window,
    words,
    next_words,
    times,
    firm_counts,
    counts,
):
    """Run one week for tile k, of which so many lanes are `used`."""
    week, replicate, k0, k1 = luck
    begins = k * x.flags.size
    t = open_tile(numbers, codes, tags, rows)
    clock = start_clock(times)
    draw_week(x.words, begins, week, replicate, k0, k1)
    clock = lap(times, DRAWS, clock)
    spoken_of, listens = _NO_ONE, s.beliefs.enabled or s.sincerity.enabled or s.activation.enabled
    if listens and gather_words(x.heard, x.voices, x.both, peers, words):
        spoken_of = targets_of(x.voices)
    clock = lap(times, HEARING, clock)

    _form_beliefs(x, spoken_of, t, firms, s)
    clock = lap(times, BELIEFS, clock)
    if s.activation.enabled and t.values.shape[0] > 0:
        activate(
            x.drive, x.choice, x.net, x.flags, x.chosen, x.voices, spoken_of, x.words[3], keys.mood, salience,
            t, firms, s.activation, counts,
        )  # fmt: skip
    clock = lap(times, ACTIVATION, clock)
    for lane in range(x.bought.size):
        x.bought[lane] = False
    if s.purchase.enabled:
        _go_shopping(x, room, week, hardship, sectors, t, firms, s, times, firm_counts, counts)
    clock = start_clock(times)
    if s.contribution.enabled:
        contribute(
            x.flags,
            x.chosen,
            x.draws,
            x.words[3],
            keys,
            x.bought,
            t,
            firms,
            s.contribution,
            s.sincerity,
            firm_counts,
            counts,
        )
    clock = lap(times, CONTRIBUTION, clock)
    if s.ambassadors.enabled and s.contribution.enabled:
        federate(x.flags, x.chosen, x.words[3], keys.federate, t, firms, s.ambassadors, firm_counts)
    clock = lap(times, AMBASSADORS, clock)
    _speak(x, next_words[begins : begins + used], t, s, firm_counts, counts)
    clock = lap(times, SAYING, clock)
    for f in range(firms.size):
        _tally_minds(f, used, week, window, t, firm_counts[f])
    lap(times, TALLIES, clock)


@compiled
def _form_beliefs(x, spoken_of, t, firms, s):
    """Beliefs about quality and sincerity: what peers, ratings, claims, exposures and voices make of them."""
    if s.beliefs.enabled or s.sincerity.enabled:
        for f in range(firms.size):
            if firms[f].alive <= _NO:
                continue
            sum_words(x.total, x.heard, f)
            if s.beliefs.enabled:
                update_quality(
                    t.quality[f], t.sincerity[f], x.total, t.peer_trust, t.brand_trust, t.community,
                    firms[f], firms[f].home, s.beliefs,
                )  # fmt: skip
            if s.sincerity.enabled:
                update_sincerity(
                    t.sincerity[f], x.total, t.peer_trust, t.community, firms[f], firms[f].home, s.sincerity
                )
    if s.porosity.enabled:
        for f in range(firms.size):
            parent = firms[f].parent
            if parent >= 0 and firms[f].alive > _NO:
                if s.beliefs.enabled:
                    spill_over(t.quality[f], t.quality[parent], s.porosity.spillover)
                if s.sincerity.enabled:
                    spill_over(t.sincerity[f], t.sincerity[parent], s.porosity.spillover)
    if spoken_of != _NO_ONE and s.activation.sway > _NO:
        for f in range(firms.size):
            if firms[f].alive > _NO and np.uint64(spoken_of & bit_of(f)) != _NO_ONE:
                sum_voices(x.net, x.voices, f)
                sway_beliefs(t.quality[f], t.sincerity[f], x.net, x.voices.shape[0], t.peer_trust, s)


@compiled
def _go_shopping(x, room, week, hardship, sectors, t, firms, s, times, firm_counts, counts):
    """Purchase and experience, sector by sector."""
    sensitivity = t.price_sensitivity
    if hardship.size > 0:
        sensitivity = x.sensitivity
        tighten(sensitivity, t.price_sensitivity, t.cohort, hardship, s.income.stinginess)
    members, acted_on = communities_of(t.community), targets_acted_on(t.target, t.energy, s.activation)
    for i in range(sectors.size):
        clock = start_clock(times)
        n, shoppers = find_shoppers(room, x.flags, x.words, sensitivity, sectors[i], t)
        lap(times, UNITS, clock)
        _choose(shoppers, members, acted_on, sectors[i], t, firms, s, times)
        _buy(x, n, shoppers, week, sectors[i], t, firms, s, times, firm_counts, counts)
    buyers = _NONE
    for lane in range(x.bought.size):
        buyers = np.int32(buyers + np.int32(x.bought[lane]))
    counts.buyers += np.int64(buyers)


@compiled
def _choose(x, members, acted_on, sector, t, firms, s, times):
    """Whom the shoppers of one sector would buy from: utilities, and a race of clocks."""
    clock = start_clock(times)
    start_race(x.first, x.choice, x.sum_of_rates, x.race, sector.outside_key, sector.has_outside, sector.outside)
    clock = lap(times, UNITS, clock)
    _gather_leanings(x, members, acted_on, sector, t, firms, s)
    for f in range(sector.first, sector.last):
        firm = firms[f]
        if firm.available <= _NO:
            continue
        squeeze(x.taste, t.taste[f], x.lane)
        squeeze(x.quality, t.quality[f], x.lane)
        squeeze(x.sincerity, t.sincerity[f], x.lane)
        utility_of(
            x.utility, x.taste, x.quality, x.sincerity, x.supplier, x.inertia, x.sensitivity,
            firm, f, sector.reference_price, s.purchase,
        )  # fmt: skip
        fit_values(x.utility, x.values, x.sincerity, firm, s.purchase)
        if s.contribution.enabled and np.uint64(members & bit_of(firm.home)) != _NO_ONE:
            add_attachment(x.utility, x.community, x.attachment, firm.home, s.contribution)
        if s.activation.enabled and np.uint64(acted_on & (bit_of(f) | bit_of(firm.home))) != _NO_ONE:
            add_militancy(x.utility, x.target, x.stance, x.energy, f, firm.home, s.activation)
        add_use(x.utility, x.use_preference, x.supplier, firm, f, s.offers)
        add_effort(x.utility, x.skill, x.values, firm)
        if s.sharing.enabled and sector.sharing >= 0:
            add_visits(x.utility, x.supplier, sector.sharing, firm, s.sharing)
        clock = lap(times, UTILITIES, clock)
        if firm.available < _ALL:
            miss_on_shelf(x.utility, x.trip, firm.shelf_key, firm.available)
        enter_race(x.first, x.choice, x.sum_of_rates, x.utility, x.race, firm.key, f)
        clock = lap(times, CHOICE, clock)


@compiled
def _gather_leanings(x, members, acted_on, sector, t, firms, s):
    """Squeeze together what shoppers are and feel, as far as it can matter to their choice this week."""
    if s.contribution.enabled and members != _NO_ONE:
        squeeze(x.community, t.community, x.lane)
        squeeze(x.attachment, t.attachment, x.lane)
    if s.activation.enabled and acted_on != _NO_ONE:
        squeeze(x.target, t.target, x.lane)
        squeeze(x.stance, t.stance, x.lane)
        squeeze(x.energy, t.energy, x.lane)
    is_use, asks, stands = False, False, False
    for f in range(sector.first, sector.last):
        firm = firms[f]
        is_use = is_use or firm.is_use > _NO
        asks = asks or firm.hassle > _NO or firm.idealism > _NO
        for c in range(t.values.shape[0]):
            stands = stands or firm.known[c] != _NO or firm.proclaimed[c] != _NO
    if is_use:
        squeeze(x.use_preference, t.use_preference, x.lane)
    if asks:
        squeeze(x.skill, t.skill, x.lane)
    if asks or stands:
        for c in range(t.values.shape[0]):
            squeeze(x.values[c][: x.lane.size], t.values[c], x.lane)


@compiled
def _buy(x, found, shoppers, week, sector, t, firms, s, times, firm_counts, counts):
    """What comes of the purchases of the shoppers that were found in one sector."""
    clock = start_clock(times)
    y = shoppers
    settle(y.buys, y.choice, y.units, y.sum_of_rates, y.sensitivity, sector, counts)
    n = list_buyers(x.chosen, x.bought, x.choice, x.units, found, y)
    tally_purchases(x.chosen, n, x.choice, x.units, t.supplier[sector.place], t, week, sector, firm_counts, counts)
    clock = lap(times, PURCHASES, clock)
    if s.experience.enabled:
        experience(x.chosen, n, x.choice, x.draws, x.words[1], x.words[2], sector, t, firms, s.experience, firm_counts)
    clock = lap(times, EXPERIENCE, clock)
    if s.sharing.enabled and sector.durable:
        keep_goods(x.chosen, n, x.choice, x.units, x.words[2], sector, t, firms, firm_counts)
    if s.sharing.enabled and sector.sharing >= 0 and s.sincerity.enabled:
        trust_hosts(x.chosen, n, x.choice, sector, t, firms, s.sharing, s.sincerity)
    lap(times, GOODS, clock)


@compiled
def _speak(x, words, t, s, firm_counts, counts):
    """What a tile's consumers say to those who listen to them, and who of them is militant."""
    for lane in range(x.voiced.size):
        x.voiced[lane] = _SILENT
    if s.activation.enabled:
        pack_voices(x.voiced, t.role, t.energy, t.stance, t.cause, t.target, s.activation.click_cost)
        tally_militants(x.chosen, x.flags, t, s.activation, firm_counts, counts)
        if s.ambassadors.enabled:
            add_ambassadors(x.flags, x.chosen, x.voiced, t.ambassador, s.ambassadors.zeal, firm_counts)
    pack_words(words, x.voiced, x.drive, t.mentioned, t.satisfaction, t.sincerity)


@compiled
def _tally_minds(f, used, week, window, t, count):
    """Add up what a tile's consumers believe of one firm, and who still buys it."""
    reach, lost = tally_reach(t.bought[f], np.int64(week), window)
    count.reach += reach
    count.lost += lost
    belief, sincere = _NONE, _NONE
    quality, sincerity = t.quality[f], t.sincerity[f]
    for lane in range(used):
        belief = np.int32(belief + np.int32(quality[lane] * _SCALE + _HALF))
        sincere = np.int32(sincere + np.int32(sincerity[lane] * _SCALE + _HALF))
    count.belief += np.int64(belief)
    count.sincerity += np.int64(sincere)
