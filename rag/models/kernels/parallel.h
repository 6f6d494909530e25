/* Work shared by the threads of torch's own OpenMP, whose functions the caller passes: one pool for both. */
#pragma once
#include <stdatomic.h>
#include <stdint.h>

typedef struct {
    int threads;
    void (*parallel)(void (*work)(void *), void *argument, unsigned threads, unsigned flags); /* GOMP_parallel, or NULL */
    int (*thread)(void);                                                                      /* omp_get_thread_num */
    int (*size)(void);                                                                        /* omp_get_num_threads */
} Team;

static inline void run(const Team *team, void (*work)(void *), void *argument)
{
    if (team->parallel) team->parallel(work, argument, (unsigned)team->threads, 0);
    else work(argument);
}

static inline int thread_of(const Team *team) { return team->parallel ? team->thread() : 0; }

/* Give the calling thread its share, [first, end), of `count` pieces. */
static inline void share(const Team *team, int64_t count, int64_t *first, int64_t *end)
{
    const int size = team->parallel ? team->size() : 1, thread = thread_of(team);
    *first = count * thread / size;
    *end = count * (thread + 1) / size;
}

/* Pieces of work that threads take as they come: each its own range first, then what others have left, which happens where
 * another program keeps one waiting. */
enum { RANGES = 64 };
typedef struct {
    int64_t count, at_once;
    int ranges; /* at most RANGES */
    _Atomic int64_t next[RANGES];
} Pieces;

static inline int ranges_of(const Team *team) { return team->threads < RANGES ? team->threads : RANGES; }

/* Take the next pieces, [first, end); return 0 if there are none. */
static inline int take(Pieces *pieces, int thread, int64_t *first, int64_t *end)
{
    for (int i = 0; i < pieces->ranges; i++) {
        const int range = (thread + i) % pieces->ranges;
        const int64_t stop = pieces->count * (range + 1) / pieces->ranges;
        *first = pieces->count * range / pieces->ranges
                 + atomic_fetch_add_explicit(&pieces->next[range], pieces->at_once, memory_order_relaxed);
        *end = *first + pieces->at_once < stop ? *first + pieces->at_once : stop;
        if (*first < stop) return 1;
    }
    return 0;
}
