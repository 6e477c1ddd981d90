/* Messages of a load on their way into the table: SQLite takes many by one statement at half of what they
 * cost one by one. */
#ifndef CAMPANA_STORE_BATCH_H
#define CAMPANA_STORE_BATCH_H

#include "store_internal.h"

#define STORE_BATCH_ROWS  64
#define STORE_BATCH_BYTES 65536 /* a row that goes beyond is the last one */

/* Zero-initialise; batch_free() releases what it owns. */
struct store_batch {
    struct store_message messages[STORE_BATCH_ROWS]; /* `data` of their slices is set by batch_insert() */
    int count;
    struct buffer bytes; /* of all their slices, one after the other */
};

void batch_free(struct store_batch *batch);
void batch_clear(struct store_batch *batch);

/* Copies the message. There must be room for it. */
void batch_add(struct store_batch *batch, const struct store_message *message);

static inline bool batch_is_full(const struct store_batch *batch)
{
    return batch->count == STORE_BATCH_ROWS || batch->bytes.len >= STORE_BATCH_BYTES;
}

/* Inserts them with the ids from first_id on, notes their numbers (store_numbers_add()), and clears the batch
 * whatever comes of it. In a transaction. 0 or -1. */
int batch_insert(struct store_batch *batch, struct store *store, int64_t campaign_id, int64_t first_id,
                 struct error *error);

#endif
