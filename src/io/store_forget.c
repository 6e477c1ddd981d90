/* Decides what of a campaign is personal, and makes sure that nothing of it is left in the database's files.
 * Invariant: what is forgotten and what is not is one transaction; what is erased is noted only when it is.
 */
#include "campana/store_forget.h"
#include "campana/error.h"
#include "store_internal.h"
#include <inttypes.h>

int store_last_used(struct store *store, const struct campaign *campaign, int64_t *at_ms, struct error *error)
{
    struct query query = query_open(store, SQL_LAST_USED);
    query_bind_int(&query, campaign->id);
    return query_number(&query, at_ms, error);
}

static void put_unfinished(struct buffer *out, int64_t count, const char *state)
{
    if (count > 0)
        buffer_printf(out, "%s%" PRId64 " %s", out->len == 0 ? "" : ", ", count, state);
}

int store_forget_check(struct store *store, const struct campaign *campaign, bool unfinished,
                       struct counts *counts, struct error *error)
{
    static const enum job_state open[] = {JOB_PENDING, JOB_INFLIGHT, JOB_UNKNOWN};
    struct buffer words = {0};
    if (store_count(store, campaign, counts, error) != 0)
        return -1;
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        put_unfinished(&words, counts->of[open[i]], job_state_name(open[i]));
    int result = buffer_check(&words, error);
    if (result == 0 && words.len > 0 && !unfinished)
        result = error_set(
            error, ERROR_INPUT,
            "campaign \"%s\" is not over: %s. Without its number a row can neither be sent nor looked up "
            "in the gateway's reports. Send or resolve them first; or forget it with --unfinished: what is "
            "pending is then never sent, what is unknown stays so unless somebody resolves it. Nothing "
            "was changed",
            campaign->name, buffer_string(&words));
    buffer_free(&words);
    return result;
}

/* ---- forgetting ---- */

static int run_over_ids(struct store *store, enum store_sql sql, const struct campaign *campaign,
                        struct error *error)
{
    struct query query = query_open(store, sql);
    query_bind_int(&query, campaign->first_id);
    query_bind_int(&query, campaign->last_id);
    return query_run(&query, error);
}

static int run_over_campaign(struct store *store, enum store_sql sql, const struct campaign *campaign,
                             struct error *error)
{
    struct query query = query_open(store, sql);
    query_bind_int(&query, campaign->id);
    return query_run(&query, error);
}

static int forget(struct store *store, const struct campaign *campaign, bool unfinished, int64_t now_ms,
                  struct error *error)
{
    struct counts counts;
    if (store_forget_check(store, campaign, unfinished, &counts, error) != 0)
        return -1;
    if (counts.of[JOB_INFLIGHT] > 0)
        return store_fail_bug(store, "rows are inflight while a campaign is forgotten", error);
    if (run_over_ids(store, SQL_FORGET_PENDING, campaign, error) != 0 ||
        run_over_ids(store, SQL_FORGET_MESSAGES, campaign, error) != 0 ||
        run_over_ids(store, SQL_FORGET_ATTEMPTS, campaign, error) != 0 ||
        run_over_campaign(store, SQL_FORGET_TESTS, campaign, error) != 0 ||
        run_over_campaign(store, SQL_FORGET_NUMBERS, campaign, error) != 0)
        return -1;
    struct query query = query_open(store, SQL_FORGET_CAMPAIGN);
    query_bind_int(&query, campaign->id);
    query_bind_int(&query, now_ms);
    return query_run_one(&query, "a campaign that is forgotten is not there", error);
}

static int set(const struct store *store, const char *sql, const char *doing, struct error *error)
{
    int code = sqlite3_exec(store->database, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : store_fail(store->database, store->path, doing, code, error);
}

int store_forget(struct store *store, const struct campaign *campaign, bool unfinished, int64_t now_ms,
                 struct error *error)
{
    if (store->sender_lock < 0 && !store_in_memory(store))
        return store_fail_bug(store, "forgetting needs the sender's lock", error);
    if (set(store, "PRAGMA secure_delete = ON", "set the database up", error) != 0 ||
        store_begin_patiently(store, error) != 0)
        return -1;
    int result = forget(store, campaign, unfinished, now_ms, error);
    return store_finish(store, result, "commit:forget", error);
}

/* ---- erasing ---- */

int store_needs_erasing(struct store *store, bool *needs, struct error *error)
{
    int64_t count;
    struct query query = query_open(store, SQL_COUNT_NOT_ERASED);
    if (query_number(&query, &count, error) != 0)
        return -1;
    *needs = count > 0;
    return 0;
}

/* Pages of the database that were written before, and the log itself. */
static int empty_log(const struct store *store, struct error *error)
{
    if (store_in_memory(store))
        return 0;
    int code = sqlite3_wal_checkpoint_v2(store->database, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if ((code & 0xff) == SQLITE_BUSY)
        return error_set(
            error, ERROR_MACHINE,
            "%s: another process is reading, so the log beside the database cannot be emptied; end it (a "
            "long report?) and give the same command again",
            store->path);
    return code == SQLITE_OK ? 0 : store_fail(store->database, store->path, "empty the log", code, error);
}

static int note_erased(struct store *store, int64_t now_ms, struct error *error)
{
    if (store_begin_patiently(store, error) != 0)
        return -1;
    struct query query = query_open(store, SQL_NOTE_ERASED);
    query_bind_int(&query, now_ms);
    return store_finish(store, query_run(&query, error), "commit:erased", error);
}

/* VACUUM and not secure_delete alone: before, rows were moved between pages without being wiped where they
 * stood. */
int store_erase(struct store *store, int64_t now_ms, struct error *error)
{
    if (set(store, "PRAGMA secure_delete = ON", "set the database up", error) != 0 ||
        set(store, "VACUUM", "rewrite the database", error) != 0 || empty_log(store, error) != 0)
        return -1;
    return note_erased(store, now_ms, error);
}
