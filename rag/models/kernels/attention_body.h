/* Attention of one tile of queries, for one kind of processor: included several times, see attention.c.
 *
 * Online softmax over blocks of keys (FlashAttention, Dao et al. 2022), in float32. A query's keys come in blocks that
 * begin at multiples of KEYS, so its result does not depend on the other queries of the tile.
 */
#include "vector_math.h"

/* Turn pairs of numbers, half of `dim` apart, by an angle each: rounded in between as torch does. `to` may be `x`. */
TARGET static void NAME(turn)(const uint16_t *x, const uint16_t *cosines, const uint16_t *sines, int64_t dim, uint16_t *to)
{
    const int64_t half = dim / 2;
    for (int64_t d = 0; d < half; d += LANES) {
        const FLOATS a = NAME(widen)(x + d), b = NAME(widen)(x + half + d);
        const FLOATS first = NAME(rounded)(a * NAME(widen)(cosines + d)), less = NAME(rounded)(b * NAME(widen)(sines + d));
        const FLOATS second = NAME(rounded)(b * NAME(widen)(cosines + half + d));
        const FLOATS more = NAME(rounded)(a * NAME(widen)(sines + half + d));
        NAME(narrow)(to + d, first - less);
        NAME(narrow)(to + half + d, second + more);
    }
}

/* What is summed at a time for each of six queries: with its factors it fills the registers, and no more. */
#define KEYS_AT_ONCE (LANES == 16 ? 32 : 16)
#define NUMBERS_AT_ONCE (LANES == 16 ? 64 : 16)

#define SHUFFLE __builtin_shufflevector

