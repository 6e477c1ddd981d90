/* The job table in SQLite (schema: sql/): campaigns, their messages, runs, attempts, resolutions. The files
 * src/io/store* and migrate.c are the only includers of sqlite3.h.
 *
 * Journal WAL, synchronous FULL, foreign keys on: a commit that returned 0 survives a power cut. The first load into a
 * database that nobody else has open goes by a truncated rollback journal instead, which is as durable and writes every page
 * once; whoever comes meanwhile waits once the load is larger than SQLite's cache. There is one door for
 * state changes: UPDATE … WHERE id=? AND state=old, and exactly one row must change.
 *
 * One process at a time may send: store_lock_sender() takes a lock beside the database (DATABASE-sender, flock) that the
 * kernel drops when the process dies. The file has the database's mode and group. Readers and loads go on meanwhile.
 *
 * One process at a time may write, for as long as its transaction takes. Who writes waits for it for up to a minute, then
 * fails with ERROR_MACHINE; store_begin(), and what says so below, returns STORE_BUSY after a tenth of a second.
 *
 * Slices and strings handed out live until the next call on the store, unless it is said otherwise. A callback may read
 * from the store by other functions than the one that called it, and may not write; what it returns other than 0 ends
 * the walk and is returned, with the error that it has set.
 *
 * Steps (steps.h): "before-commit" before every commit; after it "commit:load", "commit:recover", "commit:run-begin",
 * "commit:run-end", "commit:batch" (store_commit), "commit:test-begin", "commit:test-end", "commit:resolve",
 * "commit:run-start", "commit:steer", "commit:steer-taken", "commit:forget", "commit:erased";
 * "database-made" when an empty file is there, "database-ready" when a database to write to has its schema. */
#ifndef CAMPANA_STORE_H
#define CAMPANA_STORE_H

#include "campana/job.h"
#include "campana/phone.h"
#include "campana/steps.h"
#include "campana/text.h"
#include <stdbool.h>
#include <stdint.h>

struct buffer;
struct error;
struct store;

#define STORE_BUSY 1 /* returned where another process holds SQLite's write lock: try again soon */

enum store_access {
    STORE_READ,   /* the database must exist; nothing in it is changed. Works without permission to write, too */
    STORE_WRITE,  /* must exist; is migrated if it is older */
    STORE_CREATE, /* made if it is missing, mode 0600 whatever the umask, no symbolic link followed in making it */
};

/* Once in a process, before the first store is opened and before there is a second thread: SQLite then keeps no account of
 * the memory it has, which nobody here asks for and which takes a lock twice for every piece of it, a dozen pieces for
 * every row that is written. Without it everything works, a little slower; sqlite3_hard_heap_limit64() works only without. */
void store_prepare_process(void);

/* `path` may be ":memory:". `steps` may be NULL and must outlive the store.
 * ERROR_INPUT: missing (say which option names another), another application's, newer, no database, hard-linked (two
 * names would have two locks). ERROR_MACHINE: no permission, corrupt, disk. */
int store_open(const char *path, enum store_access access, const struct steps *steps, struct store **store,
               struct error *error);
void store_close(struct store *store);

/* The database's full path with symbolic links resolved, or ":memory:"; valid as long as the store. */
const char *store_path(const struct store *store);

/* Looks through the whole file for damage, at about 1 s for a million rows. -1 with ERROR_MACHINE where there is some. */
int store_check(struct store *store, struct error *error);

/* ---- campaigns ---- */

struct campaign {
    int64_t id;
    char *name, *file, *settings, *columns; /* owned: campaign_free() */
    char sha256[65];
    int64_t phone_column;
    int64_t text_column; /* -1: none */
    int64_t first_id, last_id;
    int64_t loaded_at_ms;
    int64_t forgotten_at_ms; /* 0: its numbers and texts are there (store_forget.h) */
};

void campaign_free(struct campaign *campaign); /* what it owns; not the struct itself */

/* 1 and *campaign filled, 0 where there is none of that name, -1. */
int store_find_campaign(struct store *store, const char *name, struct campaign *campaign, struct error *error);
/* The latest whose file had these bytes, forgotten or not: a scan of the campaigns. Else as above. */
int store_find_content(struct store *store, const char *sha256, struct campaign *campaign, struct error *error);

/* 1 as above, or -1: a missing one is ERROR_INPUT that lists the names there are (the newest ten). */
int store_need_campaign(struct store *store, const char *name, struct campaign *campaign, struct error *error);

typedef int store_campaign_fn(void *context, const struct campaign *campaign, struct error *error);
int store_each_campaign(struct store *store, store_campaign_fn *each, void *context, struct error *error); /* by id */

