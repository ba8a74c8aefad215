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

RULE gather_words(uint32_t *restrict heard, const int32_t *restrict peers, const uint32_t *restrict said)
{
    for (int i = 0; i < PEERS * LANES; i++) heard[i] = said[peers[i]];
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

RULE update_quality(
    float *restrict quality, const float *restrict sincerity, const uint32_t *restrict total, const struct tile *t,
    const struct firm *firm, const struct beliefs_settings *p)
{
    const float *restrict peer_trust = t->peer_trust, *restrict brand_trust = t->brand_trust;
    const int16_t *restrict community = t->community;
    float rating = firm->rating, claim = firm->claimed_quality, rated = firm->rated * 0.5f;
    float loud = 1.0f + firm->brand_push, repelled = p->repulsion * firm->brand_push * (1.0f - firm->openness);
    float speed = p->speed, memory = p->memory;
    int32_t home = firm->home;
    EACH_LANE {
        uint32_t word = total[lane];
        int32_t speakers = (int32_t)(word >> 27);
        float heard = (float)(int32_t)(word & 0x7FFF) / (1023.0f * (float)(speakers > 1 ? speakers : 1));
        float tau = peer_trust[lane];
        float by_peers = speakers > 0 ? tau : 0.0f;
        float by_rating = tau * rated;
        float by_claim = loud * brand_trust[lane] * sincerity[lane];
        float q = quality[lane];
        float pull = by_peers * (heard - q) + by_rating * (rating - q) + by_claim * (claim - q);
        q = q + speed * pull / (memory + by_peers + by_rating + by_claim);
        q = q - (community[lane] == home ? repelled : 0.0f) * q;
        quality[lane] = clip01(q);
    }
}

RULE update_sincerity(
    float *restrict sincerity, const uint32_t *restrict total, const struct tile *t, const struct firm *firm,
    const struct sincerity_settings *p)
{
    const float *restrict peer_trust = t->peer_trust;
    const int16_t *restrict community = t->community;
    float exposed = p->exposure_effect * firm->exposure, shamed = p->exposure_effect * firm->shame;
    float offended = p->exposure_effect * firm->offence;
    float truth = firm->truth, restored = firm->restored;
    float contact = p->contact_weight * firm->human_contact;
    float repelled = p->repulsion * firm->brand_push * (1.0f - firm->openness);
    float speed = p->speed, memory = p->memory, asymmetry = p->asymmetry, usual = p->initial;
    float forgiveness = p->forgiveness;
    int32_t home = firm->home;
    EACH_LANE {
        uint32_t word = total[lane];
        int32_t speakers = (int32_t)(word >> 27);
        float heard = (float)(int32_t)((word >> 15) & 0xFFF) / (127.0f * (float)(speakers > 1 ? speakers : 1));
        float by_peers = speakers > 0 ? peer_trust[lane] : 0.0f;
        int member = community[lane] == home;
        float by_contact = member ? contact : 0.0f;
        float s = sincerity[lane];
        float pull = by_peers * (heard - s) + by_contact * (1.0f - s);
        float hearsay = speed * pull / (memory + by_peers + by_contact);
        float forgiven = forgiveness * higher(usual - s, 0.0f);
        float shown = exposed * (truth - s) + shamed * lower(truth - s, 0.0f) - offended * s;
        float change = shown + forgiven + restored * (1.0f - s) - (member ? repelled * s : 0.0f);
        sincerity[lane] = move_sincerity(clip01(s + hearsay), change, asymmetry);
    }
}

RULE spill_over(float *restrict line, float *restrict parent, float share)
{
    EACH_LANE {
        float step = 0.5f * share * (parent[lane] - line[lane]);
        line[lane] = line[lane] + step;
        parent[lane] = parent[lane] - step;
    }
}

RULE pack_words(uint32_t *restrict said, int used, const struct tile *t)
{
    const int16_t *restrict mentioned = t->mentioned;
    const float *restrict satisfaction = t->satisfaction, *restrict sincerity = t->sincerity;
    for (int lane = 0; lane < used; lane++) {
        int32_t firm = mentioned[lane];
        uint32_t score = (uint32_t)(int32_t)(satisfaction[lane] * 1023.0f + 0.5f);
        float trusted = sincerity[(firm < 0 ? 0 : firm) * LANES + lane];
        uint32_t sincere = (uint32_t)(int32_t)(trusted * 127.0f + 0.5f);
        said[lane] = firm < 0 ? NOBODY_WORD : score | (sincere << 15) | ((uint32_t)firm << 22);
    }
}

#endif
