/* How many requests may be in flight while the gateway is in trouble, when to ask again, and when to give up.
 *
 * The gateway is one destination, so there is one throttle a run, as mail queues keep one per site:
 * - A request that surely never left (connect, name or TLS failure) is one incident together with all that
 *   were under way with it: the limit falls to one, and a pause begins that doubles with every further
 *   incident in a row, from 200 ms to 5 s. The first answer ends the series.
 * - A request whose fate is unknown counts as a failure for itself, because each may have been a message; and
 *   it halves the limit, because what is in flight is what may become unknown next.
 * - "Slow down" (HTTP 429, or 503 with Retry-After) halves the limit and pauses as long as told, but never
 *   under 200 ms, or, where nothing is told, by the growing pause. It is no failure. Requests under way with
 *   it are the same incident.
 * - Every `limit` answers in a row raise the limit by one, up to what the user asked for (AIMD). */
#ifndef CAMPANA_THROTTLE_H
#define CAMPANA_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#define THROTTLE_TOLD_MOST_MS (366 * 24 * 60 * 60LL * 1000) /* a longer pause counts as that */

struct throttle {
    int concurrency;       /* what the user asked for */
    int max_failures;      /* this many failures in a row end the run */
    int limit;             /* in flight at most, now: 1 to concurrency */
    int answers;           /* in a row since the limit last changed */
    int failures;          /* in a row */
    int pauses;            /* in a row: exponent of the growing pause */
    int64_t resume_due_ns; /* nothing may leave before */
    int64_t incident_ns;   /* when the last incident was noted, -1: never; what left before belongs to it */
};

void throttle_init(struct throttle *throttle, int concurrency, int max_failures);

/* A documented answer came back. */
void throttle_answered(struct throttle *throttle);

/* A request that left (or would have) at sent_ns surely did not reach the gateway. */
void throttle_not_sent(struct throttle *throttle, int64_t sent_ns, int64_t now_ns);

/* A request's fate is unknown. */
void throttle_unknown(struct throttle *throttle);

/* Answers have become far slower: half as many in flight, no pause, no failure. */
void throttle_ease(struct throttle *throttle);

/* The gateway asked to slow down; told_ms < 0: it did not say for how long. */
void throttle_slow_down(struct throttle *throttle, int64_t sent_ns, int64_t told_ms, int64_t now_ns);

/* How many more requests may leave now, given how many are in flight. */
int throttle_allows(const struct throttle *throttle, int in_flight, int64_t now_ns);

/* Whether max_failures in a row have been reached. */
bool throttle_gives_up(const struct throttle *throttle);

#endif
