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
    [ISA_AVX2] = {tiles_avx2_4, tiles_avx2_8, 4, 2, 1},
    [ISA_AVX_VNNI] = {tiles_avxvnni_4, tiles_avxvnni_8, 4, 3, 1},
    [ISA_AVX512_VNNI] = {tiles_avx512vnni_4, tiles_avx512vnni_8, 8, 6, 2},
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

static int64_t groups_of(int64_t in) { return (in + GROUP - 1) / GROUP; }
static int64_t spans_of(int64_t in) { return (in + SPAN - 1) / SPAN; }

int64_t citewell_scratch_bytes(int64_t rows, int64_t in)
{
    return rows * (groups_of(in) * GROUP + 4 * (spans_of(in) + groups_of(in))) + 64;
}

int64_t citewell_weight_bytes(int bits, int64_t in, int64_t out)
{
    const int64_t blocks = (out + OUTPUTS - 1) / OUTPUTS * groups_of(in);
    return blocks * (int64_t)(bits == 4 ? sizeof(Block4) : sizeof(Block8));
}

/* Quantise the activations of a row by spans: the largest becomes 127. */
LEAST static void quantise_row(const Product *p, int64_t row)
{
    const Activations *a = &p->activations;
    const uint16_t *x = p->x + row * p->in;
    int8_t *codes = (int8_t *)a->codes + row * a->inputs;
    float *scales = (float *)a->scales + row * a->spans, *sums = (float *)a->sums + row * a->groups;
    for (int64_t span = 0; span < a->spans; span++) {
        float values[SPAN] = {0};
        const int64_t first = span * SPAN, left = p->in - first, count = left < SPAN ? left : SPAN;
        float largest = 0;
        for (int64_t i = 0; i < count; i++) values[i] = from_bfloat16(x[first + i]);
        for (int i = 0; i < SPAN; i++) largest = fabsf(values[i]) > largest ? fabsf(values[i]) : largest;
        scales[span] = largest / 127;
        const float factor = largest > 0 ? 127 / largest : 0;
        for (int64_t g = first / GROUP; g < (first + SPAN) / GROUP && g < a->groups; g++) {
            const float *from = values + g * GROUP - first;
            int sum = 0;
            for (int i = 0; i < GROUP; i++) {
                const int code = (int)rintf(from[i] * factor);
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

static void store(const Product *p, int64_t row, int rows, int64_t output, int outputs, const float *tile)
{
    for (int r = 0; r < rows; r++)
        for (int i = 0; i < outputs && output + i < p->out; i++) {
            const float value = tile[r * outputs + i] + (p->bias ? p->bias[output + i] : 0);
            p->y[(row + r) * p->out + output + i] = to_bfloat16(value);
        }
}

/* Multiply one thread's share of the outputs: each of its panels of weights meets all rows while it is in the cache. */
static void multiply(void *argument)
{
    const Product *p = argument;
    const Kernel *kernel = &KERNELS[p->isa];
    const Tiles tiles = p->bits == 4 ? kernel->bits4 : kernel->bits8;
    const int64_t size = p->activations.groups * (int64_t)(p->bits == 4 ? sizeof(Block4) : sizeof(Block8));
    const int is_few = p->rows <= kernel->few_rows;
    const int most_rows = is_few ? kernel->few_rows : kernel->many_rows;
    const int most_blocks = is_few ? 1 : kernel->many_blocks;
    int64_t first, end;
    share(&p->team, (p->out + OUTPUTS - 1) / OUTPUTS, &first, &end);
    const int64_t panel = PANEL_BYTES / size > most_blocks ? PANEL_BYTES / size / most_blocks * most_blocks : most_blocks;
    for (int64_t start = first; start < end; start += panel) {
        const int64_t stop = start + panel < end ? start + panel : end;
        for (int64_t row = 0; row < p->rows; row += most_rows) {
            const int rows = p->rows - row < most_rows ? (int)(p->rows - row) : most_rows;
            for (int64_t block = start; block < stop; block += most_blocks) {
                const int blocks = stop - block < most_blocks ? (int)(stop - block) : most_blocks;
                float tile[MAX_ROWS * MAX_VECTORS * OUTPUTS] = {0};
                const char *weights = (const char *)p->blocks + block * size;
                /* Rows that come second fetch the next panel, while the first ones' fetches have come in. */
                const int64_t ahead = row == 0 ? AHEAD * size / p->activations.groups : row == most_rows ? panel * size : 0;
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
    a->scales = p->scratch;
    a->sums = a->scales + p->rows * a->spans;
    a->codes = (const int8_t *)(a->sums + p->rows * a->groups);
    if (p->rows < p->team.threads)
        for (int64_t row = 0; row < p->rows; row++) quantise_row(p, row);
    else
        run(&p->team, quantise_rows, p);
    run(&p->team, multiply, p);
}
