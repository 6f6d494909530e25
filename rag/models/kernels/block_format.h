/* Weights in blocks: 16 outputs by a group of 32 inputs, codes first, then the numbers that scale them.
 *
 * An output's weights of a group are scale * code - offset, with codes of four bits (affine, as in GGUF's Q4_K), or
 * scale * (code - 128), with codes of eight. Four inputs of one output lie side by side, which is what the processor's
 * products of bytes take; blocks of the same outputs follow each other along the inputs, so that a product reads them in
 * order. The last block of outputs is padded with zeros.
 */
#pragma once
#include <stdint.h>

enum {
    OUTPUTS = 16, /* outputs of a block */
    GROUP = 32,   /* inputs of a block: they share a scale */
    SPAN = 128,   /* inputs whose activations share a scale */
    SPAN_GROUPS = SPAN / GROUP,
    TILE_ROWS = 16, /* of activations, in a tile of AMX */
    CENTRE = 128, /* code of a weight of 0 in eight bits */
};

typedef struct {
    uint8_t codes[OUTPUTS * GROUP / 2]; /* chunk j of 64 bytes: quad 2j in the low halves, quad 2j + 1 in the high ones */
    uint16_t scale[OUTPUTS];            /* float16 */
    uint16_t offset[OUTPUTS];           /* float16 */
} Block4;

typedef struct {
    uint8_t codes[OUTPUTS * GROUP]; /* chunk q of 64 bytes: quad q */
    uint16_t scale[OUTPUTS];        /* float16 */
} Block8;

/* Activations of some rows, in eight bits: a row has `inputs` codes (a multiple of GROUP). */
typedef struct {
    const int8_t *codes; /* rows * inputs */
    const float *scales; /* rows * spans */
    const float *sums;   /* rows * groups: sum of the codes of a group */
    int64_t inputs, groups, spans;
    int64_t packed_rows; /* 0, or the number of rows if rows of the same span lie side by side: spans * rows * SPAN */
} Activations;
