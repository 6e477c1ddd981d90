#include "campana/histogram.h"

int64_t latency_percentile(const struct latency_count *counts, size_t count, int percent)
{
    int64_t total = 0;
    int64_t passed = 0;
    for (size_t i = 0; i < count; i++)
        total += counts[i].count;
    int64_t rank = total / 100 * percent + (total % 100 * percent + 99) / 100;
    for (size_t i = 0; i < count; i++) {
        passed += counts[i].count;
        if (passed >= rank)
            return counts[i].latency_ms;
    }
    return 0;
}

/* 1, 2, 5, 10, 20, 50 … */
static int64_t next_width(int64_t width)
{
    int64_t first = width;
    while (first >= 10)
        first /= 10;
    return first == 2 ? width / 2 * 5 : width * 2;
}

struct histogram histogram_of(const struct latency_count *counts, size_t count)
{
    struct histogram histogram = {.bin_ms = 1};
    int64_t range_ms = latency_percentile(counts, count, 99);
    range_ms += range_ms / 4;
    while (range_ms / histogram.bin_ms >= HISTOGRAM_BINS_MOST)
        histogram.bin_ms = next_width(histogram.bin_ms);
    histogram.bins = count == 0 ? 0 : (int)(range_ms / histogram.bin_ms) + 1;
    for (size_t i = 0; i < count; i++) {
        int64_t bin = counts[i].latency_ms / histogram.bin_ms;
        if (bin < histogram.bins)
            histogram.of[bin] += counts[i].count;
        else
            histogram.beyond += counts[i].count;
    }
    return histogram;
}
