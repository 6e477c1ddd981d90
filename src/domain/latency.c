/* Decides when answers are slow. What follows from it is the caller's. */
#include "campana/latency.h"
#include "campana/clock.h"
#include <stddef.h>

#define ROUND_NS      NS_PER_S
#define ROUND_ANSWERS 16
#define SLOW_TIMES    4
#define SLOW_MORE_MS  500
#define SLOW_ROUNDS   3

void latency_init(struct latency *latency)
{
    *latency = (struct latency){.usual_ms = -1};
}

static int64_t median(const struct latency *latency)
{
    int64_t sorted[LATENCY_SAMPLES];
    int64_t count = latency->round_count < LATENCY_SAMPLES ? latency->round_count : LATENCY_SAMPLES;
    for (int64_t i = 0; i < count; i++) {
        int64_t place = i;
        for (; place > 0 && sorted[place - 1] > latency->samples_ms[i]; place--)
            sorted[place] = sorted[place - 1];
        sorted[place] = latency->samples_ms[i];
    }
    return sorted[count / 2];
}

static bool end_round(struct latency *latency)
{
    latency->median_ms = median(latency);
    latency->round_count = 0;
    if (latency->usual_ms < 0 || latency->median_ms < latency->usual_ms)
        latency->usual_ms = latency->median_ms;
    bool slow = latency->median_ms > latency->usual_ms * SLOW_TIMES &&
                latency->median_ms > latency->usual_ms + SLOW_MORE_MS;
    latency->slow_rounds = slow ? latency->slow_rounds + 1 : 0;
    if (latency->slow_rounds < SLOW_ROUNDS)
        return false;
    latency->slow_rounds = 0;
    latency->usual_ms = latency->median_ms / 2;
    return true;
}

bool latency_note(struct latency *latency, int64_t took_ms, int64_t now_ns)
{
    if (latency->round_count == 0)
        latency->round_began_ns = now_ns;
    latency->samples_ms[latency->round_count % LATENCY_SAMPLES] = took_ms;
    latency->round_count++;
    if (latency->round_count < ROUND_ANSWERS || now_ns - latency->round_began_ns < ROUND_NS)
        return false;
    return end_round(latency);
}
