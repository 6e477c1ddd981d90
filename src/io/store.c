/* Opens and closes the database. Decides how SQLite is set up; which files are fit to be a database is
 * store_file.c's word, and whose they are migrate.c's. Invariant: nothing is written before migrate.c has
 * said that it is ours. */
#include "campana/store.h"
#include "campana/error.h"
#include "campana/migrate.h"
#include "store_internal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMORY ":memory:"

/* Memory that SQLite may take for pages. A load of any size passes through it: what does not fit goes to the
 * log. Four times as much makes neither a load nor a run cheaper: both go through the pages in order. */
#define CACHE_KIB "4096"
/* Of a database that is made. Twice SQLite's own choice: half as many writes for a load, which takes a sixth
 * less time; a send writes a third more to its log, in the same time. */
#define PAGE_BYTES "8192"
/* The log is copied into the database when it has so many pages, and cut back to so many bytes. */
#define CHECKPOINT_PAGES "2000"
#define LOG_BYTES_KEPT   "67108864"

void store_put_uri(struct buffer *uri, const char *path, const char *parameters)
{
    static const char reserved[] = "%?#";
    buffer_puts(uri, "file:");
    for (; *path != '\0'; path++) {
        if (strchr(reserved, *path) != NULL)
            buffer_printf(uri, "%%%02X", (unsigned)(unsigned char)*path);
        else
            buffer_put(uri, *path);
    }
    buffer_printf(uri, "?%s", parameters);
}

