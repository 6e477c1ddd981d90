/* What the store knows about the account's money: every run of every campaign with its balances and what became of the
 * rows that it left unknown, and the test messages between them. */
#ifndef CAMPANA_STORE_BOOKS_H
#define CAMPANA_STORE_BOOKS_H

#include "campana/store.h"

struct store_book {
    bool is_test;         /* a message to one's own telephone: only accepted and open tell something, 0 or 1 */
    int64_t campaign_id;
    int64_t number;       /* the run's among its campaign's, from 1 */
    int64_t at_ms;        /* when it began, or was sent */
    bool has_end;
    char balance_before[BALANCE_BYTES], balance_after[BALANCE_BYTES]; /* "": not known */
    int64_t accepted;
    int64_t open;            /* rows that became unknown in it and are still */
    int64_t decided_charged; /* … that a person has called accepted since */
    int64_t decided_free;    /* … that a person has called refused, or sent again */
    int64_t inflight;        /* the campaign's last run: rows that are, and are unknown unless it runs still */
};

/* In the order in which they took place. */
typedef int store_book_fn(void *context, const struct store_book *book, struct error *error);
int store_each_book(struct store *store, store_book_fn *each, void *context, struct error *error);

#endif
