/* Vectors of 4 outputs: NEON with products of signed bytes (ARMv8.2). Four rows by a block fill the 32 registers. */
#define ISA neon
#define TARGET LEAST
#define DOT(sum, codes, signed_codes) vdotq_s32(sum, vreinterpretq_s8_s32(codes), vreinterpretq_s8_s32(signed_codes))
#define DOT8(sum, unsigned_codes, signed_codes) DOT(sum, SIGNED(unsigned_codes), signed_codes)
#define SIGNED(codes) veorq_s32(codes, vreinterpretq_s32_u8(vdupq_n_u8(128)))
#define WHOLE(sum) (sum)
#define HAS_CENTRE 0
#define WIDTH 4
#define VI int32x4_t
#define VF float32x4_t
#define ZERO_I() vdupq_n_s32(0)
#define ZERO_F() vdupq_n_f32(0)
#define LOAD(p) vreinterpretq_s32_u8(vld1q_u8(p))
#define LOW(x) vreinterpretq_s32_u8(vandq_u8(vreinterpretq_u8_s32(x), vdupq_n_u8(15)))
#define HIGH(x) vreinterpretq_s32_u8(vshrq_n_u8(vreinterpretq_u8_s32(x), 4))
#define SPREAD(p) vdupq_n_s32(*(const int32_t *)(p))
#define SPREAD_F(x) vdupq_n_f32(x)
#define FLOATS(x) vcvtq_f32_s32(x)
#define HALVES(p) vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p)))
#define LOAD_F(p) vld1q_f32(p)
#define STORE_F(p, x) vst1q_f32(p, x)
#define FMA(a, b, c) vfmaq_f32(c, a, b)
#define FNMA(a, b, c) vfmsq_f32(c, a, b)
#define TILE_SHAPES(CASE) CASE(1, 1) CASE(2, 1) CASE(3, 1) CASE(4, 1)
#include "tile.h"
