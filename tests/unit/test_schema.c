/* What the schema itself refuses, whoever writes, and that no statement of the store walks through all
 * messages. */
#include "../../src/io/store_internal.h"
#include "store_fixture.h"

static struct store *store;
static sqlite3 *database;

static void open_database(void)
{
    assert_ok(store_open(":memory:", STORE_CREATE, NULL, &store, &error));
    database = store->database;
    ck_assert_int_eq(fixture_execute(database,
                                     "INSERT INTO campaign VALUES (1, 'c', 'c.csv', hex(zeroblob(32)), '{}', "
                                     "'[\"phone\"]', 0, NULL, 1, 100, 0, NULL, NULL)"),
                     SQLITE_OK);
}

static void close_database(void)
{
    store_close(store);
}

static void assert_answer(const char *sql, const char *expected)
{
    sqlite3_stmt *statement = NULL;
    ck_assert_int_eq(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    ck_assert_str_eq((const char *)sqlite3_column_text(statement, 0), expected);
    sqlite3_finalize(statement);
}

/* ---- moves ---- */

/* What a message in each state has besides. */
static const char *const shapes[JOB_STATES] = {
    [JOB_PENDING] =
        "attempts = 0, code = NULL, reason_code = NULL, first_sent_at_ms = NULL, finished_at_ms = NULL",
    [JOB_INFLIGHT] =
        "attempts = 1, code = NULL, reason_code = NULL, first_sent_at_ms = 5, finished_at_ms = NULL",
    [JOB_ACCEPTED] = "attempts = 1, code = 7, reason_code = NULL, first_sent_at_ms = 5, finished_at_ms = 6",
    [JOB_REFUSED] =
        "attempts = 1, code = -4, reason_code = 'gateway_number', first_sent_at_ms = 5, finished_at_ms = 6",
    [JOB_UNKNOWN] =
        "attempts = 1, code = NULL, reason_code = 'timeout', first_sent_at_ms = 5, finished_at_ms = 6",
    [JOB_INVALID] = "attempts = 0, code = NULL, reason_code = 'forgotten', first_sent_at_ms = NULL, "
                    "finished_at_ms = NULL",
    [JOB_DUPLICATE] = "attempts = 0, code = NULL, reason_code = 'duplicate', first_sent_at_ms = NULL, "
                      "finished_at_ms = NULL",
    [JOB_SUPPRESSED] = "attempts = 0, code = NULL, reason_code = 'suppressed', first_sent_at_ms = NULL, "
                       "finished_at_ms = NULL",
};

static int move(enum job_state to)
{
    char sql[512];
    snprintf(sql, sizeof sql, "UPDATE message SET state = '%s', %s WHERE id = 1", job_state_name(to),
             shapes[to]);
    return fixture_execute(database, sql) & 0xff;
}

/* Puts message 1 into a state as a load could not, past the trigger. */
static void put_in(enum job_state state)
{
    char sql[1024];
    snprintf(sql, sizeof sql,
             "DELETE FROM message;"
             "INSERT INTO message (id, campaign_id, row, msisdn, text, fields, state, attempts, code, "
             "reason_code, "
             "first_sent_at_ms, finished_at_ms) "
             "SELECT 1, 1, 2, '573001112233', 'Hola', '[]', '%s', %s",
             job_state_name(state),
             state == JOB_PENDING    ? "0, NULL, NULL, NULL, NULL"
             : state == JOB_INFLIGHT ? "1, NULL, NULL, 5, NULL"
             : state == JOB_ACCEPTED ? "1, 7, NULL, 5, 6"
             : state == JOB_REFUSED  ? "1, -4, 'gateway_number', 5, 6"
             : state == JOB_UNKNOWN  ? "1, NULL, 'timeout', 5, 6"
                                     : "0, NULL, 'duplicate', NULL, NULL");
    ck_assert_msg(fixture_execute(database, sql) == SQLITE_OK, "%s", sqlite3_errmsg(database));
}

START_TEST(the_schema_lets_a_message_move_exactly_as_the_program_does)
{
    enum job_state from = (enum job_state)(_i / JOB_STATES);
    enum job_state to = (enum job_state)(_i % JOB_STATES);
    put_in(from);
    int code = move(to);
    if (job_move_legal(from, to)) {
        ck_assert_msg(code == SQLITE_OK, "%s to %s: %s", job_state_name(from), job_state_name(to),
                      sqlite3_errmsg(database));
        return;
    }
    ck_assert_msg(code == SQLITE_CONSTRAINT, "%s to %s was possible", job_state_name(from),
                  job_state_name(to));
    ck_assert_str_eq(sqlite3_errmsg(database), "not a legal move of a message");
}
END_TEST

START_TEST(a_move_that_is_not_legal_takes_its_transaction_back)
{
    put_in(JOB_PENDING);
    ck_assert_int_eq(fixture_execute(database, "BEGIN; UPDATE campaign SET file = 'other.csv'"), SQLITE_OK);
    ck_assert_int_eq(move(JOB_ACCEPTED), SQLITE_CONSTRAINT);
    ck_assert_int_ne(sqlite3_get_autocommit(database), 0);
    assert_answer("SELECT state || ' ' || file FROM message JOIN campaign ON campaign.id = campaign_id",
                  "pending c.csv");
}
END_TEST

/* ---- rules ---- */

#define MESSAGE "INSERT INTO message (id, campaign_id, row, msisdn, text, fields, state"
#define GOOD    "1, 1, 2, '573001112233', 'Hola', '[]'"

static const struct {
    int expected;
    const char *sql;
} rules[] = {
    {SQLITE_OK, MESSAGE ") VALUES (" GOOD ", 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (" GOOD ", 'sent')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (" GOOD ", '')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (" GOOD ", NULL)"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 0, '573001112233', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 99, 2, '573001112233', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '57300111223', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '57300111223x', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '5730011122334', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '573001112233 ', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, ' 573001112233', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, ' 57300111223', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '+57300111223', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '-57300111223', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '57300111223.', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '573001112233.0', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '5.73001e+11 ', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT,
     MESSAGE ") VALUES (1, 1, 2, '573001112233' || char(0) || 'x', 'Hola', '[]', 'pending')"},
    {SQLITE_OK, MESSAGE ") VALUES (1, 1, 2, '000000000000', 'Hola', '[]', 'pending')"},
    {SQLITE_OK, MESSAGE ") VALUES (1, 1, 2, '012345678901', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '01234567890', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '0012345678901', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '01234567890x', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '٥٧٣٠٠١١١٢٢٣٣', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, '', 'Hola', '[]', 'pending')"},
    {SQLITE_CONSTRAINT,
     MESSAGE ", reason_code) VALUES (1, 1, 2, '3001112233', 'Hola', '[]', 'duplicate', 'duplicate')"},
    {SQLITE_OK, MESSAGE ", reason_code) VALUES (1, 1, 2, 'x', 'Hola', '[]', 'invalid', 'number_short')"},
    {SQLITE_CONSTRAINT, MESSAGE ") VALUES (1, 1, 2, 'x', 'Hola', '[]', 'invalid')"},
    {SQLITE_CONSTRAINT, MESSAGE ", reason_code) VALUES (1, 1, 2, 'x', 'Hola', '[]', 'invalid', '')"},
    {SQLITE_CONSTRAINT, MESSAGE ", reason_code, attempts) VALUES (" GOOD ", 'suppressed', 'suppressed', 1)"},
    {SQLITE_CONSTRAINT, MESSAGE ", finished_at_ms) VALUES (" GOOD ", 'pending', 5)"},
    {SQLITE_CONSTRAINT, MESSAGE ", attempts) VALUES (" GOOD ", 'inflight', 1)"},
    {SQLITE_OK, MESSAGE ", attempts, first_sent_at_ms) VALUES (" GOOD ", 'inflight', 1, 5)"},
    {SQLITE_CONSTRAINT, MESSAGE ", attempts, first_sent_at_ms) VALUES (" GOOD ", 'inflight', 0, 5)"},
    {SQLITE_CONSTRAINT, MESSAGE ", attempts) VALUES (1, 1, 2, '57300111223', 'Hola', '[]', 'pending', 1)"},
    {SQLITE_CONSTRAINT, MESSAGE ", attempts, first_sent_at_ms)"
                                " VALUES (1, 1, 2, '57300111223', 'Hola', '[]', 'inflight', 0, 5)"},
    {SQLITE_CONSTRAINT,
     MESSAGE ", attempts, first_sent_at_ms, finished_at_ms) VALUES (" GOOD ", 'accepted', 1, 5, 6)"},
    {SQLITE_CONSTRAINT, MESSAGE ", attempts, first_sent_at_ms, finished_at_ms, code) VALUES (" GOOD
                                ", 'accepted', 1, 5, 6, -4)"},
    {SQLITE_CONSTRAINT, MESSAGE ", attempts, first_sent_at_ms, code) VALUES (" GOOD ", 'accepted', 1, 5, 7)"},
    {SQLITE_CONSTRAINT, MESSAGE ", attempts, finished_at_ms, code) VALUES (" GOOD ", 'accepted', 1, 6, 7)"},
    {SQLITE_OK,
     MESSAGE ", attempts, first_sent_at_ms, finished_at_ms, code) VALUES (" GOOD ", 'accepted', 1, 5, 6, 7)"},
    {SQLITE_OK, MESSAGE ", attempts, first_sent_at_ms, finished_at_ms, reason_code) VALUES (" GOOD
                        ", 'accepted', 1, 5, 6, 'resolved')"},
    {SQLITE_CONSTRAINT,
     MESSAGE ", attempts, first_sent_at_ms, finished_at_ms, code) VALUES (" GOOD ", 'refused', 1, 5, 6, -1)"},
    {SQLITE_CONSTRAINT,
     MESSAGE ", attempts, first_sent_at_ms, finished_at_ms) VALUES (" GOOD ", 'refused', 1, 5, 6)"},
    {SQLITE_OK,
     MESSAGE ", attempts, first_sent_at_ms, finished_at_ms, code) VALUES (" GOOD ", 'refused', 1, 5, 6, -5)"},
    {SQLITE_CONSTRAINT,
     MESSAGE ", attempts, first_sent_at_ms, finished_at_ms) VALUES (" GOOD ", 'unknown', 1, 5, 6)"},
    {SQLITE_OK, MESSAGE ", attempts, first_sent_at_ms, finished_at_ms, reason_code) VALUES (" GOOD
                        ", 'unknown', 1, 5, 6, 'timeout')"},
    {SQLITE_CONSTRAINT, MESSAGE ", http_status) VALUES (" GOOD ", 'pending', 99)"},
    {SQLITE_CONSTRAINT, MESSAGE ", latency_ms) VALUES (" GOOD ", 'pending', -1)"},
    {SQLITE_CONSTRAINT, MESSAGE ", code) VALUES (" GOOD ", 'pending', 'x')"},
    {SQLITE_CONSTRAINT, "UPDATE campaign SET name = ''"},
    {SQLITE_CONSTRAINT, "UPDATE campaign SET settings = 'x'"},
    {SQLITE_CONSTRAINT, "UPDATE campaign SET columns = '{}'"},
    {SQLITE_CONSTRAINT, "UPDATE campaign SET last_id = -1"},
    {SQLITE_CONSTRAINT, "INSERT INTO campaign SELECT 2, name, file, content_sha256, settings, columns, 0, 0, "
                        "1, 1, 0, NULL, NULL "
                        "FROM campaign"},
    {SQLITE_CONSTRAINT,
     "INSERT INTO run (campaign_id, started_at_ms, rate, concurrency) VALUES (1, 0, '1/s', 0)"},
    {SQLITE_CONSTRAINT,
     "INSERT INTO run (campaign_id, started_at_ms, rate, concurrency) VALUES (9, 0, '1/s', 1)"},
    {SQLITE_CONSTRAINT, "INSERT INTO run (campaign_id, started_at_ms, rate, concurrency, ended) VALUES (1, "
                        "0, '1/s', 1, 'done')"},
    {SQLITE_OK, "INSERT INTO run (campaign_id, started_at_ms, rate, concurrency) VALUES (1, 0, '1/s', 1)"},
    {SQLITE_CONSTRAINT, "INSERT INTO test_message (campaign_id, msisdn, text, sent_at_ms, state) "
                        "VALUES (1, '573001112233', 'Hola', 0, 'sent')"},
};

START_TEST(the_schema_knows_what_a_row_may_look_like)
{
    int code = fixture_execute(database, rules[_i].sql) & 0xff;
    ck_assert_msg(code == rules[_i].expected, "%s: %d, %s", rules[_i].sql, code, sqlite3_errmsg(database));
}
END_TEST

/* ---- plans ---- */

static void read_plan(const char *sql, char *plan, size_t bytes)
{
    sqlite3_stmt *statement = NULL;
    char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
    int code = sqlite3_prepare_v2(store->database, explain, -1, &statement, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(store->database));
    plan[0] = '\0';
    while (sqlite3_step(statement) == SQLITE_ROW) {
        strncat(plan, (const char *)sqlite3_column_text(statement, 3), bytes - strlen(plan) - 1);
        strncat(plan, "\n", bytes - strlen(plan) - 1);
    }
    sqlite3_finalize(statement);
    sqlite3_free(explain);
}

START_TEST(no_statement_walks_through_the_messages_of_other_campaigns)
{
    char plan[2048];
    ck_assert_int_eq(fixture_execute(store->database, store_sql[SQL_TWICE_MAKE].sql), SQLITE_OK);
    if (_i == SQL_BEGIN || _i == SQL_COMMIT || _i == SQL_ROLLBACK || _i == SQL_TWICE_MAKE)
        return;
    if (_i == SQL_LOAD_CAMPAIGN || _i == SQL_RUN_BEGIN)
        return; /* their plans show scans for deferred foreign keys, of which there are none */
    read_plan(store_sql[_i].sql, plan, sizeof plan);
    if (_i ==
        SQL_BOOKS) { /* balances speak of all campaigns: every unknown attempt and every decision is read */
        ck_assert_msg(strstr(plan, "SCAN attempt USING INDEX attempt_unknown") != NULL, "%s", plan);
        return;
    }
    /* The bill is over all campaigns, and reads every try that failed; of messages, only those of its period.
     */
    if (_i == SQL_BILL) {
        ck_assert_msg(strstr(plan, "SCAN message\n") == NULL && strstr(plan, "SCAN m\n") == NULL, "%s", plan);
        return;
    }
    const char *const scans[] = {"SCAN message\n", "SCAN m\n", "SCAN attempt", "SCAN resolution"};
    for (size_t i = 0; i < sizeof scans / sizeof *scans; i++)
        ck_assert_msg(strstr(plan, scans[i]) == NULL, "%s:\n%s", store_sql[_i].sql, plan);
}
END_TEST

static const struct {
    enum store_sql sql;
    const char *plan;
} hot[] = {
    {SQL_PEEK, "SEARCH message USING INDEX message_pending (campaign_id=? AND rowid>?)\n"},
    {SQL_CLAIM, "SEARCH message USING INTEGER PRIMARY KEY (rowid=?)\n"},
    {SQL_UNCLAIM, "SEARCH message USING INTEGER PRIMARY KEY (rowid=?)\n"},
    {SQL_SETTLE, "SEARCH message USING INTEGER PRIMARY KEY (rowid=?)\n"},
    {SQL_RUN_COUNTS, "SEARCH run USING INTEGER PRIMARY KEY (rowid=?)\n"},
    {SQL_COUNT_PENDING, "SEARCH message USING INDEX message_pending (campaign_id=?)\n"},
    {SQL_RECOVER_MESSAGES, "SEARCH message USING COVERING INDEX message_uncertain (state=?)\n"},
    {SQL_COUNT, "SEARCH message USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)\n"},
    {SQL_REPORT, "SEARCH message USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)\n"},
};

START_TEST(what_is_asked_often_goes_by_its_index)
{
    char plan[2048];
    read_plan(store_sql[hot[_i].sql].sql, plan, sizeof plan);
    ck_assert_str_eq(plan, hot[_i].plan);
}
END_TEST

/* Where a statement may fail in its middle by itself, SQLite copies every page that it touches before: by a
 * rule that undoes the statement alone, and by a function, which may fail. Moves of messages leave that out:
 * a third of their cost. */
static void assert_nothing_fails_alone(const char *sql)
{
    enum { BY_ROLLBACK = 1, COLUMN_OPCODE = 1, COLUMN_P1, COLUMN_P2 };
    sqlite3_stmt *statement = NULL;
    char *explain = sqlite3_mprintf("EXPLAIN %s", sql);
    int halts = 0;
    ck_assert_int_eq(sqlite3_prepare_v2(database, explain, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *opcode = (const char *)sqlite3_column_text(statement, COLUMN_OPCODE);
        bool halt = strcmp(opcode, "Halt") == 0 || strcmp(opcode, "HaltIfNull") == 0;
        ck_assert_msg(strstr(opcode, "Func") == NULL, "%s calls a function", sql);
        if (halt && sqlite3_column_int(statement, COLUMN_P1) != SQLITE_OK) {
            ck_assert_msg(sqlite3_column_int(statement, COLUMN_P2) == BY_ROLLBACK, "%s", sql);
            halts++;
        }
    }
    ck_assert_int_gt(halts, 1);
    sqlite3_finalize(statement);
    sqlite3_free(explain);
}

START_TEST(a_move_of_a_message_copies_no_pages)
{
    static const enum store_sql moving[] = {SQL_CLAIM, SQL_CLAIM_BETWEEN, SQL_UNCLAIM, SQL_SETTLE};
    for (size_t i = 0; i < sizeof moving / sizeof *moving; i++)
        assert_nothing_fails_alone(store_sql[moving[i]].sql);
}
END_TEST

START_TEST(reached_numbers_are_found_by_their_time)
{
    char plan[2048];
    read_plan(store_sql[SQL_NUMBERS_SINCE].sql, plan, sizeof plan);
    ck_assert_ptr_nonnull(strstr(plan, "SEARCH message USING INDEX message_reached (finished_at_ms>?)"));
    ck_assert_ptr_nonnull(strstr(plan, "SEARCH message USING INDEX message_uncertain (state=?)"));
}
END_TEST

START_TEST(every_statement_says_what_it_is_for)
{
    for (int i = 0; i < STORE_SQLS; i++) {
        ck_assert_ptr_nonnull(store_sql[i].sql);
        ck_assert_ptr_nonnull(store_sql[i].doing);
    }
}
END_TEST

/* ---- views for people ---- */

START_TEST(the_report_for_people_names_campaign_and_times)
{
    put_in(JOB_ACCEPTED);
    assert_answer("SELECT campaign || '|' || row || '|' || msisdn || '|' || state || '|' || code || '|' || "
                  "first_sent_at "
                  "|| '|' || finished_at FROM message_report",
                  "c|2|573001112233|accepted|7|1970-01-01T00:00:00.005Z|1970-01-01T00:00:00.006Z");
}
END_TEST

START_TEST(the_summary_for_people_counts_by_state)
{
    put_in(JOB_UNKNOWN);
    ck_assert_int_eq(
        fixture_execute(database, "INSERT INTO campaign SELECT 2, 'empty', file, content_sha256, settings, "
                                  "columns, 0, 0, 101, 100, 0, NULL, NULL FROM campaign"),
        SQLITE_OK);
    assert_answer("SELECT group_concat(campaign || ' ' || rows || ' ' || unknown || ' ' || pending, ', ') "
                  "FROM campaign_summary",
                  "c 1 1 0, empty 0 0 0");
    assert_answer("SELECT loaded_at FROM campaign_summary", "1970-01-01T00:00:00.000Z");
}
END_TEST

static TCase *open_case(Suite *suite, const char *name)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, open_database, close_database);
    suite_add_tcase(suite, tcase);
    return tcase;
}

