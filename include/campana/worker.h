/* A thread that does one piece of work at a time beside its owner. Between worker_do() and worker_wait() (or a false
 * worker_busy()) what the work touches is the thread's; before and after, the owner's: no other lock is needed. */
#ifndef CAMPANA_WORKER_H
#define CAMPANA_WORKER_H

#include <pthread.h>
#include <stdbool.h>

struct worker;

typedef void worker_fn(void *context);

/* `over` (may be NULL) is called with `context` each time a piece of work is done, when worker_busy() is false already; by
 * whichever thread did it. NULL: memory ran out. Where the system has no thread to give, the owner does the work. */
struct worker *worker_new(worker_fn *over, void *context);

/* Waits for the work under way. */
void worker_free(struct worker *worker);

/* Begins a piece of work; nothing may be under way. */
void worker_do(struct worker *worker, worker_fn *work, void *context);

bool worker_busy(struct worker *worker);

/* Until nothing is under way. */
void worker_wait(struct worker *worker);

/* For another kind of thread: begins one that no signal reaches. False: the system has none to give. */
bool worker_begin_thread(pthread_t *thread, void *(*run)(void *), void *context);

#endif
