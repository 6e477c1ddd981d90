/* How a load is followed on standard error: on a terminal that can rewrite, where it takes longer than half a
 * second, by one line that is drawn anew in place and never wider than the terminal. In a pipe, in a log and
 * with -q by nothing: the verdict tells everything. */
#ifndef CAMPANA_LOAD_LINE_H
#define CAMPANA_LOAD_LINE_H

#include "campana/load.h"
#include "campana/talk.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;
struct clock;

struct load_line {
    const struct clock *clock;
    const char *name; /* of the file, as it is shown */
    bool rewrites;    /* standard error is a terminal that can, and there is no -q */
    bool on_line;     /* the cursor stands on the line */
    int64_t due_ns;   /* when it is drawn next */
    enum load_stage stage;
};

/* `clock` and `file` must outlive the line. */
void load_line_init(struct load_line *line, const struct talk *talk, const struct clock *clock,
                    const char *file);

/* load_options.watch; its context is the struct load_line. */
void load_line_show(void *context, const struct load_progress *now);

/* Leaves the terminal with the cursor on an empty line. To be called before anything else is written. */
void load_line_end(struct load_line *line);

/* Appends the line as it looks now, in at most `width` columns (0: no limit), without a line end. */
void load_line_put(const struct load_line *line, const struct load_progress *now, size_t width,
                   struct buffer *out);

#endif
