/* Every allocation and every call of SQLite fails in its turn, in everything that the store does. Whatever
 * failed, the store says so and the database is as it was before; or it says nothing, and then has done and
 * told all of it. */
#include "../../src/io/store_internal.h"
#include "campana/store_bill.h"
#include "campana/store_books.h"
#include "campana/store_figures.h"
#include "campana/store_forget.h"
#include "faults.h"
#include "store_fixture.h"

#define FAULTS_MOST 2000
#define ENOUGH      4711 /* what a callback returns that wants no more */

/* Campaign "over" has a row in every state in which a campaign may be left, and everything that can be said
 * about rows; "sending" is what a crash has left; "gone" was forgotten and not erased yet. */
static struct campaign over, sending;
static struct run over_run;
static char template[4096];

static struct store *store; /* of the operation */
static struct buffer told;  /* what it gave */
static int calls, stop_at;

static void put_test_message(enum job_state state)
{
    int64_t id;
    struct outcome outcome = {.code = state == JOB_ACCEPTED ? 7 : 0, .detail = "words"};
    assert_ok(store_test_begin(store, over.id, "573209998877", slice_of("Hola"), NOW_MS, &id, &error));
    if (state != JOB_INFLIGHT)
        assert_ok(store_test_end(store, id, state, &outcome, &error));
}

static void put_over(void)
{
    static const struct fixture_row rows[] = {
        {"573000000001", "Hola", JOB_PENDING, REASON_NONE},
        {"573000000002", "Hola", JOB_PENDING, REASON_NONE},
        {"573000000003", "Hola", JOB_PENDING, REASON_NONE},
        {"310", "Hola", JOB_INVALID, REASON_NUMBER_SHORT},
        {"573000000001", "Hola", JOB_DUPLICATE, REASON_DUPLICATE},
    };
    struct steering steering = {.at_ms = NOW_MS, .who = "ana@pc"};
    int64_t count, steering_id;
    int64_t row = 4;
    over = fixture_load(store, "over", rows, sizeof rows / sizeof *rows);
    over_run = fixture_run(store, &over);
    fixture_send(store, &over, &over_run, JOB_ACCEPTED, 77, REASON_NONE);
    fixture_send(store, &over, &over_run, JOB_REFUSED, -4, REASON_GATEWAY_NUMBER);
    fixture_send(store, &over, &over_run, JOB_UNKNOWN, 0, REASON_CUT);
    struct store_resolve resolve = {.from = JOB_UNKNOWN,
                                    .to = JOB_REFUSED,
                                    .rows = &row,
                                    .row_count = 1,
                                    .who = "ana@pc",
                                    .now_ms = NOW_MS};
    assert_ok(store_resolve_apply(store, &over, &resolve, &count, &error));
    assert_ok(store_steer(store, over_run.id, &steering, &steering_id, &error));
    over_run.ended_at_ms = NOW_MS + 1000;
    snprintf(over_run.ended, sizeof over_run.ended, "done");
    snprintf(over_run.balance_after, sizeof over_run.balance_after, "998");
    assert_ok(store_run_end(store, &over_run, &error));
    put_test_message(JOB_ACCEPTED);
    put_test_message(JOB_UNKNOWN);
}

static void put_sending(void)
{
    int64_t id;
    struct steering steering = {.at_ms = NOW_MS, .who = "ana@pc", .rate = "5/s"};
    sending = fixture_load_pending(store, "sending", 4);
    struct run run = fixture_run(store, &sending);
    assert_ok(store_steer(store, run.id, &steering, &id, &error));
    assert_ok(store_steer(store, run.id, &steering, &id, &error));
    fixture_send(store, &sending, &run, JOB_UNKNOWN, 0, REASON_TIMEOUT);
    fixture_claim(store, &sending);
    put_test_message(JOB_INFLIGHT);
}

static void make_template(void)
{
    store = fixture_open(STORE_CREATE);
    put_over();
    struct campaign gone = fixture_load_pending(store, "gone", 2);
    assert_ok(store_lock_sender(store, &error));
    assert_ok(store_forget(store, &gone, true, NOW_MS, &error));
    campaign_free(&gone);
    put_sending();
    store_close(store);
    store = NULL;
    snprintf(template, sizeof template, "%s", fixture_path("template.db"));
    ck_assert_int_eq(rename(fixture_database, template), 0);
}

