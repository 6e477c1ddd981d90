/* How much slower than asked messages leave while the gateway is in trouble: what throttle.h does to the number in flight,
 * this does to the rate.
 *
 * - "Slow down" (HTTP 429, or 503 with Retry-After), and answers that have become far slower (latency.h), press it at once.
 *   Timeouts and HTTP 5xx press it where they are a quarter of what came back within the last second: one among many is
 *   bad luck, and each press costs. Requests that left before it was last pressed belong to the same trouble.
 * - Pressed, the pace falls to four fifths of what the gateway served within the last second, that taken as at most the
 *   pace so far and at least half of it. That is the ceiling: where trouble began.
 *   It never falls under one a second: the pauses of throttle.h do what is left to do.
 * - It recovers step by step, a step needing a second and an answer: by a quarter of the way up to the ceiling; it stays
 *   for ten seconds just under it; then it creeps beyond, by 2 %, 4 %, 8 % … a second, until it is what was asked for.
 *   So a gateway with a limit is kept just under it, and met there only now and then; one that was in trouble for a
 *   while is soon sent to as before. (The shape is CUBIC's, RFC 9438, in integers and by the second.)
 *
 * Paces are in thousandths of a message per second (`_mhz`). */
#ifndef CAMPANA_BRAKE_H
#define CAMPANA_BRAKE_H

#include "campana/pacer.h"
#include <stdbool.h>
#include <stdint.h>

#define BRAKE_SLICES 21 /* the one that began last, and a whole second before it */

struct brake {
    int64_t asked_mhz;   /* 0: no limit */
    int64_t pace_mhz;    /* at most, now; 0: as asked */
    int64_t ceiling_mhz; /* where the last trouble began */
    int64_t pressed_ns;  /* when; -1: never */
    int64_t step_due_ns; /* not before the pace may rise */
    int creeps;          /* steps beyond the ceiling in a row */
    int64_t slice_ns;    /* the beginning of the last slice */
    int slice;
    int served[BRAKE_SLICES], troubled[BRAKE_SLICES];

    int64_t slowest_mhz; /* that it ever was; 0: never pressed */
    int64_t times;       /* pressed */
};

void brake_init(struct brake *brake, const struct rate *asked);

/* Another rate is asked for. What the gateway's trouble has slowed stays slow. */
void brake_ask(struct brake *brake, const struct rate *asked);

/* A documented answer came back. */
void brake_answered(struct brake *brake, int64_t now_ns);

/* A timeout or an HTTP 5xx for a request that left at sent_ns. True where it was pressed. */
bool brake_troubled(struct brake *brake, int64_t sent_ns, int64_t now_ns);

/* The gateway asked to slow down, or answers far more slowly. Nothing leaves before resume_ns, and the time until then
 * tells nothing about the gateway. True where it was pressed, and not by a request of the same trouble. */
bool brake_press(struct brake *brake, int64_t sent_ns, int64_t resume_ns, int64_t now_ns);

/* The distance between two messages that it wants; 0: none. */
int64_t brake_interval_ns(const struct brake *brake);

/* "18.4/s", "250/s", "30/min" … */
void brake_format(int64_t pace_mhz, char text[RATE_BYTES]);

#endif