/* Put LANES keys of `dim` numbers side by side: columns[d * LANES + key]. */
TARGET static void NAME(transpose)(const uint16_t *keys, int64_t stride, int dim, float *columns)
{
    for (int d = 0; d < dim; d += LANES) {
        FLOATS a[LANES], b[LANES];
        for (int i = 0; i < LANES; i++) a[i] = NAME(widen)(keys + i * stride + d);
#if LANES == 8
        /* Within the halves of a vector, and then the halves: AVX2 has one instruction for each of these. */
        for (int i = 0; i < 8; i += 2) {
            b[i] = SHUFFLE(a[i], a[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
            b[i + 1] = SHUFFLE(a[i], a[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
        }
        for (int i = 0; i < 8; i += 4)
            for (int j = 0; j < 2; j++) {
                a[i + 2 * j] = SHUFFLE(b[i + j], b[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
                a[i + 2 * j + 1] = SHUFFLE(b[i + j], b[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
            }
        for (int i = 0; i < 4; i++) {
            *(FLOATS *)(columns + (d + i) * 8) = SHUFFLE(a[i], a[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
            *(FLOATS *)(columns + (d + i + 4) * 8) = SHUFFLE(a[i], a[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
        }
#else
        /* Rounds of interleaving: as many as it takes to double 1 to LANES. */
#if LANES == 16
#define LOW_HALVES 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH_HALVES 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#else
#define LOW_HALVES 0, 4, 1, 5
#define HIGH_HALVES 2, 6, 3, 7
#endif
#define INTERLEAVE(from, to)                                                \
    for (int i = 0; i < LANES / 2; i++) {                                   \
        to[2 * i] = SHUFFLE(from[i], from[i + LANES / 2], LOW_HALVES);      \
        to[2 * i + 1] = SHUFFLE(from[i], from[i + LANES / 2], HIGH_HALVES); \
    }
        INTERLEAVE(a, b)
        INTERLEAVE(b, a)
#if LANES == 16
        INTERLEAVE(a, b)
        INTERLEAVE(b, a)
#endif
#undef INTERLEAVE
#undef LOW_HALVES
#undef HIGH_HALVES
        for (int i = 0; i < LANES; i++) *(FLOATS *)(columns + (d + i) * LANES) = a[i];
#endif
    }
}

/* Products of some queries with a block of keys, whose columns lie one vector of keys after the other. Meanwhile the keys of
 * the `next` block are fetched: they lie in memory, and all at once they would keep the processor waiting. */
TARGET static inline __attribute__((always_inline)) void NAME(scores)(
    const int queries, const float *q, const float *columns, int dim, const uint16_t *next, float *out)
{
    for (int key = 0; key < KEYS; key += KEYS_AT_ONCE) {
        FLOATS sums[6][KEYS_AT_ONCE / LANES];
        for (int i = 0; i < queries; i++)
            for (int j = 0; j < KEYS_AT_ONCE / LANES; j++) sums[i][j] = (FLOATS){0};
        for (int d = 0; d < dim; d++) {
            if (key == 0) __builtin_prefetch(next + d * KEYS);
            for (int j = 0; j < KEYS_AT_ONCE / LANES; j++) {
                const FLOATS column = *(const FLOATS *)(columns + (key + j * LANES) * dim + d * LANES);
                for (int i = 0; i < queries; i++) sums[i][j] = FMA(SPREAD(q[i * dim + d]), column, sums[i][j]);
            }
        }
        for (int i = 0; i < queries; i++)
            for (int j = 0; j < KEYS_AT_ONCE / LANES; j++)
                *(FLOATS *)(out + i * KEYS + key + j * LANES) = sums[i][j];
    }
}

/* Add the values of a block of keys, weighted, to the outputs of some queries, and fetch those of the `next` block. */
TARGET static inline __attribute__((always_inline)) void NAME(gather)(
    const int queries, const float *weights, const float *values, int dim, const uint16_t *next, float *out)
{
    for (int d = 0; d < dim; d += NUMBERS_AT_ONCE) {
        FLOATS sums[6][NUMBERS_AT_ONCE / LANES];
        const int parts = dim - d < NUMBERS_AT_ONCE ? (dim - d) / LANES : NUMBERS_AT_ONCE / LANES;
        for (int i = 0; i < queries; i++)
            for (int j = 0; j < NUMBERS_AT_ONCE / LANES; j++)
                sums[i][j] = j < parts ? *(const FLOATS *)(out + i * dim + d + LANES * j) : (FLOATS){0};
        for (int key = 0; key < KEYS; key++) {
            const float *from = values + key * dim + d;
            for (int n = 0; n < NUMBERS_AT_ONCE; n += LINE / 2) __builtin_prefetch(next + key * dim + d + n);
            for (int j = 0; j < NUMBERS_AT_ONCE / LANES; j++) {
                const FLOATS value = *(const FLOATS *)(from + LANES * j);
                for (int i = 0; i < queries; i++) sums[i][j] = FMA(SPREAD(weights[i * KEYS + key]), value, sums[i][j]);
            }
        }
        for (int i = 0; i < queries; i++)
            for (int j = 0; j < parts; j++) *(FLOATS *)(out + i * dim + d + LANES * j) = sums[i][j];
    }
}

/* Return the larger one of each pair. */
TARGET static inline FLOATS NAME(larger)(FLOATS a, FLOATS b)
{
    const INTS is_larger = a > b;
    return (FLOATS)(((INTS)a & is_larger) | ((INTS)b & ~is_larger));
}

/* Turn the products of a query with a block of keys into weights, and scale what was gathered so far. */
TARGET static void NAME(soften)(Query *query, float *scores, int64_t first_key, float *out, int dim)
{
    FLOATS *s = (FLOATS *)scores;
    if (first_key < query->first || first_key + KEYS > query->end)
        for (int k = 0; k < KEYS; k++)
            if (first_key + k < query->first || first_key + k >= query->end) scores[k] = -INFINITY;
    FLOATS most = s[0];
    for (int k = 1; k < KEYS / LANES; k++) most = NAME(larger)(s[k], most);
    float largest = query->largest;
    for (int i = 0; i < LANES; i++) largest = most[i] > largest ? most[i] : largest;
    float sums[16] __attribute__((aligned(64))) = {0}; /* sixteen, whatever the width of a vector, and so the same figures */
    for (int k = 0; k < KEYS / LANES; k++) {
        s[k] = NAME(exponential)(s[k] - largest);
        *(FLOATS *)(sums + k * LANES % 16) += s[k];
    }
    float total = 0;
    for (int i = 0; i < 16; i++) total += sums[i];
    const float factor = largest != query->largest ? expf(query->largest - largest) : 1;
    query->total = query->total * factor + total;
    if (largest != query->largest)
        for (int d = 0; d < dim; d += LANES) *(FLOATS *)(out + d) *= factor;
    query->largest = largest;
}

TARGET static void NAME(attend)(Tile *tile)
{
    const int dim = tile->dim;
    float *columns = tile->scratch, *values = columns + KEYS * dim;
    float *scores = values + KEYS * dim;
    for (int64_t key = tile->first / KEYS * KEYS; key < tile->end; key += KEYS) {
        const int64_t next = (key + KEYS < tile->end ? key + KEYS : key) * dim;
        for (int part = 0; part < KEYS; part += LANES)
            NAME(transpose)(tile->keys + (key + part) * dim, dim, dim, columns + part * dim);
        for (int64_t i = 0; i < KEYS * dim; i += LANES)
            *(FLOATS *)(values + i) = NAME(widen)(tile->values + key * dim + i);
        for (int i = 0; i < tile->queries; i += 6) {
            const int count = tile->queries - i < 6 ? tile->queries - i : 6;
            const float *q = tile->q + i * dim;
            float *out = tile->out + i * dim;
            switch (count) {
#define CASE(N) \
    case N: NAME(scores)(N, q, columns, dim, tile->keys + next, scores); break;
                CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#undef CASE
            }
            for (int j = 0; j < count; j++) NAME(soften)(tile->query + i + j, scores + j * KEYS, key, out + j * dim, dim);
            switch (count) {
#define CASE(N) \
    case N: NAME(gather)(N, scores, values, dim, tile->values + next, out); break;
                CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#undef CASE
            }
        }
    }
}

#undef KEYS_AT_ONCE
#undef NUMBERS_AT_ONCE
#undef SHUFFLE
#undef FMA
#undef SPREAD
#undef FLOATS
#undef INTS
#undef NAME
#undef VECTOR_JOIN
#undef VECTOR_JOIN_
#undef ISA
#undef TARGET
#undef LANES