static void free_template(void)
{
    campaign_free(&over);
    campaign_free(&sending);
    buffer_free(&told);
}

/* ---- what is told ---- */

static int after_each(struct error *into)
{
    calls++;
    return calls == stop_at ? ENOUGH : buffer_check(&told, into);
}

static void put_row(const struct report_row *row)
{
    buffer_printf(&told, "%d %.*s %.*s %s %d %s\n", (int)row->row, (int)row->msisdn.len, row->msisdn.data,
                  (int)row->text.len, row->text.data, job_state_name(row->state), (int)row->code,
                  reason_code(row->reason));
}

static int each_campaign(void *context, const struct campaign *campaign, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%s %s %s\n", campaign->name, campaign->file, campaign->sha256);
    return after_each(into);
}

static int each_reason(void *context, enum job_state state, const char *code, int64_t count,
                       struct error *into)
{
    (void)context;
    buffer_printf(&told, "%s %s %d\n", job_state_name(state), code, (int)count);
    return after_each(into);
}

static int each_run(void *context, const struct run *run, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%d %s %s %s %s\n", (int)run->id, run->ended, run->rate, run->balance_before,
                  run->balance_after);
    return after_each(into);
}

static int each_number(void *context, const char *msisdn, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%s\n", msisdn);
    return after_each(into);
}

static int each_steering(void *context, const struct steering *steering, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%s %s\n", steering->who, steering->rate);
    return after_each(into);
}

static int each_decision(void *context, int64_t row, const char *msisdn, int64_t first_sent_at_ms,
                         enum reason reason, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%d %s %lld %s\n", (int)row, msisdn, (long long)first_sent_at_ms,
                  reason_code(reason));
    return after_each(into);
}

static int each_row(void *context, const struct report_row *row, struct error *into)
{
    (void)context;
    put_row(row);
    return after_each(into);
}

static int each_found(void *context, const struct found_message *found, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%s %s ", found->campaign, found->file);
    put_row(&found->row);
    return after_each(into);
}

static int each_attempt(void *context, const struct attempt *attempt, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%s %s\n", job_state_name(attempt->state), reason_code(attempt->reason));
    return after_each(into);
}

static int each_resolution(void *context, const struct resolution *resolution, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%s>%s %.*s\n", job_state_name(resolution->from), job_state_name(resolution->to),
                  (int)resolution->who.len, resolution->who.data);
    return after_each(into);
}

static int each_found_test(void *context, const struct found_test *test, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%s %s %.*s %.*s\n", test->campaign, job_state_name(test->state),
                  (int)test->text.len, test->text.data, (int)test->detail.len, test->detail.data);
    return after_each(into);
}

static int each_book(void *context, const struct store_book *book, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%d %s %s %d\n", book->is_test, book->balance_before, book->balance_after,
                  (int)book->open);
    return after_each(into);
}

static int each_bill_line(void *context, int64_t day, const char *name, const struct bill_figures *figures,
                          struct error *into)
{
    (void)context;
    buffer_printf(&told, "%d %s %d %d\n", (int)day, name, (int)figures->accepted, (int)figures->unknown);
    return after_each(into);
}

static int each_balances(void *context, int64_t day, const char *campaign, const char *before,
                         const char *after, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%d %s %s %s\n", (int)day, campaign, before, after);
    return after_each(into);
}

static int each_bin(void *context, int64_t bin, int64_t accepted, int64_t others, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%d %d %d\n", (int)bin, (int)accepted, (int)others);
    return after_each(into);
}

static int each_latency(void *context, int64_t latency_ms, int64_t count, struct error *into)
{
    (void)context;
    buffer_printf(&told, "%d %d\n", (int)latency_ms, (int)count);
    return after_each(into);
}

/* ---- the walks ---- */

static int walk_campaigns(void)
{
    return store_each_campaign(store, each_campaign, NULL, &error);
}

static int walk_reasons(void)
{
    return store_each_reason(store, &over, each_reason, NULL, &error);
}

static int walk_runs(void)
{
    return store_each_run(store, over.id, each_run, NULL, &error);
}

static int walk_numbers_since(void)
{
    return store_each_number_since(store, NOW_MS, each_number, NULL, &error);
}

static int walk_pending_numbers(void)
{
    return store_each_pending_number(store, sending.id, each_number, NULL, &error);
}

static int walk_steerings(void)
{
    return store_each_steering(store, 2, 0, each_steering, NULL, &error);
}

