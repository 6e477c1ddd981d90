/* Decides when to look again and how a frame replaces the one before. */
#include "campana/watch.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/output.h"
#include "campana/signals.h"
#include "campana/terminal.h"
#include "campana/utf8.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAUSE_NS        NS_PER_S
#define PAUSES_PER_LOOK 20 /* so looking is at most a twentieth */
#define CLEAR_REST      "\x1b[K"
#define CLEAR_BELOW     "\x1b[J"

void watch_put_frame(struct slice seen, size_t lines_before, size_t width, size_t height, size_t *lines,
                     struct buffer *out)
{
    size_t most = height > 1 ? height - 1 : 1;  /* the cursor's line stays free */
    size_t columns = width > 1 ? width - 1 : 1; /* in the last one, CLEAR_REST would take a letter away */
    *lines = 0;
    if (lines_before > 0)
        buffer_printf(out, "\x1b[%zuA", lines_before);
    buffer_put(out, '\r');
    for (size_t at = 0; at < seen.len && *lines < most; (*lines)++) {
        const char *end = memchr(seen.data + at, '\n', seen.len - at);
        size_t len = end == NULL ? seen.len - at : (size_t)(end - seen.data) - at;
        bool cut = *lines + 1 == most && at + len + 1 < seen.len;
        if (cut)
            buffer_puts(out, "…");
        else
            utf8_put_visible(out, seen.data + at, len, columns);
        buffer_puts(out, CLEAR_REST "\n");
        at += len + 1;
    }
    buffer_puts(out, CLEAR_BELOW);
}

/* Until the time is over, a stop signal comes, or nobody reads standard output any more. */
static int wait(int64_t pause_ns, const sigset_t *unblocked, struct error *error)
{
    struct pollfd reader = {.fd = STDOUT_FILENO};
    struct timespec pause = {.tv_sec = pause_ns / NS_PER_S, .tv_nsec = pause_ns % NS_PER_S};
    int ready = ppoll(&reader, 1, &pause, unblocked);
    if (ready < 0 && errno != EINTR)
        return error_set(error, ERROR_MACHINE, "cannot wait: %s", strerror(errno));
    if (ready > 0 && (reader.revents & (POLLERR | POLLHUP)) != 0)
        return error_set(error, ERROR_NONE, OUTPUT_CLOSED);
    return 0;
}

struct watched {
    struct buffer now, before, frame;
    size_t lines;
};

static int show(struct watched *watched, struct error *error)
{
    bool again = watched->before.len > 0;
    if (again && slice_equal(buffer_slice(&watched->now), buffer_slice(&watched->before)))
        return 0;
    buffer_clear(&watched->frame);
    if (terminal_can_rewrite(STDOUT_FILENO)) {
        watch_put_frame(buffer_slice(&watched->now), watched->lines, terminal_width(STDOUT_FILENO),
                        terminal_height(STDOUT_FILENO), &watched->lines, &watched->frame);
    } else {
        buffer_puts(&watched->frame, again ? "\n" : "");
        buffer_append(&watched->frame, watched->now.data, watched->now.len);
    }
    struct buffer shown = watched->now;
    watched->now = watched->before;
    watched->before = shown;
    return output_buffer(&watched->frame, error);
}

int watch(watch_fn *look, void *context, const struct clock *clock, struct error *error)
{
    struct watched watched = {0};
    sigset_t unblocked;
    int result = 0;
    signals_count(&unblocked);
    while (result == 0 && signals_stop == 0) {
        int64_t began_ns = clock_monotonic_ns(clock);
        buffer_clear(&watched.now);
        result = look(context, &watched.now, error);
        if (result == 0)
            result = buffer_check(&watched.now, error);
        if (result == 0)
            result = show(&watched, error);
        int64_t took_ns = clock_monotonic_ns(clock) - began_ns;
        int64_t pause_ns = took_ns > PAUSE_NS / PAUSES_PER_LOOK ? took_ns * PAUSES_PER_LOOK : PAUSE_NS;
        if (result == 0)
            result = wait(pause_ns, &unblocked, error);
    }
    buffer_free(&watched.now);
    buffer_free(&watched.before);
    buffer_free(&watched.frame);
    return result;
}
