/* Decides when a reader is too slow. Writes of up to PIPE_BUF bytes do not wait where poll() says that there
 * is room (pipe(7)); the descriptor itself is not made non-blocking, because others may share it. */
#include "campana/outflow.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/output.h"
#include "campana/spool.h"
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_MS 1000
#define COPY_BYTES  65536

void outflow_init(struct outflow *outflow)
{
    *outflow = (struct outflow){.patience_ms = PATIENCE_MS};
}

/* A file takes everything at once. */
static bool is_file(void)
{
    struct stat there;
    return fstat(STDOUT_FILENO, &there) == 0 && S_ISREG(there.st_mode);
}

/* Whether there is room for PIPE_BUF bytes, by as much patience as is left. */
static bool has_room(struct outflow *outflow)
{
    struct pollfd reader = {.fd = STDOUT_FILENO, .events = POLLOUT};
    if (poll(&reader, 1, 0) != 0)
        return true; /* an error shows when it is written */
    int64_t began_ns = clock_monotonic_ns(&clock_system);
    int ready = outflow->patience_ms > 0 ? poll(&reader, 1, (int)outflow->patience_ms) : 0;
    outflow->patience_ms -= (long)((clock_monotonic_ns(&clock_system) - began_ns) / NS_PER_MS);
    return ready != 0;
}

static int fail(struct error *error)
{
    return error_set(
        error, ERROR_MACHINE,
        "cannot put aside what the reader of standard output does not take: %s; write the report "
        "into a file with --output FILE, or set TMPDIR",
        strerror(errno));
}

static int put_aside(struct outflow *outflow, const char *data, size_t len, struct error *error)
{
    if (outflow->rest == NULL) {
        int descriptor = spool_temporary();
        outflow->rest = descriptor < 0 ? NULL : fdopen(descriptor, "w+");
        if (outflow->rest == NULL && descriptor >= 0)
            close(descriptor);
    }
    if (outflow->rest == NULL || fwrite(data, 1, len, outflow->rest) != len)
        return fail(error);
    return 0;
}

int outflow_write(void *context, const char *data, size_t len, struct error *error)
{
    struct outflow *outflow = context;
    if (outflow->rest == NULL && is_file())
        return output_write(data, len, error);
    while (len > 0 && outflow->rest == NULL && has_room(outflow)) {
        size_t piece = len < PIPE_BUF ? len : PIPE_BUF;
        if (output_write(data, piece, error) != 0)
            return -1;
        data += piece;
        len -= piece;
    }
    return len == 0 ? 0 : put_aside(outflow, data, len, error);
}

int outflow_finish(struct outflow *outflow, struct error *error)
{
    char data[COPY_BYTES];
    size_t len;
    if (outflow->rest == NULL)
        return 0;
    if (fflush(outflow->rest) != 0)
        return fail(error);
    rewind(outflow->rest);
    while ((len = fread(data, 1, sizeof data, outflow->rest)) > 0)
        if (output_write(data, len, error) != 0)
            return -1;
    return ferror(outflow->rest) ? fail(error) : 0;
}

void outflow_free(struct outflow *outflow)
{
    if (outflow->rest != NULL)
        fclose(outflow->rest);
    outflow->rest = NULL;
}