static struct store_resolve refused_as(enum job_state to)
{
    static const int64_t rows[] = {3, 4}, runs[] = {1, 1};
    return (struct store_resolve){.from = JOB_REFUSED,
                                  .to = to,
                                  .rows = rows,
                                  .row_count = 2,
                                  .runs = runs,
                                  .run_count = 2,
                                  .who = "ana@pc",
                                  .now_ms = NOW_MS + 1};
}

static int walk_decisions(void)
{
    struct store_resolve resolve = refused_as(JOB_PENDING);
    return store_resolve_each(store, &over, &resolve, 10, each_decision, NULL, &error);
}

static int walk_report(void)
{
    return store_report(store, &over, 1u << JOB_ACCEPTED | 1u << JOB_INVALID, each_row, NULL, &error);
}

static int walk_found(void)
{
    return store_find(store, "573000000001", each_found, NULL, &error);
}

static int walk_attempts(void)
{
    return store_each_attempt(store, over.first_id + 1, each_attempt, NULL, &error);
}

static int walk_resolutions(void)
{
    return store_each_resolution(store, over.first_id + 2, each_resolution, NULL, &error);
}

static int walk_tests(void)
{
    return store_find_tests(store, "573209998877", each_found_test, NULL, &error);
}

static int walk_books(void)
{
    return store_each_book(store, each_book, NULL, &error);
}

static const struct bill_period period = {NOW_MS - 1000000, NOW_MS + 1000000, NOW_MS - 1000000};

static int walk_bill(void)
{
    return store_each_bill_line(store, BILL_BY_CAMPAIGN, &period, each_bill_line, NULL, &error);
}

static int walk_balances(void)
{
    return store_each_balances(store, &period, each_balances, NULL, &error);
}

static int walk_bins(void)
{
    return store_each_bin(store, &over, 1000, each_bin, NULL, &error);
}

static int walk_latencies(void)
{
    return store_each_latency(store, &over, each_latency, NULL, &error);
}

/* ---- what is read at once ---- */

static int read_campaign(void)
{
    struct campaign found;
    int result = store_need_campaign(store, "over", &found, &error);
    if (result == 1) {
        buffer_printf(&told, "%s %s", found.name, found.columns);
        campaign_free(&found);
    }
    return result == 1 ? buffer_check(&told, &error) : result;
}

/* Where a failure is what must be told. Check's own macros allocate: none of them while faults are armed. */
static int turn_round(int result)
{
    if (result != -1 || error.kind != ERROR_INPUT)
        return -1;
    buffer_puts(&told, error.text);
    return buffer_check(&told, &error);
}

static int read_no_campaign(void)
{
    struct campaign found;
    return turn_round(store_need_campaign(store, "none", &found, &error));
}

static int read_wrong_rows(void)
{
    static const int64_t rows[] = {2, 99};
    int64_t count;
    struct store_resolve resolve = {
        .from = JOB_UNKNOWN, .to = JOB_REFUSED, .rows = rows, .row_count = 2, .who = "ana@pc"};
    return turn_round(store_resolve_count(store, &over, &resolve, &count, &error));
}

static int read_counts(void)
{
    struct counts counts, decided;
    int64_t pending, unknown, row, last_used_ms;
    bool needs_erasing;
    if (store_count(store, &over, &counts, &error) != 0 ||
        store_count_decided(store, &over, &decided, &error) != 0 ||
        store_count_pending(store, sending.id, &pending, &error) != 0 ||
        store_count_unknown(store, sending.id, &unknown, &error) != 0 ||
        store_pending_row(store, sending.id, 2, &row, &error) != 0 ||
        store_last_used(store, &over, &last_used_ms, &error) != 0 ||
        store_needs_erasing(store, &needs_erasing, &error) != 0 || store_check(store, &error) != 0 ||
        store_forget_check(store, &sending, true, &counts, &error) != 0)
        return -1;
    for (int state = 0; state < JOB_STATES; state++)
        buffer_printf(&told, "%d ", (int)counts.of[state]);
    buffer_printf(&told, "%d %d %d %d %lld %d", (int)decided.of[JOB_REFUSED], (int)pending, (int)unknown,
                  (int)row, (long long)last_used_ms, needs_erasing);
    return buffer_check(&told, &error);
}

