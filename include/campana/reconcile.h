/* What the account's balances say about a campaign's unknown rows: the books of all runs in the database, put together
 * into spans between two looks at the balance (reckoning.h). Reads only; decides nothing. */
#ifndef CAMPANA_RECONCILE_H
#define CAMPANA_RECONCILE_H

#include "campana/gateway.h"
#include "campana/reckoning.h"
#include "campana/store.h"

struct error;

struct reconcile_span {
    struct span span;
    char from[BALANCE_BYTES], to[BALANCE_BYTES]; /* the two balances; "": not known */
    bool to_now;                 /* the second one is the balance of this moment, not of a run's end */
    int64_t at_ms;               /* when its first run began */
    int64_t first_run, last_run; /* of this campaign, from 1; 0: it has none in this span */
    int64_t open, inflight;      /* of span.open, this campaign's; and how many of these are inflight still */
    bool running;                /* a run of it is under way: nothing is judged */
};

struct reconcile {
    struct reconcile_span *spans; /* of all campaigns, in order */
    size_t count;
    struct price price; /* as the spans show it */
};

/* `now`: the balance of this moment, "" where it is not known. `sending`: a run is under way; what it has not ended is
 * left out. Zero-initialise; reconcile_free() releases, also after -1. */
int reconcile_read(struct store *store, const struct campaign *campaign, const char *now, bool sending,
                   struct reconcile *reconcile, struct error *error);
void reconcile_free(struct reconcile *reconcile);

#endif
