/* A directory of its own for every test of the store, a database in it, and a second connection that looks
 * over the store's shoulder. A test that fails keeps its directory. */
#ifndef CAMPANA_STORE_FIXTURE_H
#define CAMPANA_STORE_FIXTURE_H

#include "campana/error.h"
#include "campana/store.h"
#include "main.h"
#include <check.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW_MS 1763884800000LL /* 2025-11-23T08:00:00Z */

static char fixture_directory[64];
static char fixture_database[80];
static struct error error; /* of the last call that failed */

static inline void fixture_setup(void)
{
    snprintf(fixture_directory, sizeof fixture_directory, "/tmp/campana-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(fixture_directory));
    snprintf(fixture_database, sizeof fixture_database, "%s/campana.db", fixture_directory);
    error_clear(&error);
}

static inline int fixture_remove(const char *path, const struct stat *there, int kind, struct FTW *walk)
{
    (void)there;
    (void)kind;
    (void)walk;
    return remove(path);
}

static inline void fixture_teardown(void)
{
    nftw(fixture_directory, fixture_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file in the test's directory; valid until the fourth next call. */
static inline const char *fixture_path(const char *name)
{
    static char paths[4][512];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", fixture_directory, name);
    return path;
}

#define assert_ok(call) ck_assert_msg((call) == 0, "%s: %s", #call, error.text)
#define assert_says(fragment)                                                                                \
    ck_assert_msg(strstr(error.text, fragment) != NULL, "\"%s\" lacks \"%s\"", error.text, fragment)
#define assert_fails(call, expected_kind, fragment)                                                          \
    do {                                                                                                     \
        error_clear(&error);                                                                                 \
        ck_assert_int_eq((call), -1);                                                                        \
        ck_assert_msg(error.kind == (expected_kind), "kind %d: %s", (int)error.kind, error.text);            \
        assert_says(fragment);                                                                               \
    } while (0)

static inline struct store *fixture_open(enum store_access access)
{
    struct store *store = NULL;
    assert_ok(store_open(fixture_database, access, NULL, &store, &error));
    ck_assert_ptr_nonnull(store);
    return store;
}

/* ---- the second connection ---- */

static inline sqlite3 *fixture_connect(const char *path)
{
    sqlite3 *database = NULL;
    ck_assert_int_eq(sqlite3_open(path, &database), SQLITE_OK);
    sqlite3_busy_timeout(database, 10000);
    return database;
}

static inline int fixture_execute(sqlite3 *database, const char *sql)
{
    return sqlite3_exec(database, sql, NULL, NULL, NULL);
}

static inline void fixture_sql(const char *sql)
{
    sqlite3 *database = fixture_connect(fixture_database);
    int code = fixture_execute(database, sql);
    ck_assert_msg(code == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(database));
    sqlite3_close(database);
}

/* The first column of the first row as text, "(null)" for NULL, "(none)" for no row; valid until the fourth
 * next call. */
static inline const char *fixture_text(const char *sql)
{
    static char texts[4][4096];
    static int next;
    char *text = texts[next++ % 4];
    sqlite3_stmt *statement = NULL;
    sqlite3 *database = fixture_connect(fixture_database);
    int code = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(database));
    const char *value = "(none)";
    if (sqlite3_step(statement) == SQLITE_ROW) {
        value = (const char *)sqlite3_column_text(statement, 0);
        value = value == NULL ? "(null)" : value;
    }
    snprintf(text, sizeof texts[0], "%s", value);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return text;
}

static inline long fixture_number(const char *sql)
{
    return strtol(fixture_text(sql), NULL, 10);
}

/* ---- campaigns ---- */

struct fixture_row {
    const char *msisdn, *text;
    enum job_state state;
    enum reason reason;
};

static inline struct campaign fixture_campaign(const char *name)
{
    struct campaign campaign = {.phone_column = 0, .text_column = 1, .loaded_at_ms = NOW_MS};
    campaign.name = strdup(name);
    campaign.file = strdup("recipients.csv");
    campaign.settings = strdup("{\"mode\":\"gsm\"}");
    campaign.columns = strdup("[\"phone\",\"text\"]");
    memset(campaign.sha256, 'a', sizeof campaign.sha256 - 1);
    return campaign;
}

/* A message for spreadsheet row `row`. */
static inline struct store_message fixture_message(int64_t row, const struct fixture_row *from)
{
    return (struct store_message){
        .row = row,
        .msisdn = slice_of(from->msisdn),
        .text = slice_of(from->text),
        .fields = slice_of("[null,null]"),
        .state = from->state,
        .reason = from->reason,
    };
}

/* The rows stand from spreadsheet row 2 on. The caller frees. */
static inline struct campaign fixture_load(struct store *store, const char *name,
                                           const struct fixture_row *rows, size_t count)
{
    struct campaign campaign = fixture_campaign(name);
    assert_ok(store_load_begin(store, &campaign, true, &error));
    for (size_t i = 0; i < count; i++) {
        struct store_message message = fixture_message((int64_t)i + 2, &rows[i]);
        assert_ok(store_load_message(store, &campaign, &message, &error));
    }
    assert_ok(store_load_end(store, &campaign, &error));
    return campaign;
}

/* `count` pending rows, numbers 573000000000 and up. The caller frees. */
static inline struct campaign fixture_load_pending(struct store *store, const char *name, int count)
{
    struct campaign campaign = fixture_campaign(name);
    assert_ok(store_load_begin(store, &campaign, true, &error));
    for (int i = 0; i < count; i++) {
        char msisdn[32];
        snprintf(msisdn, sizeof msisdn, "573%09d", i);
        struct fixture_row row = {msisdn, "Hola", JOB_PENDING, REASON_NONE};
        struct store_message message = fixture_message(i + 2, &row);
        assert_ok(store_load_message(store, &campaign, &message, &error));
    }
    assert_ok(store_load_end(store, &campaign, &error));
    return campaign;
}

/* ---- sending ---- */

static inline struct run fixture_begin(struct store *store, const struct campaign *campaign, int64_t at_ms,
                                       const char *balance)
{
    struct run run = {.campaign_id = campaign->id, .started_at_ms = at_ms, .rate = "10/s", .concurrency = 32};
    snprintf(run.balance_before, sizeof run.balance_before, "%s", balance);
    assert_ok(store_run_begin(store, &run, &error));
    return run;
}

static inline struct run fixture_run(struct store *store, const struct campaign *campaign)
{
    return fixture_begin(store, campaign, NOW_MS, "1000");
}

/* In good order, a second after it began. */
static inline void fixture_end(struct store *store, struct run *run, const char *balance)
{
    run->ended_at_ms = run->started_at_ms + 1000;
    snprintf(run->ended, sizeof run->ended, "done");
    snprintf(run->balance_after, sizeof run->balance_after, "%s", balance);
    assert_ok(store_run_end(store, run, &error));
}

/* Claims the next row in a transaction of its own. */
static inline struct job fixture_claim(struct store *store, const struct campaign *campaign)
{
    struct job job;
    int count = 0;
    assert_ok(store_begin(store, &error));
    assert_ok(store_peek(store, campaign->id, 0, &job, 1, &count, &error));
    ck_assert_int_eq(count, 1);
    assert_ok(store_claim(store, &job, NOW_MS + 1, &error));
    assert_ok(store_commit(store, &error));
    return job;
}

static inline struct settlement fixture_settlement(const struct run *run, const struct job *job,
                                                   enum job_state state, int64_t code, enum reason reason)
{
    return (struct settlement){
        .message_id = job->id,
        .run_id = run->id,
        .state = state,
        .outcome = {.reason = reason, .code = code, .http_status = 200, .retry_after_ms = -1},
        .first_sent_at_ms = NOW_MS + 2,
        .finished_at_ms = NOW_MS + 102,
        .latency_ms = 100,
    };
}

/* Claims and settles the next row, each in a transaction of its own. */
static inline struct job fixture_send(struct store *store, const struct campaign *campaign,
                                      const struct run *run, enum job_state state, int64_t code,
                                      enum reason reason)
{
    struct job job = fixture_claim(store, campaign);
    struct settlement settlement = fixture_settlement(run, &job, state, code, reason);
    assert_ok(store_begin(store, &error));
    assert_ok(store_settle(store, &settlement, &error));
    assert_ok(store_commit(store, &error));
    return job;
}

/* ---- a test program ---- */

static inline TCase *fixture_case(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, fixture_setup, fixture_teardown);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return tcase;
}

#endif