static int read_steering(void)
{
    int64_t run_id;
    int64_t version = 0;
    struct buffer name = {0};
    struct steering_fate fate;
    int result = store_find_open_run(store, &run_id, &name, &error);
    if (result == 1)
        buffer_printf(&told, "%d %s", (int)run_id, buffer_string(&name));
    buffer_free(&name);
    if (result != 1 || store_steering_fate(store, 2, &fate, &error) != 0 ||
        store_changed_by_others(store, &version, &error) < 0)
        return -1;
    buffer_printf(&told, " %d %s", fate.taken, fate.ended);
    return buffer_check(&told, &error);
}

static int read_fate_of_ended(void)
{
    struct steering_fate fate;
    if (store_steering_fate(store, 1, &fate, &error) != 0)
        return -1;
    buffer_printf(&told, "%d %s", fate.taken, fate.ended);
    return buffer_check(&told, &error);
}

static int read_snapshot(void)
{
    int result = store_snapshot_begin(store, &error);
    if (result == 0)
        result = walk_bins();
    store_snapshot_end(store);
    return result;
}

static int read_sender(void)
{
    int active = store_sender_active(store, &error);
    return active <= 0 ? active : -1;
}

/* ---- what is written ---- */

static int load_rows(int count)
{
    static const struct fixture_row rows[] = {
        {"573000000021", "Hola", JOB_PENDING, REASON_NONE},
        {"573000000021", "Hola", JOB_DUPLICATE, REASON_DUPLICATE},
        {"57300000O021", "Hola", JOB_INVALID, REASON_NUMBER_CHARACTERS},
    };
    static char name[] = "fresh", file[] = "f.csv", settings[] = "{}", columns[] = "[]";
    struct campaign fresh = {.name = name,
                             .file = file,
                             .settings = settings,
                             .columns = columns,
                             .text_column = -1,
                             .loaded_at_ms = NOW_MS};
    memset(fresh.sha256, 'b', sizeof fresh.sha256 - 1);
    int result = store_load_begin(store, &fresh, true, &error);
    for (int i = 0; result == 0 && i < count; i++) {
        struct store_message message = fixture_message(i + 2, &rows[i % 3]);
        result = store_load_message(store, &fresh, &message, &error);
    }
    return result == 0 ? store_load_end(store, &fresh, &error) : -1;
}

/* More than go into the table by one statement. */
static int write_load(void)
{
    return load_rows(70);
}

static int write_small_load(void)
{
    return load_rows(3);
}

static int write_run(void)
{
    struct run run = {.campaign_id = over.id, .started_at_ms = NOW_MS + 5, .rate = "10/s", .concurrency = 3};
    if (store_run_begin(store, &run, &error) != 0)
        return -1;
    buffer_printf(&told, "%d", (int)run.id);
    return buffer_check(&told, &error);
}

static int write_run_start(void)
{
    struct run run = {.id = 2, .started_at_ms = NOW_MS + 6, .balance_before = "77"};
    return store_run_start(store, &run, &error);
}

static int write_run_end(void)
{
    struct run run = {
        .id = 2, .ended_at_ms = NOW_MS + 7, .ended = "limit", .balance_after = "7", .slowed = 1};
    return store_run_end(store, &run, &error);
}

static int claim_and_settle(void)
{
    struct job jobs[3];
    int count;
    if (store_peek(store, sending.id, 0, jobs, 2, &count, &error) != 0 ||
        store_claim_peeked(store, sending.id, jobs, count, NOW_MS, &error) != 0)
        return -1;
    struct run run = {.id = 2};
    struct settlement accepted = fixture_settlement(&run, &jobs[0], JOB_ACCEPTED, 9, REASON_NONE);
    struct settlement unknown = fixture_settlement(&run, &jobs[1], JOB_UNKNOWN, 0, REASON_CUT);
    snprintf(unknown.outcome.detail, sizeof unknown.outcome.detail, "words");
    return store_settle(store, &accepted, &error) != 0 ? -1 : store_settle(store, &unknown, &error);
}

/* Rolls back where it fails, as who sends does. */
static int in_a_transaction(int (*some)(void))
{
    if (store_begin(store, &error) != 0)
        return -1;
    if (some() == 0)
        return store_commit(store, &error);
    store_rollback(store);
    return -1;
}

static int write_answers(void)
{
    return in_a_transaction(claim_and_settle);
}

