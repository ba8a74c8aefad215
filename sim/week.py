"""The consumers' week: the mechanisms' rules, one after the other, over one tile after the other.

A tile stays in the processor's cache while all rules pass over it, so that each rule can be a short loop of its own in
its mechanism's file. Everything read of others is last week's (`said`, `voiced`, the firms' signals), so the order of
tiles, threads and consumers cannot matter. Adding a mechanism means one line here, where its rule has its place.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import compiled
from sim.mechanisms.activation import (
    activate,
    add_militancy,
    pack_voices,
    sway_beliefs,
    tally_militants,
)
from sim.mechanisms.ambassadors import add_ambassadors, federate
from sim.mechanisms.beliefs import gather_words, pack_words, sum_words, update_quality
from sim.mechanisms.contribution import add_attachment, contribute
from sim.mechanisms.experience import experience
from sim.mechanisms.income import tighten
from sim.mechanisms.offers import add_use
from sim.mechanisms.porosity import spill_over
from sim.mechanisms.purchase import (
    add_effort,
    count_units,
    enter_race,
    fit_values,
    start_race,
    tally_purchases,
    tally_reach,
    utility_of,
)
from sim.mechanisms.sharing import add_visits, keep_goods, trust_hosts
from sim.mechanisms.sincerity import update_sincerity
from sim.streams import draw_week
from sim.tile import open_tile

__all__ = ["run_tiles"]

_NO = np.float32(0.0)
_SCALE = np.float32(1023.0)
_HALF = np.float32(0.5)


@compiled
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
    talk,
    firm_counts,
    counts,
):
    """Run one week for the tiles first to last − 1.

    Parameters
    ----------
    first, last, size
        Tiles to run, and the number of consumers (the last tile may have unused lanes).
    population
        (numbers, codes, peers): blocks of all tiles.
    rows, firms, sectors, keys, s
        Arrays of records: rows of the columns, firms' signals, sectors, keys of draws, and the mechanisms' settings.
        What there is only one of stands in an array of one, which costs less to hand over than a record.
    salience
        Public salience of each cause, float32 (causes,).
    hardship
        Hardship of each cohort, float32 (cohorts,), the rest of the population first; empty where there is none.
    luck
        (week, replicate, k0, k1), uint64.
    window
        Weeks over which a firm's reach is counted.
    talk
        (said, voiced, next_said, next_voiced, is_voice): last week's and this week's words, uint32 (consumers,), and
        whether anyone raised a voice last week.
    firm_counts, counts
        Arrays of records to add to: one a firm, one for the market.
    """
    rows, keys, s, counts = rows[0], keys[0], s[0], counts[0]
    numbers, codes, peers = population
    said, voiced, next_said, next_voiced, is_voice = talk
    week, replicate, k0, k1 = luck
    lanes = numbers.shape[2]
    scratch = np.empty((5, lanes), np.float32)
    whole = np.empty((3, lanes), np.int32)
    words = np.empty((4, lanes), np.uint32)
    heard = np.empty((peers.shape[1], lanes), np.uint32)
    voices = np.zeros((peers.shape[1], lanes), np.uint32)
    total = np.zeros(lanes, np.uint32)

    for k in range(first, last):
        t = open_tile(numbers[k], codes[k], rows)
        used = min(lanes, size - k * lanes)
        draw_week(words, k * lanes, week, replicate, k0, k1)
        if is_voice:
            gather_words(voices, peers[k], voiced)

        _form_beliefs(heard, total, voices, is_voice, peers[k], said, t, firms, s)
        if s.activation.enabled and t.values.shape[0] > 0:
            activate(
                scratch[0], whole[0], whole[1], voices, words[3], keys.mood, salience, t, firms,
                peers.shape[1], s.activation, counts,
            )  # fmt: skip
        bought = whole[2]
        bought[:] = np.int32(0)
        if s.purchase.enabled:
            sensitivity = t.price_sensitivity
            if hardship.size > 0:
                sensitivity = scratch[4]
                tighten(sensitivity, t.price_sensitivity, t.cohort, hardship, s.income.stinginess)
            for i in range(sectors.size):
                _buy(scratch, whole, words, week, sensitivity, sectors[i], t, firms, s, firm_counts, counts)
            for lane in range(lanes):
                counts.buyers += 1 if bought[lane] else 0
        if s.contribution.enabled:
            contribute(words[3], keys, bought, t, firms, s.contribution, s.sincerity, firm_counts, counts)
        if s.ambassadors.enabled and s.contribution.enabled:
            federate(words[3], keys.federate, t, firms, s.ambassadors, firm_counts)

        own = slice(k * lanes, k * lanes + used)
        pack_words(next_said[own], t.mentioned, t.satisfaction, t.sincerity)
        if s.activation.enabled:
            a = s.activation
            pack_voices(next_voiced[own], t.role, t.energy, t.stance, t.cause, t.target, a.click_cost)
            tally_militants(t, a, firm_counts, counts)
            if s.ambassadors.enabled:
                add_ambassadors(next_voiced[own], t.ambassador, s.ambassadors.zeal, firm_counts)
        for f in range(firms.size):
            _tally_minds(f, used, week, window, t, firm_counts[f])


@compiled
def _form_beliefs(heard, total, voices, is_voice, peers, said, t, firms, s):
    """Beliefs about quality and sincerity: what peers, ratings, claims, exposures and voices make of them."""
    if s.beliefs.enabled or s.sincerity.enabled:
        gather_words(heard, peers, said)
        for f in range(firms.size):
            if firms[f].alive <= _NO:
                continue
            sum_words(total, heard, f)
            if s.beliefs.enabled:
                update_quality(
                    t.quality[f], t.sincerity[f], total, t.peer_trust, t.brand_trust, t.community,
                    firms[f], firms[f].home, s.beliefs,
                )  # fmt: skip
            if s.sincerity.enabled:
                update_sincerity(t.sincerity[f], total, t.peer_trust, t.community, firms[f], firms[f].home, s.sincerity)
    if s.porosity.enabled:
        for f in range(firms.size):
            parent = firms[f].parent
            if parent >= 0 and firms[f].alive > _NO:
                if s.beliefs.enabled:
                    spill_over(t.quality[f], t.quality[parent], s.porosity.spillover)
                if s.sincerity.enabled:
                    spill_over(t.sincerity[f], t.sincerity[parent], s.porosity.spillover)
    if is_voice and s.activation.sway > np.float32(0.0):
        for f in range(firms.size):
            if firms[f].alive <= _NO:
                continue
            sway_beliefs(t.quality[f], t.sincerity[f], voices, f, t.peer_trust, s)


@compiled
def _buy(scratch, whole, words, week, sensitivity, sector, t, firms, s, firm_counts, counts):
    """Purchase and experience in one sector; `sensitivity` is to prices."""
    utility, best, sum_of_rates, spare = scratch[0], scratch[1], scratch[2], scratch[3]
    units, choice, bought = whole[0], whole[1], whole[2]
    supplier = t.supplier[sector.place]
    count_units(units, utility, spare, t.rate[sector.place], words[1], sector.units, sector.most_units)
    start_race(best, choice, sum_of_rates, words[0], sector.outside_key, sector.has_outside, sector.outside)
    for f in range(sector.first, sector.last):
        firm = firms[f]
        if firm.available > np.float32(0.0):
            utility_of(
                utility, t.taste[f], t.quality[f], t.sincerity[f], supplier, t.inertia, sensitivity,
                firm, f, sector.reference_price, s.purchase,
            )  # fmt: skip
            fit_values(utility, t.values, t.sincerity[f], firm, s.purchase)
            if s.contribution.enabled:
                add_attachment(utility, firm.home, t, s.contribution)
            if s.activation.enabled:
                add_militancy(utility, f, firm.home, t, s.activation)
            add_use(utility, t.use_preference, supplier, firm, f, s.offers)
            add_effort(utility, t.skill, t.values, firm)
            if s.sharing.enabled and sector.sharing >= 0:
                add_visits(utility, supplier, sector.sharing, firm, s.sharing)
            enter_race(
                best,
                choice,
                sum_of_rates,
                utility,
                words[0],
                firm.key,
                words[1],
                firm.shelf_key,
                firm.available,
                f,
            )
    tally_purchases(choice, units, sum_of_rates, sensitivity, supplier, t, week, sector, firm_counts, counts)
    for lane in range(bought.size):
        bought[lane] = np.int32(1) if units[lane] > 0 and choice[lane] >= 0 else bought[lane]
    if s.experience.enabled:
        experience(choice, units, words[1], words[2], sector, t, firms, s.experience, firm_counts)
    if s.sharing.enabled and sector.durable:
        keep_goods(choice, units, words[2], sector, t, firms, firm_counts)
    if s.sharing.enabled and sector.sharing >= 0 and s.sincerity.enabled:
        trust_hosts(choice, units, sector, t, firms, s.sharing, s.sincerity)


@compiled
def _tally_minds(f, used, week, window, t, count):
    """Add up what a tile's consumers believe of one firm, and who still buys it."""
    reach, lost = tally_reach(t.bought[f], np.int64(week), window)
    count.reach += reach
    count.lost += lost
    belief, sincere = np.int64(0), np.int64(0)
    quality, sincerity = t.quality[f], t.sincerity[f]
    for lane in range(used):
        belief += np.int64(np.int32(quality[lane] * _SCALE + _HALF))
        sincere += np.int64(np.int32(sincerity[lane] * _SCALE + _HALF))
    count.belief += belief
    count.sincerity += sincere
