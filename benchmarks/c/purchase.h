/* Purchase (sim/mechanisms/purchase.py, offers.py, sharing.py, experience.py) in one sector.
 *
 * Most consumers want nothing of a sector in a week, and what they would have chosen is never read. So the lanes that
 * do want something are squeezed together first, and only they weigh, choose and live through a purchase. */

#ifndef PURCHASE_H
#define PURCHASE_H

#include "activation.h"

#define NEVER (-32768)
#define NEVER_RINGS 3.0e38f
#define FAINT (-84.0f)
#define RARE 1.0e-8f
#define DULL 1.0e-3f
#define MOST_SUPPLIERS 64

/* Those who want something of a sector this week: what is known of them, side by side. */
struct buyers {
    struct chosen who;
    ROW int32_t units[ROOM], choice[ROOM], last[ROOM], community[ROOM], target[ROOM];
    ROW float first[ROOM], sum_of_rates[ROOM], utility[ROOM];
    ROW float sensitivity[ROOM], inertia[ROOM], attachment[ROOM], pull[ROOM], use_preference[ROOM], skill[ROOM];
    ROW float values[MAX_CAUSES][ROOM];
    ROW float ideal[ROOM];
    ROW float taste[ROOM], quality[ROOM], sincerity[ROOM];
    ROW uint32_t race[ROOM], trip[ROOM], later[ROOM];
};

/* Draw n ~ Poisson(rate) by inverting its distribution, and gather those who get more than nothing. */
RULE count_units(
    struct buyers *restrict b, const float *restrict rate, const uint32_t *restrict words, const struct sector *sector)
{
    ROW float term[ROOM], chance[ROOM], rates[ROOM], cumulated[ROOM];
    ROW int32_t wants[LANES];
    uint32_t key = sector->units;
    int32_t most = sector->most_units;
    EACH_LANE {
        float none = exp32(-rate[lane]), u = uniform_from(mix32(words[lane], key));
        int is_possible = none > RARE | 1.0f <= rate[lane];
        wants[lane] = u > none & is_possible;
    }
    choose(&b->who, wants);
    squeeze(rates, rate, &b->who);
    squeeze_words(b->trip, words, &b->who);
    int n = b->who.n;
    EACH(j, n) {
        chance[j] = uniform_from(mix32(b->trip[j], key));
        term[j] = cumulated[j] = exp32(-rates[j]);
        b->units[j] = 0;
    }
    int some = 1;
    for (int32_t k = 1; k <= most && some; k++) {
        float share = 1.0f / (float)k, count = (float)k;
        some = 0;
        EACH(j, n) {
            int more = chance[j] > cumulated[j] & (term[j] > RARE | count <= rates[j]);
            b->units[j] += more;
            some |= more;
            term[j] = term[j] * (rates[j] * share);
            cumulated[j] = cumulated[j] + term[j];
        }
    }
    for (int j = n; j < PADDED(n); j++) b->units[j] = 0;
}

/* Bring together what the buyers' choice depends on, whatever the supplier. */
RULE gather_buyers(
    struct buyers *restrict b, const struct tile *t, const uint32_t *restrict words, const int8_t *restrict supplier,
    const float *restrict sensitivity)
{
    const struct chosen *who = &b->who;
    squeeze_words(b->race, words, who);
    squeeze_words(b->later, words + 2 * LANES, who);
    squeeze_tags(b->last, supplier, who);
    squeeze_tags(b->community, t->community, who);
    squeeze_tags(b->target, t->target, who);
    squeeze(b->sensitivity, sensitivity, who);
    squeeze(b->inertia, t->inertia, who);
    squeeze(b->attachment, t->attachment, who);
    squeeze(b->use_preference, t->use_preference, who);
    squeeze(b->skill, t->skill, who);
    memset(b->ideal, 0, sizeof b->ideal);
    for (int c = 0; c < t->causes; c++) {
        const float *restrict values = b->values[c];
        squeeze(b->values[c], t->values + c * LANES, who);
        EACH(j, who->n) b->ideal[j] = b->ideal[j] + values[j];
    }
}

/* What a militant who acts adds to or takes from its target's utility. */
RULE gather_militancy(struct buyers *restrict b, const struct tile *t, const struct activation_settings *p)
{
    ROW int32_t stance[ROOM];
    squeeze_tags(stance, t->stance, &b->who);
    squeeze(b->pull, t->energy, &b->who);
    float act_cost = p->act_cost, effect = p->purchase_effect;
    EACH(j, b->who.n) {
        float energy = b->pull[j];
        b->pull[j] = energy >= act_cost ? effect * (float)stance[j] * energy : 0.0f;
    }
}

