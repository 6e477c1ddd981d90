/* What the store's files share: the open database, its statements, and how a failure of SQLite is put into
 * words. */
#ifndef CAMPANA_STORE_INTERNAL_H
#define CAMPANA_STORE_INTERNAL_H

#include "campana/store.h"
#include <sqlite3.h>

/* Every statement of the store, in the order of store_sql.c's table. */
enum store_sql {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_SNAPSHOT,
    SQL_CAMPAIGN_BY_NAME,
    SQL_CAMPAIGN_BY_CONTENT,
    SQL_CAMPAIGNS,
    SQL_CAMPAIGN_NAMES,
    SQL_COUNT,
    SQL_COUNT_DECIDED,
    SQL_COUNT_PENDING,
    SQL_COUNT_UNKNOWN,
    SQL_COUNT_REASONS,
    SQL_LOAD_CAMPAIGN,
    SQL_LOAD_MESSAGE,
    SQL_LOAD_BATCH,
    SQL_LOAD_CAMPAIGN_END,
    SQL_TWICE_MAKE,
    SQL_TWICE_FILL,
    SQL_TWICE_FIND,
    SQL_TWICE_TELL,
    SQL_TWICE_DROP,
    SQL_LOAD_NUMBERS,
    SQL_RECOVER_ATTEMPTS,
    SQL_RECOVER_COUNTS,
    SQL_RECOVER_MESSAGES,
    SQL_RECOVER_RUNS,
    SQL_RECOVER_TESTS,
    SQL_RUN_BEGIN,
    SQL_RUN_START,
    SQL_RUN_END,
    SQL_RUN_COUNTS,
    SQL_RUNS,
    SQL_RUN_OPEN,
    SQL_STEER,
    SQL_STEER_FATE,
    SQL_STEERINGS,
    SQL_STEER_TAKEN,
    SQL_DATA_VERSION,
    SQL_PEEK,
    SQL_CLAIM,
    SQL_CLAIM_BETWEEN,
    SQL_UNCLAIM,
    SQL_SETTLE,
    SQL_ATTEMPT,
    SQL_NUMBERS_SINCE,
    SQL_PENDING_NUMBERS,
    SQL_PENDING_ROW,
    SQL_TEST_BEGIN,
    SQL_TEST_END,
    SQL_RESOLVE_COUNT,
    SQL_RESOLVE_AMISS,
    SQL_RESOLVE_LIST,
    SQL_RESOLVE_RECORD,
    SQL_RESOLVE_MESSAGES,
    SQL_REPORT,
    SQL_FIND_BLOCKS,
    SQL_FIND_MESSAGE,
    SQL_FIND_ATTEMPTS,
    SQL_FIND_RESOLUTIONS,
    SQL_FIND_TESTS,
    SQL_QUICK_CHECK,
    SQL_LAST_USED,
    SQL_FORGET_PENDING,
    SQL_FORGET_MESSAGES,
    SQL_FORGET_ATTEMPTS,
    SQL_FORGET_TESTS,
    SQL_FORGET_NUMBERS,
    SQL_FORGET_CAMPAIGN,
    SQL_COUNT_NOT_ERASED,
    SQL_NOTE_ERASED,
    SQL_BOOKS,
    SQL_BILL,
    SQL_BILL_BALANCES,
    SQL_BINS,
    SQL_LATENCIES,
    STORE_SQLS
};

struct store_statement_text {
    const char *doing; /* for people, behind "cannot" */
    const char *sql;
};

extern const struct store_statement_text store_sql[STORE_SQLS];

/* Outcomes of the open transaction, added to the run at the commit. */
struct store_tally {
    int64_t run_id; /* 0: none yet */
    int64_t of[JOB_STATES];
};

struct inserter;

struct store {
    sqlite3 *database;
    char *path;
    const struct steps *steps;
    sqlite3_stmt *statements[STORE_SQLS]; /* prepared when first needed */
    bool logs;                            /* its journal is the log (WAL) */
    bool in_transaction;                  /* begun by store_begin*() and not ended */
    int sender_lock;                      /* descriptor; -1: not held */
    struct store_tally tally;
    struct inserter *inserter;     /* of the load under way; NULL: none */
    int64_t duplicates;            /* likewise */
    struct store_numbers *numbers; /* likewise; NULL: none yet */
};

/* Makes the file where `access` says so, and says whether it is fit to be a database (store_file.c). */
int store_prepare_file(const char *path, enum store_access access, const struct steps *steps,
                       struct error *error);

bool store_in_memory(const struct store *store);

/* ---- the journal (store_journal.c) ---- */

/* Every other function but a load's expects it. Waits for others up to a minute. 0 or -1. */
int store_use_log(struct store *store, struct error *error);

