/* Put weights into blocks (block_format.h): round to the nearest code, with the scale and offset that fit each group best. */
#if !defined(__aarch64__)
#include <immintrin.h>
#endif
#include <math.h>
#include <string.h>

#include "numbers.h"
#include "parallel.h"
#include "block_format.h"
#include "processor.h"

enum {
    MAX_CODE = 15,
    LEAST_STEPS = 8, /* between the smallest and the largest weight of a group */
};

/* Quantise `out` rows of `in` weights; each thread adds the squares of its errors and of its weights. */
typedef struct {
    int bits;
    const uint16_t *weights; /* bfloat16 */
    int64_t in, out;
    void *blocks; /* zeros */
    double *squares; /* threads * 2 */
    Team team;
} Quantisation;

#if defined(__aarch64__)
static uint16_t to_half(float value)
{
    const __fp16 half = (__fp16)value;
    uint16_t bits;
    memcpy(&bits, &half, sizeof bits);
    return bits;
}
static float rounded_to_half(float value) { return (float)(__fp16)value; }
#else
LEAST static uint16_t to_half(float value) { return _cvtss_sh(value, 0); }
LEAST static float rounded_to_half(float value) { return _cvtsh_ss(to_half(value)); }
#endif

/* Weights of a group of eight outputs lie side by side: each output's group is fitted by itself, all eight at once. */
enum { LANES = 8 };
typedef float Lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t Mask __attribute__((vector_size(LANES * sizeof(int32_t))));

typedef struct {
    Lanes scale, offset;
} Grid;

LEAST static inline Lanes choose(Mask chosen, Lanes a, Lanes b)
{
    return (Lanes)((chosen & (Mask)a) | (~chosen & (Mask)b));
}

LEAST static inline Lanes all_to_half(Lanes values)
{
    for (int o = 0; o < LANES; o++) values[o] = rounded_to_half(values[o]);
    return values;
}

/* The codes of weights: whole numbers up to MAX_CODE. Adding 1.5 * 2^23 rounds to the nearest, as rintf does. */
LEAST static inline Lanes nearest_codes(Lanes weights, const Grid *grid)
{
    const Lanes zero = {0}, most = zero + MAX_CODE, whole = zero + 0x1.8p23f;
    const Lanes factor = choose(grid->scale > zero, 1 / grid->scale, zero);
    const Lanes code = (weights + grid->offset) * factor + whole - whole;
    return choose(code < zero, zero, choose(code > most, most, code));
}

/* Keep, for each output, this grid if its codes are nearer to the weights than those of the best so far. */
LEAST static inline void keep_better(const Lanes *weights, const Grid *grid, Grid *best, Lanes *least)
{
    Lanes error = {0};
    for (int i = 0; i < GROUP; i++) {
        const Lanes wrong = grid->scale * nearest_codes(weights[i], grid) - grid->offset - weights[i];
        error += wrong * wrong;
    }
    const Mask is_better = error < *least;
    best->scale = choose(is_better, grid->scale, best->scale);
    best->offset = choose(is_better, grid->offset, best->offset);
    *least = choose(is_better, error, *least);
}

/* Fit scales and offsets to the codes of a grid by least squares. */
LEAST static inline Grid refitted(const Lanes *weights, const Grid *grid)
{
    Lanes codes = {0}, values = {0}, products = {0}, squares = {0}, zero = {0};
    for (int i = 0; i < GROUP; i++) {
        const Lanes code = nearest_codes(weights[i], grid);
        codes += code;
        values += weights[i];
        products += code * weights[i];
        squares += code * code;
    }
    const Lanes spread = squares * GROUP - codes * codes;
    const Lanes slope = (products * GROUP - codes * values) / spread;
    const Lanes scale = all_to_half(choose(slope > zero, slope, zero));
    const Lanes offset = all_to_half((scale * codes - values) / GROUP);
    return (Grid){choose(spread > zero, scale, grid->scale), choose(spread > zero, offset, grid->offset)};
}

/* Try every number of steps that the weights of a group may span: weights that were on a grid before, as in a GGUF file,
 * are found on it again. */
