/* What a person tells a run from another terminal. The run looks by itself; nothing here waits for it. */
#include "campana/error.h"
#include "store_internal.h"

int store_find_open_run(struct store *store, int64_t *run_id, struct buffer *campaign, struct error *error)
{
    struct query query = query_open(store, SQL_RUN_OPEN);
    int found = query_step(&query, error);
    if (found <= 0)
        return found;
    struct slice name = query_slice(&query, 1);
    *run_id = query_int(&query, 0);
    buffer_clear(campaign);
    buffer_append(campaign, name.data, name.len);
    return query_end(&query, error) == 0 && buffer_check(campaign, error) == 0 ? 1 : -1;
}

int store_steer(struct store *store, int64_t run_id, const struct steering *steering, int64_t *id,
                struct error *error)
{
    int begun = store_begin(store, error);
    if (begun != 0)
        return begun;
    struct query query = query_open(store, SQL_STEER);
    query_bind_int(&query, run_id);
    query_bind_int(&query, steering->at_ms);
    query_bind_slice(&query, slice_of(steering->who));
    query_bind_text(&query, steering->rate);
    int found = query_step(&query, error);
    *id = found > 0 ? query_int(&query, 0) : 0;
    int result = found > 0 ? query_run(&query, error) : found;
    return store_finish(store, result, "commit:steer", error);
}

int store_steering_fate(struct store *store, int64_t id, struct steering_fate *fate, struct error *error)
{
    struct query query = query_open(store, SQL_STEER_FATE);
    query_bind_int(&query, id);
    int found = query_step(&query, error);
    if (found < 0)
        return -1;
    if (found == 0)
        return store_fail_bug(store, "a word to a run is gone", error);
    fate->taken = query_int(&query, 0) != 0;
    query_copy(&query, 1, fate->ended, sizeof fate->ended);
    return query_end(&query, error);
}

int store_each_steering(struct store *store, int64_t run_id, int64_t after_id, store_steering_fn *each,
                        void *context, struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_STEERINGS);
    query_bind_int(&query, run_id);
    query_bind_int(&query, after_id);
    while ((found = query_step(&query, error)) > 0) {
        struct steering steering = {
            .id = query_int(&query, 0), .at_ms = query_int(&query, 1), .taken_at_ms = query_int(&query, 4)};
        query_copy(&query, 2, steering.who, sizeof steering.who);
        query_copy(&query, 3, steering.rate, sizeof steering.rate);
        int result = each(context, &steering, error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}

int store_steering_taken(struct store *store, int64_t run_id, int64_t up_to_id, int64_t now_ms,
                         struct error *error)
{
    int begun = store_begin(store, error);
    if (begun != 0)
        return begun;
    struct query query = query_open(store, SQL_STEER_TAKEN);
    query_bind_int(&query, run_id);
    query_bind_int(&query, up_to_id);
    query_bind_int(&query, now_ms);
    return store_finish(store, query_run(&query, error), "commit:steer-taken", error);
}

int store_changed_by_others(struct store *store, int64_t *version, struct error *error)
{
    int64_t seen = *version;
    struct query query = query_open(store, SQL_DATA_VERSION);
    if (query_number(&query, version, error) != 0)
        return -1;
    return *version != seen;
}
