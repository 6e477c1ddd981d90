/* An axis of time for a chart of what happened when: equal bins, and the long pauses between them cut out. Pure. */
#ifndef CAMPANA_TIMELINE_H
#define CAMPANA_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

struct error;

#define TIMELINE_BINS_MOST   150    /* what a chart shows */
#define TIMELINE_PAUSE_BINS  6      /* a pause of more empty bins is cut out … */
#define TIMELINE_CUT_BINS    2      /* … and the cut is as wide as so many bins */
#define TIMELINE_FINE_MOST   20000

struct timeline_bin {
    int64_t index; /* from index * bin_ms after 1970 on */
    int64_t accepted, others;
};

/* Bins without a long pause between them. */
struct timeline_stretch {
    int64_t first, last; /* indices of bins */
    int64_t slot;        /* where the first stands on the axis, counted in bins from 0 */
};

struct timeline {
    int64_t bin_ms;
    struct timeline_bin *bins; /* those with something in them, in order */
    size_t bin_count;
    struct timeline_stretch *stretches;
    size_t stretch_count;
    int64_t slots; /* length of the axis: bins and cuts */
};

/* Widths of bins that people can count in: from one second to years, each a multiple of the one before. */
int64_t timeline_width(size_t place); /* 0 behind the last */

/* The narrowest width that divides so long a time into at most TIMELINE_FINE_MOST bins: to gather in. */
int64_t timeline_fine_width(int64_t duration_ms);

/* Lays the axis: from `fine`, ordered bins of fine_ms, and from instants that must be on it, too (in any order). The bins
 * are made as wide as it takes. -1 with ERROR_MACHINE where there is no memory; *timeline is to be freed in any case. */
int timeline_lay(struct timeline *timeline, int64_t fine_ms, const struct timeline_bin *fine, size_t fine_count,
                 const int64_t *instants_ms, size_t instant_count, struct error *error);
void timeline_free(struct timeline *timeline);

#define TIMELINE_WHOLE 100000

/* Where a bin begins, and where an instant stands, in thousandths of a percent of the axis. An instant in a cut, before the
 * first or behind the last bin stands at the nearest end of a stretch. */
int64_t timeline_bin_at(const struct timeline *timeline, int64_t index);
int64_t timeline_at(const struct timeline *timeline, int64_t at_ms);

/* How much of the time from one instant to another is on the axis. */
int64_t timeline_overlap_ms(const struct timeline *timeline, int64_t from_ms, int64_t to_ms);

#endif
