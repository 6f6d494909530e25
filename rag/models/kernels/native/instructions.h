/* The instructions that kernels are compiled for, each with those before it; kernel_library.py has their names. */
#pragma once

enum { ISA_NONE, ISA_AVX2, ISA_AVX_VNNI, ISA_AVX512_VNNI, ISA_AMX };
