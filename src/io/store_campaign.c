/* Campaigns, and what they count. */
#include "campana/error.h"
#include "store_internal.h"
#include <stdlib.h>
#include <string.h>

#define NAMES_SHOWN 10

void campaign_free(struct campaign *campaign)
{
    free(campaign->name);
    free(campaign->file);
    free(campaign->settings);
    free(campaign->columns);
    *campaign = (struct campaign){0};
}

static int read_campaign(struct query *query, struct campaign *campaign, struct error *error)
{
    *campaign = (struct campaign){
        .id = query_int(query, 0),
        .name = query_dup(query, 1),
        .file = query_dup(query, 2),
        .settings = query_dup(query, 3),
        .columns = query_dup(query, 4),
        .phone_column = query_int(query, 6),
        .text_column = query_is_null(query, 7) ? -1 : query_int(query, 7),
        .first_id = query_int(query, 8),
        .last_id = query_int(query, 9),
        .loaded_at_ms = query_int(query, 10),
        .forgotten_at_ms = query_int(query, 11),
    };
    query_copy(query, 5, campaign->sha256, sizeof campaign->sha256);
    if (query->failed == SQLITE_OK)
        return 0;
    campaign_free(campaign);
    query_close(query);
    return error_no_memory(error);
}

static int find_by(struct store *store, enum store_sql sql, const char *key, struct campaign *campaign,
                   struct error *error)
{
    *campaign = (struct campaign){0};
    struct query query = query_open(store, sql);
    query_bind_slice(&query, slice_of(key));
    int found = query_step(&query, error);
    if (found <= 0)
        return found;
    if (read_campaign(&query, campaign, error) != 0)
        return -1;
    query_close(&query);
    return 1;
}

int store_find_campaign(struct store *store, const char *name, struct campaign *campaign, struct error *error)
{
    return find_by(store, SQL_CAMPAIGN_BY_NAME, name, campaign, error);
}

int store_find_content(struct store *store, const char *sha256, struct campaign *campaign,
                       struct error *error)
{
    return find_by(store, SQL_CAMPAIGN_BY_CONTENT, sha256, campaign, error);
}

/* "a, b, c and 7 more", the newest first; empty where there are none. */
static int put_names(struct store *store, struct buffer *names, struct error *error)
{
    int64_t total = 0;
    int64_t shown = 0;
    int found;
    struct query query = query_open(store, SQL_CAMPAIGN_NAMES);
    query_bind_int(&query, NAMES_SHOWN);
    while ((found = query_step(&query, error)) > 0) {
        buffer_puts(names, shown++ == 0 ? "" : ", ");
        buffer_puts(names, query_slice(&query, 0).data);
        total = query_int(&query, 1);
    }
    if (total > shown)
        buffer_printf(names, " and %lld more", (long long)(total - shown));
    return found < 0 ? -1 : buffer_check(names, error);
}

int store_need_campaign(struct store *store, const char *name, struct campaign *campaign, struct error *error)
{
    struct buffer names = {0};
    int found = store_find_campaign(store, name, campaign, error);
    if (found != 0)
        return found;
    if (put_names(store, &names, error) == 0) {
        if (names.len == 0)
            error_set(error, ERROR_INPUT, "there is no campaign \"%s\": none has been loaded into %s yet",
                      name, store->path);
        else
            error_set(error, ERROR_INPUT, "there is no campaign \"%s\" in %s; the newest are: %s", name,
                      store->path, buffer_string(&names));
    }
    buffer_free(&names);
    return -1;
}

int store_each_campaign(struct store *store, store_campaign_fn *each, void *context, struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_CAMPAIGNS);
    while ((found = query_step(&query, error)) > 0) {
        struct campaign campaign;
        if (read_campaign(&query, &campaign, error) != 0)
            return -1;
        int result = each(context, &campaign, error);
        campaign_free(&campaign);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}

int store_count(struct store *store, const struct campaign *campaign, struct counts *counts,
                struct error *error)
{
    struct query query = query_open(store, SQL_COUNT);
    query_bind_int(&query, campaign->first_id);
    query_bind_int(&query, campaign->last_id);
    int found = query_step(&query, error);
    if (found < 0)
        return -1;
    for (int state = 0; state < JOB_STATES; state++)
        counts->of[state] = query_int(&query, state);
    query_close(&query);
    return 0;
}

int store_count_decided(struct store *store, const struct campaign *campaign, struct counts *counts,
                        struct error *error)
{
    struct query query = query_open(store, SQL_COUNT_DECIDED);
    query_bind_int(&query, campaign->first_id);
    query_bind_int(&query, campaign->last_id);
    if (query_step(&query, error) < 0)
        return -1;
    *counts = (struct counts){0};
    counts->of[JOB_ACCEPTED] = query_int(&query, 0);
    counts->of[JOB_REFUSED] = query_int(&query, 1);
    query_close(&query);
    return 0;
}

int store_count_pending(struct store *store, int64_t campaign_id, int64_t *pending, struct error *error)
{
    struct query query = query_open(store, SQL_COUNT_PENDING);
    query_bind_int(&query, campaign_id);
    return query_number(&query, pending, error);
}

int store_count_unknown(struct store *store, int64_t campaign_id, int64_t *unknown, struct error *error)
{
    struct query query = query_open(store, SQL_COUNT_UNKNOWN);
    query_bind_int(&query, campaign_id);
    return query_number(&query, unknown, error);
}

int store_each_reason(struct store *store, const struct campaign *campaign, store_reason_fn *each,
                      void *context, struct error *error)
{
    int found;
    struct query query = query_open(store, SQL_COUNT_REASONS);
    query_bind_int(&query, campaign->first_id);
    query_bind_int(&query, campaign->last_id);
    while ((found = query_step(&query, error)) > 0) {
        enum job_state state;
        int result = query_state(&query, 0, &state, error);
        if (result == 0)
            result = each(context, state, query_slice(&query, 1).data, query_int(&query, 2), error);
        if (result != 0) {
            query_close(&query);
            return result;
        }
    }
    return found;
}
