/* Forgetting a campaign (Ley 1581 de 2012): its numbers, texts, cells and whatever may quote them are taken out for good;
 * rows, states, codes, reasons' codes, times, runs and decisions (with the names of those who decided) stay.
 *
 * Nothing is put in the place of a number. A pseudonym that is made from a number can be turned back by trying the few
 * numbers there are, and one that is not tells nothing that the row does not. So a forgotten row has msisdn '', text ''
 * and fields '[]', and the schema lets only rows that are over be so: one that is pending would be sent. */
#ifndef CAMPANA_STORE_FORGET_H
#define CAMPANA_STORE_FORGET_H

#include "campana/store.h"

/* When the campaign was last touched by a load, a run or a test message. */
int store_last_used(struct store *store, const struct campaign *campaign, int64_t *at_ms, struct error *error);

/* Counts by state what would be forgotten. ERROR_INPUT where rows are pending, inflight or unknown, unless `unfinished`:
 * pending ones could not be sent, unknown ones not be looked up any more. */
int store_forget_check(struct store *store, const struct campaign *campaign, bool unfinished, struct counts *counts,
                       struct error *error);

/* Does it, under the sender's lock, in one transaction, and checks as above. What is pending becomes invalid with
 * REASON_FORGOTTEN; inflight must have been recovered. A campaign that was forgotten before keeps its date. */
int store_forget(struct store *store, const struct campaign *campaign, bool unfinished, int64_t now_ms,
                 struct error *error);

/* Whether something was forgotten and the file not rewritten since. */
int store_needs_erasing(struct store *store, bool *needs, struct error *error);

/* Rewrites the database without its free space, and empties the log: nothing of what was forgotten is left in its files.
 * Takes about twice the database's size on the disk for a moment, and no other process may read meanwhile. After -1
 * nothing is lost, and it can be tried again. Under the sender's lock. */
int store_erase(struct store *store, int64_t now_ms, struct error *error);

#endif
