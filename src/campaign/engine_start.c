/* A run that was told to begin later (--start). The balance that counts, and the time that it took, are those
 * of the true beginning. */
#include "campana/error.h"
#include "engine_internal.h"
#include <string.h>

static int ask_balance(struct engine *engine, struct error *error)
{
    const struct engine_options *options = engine->options;
    struct run *run = &engine->result->run;
    struct balance balance;
    struct outcome outcome;
    if (engine_ask_balance(engine->http, &options->account, options->post, &balance, &outcome, error) != 0)
        return -1;
    run->balance_before[0] = '\0';
    if (outcome.kind == OUTCOME_ACCEPTED)
        memcpy(run->balance_before, balance.text, sizeof balance.text);
    return 0;
}

int engine_await_start(struct engine *engine, struct error *error)
{
    int64_t now_ms = clock_wall_ms(engine->clock);
    if (engine->start_at_ms == 0 || engine->ending || now_ms < engine->start_at_ms)
        return 0;
    engine->start_at_ms = 0;
    engine->hours_read_at_ms = INT64_MAX;
    if (ask_balance(engine, error) != 0)
        return -1;
    engine->started_ns = clock_monotonic_ns(engine->clock);
    engine->result->run.started_at_ms = clock_wall_ms(engine->clock);
    int result = store_run_start(engine->store, &engine->result->run, error);
    engine_see_stop(engine);
    return result;
}
