/* Vectors of LANES numbers, as many as a register holds, and their exponential, for one kind of processor: ISA and TARGET say
 * which. A compiler keeps wider ones in memory.
 */
#define VECTOR_JOIN_(a, b) a##_##b
#define VECTOR_JOIN(a, b) VECTOR_JOIN_(a, b)
#define NAME(a) VECTOR_JOIN(a, ISA)

typedef float NAME(Floats) __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t NAME(Ints) __attribute__((vector_size(4 * LANES), aligned(4)));
typedef uint16_t NAME(Shorts) __attribute__((vector_size(2 * LANES), aligned(2)));
typedef uint32_t NAME(Words) __attribute__((vector_size(4 * LANES), aligned(4)));
#define FLOATS NAME(Floats)
#define INTS NAME(Ints)

/* Read LANES numbers in bfloat16. */
TARGET static inline FLOATS NAME(widen)(const uint16_t *p)
{
    return (FLOATS)(__builtin_convertvector(*(const NAME(Shorts) *)p, NAME(Words)) << 16);
}

/* Round to bfloat16, to the nearest and then to the even one. */
TARGET static inline FLOATS NAME(rounded)(FLOATS x)
{
    const NAME(Words) bits = (NAME(Words))x;
    return (FLOATS)((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000);
}

/* Write LANES numbers in bfloat16; they are finite. */
TARGET static inline void NAME(narrow)(uint16_t *p, FLOATS x)
{
    *(NAME(Shorts) *)p = __builtin_convertvector((NAME(Words))NAME(rounded)(x) >> 16, NAME(Shorts));
}

/* e to the x, 0 from -87 down: a polynomial of degree 6 on the remainder of ln 2 (error below 2 units in the last place). */
TARGET static inline FLOATS NAME(exponential)(FLOATS x)
{
    const INTS is_normal = x > -87.0f;
    x = (FLOATS)((INTS)x & is_normal);
    const FLOATS magic = x * 1.44269504f + 12582912.0f, n = magic - 12582912.0f;
    const FLOATS r = x - n * 0.693359375f - n * -2.12194440e-4f;
    FLOATS y = r * 1.9875691500e-4f + 1.3981999507e-3f;
    y = y * r + 8.3334519073e-3f;
    y = y * r + 4.1665795894e-2f;
    y = y * r + 1.6666665459e-1f;
    y = y * r + 5.0000001201e-1f;
    y = y * r * r + r + 1.0f;
    const INTS power = (INTS)magic << 23;
    return (FLOATS)(((INTS)y + power) & is_normal);
}