/* Safe against a database that somebody prepared, and without a checkpoint until it is known to be ours. */
static void harden(sqlite3 *database)
{
    static const struct {
        int option, value;
    } settings[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1}, {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},     {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        sqlite3_db_config(database, settings[i].option, settings[i].value, NULL);
    sqlite3_busy_timeout(database, STORE_BUSY_LONG_MS);
}

static int connect(struct store *store, const char *name, int flags, struct error *error)
{
    int code =
        sqlite3_open_v2(name, &store->database,
                        flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, NULL);
    if (store->database == NULL)
        return error_no_memory(error);
    if (code != SQLITE_OK)
        return store_fail(store->database, store->path == NULL ? name : store->path, "open the database",
                          code, error);
    harden(store->database);
    return 0;
}

static void disconnect(struct store *store)
{
    for (int i = 0; i < STORE_SQLS; i++)
        sqlite3_finalize(store->statements[i]);
    memset(store->statements, 0, sizeof store->statements);
    sqlite3_close(store->database);
    store->database = NULL;
}

static int keep_path(struct store *store, struct error *error)
{
    const char *path = sqlite3_db_filename(store->database, "main");
    store->path = strdup(path == NULL || path[0] == '\0' ? MEMORY : path);
    return store->path == NULL ? error_no_memory(error) : 0;
}

static int set_pragma(const struct store *store, const char *sql, struct error *error)
{
    int code = sqlite3_exec(store->database, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? 0
                             : store_fail(store->database, store->path, "set the database up", code, error);
}

bool store_in_memory(const struct store *store)
{
    return strcmp(store->path, MEMORY) == 0;
}

static int open_to_write(struct store *store, const char *name, struct error *error)
{
    if (connect(store, name, SQLITE_OPEN_READWRITE, error) != 0 || keep_path(store, error) != 0)
        return -1;
    if (sqlite3_db_readonly(store->database, "main") > 0)
        return error_set(
            error, ERROR_MACHINE,
            "%s: there is no permission to write to this database; ask its owner, or name another one with "
            "--db FILE",
            store->path);
    if (set_pragma(store, "PRAGMA page_size = " PAGE_BYTES, error) != 0 ||
        migrate_database(store->database, store->path, error) != 0)
        return -1;
    step_at(store->steps, "database-ready");
    if (store_use_log(store, error) != 0)
        return -1;
    return set_pragma(store, "PRAGMA synchronous = FULL", error);
}

/* Whether a file beside the database holds what is to be put into it, or back into it. */
static bool in_use(const char *path, const char *suffix)
{
    struct buffer beside = {0};
    struct stat there;
    buffer_printf(&beside, "%s%s", path, suffix);
    bool used =
        beside.failed || (stat(buffer_string(&beside), &there) == 0 ? there.st_size > 0 : errno != ENOENT);
    buffer_free(&beside);
    return used;
}

/* Without permission to make files beside it, a database can be read as long as nothing of it is in a log: no
 * writer is at work then. One that begins meanwhile may spoil what is read, which SQLite then reports or not;
 * the permissions that lead here (a directory mounted read-only, another user's) make that unlikely. */
static int open_unchanging(struct store *store, struct error *error)
{
    struct buffer uri = {0};
    const char *log = in_use(store->path, "-wal") ? "-wal" : "-journal";
    if (in_use(store->path, log))
        return error_set(
            error, ERROR_MACHINE,
            "%s: cannot be read without permission to write in its directory, because the log beside it "
            "(%s%s) is in use; copy both files into a directory of your own, then name that copy with "
            "--db FILE",
            store->path, store->path, log);
    store_put_uri(&uri, store->path, "immutable=1");
    disconnect(store);
    int result = buffer_check(&uri, error);
    if (result == 0)
        result = connect(store, buffer_string(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, error);
    buffer_free(&uri);
    return result == 0 ? migrate_check(store->database, store->path, error) : -1;
}

/* Opened for writing where that is permitted, so that the last one to leave takes the log away, also one that
 * a crash has left; query_only keeps every statement from writing. */
static int open_to_read(struct store *store, const char *name, struct error *error)
{
    if (connect(store, name, SQLITE_OPEN_READWRITE, error) != 0 || keep_path(store, error) != 0)
        return -1;
    if (migrate_check(store->database, store->path, error) != 0) {
        int code = sqlite3_errcode(store->database) & 0xff;
        bool not_permitted =
            error->kind == ERROR_MACHINE && (code == SQLITE_CANTOPEN || code == SQLITE_READONLY);
        if (!not_permitted || open_unchanging(store, error) != 0)
            return -1;
        error_clear(error);
    }
    return set_pragma(store, "PRAGMA query_only = ON", error);
}

static int open_database(struct store *store, const char *path, enum store_access access, struct error *error)
{
    struct buffer name = {0};
    /* SQLite has names of its own ("file:…", ":…:"): one that begins with a directory is none of them. */
    if (strcmp(path, MEMORY) != 0 && path[0] != '/' && strncmp(path, "./", 2) != 0)
        buffer_puts(&name, "./");
    buffer_puts(&name, path);
    int result = buffer_check(&name, error);
    if (result == 0)
        result = access == STORE_READ ? open_to_read(store, buffer_string(&name), error)
                                      : open_to_write(store, buffer_string(&name), error);
    buffer_free(&name);
    if (result != 0)
        return -1;
    sqlite3_db_config(store->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return set_pragma(store,
                      "PRAGMA cache_size = -" CACHE_KIB "; PRAGMA wal_autocheckpoint = " CHECKPOINT_PAGES
                      "; PRAGMA journal_size_limit = " LOG_BYTES_KEPT,
                      error);
}

void store_prepare_process(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS,
                   0); /* refused where SQLite is at work already: it serves as well */
}

int store_open(const char *path, enum store_access access, const struct steps *steps, struct store **store,
               struct error *error)
{
    *store = NULL;
    if (path[0] == '\0')
        return error_set(error, ERROR_INPUT, "the database has no name; name one with --db FILE");
    if (strcmp(path, MEMORY) != 0 && store_prepare_file(path, access, steps, error) != 0)
        return -1;
    struct store *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return error_no_memory(error);
    opened->steps = steps;
    opened->sender_lock = -1;
    if (open_database(opened, path, access, error) != 0) {
        store_close(opened);
        return -1;
    }
    *store = opened;
    return 0;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    store_load_forget(store);
    disconnect(store);
    if (store->sender_lock >= 0)
        close(store->sender_lock);
    free(store->path);
    free(store);
}

const char *store_path(const struct store *store)
{
    return store->path;
}
