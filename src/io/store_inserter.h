/* The hand that stores a load's rows while the next ones are read and checked: a thread of its own. From
 * inserter_start() to inserter_end() or inserter_free() it alone uses the store; the caller must not. */
#ifndef CAMPANA_STORE_INSERTER_H
#define CAMPANA_STORE_INSERTER_H

#include "store_internal.h"

struct inserter;

/* In a transaction. The messages get the ids from first_id on. Where no thread can be had, the caller's own
 * does the work. 0 or -1; inserter_free() releases it. */
int inserter_start(struct store *store, int64_t campaign_id, int64_t first_id, struct inserter **inserter,
                   struct error *error);

/* Copies the message. -1: this one or one before it could not be stored; then none that follows is. */
int inserter_add(struct inserter *inserter, const struct store_message *message, struct error *error);

/* Waits until all are stored, and gives the store back. 0 or -1. */
int inserter_end(struct inserter *inserter, struct error *error);

/* Gives the store back, whatever is stored by then. Takes NULL. */
void inserter_free(struct inserter *inserter);

#endif
