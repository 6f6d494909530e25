/* Products of weights in blocks (block_format.h) with activations of eight bits, on x86-64 with AVX2 and on ARM
 * with products of bytes.
 *
 * The scheme is llama.cpp's: weights stay in four or eight bits in memory, activations are quantised by spans of 128 as
 * they come, and bytes are multiplied exactly into 32-bit sums. One reading of the weights serves all rows of a tile.
 */
#if defined(__aarch64__)
#include <arm_neon.h>
#else
#include <immintrin.h>
#endif
#include <math.h>
#include <string.h>

#include "block_format.h"
#include "numbers.h"
#include "parallel.h"
#include "processor.h"

enum {
    MAX_ROWS = 8,
    MAX_VECTORS = 4,
    AHEAD = 16, /* blocks that are fetched ahead: measured */
    PANEL_BYTES = 256 << 10,
};

#if defined(__aarch64__)
#include "vectors_neon.h"
#else
#include "amx.h"
#include "vectors_avx512.h"
#define VNNI 1
#include "vectors_avx2.h"
#define VNNI 0
#include "vectors_avx2.h"
#endif

typedef void (*Tiles)(int, int, const void *, const void *, Activations, int64_t, float *);

/* The tiles of a processor: how many rows and blocks of outputs one holds, when there are few rows and when many. */
typedef struct {
    Tiles bits4, bits8;
    int few_rows, many_rows, many_blocks;
} Kernel;

static const Kernel KERNELS[] = {
#if defined(__aarch64__)
    [ISA_NEON] = {tiles_neon_4, tiles_neon_8, 4, 4, 1},
#else
    [ISA_AVX2] = {tiles_avx2_4, tiles_avx2_8, 4, 4, 1},
    [ISA_AVX_VNNI] = {tiles_avxvnni_4, tiles_avxvnni_8, 4, 3, 1},
    [ISA_AVX512_VNNI] = {tiles_avx512vnni_4, tiles_avx512vnni_8, 8, 6, 2},
    [ISA_AMX] = {tiles_avx512vnni_4, tiles_avx512vnni_8, 8, 6, 2},
#endif
};

/* One product, and how its work is shared. */
typedef struct {
    int isa, bits;
    const void *blocks;
    const float *bias; /* or NULL */
    const uint16_t *x; /* bfloat16, rows * in */
    uint16_t *y;       /* bfloat16, rows * out */
    int64_t rows, in, out;
    void *scratch; /* see scratch_bytes */
    Team team;
    Activations activations;
} Product;

/* AMX pays from more rows on than the tiles for few rows hold. */
static int uses_amx(const Product *p)
{
#if defined(__aarch64__)
    (void)p;
    return 0;
#else
    return p->isa == ISA_AMX && p->rows > KERNELS[ISA_AMX].few_rows;
#endif
}

static int64_t groups_of(int64_t in) { return (in + GROUP - 1) / GROUP; }
static int64_t spans_of(int64_t in) { return (in + SPAN - 1) / SPAN; }

