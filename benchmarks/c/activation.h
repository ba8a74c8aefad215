/* Activation (sim/mechanisms/activation.py, ambassadors.py): who turns militant, and who speaks. */

#ifndef ACTIVATION_H
#define ACTIVATION_H

#include "beliefs.h"

#define ENERGY 1023u
#define DEFENDS (1u << 10)

RULE pack_voices(uint32_t *restrict voiced, const struct tile *t, float click_cost)
{
    const int8_t *restrict role = t->role, *restrict stance = t->stance;
    const int8_t *restrict cause = t->cause, *restrict target = t->target;
    const float *restrict energy = t->energy;
    EACH_LANE {
        uint32_t word = (uint32_t)(int32_t)(energy[lane] * 1023.0f + 0.5f);
        word |= stance[lane] > 0 ? DEFENDS : 0;
        word |= ((uint32_t)(int32_t)cause[lane] << 11) | ((uint32_t)(int32_t)target[lane] << 14);
        voiced[lane] = role[lane] == 1 && energy[lane] >= click_cost ? word : 0;
    }
}

RULE add_pressure(int32_t *restrict pressure, const uint32_t *restrict voices, uint32_t cause)
{
    EACH_LANE {
        int32_t sum = 0;
        for (int k = 0; k < PEERS; k++) {
            uint32_t word = voices[k * LANES + lane];
            sum += ((word >> 11) & 7) == cause ? (int32_t)(word & ENERGY) : 0;
        }
        pressure[lane] = sum;
    }
}

/* Return a bit for each firm that some voice in a tile speaks of: of the others, nobody's belief moves. */
static __attribute__((noinline)) uint64_t targets_of(const uint32_t *restrict voices)
{
    uint32_t low = 0, high = 0;
    for (int i = 0; i < PEERS * LANES; i++) {
        uint32_t word = voices[i], bit = 1u << (word >> 14 & 31);
        int loud = (word & ENERGY) != 0, far = (word & 1u << 19) != 0;
        low |= loud & !far ? bit : 0;
        high |= loud & far ? bit : 0;
    }
    return low | (uint64_t)high << 32;
}

RULE sway_beliefs(
    float *restrict quality, float *restrict sincerity, const uint32_t *restrict voices, uint32_t firm,
    const float *restrict peer_trust, const struct settings *s)
{
    float scale = s->activation.sway / (1023.0f * (float)PEERS);
    float moves_quality = s->beliefs.enabled ? 1.0f : 0.0f, moves_sincerity = s->sincerity.enabled ? 1.0f : 0.0f;
    float asymmetry = s->sincerity.asymmetry;
    EACH_LANE {
        int32_t net = 0;
        for (int k = 0; k < PEERS; k++) {
            uint32_t word = voices[k * LANES + lane];
            int32_t loud = (int32_t)(word & ENERGY);
            int32_t sign = word & DEFENDS ? loud : -loud;
            net += ((word >> 14) & 63) == firm ? sign : 0;
        }
        float v = (float)net * scale * peer_trust[lane];
        float goal = v > 0.0f ? 1.0f : 0.0f;
        float q = quality[lane], believed = sincerity[lane];
        quality[lane] = clip01(q + moves_quality * size_of(v) * (goal - q));
        sincerity[lane] = move_sincerity(believed, moves_sincerity * size_of(v) * (goal - believed), asymmetry);
    }
}

/* Return the firm whose perceived conduct on a cause, times its public focus, is largest; and that view of it. */
INLINE int choose_target(
    int lane, int cause, const struct tile *t, const struct firm *firms, const struct activation_settings *p,
    float *view)
{
    float best = 0.0f;
    int target = -1;
    *view = 0.0f;
    for (int f = 0; f < t->firms; f++) {
        float focus = firms[f].focus[cause];
        if (focus > 0.0f) {
            float known = firms[f].known[cause];
            float perceived = known + t->sincerity[f * LANES + lane] * (firms[f].proclaimed[cause] - known);
            if (t->community[lane] == firms[f].home) perceived = perceived + p->kinship * t->attachment[lane];
            float size = focus * size_of(perceived);
            if (size > best) {
                best = size;
                target = f;
                *view = perceived;
            }
        }
    }
    return target;
}

/* Carry one consumer's militancy through a week. */
INLINE void live_on(
    int lane, int active, int ignites, float drive, int motive, const struct tile *t, const struct firm *firms,
    const struct activation_settings *p, struct market_counts *counts)
{
    float energy = t->energy[lane] * t->persistence[lane];
    float fuel = ignites ? lower(1.0f, p->spark * (drive - t->threshold[lane])) : 0.0f;
    if (fuel > energy && fuel >= p->floor) {
        float view;
        int target = choose_target(lane, motive, t, firms, p, &view);
        if (target >= 0) {
            int stance = view > 0.0f ? 1 : -1;
            counts->flips += active && t->target[lane] == target && t->stance[lane] == -stance;
            counts->switched_causes += active && t->cause[lane] != motive;
            energy = fuel;
            t->cause[lane] = (int8_t)motive;
            t->target[lane] = (int8_t)target;
            t->stance[lane] = (int8_t)stance;
            t->episode[lane] = active ? t->episode[lane] : 0;
            t->role[lane] = 1;
        }
    }
    if (t->role[lane] == 1) {
        t->energy[lane] = energy;
        if (energy < p->floor) {
            counts->ended_episodes += 1;
            counts->ended_weeks += t->episode[lane];
            t->role[lane] = 0;
            t->energy[lane] = 0.0f;
            t->episode[lane] = 0;
            t->cause[lane] = -1;
            t->target[lane] = -1;
            t->stance[lane] = 0;
        } else {
            t->episode[lane] = (int16_t)(t->episode[lane] + 1);
        }
    }
}

