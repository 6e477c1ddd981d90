/* The run: collect what came back, judge it, record and claim, send what is due, wait. Knows neither SQL nor
 * libcurl; the transaction stands in engine_exchange.c. */
#include "campana/engine.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "engine_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKER_AWAKE_NS 60000 /* the next transaction follows sooner than a thread is woken */

#define BUSY_PAUSE_NS (5 * NS_PER_MS)  /* between two tries for SQLite's write lock … */
#define BUSY_MOST_NS  (120 * NS_PER_S) /* … and how long they are made */

void engine_end(struct engine *engine, enum run_end end)
{
    if (!engine->ending)
        engine->result->end = end;
    engine->ending = true;
}

void engine_see_stop(struct engine *engine)
{
    http_let_signals_in(engine->unblocked);
    if (*engine->stop > 0)
        engine_end(engine, END_INTERRUPTED);
}

/* ---- what came back ---- */

void engine_collect(struct engine *engine)
{
    struct http_result result;
    while (http_next(engine->http, &result)) {
        struct slot *slot = result.tag;
        step_at(engine->steps, "answered");
        gateway_read_answer(&result.reply, &slot->outcome);
        gateway_hide_password(&result.reply, engine->options->account.password, &slot->outcome);
        slot->finished_at_ms = clock_wall_ms(engine->clock);
        slot->latency_ms = result.reply.reach == REACH_ANSWERED && result.latency_ns >= 0
                               ? (result.latency_ns + NS_PER_MS / 2) / NS_PER_MS
                               : -1;
        engine->under_way--;
        slots_push(&engine->answered, slot);
        engine_judge(engine, slot, clock_monotonic_ns(engine->clock));
    }
}

/* ---- the run ---- */

/* One transaction if there is anything for it. */
static int begin_exchange(struct engine *engine, struct error *error)
{
    int64_t now_ns = clock_monotonic_ns(engine->clock);
    if (now_ns < engine->retry_due_ns)
        return 0;
    bool give_back = engine_must_give_back(engine, now_ns);
    int wanted = give_back ? 0 : engine_claimable(engine, now_ns);
    if (engine->answered.count == 0 && wanted == 0 && !give_back)
        return 0;
    if (engine_read_reached(engine, clock_wall_ms(engine->clock), error) != 0)
        return -1;
    engine_exchange_begin(engine, wanted, give_back);
    return 0;
}

/* A write lock that is somebody else's is tried again later. */
static int end_exchange(struct engine *engine, struct error *error)
{
    int64_t now_ns = clock_monotonic_ns(engine->clock);
    int result = engine_exchange_end(engine, error);
    if (result != STORE_BUSY) {
        engine->busy_since_ns = 0;
        return result;
    }
    if (engine->busy_since_ns == 0)
        engine->busy_since_ns = now_ns;
    engine->retry_due_ns = now_ns + BUSY_PAUSE_NS;
    if (now_ns - engine->busy_since_ns < BUSY_MOST_NS)
        return 0;
    return error_set(error, ERROR_MACHINE,
                     "%s: another process has been writing to this database for two minutes; "
                     "end it and send again",
                     store_path(engine->store));
}

/* Not by a count: millions may be pending still. 0: there are fewer than that. */
static int find_pending(const struct engine *engine, int64_t nth, int64_t *row, struct error *error)
{
    return store_pending_row(engine->store, engine->options->campaign_id, nth, row, error);
}

/* Nothing is in flight: is there a reason to go on? What is over does not wait for its hours or its pace to
 * say so. */
static int look_for_the_end(struct engine *engine, struct error *error)
{
    int64_t row;
    int64_t held_back = engine->result->progress.held_back;
    if (engine->exchange.under_way || engine_in_flight(engine) > 0 || engine->answered.count > 0 ||
        engine->ending)
        return 0;
    if (find_pending(engine, 1, &row, error) != 0)
        return -1;
    if (row == 0) {
        engine_end(engine, END_DONE);
        return 0;
    }
    if (engine->budget == 0) {
        engine_end(engine, END_LIMIT);
        return 0;
    }
    if (!engine_hours_open(engine, clock_wall_ms(engine->clock)) && engine->start_at_ms == 0 &&
        (!engine->options->wait || engine->hours.changes_at_ms == INT64_MAX)) {
        engine->result->opens_at_ms = engine->hours.changes_at_ms;
        engine_end(engine, END_HOURS);
        return 0;
    }
    if (!engine->exhausted)
        return 0;
    if (held_back > 0 && find_pending(engine, held_back + 1, &row, error) != 0)
        return -1;
    if (row == 0) {
        engine_end(engine, END_HELD_BACK);
    } else { /* rows that came back, and what a person resolved to be sent again */
        engine->after_id = 0;
        engine->exhausted = false;
        engine->result->progress.held_back = 0;
    }
    return 0;
}

static void tell_rows(const struct engine *engine, const struct slots *slots, bool answered)
{
    for (const struct slot *slot = slots->head; slot != NULL; slot = slot->next)
        if (engine->watch != NULL && engine->watch->unrecorded != NULL)
            engine->watch->unrecorded(engine->watch->context, slot->job.row, slot->job.msisdn,
                                      answered ? &slot->outcome : NULL);
}

