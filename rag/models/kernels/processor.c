/* Which instructions this processor and its system have. */
#include "processor.h"

#if defined(__aarch64__)

#if !defined(__APPLE__)
#include <sys/auxv.h>
#endif

/* Return the best of ISA_*. */
int citewell_best_isa(void)
{
#if defined(__APPLE__)
    return ISA_NEON; /* the first Mac with this architecture has all that is needed */
#else
    const unsigned long needed = HWCAP_ASIMDDP | HWCAP_CRC32;
    return (getauxval(AT_HWCAP) & needed) == needed ? ISA_NEON : ISA_NONE;
#endif
}

int citewell_runs_isa(int isa) { return isa == ISA_NEON && citewell_best_isa() == ISA_NEON; }

#else

#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Return 1 if the system lets this process use AMX, for which Linux must be asked. */
static int amx_is_permitted(void)
{
#ifdef __linux__
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, XTILEDATA = 18 };
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XTILEDATA) == 0;
#else
    return 0;
#endif
}

static int has_avx_vnni(void)
{
    enum { AVX_VNNI = 1 << 4 };
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && a & AVX_VNNI;
}

/* Return the best of ISA_*. By CPUID itself: not every compiler's library can answer __builtin_cpu_supports. */
int citewell_best_isa(void)
{
    unsigned a, b, c, d, low, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE) || !(c & bit_FMA) || !(c & bit_F16C)) return ISA_NONE;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0)); /* which registers the system saves */
    enum { YMM = 0x6, ZMM = 0xe6, TILES = 0x60000, AMX = 3 << 24 };
    if ((low & YMM) != YMM || !__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & bit_AVX2)) return ISA_NONE;
    const unsigned avx512 = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
    if ((low & ZMM) == ZMM && (b & avx512) == avx512 && c & bit_AVX512VNNI)
        return (low & TILES) == TILES && (d & AMX) == AMX && amx_is_permitted() ? ISA_AMX : ISA_AVX512_VNNI;
    return has_avx_vnni() ? ISA_AVX_VNNI : ISA_AVX2;
}

/* Return 1 if kernels for this one of ISA_* can run: not each processor with the products of AVX-512 has AVX's own. */
int citewell_runs_isa(int isa)
{
    return isa > ISA_NONE && isa <= citewell_best_isa() && (isa != ISA_AVX_VNNI || has_avx_vnni());
}

#endif
