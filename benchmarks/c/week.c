/* The consumers' week in C: the same rules as sim/week.py, over the same memory, giving the same bits.
 *
 * A yardstick for the compiled rules, built by benchmarks/c_kernel.py for one number of lanes and peers. */

#include "lanes.h"
#include "records.h"
#include "tile.h"

#include "activation.h"
#include "beliefs.h"
#include "contribution.h"
#include "purchase.h"

/* ---- time by phase (sim/phases.py): taken where there is room for it */

#if defined __x86_64__
#include <x86intrin.h>
INLINE int64_t read_clock(void) { return (int64_t)__rdtsc(); }
#elif defined __aarch64__
INLINE int64_t read_clock(void)
{
    int64_t now;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(now));
    return now;
}
#else
INLINE int64_t read_clock(void) { return 0; }
#endif

struct clock {
    int64_t *times, since;
};

/* Add what has passed since the last lap to a phase. */
INLINE void lap(struct clock *clock, enum phase phase)
{
    if (!clock->times) return;
    int64_t now = read_clock();
    clock->times[phase] += now - clock->since;
    clock->since = now;
}

/* ---- the week */

/* What a week is called with; benchmarks/c_kernel.py fills it in. */
struct week {
    int64_t size;
    float *numbers;
    int64_t number_rows;
    int16_t *codes;
    int64_t code_rows;
    int8_t *tags;
    int64_t tag_rows;
    const int32_t *peers;
    const struct rows *rows;
    const struct firm *firms;
    int64_t firm_rows;
    const struct sector *sectors;
    int64_t sector_rows;
    const struct keys *keys;
    const float *salience;
    const float *hardship;
    int64_t cohorts;
    const struct settings *s;
    uint64_t week, replicate, k0, k1;
    int64_t window;
    const uint64_t *words;
    uint64_t *next_words;
    int64_t *times;
    struct firm_counts *firm_counts;
    struct market_counts *counts;
};