/* Nothing of what is known may be lost: what the database does not take goes to the caller. */
static void tell_unrecorded(const struct engine *engine)
{
    tell_rows(engine, &engine->answered, true);
    tell_rows(engine, &engine->claimed, false);
}

/* What came back is recorded, and what is claimed given back; what is under way stays inflight. 0,
 * STORE_BUSY, or -1. */
static int record_the_rest(struct engine *engine, struct error *error)
{
    if (engine->exchange.under_way)
        engine_exchange_end(engine, error); /* where it failed it is tried once more, with the rest */
    if (engine->answered.count == 0 && engine->claimed.count == 0)
        return 0;
    engine_exchange_begin(engine, 0, true);
    return engine_exchange_end(engine, error);
}

/* What is under way stays inflight, for the next run to find. */
static int leave_at_once(struct engine *engine, struct error *error)
{
    engine->result->end = END_INTERRUPTED;
    int result = record_the_rest(engine, error);
    if (result == STORE_BUSY)
        tell_unrecorded(engine);
    return result < 0 ? -1 : 0;
}

/* What needs the store waits until no transaction is under way. What a person says comes before the next
 * message leaves. */
static int take_turn(struct engine *engine, struct error *error)
{
    if (engine_exchange_is_over(engine) && end_exchange(engine, error) != 0)
        return -1;
    if (!engine->exchange.under_way &&
        (engine_steer(engine, error) != 0 || engine_await_start(engine, error) != 0))
        return -1;
    if (engine_dispatch(engine, error) != 0)
        return -1;
    if (engine->exchange.under_way)
        return 0;
    if (begin_exchange(engine, error) != 0)
        return -1;
    if (engine_exchange_is_over(engine)) { /* at once: what it claimed leaves without waiting for anything */
        engine_see_stop(engine);
        if (end_exchange(engine, error) != 0 || engine_dispatch(engine, error) != 0)
            return -1;
    }
    return look_for_the_end(engine, error);
}

/* Returns 0 when the run has come to its end in good order. */
static int loop(struct engine *engine, struct error *error)
{
    engine_see_stop(engine);
    for (;;) {
        engine_collect(engine);
        if (*engine->stop > 0)
            engine_end(engine, END_INTERRUPTED);
        if (*engine->stop > 1)
            return leave_at_once(engine, error);
        if (take_turn(engine, error) != 0)
            return -1;
        if (engine->ending && !engine->exchange.under_way && engine_in_flight(engine) == 0 &&
            engine->answered.count == 0)
            return 0;
        engine_show(engine, false);
        int64_t now_ns = clock_monotonic_ns(engine->clock);
        int64_t wait_ns = engine_next_look_ns(engine, now_ns) - now_ns;
        if (http_wait(engine->http, wait_ns > 0 ? wait_ns : 0, engine->unblocked, error) != 0)
            return -1;
    }
}

/* This machine failed: what is in flight is waited for, and what came back recorded or, failing that, told.
 */
static void drain_after_failure(struct engine *engine)
{
    struct error ignored;
    engine->ending = true;
    engine->result->end = END_LOCAL;
    while (engine->under_way > 0 && *engine->stop < 2) {
        engine_collect(engine);
        if (engine->under_way > 0 && http_wait(engine->http, TICK_NS, engine->unblocked, &ignored) != 0)
            break;
    }
    if (record_the_rest(engine, &ignored) != 0)
        tell_unrecorded(engine);
}

/* The worker's word that a transaction is over. */
static void wake(void *context)
{
    struct engine *engine = context;
    http_wake(engine->http);
}

static int prepare(struct engine *engine, const char *balance, struct error *error)
{
    const struct engine_options *options = engine->options;
    struct engine_progress *progress = &engine->result->progress;
    struct run *run = &engine->result->run;
    size_t slot_count = 2 * (size_t)options->concurrency;

    engine->all = calloc(slot_count, sizeof *engine->all);
    engine->peeked = calloc((size_t)options->concurrency, sizeof *engine->peeked);
    engine->send_url = engine_url(options->account.base_url, GATEWAY_SEND_PATH);
    gateway_put_credentials(&engine->credentials, options->account.user, options->account.password);
    engine->beside = worker_has_core();
    engine->worker = worker_new(WORKER_AWAKE_NS, wake, engine);
    if (engine->all == NULL || engine->peeked == NULL || engine->send_url == NULL || engine->worker == NULL ||
        engine->credentials.failed)
        return error_no_memory(error);
    for (size_t i = 0; i < slot_count; i++)
        slots_push(&engine->free, &engine->all[i]);

    progress->rate = options->rate;
    pacer_init(&engine->pacer, &options->rate);
    throttle_init(&engine->throttle, options->concurrency, options->max_failures);
    brake_init(&engine->brake, &options->rate);
    latency_init(&engine->latency);
    engine->hours_read_at_ms = INT64_MAX;
    if (options->start_at_ms > clock_wall_ms(engine->clock))
        engine->start_at_ms = options->start_at_ms;
    engine->budget = options->limit > 0 ? options->limit : INT64_MAX;
    engine->started_ns = clock_monotonic_ns(engine->clock);

    if (engine_check_charset(engine, error) != 0)
        return -1;
    progress->pending_at_start = options->pending - options->held_back;
    if (progress->pending_at_start > engine->budget)
        progress->pending_at_start = engine->budget;
    run->campaign_id = options->campaign_id;
    run->started_at_ms = clock_wall_ms(engine->clock);
    engine_hours_open(engine, clock_wall_ms(engine->clock)); /* for the progress that is shown first */
    run->start_at_ms = engine->start_at_ms;
    run->concurrency = options->concurrency;
    rate_format(&options->rate, run->rate);
    snprintf(run->balance_before, sizeof run->balance_before, "%s", balance);
    return store_run_begin(engine->store, run, error);
}

