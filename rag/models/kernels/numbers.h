/* bfloat16: the upper half of a float32. */
#pragma once
#include <stdint.h>
#include <string.h>

static inline float from_bfloat16(uint16_t x)
{
    const uint32_t bits = (uint32_t)x << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint16_t to_bfloat16(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const int is_number = (bits & 0x7fffffff) <= 0x7f800000;
    return (uint16_t)(is_number ? (bits + 0x7fff + (bits >> 16 & 1)) >> 16 : 0x7fc0);
}
