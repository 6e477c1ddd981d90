/* Decides what a campaign's figures are. Invariant: all of them come from the caller's snapshot. */
#include "campana/figures.h"
#include "campana/error.h"
#include "campana/reckoning.h"
#include "campana/store_figures.h"
#include <stdlib.h>
#include <string.h>

#define MS_PER_MIN 60000LL

/* More bins than this come of answers outside of any run, which only a hand in the database can bring about.
 */
#define BINS_MOST (4 * TIMELINE_FINE_MOST)

/* The items with room for one more, perhaps moved; NULL with the error set, then they stay as they are. */
static void *room_for_one(void *items, size_t count, size_t item_bytes, struct error *error)
{
    bool full = (count & (count - 1)) == 0; /* doubled at every power of two */
    void *more = full ? realloc(items, (count == 0 ? 1 : 2 * count) * item_bytes) : items;
    if (more == NULL)
        error_no_memory(error);
    return more;
}

static int add_reason(void *context, enum job_state state, const char *code, int64_t count,
                      struct error *error)
{
    struct figures *figures = context;
    struct figure_reason *items = room_for_one(figures->reasons, figures->reason_count, sizeof *items, error);
    if (items == NULL)
        return -1;
    figures->reasons = items;
    figures->reasons[figures->reason_count++] = (struct figure_reason){state, reason_from_code(code), count};
    figures->counts.of[state] += count;
    figures->rows += count;
    return 0;
}

static int add_run(void *context, const struct run *run, struct error *error)
{
    struct figures *figures = context;
    struct run *items = room_for_one(figures->runs, figures->run_count, sizeof *items, error);
    if (items == NULL)
        return -1;
    figures->runs = items;
    figures->runs[figures->run_count++] = *run;
    return 0;
}

static int add_latency(void *context, int64_t latency_ms, int64_t count, struct error *error)
{
    struct figures *figures = context;
    struct latency_count *items =
        room_for_one(figures->latencies, figures->latency_count, sizeof *items, error);
    if (items == NULL)
        return -1;
    figures->latencies = items;
    figures->latencies[figures->latency_count++] = (struct latency_count){latency_ms, count};
    figures->answers += count;
    return 0;
}

/* ---- over time ---- */

struct bins {
    struct timeline_bin *of;
    size_t count;
};

static int add_bin(void *context, int64_t index, int64_t accepted, int64_t others, struct error *error)
{
    struct bins *bins = context;
    if (bins->count == BINS_MOST)
        return 1;
    struct timeline_bin *items = room_for_one(bins->of, bins->count, sizeof *items, error);
    if (items == NULL)
        return -1;
    bins->of = items;
    bins->of[bins->count++] = (struct timeline_bin){index, accepted, others};
    return 0;
}

/* Whether the run's end is a moment in which it was at work. */
static bool ended_by_itself(const struct run *run)
{
    return run->ended_at_ms != 0 && strcmp(run->ended, "crashed") != 0;
}

static int64_t end_of(const struct figures *figures, const struct run *run, int64_t now_ms)
{
    bool at_work = figures->sending && run == &figures->runs[figures->run_count - 1];
    return run->ended_at_ms != 0 ? run->ended_at_ms : at_work ? now_ms : run->started_at_ms;
}

static int gather_bins(struct store *store, const struct campaign *campaign, int64_t duration_ms,
                       struct bins *bins, int64_t *fine_ms, struct error *error)
{
    int result;
    *fine_ms = timeline_fine_width(duration_ms);
    while ((result = store_each_bin(store, campaign, *fine_ms, add_bin, bins, error)) > 0) {
        size_t place = 0;
        while (timeline_width(place) <= *fine_ms && timeline_width(place + 1) != 0)
            place++;
        if (timeline_width(place) == *fine_ms)
            return 0; /* as coarse as it gets */
        *fine_ms = timeline_width(place);
        bins->count = 0;
    }
    return result;
}

