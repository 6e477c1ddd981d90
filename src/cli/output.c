/* Decides how bytes leave. Knows nothing of what they are. */
#include "campana/output.h"
#include "campana/error.h"
#include "campana/layout.h"
#include "campana/terminal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_all(int descriptor, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t done = write(descriptor, data, len);
        if (done < 0 && errno != EINTR)
            return -1;
        if (done > 0) {
            data += done;
            len -= (size_t)done;
        }
    }
    return 0;
}

int output_write(const char *data, size_t len, struct error *error)
{
    if (write_all(STDOUT_FILENO, data, len) == 0)
        return 0;
    if (errno == EPIPE)
        return error_set(error, ERROR_NONE, OUTPUT_CLOSED);
    return error_set(error, ERROR_MACHINE, "cannot write to standard output: %s", strerror(errno));
}

int output_buffer(const struct buffer *buffer, struct error *error)
{
    return buffer_check(buffer, error) != 0 ? -1 : output_write(buffer->data, buffer->len, error);
}

int output_text(const struct buffer *buffer, struct error *error)
{
    struct buffer fitted = {0};
    layout_fit(&fitted, buffer->data == NULL ? "" : buffer->data, buffer->len, terminal_width(STDOUT_FILENO),
               0);
    fitted.failed = fitted.failed || buffer->failed;
    int result = output_buffer(&fitted, error);
    buffer_free(&fitted);
    return result;
}

struct output_file {
    char *path, *temporary;
    int descriptor;
};

static int fail(const char *path, const char *doing, struct error *error)
{
    int code = errno;
    enum error_kind kind =
        code == ENOSPC || code == EDQUOT || code == EIO || code == EFBIG ? ERROR_MACHINE : ERROR_INPUT;
    return error_set(error, kind, "%s: cannot %s: %s; %s", path, doing, strerror(code),
                     kind == ERROR_MACHINE
                         ? "make room for it, or name a file on another disk with --output FILE"
                         : "name another file with --output FILE");
}

static void release(struct output_file *file)
{
    if (file->descriptor >= 0)
        close(file->descriptor);
    free(file->path);
    free(file->temporary);
    free(file);
}

int output_file_open(const char *path, struct output_file **file, struct error *error)
{
    struct stat there;
    struct buffer temporary = {0};
    *file = calloc(1, sizeof **file);
    if (*file == NULL)
        return error_no_memory(error);
    (*file)->descriptor = -1;
    (*file)->path = strdup(path);
    buffer_printf(&temporary, "%s.XXXXXX", path);
    buffer_put(&temporary, '\0');
    (*file)->temporary = temporary.data;
    if ((*file)->path == NULL || temporary.failed) {
        error_no_memory(error);
    } else if (lstat(path, &there) == 0 && !S_ISREG(there.st_mode) && !S_ISLNK(there.st_mode)) {
        error_set(error, ERROR_INPUT, "%s: is no ordinary file; name another one with --output FILE", path);
    } else {
        (*file)->descriptor = mkostemp((*file)->temporary, O_CLOEXEC); /* 0600, O_EXCL: through no link */
        if ((*file)->descriptor >= 0)
            return 0;
        fail(path, "write it", error);
    }
    release(*file);
    *file = NULL;
    return -1;
}

int output_file_write(struct output_file *file, const char *data, size_t len, struct error *error)
{
    return write_all(file->descriptor, data, len) == 0 ? 0 : fail(file->path, "write it", error);
}

int output_file_finish(struct output_file *file, struct error *error)
{
    if (fsync(file->descriptor) != 0 || rename(file->temporary, file->path) != 0) {
        fail(file->path, "complete it", error);
        output_file_abandon(file);
        return -1;
    }
    release(file);
    return 0;
}

void output_file_abandon(struct output_file *file)
{
    if (file == NULL)
        return;
    unlink(file->temporary);
    release(file);
}
