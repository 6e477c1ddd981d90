/* Decides how many requests the gateway is trusted with. Knows neither messages nor clocks, and does not
 * decide what an answer means. Invariant: 1 <= limit <= concurrency. */
#include "campana/throttle.h"
#include "campana/clock.h"

#define PAUSE_FIRST_NS (200 * NS_PER_MS)
#define PAUSE_MOST_NS  (5 * NS_PER_S)

void throttle_init(struct throttle *throttle, int concurrency, int max_failures)
{
    *throttle = (struct throttle){
        .concurrency = concurrency,
        .max_failures = max_failures,
        .limit = concurrency,
        .incident_ns = -1,
    };
}

/* The growing pause; the next one in a row is longer. */
static int64_t next_pause_ns(struct throttle *throttle)
{
    int64_t pause_ns = PAUSE_FIRST_NS << throttle->pauses;
    if (pause_ns >= PAUSE_MOST_NS)
        return PAUSE_MOST_NS;
    throttle->pauses++;
    return pause_ns;
}

static void pause_until(struct throttle *throttle, int64_t due_ns)
{
    if (due_ns > throttle->resume_due_ns)
        throttle->resume_due_ns = due_ns;
}

static void lower_limit(struct throttle *throttle, int limit)
{
    throttle->limit = limit > 1 ? limit : 1;
    throttle->answers = 0;
}

void throttle_answered(struct throttle *throttle)
{
    throttle->failures = 0;
    throttle->pauses = 0;
    if (throttle->limit == throttle->concurrency)
        return;
    throttle->answers++;
    if (throttle->answers >= throttle->limit) {
        throttle->limit++;
        throttle->answers = 0;
    }
}

void throttle_not_sent(struct throttle *throttle, int64_t sent_ns, int64_t now_ns)
{
    if (sent_ns <= throttle->incident_ns)
        return;
    throttle->incident_ns = now_ns;
    throttle->failures++;
    lower_limit(throttle, 1);
    pause_until(throttle, now_ns + next_pause_ns(throttle));
}

void throttle_unknown(struct throttle *throttle)
{
    throttle->failures++;
    lower_limit(throttle, throttle->limit / 2);
}

void throttle_ease(struct throttle *throttle)
{
    lower_limit(throttle, throttle->limit / 2);
}

void throttle_slow_down(struct throttle *throttle, int64_t sent_ns, int64_t told_ms, int64_t now_ns)
{
    bool same_incident = sent_ns <= throttle->incident_ns;
    if (!same_incident) {
        throttle->incident_ns = now_ns;
        lower_limit(throttle, throttle->limit / 2);
    }
    if (told_ms >= 0) {
        int64_t told_ns = (told_ms < THROTTLE_TOLD_MOST_MS ? told_ms : THROTTLE_TOLD_MOST_MS) * NS_PER_MS;
        pause_until(throttle, now_ns + (told_ns > PAUSE_FIRST_NS ? told_ns : PAUSE_FIRST_NS));
    } else if (!same_incident) {
        pause_until(throttle, now_ns + next_pause_ns(throttle));
    }
}

int throttle_allows(const struct throttle *throttle, int in_flight, int64_t now_ns)
{
    if (now_ns < throttle->resume_due_ns || in_flight >= throttle->limit)
        return 0;
    return throttle->limit - in_flight;
}

bool throttle_gives_up(const struct throttle *throttle)
{
    return throttle->failures >= throttle->max_failures;
}
