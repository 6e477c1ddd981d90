/* How long a campaign will take at most at its pace, and when it will end, with the hours when nothing is
 * sent in between. Pure. */
#ifndef CAMPANA_ESTIMATE_H
#define CAMPANA_ESTIMATE_H

#include "campana/hours.h"
#include "campana/pacer.h"
#include <stdbool.h>
#include <stdint.h>

struct estimate {
    bool known;         /* false: the pace has no limit, or the end lies beyond any plan */
    int64_t sending_ms; /* of sending, pauses aside */
    int64_t ends_at_ms; /* when the last message leaves, or when the contact hours end the run */
    int64_t left;       /* messages that the end of the contact hours leaves over (without `wait`) */
};

/* `wait`: the run goes on at the next opening, else it ends at the next closing. */
struct estimate estimate_run(const struct rate *rate, const struct hours *hours, int64_t count, bool wait,
                             int64_t start_ms);

#endif