LEAST static Grid fit_groups(const Lanes *weights, Lanes *error)
{
    Lanes low = weights[0], high = weights[0];
    for (int i = 1; i < GROUP; i++) {
        low = choose(weights[i] < low, weights[i], low);
        high = choose(weights[i] > high, weights[i], high);
    }
    Grid best = {{0}, {0}};
    *error = best.scale + INFINITY;
    for (int steps = MAX_CODE; steps >= LEAST_STEPS; steps--) {
        const Grid spanned = {all_to_half((high - low) / (float)steps), all_to_half(-low)};
        const Grid fitted = refitted(weights, &spanned);
        keep_better(weights, &spanned, &best, error);
        keep_better(weights, &fitted, &best, error);
    }
    return best;
}

/* Put the weights of up to LANES outputs, from `first` on, into a block. */
LEAST static void put4(const Lanes *weights, int first, int outputs, Block4 *block, double *squares)
{
    Lanes error;
    const Grid grid = fit_groups(weights, &error);
    for (int i = 0; i < GROUP; i++) {
        const Lanes codes = nearest_codes(weights[i], &grid);
        uint8_t *place = block->codes + 64 * (i / 8) + 4 * first + i % 4;
        for (int o = 0; o < outputs; o++) place[4 * o] |= (uint8_t)((int)codes[o] << (i % 8 < 4 ? 0 : 4));
    }
    for (int o = 0; o < outputs; o++) {
        block->scale[first + o] = to_half(grid.scale[o]);
        block->offset[first + o] = to_half(grid.offset[o]);
        squares[0] += error[o];
    }
}

LEAST static void put8(const Lanes *weights, int first, int outputs, Block8 *block, double *squares)
{
    for (int o = 0; o < outputs; o++) {
        float largest = 0;
        for (int i = 0; i < GROUP; i++) largest = fabsf(weights[i][o]) > largest ? fabsf(weights[i][o]) : largest;
        const float scale = rounded_to_half(largest / (CENTRE - 1));
        for (int i = 0; i < GROUP; i++) {
            float code = scale > 0 ? rintf(weights[i][o] / scale) : 0;
            code = code > CENTRE - 1 ? CENTRE - 1 : code < 1 - CENTRE ? 1 - CENTRE : code;
            const float wrong = scale * code - weights[i][o];
            block->codes[64 * (i / 4) + 4 * (first + o) + i % 4] = (uint8_t)((int)code + CENTRE);
            squares[0] += wrong * wrong;
        }
        block->scale[first + o] = to_half(scale);
    }
}

LEAST static void quantise_share(void *argument)
{
    const Quantisation *q = argument;
    const int64_t groups = (q->in + GROUP - 1) / GROUP;
    int64_t first, end;
    share(&q->team, (q->out + OUTPUTS - 1) / OUTPUTS, &first, &end);
    double squares[2] = {0, 0};
    for (int64_t row = first * OUTPUTS; row < end * OUTPUTS && row < q->out; row += LANES)
        for (int64_t g = 0; g < groups; g++) {
            const int outputs = (int)(q->out - row < LANES ? q->out - row : LANES);
            Lanes weights[GROUP] = {{0}};
            for (int o = 0; o < outputs; o++)
                for (int64_t i = 0; i < GROUP && g * GROUP + i < q->in; i++) {
                    const float weight = from_bfloat16(q->weights[(row + o) * q->in + g * GROUP + i]);
                    weights[i][o] = weight;
                    squares[1] += weight * weight;
                }
            const int64_t block = row / OUTPUTS * groups + g;
            const int place = (int)(row % OUTPUTS);
            if (q->bits == 4) put4(weights, place, outputs, (Block4 *)q->blocks + block, squares);
            else put8(weights, place, outputs, (Block8 *)q->blocks + block, squares);
        }
    memcpy(q->squares + 2 * thread_of(&q->team), squares, sizeof squares);
}

void citewell_quantise(Quantisation *q) { run(&q->team, quantise_share, q); }