/* Let the outside option's clock run, where the sector has one: its time is the first so far. */
RULE start_race(struct buyers *restrict b, const struct sector *sector)
{
    int n = b->who.n;
    float rate = sector->has_outside ? exp32(sector->outside) : 0.0f;
    uint32_t key = sector->outside_key;
    float *restrict first = b->first;
    const uint32_t *restrict words = b->race;
    EACH(j, n) {
        b->choice[j] = -1;
        b->sum_of_rates[j] = rate;
    }
    if (sector->has_outside) {
        EACH(j, n) first[j] = exponential_from(mix32(words[j], key)) / rate;
    } else {
        EACH(j, n) first[j] = NEVER_RINGS;
    }
}

/* Write the utility of one firm. */
RULE weigh(
    struct buyers *restrict b, const struct tile *t, const struct firm *firm, int32_t code,
    const struct sector *sector, const struct settings *s)
{
    int n = b->who.n;
    const struct purchase_settings *p = &s->purchase;
    squeeze(b->taste, t->taste + code * LANES, &b->who);
    squeeze(b->quality, t->quality + code * LANES, &b->who);
    squeeze(b->sincerity, t->sincerity + code * LANES, &b->who);
    {
        float constant = firm->appeal + p->feature_effect * firm->feature + p->display_effect * firm->display;
        constant = constant - 0.5f * p->trust_weight;
        float price = firm->price / sector->reference_price, weight = p->quality_weight, trust = p->trust_weight;
        EACH(j, n) {
            float habit = b->last[j] == code ? b->inertia[j] : 0.0f;
            float believed = weight * b->quality[j] + trust * b->sincerity[j];
            b->utility[j] = constant + b->taste[j] + believed + habit - b->sensitivity[j] * price;
        }
    }
    for (int c = 0; c < t->causes; c++) {
        float known = p->value_weight * firm->known[c];
        float trusted = p->value_weight * (firm->proclaimed[c] - firm->known[c]);
        if (known != 0.0f || trusted != 0.0f) {
            const float *restrict weight = b->values[c];
            EACH(j, n) b->utility[j] = b->utility[j] + weight[j] * (known + b->sincerity[j] * trusted);
        }
    }
    int32_t home = firm->home;
    if (s->contribution.enabled) {
        float effect = s->contribution.attachment_effect;
        EACH(j, n) b->utility[j] = b->utility[j] + (b->community[j] == home ? effect * b->attachment[j] : 0.0f);
    }
    if (s->activation.enabled) {
        EACH(j, n) {
            int concerned = b->target[j] == code | b->target[j] == home;
            b->utility[j] = b->utility[j] + (concerned ? b->pull[j] : 0.0f);
        }
    }
    if (firm->is_use > 0.0f) {
        float renewal = s->offers.renewal * firm->renews, use_weight = s->offers.use_weight;
        EACH(j, n) {
            float leaning = 2.0f * b->use_preference[j] - 1.0f;
            float stays = b->last[j] == code ? renewal : 0.0f;
            b->utility[j] = b->utility[j] + use_weight * leaning + stays;
        }
    }
    if (firm->hassle > 0.0f || firm->idealism > 0.0f) {
        float causes = (float)(t->causes > 1 ? t->causes : 1), hassle = firm->hassle, idealism = firm->idealism;
        EACH(j, n) {
            float effort = hassle * (1.0f - b->skill[j]);
            b->utility[j] = b->utility[j] + idealism * b->ideal[j] / causes - effort;
        }
    }
    if (s->sharing.enabled && sector->sharing >= 0 && firm->hosting > 0.0f) {
        float visit = s->sharing.visit_effect * firm->hosting;
        int32_t sharing = sector->sharing;
        EACH(j, n) b->utility[j] = b->utility[j] + (b->last[j] == sharing ? visit : 0.0f);
    }
}

INLINE void run_race(struct buyers *restrict b, const struct firm *firm, int32_t code, int everywhere)
{
    float available = firm->available;
    uint32_t key = firm->key, shelf_key = firm->shelf_key;
    EACH(j, b->who.n) {
        float rate = exp32_within(lower(higher(b->utility[j], FAINT), 87.0f));
        float rings = exponential_from(mix32(b->race[j], key)) / rate;
        int on_shelf = everywhere || uniform_from(mix32(b->trip[j], shelf_key)) < available;
        int wins = on_shelf & rings < b->first[j];
        b->first[j] = wins ? rings : b->first[j];
        b->choice[j] = wins ? code : b->choice[j];
        b->sum_of_rates[j] = b->sum_of_rates[j] + (on_shelf ? rate : 0.0f);
    }
}

