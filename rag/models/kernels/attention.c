/* Causal attention of new tokens over the keys and values of their sequences, in bfloat16, summed in float32; before it, if
 * wanted, rotary position embedding (Su et al. 2021) and the storing of new keys and values.
 *
 * Heads that share keys are computed together. One call serves all sequences of a batch.
 */
#if defined(__aarch64__)
#include <arm_neon.h>
#else
#include <immintrin.h>
#endif
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "numbers.h"
#include "parallel.h"
#include "processor.h"

enum {
    KEYS = 32, /* of a block */
    QUERIES = 48, /* at most, of a tile */
    LINE = 64, /* bytes that are fetched together */
    FEW_ROWS = 8,
};

/* The new tokens of one sequence. */
typedef struct {
    uint16_t *buffer; /* (layers, 2, heads, capacity, dim) */
    int64_t capacity, past, row, rows;
} Sequence;

typedef struct {
    int isa;
    const Sequence *sequences;
    int64_t count, layer, heads, groups; /* `groups` query heads share each of `heads` */
    int64_t window;                      /* keys that a query sees, itself included; 0 for all */
    int64_t dim;
    float scale;
    uint16_t *q; /* bfloat16: row and head by strides, numbers side by side */
    int64_t row_stride, head_stride;
    /* New keys and values, with the strides of `q`, and the turn of each row's position, (rows, dim): queries are turned where
     * they are, keys where they are stored. NULL if that has been done. */
    const uint16_t *keys, *values, *cosines, *sines;
    uint16_t *out; /* (rows, heads * groups, dim) */
    Team team;
} Attention;

typedef struct {
    int64_t first, end; /* the keys that it sees */
    float largest, total;
} Query;

typedef struct {
    const uint16_t *keys, *values;
    int64_t first, end;
    int queries, dim;
    Query query[QUERIES];
    float *q, *out, *scratch;
} Tile;

#if defined(__aarch64__)
#define ISA neon
#define LANES 4
#define FMA(a, b, c) vfmaq_f32(c, a, b)
#define SPREAD(x) vdupq_n_f32(x)
#define TARGET
#include "attention_body.h"
#define BEST(isa, name) name##_neon
#else
#define ISA avx512
#define LANES 16
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define SPREAD(x) _mm512_set1_ps(x)
#define TARGET __attribute__((target(AVX512)))
#include "attention_body.h"
#define ISA avx2
#define LANES 8
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define SPREAD(x) _mm256_set1_ps(x)
#define TARGET __attribute__((target("avx2,fma")))
#include "attention_body.h"
#define BEST(isa, name) (isa >= ISA_AVX512_VNNI ? name##_avx512 : name##_avx2)
#endif

/* Turn the queries and keys of one row by its position, and store its keys and values. */
static void store_row(const Attention *a, const Sequence *s, int64_t row)
{
    const int64_t dim = a->dim, place = s->row + row, start = place * a->row_stride;
    const uint16_t *cosines = a->cosines + place * dim, *sines = a->sines + place * dim;
    for (int64_t head = 0; head < a->heads * a->groups; head++) {
        uint16_t *q = a->q + start + head * a->head_stride;
        BEST(a->isa, turn)(q, cosines, sines, dim, q);
    }
    for (int64_t head = 0; head < a->heads; head++) {
        const int64_t from = start + head * a->head_stride, plane = s->capacity * dim;
        uint16_t *to = s->buffer + (a->layer * 2 * a->heads + head) * plane + (s->past + row) * dim;
        BEST(a->isa, turn)(a->keys + from, cosines, sines, dim, to);
        memcpy(to + a->heads * plane, a->values + from, (size_t)dim * sizeof(uint16_t));
    }
}

static int64_t rows_of(const Attention *a)
{
    int64_t rows = 0;
    for (int64_t i = 0; i < a->count; i++) rows += a->sequences[i].rows;
    return rows;
}

