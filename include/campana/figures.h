/* Everything that a campaign's report says in figures, gathered at one moment. Memory does not grow with the rows. */
#ifndef CAMPANA_FIGURES_H
#define CAMPANA_FIGURES_H

#include "campana/histogram.h"
#include "campana/store.h"
#include "campana/timeline.h"

struct error;

struct figure_reason {
    enum job_state state;
    enum reason reason; /* REASON_NONE: none, or one of a later version */
    int64_t count;
};

/* What the runs' balances say. Other messages sent from the same account meanwhile are in it, too. */
struct figure_credit {
    int64_t spent;      /* reckoning.h's unit: before less after, of the runs that know both … */
    size_t known;       /* … so many */
    size_t not_known;   /* runs that have ended and miss one of the two */
    bool bought;        /* the balance rose during a run: what was spent cannot be told */
};

struct figures {
    struct counts counts;
    int64_t rows;
    int64_t sendable; /* neither invalid nor duplicate nor suppressed */
    struct figure_reason *reasons; /* by state as in job.h and falling number */
    size_t reason_count;

    struct run *runs; /* in order */
    size_t run_count;
    bool sending;       /* the last run is at work now */
    int64_t sending_ms; /* what the runs took, without pauses that the timeline cuts out */
    struct figure_credit credit;

    int64_t answers; /* rows whose last attempt was answered: what the timeline and the latencies are made of */
    struct timeline timeline;
    struct latency_count *latencies;
    size_t latency_count;
    struct histogram histogram;
};

/* To be called within a snapshot (store_figures.h). `now_ms` ends a run that is at work. *figures is to be freed in any
 * case. */
int figures_gather(struct store *store, const struct campaign *campaign, bool sending, int64_t now_ms,
                   struct figures *figures, struct error *error);
void figures_free(struct figures *figures);

/* Answers per minute: over all bins that had any, and in the fullest of them. */
int64_t figures_mean_per_minute(const struct figures *figures);
int64_t figures_peak_per_minute(const struct figures *figures);

/* When the run stopped: where it crashed, that is not known, and the last answer before it was found stands in. 0: it has
 * not ended. */
int64_t figures_stopped_at_ms(const struct figures *figures, const struct run *run);

#endif
