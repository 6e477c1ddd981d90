/* What stands around the sending of rows: runs, what a crash left behind, and messages to one's own
 * telephone. */
#include "campana/error.h"
#include "store_internal.h"

/* ---- recovery ---- */

static int recover(struct store *store, int64_t now_ms, int64_t *recovered, struct error *error)
{
    const char *reason = reason_code(REASON_INTERRUPTED);

    struct query query = query_open(store, SQL_RECOVER_ATTEMPTS);
    query_bind_int(&query, now_ms);
    query_bind_text(&query, reason);
    if (query_run(&query, error) != 0)
        return -1;

    query = query_open(store, SQL_RECOVER_COUNTS);
    if (query_run(&query, error) != 0)
        return -1;

    query = query_open(store, SQL_RECOVER_MESSAGES);
    query_bind_int(&query, now_ms);
    query_bind_text(&query, reason);
    if (query_run(&query, error) != 0)
        return -1;
    *recovered = sqlite3_changes64(store->database);

    query = query_open(store, SQL_RECOVER_RUNS);
    query_bind_int(&query, now_ms);
    if (query_run(&query, error) != 0)
        return -1;

    query = query_open(store, SQL_RECOVER_TESTS);
    query_bind_text(&query, reason);
    return query_run(&query, error);
}

int store_recover(struct store *store, int64_t now_ms, int64_t *recovered, struct error *error)
{
    *recovered = 0;
    if (store->sender_lock < 0 && !store_in_memory(store))
        return store_fail_bug(store, "recovery needs the sender's lock", error);
    if (store_begin_patiently(store, error) != 0)
        return -1;
    int result = recover(store, now_ms, recovered, error);
    return store_finish(store, result, "commit:recover", error);
}

/* ---- runs ---- */

int store_run_begin(struct store *store, struct run *run, struct error *error)
{
    if (store_begin_patiently(store, error) != 0)
        return -1;
    struct query query = query_open(store, SQL_RUN_BEGIN);
    query_bind_int(&query, run->campaign_id);
    query_bind_int(&query, run->started_at_ms);
    query_bind_slice(&query, slice_of(run->rate));
    query_bind_int(&query, run->concurrency);
    query_bind_text(&query, run->balance_before);
    query_bind_optional(&query, run->start_at_ms != 0, run->start_at_ms);
    return store_finish(store, query_number(&query, &run->id, error), "commit:run-begin", error);
}

int store_run_start(struct store *store, const struct run *run, struct error *error)
{
    if (store_begin_patiently(store, error) != 0)
        return -1;
    struct query query = query_open(store, SQL_RUN_START);
    query_bind_int(&query, run->id);
    query_bind_int(&query, run->started_at_ms);
    query_bind_text(&query, run->balance_before);
    int result = query_run_one(&query, "a run that starts is not there", error);
    return store_finish(store, result, "commit:run-start", error);
}

int store_run_end(struct store *store, const struct run *run, struct error *error)
{
    int begun = store_begin(store, error);
    if (begun != 0)
        return begun;
    struct query query = query_open(store, SQL_RUN_END);
    query_bind_int(&query, run->id);
    query_bind_int(&query, run->ended_at_ms);
    query_bind_text(&query, run->ended);
    query_bind_text(&query, run->balance_after);
    query_bind_int(&query, run->slowed);
    query_bind_text(&query, run->slowest_rate);
    int result = query_run_one(&query, "a run that ends is not there", error);
    return store_finish(store, result, "commit:run-end", error);
}

static void read_run(struct query *query, struct run *run)
{
    *run = (struct run){
        .id = query_int(query, 0),
        .campaign_id = query_int(query, 1),
        .started_at_ms = query_int(query, 2),
        .ended_at_ms = query_int(query, 3),
        .concurrency = (int)query_int(query, 6),
        .accepted = query_int(query, 9),
        .refused = query_int(query, 10),
        .unknown = query_int(query, 11),
        .returned = query_int(query, 12),
        .start_at_ms = query_int(query, 13),
        .slowed = query_int(query, 14),
    };
    query_copy(query, 4, run->ended, sizeof run->ended);
    query_copy(query, 5, run->rate, sizeof run->rate);
    query_copy(query, 7, run->balance_before, sizeof run->balance_before);
    query_copy(query, 8, run->balance_after, sizeof run->balance_after);
    query_copy(query, 15, run->slowest_rate, sizeof run->slowest_rate);
}

int store_each_run(struct store *store, int64_t campaign_id, store_run_fn *each, void *context,
                   struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_RUNS);
    query_bind_int(&query, campaign_id);
    while ((found = query_step(&query, error)) > 0) {
        struct run run;
        read_run(&query, &run);
        int result = each(context, &run, error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}

/* ---- messages to one's own telephone ---- */

int store_test_begin(struct store *store, int64_t campaign_id, const char *msisdn, struct slice text,
                     int64_t now_ms, int64_t *test_id, struct error *error)
{
    if (store_begin_patiently(store, error) != 0)
        return -1;
    struct query query = query_open(store, SQL_TEST_BEGIN);
    query_bind_int(&query, campaign_id);
    query_bind_slice(&query, slice_of(msisdn));
    query_bind_slice(&query, text);
    query_bind_int(&query, now_ms);
    return store_finish(store, query_number(&query, test_id, error), "commit:test-begin", error);
}

int store_test_end(struct store *store, int64_t test_id, enum job_state state, const struct outcome *outcome,
                   struct error *error)
{
    if (store_begin_patiently(store, error) != 0)
        return -1;
    struct query query = query_open(store, SQL_TEST_END);
    query_bind_int(&query, test_id);
    query_bind_text(&query, job_state_name(state));
    query_bind_optional(&query, outcome_has_code(outcome), outcome->code);
    query_bind_text(&query, reason_code(outcome->reason));
    query_bind_text(&query, outcome->detail);
    int result = query_run_one(&query, "an answer came for a test message that is not inflight", error);
    return store_finish(store, result, "commit:test-end", error);
}
