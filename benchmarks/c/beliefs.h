/* Beliefs (sim/mechanisms/beliefs.py, sincerity.py, porosity.py): what is heard, and what it makes one believe. */

#ifndef BELIEFS_H
#define BELIEFS_H

#include "tile.h"

#define NOBODY_WORD (63u << 22)
#define PAYLOAD (0x3FFu | (0x7Fu << 15))
#define SPEAKER (1u << 27)

INLINE float move_sincerity(float s, float change, float asymmetry)
{
    return clip01(s + (change < 0.0f ? change * asymmetry : change));
}

INLINE float learn_sincerity(float s, float evidence, float weight, const struct sincerity_settings *p)
{
    return move_sincerity(s, p->speed * weight * (evidence - s) / (p->memory + weight), p->asymmetry);
}

/* Collect what every consumer's peers say: one look a peer, whose two words lie in one of 64 bits.
 *
 * Looked up one by one, and then parted many at once: gathering instructions take longer. */
RULE gather_words(
    uint32_t *restrict heard, uint32_t *restrict voices, const int32_t *restrict peers, const uint64_t *restrict words)
{
    ROW uint64_t row[VECTOR];
    for (int i = 0; i < PEERS * LANES; i += VECTOR) {
        _Pragma("GCC unroll 16") for (int j = 0; j < VECTOR; j++)
        {
            row[j] = words[(uint32_t)peers[i + j]];
            ONE_BY_ONE;
        }
        for (int j = 0; j < VECTOR; j++) {
            heard[i + j] = (uint32_t)row[j];
            voices[i + j] = (uint32_t)(row[j] >> 32);
        }
    }
}

/* Add up the words about one firm: total[lane] packs their number, satisfactions and sincerities. */
RULE sum_words(uint32_t *restrict total, const uint32_t *restrict heard, uint32_t firm)
{
    EACH_LANE {
        uint32_t sum = 0;
        for (int k = 0; k < PEERS; k++) {
            uint32_t word = heard[k * LANES + lane];
            sum += word >> 22 == firm ? (word & PAYLOAD) | SPEAKER : 0;
        }
        total[lane] = sum;
    }
}

/* Move what a tile believes of one firm: update_quality and update_sincerity in one pass.
 *
 * `has_members`: someone in the tile is in the firm's community. `is_eventful`: an exposure, a scandal or an answer to
 * a crisis moves sincerity this week. Where not, what they would add is an exact zero. */
INLINE void update_both(
    float *restrict quality, float *restrict sincerity, const uint32_t *restrict total, const struct tile *t,
    const struct firm *firm, const struct beliefs_settings *b, const struct sincerity_settings *p, int beliefs,
    int sincere, int has_members, int is_eventful)
{
    const float *restrict peer_trust = t->peer_trust, *restrict brand_trust = t->brand_trust;
    const int8_t *restrict community = t->community;
    int32_t home = firm->home;

    float rating = firm->rating, claim = firm->claimed_quality, rated = firm->rated * 0.5f;
    float loud = 1.0f + firm->brand_push, bored = b->repulsion * firm->brand_push * (1.0f - firm->openness);
    float speed = b->speed, memory = b->memory;

    float exposed = p->exposure_effect * firm->exposure, shamed = p->exposure_effect * firm->shame;
    float offended = p->exposure_effect * firm->offence;
    float truth = firm->truth, restored = firm->restored;
    float contact = p->contact_weight * firm->human_contact;
    float repelled = p->repulsion * firm->brand_push * (1.0f - firm->openness);
    float pace = p->speed, inertia = p->memory, asymmetry = p->asymmetry, usual = p->initial;
    float forgiveness = p->forgiveness;

    EACH_LANE {
        uint32_t word = total[lane];
        int32_t speakers = (int32_t)(word >> 27);
        float voices = (float)(speakers > 1 ? speakers : 1);
        float tau = peer_trust[lane];
        float by_peers = speakers > 0 ? tau : 0.0f;
        int member = has_members && community[lane] == home;
        float s = sincerity[lane];
        if (beliefs) {
            float heard = (float)(int32_t)(word & 0x7FFF) / (1023.0f * voices);
            float by_rating = tau * rated;
            float by_claim = loud * brand_trust[lane] * s;
            float q = quality[lane];
            float pull = by_peers * (heard - q) + by_rating * (rating - q) + by_claim * (claim - q);
            q = q + speed * pull / (memory + by_peers + by_rating + by_claim);
            if (has_members) q = q - (member ? bored : 0.0f) * q;
            quality[lane] = clip01(q);
        }
        if (sincere) {
            float heard = (float)(int32_t)((word >> 15) & 0xFFF) / (127.0f * voices);
            float pull = by_peers * (heard - s), weight = inertia + by_peers;
            if (has_members) {
                float by_contact = member ? contact : 0.0f;
                pull = pull + by_contact * (1.0f - s);
                weight = weight + by_contact;
            }
            float hearsay = pace * pull / weight;
            float change = forgiveness * higher(usual - s, 0.0f);
            if (is_eventful) {
                float shown = exposed * (truth - s) + shamed * lower(truth - s, 0.0f) - offended * s;
                change = shown + change + restored * (1.0f - s);
            }
            if (has_members) change = change - (member ? repelled * s : 0.0f);
            sincerity[lane] = move_sincerity(clip01(s + hearsay), change, asymmetry);
        }
    }
}

RULE update_beliefs(
    float *restrict quality, float *restrict sincerity, const uint32_t *restrict total, const struct tile *t,
    const struct firm *firm, const struct beliefs_settings *b, const struct sincerity_settings *p)
{
    const int8_t *restrict community = t->community;
    int8_t home = (int8_t)firm->home;
    int8_t members = 0;
    EACH_LANE members |= community[lane] == home;
    int eventful = firm->exposure != 0.0f || firm->shame != 0.0f || firm->offence != 0.0f || firm->restored != 0.0f;
#define CASE(has_members, is_eventful) \
    update_both(quality, sincerity, total, t, firm, b, p, 1, 1, has_members, is_eventful)
    if (!b->enabled || !p->enabled)
        update_both(quality, sincerity, total, t, firm, b, p, b->enabled, p->enabled, 1, 1);
    else if (members && eventful) CASE(1, 1);
    else if (members) CASE(1, 0);
    else if (eventful) CASE(0, 1);
    else CASE(0, 0);
#undef CASE
}

RULE spill_over(float *restrict line, float *restrict parent, float share)
{
    EACH_LANE {
        float step = 0.5f * share * (parent[lane] - line[lane]);
        line[lane] = line[lane] + step;
        parent[lane] = parent[lane] - step;
    }
}

RULE pack_words(uint64_t *restrict words, const uint32_t *restrict voiced, int used, const struct tile *t)
{
    const int8_t *restrict mentioned = t->mentioned;
    const float *restrict satisfaction = t->satisfaction, *restrict sincerity = t->sincerity;
    for (int lane = 0; lane < used; lane++) {
        int32_t firm = mentioned[lane];
        uint32_t score = (uint32_t)(int32_t)(satisfaction[lane] * 1023.0f + 0.5f);
        float trusted = sincerity[(firm < 0 ? 0 : firm) * LANES + lane];
        uint32_t sincere = (uint32_t)(int32_t)(trusted * 127.0f + 0.5f);
        uint32_t said = firm < 0 ? NOBODY_WORD : score | (sincere << 15) | ((uint32_t)firm << 22);
        words[lane] = said | (uint64_t)voiced[lane] << 32;
    }
}

#endif
