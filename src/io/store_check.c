/* Whether SQLite finds its own structures in order. Decides nothing about their content. */
#include "campana/error.h"
#include "store_internal.h"
#include <string.h>

int store_check(struct store *store, struct error *error)
{
    struct query query = query_open(store, SQL_QUICK_CHECK);
    if (query_step(&query, error) < 0)
        return -1;
    const char *words = query_slice(&query, 0).data;
    int result = 0;
    if (strcmp(words, "ok") != 0)
        result = error_set(
            error, ERROR_MACHINE,
            "%s: the database is damaged (%s); restore it from a backup, or save what can be read: sqlite3 "
            "DATABASE .recover",
            store->path, words);
    query_close(&query);
    return result;
}
