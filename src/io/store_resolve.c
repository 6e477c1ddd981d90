/* A person's decision on rows whose fate is not known, or that were refused: all given rows or none. */
#include "campana/error.h"
#include "store_internal.h"
#include <inttypes.h>

#define ROWS_NAMED 10

/* What is given, as JSON arrays; without any, empty, which is bound as NULL and stands for all. */
struct given {
    struct buffer rows, runs; /* runs by their ids */
};

static void given_free(struct given *given)
{
    buffer_free(&given->rows);
    buffer_free(&given->runs);
}

static int put_rows(const struct store_resolve *resolve, struct buffer *rows, struct error *error)
{
    if (resolve->rows == NULL)
        return 0;
    for (size_t i = 0; i < resolve->row_count; i++)
        buffer_printf(rows, "%c%" PRId64, i == 0 ? '[' : ',', resolve->rows[i]);
    buffer_puts(rows, resolve->row_count == 0 ? "[]" : "]");
    return buffer_check(rows, error);
}

struct run_search {
    int64_t at, wanted; /* counted from 1 */
    int64_t id;         /* 0: not found */
};

static int look_at_run(void *context, const struct run *run, struct error *error)
{
    struct run_search *search = context;
    (void)error;
    if (++search->at == search->wanted)
        search->id = run->id;
    return 0;
}

static int put_runs(struct store *store, const struct campaign *campaign, const struct store_resolve *resolve,
                    struct buffer *runs, struct error *error)
{
    for (size_t i = 0; resolve->runs != NULL && i < resolve->run_count; i++) {
        struct run_search search = {.wanted = resolve->runs[i]};
        if (store_each_run(store, campaign->id, look_at_run, &search, error) != 0)
            return -1;
        if (search.id == 0)
            return error_set(error, ERROR_INPUT,
                             "campaign \"%s\" has no run %" PRId64 ": it has had %" PRId64
                             "; nothing was changed",
                             campaign->name, search.wanted, search.at);
        buffer_printf(runs, "%c%" PRId64, i == 0 ? '[' : ',', search.id);
    }
    if (runs->len > 0)
        buffer_put(runs, ']');
    return buffer_check(runs, error);
}

/* The parameters that say which rows, ?1 to ?5. */
static struct query open_over_rows(struct store *store, enum store_sql sql, const struct campaign *campaign,
                                   const struct store_resolve *resolve, struct given *given)
{
    struct query query = query_open(store, sql);
    query_bind_int(&query, campaign->first_id);
    query_bind_int(&query, campaign->last_id);
    query_bind_text(&query, job_state_name(resolve->from));
    query_bind_text(&query, buffer_string(&given->rows));
    query_bind_text(&query, buffer_string(&given->runs));
    return query;
}

/* Rows that were named and cannot be resolved: 0 where there are none, else -1 with their names. */
static int check_given(struct store *store, const struct campaign *campaign,
                       const struct store_resolve *resolve, struct given *given, struct error *error)
{
    struct buffer words = {0};
    int64_t total = 0;
    int64_t named = 0;
    int found;
    struct query query = open_over_rows(store, SQL_RESOLVE_AMISS, campaign, resolve, given);
    query_bind_int(&query, ROWS_NAMED);
    while ((found = query_step(&query, error)) > 0) {
        buffer_printf(&words, "%srow %" PRId64 " %s%s", named++ == 0 ? "" : ", ", query_int(&query, 0),
                      query_is_null(&query, 1) ? "is not in the campaign" : "is ",
                      query_slice(&query, 1).data);
        total = query_int(&query, 2);
    }
    if (total > named)
        buffer_printf(&words, " and %" PRId64 " more", total - named);
    int result = found < 0 ? -1 : buffer_check(&words, error);
    if (result == 0 && total > 0)
        result = error_set(error, ERROR_INPUT,
                           "campaign \"%s\": only %s rows can be resolved so, but %s; nothing was changed",
                           campaign->name, job_state_name(resolve->from), buffer_string(&words));
    buffer_free(&words);
    return result;
}

