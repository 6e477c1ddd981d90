/* Tells the caller how the run is getting on. Changes nothing of it. */
#include "engine_internal.h"

static enum engine_mood mood(const struct engine *engine, int64_t now_ns)
{
    const struct throttle *throttle = &engine->throttle;
    if (engine->ending)
        return MOOD_DRAINING;
    if (engine->probe.on || !engine->hours.open || engine->long_pause_due_ns > now_ns)
        return MOOD_WAITING;
    if (engine->brake.pace_mhz > 0 || throttle->failures > 0 || throttle->limit < throttle->concurrency ||
        throttle->resume_due_ns > now_ns)
        return MOOD_SLOWED;
    return MOOD_SENDING;
}

static int64_t waits_until_ms(const struct engine *engine, int64_t now_ns)
{
    int64_t due_ns = engine->probe.on ? engine->probe.due_ns : engine->throttle.resume_due_ns;
    if (!engine->probe.on && !engine->hours.open)
        return engine->hours.changes_at_ms;
    return due_ns <= now_ns ? 0 : clock_wall_ms(engine->clock) + (due_ns - now_ns) / NS_PER_MS;
}

void engine_show(struct engine *engine, bool always)
{
    int64_t now_ns = clock_monotonic_ns(engine->clock);
    struct engine_progress *progress = &engine->result->progress;
    if (!always && now_ns - engine->shown_ns < TICK_NS)
        return;
    engine->shown_ns = now_ns;
    progress->mood = mood(engine, now_ns);
    if (progress->mood == MOOD_SENDING)
        progress->note[0] = '\0';
    progress->in_flight = engine->under_way;
    progress->in_flight_limit = engine->probe.on ? 1 : engine->throttle.limit;
    progress->slowed_mhz = engine->brake.pace_mhz;
    progress->elapsed_ns = now_ns - engine->started_ns;
    progress->waits_until_ms = waits_until_ms(engine, now_ns);
    if (engine->watch != NULL && engine->watch->progress != NULL)
        engine->watch->progress(engine->watch->context, progress);
}