static int gather_timeline(struct store *store, const struct campaign *campaign, int64_t now_ms,
                           struct figures *figures, struct error *error)
{
    struct bins bins = {0};
    int64_t *instants_ms = calloc(2 * figures->run_count + 1, sizeof *instants_ms);
    size_t instants = 0;
    int64_t fine_ms;
    int64_t duration_ms = 0;
    int result = -1;
    if (instants_ms == NULL)
        return error_no_memory(error);
    for (size_t i = 0; i < figures->run_count; i++) {
        const struct run *run = &figures->runs[i];
        instants_ms[instants++] = run->started_at_ms;
        if (ended_by_itself(run))
            instants_ms[instants++] = run->ended_at_ms;
        duration_ms = end_of(figures, run, now_ms) - figures->runs[0].started_at_ms;
    }
    if (gather_bins(store, campaign, duration_ms, &bins, &fine_ms, error) == 0)
        result = timeline_lay(&figures->timeline, fine_ms, bins.of, bins.count, instants_ms, instants, error);
    for (size_t i = 0; result == 0 && i < figures->run_count; i++)
        figures->sending_ms += timeline_overlap_ms(&figures->timeline, figures->runs[i].started_at_ms,
                                                   end_of(figures, &figures->runs[i], now_ms));
    free(instants_ms);
    free(bins.of);
    return result;
}

/* ---- credit ---- */

static void reckon(struct figures *figures)
{
    struct figure_credit *credit = &figures->credit;
    for (size_t i = 0; i < figures->run_count; i++) {
        int64_t before;
        int64_t after;
        const struct run *run = &figures->runs[i];
        if (run->ended_at_ms == 0 && figures->sending)
            continue;
        if (reckoning_read_amount(run->balance_before, &before) != 0 ||
            reckoning_read_amount(run->balance_after, &after) != 0) {
            credit->not_known++;
            continue;
        }
        credit->known++;
        credit->spent += before - after;
        credit->bought = credit->bought || after > before;
    }
}

int figures_gather(struct store *store, const struct campaign *campaign, bool sending, int64_t now_ms,
                   struct figures *figures, struct error *error)
{
    *figures = (struct figures){0};
    if (store_each_reason(store, campaign, add_reason, figures, error) != 0 ||
        store_each_run(store, campaign->id, add_run, figures, error) != 0 ||
        store_each_latency(store, campaign, add_latency, figures, error) != 0)
        return -1;
    figures->sendable = figures->rows - figures->counts.of[JOB_INVALID] - figures->counts.of[JOB_DUPLICATE] -
                        figures->counts.of[JOB_SUPPRESSED];
    figures->sending =
        sending && figures->run_count > 0 && figures->runs[figures->run_count - 1].ended_at_ms == 0;
    figures->histogram = histogram_of(figures->latencies, figures->latency_count);
    reckon(figures);
    return gather_timeline(store, campaign, now_ms, figures, error);
}

void figures_free(struct figures *figures)
{
    free(figures->reasons);
    free(figures->runs);
    free(figures->latencies);
    timeline_free(&figures->timeline);
    *figures = (struct figures){0};
}

int64_t figures_mean_per_minute(const struct figures *figures)
{
    const struct timeline *timeline = &figures->timeline;
    if (timeline->bin_count == 0)
        return 0;
    return figures->answers * MS_PER_MIN / ((int64_t)timeline->bin_count * timeline->bin_ms);
}

int64_t figures_peak_per_minute(const struct figures *figures)
{
    int64_t most = 0;
    for (size_t i = 0; i < figures->timeline.bin_count; i++) {
        int64_t answers = figures->timeline.bins[i].accepted + figures->timeline.bins[i].others;
        if (answers > most)
            most = answers;
    }
    return most == 0 ? 0 : most * MS_PER_MIN / figures->timeline.bin_ms;
}

int64_t figures_stopped_at_ms(const struct figures *figures, const struct run *run)
{
    const struct timeline *timeline = &figures->timeline;
    if (run->ended_at_ms == 0 || ended_by_itself(run))
        return run->ended_at_ms;
    int64_t stopped_at_ms = run->started_at_ms;
    for (size_t i = 0; i < timeline->bin_count; i++) {
        int64_t end_ms = (timeline->bins[i].index + 1) * timeline->bin_ms;
        if (end_ms <= run->ended_at_ms && end_ms > stopped_at_ms)
            stopped_at_ms = end_ms;
    }
    return stopped_at_ms;
}
