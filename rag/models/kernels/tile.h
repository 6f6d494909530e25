/* The tiles of one kind of vectors, for weights of four and of eight bits; its macros end here. */
#define BITS 4
#define BLOCK Block4
#include "tile_body.h"
#undef BITS
#undef BLOCK
#define BITS 8
#define BLOCK Block8
#include "tile_body.h"
#undef BITS
#undef BLOCK
#undef ISA
#undef TARGET
#undef WIDTH
#undef VI
#undef VF
#undef ZERO_I
#undef ZERO_F
#undef LOAD
#undef LOW
#undef HIGH
#undef SPREAD
#undef SPREAD_F
#undef FLOATS
#undef HALVES
#undef LOAD_F
#undef STORE_F
#undef FMA
#undef FNMA
#undef DOT
#undef WHOLE
#undef HAS_CENTRE
#undef DOT8
#undef SIGNED
#undef VNNI
#undef TILE_SHAPES
