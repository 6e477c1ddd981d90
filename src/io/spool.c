/* Decides where a copy is kept. Invariant: no copy outlives the process, however it ends. */
#include "campana/spool.h"
#include "campana/buffer.h"
#include "campana/error.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES 65536

/* Where a file system has no files without a name, one whose name is gone at once. */
static int open_nameless(const char *folder)
{
    int descriptor = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
        return descriptor;
    struct buffer name = {0};
    buffer_printf(&name, "%s/campana-XXXXXX", folder);
    descriptor = name.failed ? -1 : mkostemp(name.data, O_CLOEXEC);
    if (descriptor >= 0)
        unlink(name.data);
    buffer_free(&name);
    return descriptor;
}

static int write_all(int to, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t written = write(to, data, len);
        if (written < 0 && errno != EINTR)
            return -1;
        size_t done = written > 0 ? (size_t)written : 0;
        data += done;
        len -= done;
    }
    return 0;
}

static int copy_all(int from, const char *shown, int to, const char *folder, struct error *error)
{
    char piece[PIECE_BYTES];
    for (;;) {
        ssize_t len = read(from, piece, sizeof piece);
        if (len == 0)
            return 0;
        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return error_set(error, ERROR_MACHINE, "%s: cannot read: %s", shown, strerror(errno));
        if (write_all(to, piece, (size_t)len) != 0)
            return error_set(error, ERROR_MACHINE,
                             "%s: cannot keep the input there: %s; name a folder with room in TMPDIR", folder,
                             strerror(errno));
    }
}

static const char *temporary_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder == NULL || folder[0] == '\0' ? "/var/tmp" : folder;
}

int spool_temporary(void)
{
    return open_nameless(temporary_folder());
}

static int spool(const char *shown, int *descriptor, struct error *error)
{
    const char *folder = temporary_folder();
    int copy = open_nameless(folder);
    if (copy < 0)
        return error_set(
            error, ERROR_MACHINE,
            "%s: cannot make a temporary file to keep the input in: %s; name another folder in TMPDIR",
            folder, strerror(errno));
    int result = copy_all(*descriptor, shown, copy, folder, error);
    close(*descriptor);
    *descriptor = copy;
    return result;
}

static int open_file(const char *path, const char *shown, int *descriptor, struct stat *status,
                     struct error *error)
{
    *descriptor = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                         : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (*descriptor < 0)
        return error_set(error, ERROR_INPUT, "%s: cannot be opened: %s", shown, strerror(errno));
    if (fstat(*descriptor, status) != 0)
        error_set(error, ERROR_MACHINE, "%s: %s", shown, strerror(errno));
    else if (S_ISDIR(status->st_mode))
        error_set(error, ERROR_INPUT, "%s: this is a directory; name a file in it", shown);
    else
        return 0;
    close(*descriptor);
    *descriptor = -1;
    return -1;
}

int spool_open_once(const char *path, const char *shown, int *descriptor, struct error *error)
{
    struct stat status;
    return open_file(path, shown, descriptor, &status, error);
}

int spool_open(const char *path, const char *shown, int *descriptor, struct error *error)
{
    struct stat status;
    if (open_file(path, shown, descriptor, &status, error) != 0)
        return -1;
    if (S_ISREG(status.st_mode) && strcmp(path, "-") != 0)
        return 0;
    if (spool(shown, descriptor, error) == 0)
        return 0;
    close(*descriptor);
    *descriptor = -1;
    return -1;
}
