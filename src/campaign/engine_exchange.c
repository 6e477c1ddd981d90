/* The engine's one transaction. Decides which rows are claimed, writes what came back, and goes on beside the
 * loop where that pays; what comes back meanwhile shares the next one. Invariant: what the database has as
 * inflight is what is claimed, under way, or has come back since the transaction began; never more than
 * `concurrency`. */
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/once_a_day.h"
#include "engine_internal.h"
#include <stdlib.h>
#include <string.h>

#define LATENCY_MOST 16 /* commits' time: where an answer takes longer, its recording hardly counts */
#define SMOOTHING    8  /* a commit counts for so little beside those before it */

void slots_push(struct slots *slots, struct slot *slot)
{
    slot->next = NULL;
    if (slots->tail == NULL)
        slots->head = slot;
    else
        slots->tail->next = slot;
    slots->tail = slot;
    slots->count++;
}

struct slot *slots_pop(struct slots *slots)
{
    struct slot *slot = slots->head;
    if (slot == NULL)
        return NULL;
    slots->head = slot->next;
    if (slots->head == NULL)
        slots->tail = NULL;
    slots->count--;
    return slot;
}

void slots_move(struct slots *to, struct slots *from)
{
    struct slot *slot;
    while ((slot = slots_pop(from)) != NULL)
        slots_push(to, slot);
}

int engine_read_reached(struct engine *engine, int64_t now_ms, struct error *error)
{
    if (!engine->options->once_per_day || once_a_day_ends(now_ms) == engine->day_ends_at_ms)
        return 0;
    numberset_free(engine->reached);
    engine->day_ends_at_ms = once_a_day_ends(now_ms);
    engine->after_id = 0;
    engine->exhausted = false;
    engine->result->progress.held_back = 0;
    return once_a_day_reached(engine->store, now_ms, &engine->reached, error);
}

static bool in_flight(const struct engine *engine, const char *msisdn)
{
    for (int i = 0; i < 2 * engine->options->concurrency; i++)
        if (engine->all[i].job.id != 0 && strcmp(engine->all[i].job.msisdn, msisdn) == 0)
            return true;
    return false;
}

static void free_slot(struct engine *engine, struct slot *slot)
{
    slot->job.id = 0;
    slots_push(&engine->free, slot);
}

static int fill_form(const struct engine *engine, struct slot *slot, struct error *error)
{
    uint32_t offender;
    struct slice text = {slot->job.text, slot->job.text_len};
    buffer_clear(&slot->form);
    buffer_append(&slot->form, engine->credentials.data, engine->credentials.len);
    if (gateway_put_message(&slot->form, slot->job.msisdn, text, engine->options->charset, &offender) != 0)
        return error_set(
            error, ERROR_INPUT,
            "row %lld: its text has a character (U+%04X) that ISO-8859-1 lacks; send with --charset utf-8",
            (long long)slot->job.row, (unsigned)offender);
    return buffer_check(&slot->form, error);
}

/* Claims rows of one peek: all by one statement, or one by one where some may be held back. */
static int claim_peeked(struct engine *engine, struct exchange *exchange, struct error *error)
{
    bool choosy = engine->reached != NULL;
    for (int i = 0; i < exchange->peeked; i++) {
        const char *msisdn = engine->peeked[i].msisdn;
        if (choosy && numberset_has(engine->reached, msisdn)) {
            exchange->held++;
            continue;
        }
        if (choosy && in_flight(engine, msisdn)) /* its turn comes again when that one's answer is there */
            continue;
        struct slot *slot = slots_pop(&engine->free);
        slot->job = engine->peeked[i];
        slots_push(&exchange->claiming, slot);
        if (fill_form(engine, slot, error) != 0 ||
            (choosy && store_claim(engine->store, &slot->job, exchange->now_ms, error) != 0))
            return -1;
    }
    return choosy ? 0
                  : store_claim_peeked(engine->store, engine->options->campaign_id, engine->peeked,
                                       exchange->peeked, exchange->now_ms, error);
}

static int settle(struct engine *engine, const struct slot *slot, struct error *error)
{
    struct settlement settlement = {
        .message_id = slot->job.id,
        .run_id = engine->result->run.id,
        .state = job_state_after(slot->outcome.kind),
        .outcome = slot->outcome,
        .first_sent_at_ms = slot->job.first_sent_at_ms,
        .finished_at_ms = slot->finished_at_ms,
        .latency_ms = slot->latency_ms,
    };
    if (settlement.first_sent_at_ms == 0 && slot->outcome.kind != OUTCOME_NOT_SENT)
        settlement.first_sent_at_ms = slot->sent_at_ms;
    return store_settle(engine->store, &settlement, error);
}