struct counts {
    int64_t of[JOB_STATES];
};

/* Counts by state: a scan of the campaign's rows. */
int store_count(struct store *store, const struct campaign *campaign, struct counts *counts, struct error *error);
/* How many of the accepted and the refused ones are so because a person decided it. */
int store_count_decided(struct store *store, const struct campaign *campaign, struct counts *counts, struct error *error);

/* Without a scan: what is pending … */
int store_count_pending(struct store *store, int64_t campaign_id, int64_t *pending, struct error *error);
/* … and what is unknown, or inflight and perhaps about to be unknown. */
int store_count_unknown(struct store *store, int64_t campaign_id, int64_t *unknown, struct error *error);

/* Counts by state and reason, ordered by state (as in job.h) and falling number; reason_code "" where there is none. A
 * scan. */
typedef int store_reason_fn(void *context, enum job_state state, const char *reason_code, int64_t count,
                            struct error *error);
int store_each_reason(struct store *store, const struct campaign *campaign, store_reason_fn *each, void *context,
                      struct error *error);

/* ---- load: one transaction ---- */

struct store_message {
    int64_t row;
    struct slice msisdn, text, fields; /* text may hold NUL bytes where the state is invalid */
    enum job_state state;              /* pending, invalid, duplicate or suppressed */
    enum reason reason;
    struct slice detail; /* message.reason; empty: NULL */
};

/* Begins the transaction and inserts the campaign; fills campaign->id, first_id and last_id, which every message then
 * moves on. `columns`, phone_column and text_column may still change until store_load_end(). A name that is taken, or,
 * without `twin_meant`, another campaign of the same content: a bug of the caller, who asked before, or a race with another
 * load, ERROR_INPUT. After -1 nothing is under way. */
int store_load_begin(struct store *store, struct campaign *campaign, bool twin_meant, struct error *error);
/* Copies the message. A thread stores it while the caller goes on: a failure may come with a later message or with
 * store_load_end(). Until then no other function may be called on this store but store_load_abort(), store_rollback() and
 * store_close(). After -1 nothing of the load stays. */
int store_load_message(struct store *store, struct campaign *campaign, const struct store_message *message,
                       struct error *error);
/* Names the earlier row in every duplicate's detail ("on row 17"), writes the campaign's final columns and ids, commits.
 * After -1 nothing of the load stays. */
int store_load_end(struct store *store, struct campaign *campaign, struct error *error);
/* Nothing of the load stays. Harmless when none is under way. */
void store_load_abort(struct store *store);

/* ---- sending ---- */

/* 0, -1, or -1 with ERROR_BUSY where another process is sending from this database. Held until store_close(). A database
 * in memory needs no lock. */
int store_lock_sender(struct store *store, struct error *error);

#define STORE_SENDER_HIDDEN 2 /* the lock is another user's, and may not be looked at: somebody may be sending */

/* Whether some process holds the sender's lock now: 1, 0, STORE_SENDER_HIDDEN, or -1. */
int store_sender_active(struct store *store, struct error *error);

/* Under the sender's lock, in one transaction: rows found inflight (in any campaign) become unknown with
 * REASON_INTERRUPTED, with finished_at, an attempt, and a place in the counts of their campaign's last run; runs that
 * have no end get "crashed". test_message likewise. *recovered counts the rows of campaigns. */
int store_recover(struct store *store, int64_t now_ms, int64_t *recovered, struct error *error);

struct run {
    int64_t id, campaign_id;
    int64_t started_at_ms, ended_at_ms;   /* ended: 0 where it has no end */
    char ended[16];                       /* "" where it has no end */
    int64_t start_at_ms;                  /* --start; 0: at once */
    char rate[32];
    int concurrency;
    char balance_before[BALANCE_BYTES], balance_after[BALANCE_BYTES]; /* "": not known */
    int64_t accepted, refused, unknown, returned;
    int64_t slowed;                       /* times that the gateway's trouble slowed the rate … */
    char slowest_rate[32];                /* … and the slowest that it came to; "" never */
};

int store_run_begin(struct store *store, struct run *run, struct error *error); /* fills run->id */
/* Its start_at_ms has come: writes started_at_ms and balance_before. */
int store_run_start(struct store *store, const struct run *run, struct error *error);
/* Writes ended_at_ms, ended, balance_after, slowed and slowest_rate (the counts are kept by settlements). May return STORE_BUSY. */
int store_run_end(struct store *store, const struct run *run, struct error *error);
typedef int store_run_fn(void *context, const struct run *run, struct error *error);
int store_each_run(struct store *store, int64_t campaign_id, store_run_fn *each, void *context, struct error *error);

