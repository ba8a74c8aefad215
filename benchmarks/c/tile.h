/* A tile as the rules see it (sim/tile.py): views on its columns; wide columns hold a row of LANES for each thing. */

#ifndef TILE_H
#define TILE_H

#include "lanes.h"
#include "records.h"

struct tile {
    float *taste, *price_sensitivity, *inertia, *rate;
    int16_t *supplier, *bought;
    float *use_preference;
    int16_t *owned, *cohort;
    float *quality, *peer_trust, *brand_trust, *satisfaction;
    int16_t *mentioned;
    float *sincerity;
    float *values, *threshold, *persistence, *energy;
    int16_t *role, *cause, *target, *stance, *episode;
    float *propensity, *skill, *playfulness, *reciprocity;
    int16_t *community;
    float *attachment, *contributed;
    int16_t *ambassador;
    int firms, causes;
};

INLINE struct tile open_tile(float *numbers, int16_t *codes, const struct rows *rows)
{
#define NUMBER(name) .name = numbers + rows->name * LANES
#define CODE(name) .name = codes + rows->name * LANES
    return (struct tile){
        NUMBER(taste), NUMBER(price_sensitivity), NUMBER(inertia), NUMBER(rate), CODE(supplier), CODE(bought),
        NUMBER(use_preference), CODE(owned), CODE(cohort), NUMBER(quality), NUMBER(peer_trust), NUMBER(brand_trust),
        NUMBER(satisfaction), CODE(mentioned), NUMBER(sincerity), NUMBER(values), NUMBER(threshold),
        NUMBER(persistence), NUMBER(energy), CODE(role), CODE(cause), CODE(target), CODE(stance), CODE(episode),
        NUMBER(propensity), NUMBER(skill), NUMBER(playfulness), NUMBER(reciprocity), CODE(community),
        NUMBER(attachment), NUMBER(contributed), CODE(ambassador), .firms = rows->firms, .causes = rows->causes,
    };
#undef NUMBER
#undef CODE
}

#endif