int main(void)
{
    Suite *suite = suite_create("schema");
    TCase *moves = open_case(suite, "moves");
    tcase_add_loop_test(moves, the_schema_lets_a_message_move_exactly_as_the_program_does, 0,
                        JOB_STATES * JOB_STATES);
    tcase_add_test(moves, a_move_that_is_not_legal_takes_its_transaction_back);
    TCase *shape = open_case(suite, "rules");
    tcase_add_loop_test(shape, the_schema_knows_what_a_row_may_look_like, 0,
                        (int)(sizeof rules / sizeof *rules));
    TCase *plans = open_case(suite, "plans");
    tcase_add_loop_test(plans, no_statement_walks_through_the_messages_of_other_campaigns, 0, STORE_SQLS);
    tcase_add_loop_test(plans, what_is_asked_often_goes_by_its_index, 0, (int)(sizeof hot / sizeof *hot));
    tcase_add_test(plans, a_move_of_a_message_copies_no_pages);
    tcase_add_test(plans, reached_numbers_are_found_by_their_time);
    tcase_add_test(plans, every_statement_says_what_it_is_for);
    TCase *views = open_case(suite, "views");
    tcase_add_test(views, the_report_for_people_names_campaign_and_times);
    tcase_add_test(views, the_summary_for_people_counts_by_state);
    return run_suite(suite);
}
