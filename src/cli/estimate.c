/* Decides nothing: it walks from one change of the contact hours to the next until the work is done. */
#include "campana/estimate.h"
#include "campana/clock.h"

#define CHANGES_MOST 100000 /* more openings than anybody will wait for */

struct estimate estimate_run(const struct rate *rate, const struct hours *hours, int64_t count, bool wait,
                             int64_t start_ms)
{
    struct estimate estimate = {0};
    int64_t window_ms = rate->window_ns / NS_PER_MS;
    if (rate->count == 0)
        return estimate;
    estimate.sending_ms = (count * window_ms + rate->count - 1) / rate->count;

    int64_t at_ms = start_ms;
    int64_t rest_ms = estimate.sending_ms;
    for (int changes = 0; changes < CHANGES_MOST; changes++) {
        struct hours_decision decision = hours_at(hours, at_ms);
        if (decision.open && decision.changes_at_ms - at_ms >= rest_ms) {
            estimate.known = true;
            estimate.ends_at_ms = at_ms + rest_ms;
            return estimate;
        }
        if (decision.changes_at_ms == INT64_MAX)
            return estimate;
        if (decision.open)
            rest_ms -= decision.changes_at_ms - at_ms;
        at_ms = decision.changes_at_ms;
        if (decision.open && !wait) {
            estimate.known = true;
            estimate.ends_at_ms = at_ms;
            estimate.left = (rest_ms * rate->count + window_ms - 1) / window_ms;
            return estimate;
        }
    }
    return estimate;
}
