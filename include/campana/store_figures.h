/* A campaign's figures, added up by SQLite: however many rows there are, little comes out. Part of the store (store.h). */
#ifndef CAMPANA_STORE_FIGURES_H
#define CAMPANA_STORE_FIGURES_H

#include "campana/store.h"

/* Everything read between the two is one picture of the database, whatever a sender writes meanwhile; the sender is not
 * held up. Keep it short: while it is open, SQLite's log cannot be cut. Nothing may be written in it. The end is harmless
 * after a failure. */
int store_snapshot_begin(struct store *store, struct error *error);
void store_snapshot_end(struct store *store);

/* How many answers came in every `bin_ms` (bin N: from N * bin_ms after 1970 on), by the row's last attempt, in order; bins
 * without an answer are left out. `others` are refused and unknown. Rows without an answer are in no bin: what timed out,
 * what broke off, what a crash left behind. */
typedef int store_bin_fn(void *context, int64_t bin, int64_t accepted, int64_t others, struct error *error);
int store_each_bin(struct store *store, const struct campaign *campaign, int64_t bin_ms, store_bin_fn *each, void *context,
                   struct error *error);

/* How many of the same answers took how long, the quickest first. */
typedef int store_latency_fn(void *context, int64_t latency_ms, int64_t count, struct error *error);
int store_each_latency(struct store *store, const struct campaign *campaign, store_latency_fn *each, void *context,
                       struct error *error);

#endif