/* The balance afterwards bounds what became of unknown rows; not worth a wait where the gateway is in
 * trouble or a person wants to leave. */
static void ask_balance_after(struct engine *engine)
{
    struct balance balance;
    struct outcome outcome;
    struct error ignored;
    enum run_end end = engine->result->end;
    if (http_under_way(engine->http) > 0 || engine->throttle.failures > 0 || end == END_CREDENTIALS ||
        end == END_FORBIDDEN || end == END_PAUSE || *engine->stop > 0)
        return;
    if (engine_ask_balance(engine->http, &engine->options->account, engine->options->post, &balance, &outcome,
                           &ignored) == 0 &&
        outcome.kind == OUTCOME_ACCEPTED)
        memcpy(engine->result->run.balance_after, balance.text, sizeof balance.text);
}

/* Waits for a write lock that is somebody else's, unless a person wants to leave at once: then the next run
 * finds this one without an end. */
static int record_end(struct engine *engine, struct error *error)
{
    int64_t give_up_ns = clock_monotonic_ns(engine->clock) + BUSY_MOST_NS;
    int ended;
    while ((ended = store_run_end(engine->store, &engine->result->run, error)) == STORE_BUSY) {
        engine_see_stop(engine);
        if (*engine->stop > 1)
            return engine->result->end == END_INTERRUPTED ? 0 : -1;
        if (clock_monotonic_ns(engine->clock) >= give_up_ns)
            return -1;
    }
    return ended;
}

static int finish_run(struct engine *engine, struct error *error)
{
    struct engine_result *result = engine->result;
    struct run *run = &result->run;
    struct error ignored;
    run->accepted = result->progress.accepted;
    run->refused = result->progress.refused;
    run->unknown = result->progress.unknown;
    run->returned = result->progress.returned;
    run->slowed = engine->brake.times;
    if (engine->brake.slowest_mhz > 0)
        brake_format(engine->brake.slowest_mhz, run->slowest_rate);
    run->ended_at_ms = clock_wall_ms(engine->clock);
    snprintf(run->ended, sizeof run->ended, "%s", run_end_name(result->end));

    /* After a failure of this machine the database may well refuse this too; the first error is the one to
     * tell. */
    struct error *into = result->end == END_LOCAL ? &ignored : error;
    if (record_end(engine, into) != 0 ||
        store_count_pending(engine->store, engine->options->campaign_id, &result->pending, into) != 0 ||
        store_count_unknown(engine->store, engine->options->campaign_id, &result->unknown, into) != 0)
        return -1;
    return 0;
}

static void release(struct engine *engine)
{
    worker_free(engine->worker);
    for (int i = 0; engine->all != NULL && i < 2 * engine->options->concurrency; i++)
        buffer_wipe(&engine->all[i].form);
    free(engine->all);
    free(engine->peeked);
    free(engine->send_url);
    buffer_wipe(&engine->credentials);
    numberset_free(engine->reached);
}

int engine_run(struct store *store, struct http *http, const struct engine_options *options,
               const char *balance, const struct clock *clock, const struct steps *steps,
               const volatile sig_atomic_t *stop, const sigset_t *unblocked, const struct engine_watch *watch,
               struct engine_result *result, struct error *error)
{
    struct engine engine = {.store = store,
                            .http = http,
                            .options = options,
                            .clock = clock,
                            .steps = steps,
                            .stop = stop,
                            .unblocked = unblocked,
                            .watch = watch,
                            .result = result};
    *result = (struct engine_result){.end = END_LOCAL};
    http_heed(http, stop, unblocked);
    int outcome = prepare(&engine, balance, error);
    if (outcome == 0) {
        engine_show(&engine, true);
        outcome = loop(&engine, error);
        if (outcome != 0)
            drain_after_failure(&engine);
        ask_balance_after(&engine);
        if (finish_run(&engine, error) != 0) {
            outcome = -1;
            result->end = END_LOCAL;
        }
        engine_show(&engine, true);
    }
    release(&engine);
    http_heed(http, NULL, NULL);
    return outcome;
}
