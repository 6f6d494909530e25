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

typedef struct {
    float scale, offset, error;
    uint8_t codes[GROUP];
} Fit;

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

LEAST static void assign_codes(const float *weights, Fit *fit)
{
    const float scale = fit->scale, factor = scale > 0 ? 1 / scale : 0, offset = fit->offset;
    float error = 0;
    for (int i = 0; i < GROUP; i++) {
        float code = rintf((weights[i] + offset) * factor);
        code = code < 0 ? 0 : code > MAX_CODE ? MAX_CODE : code;
        const float wrong = scale * code - offset - weights[i];
        fit->codes[i] = (uint8_t)code;
        error += wrong * wrong;
    }
    fit->error = error;
}

/* Fit scale and offset to given codes by least squares. */
LEAST static void refit(const float *weights, Fit *fit)
{
    float codes = 0, values = 0, products = 0, squares = 0;
    for (int i = 0; i < GROUP; i++) {
        const float code = fit->codes[i];
        codes += code;
        values += weights[i];
        products += code * weights[i];
        squares += code * code;
    }
    const float spread = squares * GROUP - codes * codes;
    if (spread <= 0) return;
    const float scale = (products * GROUP - codes * values) / spread;
    fit->scale = rounded_to_half(scale > 0 ? scale : 0);
    fit->offset = rounded_to_half((fit->scale * codes - values) / GROUP);
}

/* Try every number of steps that the weights of a group may span: weights that were on a grid before, as in a GGUF file,
 * are found on it again. */
LEAST static Fit fit_group(const float *weights)
{
    float low = weights[0], high = weights[0];
    for (int i = 1; i < GROUP; i++) {
        low = weights[i] < low ? weights[i] : low;
        high = weights[i] > high ? weights[i] : high;
    }
    Fit best = {.error = INFINITY};
    for (int steps = MAX_CODE; steps >= LEAST_STEPS; steps--) {
        Fit fit = {.scale = rounded_to_half((high - low) / (float)steps), .offset = rounded_to_half(-low)};
        assign_codes(weights, &fit);
        Fit again = fit;
        refit(weights, &again);
        assign_codes(weights, &again);
        if (fit.error < best.error) best = fit;
        if (again.error < best.error) best = again;
    }
    return best;
}

LEAST static void put4(const float *weights, Block4 *block, int lane, double *squares)
{
    const Fit fit = fit_group(weights);
    for (int i = 0; i < GROUP; i++)
        block->codes[64 * (i / 8) + 4 * lane + i % 4] |= (uint8_t)(fit.codes[i] << (i % 8 < 4 ? 0 : 4));
    block->scale[lane] = to_half(fit.scale);
    block->offset[lane] = to_half(fit.offset);
    squares[0] += fit.error;
}

LEAST static void put8(const float *weights, Block8 *block, int lane, double *squares)
{
    float largest = 0;
    for (int i = 0; i < GROUP; i++) largest = fabsf(weights[i]) > largest ? fabsf(weights[i]) : largest;
    const float scale = rounded_to_half(largest / (CENTRE - 1));
    for (int i = 0; i < GROUP; i++) {
        float code = scale > 0 ? rintf(weights[i] / scale) : 0;
        code = code > CENTRE - 1 ? CENTRE - 1 : code < 1 - CENTRE ? 1 - CENTRE : code;
        const float wrong = scale * code - weights[i];
        block->codes[64 * (i / 4) + 4 * lane + i % 4] = (uint8_t)((int)code + CENTRE);
        squares[0] += wrong * wrong;
    }
    block->scale[lane] = to_half(scale);
}

LEAST static void quantise_share(void *argument)
{
    const Quantisation *q = argument;
    const int64_t groups = (q->in + GROUP - 1) / GROUP;
    int64_t first, end;
    share(&q->team, (q->out + OUTPUTS - 1) / OUTPUTS, &first, &end);
    double squares[2] = {0, 0};
    for (int64_t row = first * OUTPUTS; row < end * OUTPUTS && row < q->out; row++)
        for (int64_t g = 0; g < groups; g++) {
            float weights[GROUP] = {0};
            for (int64_t i = 0; i < GROUP && g * GROUP + i < q->in; i++) {
                weights[i] = from_bfloat16(q->weights[row * q->in + g * GROUP + i]);
                squares[1] += weights[i] * weights[i];
            }
            const int64_t block = row / OUTPUTS * groups + g;
            if (q->bits == 4) put4(weights, (Block4 *)q->blocks + block, (int)(row % OUTPUTS), squares);
            else put8(weights, (Block8 *)q->blocks + block, (int)(row % OUTPUTS), squares);
        }
    memcpy(q->squares + 2 * thread_of(&q->team), squares, sizeof squares);
}

void citewell_quantise(Quantisation *q) { run(&q->team, quantise_share, q); }
