#include "faults.h"
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static _Thread_local bool spared;
static atomic_bool armed, following, happened;
static atomic_long left; /* loads and runs have two threads */

void faults_spare_this_thread(void)
{
    spared = true;
}

void faults_arm(long nth, bool all_that_follow)
{
    happened = false;
    following = all_that_follow;
    left = nth;
    armed = true;
}

bool faults_disarm(void)
{
    armed = false;
    return happened;
}

static bool fails(void)
{
    if (!armed || spared)
        return false;
    long now = --left;
    if (now > 0 || (now < 0 && !following))
        return false;
    happened = true;
    errno = ENOMEM; /* fits calls of files, too: the system has no memory for them */
    return true;
}

/* Each stands for the function of its name: what it returns when it fails. */
#define FAULT(type, name, parameters, arguments, failure)                                                    \
    type __real_##name parameters;                                                                           \
    type __wrap_##name parameters;                                                                           \
    type __wrap_##name parameters                                                                            \
    {                                                                                                        \
        return fails() ? (failure) : __real_##name arguments;                                                \
    }

FAULT(void *, malloc, (size_t size), (size), NULL)
FAULT(void *, calloc, (size_t count, size_t size), (count, size), NULL)
FAULT(void *, realloc, (void *old, size_t size), (old, size), NULL)
FAULT(char *, strdup, (const char *string), (string), NULL)
FAULT(int, pthread_create,
      (pthread_t * thread, const pthread_attr_t *attributes, void *(*start)(void *), void *context),
      (thread, attributes, start, context), EAGAIN)
FAULT(int, sqlite3_open_v2, (const char *name, sqlite3 **database, int flags, const char *vfs),
      (name, database, flags, vfs), (*database = NULL, SQLITE_NOMEM))
FAULT(int, sqlite3_exec,
      (sqlite3 * database, const char *sql, int (*each)(void *, int, char **, char **), void *context,
       char **words),
      (database, sql, each, context, words), SQLITE_IOERR_WRITE)
FAULT(int, sqlite3_wal_checkpoint_v2, (sqlite3 * database, const char *name, int mode, int *pages, int *done),
      (database, name, mode, pages, done), SQLITE_IOERR_FSYNC)
FAULT(int, sqlite3_prepare_v2,
      (sqlite3 * database, const char *sql, int len, sqlite3_stmt **statement, const char **rest),
      (database, sql, len, statement, rest), (*statement = NULL, SQLITE_NOMEM))
FAULT(int, sqlite3_prepare_v3,
      (sqlite3 * database, const char *sql, int len, unsigned flags, sqlite3_stmt **statement,
       const char **rest),
      (database, sql, len, flags, statement, rest), (*statement = NULL, SQLITE_NOMEM))
FAULT(int, sqlite3_bind_null, (sqlite3_stmt * statement, int place), (statement, place), SQLITE_NOMEM)
FAULT(int, sqlite3_bind_int64, (sqlite3_stmt * statement, int place, sqlite3_int64 value),
      (statement, place, value), SQLITE_NOMEM)
FAULT(int, sqlite3_bind_text64,
      (sqlite3_stmt * statement, int place, const char *text, sqlite3_uint64 len, void (*done)(void *),
       unsigned char encoding),
      (statement, place, text, len, done, encoding), SQLITE_NOMEM)
FAULT(int, sqlite3_bind_blob64,
      (sqlite3_stmt * statement, int place, const void *bytes, sqlite3_uint64 len, void (*done)(void *)),
      (statement, place, bytes, len, done), SQLITE_NOMEM)
FAULT(int, sqlite3_step, (sqlite3_stmt * statement), (statement), SQLITE_IOERR_WRITE)

FAULT(int, epoll_pwait2,
      (int epoll, struct epoll_event *events, int most, const struct timespec *wait,
       const sigset_t *unblocked),
      (epoll, events, most, wait, unblocked), -1)
FAULT(int, fsync, (int file), (file), -1)
FAULT(int, fchmod, (int file, mode_t mode), (file, mode), -1)
FAULT(int, fstat, (int file, struct stat *there), (file, there), -1)
FAULT(int, ftruncate, (int file, off_t bytes), (file, bytes), -1)
FAULT(int, flock, (int file, int what), (file, what), -1)

/* Where a value is NULL, no memory is needed. */
const unsigned char *__real_sqlite3_column_text(sqlite3_stmt *statement, int column);
const unsigned char *__wrap_sqlite3_column_text(sqlite3_stmt *statement, int column);

const unsigned char *__wrap_sqlite3_column_text(sqlite3_stmt *statement, int column)
{
    bool is_null = sqlite3_column_type(statement, column) == SQLITE_NULL;
    return !is_null && fails() ? NULL : __real_sqlite3_column_text(statement, column);
}
