/* What the engine's files share: the run under way and its slots. */
#ifndef CAMPANA_ENGINE_INTERNAL_H
#define CAMPANA_ENGINE_INTERNAL_H

#include "campana/brake.h"
#include "campana/clock.h"
#include "campana/engine.h"
#include "campana/latency.h"
#include "campana/numberset.h"
#include "campana/throttle.h"

/* A message on its way. A slot is in exactly one of the engine's lists:
 *   free → claimed (committed as inflight) → under way (no list: libcurl has it) → answered (outcome not recorded) → free
 *   claimed → free, given back where it may not leave after all
 * Twice as many slots as may be in flight: what is answered must not keep the next claim waiting. */
struct slot {
    struct slot *next;
    struct job job;
    struct buffer form;
    int64_t sent_at_ms, sent_ns;
    int64_t finished_at_ms, latency_ms;
    struct outcome outcome;
};

struct slots {
    struct slot *head, *tail;
    int count;
};

void slots_push(struct slots *slots, struct slot *slot); /* at the end */
struct slot *slots_pop(struct slots *slots);              /* the first, or NULL */
void slots_move(struct slots *to, struct slots *from);    /* all, to the end */

#define TICK_NS (200 * NS_PER_MS) /* progress is shown, and what changed outside is noticed, so often */

/* Waiting for the end of maintenance, one message at a time. */
struct probe {
    bool on;
    int pauses;
    int64_t due_ns, incident_ns;
};

/* What was last seen of a person's word (engine_steer.c). */
struct steer {
    bool looked;
    int64_t looked_ns, version, last_id;
    bool untold; /* obeyed, and not recorded yet */
};

struct engine {
    struct store *store;
    struct http *http;
    const struct engine_options *options;
    const struct clock *clock;
    const struct steps *steps;
    const volatile sig_atomic_t *stop;
    const sigset_t *unblocked;
    const struct engine_watch *watch;
    struct engine_result *result;

    char *send_url;
    struct buffer credentials; /* "user=…&password=…" */
    struct slot *all;
    struct job *peeked; /* room for one claim */
    struct slots free, claimed, answered;
    int under_way;

    struct pacer pacer;
    struct throttle throttle;
    int64_t long_pause_due_ns; /* of more than ENGINE_PAUSE_MOST_MS, asked for by the gateway */
    struct brake brake;
    struct latency latency;
    struct probe probe;
    struct steer steer;
    int64_t start_at_ms; /* --start while it is to come; then 0 */
    struct hours_decision hours;
    int64_t hours_read_at_ms;
    struct numberset *reached; /* --once-per-day: numbers reached today; else NULL */
    int64_t day_ends_at_ms;

    int64_t after_id; /* what is pending up to here has had its turn */
    bool exhausted;   /* nothing was pending behind after_id */
    int64_t budget;   /* messages that may still be sent this time */
    bool ending;      /* claim nothing more */
    int64_t busy_since_ns; /* SQLite's write lock is somebody else's since; 0: it is not */
    int64_t commit_ns; /* what a commit takes, smoothed; 0: there was none */
    int64_t started_ns, shown_ns;
};

/* Claim nothing more, and end for this reason unless one is there already. */
void engine_end(struct engine *engine, enum run_end end);

/* A result has come: what follows for the run. */
void engine_judge(struct engine *engine, const struct slot *slot, int64_t now_ns);

/* Takes what has come back: judged, and not recorded yet. */
void engine_collect(struct engine *engine);

/* Waits a little for more of it, where that saves commits (engine_gather.c). 0 or -1. */
int engine_gather(struct engine *engine, struct error *error);
/* So long took one. */
void engine_note_commit(struct engine *engine, int64_t took_ns);

/* Does what a person has told this run since the last look. 0 or -1. */
int engine_steer(struct engine *engine, struct error *error);

/* Begins in earnest once --start has come. 0 or -1. */
int engine_await_start(struct engine *engine, struct error *error);

/* Whether all that is pending can be written in the wire's encoding: 0, or -1 with the row that cannot. */
int engine_check_charset(struct engine *engine, struct error *error);

/* Reads the day's reached numbers again where the Colombian day has changed. */
int engine_read_reached(struct engine *engine, int64_t now_ms, struct error *error);

/* In one transaction: settles what is answered, gives back what is claimed where `give_back` is set, claims up to `wanted`.
 * 0, STORE_BUSY (nothing has happened), or -1: nothing was recorded, answered and claimed are as before. */
int engine_exchange(struct engine *engine, int wanted, bool give_back, struct error *error);

/* Appends BASE and PATH; the caller frees. NULL when memory ran out. */
char *engine_url(const char *base, const char *path);

#endif
