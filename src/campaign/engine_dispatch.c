/* Decides what may be claimed, what leaves and what goes back, by the contact hours, the gateway's state and
 * the pace; and when that is to be looked at again. */
#include "engine_internal.h"

#define CLAIM_HORIZON_NS (10 * NS_PER_MS) /* what may leave so soon is claimed together, by one commit … */
#define COMMIT_MOST_NS   (200 * NS_PER_MS) /* … whose time counts too, as far as it is no stall of the disk */
#define CLAIM_KEPT_NS    NS_PER_S          /* what may leave only later, because the rate fell, goes back */

int engine_in_flight(const struct engine *engine)
{
    return engine->under_way + engine->claimed.count;
}

/* Read again only where it may have changed. */
bool engine_hours_open(struct engine *engine, int64_t now_ms)
{
    if (engine->start_at_ms != 0) {
        engine->hours = (struct hours_decision){false, engine->start_at_ms};
    } else if (now_ms < engine->hours_read_at_ms || now_ms >= engine->hours.changes_at_ms) {
        engine->hours = hours_at(&engine->options->hours, now_ms);
        engine->hours_read_at_ms = now_ms;
    }
    return engine->hours.open;
}

/* How many messages may leave by the gateway's state, apart from pace. */
static int gateway_allows(const struct engine *engine, int already, int64_t now_ns)
{
    if (engine->probe.on)
        return already == 0 && now_ns >= engine->probe.due_ns ? 1 : 0;
    return throttle_allows(&engine->throttle, already, now_ns);
}

/* A claim that is begun only when the message may leave would make it late by a commit, every time. */
static int64_t claim_horizon_ns(const struct engine *engine)
{
    return CLAIM_HORIZON_NS + (engine->commit_ns < COMMIT_MOST_NS ? engine->commit_ns : COMMIT_MOST_NS);
}

/* Beside what is claimed already only where a commit is due anyway: no message has one of its own. */
int engine_claimable(struct engine *engine, int64_t now_ns)
{
    int claimed = engine->claimed.count;
    if (engine->ending || engine->exhausted || (claimed > 0 && engine->answered.count == 0) ||
        !engine_hours_open(engine, clock_wall_ms(engine->clock)))
        return 0;
    int most = gateway_allows(engine, engine_in_flight(engine), now_ns);
    if (most > engine->free.count)
        most = engine->free.count;
    if (most > engine->budget)
        most = (int)engine->budget;
    int allowed = pacer_allows(&engine->pacer, now_ns, claim_horizon_ns(engine), claimed + most);
    return allowed > claimed ? allowed - claimed : 0;
}

bool engine_must_give_back(struct engine *engine, int64_t now_ns)
{
    if (engine->claimed.count == 0)
        return false;
    return engine->ending || !engine_hours_open(engine, clock_wall_ms(engine->clock)) ||
           gateway_allows(engine, engine->under_way, now_ns) < engine->claimed.count ||
           pacer_due_ns(&engine->pacer) > now_ns + CLAIM_KEPT_NS;
}

int engine_dispatch(struct engine *engine, struct error *error)
{
    for (;;) {
        int64_t now_ns = clock_monotonic_ns(engine->clock);
        if (engine->claimed.count == 0 || pacer_due_ns(&engine->pacer) > now_ns ||
            engine_must_give_back(engine, now_ns))
            return 0;
        struct slot *slot = engine->claimed.head;
        struct http_request request = {
            .url = engine->send_url, .form = buffer_slice(&slot->form), .post = engine->options->post};
        slot->sent_ns = now_ns;
        slot->sent_at_ms = clock_wall_ms(engine->clock);
        step_at(engine->steps, "before-hand-off");
        if (http_start(engine->http, &request, slot, error) != 0)
            return -1;
        step_at(engine->steps, "after-hand-off");
        slots_pop(&engine->claimed);
        engine->under_way++;
        /* Read anew: this process may have been kept from handing it over, and the next one keeps its
         * distance. */
        pacer_take(&engine->pacer, clock_monotonic_ns(engine->clock));
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t engine_next_look_ns(struct engine *engine, int64_t now_ns)
{
    int64_t look_ns = now_ns + TICK_NS;
    if (engine->exchange.under_way && engine->commit_ns < ENGINE_SLOW_COMMIT_NS &&
        now_ns < engine->exchange.began_ns + ENGINE_SLOW_COMMIT_NS)
        return now_ns;
    if (engine->retry_due_ns > now_ns)
        look_ns = engine->retry_due_ns;
    if (engine->claimed.count > 0 && !engine_must_give_back(engine, now_ns))
        return earlier(look_ns, pacer_due_ns(&engine->pacer));
    if (engine->exchange.under_way || engine->ending || engine->exhausted || engine->budget == 0 ||
        !engine->hours.open)
        return look_ns;
    int64_t allowed_ns = engine->probe.on ? engine->probe.due_ns : engine->throttle.resume_due_ns;
    int limit = engine->probe.on ? 1 : engine->throttle.limit;
    if (engine_in_flight(engine) >= limit)
        return look_ns;
    return earlier(look_ns, later(allowed_ns, pacer_due_ns(&engine->pacer) - claim_horizon_ns(engine)));
}