/* Round up to whole tiles of AMX. */
static int64_t padded(int64_t rows) { return (rows + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS; }

int64_t citewell_scratch_bytes(int64_t rows, int64_t in)
{
    return padded(rows) * spans_of(in) * (SPAN + 4 * (1 + SPAN_GROUPS));
}

int64_t citewell_weight_bytes(int bits, int64_t in, int64_t out)
{
    const int64_t blocks = (out + OUTPUTS - 1) / OUTPUTS * groups_of(in);
    return blocks * (int64_t)(bits == 4 ? sizeof(Block4) : sizeof(Block8));
}

/* Return the largest magnitude of a span: without their sign, floats order like the integers with the same bits. */
static inline float largest_magnitude(const float *values)
{
    int32_t largest = 0;
    for (int i = 0; i < SPAN; i++) {
        int32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        bits &= 0x7fffffff;
        largest = bits > largest ? bits : largest;
    }
    float value;
    memcpy(&value, &largest, sizeof value);
    return value;
}

/* Round to the nearest integer, ties to even, in a way that compilers turn into vectors: at 2^23 floats are whole numbers. */
static inline int nearest(float value)
{
    const float shift = 12582912; /* 1.5 * 2^23 */
    return (int)(value + shift - shift);
}

/* Quantise the activations of a row by spans: the largest becomes 127. */
LEAST static void quantise_row(const Product *p, int64_t row)
{
    const Activations *a = &p->activations;
    const uint16_t *x = p->x + row * p->in;
    for (int64_t span = 0; span < a->spans; span++) {
        float values[SPAN] = {0};
        const int64_t first = span * SPAN, left = p->in - first, count = left < SPAN ? left : SPAN;
        const int64_t packed = span * a->packed_rows + row;
        int8_t *codes = (int8_t *)a->codes + (a->packed_rows ? packed * SPAN : row * a->inputs + first);
        float *sums = (float *)a->sums + (a->packed_rows ? packed * SPAN_GROUPS : row * a->groups + first / GROUP);
        for (int64_t i = 0; i < count; i++) values[i] = from_bfloat16(x[first + i]);
        const float largest = largest_magnitude(values);
        ((float *)a->scales)[a->packed_rows ? packed : row * a->spans + span] = largest / 127;
        const float factor = largest > 0 ? 127 / largest : 0;
        for (int64_t g = 0; g < SPAN_GROUPS && (a->packed_rows || first / GROUP + g < a->groups); g++) {
            int sum = 0;
            for (int i = 0; i < GROUP; i++) {
                const int code = nearest(values[g * GROUP + i] * factor);
                codes[g * GROUP + i] = (int8_t)code;
                sum += code;
            }
            sums[g] = (float)sum;
        }
    }
}

static void quantise_rows(void *argument)
{
    const Product *p = argument;
    int64_t first, end;
    share(&p->team, p->rows, &first, &end);
    for (int64_t row = first; row < end; row++) quantise_row(p, row);
}

static inline __attribute__((always_inline)) void store_row(
    const float *restrict from, const float *restrict bias, uint16_t *restrict to, int64_t count)
{
    for (int64_t i = 0; i < count; i++) to[i] = to_bfloat16(from[i] + (bias ? bias[i] : 0));
}

/* Store a tile's rows: `outputs` of them are whole blocks, but the last of the product may be cut. */
LEAST static void store(
    const Product *p, int64_t row, int rows, int64_t output, int outputs, const float *tile)
{
    const float *bias = p->bias ? p->bias + output : NULL;
    const int64_t left = p->out - output;
    for (int r = 0; r < rows; r++) {
        uint16_t *to = p->y + (row + r) * p->out + output;
        if (left < outputs) store_row(tile + r * outputs, bias, to, left);
        else if (bias) for (int i = 0; i < outputs; i += OUTPUTS) store_row(tile + r * outputs + i, bias + i, to + i, OUTPUTS);
        else for (int i = 0; i < outputs; i += OUTPUTS) store_row(tile + r * outputs + i, NULL, to + i, OUTPUTS);
    }
}

#if !defined(__aarch64__)
/* Multiply some blocks of outputs by all rows, with AMX. */
AMX_TARGET static void multiply_many(const Product *p, int64_t size, int64_t first, int64_t end)
{
    _Alignas(LINE) float sums[BLOCKS_AT_ONCE * ROWS_AT_ONCE * OUTPUTS];
    shape_tiles();
    for (int64_t row = 0; row < p->rows; row += ROWS_AT_ONCE) {
        const int rows = p->rows - row < ROWS_AT_ONCE ? (int)(p->rows - row) : ROWS_AT_ONCE;
        for (int64_t block = first; block < end; block += BLOCKS_AT_ONCE) {
            const int count = end - block < BLOCKS_AT_ONCE ? (int)(end - block) : BLOCKS_AT_ONCE;
            multiply_blocks((const char *)p->blocks + block * size, p->bits, size, count, &p->activations, row, rows, sums);
            for (int b = 0; b < count; b++)
                store(p, row, rows, (block + b) * OUTPUTS, OUTPUTS, sums + b * rows * OUTPUTS);
        }
    }
    _tile_release();
}
#endif

typedef struct {
    const Product *product;
    Pieces panels; /* of blocks of outputs */
} Work;

static int64_t blocks_of(const Product *p) { return (p->out + OUTPUTS - 1) / OUTPUTS; }

static int64_t block_row_bytes(const Product *p)
{
    return p->activations.groups * (int64_t)(p->bits == 4 ? sizeof(Block4) : sizeof(Block8));
}

/* Return how many blocks of outputs are taken at a time: as many as the cache holds, in whole tiles. AMX, which reads the
 * activations anew for each tile, takes a quarter of a thread's share. */
static int64_t panel_of(const Product *p)
{
    int64_t tile = KERNELS[p->isa].many_blocks, fitting = PANEL_BYTES / block_row_bytes(p);
#if !defined(__aarch64__)
    if (p->activations.packed_rows) {
        tile = BLOCKS_AT_ONCE;
        fitting = blocks_of(p) / ranges_of(&p->team) / 4;
    }
#endif
    return fitting > tile ? fitting / tile * tile : tile;
}

/* Multiply panels of weights: each meets all rows while it is in the cache. */
static void multiply(void *argument)
{
    Work *work = argument;
    const Product *p = work->product;
    const Kernel *kernel = &KERNELS[p->isa];
    const Tiles tiles = p->bits == 4 ? kernel->bits4 : kernel->bits8;
    const int64_t size = block_row_bytes(p);
    const int is_few = p->rows <= kernel->few_rows;
    const int most_rows = is_few ? kernel->few_rows : kernel->many_rows;
    const int most_blocks = is_few ? 1 : kernel->many_blocks;
    for (int64_t start, stop; take(&work->panels, thread_of(&p->team), &start, &stop);) {
#if !defined(__aarch64__)
        if (p->activations.packed_rows) {
            multiply_many(p, size, start, stop);
            continue;
        }
#endif
        for (int64_t row = 0; row < p->rows; row += most_rows) {
            const int rows = p->rows - row < most_rows ? (int)(p->rows - row) : most_rows;
            for (int64_t block = start; block < stop; block += most_blocks) {
                const int blocks = stop - block < most_blocks ? (int)(stop - block) : most_blocks;
                float tile[MAX_ROWS * MAX_VECTORS * OUTPUTS] = {0};
                const char *weights = (const char *)p->blocks + block * size;
                /* Rows that come second fetch the next panel, while the first ones' fetches have come in. */
                const int64_t ahead = row == 0 ? AHEAD * size / p->activations.groups : row == most_rows ? work->panels.at_once * size : 0;
                tiles(rows, blocks, weights, ahead ? weights + ahead : NULL, p->activations, row, tile);
                store(p, row, rows, block * OUTPUTS, blocks * OUTPUTS, tile);
            }
        }
    }
}

/* Compute y = x @ weights.T + bias. */
void citewell_multiply(Product *p)
{
    Activations *a = &p->activations;
    a->groups = groups_of(p->in);
    a->spans = spans_of(p->in);
    a->inputs = a->groups * GROUP;
    a->packed_rows = uses_amx(p) ? padded(p->rows) : 0;
    const int64_t rows = a->packed_rows ? a->packed_rows : p->rows;
    a->codes = p->scratch;
    a->scales = (const float *)(a->codes + rows * a->spans * SPAN);
    a->sums = a->scales + rows * a->spans;
    if (p->rows < p->team.threads)
        for (int64_t row = 0; row < p->rows; row++) quantise_row(p, row);
    else
        run(&p->team, quantise_rows, p);
    Work work = {p, {.count = blocks_of(p), .at_once = panel_of(p), .ranges = ranges_of(&p->team)}};
    run(&p->team, multiply, &work);
}
