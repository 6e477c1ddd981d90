/* Whether the gateway's answers have become far slower: the first sign of a gateway that is given too much.
 *
 * Answers are looked at in rounds of at least a second and at least sixteen answers, and of each round the median counts,
 * so that neither jitter nor a few slow answers say anything. The lowest median so far is what is usual. Slow is a median
 * of over four times the usual one and over half a second more, and only the third such round in a row is told. Then half
 * of it becomes the usual one: a gateway that stays slow though it is sent to more slowly is slow for another reason,
 * and only a further rise is told. */
#ifndef CAMPANA_LATENCY_H
#define CAMPANA_LATENCY_H

#include <stdbool.h>
#include <stdint.h>

#define LATENCY_SAMPLES 64 /* the newest of a round */

struct latency {
    int64_t usual_ms; /* -1: not known yet */
    int64_t round_began_ns, round_count;
    int64_t samples_ms[LATENCY_SAMPLES];
    int slow_rounds; /* in a row */
    int64_t median_ms; /* of the last round */
};

void latency_init(struct latency *latency);

/* An answer took so long. True where the answers have become far slower: at most once for a rise. */
bool latency_note(struct latency *latency, int64_t took_ms, int64_t now_ns);

#endif
