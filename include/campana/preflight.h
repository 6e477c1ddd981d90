/* What a run is about to do, found out before its first message: for the plan that a person is shown
 * (plan.h). Reads only, and asks the gateway nothing. */
#ifndef CAMPANA_PREFLIGHT_H
#define CAMPANA_PREFLIGHT_H

#include "campana/engine.h"
#include "campana/reckoning.h"

#define PREFLIGHT_SAMPLES 3

struct preflight {
    int64_t pending;       /* in the campaign, as in the options */
    int64_t held_back;     /* of them, with --once-per-day */
    int64_t count;         /* messages that this run may send */
    struct price price;    /* of a message, as earlier runs show it */
    int64_t pays_for;      /* messages that the balance pays for; -1: the balance is not known */
    int64_t last_paid_row; /* the spreadsheet's row that the credit reaches to; 0: it pays for all or none, or
                              rows are held back, so that it cannot be known */
    struct job samples[PREFLIGHT_SAMPLES]; /* pending rows from the beginning, the middle and the end */
    int sample_count;
};

/* options->pending must be counted: where millions are pending, that is what takes its time. `balance`: as
 * the gateway wrote it, "" where it is not known. `start_ms`: when the run will begin. */
int preflight_read(struct store *store, const struct campaign *campaign, const struct engine_options *options,
                   const char *balance, int64_t start_ms, struct preflight *preflight, struct error *error);

#endif