/* Settlements and claims share a transaction. begin: 0, STORE_BUSY or -1. */
int store_begin(struct store *store, struct error *error);
/* 0: durable. -1: the store has rolled back, and nothing of the transaction may be acted upon. (Should the process die
 * right after a failed fsync, SQLite may still find the transaction whole in its log: claims would turn unknown,
 * settlements are true anyway.) */
int store_commit(struct store *store, struct error *error);
void store_rollback(struct store *store); /* harmless when no transaction is open */

struct job {
    int64_t id;
    int64_t row;
    char msisdn[PHONE_BYTES];
    char text[TEXT_BYTES];
    size_t text_len;
    int64_t first_sent_at_ms; /* 0: never sent before */
};

/* The next pending rows of the campaign with id > after_id, in file order, at most `most`: `jobs` is filled and *count
 * set; nothing is changed yet. */
int store_peek(struct store *store, int64_t campaign_id, int64_t after_id, struct job *jobs, int most, int *count,
               struct error *error);

/* pending → inflight: attempts + 1, first_sent_at_ms (now, unless it is set). In a transaction. */
int store_claim(struct store *store, const struct job *job, int64_t now_ms, struct error *error);

/* The same for all rows of one store_peek() in the same transaction, by one statement: half the cost. */
int store_claim_peeked(struct store *store, int64_t campaign_id, const struct job *jobs, int count, int64_t now_ms,
                       struct error *error);

/* A claim that was not handed to the transport: back to pending as if it had not been claimed. In a transaction. */
int store_unclaim(struct store *store, const struct job *job, struct error *error);

struct settlement {
    int64_t message_id, run_id;
    enum job_state state;  /* by job_state_after(outcome.kind) */
    struct outcome outcome;
    int64_t first_sent_at_ms; /* 0: never sent (NULL) */
    int64_t finished_at_ms;
    int64_t latency_ms; /* -1: NULL */
};

/* inflight → the settlement's state, with an attempt unless accepted, and the run's counts (written at the commit). In a
 * transaction. A pending row keeps code and reason of its last attempt, but has no finished_at. */
int store_settle(struct store *store, const struct settlement *settlement, struct error *error);

/* Calls `each` with every number that any campaign may have reached at or after since_ms: accepted or unknown, its last
 * attempt ended since then; or inflight now. A number may come more than once. */
typedef int store_number_fn(void *context, const char *msisdn, struct error *error);
int store_each_number_since(struct store *store, int64_t since_ms, store_number_fn *each, void *context,
                            struct error *error);

/* The numbers of the campaign's pending rows, in file order. */
int store_each_pending_number(struct store *store, int64_t campaign_id, store_number_fn *each, void *context,
                              struct error *error);

/* The spreadsheet's row of the nth pending one, counted from 1; 0: there are fewer. */
int store_pending_row(struct store *store, int64_t campaign_id, int64_t nth, int64_t *row, struct error *error);

/* --test-to: committed as inflight before it is sent, then settled. */
int store_test_begin(struct store *store, int64_t campaign_id, const char *msisdn, struct slice text, int64_t now_ms,
                     int64_t *test_id, struct error *error);
int store_test_end(struct store *store, int64_t test_id, enum job_state state, const struct outcome *outcome,
                   struct error *error);

/* ---- steering: a person's word to a run that sends, from another process ---- */

#define STEERING_WHO_BYTES 192

struct steering {
    int64_t id, at_ms;
    char who[STEERING_WHO_BYTES]; /* "login@host" */
    char rate[32];                /* "": stop */
    int64_t taken_at_ms;          /* 0: the run has not done so */
};

/* The newest run without an end, and its campaign's name: the one that sends, if store_sender_active(); else it crashed.
 * 1, 0 where there is none, -1. */
int store_find_open_run(struct store *store, int64_t *run_id, struct buffer *campaign, struct error *error);

/* Leaves a word (rate, who and at_ms) for a run; *id 0: the run has ended meanwhile. May return STORE_BUSY. */
int store_steer(struct store *store, int64_t run_id, const struct steering *steering, int64_t *id, struct error *error);

struct steering_fate {
    bool taken;
    char ended[16]; /* how its run has ended; "": it has not */
};
int store_steering_fate(struct store *store, int64_t id, struct steering_fate *fate, struct error *error);

/* The words to a run with id > after_id, in their order. */
typedef int store_steering_fn(void *context, const struct steering *steering, struct error *error);
int store_each_steering(struct store *store, int64_t run_id, int64_t after_id, store_steering_fn *each, void *context,
                        struct error *error);