/* Before the transaction of a load, where nothing was loaded yet and nobody else has the database open. Others wait then
 * until store_use_log(). */
void store_leave_log(struct store *store);

/* Lets the disk begin with what was written and not synced yet, and waits for nothing (store_ahead.c). */
void store_write_ahead(const struct store *store);

/* Gives back what a load keeps in memory (store_load.c). */
void store_load_forget(struct store *store);
/* From now on a row must name a campaign, a run, a message that is there; only a load does without. */
void store_check_references(const struct store *store);

/* ---- failures (store_error.c) ---- */

/* Sets "PATH: cannot DOING: SQLite's words; what to do". `code` is the (extended) result code. Returns -1. */
int store_fail(sqlite3 *database, const char *path, const char *doing, int code, struct error *error);

/* A state that only a bug of ours or a hand in the database can bring about: ERROR_MACHINE. Returns -1. */
int store_fail_bug(const struct store *store, const char *what, struct error *error);

/* Appends "file:PATH?PARAMETERS", the path percent-encoded (https://www.sqlite.org/uri.html). */
void store_put_uri(struct buffer *uri, const char *path, const char *parameters);

/* ---- transactions (store_transaction.c) ---- */

#define STORE_BUSY_SHORT_MS 100
#define STORE_BUSY_LONG_MS  60000

/* Waits for the write lock. 0 or -1. */
int store_begin_patiently(struct store *store, struct error *error);

/* Ends a transaction: where `result` is 0 by a commit with the step's name, else by rolling back. 0 or -1,
 * then it has rolled back. */
int store_finish(struct store *store, int result, const char *step, struct error *error);

/* ---- the numbers of a load, for store_find() (store_numbers.c) ---- */

/* number_block.entries: number << OFFSET_BITS | message id - batch, most significant byte first. */
#define STORE_ENTRY_BYTES 8
#define STORE_OFFSET_BITS 24
#define STORE_OFFSET_MASK ((1u << STORE_OFFSET_BITS) - 1)

/* Notes the row's number, unless it is none. Rows come by rising id. 0 or -1. */
int store_numbers_add(struct store *store, int64_t campaign_id, int64_t message_id, struct slice msisdn,
                      struct error *error);
/* Writes what is left, and gives the memory back. 0 or -1. */
int store_numbers_end(struct store *store, int64_t campaign_id, struct error *error);
void store_numbers_drop(struct store *store);

/* ---- a statement at work (store_query.c) ----
 * Parameters are bound in order and read until the statement is done; the first failure is kept and told by
 * the next query_step(). Strings are not copied: they must live until then. Every way out leaves the
 * statement reset, or a read transaction would stay open. */
struct query {
    struct store *store;
    sqlite3_stmt *statement; /* NULL where it could not be prepared */
    enum store_sql sql;
    int bound;
    int failed; /* SQLite's code, SQLITE_OK */
};

struct query query_open(struct store *store, enum store_sql sql);
void query_bind_int(struct query *query, int64_t value);
void query_bind_optional(struct query *query, bool there, int64_t value); /* NULL where it is not */
void query_bind_text(struct query *query, const char *text);              /* NULL and "" are NULL */
void query_bind_slice(struct query *query, struct slice text);            /* empty is '' */
void query_bind_bytes(struct query *query, struct slice bytes);           /* a BLOB */

/* 1: a row is there; 0: the end, -1: failed; in both cases the statement is reset. */
int query_step(struct query *query, struct error *error);
/* Resets before the end was reached. */
void query_close(struct query *query);
/* The same, and tells of a value that was read and could not be: 0 or -1. */
int query_end(struct query *query, struct error *error);
/* Steps to the end, passing over rows. 0 or -1. */
int query_run(struct query *query, struct error *error);
/* The same, and exactly one row must have changed; `bug` says what it means that none has. */
int query_run_one(struct query *query, const char *bug, struct error *error);
/* The one number that the statement gives. */
int query_number(struct query *query, int64_t *number, struct error *error);

int64_t query_int(const struct query *query, int column); /* NULL is 0 */
bool query_is_null(const struct query *query, int column);
/* Lives until the next step; NULL is the empty slice (data ""). Ends in a NUL byte. */
struct slice query_slice(struct query *query, int column);
/* Into a field of the given size, cut. */
void query_copy(struct query *query, int column, char *field, size_t field_bytes);
/* Copies that the caller frees; NULL in `copy` where memory ran out, and the query fails. */
char *query_dup(struct query *query, int column);

/* A state by its name in the database. */
int query_state(struct query *query, int column, enum job_state *state, struct error *error);

/* A message's row for the reports, as the first 13 columns of SQL_REPORT and SQL_FIND_MESSAGE give it (store_report.c). 0,
 * or -1 where its state is not known. */
int store_read_row(struct query *query, struct report_row *row, struct error *error);

#endif
