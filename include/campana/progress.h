/* How a run is followed on standard error. On a terminal that can rewrite: one line, drawn anew in place and
 * never wider than the terminal. Elsewhere (a pipe, a log): a line when the run begins and one when it ends,
 * one when it has to wait for its start, for contact hours or for the end of maintenance, because a log that
 * is silent for a night looks like a run that hangs, and one when the gateway's trouble first slows it. That
 * somebody changed the rate is told in both. With -q nothing but what must be told: that it is stopping, and
 * answers that could not be recorded. */
#ifndef CAMPANA_PROGRESS_H
#define CAMPANA_PROGRESS_H

#include "campana/engine.h"
#include "campana/talk.h"
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer;

#define PROGRESS_MARKS 32

struct progress {
    struct talk talk;
    const char *campaign;
    const volatile sig_atomic_t *stop;
    bool waits;    /* for its hours or its start; else they end it, and the last word says so */
    bool rewrites; /* standard error is a terminal that can */
    bool on_line;  /* the cursor stands on the progress line */
    bool began, stopping_told, waiting_told, slowed_told;
    struct rate rate; /* as last asked for */
    bool has_rate;
    char note[sizeof((struct engine_progress *)0)->note]; /* the last one told with -v */
    /* what was done when, over the last seconds: for the rate of now */
    struct {
        int64_t elapsed_ns, done;
    } marks[PROGRESS_MARKS];
    size_t mark_count;
};

/* `campaign` is its name as it may be shown; it and `stop` must outlive the progress. `waits`: whether what
 * the engine has to wait for is waited for (--wait, --start), or ends the run at once without a word from
 * here. */
void progress_init(struct progress *progress, const struct talk *talk, const char *campaign, bool waits,
                   const volatile sig_atomic_t *stop);

/* engine_watch's two callbacks; their context is the struct progress. */
void progress_show(void *context, const struct engine_progress *now);
void progress_unrecorded(void *context, int64_t row, const char *msisdn, const struct outcome *outcome);

/* Leaves the terminal with the cursor on an empty line. To be called before anything else is written. */
void progress_end(struct progress *progress);

/* Remembers how much was done when. */
void progress_mark(struct progress *progress, const struct engine_progress *now);

/* Appends the line as it looks now, in at most `width` columns (0: no limit), without a line end. */
void progress_put_line(const struct progress *progress, const struct engine_progress *now, size_t width,
                       struct buffer *out);

#endif
