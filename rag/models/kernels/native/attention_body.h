/* Attention of one tile of queries, for one kind of processor: included several times, see attention.c.
 *
 * Online softmax over blocks of keys (FlashAttention, Dao et al. 2022), in float32. A query's keys come in blocks that
 * begin at multiples of KEYS, so its result does not depend on the other queries of the tile.
 */
#include "vector_math.h"

/* Put 16 keys of `dim` numbers side by side: columns[d * 16 + key]. Four rounds of interleaving transpose 16 by 16. */
TARGET static void NAME(transpose)(const uint16_t *keys, int64_t stride, int dim, float *columns)
{
    for (int d = 0; d < dim; d += 16) {
        FLOATS a[16], b[16];
        for (int i = 0; i < 16; i++) a[i] = NAME(widen)(keys + i * stride + d);
#define INTERLEAVE(from, to)                                                                                         \
    for (int i = 0; i < 8; i++) {                                                                                    \
        to[2 * i] = __builtin_shufflevector(from[i], from[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23); \
        to[2 * i + 1] =                                                                                              \
            __builtin_shufflevector(from[i], from[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31); \
    }
        INTERLEAVE(a, b)
        INTERLEAVE(b, a)
        INTERLEAVE(a, b)
        INTERLEAVE(b, a)
#undef INTERLEAVE
        for (int i = 0; i < 16; i++) *(FLOATS *)(columns + (d + i) * 16) = a[i];
    }
}

/* Products of some queries with 32 keys. */
TARGET static inline __attribute__((always_inline)) void NAME(scores)(
    const int queries, const float *q, const float *columns, int dim, float *out)
{
    FLOATS low[6], high[6];
    for (int i = 0; i < queries; i++) low[i] = high[i] = (FLOATS){0};
    for (int d = 0; d < dim; d++) {
        const FLOATS a = *(const FLOATS *)(columns + d * 16), b = *(const FLOATS *)(columns + (dim + d) * 16);
        for (int i = 0; i < queries; i++) {
            const float x = q[i * dim + d];
            low[i] += x * a;
            high[i] += x * b;
        }
    }
    for (int i = 0; i < queries; i++) {
        *(FLOATS *)(out + i * KEYS) = low[i];
        *(FLOATS *)(out + i * KEYS + 16) = high[i];
    }
}

/* Add the values of 32 keys, weighted, to the outputs of some queries, 64 numbers of each at a time. */
TARGET static inline __attribute__((always_inline)) void NAME(gather)(
    const int queries, const float *weights, const float *values, int dim, float *out)
{
    for (int d = 0; d < dim; d += 64) {
        FLOATS sums[6][4];
        const int parts = dim - d < 64 ? (dim - d) / 16 : 4;
        for (int i = 0; i < queries; i++)
            for (int j = 0; j < 4; j++) sums[i][j] = j < parts ? *(const FLOATS *)(out + i * dim + d + 16 * j) : (FLOATS){0};
        for (int key = 0; key < KEYS; key++) {
            const float *from = values + key * dim + d;
            for (int j = 0; j < 4; j++) {
                const FLOATS value = *(const FLOATS *)(from + 16 * j);
                for (int i = 0; i < queries; i++) sums[i][j] += weights[i * KEYS + key] * value;
            }
        }
        for (int i = 0; i < queries; i++)
            for (int j = 0; j < parts; j++) *(FLOATS *)(out + i * dim + d + 16 * j) = sums[i][j];
    }
}

/* Turn the products of a query with a block of keys into weights, and scale what was gathered so far. */
TARGET static void NAME(soften)(Query *query, float *scores, int64_t first_key, float *out, int dim)
{
    FLOATS *s = (FLOATS *)scores;
    if (first_key < query->first || first_key + KEYS > query->end)
        for (int k = 0; k < KEYS; k++)
            if (first_key + k < query->first || first_key + k >= query->end) scores[k] = -INFINITY;
    float largest = query->largest;
    for (int k = 0; k < KEYS; k++) largest = scores[k] > largest ? scores[k] : largest;
    FLOATS sum = (FLOATS){0};
    for (int k = 0; k < KEYS / 16; k++) {
        s[k] = NAME(exponential)(s[k] - largest);
        sum += s[k];
    }
    const float factor = expf(query->largest - largest);
    float total = 0;
    for (int i = 0; i < 16; i++) total += sum[i];
    query->total = query->total * factor + total;
    if (largest != query->largest)
        for (int d = 0; d < dim; d += 16) *(FLOATS *)(out + d) *= factor;
    query->largest = largest;
}

TARGET static void NAME(attend)(Tile *tile)
{
    const int dim = tile->dim;
    float *columns = tile->scratch, *values = columns + KEYS * dim;
    float *scores = values + KEYS * dim;
    for (int64_t key = tile->first / KEYS * KEYS; key < tile->end; key += KEYS) {
        for (int half = 0; half < KEYS; half += 16)
            NAME(transpose)(tile->keys + (key + half) * dim, dim, dim, columns + half * dim);
        for (int k = 0; k < KEYS; k++)
            for (int d = 0; d < dim; d += 16)
                *(FLOATS *)(values + k * dim + d) = NAME(widen)(tile->values + (key + k) * dim + d);
        for (int i = 0; i < tile->queries; i += 6) {
            const int count = tile->queries - i < 6 ? tile->queries - i : 6;
            const float *q = tile->q + i * dim;
            float *out = tile->out + i * dim;
            switch (count) {
#define CASE(N) \
    case N: NAME(scores)(N, q, columns, dim, scores); break;
                CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#undef CASE
            }
            for (int j = 0; j < count; j++) NAME(soften)(tile->query + i + j, scores + j * KEYS, key, out + j * dim, dim);
            switch (count) {
#define CASE(N) \
    case N: NAME(gather)(N, scores, values, dim, out); break;
                CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#undef CASE
            }
        }
    }
}

#undef FLOATS
#undef INTS
#undef NAME
#undef VECTOR_JOIN
#undef VECTOR_JOIN_
#undef ISA
#undef TARGET
