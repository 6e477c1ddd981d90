/* Decides what signals reach another thread: none, they are for the one that runs the program. Invariant:
 * between a worker's two semaphores all is one thread's at a time. */
#include "campana/worker.h"
#include "campana/clock.h"
#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>

bool worker_begin_thread(pthread_t *thread, void *(*run)(void *), void *context)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(thread, NULL, run, context) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

bool worker_has_core(void)
{
    cpu_set_t cores;
    return sched_getaffinity(0, sizeof cores, &cores) == 0 && CPU_COUNT(&cores) > 1;
}

struct worker {
    int64_t awake_ns;
    worker_fn *over;
    void *over_context;
    pthread_t thread;
    bool threaded; /* it runs */
    bool busy;     /* as its owner knows */
    sem_t begin, end;
    worker_fn *work; /* NULL: the thread ends */
    void *context;
};

static void tell(const struct worker *worker)
{
    if (worker->over != NULL)
        worker->over(worker->over_context);
}

static bool comes_soon(sem_t *semaphore, int64_t awake_ns)
{
    int64_t now_ns = clock_monotonic_ns(&clock_system);
    int64_t until_ns = now_ns + awake_ns;
    while (now_ns < until_ns) {
        if (sem_trywait(semaphore) == 0)
            return true;
        sched_yield(); /* to whoever has something to do on this core */
        now_ns = clock_monotonic_ns(&clock_system);
    }
    return false;
}

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0 && errno == EINTR)
        continue;
}

static void *run(void *context)
{
    struct worker *worker = context;
    for (;;) {
        if (!comes_soon(&worker->begin, worker->awake_ns))
            wait_for(&worker->begin);
        if (worker->work == NULL)
            return NULL;
        worker->work(worker->context);
        sem_post(&worker->end);
        tell(worker);
    }
}

struct worker *worker_new(int64_t awake_ns, worker_fn *over, void *context)
{
    struct worker *made = calloc(1, sizeof *made);
    if (made == NULL)
        return NULL;
    made->awake_ns = awake_ns;
    made->over = over;
    made->over_context = context;
    sem_init(&made->begin, 0, 0);
    sem_init(&made->end, 0, 0);
    made->threaded = worker_begin_thread(&made->thread, run, made);
    return made;
}

void worker_free(struct worker *worker)
{
    if (worker == NULL)
        return;
    worker_wait(worker);
    if (worker->threaded) {
        worker->work = NULL;
        sem_post(&worker->begin);
        pthread_join(worker->thread, NULL);
    }
    sem_destroy(&worker->begin);
    sem_destroy(&worker->end);
    free(worker);
}

void worker_do(struct worker *worker, worker_fn *work, void *context)
{
    if (!worker->threaded) {
        work(context);
        tell(worker);
        return;
    }
    worker->work = work;
    worker->context = context;
    worker->busy = true;
    sem_post(&worker->begin);
}

bool worker_busy(struct worker *worker)
{
    if (worker->busy && sem_trywait(&worker->end) == 0)
        worker->busy = false;
    return worker->busy;
}

void worker_wait(struct worker *worker)
{
    if (worker->busy)
        wait_for(&worker->end);
    worker->busy = false;
}
