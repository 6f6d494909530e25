/* Work shared by the threads of torch's own OpenMP, whose functions the caller passes: one pool for both. */
#pragma once
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
