/* How transactions come to the disk. By the log (WAL) as a rule: readers go on while there is a writer, and a
 * commit costs one sync. What goes through the log is written twice, though, which a large load feels, and
 * the very first load has nobody beside it who could read or send: it writes into the database at once, and
 * to a rollback journal only what stood there before, which is next to nothing. */
#include "campana/error.h"
#include "store_internal.h"
#include <string.h>

#define WAL_TRIES    6000
#define WAL_PAUSE_MS 10

/* Its own loop: SQLite does not wait where the last step to the new journal meets another connection. */
static int set_wal(const struct store *store, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->database, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
    sqlite3_busy_timeout(store->database, WAL_PAUSE_MS);
    for (int tries = 0; code == SQLITE_OK && tries < WAL_TRIES; tries++) {
        int stepped = sqlite3_step(statement);
        const char *mode = stepped == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : "";
        if (mode != NULL && strcmp(mode, "wal") == 0)
            break;
        sqlite3_reset(statement);
        if ((stepped & 0xff) == SQLITE_BUSY || (stepped & 0xff) == SQLITE_PROTOCOL) {
            code = tries + 1 < WAL_TRIES ? SQLITE_OK : SQLITE_BUSY;
            sqlite3_sleep(WAL_PAUSE_MS);
        } else {
            code = mode == NULL ? SQLITE_NOMEM : stepped == SQLITE_ROW ? SQLITE_NOLFS : stepped;
        }
    }
    sqlite3_finalize(statement);
    sqlite3_busy_timeout(store->database, STORE_BUSY_LONG_MS);
    if (code == SQLITE_NOLFS)
        return error_set(
            error, ERROR_MACHINE,
            "%s: this file system cannot hold a database in WAL mode (is it on a network?); keep the "
            "database on a local disk: --db FILE",
            store->path);
    return code == SQLITE_OK ? 0
                             : store_fail(store->database, store->path, "set the database up", code, error);
}

int store_use_log(struct store *store, struct error *error)
{
    if (store->logs || store_in_memory(store))
        return 0;
    store->logs = set_wal(store, error) == 0;
    return store->logs ? 0 : -1;
}

static int has_campaign(struct store *store, struct error *error)
{
    struct query query = query_open(store, SQL_CAMPAIGN_NAMES);
    query_bind_int(&query, 1);
    int found = query_step(&query, error);
    query_close(&query);
    return found;
}

/* The journal is truncated at a commit, and that is synced; that it was removed could be forgotten in a power
 * cut, and the commit with it. Where anybody else has the database open, it stays as it is. */
void store_leave_log(struct store *store)
{
    struct error ignored;
    if (store_in_memory(store) || has_campaign(store, &ignored) != 0)
        return;
    sqlite3_busy_timeout(store->database, 0);
    int code = sqlite3_exec(store->database, "PRAGMA journal_mode = TRUNCATE", NULL, NULL, NULL);
    sqlite3_busy_timeout(store->database, STORE_BUSY_LONG_MS);
    if (code == SQLITE_OK)
        store->logs = false;
}
