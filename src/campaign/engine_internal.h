/* What the engine's files share: the run under way and its slots. */
#ifndef CAMPANA_ENGINE_INTERNAL_H
#define CAMPANA_ENGINE_INTERNAL_H

#include "campana/brake.h"
#include "campana/clock.h"
#include "campana/engine.h"
#include "campana/error.h"
#include "campana/latency.h"
#include "campana/numberset.h"
#include "campana/throttle.h"
#include "campana/worker.h"

/* A message on its way. A slot is in one of the engine's lists:
 *
 *   free       nobody's
 *   claimed    committed as inflight; may leave, or goes back
 *   (none)     under way: libcurl has it
 *   answered   its outcome is not recorded yet
 *
 * or in one of the exchange's while a transaction is about it. There are twice as many as may be in flight:
 * what is answered must not keep the next claim waiting. */
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
struct slot *slots_pop(struct slots *slots);             /* the first, or NULL */
void slots_move(struct slots *to, struct slots *from);   /* all, to the end */

#define TICK_NS (200 * NS_PER_MS) /* progress is shown, and what changed outside is noticed, so often */

/* A commit that takes so long goes on beside the loop, or what is due meanwhile would be late. Beside a shorter one the loop
 * stays awake: to be woken for each answer takes it longer than the answer, and the system would put it on the core that
 * wakes it. */
#define ENGINE_SLOW_COMMIT_NS (2 * NS_PER_MS)

/* One transaction: what came back is settled, more is claimed. While it is under way it is its thread's, and
 * so are the store, the free slots and every slot's job; the owner goes on with what is claimed, under way
 * and answered. */
struct exchange {
    bool under_way;
    int64_t now_ms, began_ns;
    int wanted; /* to be claimed at most */
    struct slots settling, returning, claiming;
    int peeked, held; /* rows that were looked at, and those of them whose number was reached today */
    int result;       /* 0, STORE_BUSY, or -1 with `error` */
    struct error error;
};

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
    bool beside; /* there is a core for the worker */
    struct worker *worker;
    struct exchange exchange;

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

    int64_t after_id;      /* what is pending up to here has had its turn */
    bool exhausted;        /* nothing was pending behind after_id */
    int64_t budget;        /* messages that may still be sent this time */
    bool ending;           /* claim nothing more */
    int64_t busy_since_ns; /* SQLite's write lock is somebody else's since; 0: it is not */
    int64_t retry_due_ns;  /* … and is tried again then */
    int64_t commit_ns;     /* what an exchange takes, about; 0: not known yet */
    int64_t started_ns, shown_ns;
};

/* Claim nothing more, and end for this reason unless one is there already. */
void engine_end(struct engine *engine, enum run_end end);

/* Looks whether a signal has come. Signals come in where the loop waits for the network: before anything is claimed or
 * leaves behind another wait (for the disk, a lock, a single question), they are let in here. */
void engine_see_stop(struct engine *engine);

/* A result has come: what follows for the run. */
void engine_judge(struct engine *engine, const struct slot *slot, int64_t now_ns);

/* Takes what has come back: judged, and not recorded yet. */
void engine_collect(struct engine *engine);

int engine_in_flight(const struct engine *engine);

/* The contact hours' word on this very moment. */
bool engine_hours_open(struct engine *engine, int64_t now_ms);

/* How many rows may be claimed now. */
int engine_claimable(struct engine *engine, int64_t now_ns);

/* Whether what is claimed must go back: it may not leave after all, or not soon. */
bool engine_must_give_back(struct engine *engine, int64_t now_ns);

/* Sends what is claimed and due. 0 or -1. */
int engine_dispatch(struct engine *engine, struct error *error);

/* When the loop must look again though nothing comes back. */
int64_t engine_next_look_ns(struct engine *engine, int64_t now_ns);

/* Tells the caller how the run is getting on, if it is time or `always`. */
void engine_show(struct engine *engine, bool always);

/* The next four look into the store: not while a transaction is under way. */

/* Does what a person has told this run since the last look. 0 or -1. */
int engine_steer(struct engine *engine, struct error *error);

/* Begins in earnest once --start has come. 0 or -1. */
int engine_await_start(struct engine *engine, struct error *error);

/* Whether all that is pending can be written in the wire's encoding: 0, or -1 with the row that cannot. */
int engine_check_charset(struct engine *engine, struct error *error);

/* Reads the day's reached numbers again where the Colombian day has changed. */
int engine_read_reached(struct engine *engine, int64_t now_ms, struct error *error);

/* Begins a transaction that settles what is answered, gives back what is claimed where `give_back` is set,
 * and claims up to `wanted`. It is over at once, or goes on beside the loop, which is woken in the end. */
void engine_exchange_begin(struct engine *engine, int wanted, bool give_back);
bool engine_exchange_is_over(struct engine *engine);
/* Waits for it, and does what follows. 0; STORE_BUSY or -1: nothing was recorded, answered and claimed are as
 * before (but -1 also where memory runs out behind the commit). */
int engine_exchange_end(struct engine *engine, struct error *error);

/* Appends BASE and PATH; the caller frees. NULL when memory ran out. */
char *engine_url(const char *base, const char *path);

#endif
