/* The engine: claims, paces, sends and settles; the only loop that sends.
 *
 * A row is committed as inflight before the first byte of its request can leave, and what came back is settled in the same
 * transaction as the next claim. Never more is claimed than there are free slots and pacer tokens. What a crash leaves
 * unknown is therefore at most `concurrency` rows. */
#ifndef CAMPANA_ENGINE_H
#define CAMPANA_ENGINE_H

#include "campana/gateway.h"
#include "campana/hours.h"
#include "campana/http.h"
#include "campana/pacer.h"
#include "campana/steps.h"
#include "campana/store.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct error;
struct clock;

#define ENGINE_PAUSE_MOST_MS (60 * 60LL * 1000) /* a longer pause, as the gateway asks for it, is not waited for without `wait` */

/* Why a run ended. */
enum run_end {
    END_DONE,        /* nothing is pending any more */
    END_LIMIT,       /* --limit reached */
    END_BALANCE,     /* -3 */
    END_CREDENTIALS, /* -1 */
    END_FORBIDDEN,   /* HTTP 403 */
    END_MAINTENANCE, /* -6 */
    END_FAILURES,    /* --max-failures in a row */
    END_PAUSE,       /* the gateway asked for a pause of more than ENGINE_PAUSE_MOST_MS */
    END_INTERRUPTED, /* a signal */
    END_STOPPED,     /* campana stop */
    END_HOURS,       /* outside contact hours */
    END_HELD_BACK,   /* what is pending was reached today already (--once-per-day) */
    END_LOCAL,       /* a failure of this machine; the error says which */
    RUN_ENDS
};

/* Name as in run.ended: "done", "limit", … */
const char *run_end_name(enum run_end end);
/* One sentence, without a full stop, for people. Takes the name, so that it serves old runs; "" for an unknown name. */
const char *run_end_sentence(const char *name);
/* What a person can do about it before the same command goes on, likewise; "" where it simply goes on. */
const char *run_end_remedy(const char *name);

struct account {
    const char *base_url; /* the directory that holds send.php and query.php; without a slash at its end */
    const char *user;
    const char *password;
};

struct engine_options {
    struct account account;
    int64_t campaign_id;
    struct rate rate;
    int concurrency;   /* 1 to 1024 */
    int64_t limit;     /* at most so many messages this time; 0: no limit */
    bool post;         /* else GET */
    enum gateway_charset charset;
    int max_failures;  /* at least 1 */
    struct hours hours;
    int64_t start_at_ms; /* nothing leaves before; 0: at once */
    bool wait;         /* wait for the next permitted hour, for the end of maintenance and of any pause asked for */
    bool once_per_day; /* hold back numbers that were reached on the same Colombian day (once_a_day.h) */
    int64_t pending;   /* how many rows are pending, as counted beforehand: for the progress alone … */
    int64_t held_back; /* … and how many of them will be held back */
};

enum engine_mood {
    MOOD_SENDING,
    MOOD_SLOWED,  /* the gateway asked to slow down, or is in trouble: fewer in flight, a slower rate, or a pause */
    MOOD_WAITING, /* for its start, contact hours, the end of maintenance, or of a pause longer than ENGINE_PAUSE_MOST_MS */
    MOOD_DRAINING /* claims nothing more, waits for what is in flight */
};

struct engine_progress {
    enum engine_mood mood;
    int64_t pending_at_start; /* what this run set out to send (at most `limit`) */
    int64_t accepted, refused, unknown, returned; /* outcomes of this run */
    int64_t held_back;
    int in_flight, in_flight_limit;
    int64_t slowed_mhz; /* the rate that the gateway's trouble allows, in thousandths of a message a second; 0: any */
    struct rate rate;    /* as asked for now: by the options, or by campana pace */
    char steered_by[STEERING_WHO_BYTES]; /* who last changed it, or stopped the run; "" nobody */
    int64_t elapsed_ns;  /* since the run began */
    int64_t waits_until_ms; /* MOOD_WAITING, or a pause of MOOD_SLOWED: wall clock, else 0 */
    char note[256]; /* what is wrong with the gateway, "" if nothing */
};

/* What is called while a run goes on must leave the store alone: a transaction may be under way in another thread. */
struct engine_watch {
    /* Called at the start, about five times a second while there is news, and at the end. May be NULL. */
    void (*progress)(void *context, const struct engine_progress *progress);
    /* An answer that could not be recorded because the database failed: for standard error. `outcome` is NULL where the
     * message did not leave, and that could not be recorded. May be NULL. */
    void (*unrecorded)(void *context, int64_t row, const char *msisdn, const struct outcome *outcome);
    void *context;
};

struct engine_result {
    enum run_end end;
    struct run run;                /* as recorded, with the counts */
    struct engine_progress progress; /* the last one */
    int64_t pending, unknown;      /* left in the campaign afterwards */
    int64_t opens_at_ms;           /* END_HOURS: the next opening, INT64_MAX: never */
    int64_t paused_until_ms;       /* END_PAUSE: until when the gateway asked for it */
    struct outcome last;           /* the outcome that ended the run, or the last failure */
};

/* Sends. The sender's lock is held, what was inflight has been recovered, and `http` was opened with the same concurrency by
 * the caller, who keeps both. `balance` is what a query said before ("" unknown); it is asked again when start_at_ms has
 * come, and after the run where the gateway can still be reached.
 * `stop` (signals.h): from 1 on claim nothing more and drain; from 2 on return at once, leaving
 * what is in flight as it is. `unblocked` is the signal mask in force while waiting (http_wait).
 * Returns 0 with result->end, or -1 (result->end is END_LOCAL, the counts are what is known). */
int engine_run(struct store *store, struct http *http, const struct engine_options *options, const char *balance,
               const struct clock *clock, const struct steps *steps, const volatile sig_atomic_t *stop,
               const sigset_t *unblocked, const struct engine_watch *watch, struct engine_result *result,
               struct error *error);

/* The account's balance by one query. OUTCOME_ACCEPTED: *balance is filled. Returns -1 only where the question could not
 * even be asked for a reason of this machine. */
int engine_ask_balance(struct http *http, const struct account *account, bool post, struct balance *balance,
                       struct outcome *outcome, struct error *error);

/* One message to one's own telephone, recorded in test_message before it leaves. */
int engine_send_test(struct store *store, struct http *http, const struct engine_options *options, const char *msisdn,
                     struct slice text, const struct clock *clock, struct outcome *outcome, struct error *error);

#endif
