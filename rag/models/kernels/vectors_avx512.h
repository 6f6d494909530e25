/* Vectors of 16 outputs: AVX-512 with VNNI. */
#define ISA avx512vnni
#define TARGET __attribute__((target(AVX512 ",avx512vnni,f16c")))
#define WIDTH 16
#define VI __m512i
#define VF __m512
#define ZERO_I() _mm512_setzero_si512()
#define ZERO_F() _mm512_setzero_ps()
#define LOAD(p) _mm512_loadu_si512(p)
#define LOW(x) _mm512_and_si512(x, _mm512_set1_epi8(15))
#define HIGH(x) _mm512_and_si512(_mm512_srli_epi16(x, 4), _mm512_set1_epi8(15))
#define SPREAD(p) _mm512_set1_epi32(*(const int32_t *)(p))
#define SPREAD_F(x) _mm512_set1_ps(x)
#define FLOATS(x) _mm512_cvtepi32_ps(x)
#define HALVES(p) _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(p)))
#define LOAD_F(p) _mm512_loadu_ps(p)
#define STORE_F(p, x) _mm512_storeu_ps(p, x)
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define FNMA(a, b, c) _mm512_fnmadd_ps(a, b, c)
#define DOT(sum, unsigned_codes, signed_codes) _mm512_dpbusd_epi32(sum, unsigned_codes, signed_codes)
#define DOT8(sum, unsigned_codes, signed_codes) DOT(sum, unsigned_codes, signed_codes)
#define WHOLE(sum) (sum)
#define HAS_CENTRE 1
#define TILE_SHAPES(CASE) \
    CASE(1, 1) CASE(2, 1) CASE(3, 1) CASE(4, 1) CASE(5, 1) CASE(6, 1) CASE(7, 1) CASE(8, 1) \
    CASE(1, 2) CASE(2, 2) CASE(3, 2) CASE(4, 2) CASE(5, 2) CASE(6, 2)
#include "tile.h"
