/* Decides how wide bins are and which pauses are worth showing. */
#include "campana/timeline.h"
#include "campana/error.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_MS 1000LL
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

static const int64_t widths_ms[] = {
    SECOND_MS,      5 * SECOND_MS,  10 * SECOND_MS, 30 * SECOND_MS, MINUTE_MS,    5 * MINUTE_MS,
    10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS,        3 * HOUR_MS,    6 * HOUR_MS,  12 * HOUR_MS,
    DAY_MS,         7 * DAY_MS,     28 * DAY_MS,    364 * DAY_MS,   3640 * DAY_MS};
#define WIDTHS (sizeof widths_ms / sizeof *widths_ms)

int64_t timeline_width(size_t place)
{
    return place < WIDTHS ? widths_ms[place] : 0;
}

int64_t timeline_fine_width(int64_t duration_ms)
{
    size_t place = 0;
    while (place + 1 < WIDTHS && duration_ms / widths_ms[place] >= TIMELINE_FINE_MOST)
        place++;
    return widths_ms[place];
}

/* ---- laying ---- */

/* Makes `fine` bins into bins that are `times` as wide. */
static size_t put_together(struct timeline_bin *bins, const struct timeline_bin *fine, size_t count,
                           int64_t times)
{
    size_t made = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t index = fine[i].index / times;
        if (made == 0 || bins[made - 1].index != index)
            bins[made++] = (struct timeline_bin){.index = index};
        bins[made - 1].accepted += fine[i].accepted;
        bins[made - 1].others += fine[i].others;
    }
    return made;
}

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Stretches from the indices of bins, which are sorted here. */
static void cut_pauses(struct timeline *timeline, int64_t *indices, size_t count)
{
    qsort(indices, count, sizeof *indices, by_number);
    timeline->stretch_count = 0;
    timeline->slots = 0;
    for (size_t i = 0; i < count; i++) {
        struct timeline_stretch *last =
            timeline->stretch_count == 0 ? NULL : &timeline->stretches[timeline->stretch_count - 1];
        if (last != NULL && indices[i] - last->last <= TIMELINE_PAUSE_BINS + 1) {
            timeline->slots += indices[i] - last->last;
            last->last = indices[i];
            continue;
        }
        if (last != NULL)
            timeline->slots += TIMELINE_CUT_BINS;
        timeline->stretches[timeline->stretch_count++] =
            (struct timeline_stretch){indices[i], indices[i], timeline->slots};
        timeline->slots++;
    }
}

int timeline_lay(struct timeline *timeline, int64_t fine_ms, const struct timeline_bin *fine,
                 size_t fine_count, const int64_t *instants_ms, size_t instant_count, struct error *error)
{
    size_t most = fine_count + instant_count;
    *timeline = (struct timeline){.bin_ms = fine_ms};
    if (most == 0)
        return 0;
    timeline->bins = calloc(fine_count + 1, sizeof *timeline->bins);
    timeline->stretches = calloc(most, sizeof *timeline->stretches);
    int64_t *indices = calloc(most, sizeof *indices);
    if (timeline->bins == NULL || timeline->stretches == NULL || indices == NULL) {
        free(indices);
        return error_no_memory(error);
    }
    for (size_t place = 0; place < WIDTHS; place++) {
        if (widths_ms[place] < fine_ms)
            continue;
        timeline->bin_ms = widths_ms[place];
        timeline->bin_count = put_together(timeline->bins, fine, fine_count, timeline->bin_ms / fine_ms);
        for (size_t i = 0; i < timeline->bin_count; i++)
            indices[i] = timeline->bins[i].index;
        for (size_t i = 0; i < instant_count; i++)
            indices[timeline->bin_count + i] = instants_ms[i] / timeline->bin_ms;
        cut_pauses(timeline, indices, timeline->bin_count + instant_count);
        if (timeline->slots <= TIMELINE_BINS_MOST)
            break;
    }
    free(indices);
    return 0;
}

void timeline_free(struct timeline *timeline)
{
    free(timeline->bins);
    free(timeline->stretches);
    *timeline = (struct timeline){0};
}

/* ---- places on the axis ---- */

/* The last stretch that has begun by then; the first, where none has. */
static const struct timeline_stretch *stretch_by(const struct timeline *timeline, int64_t index)
{
    const struct timeline_stretch *found = timeline->stretches;
    for (size_t i = 1; i < timeline->stretch_count && timeline->stretches[i].first <= index; i++)
        found = &timeline->stretches[i];
    return found;
}

/* `bins` and thousandths of a bin from the axis' begin. */
static int64_t place_of(const struct timeline *timeline, int64_t bins, int64_t thousandths)
{
    return (bins * 1000 + thousandths) * (TIMELINE_WHOLE / 1000) / timeline->slots;
}

int64_t timeline_bin_at(const struct timeline *timeline, int64_t index)
{
    return timeline_at(timeline, index * timeline->bin_ms);
}

int64_t timeline_at(const struct timeline *timeline, int64_t at_ms)
{
    if (timeline->slots == 0)
        return 0;
    int64_t index = at_ms / timeline->bin_ms;
    const struct timeline_stretch *stretch = stretch_by(timeline, index);
    if (index < stretch->first)
        return place_of(timeline, stretch->slot, 0);
    if (index > stretch->last)
        return place_of(timeline, stretch->slot + stretch->last - stretch->first + 1, 0);
    return place_of(timeline, stretch->slot + index - stretch->first,
                    at_ms % timeline->bin_ms * 1000 / timeline->bin_ms);
}

int64_t timeline_overlap_ms(const struct timeline *timeline, int64_t from_ms, int64_t to_ms)
{
    int64_t overlap_ms = 0;
    for (size_t i = 0; i < timeline->stretch_count; i++) {
        int64_t first_ms = timeline->stretches[i].first * timeline->bin_ms;
        int64_t end_ms = (timeline->stretches[i].last + 1) * timeline->bin_ms;
        int64_t begin_ms = from_ms > first_ms ? from_ms : first_ms;
        int64_t until_ms = to_ms < end_ms ? to_ms : end_ms;
        if (begin_ms < until_ms)
            overlap_ms += until_ms - begin_ms;
    }
    return overlap_ms;
}
