/* What lies between the products of a layer, for one kind of processor: included several times, see elementwise.c. */
#include "vector_math.h"

/* Gate: silu(gate) * up, rounded in between as torch does. Sizes are multiples of 16. */
TARGET static void NAME(gate)(const uint16_t *gate, const uint16_t *up, int64_t count, uint16_t *y)
{
    for (int64_t i = 0; i < count; i += LANES) {
        FLOATS x = NAME(widen)(gate + i);
        const INTS is_low = x < -80.0f; /* its silu is less than bfloat16 can hold beside others: as good as -80's */
        const FLOATS clipped = (FLOATS)(((INTS)x & ~is_low) | ((INTS)((FLOATS){0} - 80.0f) & is_low));
        x = x / (1.0f + NAME(exponential)(-clipped));
        NAME(narrow)(y + i, NAME(rounded)(x) * NAME(widen)(up + i));
    }
}

/* Divide by the root of the mean square, multiply by the weights: rounded in between as torch does. */
TARGET static void NAME(normalise)(const uint16_t *x, const uint16_t *weights, int64_t count, float epsilon, uint16_t *y)
{
    FLOATS squares[16 / LANES]; /* sixteen sums, whatever the width of a vector: the same to the last bit everywhere */
    for (int j = 0; j < 16 / LANES; j++) squares[j] = (FLOATS){0};
    for (int64_t i = 0; i < count; i += 16)
        for (int j = 0; j < 16 / LANES; j++) {
            const FLOATS value = NAME(widen)(x + i + j * LANES);
            squares[j] += value * value;
        }
    float sum = 0;
    for (int i = 0; i < 16; i++) sum += squares[i / LANES][i % LANES];
    const float factor = 1.0f / sqrtf(sum / (float)count + epsilon);
    for (int64_t i = 0; i < count; i += LANES)
        NAME(narrow)(y + i, NAME(rounded)(NAME(widen)(x + i) * factor) * NAME(widen)(weights + i));
}

#undef FLOATS
#undef INTS
#undef NAME
#undef VECTOR_JOIN
#undef VECTOR_JOIN_
#undef ISA
#undef TARGET
#undef LANES
