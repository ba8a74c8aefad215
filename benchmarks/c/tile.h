/* A tile as the rules see it (sim/tile.py): views on its columns; wide columns hold a row of LANES for each thing. */

#ifndef TILE_H
#define TILE_H

#include "lanes.h"
#include "records.h"

struct tile {
    float *taste, *price_sensitivity, *inertia, *rate;
    int8_t *supplier;
    int16_t *bought;
    float *use_preference;
    int16_t *owned;
    int8_t *cohort;
    float *quality, *peer_trust, *brand_trust, *satisfaction;
    int8_t *mentioned;
    float *sincerity;
    float *values, *threshold, *persistence, *energy;
    int8_t *role, *cause, *target, *stance;
    int16_t *episode;
    float *propensity, *skill, *playfulness, *reciprocity;
    int8_t *community;
    float *attachment, *contributed;
    int8_t *ambassador;
    int firms, causes;
};

INLINE struct tile open_tile(float *numbers, int16_t *codes, int8_t *tags, const struct rows *rows)
{
#define NUMBER(name) .name = numbers + rows->name * LANES
#define CODE(name) .name = codes + rows->name * LANES
#define TAG(name) .name = tags + rows->name * LANES
    return (struct tile){
        NUMBER(taste), NUMBER(price_sensitivity), NUMBER(inertia), NUMBER(rate), TAG(supplier), CODE(bought),
        NUMBER(use_preference), CODE(owned), TAG(cohort), NUMBER(quality), NUMBER(peer_trust), NUMBER(brand_trust),
        NUMBER(satisfaction), TAG(mentioned), NUMBER(sincerity), NUMBER(values), NUMBER(threshold),
        NUMBER(persistence), NUMBER(energy), TAG(role), TAG(cause), TAG(target), TAG(stance), CODE(episode),
        NUMBER(propensity), NUMBER(skill), NUMBER(playfulness), NUMBER(reciprocity), TAG(community),
        NUMBER(attachment), NUMBER(contributed), TAG(ambassador), .firms = rows->firms, .causes = rows->causes,
    };
#undef NUMBER
#undef CODE
#undef TAG
}

#endif