static int claim_and_give_back(void)
{
    struct job job;
    int count;
    return store_peek(store, sending.id, 0, &job, 1, &count, &error) != 0 ||
                   store_claim(store, &job, NOW_MS, &error) != 0 || store_unclaim(store, &job, &error) != 0
               ? -1
               : 0;
}

static int write_nothing_after_all(void)
{
    return in_a_transaction(claim_and_give_back);
}

static int write_test(void)
{
    int64_t id;
    if (store_test_begin(store, over.id, "573209998877", slice_of("Hola"), NOW_MS, &id, &error) != 0)
        return -1;
    buffer_printf(&told, "%d", (int)id);
    return buffer_check(&told, &error);
}

static int write_test_end(void)
{
    struct outcome outcome = {.reason = REASON_CUT, .detail = "words"};
    return store_test_end(store, 3, JOB_UNKNOWN, &outcome, &error);
}

static int write_steering(void)
{
    int64_t id;
    struct steering steering = {.at_ms = NOW_MS, .who = "ana@pc"};
    if (store_steer(store, 2, &steering, &id, &error) != 0)
        return -1;
    buffer_printf(&told, "%d", (int)id);
    return buffer_check(&told, &error);
}

static int write_steering_taken(void)
{
    return store_steering_taken(store, 2, 1, NOW_MS + 9, &error);
}

static int write_decisions(void)
{
    int64_t count;
    struct store_resolve resolve = refused_as(JOB_ACCEPTED);
    if (store_resolve_apply(store, &over, &resolve, &count, &error) != 0)
        return -1;
    buffer_printf(&told, "%d", (int)count);
    return buffer_check(&told, &error);
}

static int write_recovery(void)
{
    int64_t recovered;
    if (store_lock_sender(store, &error) != 0 || store_recover(store, NOW_MS + 9, &recovered, &error) != 0)
        return -1;
    buffer_printf(&told, "%d", (int)recovered);
    return buffer_check(&told, &error);
}

static int write_forgetting(void)
{
    if (store_lock_sender(store, &error) != 0)
        return -1;
    return store_forget(store, &over, true, NOW_MS + 9, &error);
}

static int write_erasing(void)
{
    return store_erase(store, NOW_MS + 9, &error);
}

/* ---- all of it ---- */

static const struct operation {
    const char *name;
    int (*run)(void);
    bool walks; /* calls back for every row; else it reads or writes at once */
} operations[] = {
    {"each campaign", walk_campaigns, true},
    {"each reason", walk_reasons, true},
    {"each run", walk_runs, true},
    {"each number since", walk_numbers_since, true},
    {"each pending number", walk_pending_numbers, true},
    {"each steering", walk_steerings, true},
    {"each decision", walk_decisions, true},
    {"report", walk_report, true},
    {"find", walk_found, true},
    {"each attempt", walk_attempts, true},
    {"each resolution", walk_resolutions, true},
    {"find tests", walk_tests, true},
    {"each book", walk_books, true},
    {"each line of the bill", walk_bill, true},
    {"each balance", walk_balances, true},
    {"each bin", walk_bins, true},
    {"each latency", walk_latencies, true},
    {"a campaign", read_campaign, false},
    {"no campaign", read_no_campaign, false},
    {"wrong rows", read_wrong_rows, false},
    {"counts", read_counts, false},
    {"steering", read_steering, false},
    {"the fate of a word", read_fate_of_ended, false},
    {"snapshot", read_snapshot, false},
    {"sender", read_sender, false},
    {"load", write_load, false},
    {"small load", write_small_load, false},
    {"run begin", write_run, false},
    {"run start", write_run_start, false},
    {"run end", write_run_end, false},
    {"answers", write_answers, false},
    {"given back", write_nothing_after_all, false},
    {"test begin", write_test, false},
    {"test end", write_test_end, false},
    {"steer", write_steering, false},
    {"steering taken", write_steering_taken, false},
    {"resolve", write_decisions, false},
    {"recover", write_recovery, false},
    {"forget", write_forgetting, false},
    {"erase", write_erasing, false},
};
#define OPERATIONS (int)(sizeof operations / sizeof *operations)

static void copy_template(void)
{
    static char bytes[1 << 20];
    FILE *from = fopen(template, "r");
    FILE *to = fopen(fixture_database, "w");
    ck_assert(from != NULL && to != NULL);
    size_t count = fread(bytes, 1, sizeof bytes, from);
    ck_assert(count < sizeof bytes && fwrite(bytes, 1, count, to) == count);
    fclose(from);
    fclose(to);
    unlink(fixture_path("campana.db-wal"));
    unlink(fixture_path("campana.db-shm"));
}

