/* A statement at work: prepared once, bound in order, stepped, reset. Refuses to write inside a transaction
 * that SQLite has rolled back on its own: the statement would commit by itself. */
#include "campana/error.h"
#include "store_internal.h"
#include <assert.h>
#include <stdio.h>
#include <string.h>

struct query query_open(struct store *store, enum store_sql sql)
{
    sqlite3_stmt **statement = &store->statements[sql];
    struct query query = {.store = store, .sql = sql, .failed = SQLITE_OK};
    if (*statement == NULL)
        query.failed = sqlite3_prepare_v3(store->database, store_sql[sql].sql, -1, SQLITE_PREPARE_PERSISTENT,
                                          statement, NULL);
    query.statement = *statement;
    assert(query.statement == NULL || !sqlite3_stmt_busy(query.statement));
    return query;
}

static void keep_failure(struct query *query, int code)
{
    if (query->failed == SQLITE_OK)
        query->failed = code;
}

void query_bind_int(struct query *query, int64_t value)
{
    if (query->statement != NULL)
        keep_failure(query, sqlite3_bind_int64(query->statement, ++query->bound, value));
}

void query_bind_optional(struct query *query, bool there, int64_t value)
{
    if (there)
        query_bind_int(query, value);
    else if (query->statement != NULL)
        keep_failure(query, sqlite3_bind_null(query->statement, ++query->bound));
}

void query_bind_text(struct query *query, const char *text)
{
    if (text == NULL || text[0] == '\0')
        query_bind_optional(query, false, 0);
    else
        query_bind_slice(query, slice_of(text));
}

void query_bind_slice(struct query *query, struct slice text)
{
    const char *data = text.len == 0 ? "" : text.data;
    if (query->statement != NULL)
        keep_failure(query, sqlite3_bind_text64(query->statement, ++query->bound, data, text.len,
                                                SQLITE_STATIC, SQLITE_UTF8));
}

void query_bind_bytes(struct query *query, struct slice bytes)
{
    if (query->statement != NULL)
        keep_failure(query, sqlite3_bind_blob64(query->statement, ++query->bound, bytes.data, bytes.len,
                                                SQLITE_STATIC));
}

static int fail(struct query *query, struct error *error)
{
    struct store *store = query->store;
    store_fail(store->database, store->path, store_sql[query->sql].doing, query->failed, error);
    query_close(query);
    return -1;
}

int query_step(struct query *query, struct error *error)
{
    struct store *store = query->store;
    if (query->failed != SQLITE_OK)
        return fail(query, error);
    assert(query->bound == sqlite3_bind_parameter_count(query->statement));
    if (store->in_transaction && sqlite3_get_autocommit(store->database)) {
        query_close(query);
        return store_fail_bug(store, "the transaction was undone by an earlier failure", error);
    }
    int code = sqlite3_step(query->statement);
    if (code == SQLITE_ROW)
        return 1;
    if (code != SQLITE_DONE) {
        query->failed = code;
        return fail(query, error);
    }
    query_close(query);
    return 0;
}

void query_close(struct query *query)
{
    if (query->statement != NULL) {
        sqlite3_reset(query->statement);
        sqlite3_clear_bindings(query->statement);
    }
}

int query_end(struct query *query, struct error *error)
{
    if (query->failed != SQLITE_OK)
        return fail(query, error);
    query_close(query);
    return 0;
}

int query_run(struct query *query, struct error *error)
{
    int result;
    do {
        result = query_step(query, error);
    } while (result > 0);
    return result;
}

int query_run_one(struct query *query, const char *bug, struct error *error)
{
    if (query_run(query, error) != 0)
        return -1;
    return sqlite3_changes(query->store->database) == 1 ? 0 : store_fail_bug(query->store, bug, error);
}

int query_number(struct query *query, int64_t *number, struct error *error)
{
    int found = query_step(query, error);
    if (found < 0)
        return -1;
    if (found == 0)
        return store_fail_bug(query->store, "a question was not answered", error);
    *number = query_int(query, 0);
    return query_run(query, error); /* foreign keys are checked at the very end */
}

int64_t query_int(const struct query *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

bool query_is_null(const struct query *query, int column)
{
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

struct slice query_slice(struct query *query, int column)
{
    const char *text = (const char *)sqlite3_column_text(query->statement, column);
    if (text == NULL) {
        if (!query_is_null(query, column))
            keep_failure(query, SQLITE_NOMEM);
        return (struct slice){"", 0};
    }
    return (struct slice){text, (size_t)sqlite3_column_bytes(query->statement, column)};
}

void query_copy(struct query *query, int column, char *field, size_t field_bytes)
{
    snprintf(field, field_bytes, "%s", query_slice(query, column).data);
}

char *query_dup(struct query *query, int column)
{
    char *copy = strdup(query_slice(query, column).data);
    if (copy == NULL)
        keep_failure(query, SQLITE_NOMEM);
    return copy;
}

int query_state(struct query *query, int column, enum job_state *state, struct error *error)
{
    const char *name = query_slice(query, column).data;
    if (job_state_from_name(name, state) == 0)
        return 0;
    return store_fail_bug(query->store, "a message is in a state that this version does not know", error);
}
