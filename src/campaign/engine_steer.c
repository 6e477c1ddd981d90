/* A person's word from another terminal, read from the database. Decides how soon it is noticed: at the next
 * tick, whatever the run is waiting for. It is obeyed first and recorded as done afterwards, as soon as the
 * write lock is to be had. */
#include "campana/error.h"
#include "engine_internal.h"
#include <stdio.h>

static int obey(void *context, const struct steering *steering, struct error *error)
{
    struct engine *engine = context;
    struct engine_progress *progress = &engine->result->progress;
    struct rate rate;
    engine->steer.last_id = steering->id;
    engine->steer.untold = true;
    snprintf(progress->steered_by, sizeof progress->steered_by, "%s", steering->who);
    if (steering->rate[0] == '\0') {
        engine_end(engine, END_STOPPED);
        return 0;
    }
    if (rate_parse(steering->rate, &rate, error) != 0)
        return 0; /* no word of ours: campana pace leaves none that cannot be read */
    progress->rate = rate;
    brake_ask(&engine->brake, &rate);
    pacer_slow(&engine->pacer, brake_interval_ns(&engine->brake), clock_monotonic_ns(engine->clock));
    pacer_change(&engine->pacer, &rate, clock_monotonic_ns(engine->clock));
    return 0;
}

int engine_steer(struct engine *engine, struct error *error)
{
    struct steer *steer = &engine->steer;
    int64_t run_id = engine->result->run.id;
    int64_t now_ns = clock_monotonic_ns(engine->clock);
    if (steer->looked && now_ns - steer->looked_ns < TICK_NS)
        return 0;
    steer->looked = true;
    steer->looked_ns = now_ns;
    int changed = store_changed_by_others(engine->store, &steer->version, error);
    if (changed > 0)
        changed = store_each_steering(engine->store, run_id, steer->last_id, obey, engine, error);
    if (changed < 0 || !steer->untold)
        return changed;
    int result =
        store_steering_taken(engine->store, run_id, steer->last_id, clock_wall_ms(engine->clock), error);
    steer->untold = result == STORE_BUSY;
    return result < 0 ? -1 : 0;
}
