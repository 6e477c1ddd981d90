/* Decides whether a file is ours and of which version, and brings it to the newest one. Invariants: what is
 * not ours is not changed by one byte, nor gets files beside it; application id, version and schema change in
 * one transaction; of several processes that come first at once, one migrates and the others find it done.
 *
 * Why the header is looked at before SQLite reads anything: SQLite's first read of another application's
 * database may roll back or copy in what that application's crash left behind. The header of a campana
 * database says CAMP from its first committed byte on, because the schema is written before the journal
 * becomes WAL. */
#include "campana/migrate.h"
#include "campana/buffer.h"
#include "campana/error.h"
#include "store_internal.h"
#include <stdlib.h>
#include <string.h>

/* https://www.sqlite.org/fileformat2.html, section 1.3 */
#define HEADER_BYTES          100
#define HEADER_MAGIC          "SQLite format 3" /* its NUL is the 16th byte */
#define HEADER_VERSION_AT     60
#define HEADER_APPLICATION_AT 68

#define TABLES_NAMED 3

struct found {
    int application_id;
    int version;
    int64_t objects; /* tables, indexes, views, triggers */
};

static int newest_version(void)
{
    int newest = 0;
    for (const struct migration *migration = migrations; migration->version != 0; migration++)
        newest = migration->version;
    return newest;
}

static int refuse_unreadable(const char *path, struct error *error)
{
    return error_set(
        error, ERROR_INPUT,
        "%s: is not a campana database (nor any SQLite database); name another file with --db FILE. "
        "Nothing was changed in it",
        path);
}

/* "orders", "customers", … of a database that is not ours, read without locks and without files beside it; a
 * guess where it is in use. */
static void put_table_names(const char *path, struct buffer *names, int *count)
{
    static const char sql[] = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid";
    struct buffer uri = {0};
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    *count = 0;
    store_put_uri(&uri, path, "immutable=1");
    if (!uri.failed &&
        sqlite3_open_v2(buffer_string(&uri), &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL) ==
            SQLITE_OK &&
        sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK) {
        for (; sqlite3_step(statement) == SQLITE_ROW; (*count)++)
            if (*count < TABLES_NAMED)
                buffer_printf(names, "%s%s", *count == 0 ? "" : ", ",
                              (const char *)sqlite3_column_text(statement, 0));
        if (*count > TABLES_NAMED)
            buffer_puts(names, ", …");
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
    buffer_free(&uri);
}

/* `names` may be empty: not known. */
static int refuse_foreign(const char *path, int application_id, struct buffer *names, struct error *error)
{
    return error_set(
        error, ERROR_INPUT,
        "%s: is the database of another application (application id 0x%08x%s%s); name another file with "
        "--db FILE. Nothing was changed in it",
        path, (unsigned)application_id, names->len == 0 ? "" : ", tables: ", buffer_string(names));
}

static int refuse_newer(const char *path, int version, struct error *error)
{
    return error_set(error, ERROR_INPUT,
                     "%s: was written by a newer campana (its schema has version %d, this campana knows %d): "
                     "install that newer one, or name another file with --db FILE. Nothing was changed in it",
                     path, version, newest_version());
}

/* Big-endian, as everything in a header. */
static int number_at(const unsigned char *header, int offset)
{
    const unsigned char *bytes = header + offset;
    return (int)((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3]);
}

/* 1: *header is filled; 0: the file is empty, or the database is in memory; -1. No lock is held: a file that
 * was empty may have been made a database by another process since it was read. So it is read again before it
 * is called too short. */
static int read_header(sqlite3 *database, const char *path, unsigned char header[HEADER_BYTES],
                       struct error *error)
{
    sqlite3_file *file = NULL;
    sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (file == NULL || file->pMethods == NULL)
        return 0;
    for (int times = 0; times < 2; times++) {
        int code = file->pMethods->xRead(file, header, HEADER_BYTES, 0);
        if (code == SQLITE_OK)
            return 1;
        if (code != SQLITE_IOERR_SHORT_READ)
            return store_fail(database, path, "read the database", code, error);
        if (file->pMethods->xRead(file, header, 1, 0) != SQLITE_OK)
            return 0;
    }
    return refuse_unreadable(path, error);
}

/* What the file itself says, before SQLite has read or locked anything. */
static int judge_header(sqlite3 *database, const char *path, struct error *error)
{
    unsigned char header[HEADER_BYTES];
    int filled = read_header(database, path, header, error);
    if (filled <= 0)
        return filled;
    if (memcmp(header, HEADER_MAGIC, sizeof HEADER_MAGIC) != 0)
        return refuse_unreadable(path, error);
    int application_id = number_at(header, HEADER_APPLICATION_AT);
    int version = number_at(header, HEADER_VERSION_AT);
    if (application_id == MIGRATE_APPLICATION_ID)
        return version > newest_version() ? refuse_newer(path, version, error) : 0;

    struct buffer names = {0};
    int count;
    put_table_names(path, &names, &count);
    int result = application_id != 0 || count > 0 ? refuse_foreign(path, application_id, &names, error) : 0;
    buffer_free(&names);
    return result;
}

static int read_found(sqlite3 *database, const char *path, struct found *found, struct error *error)
{
    static const char sql[] =
        "SELECT (SELECT application_id FROM pragma_application_id),"
        "       (SELECT user_version FROM pragma_user_version), count(*) FROM sqlite_schema";
    sqlite3_stmt *statement = NULL;
    *found = (struct found){0};
    int code = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        found->application_id = sqlite3_column_int(statement, 0);
        found->version = sqlite3_column_int(statement, 1);
        found->objects = sqlite3_column_int64(statement, 2);
    }
    sqlite3_finalize(statement);
    if ((code & 0xff) == SQLITE_NOTADB)
        return refuse_unreadable(path, error);
    return code == SQLITE_ROW ? 0 : store_fail(database, path, "read the database", code, error);
}