/* Everything that the database holds, as text. */
static void read_all(struct buffer *all)
{
    static const char *const tables[] = {"campaign", "message",    "number_block", "run",
                                         "steering", "resolution", "test_message", "attempt"};
    char sql[64];
    sqlite3 *database = fixture_connect(fixture_database);
    buffer_clear(all);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        sqlite3_stmt *row = NULL;
        snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY id", tables[i]);
        ck_assert_int_eq(sqlite3_prepare_v2(database, sql, -1, &row, NULL), SQLITE_OK);
        while (sqlite3_step(row) == SQLITE_ROW) {
            buffer_printf(all, "%s:", tables[i]);
            for (int column = 0; column < sqlite3_column_count(row); column++) {
                buffer_put(all, '|');
                buffer_append(all, sqlite3_column_blob(row, column),
                              (size_t)sqlite3_column_bytes(row, column));
            }
            buffer_put(all, '\n');
        }
        sqlite3_finalize(row);
    }
    sqlite3_close(database);
    ck_assert(!all->failed);
}

/* A rollback that failed can be tried again. */
static void assert_no_statement_is_at_work(const char *name)
{
    sqlite3_stmt *statement = NULL;
    while ((statement = sqlite3_next_stmt(store->database, statement)) != NULL)
        ck_assert_msg(!sqlite3_stmt_busy(statement), "%s: %s", name, sqlite3_sql(statement));
    store_rollback(store);
    ck_assert_msg(sqlite3_get_autocommit(store->database), "%s: a transaction is open", name);
}

static bool happened;

/* On a database as the template has it; what it holds then goes to *after. */
static int run_operation(const struct operation *operation, long fault, bool all_that_follow,
                         struct buffer *after)
{
    copy_template();
    store = fixture_open(STORE_WRITE);
    ck_assert_int_eq(sqlite3_exec(store->database, "PRAGMA synchronous = OFF", NULL, NULL, NULL), SQLITE_OK);
    buffer_clear(&told);
    error_clear(&error);
    calls = 0;
    if (fault > 0)
        faults_arm(fault, all_that_follow);
    int result = operation->run();
    happened = faults_disarm();
    if (!all_that_follow) /* or it could not even be rolled back */
        assert_no_statement_is_at_work(operation->name);
    store_close(store);
    store = NULL;
    if (after != NULL)
        read_all(after);
    return result;
}

static void try_every_fault(const struct operation *operation, bool all_that_follow)
{
    struct buffer before = {0}, done = {0}, after = {0}, expected = {0};
    copy_template();
    read_all(&before);
    ck_assert_msg(run_operation(operation, 0, false, &done) == 0, "%s: %s", operation->name, error.text);
    buffer_append(&expected, told.data, told.len);
    int failures = 0;
    long fault = 0;
    do {
        ck_assert_int_lt(++fault, FAULTS_MOST);
        int result = run_operation(operation, fault, all_that_follow, &after);
        const char *right = buffer_string(result == 0 ? &done : &before);
        ck_assert_msg(strcmp(buffer_string(&after), right) == 0, "%s, fault %ld, %d: is\n%s\nand not\n%s",
                      operation->name, fault, result, buffer_string(&after), right);
        if (result == 0) {
            ck_assert_msg(strcmp(buffer_string(&told), buffer_string(&expected)) == 0,
                          "%s, fault %ld: told\n%s\nand not\n%s", operation->name, fault,
                          buffer_string(&told), buffer_string(&expected));
        } else {
            failures++;
            ck_assert_msg(result == -1 && happened && error.kind == ERROR_MACHINE && error.text[0] != '\0',
                          "%s, fault %ld: %d, %s", operation->name, fault, result, error.text);
        }
    } while (happened);
    ck_assert_msg(failures > 0, "%s", operation->name);
    buffer_free(&before);
    buffer_free(&done);
    buffer_free(&after);
    buffer_free(&expected);
}

START_TEST(whatever_fails_is_told_and_changes_nothing)
{
    try_every_fault(&operations[_i], false);
}
END_TEST

START_TEST(whatever_fails_from_some_moment_on_is_told_and_changes_nothing)
{
    try_every_fault(&operations[_i], true);
}
END_TEST

