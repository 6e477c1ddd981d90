/* Decides nothing: the statement knows which decision answers which time of becoming unknown. */
#include "campana/store_books.h"
#include "store_internal.h"

static void read_book(struct query *query, struct store_book *book)
{
    *book = (struct store_book){
        .is_test = query_int(query, 1) != 0,
        .campaign_id = query_int(query, 3),
        .number = query_int(query, 4),
        .at_ms = query_int(query, 5),
        .has_end = !query_is_null(query, 6),
        .accepted = query_int(query, 10),
        .open = query_int(query, 11),
        .decided_charged = query_int(query, 12),
        .decided_free = query_int(query, 13),
        .inflight = query_int(query, 14),
    };
    query_copy(query, 8, book->balance_before, sizeof book->balance_before);
    query_copy(query, 9, book->balance_after, sizeof book->balance_after);
}

int store_each_book(struct store *store, store_book_fn *each, void *context, struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_BOOKS);
    while ((found = query_step(&query, error)) > 0) {
        struct store_book book;
        read_book(&query, &book);
        int result = each(context, &book, error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}