/* The books follow the commit: only what is on disk counts. */
static int note_settled(struct engine *engine, const struct slot *slot, struct error *error)
{
    struct engine_progress *progress = &engine->result->progress;
    switch (job_state_after(slot->outcome.kind)) {
    case JOB_ACCEPTED: progress->accepted++; break;
    case JOB_REFUSED: progress->refused++; break;
    case JOB_UNKNOWN: progress->unknown++; break;
    default: /* its turn comes again when the others have had theirs: no row may hold up a campaign */
        progress->returned++;
        engine->budget++;
        return 0;
    }
    if (engine->reached != NULL && job_state_after(slot->outcome.kind) != JOB_REFUSED &&
        numberset_add(engine->reached, slot->job.msisdn) < 0)
        return error_no_memory(error);
    return 0;
}

static int write_exchange(struct engine *engine, struct error *error)
{
    struct exchange *exchange = &engine->exchange;
    for (struct slot *slot = exchange->settling.head; slot != NULL; slot = slot->next)
        if (settle(engine, slot, error) != 0)
            return -1;
    for (struct slot *slot = exchange->returning.head; slot != NULL; slot = slot->next)
        if (store_unclaim(engine->store, &slot->job, error) != 0)
            return -1;
    if (exchange->wanted > 0 &&
        (store_peek(engine->store, engine->options->campaign_id, engine->after_id, engine->peeked,
                    exchange->wanted, &exchange->peeked, error) != 0 ||
         claim_peeked(engine, exchange, error) != 0))
        return -1;
    return store_commit(engine->store, error);
}

/* The worker's. */
static void do_exchange(void *context)
{
    struct engine *engine = context;
    struct exchange *exchange = &engine->exchange;
    exchange->result = store_begin(engine->store, &exchange->error);
    if (exchange->result == 0) {
        exchange->result = write_exchange(engine, &exchange->error);
        if (exchange->result != 0)
            store_rollback(engine->store);
    }
}

/* To wake another thread, and to be woken by it, takes part of a commit's time. */
static bool worth_a_thread(const struct engine *engine)
{
    const struct slot *first = engine->exchange.settling.head;
    if (!engine->beside || engine->commit_ns >= ENGINE_SLOW_COMMIT_NS)
        return engine->beside;
    return first != NULL && first->latency_ms >= 0 &&
           first->latency_ms * NS_PER_MS < LATENCY_MOST * engine->commit_ns;
}

static void note_commit(struct engine *engine, int64_t took_ns)
{
    if (engine->commit_ns == 0)
        engine->commit_ns = took_ns;
    engine->commit_ns += (took_ns - engine->commit_ns) / SMOOTHING;
}

void engine_exchange_begin(struct engine *engine, int wanted, bool give_back)
{
    struct exchange *exchange = &engine->exchange;
    *exchange =
        (struct exchange){.under_way = true, .now_ms = clock_wall_ms(engine->clock), .wanted = wanted};
    slots_move(&exchange->settling, &engine->answered);
    if (give_back)
        slots_move(&exchange->returning, &engine->claimed);
    exchange->began_ns = clock_monotonic_ns(engine->clock);
    if (worth_a_thread(engine))
        worker_do(engine->worker, do_exchange, engine);
    else
        do_exchange(engine);
}

bool engine_exchange_is_over(struct engine *engine)
{
    return engine->exchange.under_way && !worker_busy(engine->worker);
}

/* Nothing has happened: what has come meanwhile stands behind what was there. */
static void take_back(struct engine *engine, struct exchange *exchange)
{
    struct slot *slot;
    slots_move(&exchange->settling, &engine->answered);
    slots_move(&engine->answered, &exchange->settling);
    slots_move(&exchange->returning, &engine->claimed);
    slots_move(&engine->claimed, &exchange->returning);
    while ((slot = slots_pop(&exchange->claiming)) != NULL)
        free_slot(engine, slot);
}

static int follow_commit(struct engine *engine, struct exchange *exchange, struct error *error)
{
    struct slot *slot;
    int result = 0;
    if (exchange->peeked > 0)
        engine->after_id = engine->peeked[exchange->peeked - 1].id;
    if (exchange->peeked < exchange->wanted)
        engine->exhausted = true;
    engine->result->progress.held_back += exchange->held;
    engine->budget -= exchange->claiming.count;

    while ((slot = slots_pop(&exchange->returning)) != NULL) {
        engine->budget++;
        engine->exhausted = false;
        engine->result->progress.held_back = 0; /* those behind it are met again */
        if (slot->job.id <= engine->after_id)
            engine->after_id = slot->job.id - 1;
        free_slot(engine, slot);
    }
    while ((slot = slots_pop(&exchange->settling)) != NULL) {
        if (note_settled(engine, slot, error) != 0)
            result = -1;
        free_slot(engine, slot);
    }
    slots_move(&engine->claimed, &exchange->claiming);
    return result;
}

int engine_exchange_end(struct engine *engine, struct error *error)
{
    struct exchange *exchange = &engine->exchange;
    worker_wait(engine->worker);
    exchange->under_way = false;
    if (exchange->result == 0) {
        note_commit(engine, clock_monotonic_ns(engine->clock) - exchange->began_ns);
        return follow_commit(engine, exchange, error);
    }
    if (exchange->result != STORE_BUSY)
        *error = exchange->error;
    take_back(engine, exchange);
    return exchange->result;
}