static int check_states(const struct store_resolve *resolve, struct error *error)
{
    bool decidable = resolve->from == JOB_UNKNOWN || resolve->from == JOB_REFUSED;
    if (decidable && job_move_legal(resolve->from, resolve->to))
        return 0;
    return error_set(error, ERROR_INPUT, "%s rows cannot be resolved as %s", job_state_name(resolve->from),
                     job_state_name(resolve->to));
}

static int count_rows(struct store *store, const struct campaign *campaign,
                      const struct store_resolve *resolve, struct given *given, int64_t *count,
                      struct error *error)
{
    if (campaign->forgotten_at_ms != 0 && resolve->to == JOB_PENDING)
        return error_set(
            error, ERROR_INPUT,
            "campaign \"%s\" was forgotten: without their numbers its rows cannot be sent again; nothing "
            "was changed",
            campaign->name);
    if (check_states(resolve, error) != 0 || put_rows(resolve, &given->rows, error) != 0 ||
        put_runs(store, campaign, resolve, &given->runs, error) != 0 ||
        (resolve->rows != NULL && check_given(store, campaign, resolve, given, error) != 0))
        return -1;
    struct query query = open_over_rows(store, SQL_RESOLVE_COUNT, campaign, resolve, given);
    return query_number(&query, count, error);
}

int store_resolve_count(struct store *store, const struct campaign *campaign,
                        const struct store_resolve *resolve, int64_t *count, struct error *error)
{
    struct given given = {0};
    int result = count_rows(store, campaign, resolve, &given, count, error);
    given_free(&given);
    return result;
}

int store_resolve_each(struct store *store, const struct campaign *campaign,
                       const struct store_resolve *resolve, int most, store_resolve_fn *each, void *context,
                       struct error *error)
{
    struct given given = {0};
    int found = -1;
    if (put_rows(resolve, &given.rows, error) == 0 &&
        put_runs(store, campaign, resolve, &given.runs, error) == 0) {
        struct query query = open_over_rows(store, SQL_RESOLVE_LIST, campaign, resolve, &given);
        query_bind_int(&query, most);
        while ((found = query_step(&query, error)) > 0) {
            const char *msisdn = query_slice(&query, 1).data;
            int result = each(context, query_int(&query, 0), msisdn, query_int(&query, 2),
                              reason_from_code(query_slice(&query, 3).data), error);
            if (result != 0) {
                query_close(&query);
                found = result;
                break;
            }
        }
    }
    given_free(&given);
    return found;
}

static int record(struct store *store, const struct campaign *campaign, const struct store_resolve *resolve,
                  struct given *given, struct error *error)
{
    struct query query = open_over_rows(store, SQL_RESOLVE_RECORD, campaign, resolve, given);
    query_bind_int(&query, resolve->now_ms);
    query_bind_slice(&query, slice_of(resolve->who));
    query_bind_text(&query, job_state_name(resolve->to));
    return query_run(&query, error);
}

static int carry_out(struct store *store, const struct campaign *campaign,
                     const struct store_resolve *resolve, struct given *given, int64_t count,
                     struct error *error)
{
    struct query query = open_over_rows(store, SQL_RESOLVE_MESSAGES, campaign, resolve, given);
    query_bind_text(&query, job_state_name(resolve->to));
    query_bind_text(&query, reason_code(REASON_RESOLVED));
    query_bind_slice(&query, slice_of(resolve->who));
    if (query_run(&query, error) != 0)
        return -1;
    if (sqlite3_changes64(store->database) != count)
        return store_fail_bug(store, "another number of rows changed than was counted", error);
    return 0;
}

int store_resolve_apply(struct store *store, const struct campaign *campaign,
                        const struct store_resolve *resolve, int64_t *count, struct error *error)
{
    struct given given = {0};
    if (store_begin_patiently(store, error) != 0)
        return -1;
    int result = count_rows(store, campaign, resolve, &given, count, error);
    if (result == 0 && record(store, campaign, resolve, &given, error) == 0)
        result = carry_out(store, campaign, resolve, &given, *count, error);
    else
        result = -1;
    given_free(&given);
    return store_finish(store, result, "commit:resolve", error);
}
