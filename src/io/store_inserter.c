/* A ring of batches between two threads. The caller fills the one behind the `waiting` ones, the thread
 * inserts the first. Each sleeps until there are enough for a while of work: waking the other costs as much
 * as some rows do. Invariants: a batch is touched by the caller while it is not among the waiting ones, by
 * the thread while it is; `failure` is set once and nothing is inserted after it. */
#include "store_inserter.h"
#include "campana/error.h"
#include "campana/worker.h"
#include "store_batch.h"
#include <pthread.h>
#include <stdlib.h>

#define BATCHES      16
#define WORTH_WAKING 8
#define AHEAD_BYTES  (8u << 20) /* of rows, between two hints to the disk */

struct inserter {
    struct store *store;
    int64_t campaign_id, next_id; /* the thread's */
    size_t ahead_bytes;           /* inserted since the last hint, likewise */
    pthread_t thread;
    bool threaded; /* it runs */
    struct store_batch batches[BATCHES];
    int filling; /* place of the caller's batch */

    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t there_is_work, there_is_room;
    int waiting;          /* batches in front of the caller's that are not inserted yet */
    bool ending;          /* no more will come */
    struct error failure; /* ERROR_NONE: all went well so far */
};

/* With what has failed before, only clears the batch. */
static void insert(struct inserter *inserter, struct store_batch *batch, struct error *failure)
{
    int count = batch->count;
    inserter->ahead_bytes += batch->bytes.len;
    if (failure->kind != ERROR_NONE)
        batch_clear(batch);
    else
        batch_insert(batch, inserter->store, inserter->campaign_id, inserter->next_id, failure);
    inserter->next_id += count;
    if (inserter->ahead_bytes >= AHEAD_BYTES) {
        store_write_ahead(inserter->store);
        inserter->ahead_bytes = 0;
    }
}

static void *work(void *context)
{
    struct inserter *inserter = context;
    struct error failure = {0};
    int first = 0;
    pthread_mutex_lock(&inserter->mutex);
    for (;;) {
        while (inserter->waiting == 0 || (inserter->waiting < WORTH_WAKING && !inserter->ending)) {
            if (inserter->waiting == 0 && inserter->ending)
                goto out;
            pthread_cond_wait(&inserter->there_is_work, &inserter->mutex);
        }
        for (int some = inserter->waiting; some > 0; some--) {
            pthread_mutex_unlock(&inserter->mutex);
            insert(inserter, &inserter->batches[first], &failure);
            first = (first + 1) % BATCHES;
            pthread_mutex_lock(&inserter->mutex);
            if (failure.kind != ERROR_NONE)
                inserter->failure = failure;
            if (--inserter->waiting == BATCHES - WORTH_WAKING)
                pthread_cond_signal(&inserter->there_is_room);
        }
    }
out:
    pthread_mutex_unlock(&inserter->mutex);
    return NULL;
}

int inserter_start(struct store *store, int64_t campaign_id, int64_t first_id, struct inserter **inserter,
                   struct error *error)
{
    struct inserter *made = calloc(1, sizeof *made);
    if (made == NULL)
        return error_no_memory(error);
    made->store = store;
    made->campaign_id = campaign_id;
    made->next_id = first_id;
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->there_is_work, NULL);
    pthread_cond_init(&made->there_is_room, NULL);
    made->threaded = worker_begin_thread(&made->thread, work, made);
    *inserter = made;
    return 0;
}

/* The caller's batch joins the waiting ones; it gets the next place, once that is free. */
static void hand_over(struct inserter *inserter)
{
    pthread_mutex_lock(&inserter->mutex);
    if (++inserter->waiting == WORTH_WAKING)
        pthread_cond_signal(&inserter->there_is_work);
    if (inserter->waiting == BATCHES)
        while (inserter->waiting > BATCHES - WORTH_WAKING)
            pthread_cond_wait(&inserter->there_is_room, &inserter->mutex);
    pthread_mutex_unlock(&inserter->mutex);
    inserter->filling = (inserter->filling + 1) % BATCHES;
}

static int told(struct inserter *inserter, struct error *error)
{
    pthread_mutex_lock(&inserter->mutex);
    bool failed = inserter->failure.kind != ERROR_NONE;
    if (failed)
        *error = inserter->failure;
    pthread_mutex_unlock(&inserter->mutex);
    return failed ? -1 : 0;
}

static int pass_on(struct inserter *inserter, struct error *error)
{
    if (inserter->threaded)
        hand_over(inserter);
    else
        insert(inserter, &inserter->batches[inserter->filling], &inserter->failure);
    return told(inserter, error);
}

int inserter_add(struct inserter *inserter, const struct store_message *message, struct error *error)
{
    struct store_batch *batch = &inserter->batches[inserter->filling];
    batch_add(batch, message);
    return batch_is_full(batch) ? pass_on(inserter, error) : 0;
}

static void join(struct inserter *inserter)
{
    if (!inserter->threaded)
        return;
    pthread_mutex_lock(&inserter->mutex);
    inserter->ending = true;
    pthread_cond_signal(&inserter->there_is_work);
    pthread_mutex_unlock(&inserter->mutex);
    pthread_join(inserter->thread, NULL);
    inserter->threaded = false;
}

int inserter_end(struct inserter *inserter, struct error *error)
{
    int result = pass_on(inserter, error);
    join(inserter);
    return result == 0 ? told(inserter, error) : -1;
}

void inserter_free(struct inserter *inserter)
{
    if (inserter == NULL)
        return;
    join(inserter);
    for (int i = 0; i < BATCHES; i++)
        batch_free(&inserter->batches[i]);
    pthread_cond_destroy(&inserter->there_is_room);
    pthread_cond_destroy(&inserter->there_is_work);
    pthread_mutex_destroy(&inserter->mutex);
    free(inserter);
}
