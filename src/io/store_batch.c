#include "store_batch.h"
#include "campana/error.h"
#include <assert.h>

void batch_free(struct store_batch *batch)
{
    batch->count = 0;
    buffer_free(&batch->bytes);
}

void batch_clear(struct store_batch *batch)
{
    batch->count = 0;
    buffer_clear(&batch->bytes);
}

static void keep(struct store_batch *batch, struct slice slice)
{
    buffer_append(&batch->bytes, slice.data, slice.len);
}

void batch_add(struct store_batch *batch, const struct store_message *message)
{
    assert(!batch_is_full(batch));
    batch->messages[batch->count++] = *message;
    keep(batch, message->msisdn);
    keep(batch, message->text);
    keep(batch, message->fields);
    keep(batch, message->detail);
}

static void place(struct slice *slice, const char **bytes)
{
    slice->data = *bytes;
    *bytes += slice->len;
}

/* Now that the bytes stay where they are. In the order of batch_add(). */
static void place_slices(struct store_batch *batch)
{
    const char *bytes = buffer_string(&batch->bytes);
    for (int i = 0; i < batch->count; i++) {
        struct store_message *message = &batch->messages[i];
        place(&message->msisdn, &bytes);
        place(&message->text, &bytes);
        place(&message->fields, &bytes);
        place(&message->detail, &bytes);
    }
}

static void bind_message(struct query *query, const struct store_message *message)
{
    query_bind_int(query, message->row);
    query_bind_slice(query, message->msisdn);
    query_bind_slice(query, message->text);
    query_bind_slice(query, message->fields);
    query_bind_text(query, job_state_name(message->state));
    query_bind_text(query, reason_code(message->reason));
    if (message->detail.len == 0)
        query_bind_text(query, NULL);
    else
        query_bind_slice(query, message->detail);
}

static int insert_messages(const struct store_batch *batch, struct store *store, int64_t campaign_id,
                           int64_t first_id, struct error *error)
{
    int rows = batch->count == STORE_BATCH_ROWS ? STORE_BATCH_ROWS : 1; /* by one statement */
    for (int at = 0; at < batch->count;) {
        struct query query = query_open(store, rows == 1 ? SQL_LOAD_MESSAGE : SQL_LOAD_BATCH);
        query_bind_int(&query, campaign_id);
        for (int end = at + rows; at < end; at++)
            bind_message(&query, &batch->messages[at]);
        if (query_run(&query, error) != 0)
            return -1;
    }
    if (batch->count > 0 && sqlite3_last_insert_rowid(store->database) != first_id + batch->count - 1)
        return store_fail_bug(store, "a row that is being loaded did not get the id that it should", error);
    return 0;
}

static int note_numbers(const struct store_batch *batch, struct store *store, int64_t campaign_id,
                        int64_t first_id, struct error *error)
{
    for (int i = 0; i < batch->count; i++)
        if (store_numbers_add(store, campaign_id, first_id + i, batch->messages[i].msisdn, error) != 0)
            return -1;
    return 0;
}

int batch_insert(struct store_batch *batch, struct store *store, int64_t campaign_id, int64_t first_id,
                 struct error *error)
{
    int result = buffer_check(&batch->bytes, error);
    if (result == 0) {
        place_slices(batch);
        result = insert_messages(batch, store, campaign_id, first_id, error);
    }
    if (result == 0)
        result = note_numbers(batch, store, campaign_id, first_id, error);
    batch_clear(batch);
    return result;
}
