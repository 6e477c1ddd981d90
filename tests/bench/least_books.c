#include "least_books.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

struct books {
    sqlite3 *database;
    sqlite3_stmt *begin, *claim, *settle, *commit;
};

static const char setup[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE message (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, code INTEGER)";
static const char fill[] =
    "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?1)"
    "INSERT INTO message (id, state) SELECT n, 0 FROM number";

static sqlite3_stmt *prepare(struct books *books, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    sqlite3_prepare_v3(books->database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    return statement;
}

static int run(sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : -1;
}

struct books *books_open(const char *path, long count)
{
    struct books *books = calloc(1, sizeof *books);
    unlink(path);
    if (books == NULL || sqlite3_open(path, &books->database) != SQLITE_OK ||
        sqlite3_exec(books->database, setup, NULL, NULL, NULL) != SQLITE_OK)
        return NULL;
    sqlite3_stmt *filling = prepare(books, fill);
    books->begin = prepare(books, "BEGIN IMMEDIATE");
    books->claim = prepare(books, "UPDATE message SET state = 1 WHERE id = ?1 AND state = 0");
    books->settle = prepare(books, "UPDATE message SET state = 2, code = ?2 WHERE id = ?1 AND state = 1");
    books->commit = prepare(books, "COMMIT");
    sqlite3_bind_int64(filling, 1, count);
    int filled = run(filling);
    sqlite3_finalize(filling);
    return filled == 0 ? books : NULL;
}

int books_close(struct books *books)
{
    sqlite3_stmt *open = prepare(books, "SELECT 1 FROM message WHERE state <> 2");
    int result = sqlite3_step(open) == SQLITE_DONE ? 0 : -1;
    sqlite3_stmt *const statements[] = {open, books->begin, books->claim, books->settle, books->commit};
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        sqlite3_finalize(statements[i]);
    sqlite3_close(books->database);
    free(books);
    return result;
}

int books_begin(struct books *books)
{
    return run(books->begin);
}

int books_claim(struct books *books, long id)
{
    sqlite3_bind_int64(books->claim, 1, id);
    return run(books->claim);
}

int books_settle(struct books *books, long id, long code)
{
    sqlite3_bind_int64(books->settle, 1, id);
    sqlite3_bind_int64(books->settle, 2, code);
    return run(books->settle);
}

int books_commit(struct books *books)
{
    return run(books->commit);
}
