/* A campaign's way in: one transaction, its messages numbered one after the other. What is sendable is the
 * caller's word; only the reference from a duplicate to the first row of its number is made here, where all
 * rows are known. */
#include "campana/error.h"
#include "store_inserter.h"
#include <assert.h>

void store_load_forget(struct store *store)
{
    inserter_free(store->inserter);
    store->inserter = NULL;
    store->duplicates = 0;
    store_numbers_drop(store);
}

/* Every row of a load names the campaign that the same transaction has just made. To look that one up again
 * for each of them takes a twelfth of a load, and finds nothing out. */
static void trust_references(const struct store *store)
{
    sqlite3_db_config(store->database, SQLITE_DBCONFIG_ENABLE_FKEY, 0, NULL);
}

void store_check_references(const struct store *store)
{
    sqlite3_db_config(store->database, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
}

static int insert_campaign(struct store *store, struct campaign *campaign, struct error *error)
{
    struct query query = query_open(store, SQL_LOAD_CAMPAIGN);
    query_bind_slice(&query, slice_of(campaign->name));
    query_bind_slice(&query, slice_of(campaign->file));
    query_bind_slice(&query, slice_of(campaign->settings));
    query_bind_slice(&query, slice_of(campaign->columns));
    query_bind_slice(&query, slice_of(campaign->sha256));
    query_bind_int(&query, campaign->phone_column);
    query_bind_optional(&query, campaign->text_column >= 0, campaign->text_column);
    query_bind_int(&query, campaign->loaded_at_ms);
    int found = query_step(&query, error);
    if (found > 0) {
        campaign->id = query_int(&query, 0);
        campaign->first_id = query_int(&query, 1);
        campaign->last_id = campaign->first_id - 1;
        found = query_run(&query, error);
    }
    return found;
}

/* Whoever loads has looked before: what is there now came in between. */
static int refuse_overtaken(struct store *store, const struct campaign *campaign, bool twin_meant,
                            struct error *error)
{
    struct campaign there;
    int found = store_find_campaign(store, campaign->name, &there, error);
    if (found == 0 && !twin_meant)
        found = store_find_content(store, campaign->sha256, &there, error);
    if (found > 0) {
        error_set(
            error, ERROR_INPUT,
            "another process has just loaded the campaign \"%s\" into %s. Nothing was changed. Give the "
            "command again: it looks whether that is the same",
            there.name, store->path);
        campaign_free(&there);
    }
    return found;
}

int store_load_begin(struct store *store, struct campaign *campaign, bool twin_meant, struct error *error)
{
    struct error ignored;
    store_leave_log(store);
    trust_references(store);
    if (store_begin_patiently(store, error) != 0) {
        store_check_references(store);
        store_use_log(store, &ignored);
        return -1;
    }
    if (refuse_overtaken(store, campaign, twin_meant, error) == 0 &&
        insert_campaign(store, campaign, error) == 0 &&
        inserter_start(store, campaign->id, campaign->first_id, &store->inserter, error) == 0)
        return 0;
    store_rollback(store);
    return -1;
}

int store_load_message(struct store *store, struct campaign *campaign, const struct store_message *message,
                       struct error *error)
{
    assert(message->state == JOB_PENDING || message->state == JOB_INVALID ||
           message->state == JOB_DUPLICATE || message->state == JOB_SUPPRESSED);
    if (store->inserter == NULL)
        return store_fail_bug(store, "a row came for a load that has ended", error);
    campaign->last_id++;
    store->duplicates += message->state == JOB_DUPLICATE;
    if (inserter_add(store->inserter, message, error) == 0)
        return 0;
    store_rollback(store);
    return -1;
}

static int run_over(struct store *store, const struct campaign *campaign, enum store_sql sql,
                    struct error *error)
{
    struct query query = query_open(store, sql);
    query_bind_int(&query, campaign->first_id);
    query_bind_int(&query, campaign->last_id);
    return query_run(&query, error);
}

static int run_alone(struct store *store, enum store_sql sql, struct error *error)
{
    struct query query = query_open(store, sql);
    return query_run(&query, error);
}

static int name_first_rows(struct store *store, const struct campaign *campaign, struct error *error)
{
    if (store->duplicates == 0)
        return 0;
    if (run_alone(store, SQL_TWICE_MAKE, error) != 0 ||
        run_over(store, campaign, SQL_TWICE_FILL, error) != 0 ||
        run_over(store, campaign, SQL_TWICE_FIND, error) != 0 ||
        run_over(store, campaign, SQL_TWICE_TELL, error) != 0)
        return -1;
    return run_alone(store, SQL_TWICE_DROP, error);
}

static int complete_campaign(struct store *store, const struct campaign *campaign, struct error *error)
{
    struct query query = query_open(store, SQL_LOAD_CAMPAIGN_END);
    query_bind_int(&query, campaign->id);
    query_bind_slice(&query, slice_of(campaign->columns));
    query_bind_int(&query, campaign->phone_column);
    query_bind_optional(&query, campaign->text_column >= 0, campaign->text_column);
    query_bind_int(&query, campaign->last_id);
    return query_run_one(&query, "the campaign that is being loaded is not there", error);
}

int store_load_end(struct store *store, struct campaign *campaign, struct error *error)
{
    if (store->inserter == NULL)
        return store_fail_bug(store, "a load is to end that has ended", error);
    int result = inserter_end(store->inserter, error);
    if (result == 0)
        result = name_first_rows(store, campaign, error);
    if (result == 0)
        result = store_numbers_end(store, campaign->id, error);
    if (result == 0)
        result = complete_campaign(store, campaign, error);
    if (store_finish(store, result, "commit:load", error) != 0)
        return -1;
    store_load_forget(store);
    store_check_references(store);
    /* The load is durable. That it moves from the log into the database now, and gives the log's room back,
     * is thrift: where a reader is in the way, a later checkpoint does it. So is the way back to the log: who
     * sends tries again. */
    struct error ignored;
    if (store->logs)
        sqlite3_wal_checkpoint_v2(store->database, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    else
        store_use_log(store, &ignored);
    return 0;
}

void store_load_abort(struct store *store)
{
    store_rollback(store);
}
