/* Contribution (sim/mechanisms/contribution.py): who joins a community, what members do in it, and who leaves. */

#ifndef CONTRIBUTION_H
#define CONTRIBUTION_H

#include "beliefs.h"

INLINE int bin_of(float made)
{
    if (made < 64.0f) return (int32_t)made;
    int32_t bin = 64 + (int32_t)((log32(made) - 4.1588830833596715f) * (float)(8.0 / 0.6931471805599453));
    return bin < BINS - 1 ? bin : BINS - 1;
}

/* Return the appeal to one consumer of contributing to firm f. */
INLINE float appeal(int f, int lane, const struct tile *t, const struct firm *firm)
{
    float drawn =
        t->playfulness[lane] * firm->game + firm->thanks + t->reciprocity[lane] * t->sincerity[f * LANES + lane];
    return firm->openness * drawn;
}

/* Return the community that a consumer joins, by logit on appeal against staying out; never the one just left. */
static int choose_community(
    int lane, int left, uint32_t luck, const struct tile *t, const struct firm *firms,
    const struct contribution_settings *p)
{
    int choice = -1;
    float best = p->choosiness * p->reserve + gumbel_from(mix32(luck, 0));
    for (int f = 0; f < t->firms; f++) {
        if (f == left || firms[f].home != f || !(firms[f].openness > 0.0f) || !(firms[f].alive > 0.0f)) continue;
        float noisy = p->choosiness * appeal(f, lane, t, firms + f) + gumbel_from(mix32(luck, firms[f].key));
        if (noisy > best) {
            best = noisy;
            choice = f;
        }
    }
    return choice;
}

/* Carry one member through a week in its community. */
INLINE void take_part(
    int lane, int home, uint32_t word, const struct keys *keys, const int32_t *bought, const struct tile *t,
    const struct firm *firms, const struct contribution_settings *p, const struct sincerity_settings *s,
    struct firm_counts *count, struct market_counts *counts)
{
    const struct firm *firm = firms + home;
    float *sincerity = t->sincerity + home * LANES + lane;
    float expected = lower(p->effort * t->propensity[lane] * appeal(home, lane, t, firm), 100.0f);
    int32_t made = (int32_t)(expected + uniform_from(mix32(word, keys->effort)));
    float attachment = t->attachment[lane];
    if (made > 0) {
        float kind = uniform_from(mix32(word, keys->kind));
        float ideas = p->idea_share * t->skill[lane], designs = p->codesign_share * t->skill[lane];
        if (kind < ideas) count->ideas += made;
        else if (kind < ideas + designs) count->codesigns += made;
        else count->supports += made;
        count->contributors += 1;
        counts->prosumers += bought[lane];
        counts->cohort_contributors[t->cohort[lane]] += 1;
        float before = t->contributed[lane], after = before + (float)made;
        t->contributed[lane] = after;
        int old = bin_of(before), new = bin_of(after);
        counts->makers[old] -= 1;
        counts->makers[new] += 1;
        counts->made[old] -= (int64_t)before;
        counts->made[new] += (int64_t)after;
    }
    int involved = made > 0 || uniform_from(mix32(word, keys->read)) < p->lurking;
    if (involved) {
        if (s->enabled) {
            float fair = lower(firm->given_back / higher(p->fair_share, firm->proclaimed_sharing), 1.0f);
            *sincerity = learn_sincerity(*sincerity, fair, p->sharing_weight, s);
        }
        float bond = p->bonding * (0.5f + 0.5f * firm->human_contact);
        attachment = clip01(attachment + bond * (1.0f - attachment));
    } else {
        attachment = attachment * (1.0f - p->fading);
    }
    t->attachment[lane] = attachment;
    int exploited = involved && *sincerity < p->exploited_below;
    float intruded = p->intrusion * firm->brand_push * (1.0f - firm->openness);
    int drifts = uniform_from(mix32(word, keys->leave)) < p->churn * (1.0f - attachment) + intruded;
    if (exploited || drifts) {
        count->leavers += 1;
        t->attachment[lane] = 0.0f;
        t->community[lane] = -1;
        if (exploited)
            t->community[lane] = (int8_t)choose_community(lane, home, mix32(word, keys->community), t, firms, p);
    }
}

RULE contribute(
    const uint32_t *restrict words, const struct keys *keys, const int32_t *restrict bought, const struct tile *t,
    const struct firm *firms, const struct contribution_settings *p, const struct sincerity_settings *s,
    struct firm_counts *firm_counts, struct market_counts *counts)
{
    ROW int32_t involved[LANES];
    int8_t *community = t->community;
    const float *restrict propensity = t->propensity;
    float called = 1.0f;
    for (int f = 0; f < t->firms; f++) called = called + firms[f].pull;
    float join_rate = p->join_rate * called;
    uint32_t key = keys->join;
    EACH_LANE {
        int joins = uniform_from(mix32(words[lane], key)) < join_rate * propensity[lane];
        involved[lane] = community[lane] >= 0 | joins;
    }
    struct chosen c;
    choose(&c, involved);
    for (int j = 0; j < c.n; j++) {
        int lane = c.lane[j], home = community[lane];
        uint32_t word = words[lane];
        if (home < 0) {
            community[lane] = (int8_t)choose_community(lane, -1, mix32(word, keys->community), t, firms, p);
        } else if (!(firms[home].alive > 0.0f)) {
            community[lane] = -1;
            t->attachment[lane] = 0.0f;
        } else {
            take_part(lane, home, word, keys, bought, t, firms, p, s, firm_counts + home, counts);
        }
        if (community[lane] >= 0) firm_counts[community[lane]].members += 1;
    }
}

#endif
