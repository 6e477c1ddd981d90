/* Puts a failure of SQLite into words: what campana was about, what SQLite says, what the operating system
 * says, and what a person can do. */
#include "campana/error.h"
#include "store_internal.h"
#include <string.h>

static const struct {
    int code; /* extended where it says more than the primary one */
    const char *hint;
} hints[] = {
    {SQLITE_FULL, "make room on this disk, then give the same command again"},
    {SQLITE_READONLY, "campana needs permission to write to the database and to make files beside it"},
    {SQLITE_CANTOPEN, "campana needs permission to read and write the database and to make files beside it"},
    {SQLITE_PERM, "campana needs permission to read and write the database and to make files beside it"},
    {SQLITE_IOERR, "the disk or its file system failed, or a quota is used up: look into the system's log "
                   "and check the disk before you go on"},
    {SQLITE_CORRUPT, "the database is damaged: keep a copy of it and of the files beside it, then try the "
                     "command .recover of the sqlite3 shell"},
    {SQLITE_NOTADB, "the file is not a campana database, or it is damaged: name another one with --db FILE"},
    {SQLITE_BUSY, "another process is writing to this database: wait until it has ended, then try again"},
    {SQLITE_LOCKED, "another process is writing to this database: wait until it has ended, then try again"},
    {SQLITE_PROTOCOL, "another process is using this database: try again"},
    {SQLITE_NOMEM, "this computer is out of memory"},
    {SQLITE_TOOBIG, "a cell is larger than a database can hold"},
    {SQLITE_CONSTRAINT,
     "this is a bug of campana, or somebody else wrote to the database; nothing of it was stored"},
};

static const char *hint_for(int code)
{
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (hints[i].code == code || hints[i].code == (code & 0xff))
            return hints[i].hint;
    return "";
}

int store_fail(sqlite3 *database, const char *path, const char *doing, int code, struct error *error)
{
    /* SQLite's own message is of its last call; where that was another one, the code's name has to do. */
    const char *words =
        sqlite3_extended_errcode(database) == code ? sqlite3_errmsg(database) : sqlite3_errstr(code);
    int system = code == SQLITE_NOMEM ? 0 : sqlite3_system_errno(database);
    const char *hint = hint_for(code);
    return error_set(error, ERROR_MACHINE, "%s: cannot %s: %s%s%s%s%s%s", path, doing, words,
                     system == 0 ? "" : " (", system == 0 ? "" : strerror(system), system == 0 ? "" : ")",
                     hint[0] == '\0' ? "" : "; ", hint);
}

int store_fail_bug(const struct store *store, const char *what, struct error *error)
{
    return error_set(error, ERROR_MACHINE,
                     "%s: %s; this is a bug of campana, or somebody else wrote to the database. "
                     "Nothing of this step was stored",
                     store->path, what);
}
