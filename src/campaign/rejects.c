/* Decides how a rejected row is written: the source's own delimiter, line end, encoding and byte-order mark;
 * and when the file can be seen. */
#include "campana/rejects.h"
#include "campana/encoding.h"
#include "campana/error.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REASON_COLUMN "campana_reason"

struct rejects {
    const char *path;
    FILE *stream;
    char delimiter;
    char line_end[3];
    char *encoding;
    size_t columns; /* cells before the reason's column */
    bool again;     /* the file has that column: it came from a rejects file */
    bool named;     /* already, before all is written */
    struct buffer line, bytes;
};

static int write_line(struct rejects *rejects, struct error *error)
{
    buffer_puts(&rejects->line, rejects->line_end);
    buffer_clear(&rejects->bytes);
    if (buffer_check(&rejects->line, error) != 0 ||
        encoding_put(&rejects->bytes, rejects->encoding, buffer_slice(&rejects->line), error) != 0 ||
        buffer_check(&rejects->bytes, error) != 0)
        return error_prefix(error, "%s", rejects->path);
    buffer_clear(&rejects->line);
    if (fwrite(rejects->bytes.data, 1, rejects->bytes.len, rejects->stream) != rejects->bytes.len)
        return error_set(error, ERROR_MACHINE, "%s: cannot write: %s", rejects->path, strerror(errno));
    return 0;
}

/* The cells, filled up to the file's width so that the reason stands in its own column. */
static int write_cells(struct rejects *rejects, const struct slice *cells, size_t count, const char *last,
                       struct error *error)
{
    for (size_t i = 0; i < count || i < rejects->columns; i++) {
        bool replaced = rejects->again && i == rejects->columns;
        if (i < count && !replaced)
            csv_put_cell(&rejects->line, cells[i].data, cells[i].len, rejects->delimiter);
        if (replaced)
            csv_put_cell(&rejects->line, last, strlen(last), rejects->delimiter);
        if (!rejects->again || i + 1 < count || i < rejects->columns)
            buffer_put(&rejects->line, rejects->delimiter);
    }
    if (rejects->again && count > rejects->columns)
        return write_line(rejects, error);
    csv_put_cell(&rejects->line, last, strlen(last), rejects->delimiter);
    return write_line(rejects, error);
}

static void release(struct rejects *rejects)
{
    buffer_free(&rejects->line);
    buffer_free(&rejects->bytes);
    free(rejects->encoding);
    free(rejects);
}

static int fail_to_make(const struct rejects *rejects, struct error *error)
{
    if (errno == ENOMEM)
        return error_no_memory(error);
    if (errno == EEXIST)
        return error_set(
            error, ERROR_INPUT,
            "%s: there is a file of this name already, and --rejects overwrites nothing; name another "
            "file or remove this one",
            rejects->path);
    return error_set(error, ERROR_INPUT,
                     "%s: cannot make the rejects file: %s; name another one with --rejects FILE",
                     rejects->path, strerror(errno));
}

/* In the folder of `path`, without a name, so that no kill and no power cut leaves a part of it behind; -1
 * with errno EOPNOTSUPP where the file system has no such files. */
static int open_nameless(const char *path)
{
    struct buffer folder = {0};
    const char *slash = strrchr(path, '/');
    buffer_append(&folder, path, slash == NULL ? 0 : (size_t)(slash - path) + 1);
    buffer_puts(&folder, ".");
    errno = ENOMEM;
    int descriptor =
        folder.failed ? -1 : open(buffer_string(&folder), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor < 0 && errno == EISDIR) /* a kernel that does not know them */
        errno = EOPNOTSUPP;
    buffer_free(&folder);
    return descriptor;
}

static int open_stream(struct rejects *rejects, struct error *error)
{
    struct stat there;
    if (lstat(rejects->path, &there) == 0)
        errno = EEXIST;
    if (errno != ENOENT)
        return fail_to_make(rejects, error);
    int descriptor = open_nameless(rejects->path);
    if (descriptor < 0 && errno == EOPNOTSUPP) {
        descriptor = open(rejects->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        rejects->named = descriptor >= 0;
    }
    if (descriptor < 0)
        return fail_to_make(rejects, error);
    rejects->stream = fdopen(descriptor, "w");
    if (rejects->stream == NULL) {
        close(descriptor);
        if (rejects->named)
            unlink(rejects->path);
        return error_no_memory(error);
    }
    return 0;
}

int rejects_open(const char *path, const struct csv_facts *facts, const struct slice *header,
                 size_t header_count, struct rejects **rejects, struct error *error)
{
    struct rejects *made = calloc(1, sizeof *made);
    if (made == NULL || (made->encoding = strdup(facts->encoding)) == NULL) {
        free(made);
        return error_no_memory(error);
    }
    made->path = path;
    made->delimiter = facts->delimiter;
    made->columns = header_count;
    /* Rows that were rejected before and corrected in vain: the reason is a new one, its column the old one.
     */
    made->again =
        header != NULL && header_count > 1 && slice_equal(header[header_count - 1], slice_of(REASON_COLUMN));
    made->columns -= made->again;
    snprintf(made->line_end, sizeof made->line_end, "%s", facts->line_end);
    if (open_stream(made, error) != 0) {
        release(made);
        return -1;
    }
    if (facts->bom)
        buffer_puts(&made->line, "\xEF\xBB\xBF");
    if (facts->delimiter_from_sep) {
        buffer_printf(&made->line, "sep=%c", facts->delimiter);
        if (write_line(made, error) != 0)
            goto fail;
    }
    if (header != NULL && write_cells(made, header, header_count, REASON_COLUMN, error) != 0)
        goto fail;
    *rejects = made;
    return 0;
fail:
    rejects_abandon(made);
    return -1;
}

int rejects_add(struct rejects *rejects, const struct csv_row *row, const char *reason, struct error *error)
{
    return write_cells(rejects, row->cells, row->count, reason, error);
}

int rejects_flush(struct rejects *rejects, struct error *error)
{
    if (fflush(rejects->stream) != 0 || fsync(fileno(rejects->stream)) != 0)
        return error_set(error, ERROR_MACHINE, "%s: cannot write: %s", rejects->path, strerror(errno));
    return 0;
}

static void close_stream(struct rejects *rejects)
{
    fclose(rejects->stream);
    release(rejects);
}

int rejects_finish(struct rejects *rejects, struct error *error)
{
    char self[sizeof "/proc/self/fd/-2147483648"];
    int result = 0;
    if (rejects == NULL)
        return 0;
    snprintf(self, sizeof self, "/proc/self/fd/%d", fileno(rejects->stream));
    if (!rejects->named && linkat(AT_FDCWD, self, AT_FDCWD, rejects->path, AT_SYMLINK_FOLLOW) != 0)
        result = fail_to_make(rejects, error);
    close_stream(rejects);
    return result;
}

void rejects_abandon(struct rejects *rejects)
{
    if (rejects == NULL)
        return;
    if (rejects->named)
        unlink(rejects->path);
    close_stream(rejects);
}