/* Let one firm's clock, of rate exp(utility), run against the first so far. */
RULE enter_race(struct buyers *restrict b, const struct firm *firm, int32_t code)
{
    if (firm->available >= 1.0f) run_race(b, firm, code, 1);
    else run_race(b, firm, code, 0);
}

RULE tally_purchases(
    struct buyers *restrict b, int8_t *restrict supplier, int32_t *restrict bought, const struct tile *t,
    int16_t week, const struct sector *sector, struct firm_counts *firm_counts, struct market_counts *counts)
{
    int n = b->who.n;
    int64_t surplus = 0;
    int32_t order = sector->order;
    float reference = sector->reference_price;
    EACH(j, n) {
        float beta = b->sensitivity[j], rates = b->sum_of_rates[j];
        int has = beta >= DULL & rates > 0.0f;
        float money = 1024.0f * (reference * log32(rates) / beta);
        surplus += has ? (int64_t)b->units[j] * order * (int64_t)(has ? money : 0.0f) : 0;
    }
    counts->surplus += surplus;
    for (int j = 0; j < n; j++) {
        int lane = b->who.lane[j], chosen = b->choice[j], last = b->last[j];
        int64_t units = (int64_t)b->units[j] * order;
        if (chosen < 0) {
            counts->not_bought += units;
            continue;
        }
        struct firm_counts *firm = firm_counts + chosen;
        int16_t *before = t->bought + chosen * LANES + lane;
        firm->units += units;
        firm->trips += 1;
        counts->cohort_units[t->cohort[lane]] += units;
        counts->cohort_outside[t->cohort[lane]] += chosen >= sector->alternatives ? units : 0;
        firm->first_buyers += *before == NEVER;
        counts->trips += 1;
        if (last >= 0) {
            counts->repeatable += 1;
            counts->switches += last != chosen;
            firm_counts[last].returnable += 1;
            firm_counts[last].returned += last == chosen;
        }
        supplier[lane] = (int8_t)chosen;
        *before = week;
        bought[lane] = 1;
    }
}

/* Let the buyers live through their purchase, complain, learn and review: all at once what they draw and feel, then one
 * by one what is written and counted. */
RULE experience(
    const struct buyers *restrict b, const struct sector *keys, const struct tile *t, const struct firm *firms,
    const struct experience_settings *p, struct firm_counts *firm_counts)
{
    enum { DEFECT = 1, COMPLAINT = 2, REPAIRED = 4, REVIEW = 8 };
    float true_quality[MOST_SUPPLIERS], defect_rate[MOST_SUPPLIERS], repair[MOST_SUPPLIERS];
    ROW float felt[ROOM], learnt[ROOM];
    ROW int32_t events[ROOM];
    for (int f = keys->first; f < keys->last; f++) {
        true_quality[f] = firms[f].true_quality;
        defect_rate[f] = firms[f].defect_rate;
        repair[f] = firms[f].repair;
    }
    const float *restrict taste = t->taste, *restrict propensity = t->propensity;
    float *quality = t->quality;
    float match = p->match, noise = p->noise, learning = p->learning, complaint_rate = p->complaint_rate;
    float loss = p->defect_loss, bonus = p->recovery_bonus, review_rate = p->review_rate, floor = p->review_floor;
    uint32_t noise_key = keys->noise, defect_key = keys->defect, complaint_key = keys->complaint;
    uint32_t repair_key = keys->repair, review_key = keys->review;
    int32_t first = keys->first;
    EACH(j, b->who.n) {
        int32_t f = b->choice[j] < 0 ? first : b->choice[j], lane = b->who.lane[j];
        uint32_t word = b->trip[j], luck = b->later[j];
        float sound = true_quality[f] + match * taste[f * LANES + lane] + noise * normal_from(mix32(word, noise_key));
        int defect = uniform_from(mix32(word, defect_key)) < defect_rate[f];
        int complaint = defect & uniform_from(mix32(luck, complaint_key)) < complaint_rate;
        int repaired = complaint & uniform_from(mix32(luck, repair_key)) < repair[f];
        float x = defect ? sound - loss : sound;
        x = clip01(repaired ? sound + bonus : x);
        float q = quality[f * LANES + lane], extreme = 2.0f * x - 1.0f;
        float eager = propensity[lane] * review_rate * (floor + (1.0f - floor) * extreme * extreme);
        int review = uniform_from(mix32(luck, review_key)) < eager;
        felt[j] = x;
        learnt[j] = q + learning * (x - q);
        events[j] = defect * DEFECT | complaint * COMPLAINT | repaired * REPAIRED | review * REVIEW;
    }
    for (int j = 0; j < b->who.n; j++) {
        int lane = b->who.lane[j], f = b->choice[j];
        if (f < 0) continue;
        struct firm_counts *count = firm_counts + f;
        float x = felt[j];
        int32_t score = (int32_t)(x * 1023.0f + 0.5f);
        t->satisfaction[lane] = x;
        t->mentioned[lane] = (int8_t)f;
        quality[f * LANES + lane] = learnt[j];
        count->satisfaction += score;
        if (events[j]) {
            count->defects += (events[j] & DEFECT) != 0;
            count->complaints += (events[j] & COMPLAINT) != 0;
            count->repaired += (events[j] & REPAIRED) != 0;
            if (events[j] & REVIEW) {
                int32_t star = (int32_t)(x * 5.0f);
                count->reviews += 1;
                count->review_score += score;
                count->stars[star < 4 ? star : 4] += 1;
            }
        }
    }
}

