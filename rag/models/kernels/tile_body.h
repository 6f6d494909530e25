/* One tile of a product, for one width of vectors and one number of bits: included several times, see block_matmul.c.
 *
 * Of each row and output: integers are summed exactly over a group, groups in float32 over a span, spans in float32.
 * The order never depends on the shape of the tile, so a row's result does not depend on the other rows.
 */
#define JOIN_(a, b, c) a##_##b##_##c
#define JOIN(a, b, c) JOIN_(a, b, c)
#define TILE JOIN(tile, ISA, BITS)
#define TILES JOIN(tiles, ISA, BITS)
#if BITS == 4
#define PRODUCT(sum, codes, x) DOT(sum, codes, x)
#define GROUP_SUM(sum) WHOLE(sum)
#else
#define PRODUCT(sum, codes, x) DOT8(sum, codes, x)
#define GROUP_SUM(sum) (sum)
#endif

TARGET static inline __attribute__((always_inline)) void TILE(
    const int rows, const int vectors, const BLOCK *blocks, const BLOCK *next, Activations a, int64_t row, float *out)
{
    for (int64_t span = 0; span < a.spans; span++) {
        VF sub[MAX_ROWS * MAX_VECTORS];
        for (int i = 0; i < rows * vectors; i++) sub[i] = ZERO_F();
        const int64_t first = span * (SPAN / GROUP);
        const int64_t end = first + SPAN / GROUP < a.groups ? first + SPAN / GROUP : a.groups;
        for (int64_t g = first; g < end; g++) {
            for (int v = 0; next && v < vectors; v += OUTPUTS / WIDTH)
                for (unsigned line = 0; line < sizeof(BLOCK); line += 64)
                    __builtin_prefetch((const char *)(next + (v * WIDTH / OUTPUTS) * a.groups + g) + line);
            VI acc[MAX_ROWS * MAX_VECTORS];
            for (int i = 0; i < rows * vectors; i++) acc[i] = ZERO_I();
#pragma GCC unroll 4
            for (int j = 0; j < GROUP / 8; j++) {
                VI even[MAX_VECTORS], odd[MAX_VECTORS];
                for (int v = 0; v < vectors; v++) {
                    const BLOCK *block = blocks + (v * WIDTH / OUTPUTS) * a.groups + g;
                    const uint8_t *codes = block->codes + (v * WIDTH % OUTPUTS) * 4;
#if BITS == 4
                    const VI both = LOAD(codes + 64 * j);
                    even[v] = LOW(both);
                    odd[v] = HIGH(both);
#else
                    even[v] = LOAD(codes + 128 * j);
                    odd[v] = LOAD(codes + 128 * j + 64);
#endif
                }
                for (int r = 0; r < rows; r++) {
                    const int8_t *codes = a.codes + (row + r) * a.inputs + g * GROUP + 8 * j;
                    const VI x = SPREAD(codes), y = SPREAD(codes + 4);
                    for (int v = 0; v < vectors; v++) {
                        VI *sum = acc + r * vectors + v;
                        *sum = PRODUCT(*sum, even[v], x);
                        *sum = PRODUCT(*sum, odd[v], y);
                    }
                }
            }
            for (int v = 0; v < vectors; v++) {
                const BLOCK *block = blocks + (v * WIDTH / OUTPUTS) * a.groups + g;
                const VF scale = HALVES(block->scale + v * WIDTH % OUTPUTS);
#if BITS == 4
                const VF offset = HALVES(block->offset + v * WIDTH % OUTPUTS);
#endif
                for (int r = 0; r < rows; r++) {
                    VF *sum = sub + r * vectors + v;
                    VF products = FLOATS(GROUP_SUM(acc[r * vectors + v]));
                    /* Exact, like the products: both are whole numbers below 2^24. */
                    if (BITS == 8 && HAS_CENTRE)
                        products = FNMA(SPREAD_F(CENTRE), SPREAD_F(a.sums[(row + r) * a.groups + g]), products);
                    *sum = FMA(products, scale, *sum);
#if BITS == 4
                    *sum = FNMA(offset, SPREAD_F(a.sums[(row + r) * a.groups + g]), *sum);
#endif
                }
            }
        }
        for (int r = 0; r < rows; r++) {
            const VF scale = SPREAD_F(a.scales[(row + r) * a.spans + span]);
            for (int v = 0; v < vectors; v++) {
                float *to = out + (r * vectors + v) * WIDTH;
                STORE_F(to, FMA(sub[r * vectors + v], scale, LOAD_F(to)));
            }
        }
    }
}

/* Compute `rows` rows of `blocks_wide` blocks of outputs into `out`, rows * blocks_wide * 16 zeros; meanwhile fetch `next`,
 * which is NULL or where as many blocks begin. */
TARGET static void TILES(
    int rows, int blocks_wide, const void *blocks, const void *next, Activations a, int64_t row, float *out)
{
#define CASE(R, B)                                                      \
    case R * 10 + B:                                                    \
        TILE(R, (B) * OUTPUTS / WIDTH, blocks, next, a, row, out); \
        break;
    switch (rows * 10 + blocks_wide) {
        TILE_SHAPES(CASE)
    }
#undef CASE
}

#undef TILE
#undef TILES
#undef PRODUCT
#undef GROUP_SUM
#undef JOIN
#undef JOIN_
