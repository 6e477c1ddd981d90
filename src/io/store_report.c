/* A campaign's rows in file order: one statement, so one read transaction. */
#include "store_internal.h"

static void read_row(struct query *query, struct report_row *row)
{
    row->row = query_int(query, 0);
    row->msisdn = query_slice(query, 1);
    row->text = query_slice(query, 2);
    row->fields = query_slice(query, 3);
    row->has_code = !query_is_null(query, 5);
    row->code = query_int(query, 5);
    row->reason = reason_from_code(query_slice(query, 6).data);
    row->detail = query_slice(query, 7);
    row->attempts = query_int(query, 8);
    row->has_http_status = !query_is_null(query, 9);
    row->http_status = query_int(query, 9);
    row->first_sent_at_ms = query_int(query, 10);
    row->finished_at_ms = query_int(query, 11);
    row->has_latency = !query_is_null(query, 12);
    row->latency_ms = query_int(query, 12);
}

int store_read_row(struct query *query, struct report_row *row, struct error *error)
{
    if (query_state(query, 4, &row->state, error) != 0)
        return -1;
    read_row(query, row);
    return 0;
}

/* Only the state is read of a row that is passed over: SQLite takes a row's cells apart as they are asked
 * for. */
static int give_row(struct query *query, unsigned states, store_report_fn *each, void *context,
                    struct error *error)
{
    struct report_row row = {0};
    if (query_state(query, 4, &row.state, error) != 0)
        return -1;
    if (states != 0 && (states >> row.state & 1) == 0)
        return 0;
    read_row(query, &row);
    return query->failed == SQLITE_OK ? each(context, &row, error) : 0; /* else the next step tells */
}

int store_report(struct store *store, const struct campaign *campaign, unsigned states, store_report_fn *each,
                 void *context, struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_REPORT);
    query_bind_int(&query, campaign->first_id);
    query_bind_int(&query, campaign->last_id);
    while ((found = query_step(&query, error)) > 0) {
        int result = give_row(&query, states, each, context, error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}
