/* Vectors of 8 outputs: AVX2, with the VNNI of AVX where VNNI is defined as 1. */
#if VNNI
#define ISA avxvnni
#define TARGET __attribute__((target("avx2,fma,f16c,avxvnni")))
#define DOT(sum, unsigned_codes, signed_codes) _mm256_dpbusd_avx_epi32(sum, unsigned_codes, signed_codes)
#define DOT8(sum, unsigned_codes, signed_codes) DOT(sum, unsigned_codes, signed_codes)
#define HAS_CENTRE 1
#define WHOLE(sum) (sum)
#else
#define ISA avx2
#define TARGET __attribute__((target("avx2,fma,f16c")))
/* Products of codes of four bits are added in 16 bits for a whole group, and WHOLE adds them by two: exact, as 16 * 15 * 127
 * is less than 2^15. Of eight bits only two are, and only if the codes are made signed first: 2 * 128 * 127. */
#define DOT(sum, unsigned_codes, signed_codes) \
    in_order(_mm256_add_epi16(sum, _mm256_maddubs_epi16(unsigned_codes, signed_codes)))
#define WHOLE(sum) _mm256_madd_epi16(sum, _mm256_set1_epi16(1))
#define DOT8(sum, unsigned_codes, signed_codes)                                                                \
    in_order(_mm256_add_epi32(sum, WHOLE(_mm256_maddubs_epi16(_mm256_abs_epi8(SIGNED(unsigned_codes)),         \
                                                              _mm256_sign_epi8(signed_codes, SIGNED(unsigned_codes))))))
#define SIGNED(codes) _mm256_xor_si256(codes, _mm256_set1_epi8(-128))
#define HAS_CENTRE 0
/* Hold a compiler to the order of a sum: as a tree of pairs, which GCC makes of it, its parts go to memory and back. */
TARGET static inline __attribute__((always_inline)) __m256i in_order(__m256i sum)
{
    __asm__("" : "+x"(sum));
    return sum;
}
#endif
#define WIDTH 8
#define VI __m256i
#define VF __m256
#define ZERO_I() _mm256_setzero_si256()
#define ZERO_F() _mm256_setzero_ps()
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(p))
#define LOW(x) _mm256_and_si256(x, _mm256_set1_epi8(15))
#define HIGH(x) _mm256_and_si256(_mm256_srli_epi16(x, 4), _mm256_set1_epi8(15))
#define SPREAD(p) _mm256_set1_epi32(*(const int32_t *)(p))
#define SPREAD_F(x) _mm256_set1_ps(x)
#define FLOATS(x) _mm256_cvtepi32_ps(x)
#define HALVES(p) _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p)))
#define LOAD_F(p) _mm256_loadu_ps(p)
#define STORE_F(p, x) _mm256_storeu_ps(p, x)
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define FNMA(a, b, c) _mm256_fnmadd_ps(a, b, c)
#define TILE_SHAPES(CASE) CASE(1, 1) CASE(2, 1) CASE(3, 1) CASE(4, 1)
#include "tile.h"