/* Fill words[4][LANES] with this week's luck, by Philox4x32-10. */
RULE draw_week(uint32_t *restrict words, uint64_t first, const struct week *w)
{
    uint32_t week = (uint32_t)w->week, replicate = (uint32_t)w->replicate;
    uint32_t key0 = (uint32_t)w->k0, key1 = (uint32_t)w->k1;
    EACH_LANE {
        uint32_t c0 = (uint32_t)first + (uint32_t)lane, c1 = week, c2 = replicate, c3 = 0x01000000u;
        uint32_t k0 = key0, k1 = key1;
        for (int round = 0; round < 10; round++) {
            uint64_t p0 = (uint64_t)c0 * 0xD2511F53u, p1 = (uint64_t)c2 * 0xCD9E8D57u;
            c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
            c1 = (uint32_t)p1;
            c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
            c3 = (uint32_t)p0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        words[lane] = c0;
        words[LANES + lane] = c1;
        words[2 * LANES + lane] = c2;
        words[3 * LANES + lane] = c3;
    }
}

/* What the next tile will need from memory far away: fetched bit by bit while this tile is worked on, because the
 * rewired links of the network lead anywhere and a miss of the caches costs as much as all the rest of the week. */
struct ahead {
    int n, done, far_step;
    int lines, number_lines, code_lines, fetched, line_step;
    const char *numbers, *codes, *tags;
    int32_t far[PEERS * LANES + VECTOR];
};

#define NEAR (8 * LANES)

RULE look_ahead(struct ahead *restrict a, int64_t k, const struct week *w)
{
    const int32_t *restrict peers = w->peers + k * PEERS * LANES;
    uint32_t lowest = (uint32_t)(k * LANES - NEAR / 2);
    int n = 0;
#ifdef __AVX512F__
    for (int i = 0; i < PEERS * LANES; i += VECTOR) {
        __m512i row = _mm512_loadu_si512(peers + i);
        __mmask16 mask = _mm512_cmpge_epu32_mask(
            _mm512_sub_epi32(row, _mm512_set1_epi32((int)lowest)), _mm512_set1_epi32(NEAR + LANES));
        _mm512_storeu_si512(a->far + n, _mm512_maskz_compress_epi32(mask, row));
        n += __builtin_popcount(mask);
    }
#else
    for (int i = 0; i < PEERS * LANES; i++) {
        a->far[n] = peers[i];
        n += (uint32_t)peers[i] - lowest >= NEAR + LANES;
    }
#endif
    int parts = (int)w->firm_rows * 3 / 2 + 1;
    a->n = n;
    a->done = a->fetched = 0;
    a->far_step = n / parts + 1;
    a->numbers = (const char *)(w->numbers + k * w->number_rows * LANES);
    a->codes = (const char *)(w->codes + k * w->code_rows * LANES);
    a->tags = (const char *)(w->tags + k * w->tag_rows * LANES);
    a->number_lines = (int)(w->number_rows * LANES * 4 / 64);
    a->code_lines = a->number_lines + (int)(w->code_rows * LANES * 2 / 64);
    a->lines = a->code_lines + (int)(w->tag_rows * LANES / 64);
    a->line_step = a->lines / parts + 1;
}

/* Fetch one more part of it. */
RULE fetch_ahead(struct ahead *restrict a, const struct week *w)
{
    int last = a->done + a->far_step < a->n ? a->done + a->far_step : a->n;
    for (int i = a->done; i < last; i++) __builtin_prefetch(w->words + a->far[i], 0, 2);
    a->done = last;
    last = a->fetched + a->line_step < a->lines ? a->fetched + a->line_step : a->lines;
    for (int i = a->fetched; i < last; i++) {
        const char *line = i < a->number_lines ? a->numbers + 64 * (int64_t)i
            : i < a->code_lines ? a->codes + 64 * (int64_t)(i - a->number_lines)
                                : a->tags + 64 * (int64_t)(i - a->code_lines);
        __builtin_prefetch(line, 0, 2);
    }
    a->fetched = last;
}

/* Beliefs about quality and sincerity: what peers, ratings, claims, exposures and voices make of them. */
INLINE void form_beliefs(
    const uint32_t *heard, const uint32_t *voices, uint64_t spoken_of, struct clock *clock, struct ahead *ahead,
    const struct tile *t, const struct week *w)
{
    const struct settings *s = w->s;
    const struct firm *firms = w->firms;
    ROW uint32_t total[LANES];
    if (s->beliefs.enabled || s->sincerity.enabled) {
        for (int f = 0; f < w->firm_rows; f++) {
            if (!(firms[f].alive > 0.0f)) continue;
            sum_words(total, heard, (uint32_t)f);
            update_beliefs(
                t->quality + f * LANES, t->sincerity + f * LANES, total, t, firms + f, &s->beliefs, &s->sincerity);
            lap(clock, BELIEFS);
            fetch_ahead(ahead, w);
            lap(clock, HEARING);
        }
    }
    if (s->porosity.enabled) {
        for (int f = 0; f < w->firm_rows; f++) {
            int parent = firms[f].parent;
            if (parent < 0 || !(firms[f].alive > 0.0f)) continue;
            float share = s->porosity.spillover;
            if (s->beliefs.enabled) spill_over(t->quality + f * LANES, t->quality + parent * LANES, share);
            if (s->sincerity.enabled) spill_over(t->sincerity + f * LANES, t->sincerity + parent * LANES, share);
        }
    }
    if (s->activation.sway > 0.0f) {
        for (int f = 0; f < w->firm_rows; f++) {
            if (!(firms[f].alive > 0.0f) || !(spoken_of >> f & 1)) continue;
            sway_beliefs(
                t->quality + f * LANES, t->sincerity + f * LANES, voices, (uint32_t)f, t->peer_trust, s);
        }
    }
    lap(clock, BELIEFS);
}

/* Purchase and experience in one sector; `sensitivity` is to prices. */
INLINE void buy(
    struct buyers *b, const uint32_t *words, int32_t *bought, const float *sensitivity, const struct sector *sector,
    struct clock *clock, struct ahead *ahead, const struct tile *t, const struct week *w)
{
    const struct settings *s = w->s;
    const struct firm *firms = w->firms;
    int8_t *supplier = t->supplier + sector->place * LANES;
    count_units(b, t->rate + sector->place * LANES, words + LANES, sector);
    lap(clock, UNITS);
    gather_buyers(b, t, words, supplier, sensitivity);
    if (s->activation.enabled) gather_militancy(b, t, &s->activation);
    lap(clock, UTILITIES);
    start_race(b, sector);
    lap(clock, UNITS);
    for (int f = sector->first; f < sector->last; f++) {
        if (!(firms[f].available > 0.0f)) continue;
        weigh(b, t, firms + f, f, sector, s);
        lap(clock, UTILITIES);
        enter_race(b, firms + f, f);
        lap(clock, CHOICE);
        fetch_ahead(ahead, w);
        lap(clock, HEARING);
    }
    tally_purchases(b, supplier, bought, t, (int16_t)w->week, sector, w->firm_counts, w->counts);
    lap(clock, PURCHASES);
    if (s->experience.enabled) experience(b, sector, t, firms, &s->experience, w->firm_counts);
    lap(clock, EXPERIENCE);
    if (s->sharing.enabled && sector->durable) keep_goods(b, words + 2 * LANES, sector, t, firms, w->firm_counts);
    if (s->sharing.enabled && sector->sharing >= 0 && s->sincerity.enabled) trust_hosts(b, sector, t, firms, s);
    lap(clock, GOODS);
}

/* What a tile's consumers say to those who listen to them, and who of them is militant. */
INLINE void speak(uint64_t *next_words, int used, const struct tile *t, const struct week *w)
{
    ROW uint32_t voiced[LANES];
    const struct settings *s = w->s;
    if (s->activation.enabled) {
        pack_voices(voiced, t, s->activation.click_cost);
        tally_militants(t, &s->activation, w->firm_counts, w->counts);
        if (s->ambassadors.enabled) add_ambassadors(voiced, t->ambassador, s->ambassadors.zeal, w->firm_counts);
    } else {
        memset(voiced, 0, sizeof voiced);
    }
    pack_words(next_words, voiced, used, t);
}

static void run_tile(int64_t k, struct clock *clock, struct ahead *ahead, const struct week *w)
{
    ROW uint32_t words[4 * LANES], heard[PEERS * LANES + 1], voices[PEERS * LANES + 1];
    ROW float tightened[LANES];
    ROW int32_t bought[LANES];
    struct buyers buyers;
    const struct settings *s = w->s;
    struct tile tile =
        open_tile(
            w->numbers + k * w->number_rows * LANES, w->codes + k * w->code_rows * LANES,
            w->tags + k * w->tag_rows * LANES, w->rows);
    const struct tile *t = &tile;
    int64_t left = w->size - k * LANES;
    int used = left < LANES ? (int)left : LANES;
    uint64_t spoken_of = 0;

    draw_week(words, (uint64_t)k * LANES, w);
    lap(clock, DRAWS);
    if (s->beliefs.enabled || s->sincerity.enabled || s->activation.enabled) {
        gather_words(heard, voices, w->peers + k * PEERS * LANES, w->words);
        spoken_of = targets_of(voices);
    }
    lap(clock, HEARING);
    form_beliefs(heard, voices, spoken_of, clock, ahead, t, w);
    if (s->activation.enabled && t->causes > 0)
        activate(
            voices, spoken_of, words + 3 * LANES, w->keys->mood, w->salience, t, w->firms, &s->activation, w->counts);
    lap(clock, ACTIVATION);
    memset(bought, 0, sizeof bought);
    if (s->purchase.enabled) {
        const float *sensitivity = t->price_sensitivity;
        if (w->cohorts > 0) {
            sensitivity = tightened;
            tighten(tightened, t, w->hardship, s->income.stinginess);
        }
        for (int i = 0; i < w->sector_rows; i++)
            buy(&buyers, words, bought, sensitivity, w->sectors + i, clock, ahead, t, w);
        int32_t buying = 0;
        EACH_LANE buying += bought[lane];
        w->counts->buyers += buying;
    }
    lap(clock, PURCHASES);
    if (s->contribution.enabled)
        contribute(
            words + 3 * LANES, w->keys, bought, t, w->firms, &s->contribution, &s->sincerity, w->firm_counts,
            w->counts);
    lap(clock, CONTRIBUTION);
    if (s->ambassadors.enabled && s->contribution.enabled)
        federate(words + 3 * LANES, w->keys->federate, t, w->firms, &s->ambassadors, w->firm_counts);
    lap(clock, AMBASSADORS);
    speak(w->next_words + k * LANES, used, t, w);
    lap(clock, SAYING);
    for (int f = 0; f < w->firm_rows; f++)
        tally_minds(f, used, (int64_t)w->week, w->window, t, w->firm_counts + f);
    lap(clock, TALLIES);
}

/* Run one week for the tiles first to last - 1. */
void run_tiles(int64_t first, int64_t last, const struct week *w)
{
    struct clock clock = {.times = w->times, .since = read_clock()};
    struct ahead ahead;
    for (int64_t k = first; k < last; k++) {
        look_ahead(&ahead, k + 1 < last ? k + 1 : k, w);
        lap(&clock, HEARING);
        run_tile(k, &clock, &ahead, w);
    }
}
