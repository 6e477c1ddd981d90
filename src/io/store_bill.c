/* Figures over all campaigns. What a message came to stands in the message, what was tried in attempt. */
#include "campana/store_bill.h"
#include "store_internal.h"

static void bind_period(struct query *query, const struct bill_period *period)
{
    query_bind_int(query, period->from_ms);
    query_bind_int(query, period->to_ms);
    query_bind_int(query, period->midnight_ms);
}

int store_each_bill_line(struct store *store, enum bill_by by, const struct bill_period *period,
                         store_bill_fn *each, void *context, struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_BILL);
    bind_period(&query, period);
    query_bind_int(&query, by);
    while ((found = query_step(&query, error)) > 0) {
        struct bill_figures figures = {
            .accepted = query_int(&query, 2),
            .refused = query_int(&query, 3),
            .unknown = query_int(&query, 4),
            .attempts = query_int(&query, 5),
            .tests = query_int(&query, 6),
        };
        int result = each(context, query_int(&query, 0), query_slice(&query, 7).data, &figures, error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}

int store_each_balances(struct store *store, const struct bill_period *period, store_balances_fn *each,
                        void *context, struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_BILL_BALANCES);
    bind_period(&query, period);
    while ((found = query_step(&query, error)) > 0) {
        int result = each(context, query_int(&query, 0), query_slice(&query, 1).data,
                          query_slice(&query, 2).data, query_slice(&query, 3).data, error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}
