/* What an outcome does to the run. Decides when to slow down, to ask again and to stop; what becomes of the
 * row is job.h's word. */
#include "campana/clock.h"
#include "engine_internal.h"
#include <stdio.h>

#define PROBE_FIRST_NS (5 * NS_PER_S)   /* maintenance: the first pause … */
#define PROBE_MOST_NS  (300 * NS_PER_S) /* … and the longest */

static void set_note(struct engine *engine, const struct outcome *outcome)
{
    struct engine_progress *progress = &engine->result->progress;
    const char *separator = outcome->detail[0] == '\0' ? "" : ": ";
    snprintf(progress->note, sizeof progress->note, "%s%s%s", reason_sentence(outcome->reason), separator,
             outcome->detail);
    if (!engine->ending) /* what comes in later did not end the run */
        engine->result->last = *outcome;
}

static int64_t probe_pause_ns(int pauses)
{
    int64_t pause = PROBE_FIRST_NS;
    while (pauses-- > 1 && pause < PROBE_MOST_NS)
        pause *= 2;
    return pause < PROBE_MOST_NS ? pause : PROBE_MOST_NS;
}

static void note_maintenance(struct engine *engine, const struct slot *slot, int64_t now_ns)
{
    if (!engine->options->wait) {
        engine_end(engine, END_MAINTENANCE);
        return;
    }
    if (engine->probe.on && slot->sent_ns < engine->probe.incident_ns)
        return;
    engine->probe.on = true;
    engine->probe.pauses++;
    engine->probe.incident_ns = now_ns;
    engine->probe.due_ns = now_ns + probe_pause_ns(engine->probe.pauses);
}

/* Answers that are far slower than usual. */
static void watch_latency(struct engine *engine, const struct slot *slot, int64_t now_ns)
{
    struct engine_progress *progress = &engine->result->progress;
    int64_t usual_ms = engine->latency.usual_ms;
    if (slot->latency_ms < 0 || !latency_note(&engine->latency, slot->latency_ms, now_ns))
        return;
    brake_press(&engine->brake, slot->sent_ns, now_ns, now_ns);
    throttle_ease(&engine->throttle);
    snprintf(progress->note, sizeof progress->note, "the gateway takes %.1f s for an answer; it took %.1f s",
             (double)engine->latency.median_ms / MS_PER_S, (double)usual_ms / MS_PER_S);
}

static void slow_down(struct engine *engine, const struct slot *slot, int64_t now_ns)
{
    struct throttle *throttle = &engine->throttle;
    throttle_slow_down(throttle, slot->sent_ns, slot->outcome.retry_after_ms, now_ns);
    if (slot->outcome.retry_after_ms > ENGINE_PAUSE_MOST_MS) {
        engine->long_pause_due_ns = throttle->resume_due_ns;
        engine->result->paused_until_ms =
            clock_wall_ms(engine->clock) + (throttle->resume_due_ns - now_ns) / NS_PER_MS;
        if (!engine->options->wait)
            engine_end(engine, END_PAUSE);
    }
    brake_press(&engine->brake, slot->sent_ns, throttle->resume_due_ns, now_ns);
}

static bool is_overload(const struct outcome *outcome)
{
    return outcome->reason == REASON_TIMEOUT || outcome->http_status >= 500;
}

void engine_judge(struct engine *engine, const struct slot *slot, int64_t now_ns)
{
    const struct outcome *outcome = &slot->outcome;
    struct throttle *throttle = &engine->throttle;
    enum run_effect effect = run_effect_of(outcome->kind);
    if (effect != RUN_GOES_ON)
        set_note(engine, outcome);
    switch (effect) {
    case RUN_GOES_ON:
        throttle_answered(throttle);
        brake_answered(&engine->brake, now_ns);
        watch_latency(engine, slot, now_ns);
        if (slot->sent_ns >= engine->probe.incident_ns)
            engine->probe = (struct probe){0};
        break;
    case RUN_SLOWS_DOWN: slow_down(engine, slot, now_ns); break;
    case RUN_COUNTS_NOT_SENT: throttle_not_sent(throttle, slot->sent_ns, now_ns); break;
    case RUN_COUNTS_UNKNOWN:
        throttle_unknown(throttle);
        if (is_overload(outcome))
            brake_troubled(&engine->brake, slot->sent_ns, now_ns);
        break;
    case RUN_STOPS_CREDENTIALS: engine_end(engine, END_CREDENTIALS); break;
    case RUN_STOPS_BALANCE: engine_end(engine, END_BALANCE); break;
    case RUN_STOPS_FORBIDDEN: engine_end(engine, END_FORBIDDEN); break;
    case RUN_STOPS_MAINTENANCE: note_maintenance(engine, slot, now_ns); break;
    }
    pacer_slow(&engine->pacer, brake_interval_ns(&engine->brake), now_ns);
    if (throttle_gives_up(throttle))
        engine_end(engine, END_FAILURES);
}