/* Store a thread's share of the new rows of all sequences. */
static void store_rows(void *argument)
{
    const Attention *a = argument;
    int64_t first, end;
    share(&a->team, rows_of(a), &first, &end);
    const Sequence *s = a->sequences;
    for (int64_t before = 0; before < end; before += s++->rows)
        for (int64_t row = first > before ? first - before : 0; row < s->rows && before + row < end; row++) store_row(a, s, row);
}

static int64_t tile_rows(const Attention *a) { return QUERIES / a->groups > 0 ? QUERIES / a->groups : 1; }

static void attend_tile(const Attention *a, const Sequence *s, int64_t head, int64_t first_row, int64_t rows, Tile *tile)
{
    const int64_t dim = a->dim, plane = s->capacity * dim;
    tile->keys = s->buffer + ((a->layer * 2) * a->heads + head) * plane;
    tile->values = s->buffer + ((a->layer * 2 + 1) * a->heads + head) * plane;
    tile->queries = (int)(rows * a->groups);
    tile->dim = (int)dim;
    tile->end = s->past + first_row + rows;
    tile->first = tile->end;
    for (int i = 0; i < tile->queries; i++) {
        const int64_t row = first_row + i / a->groups, position = s->past + row;
        const int64_t first = a->window && position >= a->window ? position - a->window + 1 : 0;
        const uint16_t *q = a->q + (s->row + row) * a->row_stride + (head * a->groups + i % a->groups) * a->head_stride;
        tile->query[i] = (Query){first, position + 1, -1e30f, 0};
        if (first < tile->first) tile->first = first;
        for (int64_t d = 0; d < dim; d++) tile->q[i * dim + d] = from_bfloat16(q[d]) * a->scale;
    }
    memset(tile->out, 0, (size_t)(tile->queries * dim) * sizeof(float));
    BEST(a->isa, attend)(tile);
    for (int i = 0; i < tile->queries; i++) {
        const int64_t row = s->row + first_row + i / a->groups;
        uint16_t *out = a->out + (row * a->heads * a->groups + head * a->groups + i % a->groups) * dim;
        for (int64_t d = 0; d < dim; d++) out[d] = to_bfloat16(tile->out[i * dim + d] / tile->query[i].total);
    }
}

typedef struct {
    const Attention *attention;
    Pieces tiles;
} Work;

static int64_t tiles_of(const Attention *a, const Sequence *s)
{
    return (s->rows + tile_rows(a) - 1) / tile_rows(a) * a->heads;
}

/* Compute tiles as they come, the last ones first: they see most keys, so that threads end at about the same time. */
static void attend_tiles(void *argument)
{
    Work *work = argument;
    const Attention *a = work->attention;
    const int64_t size = tile_rows(a);
    const size_t queries = (size_t)(a->groups > QUERIES ? a->groups : QUERIES);
    Tile tile;
    float *memory = aligned_alloc(64, ((2 * queries + 2 * KEYS) * (size_t)a->dim + 8 * KEYS) * sizeof(float));
    if (!memory) abort(); /* a few hundred kilobytes */
    tile.q = memory;
    tile.out = tile.q + queries * (size_t)a->dim;
    tile.scratch = tile.out + queries * (size_t)a->dim;
    for (int64_t first, end; take(&work->tiles, 0, &first, &end);) {
        int64_t place = work->tiles.count - 1 - first;
        const Sequence *s = a->sequences;
        for (; place >= tiles_of(a, s); s++) place -= tiles_of(a, s);
        const int64_t row = place / a->heads * size, rows = s->rows - row < size ? s->rows - row : size;
        attend_tile(a, s, place % a->heads, row, rows, &tile);
    }
    free(memory);
}

void citewell_attend(Attention *a)
{
    if (a->keys) {
        Attention alone = *a;
        alone.team = (Team){1, 0, 0, 0};
        /* A few rows are stored before other threads would have begun. */
        if (rows_of(a) <= FEW_ROWS) store_rows(&alone);
        else run(&a->team, store_rows, a);
    }
    Work work = {a, {.at_once = 1, .ranges = 1}};
    for (int64_t i = 0; i < a->count; i++) work.tiles.count += tiles_of(a, a->sequences + i);
    run(&a->team, attend_tiles, &work);
}
