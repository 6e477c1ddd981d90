/* The file that is to be a database: made where it is missing, looked at where it is there. Invariant: an
 * existing one is never opened by hand, for closing any descriptor of it would drop SQLite's POSIX locks. */
#include "campana/error.h"
#include "store_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail_file(const char *path, const char *doing, int code, struct error *error)
{
    bool wrong_name = code == ENOENT || code == ENOTDIR || code == ELOOP || code == ENAMETOOLONG;
    enum error_kind kind = wrong_name ? ERROR_INPUT : ERROR_MACHINE;
    return error_set(error, kind, "%s: cannot %s: %s; name another database with --db FILE", path, doing,
                     strerror(code));
}

/* A directory's entry for a new file survives a power cut only when the directory itself is on the disk. */
static int sync_directory_of(const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return -1;
    int directory = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int code = errno;
    free(copy);
    if (directory < 0) {
        errno = code;
        return -1;
    }
    int result = fsync(directory);
    code = errno;
    close(directory);
    errno = code;
    return result;
}

/* 1: made; 0: another process was faster; -1. */
static int make_file(const char *path, struct error *error)
{
    struct stat there;
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) {
        if (errno != EEXIST)
            return fail_file(path, "make the database", errno, error);
        if (stat(path, &there) == 0)
            return 0;
        return error_set(
            error, ERROR_INPUT,
            "%s: is a symbolic link to a file that is not there; campana makes no database through a link. "
            "Name the file itself with --db FILE",
            path);
    }
    int failed = fchmod(file, 0600) != 0 || fsync(file) != 0 || sync_directory_of(path) != 0;
    int code = errno;
    close(file);
    return failed ? fail_file(path, "make the database", code, error) : 1;
}

/* A file that is there: fit to be a database? */
static int check_file(const char *path, struct error *error)
{
    struct stat there;
    if (stat(path, &there) != 0)
        return fail_file(path, "find the database", errno, error);
    if (S_ISDIR(there.st_mode))
        return error_set(error, ERROR_INPUT, "%s: is a directory; name a database in it with --db FILE",
                         path);
    if (!S_ISREG(there.st_mode))
        return error_set(error, ERROR_INPUT, "%s: is not a regular file; name a database with --db FILE",
                         path);
    if (there.st_nlink > 1)
        return error_set(
            error, ERROR_INPUT,
            "%s: this file has %lu names (hard links), and two senders under two names would not know of "
            "each other; copy it to a file of its own, then name that with --db FILE",
            path, (unsigned long)there.st_nlink);
    return 0;
}

int store_prepare_file(const char *path, enum store_access access, const struct steps *steps,
                       struct error *error)
{
    struct stat there;
    if (stat(path, &there) != 0 && errno == ENOENT) {
        if (access != STORE_CREATE)
            return error_set(
                error, ERROR_INPUT,
                "%s: there is no such database; load a spreadsheet first, or name another one with "
                "--db FILE",
                path);
        int made = make_file(path, error);
        if (made < 0)
            return -1;
        if (made > 0)
            step_at(steps, "database-made");
    }
    return check_file(path, error);
}