RULE activate(
    const uint32_t *restrict voices, uint64_t spoken_of, const uint32_t *restrict words, uint32_t key,
    const float *salience, const struct tile *t, const struct firm *firms, const struct activation_settings *p,
    struct market_counts *counts)
{
    ROW float drive[LANES];
    ROW int32_t motive[LANES], pressure[LANES];
    float scale = p->pressure / (1023.0f * (float)PEERS);
    EACH_LANE {
        drive[lane] = -1.0f;
        motive[lane] = -1;
        pressure[lane] = 0;
    }
    for (int c = 0; c < t->causes; c++) {
        float public = salience[c];
        if (!(public > 0.0f)) continue;
        if (spoken_of) add_pressure(pressure, voices, (uint32_t)c);
        const float *restrict weight = t->values + c * LANES;
        EACH_LANE {
            float d = weight[lane] * public * (1.0f + scale * (float)pressure[lane]);
            int stronger = d > drive[lane];
            drive[lane] = stronger ? d : drive[lane];
            motive[lane] = stronger ? c : motive[lane];
        }
    }
    /* Most militants only go on with what they do: all of them at once. Who takes something up, or lets it go, is
     * dealt with one by one. */
    ROW float mood[LANES];
    ROW int32_t turns[LANES];
    float spread = p->mood, spark = p->spark, floor = p->floor;
    {
        const float *restrict threshold = t->threshold, *restrict persistence = t->persistence;
        const int8_t *restrict role = t->role;
        float *restrict energy = t->energy;
        int16_t *restrict episode = t->episode;
        EACH_LANE {
            float d = drive[lane] + spread * normal_from(mix32(words[lane], key));
            int ignites = motive[lane] >= 0 & d > threshold[lane], active = role[lane] == 1;
            float left = energy[lane] * persistence[lane];
            float fuel = ignites ? lower(1.0f, spark * (d - threshold[lane])) : 0.0f;
            int kindled = ignites & fuel > left & fuel >= floor, fades = active & left < floor;
            mood[lane] = d;
            turns[lane] = kindled | fades;
            energy[lane] = active & !kindled & !fades ? left : energy[lane];
            episode[lane] = (int16_t)(episode[lane] + (active & !kindled & !fades));
        }
    }
    struct chosen c;
    choose(&c, turns);
    for (int j = 0; j < c.n; j++) {
        int lane = c.lane[j];
        int ignites = motive[lane] >= 0 && mood[lane] > t->threshold[lane];
        live_on(lane, t->role[lane] == 1, ignites, mood[lane], motive[lane], t, firms, p, counts);
    }
}

RULE tally_militants(
    const struct tile *t, const struct activation_settings *p, struct firm_counts *firm_counts,
    struct market_counts *counts)
{
    ROW int32_t militant[LANES];
    EACH_LANE militant[lane] = t->role[lane] == 1;
    struct chosen c;
    choose(&c, militant);
    for (int j = 0; j < c.n; j++) {
        int lane = c.lane[j];
        float energy = t->energy[lane];
        int64_t loud = (int32_t)(energy * 1023.0f + 0.5f);
        int speaks = energy >= p->click_cost, acts = energy >= p->act_cost;
        struct firm_counts *firm = firm_counts + t->target[lane];
        counts->militants[t->cause[lane]] += 1;
        if (t->stance[lane] > 0) {
            firm->buycotters += acts;
            firm->defenders += speaks;
            firm->voice_for += speaks ? loud : 0;
        } else {
            firm->boycotters += acts;
            firm->attackers += speaks;
            firm->voice_against += speaks ? loud : 0;
        }
        counts->voice[t->cause[lane]] += speaks ? loud : 0;
    }
}

RULE federate(
    const uint32_t *restrict words, uint32_t key, const struct tile *t, const struct firm *firms,
    const struct ambassadors_settings *p, struct firm_counts *firm_counts)
{
    ROW int32_t involved[LANES];
    const int8_t *restrict community = t->community, *restrict ambassador = t->ambassador;
    int recruits = 0;
    for (int f = 0; f < t->firms; f++) recruits |= firms[f].recruiting > 0.0f;
    EACH_LANE involved[lane] = ambassador[lane] >= 0 | recruits & community[lane] >= 0;
    struct chosen c;
    choose(&c, involved);
    for (int j = 0; j < c.n; j++) {
        int lane = c.lane[j], home = t->community[lane], office = t->ambassador[lane];
        float luck = uniform_from(mix32(words[lane], key));
        if (office >= 0) {
            if (home != office || t->sincerity[office * LANES + lane] < p->bar || luck >= firms[office].keeping)
                t->ambassador[lane] = -1;
        } else if (t->sincerity[home * LANES + lane] >= p->bar && luck < firms[home].recruiting) {
            t->ambassador[lane] = (int8_t)home;
        }
        if (t->ambassador[lane] >= 0) firm_counts[t->ambassador[lane]].ambassadors += 1;
    }
}

RULE add_ambassadors(
    uint32_t *restrict voiced, const int8_t *restrict ambassador, float zeal, struct firm_counts *firm_counts)
{
    uint32_t loud = (uint32_t)(int32_t)(zeal * 1023.0f + 0.5f);
    ROW int32_t speaks[LANES];
    EACH_LANE speaks[lane] = ambassador[lane] >= 0 & voiced[lane] == 0;
    struct chosen c;
    choose(&c, speaks);
    for (int j = 0; j < c.n; j++) {
        int lane = c.lane[j];
        voiced[lane] = loud | DEFENDS | (7u << 11) | ((uint32_t)(int32_t)ambassador[lane] << 14);
        firm_counts[ambassador[lane]].voice_for += loud;
    }
}

#endif
