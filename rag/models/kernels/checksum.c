/* CRC-32C (RFC 3720), by the processor's own instruction: some ten gigabytes a second. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "processor.h"

#if defined(__aarch64__)
#include <arm_acle.h>
#define CRC_TARGET LEAST
#define CRC_8_BYTES(sum, eight) __crc32cd((uint32_t)(sum), eight)
#define CRC_BYTE(sum, byte) __crc32cb((uint32_t)(sum), byte)
#else
#include <nmmintrin.h>
#define CRC_TARGET __attribute__((target("sse4.2,crc32")))
#define CRC_8_BYTES(sum, eight) _mm_crc32_u64(sum, eight)
#define CRC_BYTE(sum, byte) _mm_crc32_u8((uint32_t)(sum), byte)
#endif

CRC_TARGET uint32_t citewell_checksum(const uint8_t *bytes, size_t count, uint32_t before)
{
    uint64_t sum = ~before;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t eight;
        memcpy(&eight, bytes, sizeof eight);
        sum = CRC_8_BYTES(sum, eight);
    }
    for (; count; bytes++, count--) sum = CRC_BYTE(sum, *bytes);
    return ~(uint32_t)sum;
}

#ifndef CITEWELL_SOURCES
#define CITEWELL_SOURCES 0
#endif

/* Return the hash of the sources that these kernels were compiled from: native_build.py has it, and gives it. */
uint64_t citewell_sources(void)
{
    return CITEWELL_SOURCES;
}