RULE keep_goods(
    const struct buyers *restrict b, const uint32_t *restrict words, const struct sector *sector,
    const struct tile *t, const struct firm *firms, struct firm_counts *firm_counts)
{
    int16_t *restrict owned = t->owned + sector->place * LANES;
    int32_t market = sector->sharing;
    int gives = market >= 0 && firms[market].kept > 0.0f;
    float wear = 1.0f / sector->life, release = sector->release;
    uint32_t wear_key = sector->wear, offer_key = sector->offer;
    int32_t offered = 0, stock = 0, shares = market >= 0;
    EACH_LANE {
        int32_t goods = owned[lane];
        int32_t worn = (int32_t)((float)goods * wear + uniform_from(mix32(words[lane], wear_key)));
        int32_t left = goods - worn;
        left = left < 0 ? 0 : left;
        int offers = shares & left > 0 & uniform_from(mix32(words[lane], offer_key)) < release;
        left -= offers & gives;
        offered += offers;
        stock += left;
        owned[lane] = (int16_t)left;
    }
    for (int j = 0; j < b->who.n; j++) {
        int lane = b->who.lane[j], choice = b->choice[j];
        if (choice >= 0 && firms[choice].kept > 0.0f) {
            int32_t goods = owned[lane] + b->units[j];
            goods = goods < 30000 ? goods : 30000;
            stock += goods - owned[lane];
            owned[lane] = (int16_t)goods;
        }
    }
    if (shares) {
        firm_counts[market].offered += offered;
        firm_counts[market].owned += stock;
    }
}

RULE trust_hosts(
    const struct buyers *restrict b, const struct sector *sector, const struct tile *t, const struct firm *firms,
    const struct settings *s)
{
    for (int f = sector->first; f < sector->last; f++) {
        float gain = s->sharing.host_trust * firms[f].hosting;
        if (!(gain > 0.0f && firms[f].alive > 0.0f)) continue;
        float *restrict sincerity = t->sincerity + f * LANES;
        for (int j = 0; j < b->who.n; j++) {
            if (b->choice[j] != sector->sharing) continue;
            int lane = b->who.lane[j];
            float trust = sincerity[lane];
            sincerity[lane] = move_sincerity(trust, gain * (1.0f - trust), s->sincerity.asymmetry);
        }
    }
}

RULE tighten(
    float *restrict sensitivity, const struct tile *t, const float *restrict hardship, float stinginess)
{
    const float *restrict price_sensitivity = t->price_sensitivity;
    const int8_t *restrict cohort = t->cohort;
    EACH_LANE sensitivity[lane] = price_sensitivity[lane] * (1.0f + stinginess * hardship[cohort[lane]]);
}

/* Count the buyers of one firm over the last weeks, those who bought it last just before, and what all believe. */
RULE tally_minds(int f, int used, int64_t week, int64_t window, const struct tile *t, struct firm_counts *count)
{
    const int16_t *restrict bought = t->bought + f * LANES;
    const float *restrict quality = t->quality + f * LANES, *restrict sincerity = t->sincerity + f * LANES;
    int16_t oldest = (int16_t)(week - window), reach = 0, lost = 0;
    EACH_LANE {
        reach += bought[lane] > oldest;
        lost += bought[lane] == oldest;
    }
    int32_t belief = 0, sincere = 0;
    for (int lane = 0; lane < used; lane++) {
        belief += (int32_t)(quality[lane] * 1023.0f + 0.5f);
        sincere += (int32_t)(sincerity[lane] * 1023.0f + 0.5f);
    }
    count->reach += reach;
    count->lost += lost;
    count->belief += belief;
    count->sincerity += sincere;
}

#endif
