/* Lanes: what every rule needs of a tile of LANES consumers side by side — arithmetic, luck, and lists of lanes.
 *
 * All arithmetic is float32 and int32 in the order of the compiled rules, so that the bits are theirs. */

#ifndef LANES_H
#define LANES_H

#include <stdint.h>
#include <string.h>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

#define ROW __attribute__((aligned(64)))
#define RULE static __attribute__((noinline)) void
#define INLINE static inline __attribute__((always_inline))
#define VECTOR 16
#define PADDED(n) (((n) + VECTOR - 1) & ~(VECTOR - 1))
#define ROOM (LANES + 2 * VECTOR)
#define EACH_LANE _Pragma("GCC ivdep") for (int lane = 0; lane < LANES; lane++)
/* A loop over a squeezed row: also over the zeros that pad it to whole vectors. */
#define EACH(j, n) _Pragma("GCC ivdep") for (int j = 0; j < PADDED(n); j++)
/* Keeps the compiler from turning the loop that it stands in into vectors. */
#define ONE_BY_ONE __asm__ volatile("" : : : "memory")

_Static_assert(LANES % (2 * VECTOR) == 0, "a tile is made of whole vectors");

/* ---- arithmetic (sim/fastmath.py) */

INLINE float higher(float a, float b) { return b > a ? b : a; }
INLINE float lower(float a, float b) { return b < a ? b : a; }
INLINE float clip01(float x) { return lower(higher(x, 0.0f), 1.0f); }
INLINE float size_of(float x) { return __builtin_fabsf(x); }

INLINE int32_t bits_of(float x)
{
    union { float number; int32_t bits; } both = {.number = x};
    return both.bits;
}

INLINE float from_bits(int32_t x)
{
    union { int32_t bits; float number; } both = {.bits = x};
    return both.number;
}

/* e**x for an x within [-87, 87]. */
INLINE float exp32_within(float x)
{
    float z = x * (float)1.4426950408889634;
    int32_t n = (int32_t)(z + 127.5f) - 127;
    float f = z - (float)n;
    float p = 0.0001535336f * f + 0.0013398875f;
    p = p * f + 0.009618437f;
    p = p * f + 0.055503324f;
    p = p * f + 0.24022648f;
    p = p * f + 0.6931472f;
    p = p * f + 1.0f;
    return from_bits(bits_of(p) + (int32_t)((uint32_t)n << 23));
}

INLINE float exp32(float x) { return exp32_within(lower(higher(x, -87.0f), 87.0f)); }

INLINE float log32(float x)
{
    int32_t bits = bits_of(x) - 0x3F3504F3;
    float e = (float)(bits >> 23);
    float f = from_bits((bits & 0x007FFFFF) + 0x3F3504F3) - 1.0f;
    float z = f * f;
    float p = 7.0376836292e-2f * f + -1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f + -1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f + -1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f + -2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    return f + (p * f * z - 0.5f * z) + e * (float)0.6931471805599453;
}

/* ---- luck (sim/streams.py) */

INLINE uint32_t mix32(uint32_t word, uint32_t key)
{
    uint32_t x = word ^ key;
    x = (x ^ (x >> 16)) * 0x21F0AAADu;
    x = (x ^ (x >> 15)) * 0x735A2D97u;
    return x ^ (x >> 15);
}

INLINE float uniform_from(uint32_t word) { return ((float)(int32_t)(word >> 9) + 0.5f) * 0x1p-23f; }

INLINE float normal_from(uint32_t word)
{
    uint32_t total = (word & 255) + ((word >> 8) & 255) + ((word >> 16) & 255) + (word >> 24);
    return ((float)(int32_t)total - 510.0f) * (float)(1.0 / 147.80054);
}

INLINE float exponential_from(uint32_t word) { return -log32(uniform_from(word)); }

INLINE float gumbel_from(uint32_t word) { return -log32(exponential_from(word)); }

/* ---- lists of lanes */

/* The lanes of a tile for which something holds, in their order. */
struct chosen {
    int n;
    ROW int32_t lane[ROOM];
    ROW uint16_t mask[LANES / VECTOR];
};

/* Choose the lanes whose flag is not zero. */
INLINE void choose(struct chosen *restrict c, const int32_t *restrict flags)
{
    int n = 0;
#ifdef __AVX512F__
    __m512i here = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    for (int v = 0; v < LANES / VECTOR; v++) {
        __m512i row = _mm512_load_si512(flags + v * VECTOR);
        __mmask16 mask = _mm512_test_epi32_mask(row, row);
        c->mask[v] = mask;
        _mm512_storeu_si512(c->lane + n, _mm512_maskz_compress_epi32(mask, here));
        n += __builtin_popcount(mask);
        here = _mm512_add_epi32(here, _mm512_set1_epi32(VECTOR));
    }
#else
    for (int lane = 0; lane < LANES; lane++) {
        c->lane[n] = lane;
        n += flags[lane] != 0;
    }
#endif
    memset(c->lane + n, 0, VECTOR * sizeof(int32_t));
    c->n = n;
}

/* Write the chosen lanes of a row side by side, then zeros up to a whole vector. */
INLINE void squeeze(float *restrict out, const float *restrict row, const struct chosen *restrict c)
{
#ifdef __AVX512F__
    int n = 0;
    for (int v = 0; v < LANES / VECTOR; v++) {
        _mm512_storeu_ps(out + n, _mm512_maskz_compress_ps(c->mask[v], _mm512_load_ps(row + v * VECTOR)));
        n += __builtin_popcount(c->mask[v]);
    }
#else
    for (int j = 0; j < c->n; j++) out[j] = row[c->lane[j]];
#endif
    memset(out + c->n, 0, VECTOR * sizeof(float));
}

INLINE void squeeze_words(uint32_t *restrict out, const uint32_t *restrict row, const struct chosen *restrict c)
{
#ifdef __AVX512F__
    int n = 0;
    for (int v = 0; v < LANES / VECTOR; v++) {
        _mm512_storeu_si512(out + n, _mm512_maskz_compress_epi32(c->mask[v], _mm512_load_si512(row + v * VECTOR)));
        n += __builtin_popcount(c->mask[v]);
    }
#else
    for (int j = 0; j < c->n; j++) out[j] = row[c->lane[j]];
#endif
    memset(out + c->n, 0, VECTOR * sizeof(uint32_t));
}

INLINE void squeeze_tags(int32_t *restrict out, const int8_t *restrict row, const struct chosen *restrict c)
{
#ifdef __AVX512F__
    int n = 0;
    for (int v = 0; v < LANES / VECTOR; v++) {
        __m512i tags = _mm512_cvtepi8_epi32(_mm_load_si128((const __m128i *)(row + v * VECTOR)));
        _mm512_storeu_si512(out + n, _mm512_maskz_compress_epi32(c->mask[v], tags));
        n += __builtin_popcount(c->mask[v]);
    }
#else
    for (int j = 0; j < c->n; j++) out[j] = row[c->lane[j]];
#endif
    memset(out + c->n, 0, VECTOR * sizeof(int32_t));
}

#endif
