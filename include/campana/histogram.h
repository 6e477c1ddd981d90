/* How long answers took: percentiles, and bins of equal width for a chart. Pure. */
#ifndef CAMPANA_HISTOGRAM_H
#define CAMPANA_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_BINS_MOST 40

struct latency_count {
    int64_t latency_ms, count;
};

/* The smallest latency that at least `percent` of all do not exceed (nearest rank), exact; 0 where there are none. `counts`
 * is in rising order. */
int64_t latency_percentile(const struct latency_count *counts, size_t count, int percent);

struct histogram {
    int64_t bin_ms; /* 1, 2 or 5 with zeros */
    int bins;
    int64_t of[HISTOGRAM_BINS_MOST];
    int64_t beyond; /* took longer than the last bin's end: at most one in a hundred */
};

/* Bins up to somewhat more than the 99th percentile, so that few slow answers do not press all others together. */
struct histogram histogram_of(const struct latency_count *counts, size_t count);

#endif
