/* What is added up for a report. */
#include "campana/store_figures.h"
#include "store_internal.h"

int store_snapshot_begin(struct store *store, struct error *error)
{
    if (store->in_transaction)
        return store_fail_bug(store, "a snapshot was begun within a transaction", error);
    struct query query = query_open(store, SQL_SNAPSHOT);
    int result = query_run(&query, error);
    store->in_transaction = result == 0;
    return result;
}

void store_snapshot_end(struct store *store)
{
    store_rollback(store);
}

int store_each_bin(struct store *store, const struct campaign *campaign, int64_t bin_ms, store_bin_fn *each,
                   void *context, struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_BINS);
    query_bind_int(&query, campaign->first_id);
    query_bind_int(&query, campaign->last_id);
    query_bind_int(&query, bin_ms);
    while ((found = query_step(&query, error)) > 0) {
        int result = each(context, query_int(&query, 0), query_int(&query, 1), query_int(&query, 2), error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}

int store_each_latency(struct store *store, const struct campaign *campaign, store_latency_fn *each,
                       void *context, struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_LATENCIES);
    query_bind_int(&query, campaign->first_id);
    query_bind_int(&query, campaign->last_id);
    while ((found = query_step(&query, error)) > 0) {
        int result = each(context, query_int(&query, 0), query_int(&query, 1), error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}
