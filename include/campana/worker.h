/* A thread that does one piece of work at a time beside its owner. Between worker_do() and worker_wait() (or a false
 * worker_busy()) what the work touches is the thread's; before and after, the owner's: no other lock is needed. */
#ifndef CAMPANA_WORKER_H
#define CAMPANA_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct worker;

typedef void worker_fn(void *context);

/* `over` (may be NULL) is called with `context` each time a piece of work is done, when worker_busy() is false already; by
 * whichever thread did it. NULL: memory ran out. Where the system has no thread to give, the owner does the work.
 *
 * `awake_ns`: how long the thread waits for its next piece of work without sleeping. To be woken takes some 30 µs (measured
 * on two cores of a virtual machine); worth it only where pieces follow one another closely, and for no longer. */
struct worker *worker_new(int64_t awake_ns, worker_fn *over, void *context);

/* Whether this process may use a second core: on one alone a thread does nothing beside its owner. */
bool worker_has_core(void);

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