/* Whether it is ours, or empty and may become so; and of a version that we know. */
static int judge(const struct found *found, const char *path, struct error *error)
{
    bool empty = found->application_id == 0 && found->version == 0 && found->objects == 0;
    if (empty)
        return 0;
    if (found->application_id != MIGRATE_APPLICATION_ID)
        return refuse_foreign(path, found->application_id, &(struct buffer){0}, error);
    if (found->version > newest_version())
        return refuse_newer(path, found->version, error);
    return 0;
}

static int execute(sqlite3 *database, const char *path, const char *doing, const char *sql,
                   struct error *error)
{
    int code = sqlite3_exec(database, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? 0 : store_fail(database, path, doing, code, error);
}

/* The application id comes first: should pages have to be written before the commit, the first one is marked
 * as ours. */
static int write_migration(sqlite3 *database, const char *path, const struct migration *migration,
                           struct error *error)
{
    struct buffer sql = {0};
    int result = -1;
    buffer_printf(&sql, "PRAGMA application_id = %d;", MIGRATE_APPLICATION_ID);
    buffer_puts(&sql, migration->sql);
    buffer_printf(&sql, ";PRAGMA user_version = %d;", migration->version);
    if (buffer_check(&sql, error) == 0)
        result = execute(database, path, "bring the database up to date", buffer_string(&sql), error);
    buffer_free(&sql);
    return result;
}

static int migrate(sqlite3 *database, const char *path, const struct migration *migration,
                   struct error *error)
{
    struct found found;
    if (execute(database, path, "begin to bring the database up to date", "BEGIN IMMEDIATE", error) != 0)
        return -1;
    int result = read_found(database, path, &found, error);
    if (result == 0)
        result = judge(&found, path, error);
    if (result == 0 && found.version < migration->version)
        result = write_migration(database, path, migration, error);
    if (result == 0)
        result = execute(database, path, "bring the database up to date", "COMMIT", error);
    if (result != 0 && !sqlite3_get_autocommit(database))
        sqlite3_exec(database, "ROLLBACK", NULL, NULL, NULL);
    return result;
}

static int examine(sqlite3 *database, const char *path, struct found *found, struct error *error)
{
    if (judge_header(database, path, error) != 0 || read_found(database, path, found, error) != 0)
        return -1;
    return judge(found, path, error);
}

int migrate_database(sqlite3 *database, const char *path, struct error *error)
{
    struct found found;
    if (examine(database, path, &found, error) != 0)
        return -1;
    for (const struct migration *migration = migrations; migration->version != 0; migration++)
        if (migration->version > found.version && migrate(database, path, migration, error) != 0)
            return -1;
    return 0;
}

int migrate_check(sqlite3 *database, const char *path, struct error *error)
{
    struct found found;
    if (examine(database, path, &found, error) != 0)
        return -1;
    if (found.application_id == 0)
        return error_set(
            error, ERROR_INPUT,
            "%s: is an empty database; load a spreadsheet first, or name another file with --db FILE", path);
    if (found.version < newest_version())
        return error_set(
            error, ERROR_INPUT,
            "%s: was written by an older campana (its schema has version %d, this campana has %d); any "
            "command that writes to it, such as campana load or campana send, brings it up to date",
            path, found.version, newest_version());
    return 0;
}
