/* Whatever any campaign holds about a number: its messages by number_block (store_numbers.c writes it), what
 * was tried and decided with each, and test messages. */
#include "store_internal.h"
#include <stdlib.h>
#include <string.h>

static uint64_t entry_at(struct slice entries, size_t place)
{
    uint64_t entry = 0;
    for (size_t byte = 0; byte < STORE_ENTRY_BYTES; byte++)
        entry = entry << 8 | (unsigned char)entries.data[place * STORE_ENTRY_BYTES + byte];
    return entry;
}

/* The place of the first entry whose number is not below. */
static size_t first_entry(struct slice entries, uint64_t number)
{
    size_t low = 0;
    size_t high = entries.len / STORE_ENTRY_BYTES;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (entry_at(entries, middle) >> STORE_OFFSET_BITS < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A message that is not there any more, or has lost its number since, is passed over. */
static int give_message(struct store *store, int64_t id, const char *msisdn, store_found_fn *each,
                        void *context, struct error *error)
{
    struct found_message found = {.id = id};
    struct query query = query_open(store, SQL_FIND_MESSAGE);
    query_bind_int(&query, id);
    query_bind_text(&query, msisdn);
    int result = query_step(&query, error);
    if (result <= 0)
        return result;
    result = store_read_row(&query, &found.row, error);
    found.campaign = query_slice(&query, 13).data;
    found.file = query_slice(&query, 14).data;
    found.loaded_at_ms = query_int(&query, 15);
    if (result == 0 && query.failed == SQLITE_OK)
        result = each(context, &found, error);
    if (result == 0)
        return query_run(&query, error);
    query_close(&query);
    return result;
}

static int give_block(struct query *query, uint64_t number, const char *msisdn, store_found_fn *each,
                      void *context, struct error *error)
{
    int64_t batch = query_int(query, 0);
    struct slice entries = query_slice(query, 1);
    size_t count = entries.len / STORE_ENTRY_BYTES;
    for (size_t place = first_entry(entries, number); place < count; place++) {
        uint64_t entry = entry_at(entries, place);
        if (entry >> STORE_OFFSET_BITS != number)
            break;
        int64_t id = batch + (int64_t)(entry & STORE_OFFSET_MASK);
        int result = give_message(query->store, id, msisdn, each, context, error);
        if (result != 0)
            return result;
    }
    return 0;
}

int store_find(struct store *store, const char *msisdn, store_found_fn *each, void *context,
               struct error *error)
{
    int found;
    int64_t number = strtoll(msisdn, NULL, 10);
    struct query query = query_open(store, SQL_FIND_BLOCKS);
    query_bind_int(&query, number);
    while ((found = query_step(&query, error)) > 0) {
        int result = give_block(&query, (uint64_t)number, msisdn, each, context, error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}

int store_each_attempt(struct store *store, int64_t message_id, store_attempt_fn *each, void *context,
                       struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_FIND_ATTEMPTS);
    query_bind_int(&query, message_id);
    while ((found = query_step(&query, error)) > 0) {
        struct attempt attempt = {
            .at_ms = query_int(&query, 0),
            .has_code = !query_is_null(&query, 2),
            .code = query_int(&query, 2),
            .reason = reason_from_code(query_slice(&query, 3).data),
            .detail = query_slice(&query, 4),
            .has_http_status = !query_is_null(&query, 5),
            .http_status = query_int(&query, 5),
            .has_latency = !query_is_null(&query, 6),
            .latency_ms = query_int(&query, 6),
        };
        int result = query_state(&query, 1, &attempt.state, error);
        if (result == 0)
            result = each(context, &attempt, error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}

int store_each_resolution(struct store *store, int64_t message_id, store_resolution_fn *each, void *context,
                          struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_FIND_RESOLUTIONS);
    query_bind_int(&query, message_id);
    while ((found = query_step(&query, error)) > 0) {
        struct resolution resolution = {.at_ms = query_int(&query, 0), .who = query_slice(&query, 3)};
        int result = query_state(&query, 1, &resolution.from, error);
        if (result == 0)
            result = query_state(&query, 2, &resolution.to, error);
        if (result == 0)
            result = each(context, &resolution, error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}

int store_find_tests(struct store *store, const char *msisdn, store_found_test_fn *each, void *context,
                     struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_FIND_TESTS);
    query_bind_text(&query, msisdn);
    while ((found = query_step(&query, error)) > 0) {
        struct found_test test = {
            .sent_at_ms = query_int(&query, 0),
            .has_code = !query_is_null(&query, 2),
            .code = query_int(&query, 2),
            .reason = reason_from_code(query_slice(&query, 3).data),
            .detail = query_slice(&query, 4),
            .text = query_slice(&query, 5),
            .campaign = query_slice(&query, 6).data,
        };
        int result = query_state(&query, 1, &test.state, error);
        if (result == 0)
            result = each(context, &test, error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}