/* The run has done all up to this one. May return STORE_BUSY. */
int store_steering_taken(struct store *store, int64_t run_id, int64_t up_to_id, int64_t now_ms, struct error *error);

/* Whether another process has committed since *version was last set here (0: never); a few microseconds. 1, 0 or -1. */
int store_changed_by_others(struct store *store, int64_t *version, struct error *error);

/* ---- resolve ---- */

struct store_resolve {
    enum job_state from; /* unknown or refused */
    enum job_state to;   /* accepted, refused or pending */
    const int64_t *rows; /* spreadsheet rows; NULL: all that are in `from` */
    size_t row_count;
    const int64_t *runs; /* rows whose last attempt was in one of these runs of the campaign, counted from 1; NULL: any */
    size_t run_count;
    const char *who;
    int64_t now_ms;
};

/* Counts what a resolve would change (and says in ERROR_INPUT which given rows do not exist or are not in `from`, or which
 * given run does not exist, and that rows of a forgotten campaign cannot be sent again). */
int store_resolve_count(struct store *store, const struct campaign *campaign, const struct store_resolve *resolve,
                        int64_t *count, struct error *error);
/* The first `most` rows that it would change, in file order, each with when its message was first sent. */
typedef int store_resolve_fn(void *context, int64_t row, const char *msisdn, int64_t first_sent_at_ms, enum reason reason,
                             struct error *error);
int store_resolve_each(struct store *store, const struct campaign *campaign, const struct store_resolve *resolve, int most,
                       store_resolve_fn *each, void *context, struct error *error);
/* Does it, whole or not at all, one resolution recorded per row. The reason becomes REASON_RESOLVED with the detail "by
 * WHO, was unknown". The code is kept, where there is one, in accepted and refused; pending starts over without code and
 * finished_at. Attempts go on counting. */
int store_resolve_apply(struct store *store, const struct campaign *campaign, const struct store_resolve *resolve,
                        int64_t *count, struct error *error);

/* ---- report ---- */

struct report_row {
    int64_t row;
    struct slice msisdn, text, fields;
    enum job_state state;
    bool has_code, has_http_status, has_latency;
    int64_t code, http_status, latency_ms;
    enum reason reason;
    struct slice detail;
    int64_t attempts;
    int64_t first_sent_at_ms, finished_at_ms; /* 0: none */
};

typedef int store_report_fn(void *context, const struct report_row *row, struct error *error);

/* In file order, in one read transaction (a consistent picture while a sender runs); `states` is a set of bits 1 << state,
 * 0: all. Memory does not grow with the rows. */
int store_report(struct store *store, const struct campaign *campaign, unsigned states, store_report_fn *each,
                 void *context, struct error *error);

/* ---- find: whatever any campaign holds about a number ---- */

struct found_message {
    int64_t id;
    const char *campaign, *file;
    int64_t loaded_at_ms;
    struct report_row row;
};

/* Every message whose number it is, whatever its state (an invalid one, too, where the number was good and the text was
 * not), in the order they were loaded, in one read transaction. `msisdn` is 12 digits. At once, however many rows there
 * are: a step for every 131,072 rows that were loaded. What is handed out lives until `each` returns. */
typedef int store_found_fn(void *context, const struct found_message *found, struct error *error);
int store_find(struct store *store, const char *msisdn, store_found_fn *each, void *context, struct error *error);

/* A try that did not end in acceptance, in the order they ended. */
struct attempt {
    int64_t at_ms;
    enum job_state state; /* that the message came to: refused, unknown, pending */
    bool has_code, has_http_status, has_latency;
    int64_t code, http_status, latency_ms;
    enum reason reason;
    struct slice detail;
};
typedef int store_attempt_fn(void *context, const struct attempt *attempt, struct error *error);
int store_each_attempt(struct store *store, int64_t message_id, store_attempt_fn *each, void *context,
                       struct error *error);

/* A person's decision. */
struct resolution {
    int64_t at_ms;
    enum job_state from, to;
    struct slice who;
};
typedef int store_resolution_fn(void *context, const struct resolution *resolution, struct error *error);
int store_each_resolution(struct store *store, int64_t message_id, store_resolution_fn *each, void *context,
                          struct error *error);

/* A message that --test-to sent to the number. */
struct found_test {
    const char *campaign;
    int64_t sent_at_ms;
    struct slice text;
    enum job_state state;
    bool has_code;
    int64_t code;
    enum reason reason;
    struct slice detail;
};
typedef int store_found_test_fn(void *context, const struct found_test *test, struct error *error);
int store_find_tests(struct store *store, const char *msisdn, store_found_test_fn *each, void *context,
                     struct error *error);

#endif
