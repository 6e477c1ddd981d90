/* The engine's one transaction. Decides which rows are claimed and writes what came back. Invariant: after a
 * commit, what the database has as inflight is what is claimed or under way, and never more than
 * `concurrency`. */
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/once_a_day.h"
#include "engine_internal.h"
#include <stdlib.h>
#include <string.h>

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
    if (!engine->options->once_per_day || now_ms < engine->day_ends_at_ms)
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

static bool held_back(const struct engine *engine, const struct job *job)
{
    return engine->reached != NULL &&
           (numberset_has(engine->reached, job->msisdn) || in_flight(engine, job->msisdn));
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
static int claim_peeked(struct engine *engine, int count, int64_t now_ms, struct slots *claimed, int *held,
                        struct error *error)
{
    bool choosy = engine->reached != NULL;
    for (int i = 0; i < count; i++) {
        if (held_back(engine, &engine->peeked[i])) {
            (*held)++;
            continue;
        }
        struct slot *slot = slots_pop(&engine->free);
        slot->job = engine->peeked[i];
        slots_push(claimed, slot);
        if (fill_form(engine, slot, error) != 0 ||
            (choosy && store_claim(engine->store, &slot->job, now_ms, error) != 0))
            return -1;
    }
    return choosy ? 0
                  : store_claim_peeked(engine->store, engine->options->campaign_id, engine->peeked, count,
                                       now_ms, error);
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

static int write_exchange(struct engine *engine, int wanted, bool give_back, struct slots *claimed,
                          int *peeked, int *held, struct error *error)
{
    int64_t now_ms = clock_wall_ms(engine->clock);
    for (struct slot *slot = engine->answered.head; slot != NULL; slot = slot->next)
        if (settle(engine, slot, error) != 0)
            return -1;
    for (struct slot *slot = engine->claimed.head; give_back && slot != NULL; slot = slot->next)
        if (store_unclaim(engine->store, &slot->job, error) != 0)
            return -1;
    if (wanted > 0 && (store_peek(engine->store, engine->options->campaign_id, engine->after_id,
                                  engine->peeked, wanted, peeked, error) != 0 ||
                       claim_peeked(engine, *peeked, now_ms, claimed, held, error) != 0))
        return -1;
    return store_commit(engine->store, error);
}

int engine_exchange(struct engine *engine, int wanted, bool give_back, struct error *error)
{
    struct slots claimed = {0};
    int peeked = 0;
    int held = 0;
    struct slot *slot;

    int begun = store_begin(engine->store, error);
    if (begun != 0)
        return begun;
    if (write_exchange(engine, wanted, give_back, &claimed, &peeked, &held, error) != 0) {
        store_rollback(engine->store);
        while ((slot = slots_pop(&claimed)) != NULL)
            free_slot(engine, slot);
        return -1;
    }

    if (peeked > 0)
        engine->after_id = engine->peeked[peeked - 1].id;
    if (wanted > 0 && peeked < wanted)
        engine->exhausted = true;
    engine->result->progress.held_back += held;
    engine->budget -= claimed.count;

    while (give_back && (slot = slots_pop(&engine->claimed)) != NULL) {
        engine->budget++;
        engine->exhausted = false;
        if (slot->job.id <= engine->after_id)
            engine->after_id = slot->job.id - 1;
        free_slot(engine, slot);
    }
    int result = 0;
    while ((slot = slots_pop(&engine->answered)) != NULL) {
        if (note_settled(engine, slot, error) != 0)
            result = -1;
        free_slot(engine, slot);
    }
    slots_move(&engine->claimed, &claimed);
    return result;
}
