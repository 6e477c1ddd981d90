/* How long answers are waited for before they are recorded. A commit costs a sync of the disk, whatever it
 * holds; where nothing but free slots holds the messages back, the first answers of a batch would pay for one
 * alone and the rest for another. Decides by what commits have taken: as long as answers follow one another
 * much faster, the next one is waited for, but in all no longer than one commit more would take. What a crash
 * leaves unknown is bounded as before: what is in flight. */
#include "engine_internal.h"

#define GAP_PART     8 /* of a commit's time: an answer that takes longer is not waited for … */
#define GAP_MOST_NS  (NS_PER_MS / 4) /* … nor one that takes so long */
#define LATENCY_MOST 4               /* commits' time; where an answer takes longer, none is waited for */
#define SMOOTHING    8               /* a commit counts for so little beside those before it */

void engine_note_commit(struct engine *engine, int64_t took_ns)
{
    if (engine->commit_ns == 0)
        engine->commit_ns = took_ns;
    engine->commit_ns += (took_ns - engine->commit_ns) / SMOOTHING;
}

/* Pace, and what is about to leave by it, suffers no delay. Nor is it worth it where the messages' way takes
 * much longer than a commit: there it is the way that fills the time, and a slot that waits is not on it. */
static bool worth_it(const struct engine *engine)
{
    return engine->answered.count > 0 && engine->under_way > 0 && engine->claimed.count == 0 &&
           engine->answered.head->latency_ms * NS_PER_MS < LATENCY_MOST * engine->commit_ns &&
           engine->pacer.interval_ns == 0 && !engine->ending && *engine->stop == 0;
}

int engine_gather(struct engine *engine, struct error *error)
{
    int64_t gap_ns = engine->commit_ns / GAP_PART;
    int64_t until_ns = clock_monotonic_ns(engine->clock) + engine->commit_ns;
    int before = 0;
    if (gap_ns > GAP_MOST_NS)
        gap_ns = GAP_MOST_NS;
    while (worth_it(engine) && engine->answered.count > before &&
           clock_monotonic_ns(engine->clock) < until_ns) {
        before = engine->answered.count;
        if (http_wait(engine->http, gap_ns, engine->unblocked, error) != 0)
            return -1;
        engine_collect(engine);
    }
    return 0;
}
