/* What campaigns came to in a period, as the store counts it: what the month's bill is checked against. */
#ifndef CAMPANA_STORE_BILL_H
#define CAMPANA_STORE_BILL_H

#include "campana/store.h"

enum bill_by { BILL_TOTAL, BILL_BY_DAY, BILL_BY_CAMPAIGN, BILL_BY_REASON };

struct bill_period {
    int64_t from_ms, to_ms; /* instants from the first up to, and not including, the second */
    int64_t midnight_ms;    /* some midnight: days are counted from it */
};

struct bill_figures {
    int64_t accepted, refused, unknown; /* messages in these states now, by when their last attempt ended */
    int64_t attempts;                   /* tries that ended in the period, whatever became of the message later */
    int64_t tests;                      /* test messages that were accepted: they are charged, too */
};

/* Lines without a figure do not come. `day` counts from midnight_ms, for BILL_BY_DAY; `name` is the campaign's, or a
 * reason's code ("" for what has none); else 0 and "". Ordered by day, order of loading, or code. */
typedef int store_bill_fn(void *context, int64_t day, const char *name, const struct bill_figures *figures,
                          struct error *error);
int store_each_bill_line(struct store *store, enum bill_by by, const struct bill_period *period, store_bill_fn *each,
                         void *context, struct error *error);

/* The balances of runs that began in the period, where both are known. Texts as the gateway wrote them. */
typedef int store_balances_fn(void *context, int64_t day, const char *campaign, const char *before, const char *after,
                              struct error *error);
int store_each_balances(struct store *store, const struct bill_period *period, store_balances_fn *each, void *context,
                        struct error *error);

#endif