START_TEST(a_walk_ends_where_the_callback_wants_no_more)
{
    if (!operations[_i].walks)
        return;
    ck_assert_int_eq(run_operation(&operations[_i], 0, false, NULL), 0);
    int rows = calls;
    ck_assert_msg(rows > 0, "%s", operations[_i].name);
    for (stop_at = 1; stop_at <= rows; stop_at++) {
        ck_assert_msg(run_operation(&operations[_i], 0, false, NULL) == ENOUGH, "%s", operations[_i].name);
        ck_assert_int_eq(calls, stop_at);
    }
    stop_at = 0;
}
END_TEST

/* ---- opening ---- */

static void try_to_open(enum store_access access, bool is_there)
{
    long fault = 0;
    int failures = 0;
    do {
        ck_assert_int_lt(++fault, FAULTS_MOST);
        unlink(fixture_database);
        if (is_there)
            copy_template();
        error_clear(&error);
        faults_arm(fault, false);
        int result = store_open(fixture_database, access, NULL, &store, &error);
        happened = faults_disarm();
        if (result != 0) {
            failures++;
            ck_assert_ptr_null(store);
            ck_assert_msg(error.kind == ERROR_MACHINE, "fault %ld: %s", fault, error.text);
            assert_ok(store_open(fixture_database, access, NULL, &store, &error));
        }
        store_close(store);
        ck_assert_int_eq(fixture_number("SELECT count(*) FROM campaign"), is_there ? 3 : 0);
        ck_assert_str_eq(fixture_text("PRAGMA journal_mode"), "wal");
    } while (happened);
    ck_assert_int_gt(failures, 5);
}

static const struct {
    enum store_access access;
    bool is_there;
} openings[] = {{STORE_READ, true}, {STORE_WRITE, true}, {STORE_CREATE, true}, {STORE_CREATE, false}};

START_TEST(an_opening_that_fails_leaves_a_database_that_can_be_opened)
{
    try_to_open(openings[_i].access, openings[_i].is_there);
}
END_TEST

/* ---- the way back to the log ---- */

static void fail_after_load(void *context, const char *step)
{
    (void)context;
    if (strcmp(step, "commit:load") == 0)
        faults_arm(1, true);
}

START_TEST(a_load_that_cannot_go_back_to_the_log_is_loaded_and_who_sends_tries_again)
{
    struct steps steps = {fail_after_load, NULL};
    struct campaign campaign = fixture_campaign("c");
    struct store_message message =
        fixture_message(2, &(struct fixture_row){"573000000001", "Hola", JOB_PENDING, REASON_NONE});
    unlink(fixture_database);
    assert_ok(store_open(fixture_database, STORE_CREATE, &steps, &store, &error));
    assert_ok(store_load_begin(store, &campaign, true, &error));
    assert_ok(store_load_message(store, &campaign, &message, &error));
    int loaded = store_load_end(store, &campaign, &error);
    int locked = store_lock_sender(store, &error);
    ck_assert(faults_disarm());
    ck_assert_int_eq(loaded, 0);
    ck_assert_int_eq(locked, -1);
    ck_assert_int_eq(error.kind, ERROR_MACHINE);
    ck_assert_str_eq(fixture_text("PRAGMA journal_mode"), "delete");
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message"), 1);
    assert_ok(store_lock_sender(store, &error));
    ck_assert_str_eq(fixture_text("PRAGMA journal_mode"), "wal");
    campaign_free(&campaign);
    store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_faults");
    TCase *faults = fixture_case(suite, "faults");
    tcase_add_checked_fixture(faults, make_template, free_template);
    tcase_add_loop_test(faults, whatever_fails_is_told_and_changes_nothing, 0, OPERATIONS);
    tcase_add_loop_test(faults, whatever_fails_from_some_moment_on_is_told_and_changes_nothing, 0,
                        OPERATIONS);
    tcase_add_loop_test(faults, a_walk_ends_where_the_callback_wants_no_more, 0, OPERATIONS);
    tcase_add_loop_test(faults, an_opening_that_fails_leaves_a_database_that_can_be_opened, 0,
                        (int)(sizeof openings / sizeof *openings));
    tcase_add_test(faults, a_load_that_cannot_go_back_to_the_log_is_loaded_and_who_sends_tries_again);
    return run_suite(suite);
}
