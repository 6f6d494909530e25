/* The gate of a feed-forward block and the norm before it, on rows in bfloat16. */
#include <math.h>
#include <stdint.h>

#include "parallel.h"
#include "processor.h"

/* Rows of `size` numbers each: a gate reads 2 * size a row, the gate's first. */
typedef struct {
    int isa;
    const uint16_t *x, *weights; /* weights: of a norm, else NULL */
    uint16_t *y;
    int64_t rows, size;
    float epsilon;
    Team team;
} Rows;

#if defined(__aarch64__)
#define ISA neon
#define LANES 4
#define TARGET
#include "elementwise_body.h"
#define BEST(isa, name) name##_neon
#else
#define ISA avx512
#define LANES 16
#define TARGET __attribute__((target(AVX512)))
#include "elementwise_body.h"
#define ISA avx2
#define LANES 8
#define TARGET __attribute__((target("avx2,fma")))
#include "elementwise_body.h"
#define BEST(isa, name) (isa >= ISA_AVX512_VNNI ? name##_avx512 : name##_avx2)
#endif

static void gate_rows(void *argument)
{
    const Rows *r = argument;
    int64_t first, end;
    share(&r->team, r->rows, &first, &end);
    for (int64_t row = first; row < end; row++) {
        const uint16_t *x = r->x + row * 2 * r->size;
        BEST(r->isa, gate)(x, x + r->size, r->size, r->y + row * r->size);
    }
}

static void normalise_rows(void *argument)
{
    const Rows *r = argument;
    int64_t first, end;
    share(&r->team, r->rows, &first, &end);
    for (int64_t row = first; row < end; row++)
        BEST(r->isa, normalise)(r->x + row * r->size, r->weights, r->size, r->epsilon, r->y + row * r->size);
}

/* One row is done before other threads would have begun. */
static void run_rows(const Rows *r, void (*work)(void *), Rows *argument)
{
    Team alone = {1, 0, 0, 0};
    if (r->rows < r->team.threads) {
        argument->team = alone;
        work(argument);
    } else {
        run(&r->team, work, argument);
    }
}

void citewell_gate(Rows *rows) { run_rows(rows, gate_rows, rows); }
void citewell_normalise(Rows *rows) { run_rows(rows, normalise_rows, rows); }
