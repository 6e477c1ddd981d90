/* The hot path: what is pending is read, claimed, and settled. */
#include "campana/error.h"
#include "store_internal.h"
#include <assert.h>
#include <string.h>

static int read_job(struct query *query, struct job *job, struct error *error)
{
    struct slice msisdn = query_slice(query, 2);
    struct slice text = query_slice(query, 3);
    if (msisdn.len >= sizeof job->msisdn || text.len >= sizeof job->text) {
        query_close(query);
        return store_fail_bug(query->store, "a pending row is longer than any message", error);
    }
    job->id = query_int(query, 0);
    job->row = query_int(query, 1);
    memcpy(job->msisdn, msisdn.data, msisdn.len);
    job->msisdn[msisdn.len] = '\0';
    memcpy(job->text, text.data, text.len);
    job->text[text.len] = '\0';
    job->text_len = text.len;
    job->first_sent_at_ms = query_int(query, 4);
    return 0;
}

int store_peek(struct store *store, int64_t campaign_id, int64_t after_id, struct job *jobs, int most,
               int *count, struct error *error)
{
    int found;
    *count = 0;
    struct query query = query_open(store, SQL_PEEK);
    query_bind_int(&query, campaign_id);
    query_bind_int(&query, after_id);
    query_bind_int(&query, most);
    while ((found = query_step(&query, error)) > 0) {
        if (read_job(&query, &jobs[*count], error) != 0)
            return -1;
        (*count)++;
    }
    return found;
}

int store_claim(struct store *store, const struct job *job, int64_t now_ms, struct error *error)
{
    assert(store->in_transaction);
    struct query query = query_open(store, SQL_CLAIM);
    query_bind_int(&query, job->id);
    query_bind_int(&query, now_ms);
    return query_run_one(&query, "a row that was to be claimed is not pending", error);
}

int store_claim_peeked(struct store *store, int64_t campaign_id, const struct job *jobs, int count,
                       int64_t now_ms, struct error *error)
{
    assert(store->in_transaction);
    if (count == 0)
        return 0;
    struct query query = query_open(store, SQL_CLAIM_BETWEEN);
    query_bind_int(&query, campaign_id);
    query_bind_int(&query, jobs[0].id);
    query_bind_int(&query, jobs[count - 1].id);
    query_bind_int(&query, now_ms);
    if (query_run(&query, error) != 0)
        return -1;
    if (sqlite3_changes(store->database) != count)
        return store_fail_bug(store, "rows that were to be claimed are not what was read", error);
    return 0;
}

int store_unclaim(struct store *store, const struct job *job, struct error *error)
{
    assert(store->in_transaction);
    struct query query = query_open(store, SQL_UNCLAIM);
    query_bind_int(&query, job->id);
    query_bind_optional(&query, job->first_sent_at_ms != 0, job->first_sent_at_ms);
    return query_run_one(&query, "a claim that was to be given back is not there", error);
}

static int settle_message(struct store *store, const struct settlement *settlement, struct error *error)
{
    const struct outcome *outcome = &settlement->outcome;
    struct query query = query_open(store, SQL_SETTLE);
    query_bind_int(&query, settlement->message_id);
    query_bind_text(&query, job_state_name(settlement->state));
    query_bind_optional(&query, outcome_has_code(outcome), outcome->code);
    query_bind_text(&query, reason_code(outcome->reason));
    query_bind_text(&query, outcome->detail);
    query_bind_optional(&query, outcome->http_status != 0, outcome->http_status);
    query_bind_optional(&query, settlement->first_sent_at_ms != 0, settlement->first_sent_at_ms);
    query_bind_optional(&query, settlement->state != JOB_PENDING, settlement->finished_at_ms);
    query_bind_optional(&query, settlement->latency_ms >= 0, settlement->latency_ms);
    return query_run_one(&query, "an answer came for a row that is not inflight", error);
}

static int record_attempt(struct store *store, const struct settlement *settlement, struct error *error)
{
    const struct outcome *outcome = &settlement->outcome;
    struct query query = query_open(store, SQL_ATTEMPT);
    query_bind_int(&query, settlement->message_id);
    query_bind_int(&query, settlement->run_id);
    query_bind_int(&query, settlement->finished_at_ms);
    query_bind_text(&query, job_state_name(settlement->state));
    query_bind_optional(&query, outcome_has_code(outcome), outcome->code);
    query_bind_text(&query, reason_code(outcome->reason));
    query_bind_text(&query, outcome->detail);
    query_bind_optional(&query, outcome->http_status != 0, outcome->http_status);
    query_bind_optional(&query, settlement->latency_ms >= 0, settlement->latency_ms);
    return query_run(&query, error);
}

int store_settle(struct store *store, const struct settlement *settlement, struct error *error)
{
    assert(store->in_transaction);
    assert(job_move_legal(JOB_INFLIGHT, settlement->state));
    struct store_tally *tally = &store->tally;
    if (tally->run_id != 0 && tally->run_id != settlement->run_id)
        return store_fail_bug(store, "answers of two runs came at once", error);
    if (settle_message(store, settlement, error) != 0 ||
        (settlement->state != JOB_ACCEPTED && record_attempt(store, settlement, error) != 0))
        return -1;
    tally->run_id = settlement->run_id;
    tally->of[settlement->state]++;
    return 0;
}

static int give_numbers(struct query *query, store_number_fn *each, void *context, struct error *error)
{
    int found;
    while ((found = query_step(query, error)) > 0) {
        int result = each(context, query_slice(query, 0).data, error);
        if (result != 0) {
            query_close(query);
            return result;
        }
    }
    return found;
}

int store_each_number_since(struct store *store, int64_t since_ms, store_number_fn *each, void *context,
                            struct error *error)
{
    struct query query = query_open(store, SQL_NUMBERS_SINCE);
    query_bind_int(&query, since_ms);
    return give_numbers(&query, each, context, error);
}

int store_each_pending_number(struct store *store, int64_t campaign_id, store_number_fn *each, void *context,
                              struct error *error)
{
    struct query query = query_open(store, SQL_PENDING_NUMBERS);
    query_bind_int(&query, campaign_id);
    return give_numbers(&query, each, context, error);
}

int store_pending_row(struct store *store, int64_t campaign_id, int64_t nth, int64_t *row,
                      struct error *error)
{
    struct query query = query_open(store, SQL_PENDING_ROW);
    query_bind_int(&query, campaign_id);
    query_bind_int(&query, nth);
    int found = query_step(&query, error);
    if (found < 0)
        return -1;
    *row = found == 0 ? 0 : query_int(&query, 0);
    query_close(&query);
    return 0;
}
