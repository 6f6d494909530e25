/* The instruction sets that there are kernels for, on x86-64 and on ARM, and what a function says to be compiled for one. */
#pragma once

#if defined(__aarch64__)

enum { ISA_NONE, ISA_NEON };

/* ARMv8.2 with the products of bytes, which it need not have; a compiler may be set to them already (Apple's is). */
#if defined(__ARM_FEATURE_DOTPROD) && defined(__ARM_FEATURE_CRC32)
#define LEAST
#else
#define LEAST __attribute__((target("arch=armv8.2-a+dotprod")))
#endif

#else

enum { ISA_NONE, ISA_AVX2, ISA_AVX_VNNI, ISA_AVX512_VNNI, ISA_AMX };

#define LEAST __attribute__((target("avx2,fma,f16c")))

/* Clang 18 to 21 may be told to do without the wide registers of AVX-512, as Zig tells it. */
#if defined(__clang__) && __clang_major__ >= 18 && __clang_major__ <= 21
#define AVX512 "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,evex512"
#else
#define AVX512 "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma"
#endif

#endif
