/* Begin, commit, roll back. Decides how long a writer waits for another one. Invariant: in_transaction says
 * whether one is meant to be open; SQLite may have rolled it back on its own (disk full, I/O error), and then
 * nothing more is written until the caller has rolled back, too. */
#include "campana/error.h"
#include "store_internal.h"

static int begin(struct store *store, int timeout_ms, struct error *error)
{
    if (store->in_transaction)
        return store_fail_bug(store, "a transaction was begun within another", error);
    struct query query = query_open(store, SQL_BEGIN);
    store->tally = (struct store_tally){0};
    sqlite3_busy_timeout(store->database, timeout_ms);
    int result = query_run(&query, error);
    sqlite3_busy_timeout(store->database, STORE_BUSY_LONG_MS);
    store->in_transaction = result == 0;
    if (result != 0 && (query.failed & 0xff) == SQLITE_BUSY)
        return STORE_BUSY;
    return result;
}

int store_begin(struct store *store, struct error *error)
{
    return begin(store, STORE_BUSY_SHORT_MS, error);
}

int store_begin_patiently(struct store *store, struct error *error)
{
    return begin(store, STORE_BUSY_LONG_MS, error) == 0 ? 0 : -1;
}

/* What the transaction's settlements add to their run. */
static int write_tally(struct store *store, struct error *error)
{
    const struct store_tally *tally = &store->tally;
    if (tally->run_id == 0)
        return 0;
    struct query query = query_open(store, SQL_RUN_COUNTS);
    query_bind_int(&query, tally->run_id);
    query_bind_int(&query, tally->of[JOB_ACCEPTED]);
    query_bind_int(&query, tally->of[JOB_REFUSED]);
    query_bind_int(&query, tally->of[JOB_UNKNOWN]);
    query_bind_int(&query, tally->of[JOB_PENDING]);
    return query_run_one(&query, "an answer came for a run that is not there", error);
}

int store_finish(struct store *store, int result, const char *step, struct error *error)
{
    if (result != 0) {
        store_rollback(store);
        return -1;
    }
    if (!store->in_transaction || sqlite3_get_autocommit(store->database)) {
        store_rollback(store);
        return store_fail_bug(store, "there is no transaction to commit", error);
    }
    result = write_tally(store, error);
    if (result == 0) {
        step_at(store->steps, "before-commit");
        struct query query = query_open(store, SQL_COMMIT);
        result = query_run(&query, error);
    }
    if (result != 0) {
        store_rollback(store);
        return -1;
    }
    store->in_transaction = false;
    store->tally = (struct store_tally){0};
    step_at(store->steps, step);
    return 0;
}

int store_commit(struct store *store, struct error *error)
{
    return store_finish(store, 0, "commit:batch", error);
}

void store_rollback(struct store *store)
{
    struct error ignored;
    store_load_forget(store);
    if (!sqlite3_get_autocommit(store->database)) {
        struct query query = query_open(store, SQL_ROLLBACK);
        query_run(&query, &ignored);
    }
    store->in_transaction = false;
    store->tally = (struct store_tally){0};
    store_check_references(store);
    store_use_log(store, &ignored);
}
