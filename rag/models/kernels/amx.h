/* Products of many rows with AMX: one instruction multiplies 16 rows by a block's 16 outputs and 32 inputs.
 *
 * Sums of integers are exact, and all else is added in the order of tile_body.h: a row's result is the same to the last bit.
 */
#pragma once
#include "block_format.h"

enum {
    ROWS_AT_ONCE = 256,
    BLOCKS_AT_ONCE = 8,
    LINE = 64,
};

#define AMX_TARGET __attribute__((target("amx-tile,amx-int8,f16c," AVX512)))

/* A span of the weights of 16 outputs. A group's codes are a tile of 8 rows, each of four inputs of all outputs. */
typedef struct {
    _Alignas(LINE) uint8_t codes[SPAN_GROUPS][OUTPUTS * GROUP];
    __m512 scale[SPAN_GROUPS], offset[SPAN_GROUPS]; /* zeros for groups beyond the last */
} WeightSpan;

/* A span of some rows of activations, which lie side by side; room for a multiple of 16 rows. */
typedef struct {
    const int8_t *codes; /* rows * SPAN */
    const float *sums;   /* rows * SPAN_GROUPS */
    const float *scales; /* rows */
} ActivationSpan;

/* Tiles 0 and 1 hold sums, 2 and 3 activations, 4 to 7 the weights of a span's groups. */
AMX_TARGET static void shape_tiles(void)
{
    struct {
        uint8_t palette, start, reserved[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } shapes = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        shapes.bytes[i] = i == 2 || i == 3 ? GROUP : LINE;
        shapes.rows[i] = i < 4 ? TILE_ROWS : GROUP / 4;
    }
    _tile_loadconfig(&shapes);
}

AMX_TARGET static __m512 halves(const uint16_t *from)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)from));
}

AMX_TARGET static void read_group4(const Block4 *block, int g, WeightSpan *to)
{
    to->scale[g] = halves(block->scale);
    to->offset[g] = halves(block->offset);
    const __m512i low = _mm512_set1_epi8(15);
    for (int j = 0; j < GROUP / 8; j++) {
        const __m512i both = _mm512_loadu_si512(block->codes + LINE * j);
        uint8_t *codes = to->codes[g] + 2 * LINE * j;
        _mm512_store_si512(codes, _mm512_and_si512(both, low));
        _mm512_store_si512(codes + LINE, _mm512_and_si512(_mm512_srli_epi16(both, 4), low));
    }
}

AMX_TARGET static void read_group8(const Block8 *block, int g, WeightSpan *to)
{
    to->scale[g] = halves(block->scale);
    memcpy(to->codes[g], block->codes, sizeof block->codes);
}

AMX_TARGET static void read_span(const void *blocks, int bits, int64_t first, int64_t groups, WeightSpan *to)
{
    for (int g = 0; g < SPAN_GROUPS; g++) {
        if (first + g >= groups) to->scale[g] = to->offset[g] = _mm512_setzero_ps();
        else if (bits == 4) read_group4((const Block4 *)blocks + first + g, g, to);
        else read_group8((const Block8 *)blocks + first + g, g, to);
    }
}

/* Sums of integers of 16 rows and 16 outputs, a group at a time. */
typedef int32_t Sums[SPAN_GROUPS][TILE_ROWS * OUTPUTS];

/* Scale the sums of some rows of 16 and add them to `to`. */
AMX_TARGET static inline __attribute__((always_inline)) void add_scaled(
    const WeightSpan *weights, const int bits, int first, int end, const ActivationSpan *x, int row, Sums sums, float *to)
{
    for (int r = first; r < end; r++) {
        __m512 sub = _mm512_setzero_ps();
        for (int g = 0; g < SPAN_GROUPS; g++) {
            const __m512 codes_sum = _mm512_set1_ps(x->sums[(row + r) * SPAN_GROUPS + g]);
            __m512 sum = _mm512_cvtepi32_ps(_mm512_load_si512(sums[g] + r * OUTPUTS));
            if (bits == 8) sum = _mm512_fnmadd_ps(_mm512_set1_ps(CENTRE), codes_sum, sum);
            sub = _mm512_fmadd_ps(sum, weights->scale[g], sub);
            if (bits == 4) sub = _mm512_fnmadd_ps(weights->offset[g], codes_sum, sub);
        }
        float *of_row = to + (row + r) * OUTPUTS;
        _mm512_store_ps(of_row, _mm512_fmadd_ps(sub, _mm512_set1_ps(x->scales[row + r]), _mm512_load_ps(of_row)));
    }
}

/* Multiply 16 rows by a span while the sums of the 16 rows before are scaled: other parts of the processor do that. */
#define MULTIPLY(g, sum, rows_codes, w)                                                              \
    _tile_zero(sum);                                                                                 \
    _tile_loadd(rows_codes, x->codes + row * SPAN + (g) * GROUP, SPAN);                              \
    _tile_dpbsud(sum, rows_codes, w);                                                                \
    if (row) add_scaled(weights, bits, 4 * (g), 4 * (g) + 4, x, row - TILE_ROWS, sums[turn ^ 1], to); \
    _tile_stored(sum, sums[turn][g], LINE);

/* Multiply rows by a span of one block of outputs and add the products to `to`, rows * 16. */
AMX_TARGET static inline __attribute__((always_inline)) void add_span(
    const WeightSpan *weights, const int bits, const ActivationSpan *x, int rows, float *to)
{
    _Alignas(LINE) Sums sums[2];
    int turn = 0, row = 0;
    _tile_loadd(4, weights->codes[0], LINE);
    _tile_loadd(5, weights->codes[1], LINE);
    _tile_loadd(6, weights->codes[2], LINE);
    _tile_loadd(7, weights->codes[3], LINE);
    for (; row < rows; row += TILE_ROWS, turn ^= 1) {
        MULTIPLY(0, 0, 2, 4)
        MULTIPLY(1, 1, 3, 5)
        MULTIPLY(2, 0, 2, 6)
        MULTIPLY(3, 1, 3, 7)
    }
    add_scaled(weights, bits, 0, rows - row + TILE_ROWS, x, row - TILE_ROWS, sums[turn ^ 1], to);
}
#undef MULTIPLY

/* Multiply `rows` activations, from the one numbered `row`, by `count` blocks of outputs that follow each other, into `to`,
 * count * rows * 16. A span of activations stays in the nearest cache while it meets all of them. */
AMX_TARGET static void multiply_blocks(
    const void *blocks, int bits, int64_t size, int count, const Activations *a, int64_t row, int rows, float *to)
{
    WeightSpan weights;
    memset(to, 0, sizeof(float) * OUTPUTS * (size_t)(count * rows));
    for (int64_t span = 0; span < a->spans; span++) {
        const int64_t first = span * a->packed_rows + row;
        const ActivationSpan x = {a->codes + first * SPAN, a->sums + first * SPAN_GROUPS, a->scales + first};
        for (int b = 0; b < count; b++) {
            read_span((const char *)blocks + b * size, bits, span * SPAN_GROUPS, a->groups, &weights);
            if (bits == 4) add_span(&weights, 4, &x, rows, to + b * rows * OUTPUTS);
            else add_span(&weights, 8, &x, rows, to + b * rows * OUTPUTS);
        }
    }
}
