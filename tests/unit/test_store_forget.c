/* Forgetting: what is personal goes, what is counted stays, and what is not over is left as it is. */
#include "../../src/io/store_internal.h"
#include "campana/store_forget.h"
#include "store_fixture.h"
#include <signal.h>
#include <sys/resource.h>

static struct store *store;
static struct campaign campaign, other;

/* Row 2 is accepted, 3 refused, 4 unknown, 5 invalid, 6 duplicate, 7 suppressed; the other campaign has one
 * row that is accepted and one that is pending. */
static void open_store(void)
{
    static const struct fixture_row rows[] = {
        {"573000000001", "Hola Ana", JOB_PENDING, REASON_NONE},
        {"573000000002", "Hola Berta", JOB_PENDING, REASON_NONE},
        {"573000000003", "Hola Carla", JOB_PENDING, REASON_NONE},
        {"310", "Hola Diana", JOB_INVALID, REASON_NUMBER_SHORT},
        {"573000000001", "Hola Elsa", JOB_DUPLICATE, REASON_DUPLICATE},
        {"573000000006", "Hola Flor", JOB_SUPPRESSED, REASON_SUPPRESSED},
    };
    store = fixture_open(STORE_CREATE);
    campaign = fixture_load(store, "c", rows, sizeof rows / sizeof *rows);
    struct run run = fixture_run(store, &campaign);
    fixture_send(store, &campaign, &run, JOB_ACCEPTED, 77, REASON_NONE);
    fixture_send(store, &campaign, &run, JOB_REFUSED, -4, REASON_GATEWAY_NUMBER);
    struct job job = fixture_claim(store, &campaign);
    struct settlement settlement = fixture_settlement(&run, &job, JOB_UNKNOWN, 0, REASON_ANSWER_UNREADABLE);
    snprintf(settlement.outcome.detail, sizeof settlement.outcome.detail, "Hola Carla");
    assert_ok(store_begin(store, &error));
    assert_ok(store_settle(store, &settlement, &error));
    assert_ok(store_commit(store, &error));
    other = fixture_load_pending(store, "other", 2);
    run = fixture_run(store, &other);
    fixture_send(store, &other, &run, JOB_ACCEPTED, 78, REASON_NONE);
    assert_ok(store_lock_sender(store, &error));
}

static void close_store(void)
{
    campaign_free(&campaign);
    campaign_free(&other);
    store_close(store);
}

#define NUMBERS_AND_TEXTS                                                                                    \
    "SELECT group_concat(msisdn || text || fields, '|') FROM (SELECT * FROM message ORDER BY id)"
#define KEPT                                                                                                 \
    "SELECT group_concat(row || state || quote(code) || quote(reason_code) || attempts || "                  \
    "quote(http_status) || quote(first_sent_at_ms) || quote(finished_at_ms) || quote(latency_ms), '|') "     \
    "FROM (SELECT * FROM message ORDER BY id)"

/* ---- forgetting ---- */

START_TEST(numbers_texts_and_cells_go_and_what_is_counted_stays)
{
    char kept[4096];
    snprintf(kept, sizeof kept, "%s", fixture_text(KEPT));
    assert_ok(store_forget(store, &campaign, true, NOW_MS + 9000, &error));
    ck_assert_str_eq(fixture_text(KEPT), kept);
    ck_assert_str_eq(fixture_text(NUMBERS_AND_TEXTS),
                     "[]|[]|[]|[]|[]|[]|573000000000Hola[null,null]|573000000001Hola[null,null]");
    ck_assert_int_eq(
        fixture_number("SELECT count(*) FROM message WHERE campaign_id = 1 AND reason IS NOT NULL"), 0);
    ck_assert_str_eq(
        fixture_text(
            "SELECT name || '|' || file || '|' || settings || '|' || columns || '|' || phone_column || "
            "'|' || quote(text_column) || '|' || forgotten_at_ms || '|' || quote(erased_at_ms) "
            "FROM campaign WHERE id = 1"),
        "c||{}|[]|0|NULL|1763884809000|NULL");
    ck_assert_str_eq(fixture_text("PRAGMA integrity_check"), "ok");
    ck_assert_str_eq(fixture_text("SELECT quote((SELECT count(*) FROM pragma_foreign_key_check))"), "0");
}
END_TEST

START_TEST(what_an_answer_quoted_is_forgotten_and_the_try_is_not)
{
    ck_assert_str_eq(fixture_text("SELECT reason FROM attempt WHERE state = 'unknown'"), "Hola Carla");
    assert_ok(store_forget(store, &campaign, true, NOW_MS, &error));
    ck_assert_str_eq(fixture_text("SELECT group_concat(state || reason_code || quote(reason)) FROM attempt"),
                     "refusedgateway_numberNULL,unknownanswer_unreadableNULL");
}
END_TEST

START_TEST(a_test_message_keeps_its_outcome_alone)
{
    int64_t id;
    struct outcome outcome = {.reason = REASON_NONE, .code = 79};
    assert_ok(store_test_begin(store, campaign.id, "573209998877", slice_of("Hola"), NOW_MS, &id, &error));
    assert_ok(store_test_end(store, id, JOB_ACCEPTED, &outcome, &error));
    assert_ok(store_test_begin(store, other.id, "573209998877", slice_of("Hola"), NOW_MS, &id, &error));
    assert_ok(store_forget(store, &campaign, true, NOW_MS, &error));
    ck_assert_str_eq(
        fixture_text(
            "SELECT group_concat(campaign_id || msisdn || text || state || quote(code)) FROM test_message"),
        "1accepted79,2573209998877HolainflightNULL");
}
END_TEST

static int count_found(void *context, const struct found_message *found, struct error *into)
{
    (void)found;
    (void)into;
    ++*(int *)context;
    return 0;
}

START_TEST(a_forgotten_number_is_found_no_more_and_the_other_campaigns_are)
{
    int found = 0;
    assert_ok(store_find(store, "573000000001", count_found, &found, &error));
    ck_assert_int_eq(found, 3);
    found = 0;
    assert_ok(store_forget(store, &campaign, true, NOW_MS, &error));
    assert_ok(store_find(store, "573000000001", count_found, &found, &error));
    ck_assert_int_eq(found, 1);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM number_block WHERE campaign_id = 1"), 0);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM number_block WHERE campaign_id = 2"), 1);
}
END_TEST

START_TEST(what_is_pending_becomes_invalid_for_it_can_not_be_sent)
{
    assert_ok(store_forget(store, &other, true, NOW_MS, &error));
    ck_assert_str_eq(
        fixture_text("SELECT group_concat(state || quote(reason_code)) FROM message WHERE campaign_id = 2"),
        "acceptedNULL,invalid'forgotten'");
    struct job job;
    int count = -1;
    assert_ok(store_peek(store, other.id, 0, &job, 1, &count, &error));
    ck_assert_int_eq(count, 0);
}
END_TEST

START_TEST(a_campaign_that_is_forgotten_again_keeps_its_date)
{
    assert_ok(store_forget(store, &campaign, true, NOW_MS + 1, &error));
    assert_ok(store_erase(store, NOW_MS + 2, &error));
    assert_ok(store_forget(store, &campaign, true, NOW_MS + 3, &error));
    ck_assert_str_eq(
        fixture_text("SELECT (forgotten_at_ms - loaded_at_ms) || quote(erased_at_ms) FROM campaign"),
        "1NULL");
}
END_TEST

/* ---- what is left as it is ---- */

START_TEST(a_campaign_that_is_not_over_is_named_with_what_is_open_and_left_as_it_is)
{
    char before[4096];
    struct counts counts;
    snprintf(before, sizeof before, "%s", fixture_text(NUMBERS_AND_TEXTS));
    assert_fails(store_forget_check(store, &campaign, false, &counts, &error), ERROR_INPUT,
                 "campaign \"c\" is not over: 1 unknown. ");
    assert_says("--unfinished");
    assert_fails(store_forget(store, &campaign, false, NOW_MS, &error), ERROR_INPUT, "1 unknown");
    assert_fails(store_forget(store, &other, false, NOW_MS, &error), ERROR_INPUT, "1 pending. ");
    fixture_claim(store, &other);
    assert_fails(store_forget_check(store, &other, false, &counts, &error), ERROR_INPUT, "1 inflight. ");
    struct campaign mixed = fixture_load_pending(store, "mixed", 3);
    fixture_claim(store, &mixed);
    assert_fails(store_forget_check(store, &mixed, false, &counts, &error), ERROR_INPUT,
                 "2 pending, 1 inflight. ");
    fixture_sql("DELETE FROM number_block WHERE campaign_id = 3");
    fixture_sql("DELETE FROM message WHERE campaign_id = 3");
    ck_assert_str_eq(fixture_text(NUMBERS_AND_TEXTS), before);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM campaign WHERE forgotten_at_ms IS NOT NULL"), 0);
    campaign_free(&mixed);
}
END_TEST

START_TEST(the_check_counts_every_state_and_changes_nothing)
{
    struct counts counts;
    assert_ok(store_forget_check(store, &campaign, true, &counts, &error));
    static const int64_t expected[JOB_STATES] = {
        [JOB_ACCEPTED] = 1, [JOB_REFUSED] = 1,   [JOB_UNKNOWN] = 1,
        [JOB_INVALID] = 1,  [JOB_DUPLICATE] = 1, [JOB_SUPPRESSED] = 1};
    for (int state = 0; state < JOB_STATES; state++)
        ck_assert_msg(counts.of[state] == expected[state], "%s", job_state_name((enum job_state)state));
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM campaign WHERE forgotten_at_ms IS NOT NULL"), 0);
}
END_TEST

START_TEST(a_row_that_is_inflight_is_never_forgotten)
{
    fixture_claim(store, &other);
    assert_fails(store_forget(store, &other, true, NOW_MS, &error), ERROR_MACHINE,
                 "rows are inflight while a campaign is forgotten");
    ck_assert_str_eq(fixture_text("SELECT group_concat(state || msisdn) FROM message WHERE campaign_id = 2"),
                     "accepted573000000000,inflight573000000001");
}
END_TEST

START_TEST(a_campaign_that_is_not_there_is_a_bug_and_nothing_is_stored)
{
    struct campaign gone = campaign;
    gone.id = 99;
    assert_fails(store_forget(store, &gone, true, NOW_MS, &error), ERROR_MACHINE,
                 "a campaign that is forgotten is not there");
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE msisdn = ''"), 0);
}
END_TEST

START_TEST(nothing_is_forgotten_while_another_process_may_send)
{
    store_close(store);
    store = fixture_open(STORE_WRITE);
    assert_fails(store_forget(store, &campaign, true, NOW_MS, &error), ERROR_MACHINE,
                 "forgetting needs the sender's lock");
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE msisdn = ''"), 0);
}
END_TEST

START_TEST(a_step_of_forgetting_that_fails_undoes_those_before_it)
{
    static const char *const tables[] = {"message", "attempt", "test_message", "campaign"};
    char sql[256];
    int64_t id;
    assert_ok(store_test_begin(store, campaign.id, "573209998877", slice_of("Hola"), NOW_MS, &id, &error));
    snprintf(sql, sizeof sql,
             "CREATE TRIGGER no BEFORE UPDATE ON %s BEGIN SELECT raise(ABORT, 'not now'); END", tables[_i]);
    fixture_sql(sql);
    assert_fails(store_forget(store, &campaign, true, NOW_MS, &error), ERROR_MACHINE, "not now");
    fixture_sql("DROP TRIGGER no");
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE msisdn = ''"), 0);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM attempt WHERE reason IS NOT NULL"), 1);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM number_block WHERE campaign_id = 1"), 1);
    assert_ok(store_forget(store, &campaign, true, NOW_MS, &error));
}
END_TEST

/* ---- when it was last used ---- */

START_TEST(a_campaign_was_last_used_by_whatever_came_last)
{
    int64_t at_ms, id;
    struct campaign fresh = fixture_load_pending(store, "fresh", 1);
    assert_ok(store_last_used(store, &fresh, &at_ms, &error));
    ck_assert_int_eq(at_ms, NOW_MS);
    struct run run = {
        .campaign_id = fresh.id, .started_at_ms = NOW_MS + 100, .rate = "10/s", .concurrency = 1};
    assert_ok(store_run_begin(store, &run, &error));
    assert_ok(store_last_used(store, &fresh, &at_ms, &error));
    ck_assert_int_eq(at_ms, NOW_MS + 100);
    run.ended_at_ms = NOW_MS + 200;
    snprintf(run.ended, sizeof run.ended, "done");
    assert_ok(store_run_end(store, &run, &error));
    assert_ok(store_last_used(store, &fresh, &at_ms, &error));
    ck_assert_int_eq(at_ms, NOW_MS + 200);
    assert_ok(store_test_begin(store, fresh.id, "573209998877", slice_of("x"), NOW_MS + 150, &id, &error));
    assert_ok(store_last_used(store, &fresh, &at_ms, &error));
    ck_assert_int_eq(at_ms, NOW_MS + 200);
    assert_ok(store_test_begin(store, fresh.id, "573209998877", slice_of("x"), NOW_MS + 300, &id, &error));
    assert_ok(store_last_used(store, &fresh, &at_ms, &error));
    ck_assert_int_eq(at_ms, NOW_MS + 300);
    campaign_free(&fresh);
}
END_TEST

/* ---- erasing ---- */

static bool needs_erasing(void)
{
    bool needs = false;
    assert_ok(store_needs_erasing(store, &needs, &error));
    return needs;
}

static bool file_has(const char *name, const char *wanted)
{
    bool found = false;
    size_t len = strlen(wanted);
    FILE *file = fopen(fixture_path(name), "r");
    if (file == NULL)
        return false;
    static char bytes[1 << 20];
    size_t count = fread(bytes, 1, sizeof bytes, file);
    ck_assert_uint_lt(count, sizeof bytes);
    for (size_t i = 0; i + len <= count && !found; i++)
        found = memcmp(bytes + i, wanted, len) == 0;
    fclose(file);
    return found;
}

static bool left_in_files(const char *wanted)
{
    return file_has("campana.db", wanted) || file_has("campana.db-wal", wanted);
}

START_TEST(not_one_byte_of_it_is_left_in_the_files_once_they_are_erased)
{
    ck_assert(!needs_erasing());
    ck_assert(left_in_files("Hola Ana"));
    ck_assert(left_in_files("573000000002"));
    assert_ok(store_forget(store, &campaign, true, NOW_MS, &error));
    ck_assert(needs_erasing());
    assert_ok(store_erase(store, NOW_MS + 7, &error));
    ck_assert(!needs_erasing());
    ck_assert(!left_in_files("Hola Ana"));
    ck_assert(!left_in_files("Hola Carla"));
    ck_assert(!left_in_files("573000000002"));
    ck_assert(left_in_files("573000000000")); /* the other campaign's */
    ck_assert_str_eq(fixture_text("SELECT group_concat(quote(erased_at_ms - loaded_at_ms)) FROM campaign"),
                     "7,NULL");
    ck_assert_str_eq(fixture_text("PRAGMA integrity_check"), "ok");
}
END_TEST

START_TEST(a_reader_in_the_way_is_named_and_it_can_be_tried_again)
{
    sqlite3_stmt *row = NULL;
    sqlite3 *reader = fixture_connect(fixture_database);
    ck_assert_int_eq(sqlite3_prepare_v2(reader, "SELECT id FROM message", -1, &row, NULL), SQLITE_OK);
    assert_ok(store_forget(store, &campaign, true, NOW_MS, &error));
    ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
    sqlite3_busy_timeout(store->database, 1);
    assert_fails(store_erase(store, NOW_MS, &error), ERROR_MACHINE,
                 "another process is reading, so the log beside the database cannot be emptied");
    ck_assert(needs_erasing());
    sqlite3_finalize(row);
    sqlite3_close(reader);
    assert_ok(store_erase(store, NOW_MS, &error));
    ck_assert(!needs_erasing());
    ck_assert(!left_in_files("Hola Ana"));
}
END_TEST

START_TEST(a_writer_in_the_way_is_named_and_it_can_be_tried_again)
{
    sqlite3 *writer = fixture_connect(fixture_database);
    assert_ok(store_forget(store, &campaign, true, NOW_MS, &error));
    ck_assert_int_eq(fixture_execute(writer, "BEGIN IMMEDIATE"), SQLITE_OK);
    sqlite3_busy_timeout(store->database, 1);
    assert_fails(store_erase(store, NOW_MS, &error), ERROR_MACHINE, "cannot rewrite the database");
    assert_says("another process is writing");
    ck_assert(needs_erasing());
    sqlite3_close(writer);
    assert_ok(store_erase(store, NOW_MS, &error));
    ck_assert(!needs_erasing());
}
END_TEST

static void set_limit(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
}

START_TEST(a_full_disk_leaves_it_to_be_forgotten_or_erased_another_time)
{
    int result;
    signal(SIGXFSZ, SIG_IGN);
    sqlite3_exec(store->database, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    error_clear(&error);
    set_limit(1);
    result = store_forget(store, &campaign, true, NOW_MS, &error);
    set_limit(RLIM_INFINITY);
    ck_assert_int_eq(result, -1);
    assert_says("cannot write to the disk");
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE msisdn = ''"), 0);

    assert_ok(store_forget(store, &campaign, true, NOW_MS, &error));
    error_clear(&error);
    set_limit(1);
    result = store_erase(store, NOW_MS, &error);
    set_limit(RLIM_INFINITY);
    ck_assert_int_eq(result, -1);
    assert_says("cannot rewrite the database");
    ck_assert(needs_erasing());
    assert_ok(store_erase(store, NOW_MS, &error));
    ck_assert(!left_in_files("Hola Ana"));
}
END_TEST

START_TEST(a_database_in_memory_forgets_without_a_lock_or_a_log)
{
    bool needs = false;
    struct store *memory = NULL;
    assert_ok(store_open(":memory:", STORE_CREATE, NULL, &memory, &error));
    struct campaign there = fixture_load_pending(memory, "c", 1);
    assert_ok(store_forget(memory, &there, true, NOW_MS, &error));
    assert_ok(store_needs_erasing(memory, &needs, &error));
    ck_assert(needs);
    assert_ok(store_erase(memory, NOW_MS, &error));
    assert_ok(store_needs_erasing(memory, &needs, &error));
    ck_assert(!needs);
    campaign_free(&there);
    store_close(memory);
}
END_TEST

START_TEST(a_database_that_cannot_be_read_is_told)
{
    bool needs;
    int64_t at_ms;
    struct counts counts;
    fixture_sql("ALTER TABLE campaign RENAME TO gone");
    fixture_sql("ALTER TABLE message RENAME TO gone_too");
    assert_fails(store_needs_erasing(store, &needs, &error), ERROR_MACHINE,
                 "cannot look for what was forgotten");
    assert_fails(store_last_used(store, &campaign, &at_ms, &error), ERROR_MACHINE,
                 "cannot read when a campaign was last used");
    assert_fails(store_forget_check(store, &campaign, true, &counts, &error), ERROR_MACHINE, "cannot count");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_forget");
    TCase *forget = fixture_case(suite, "forget");
    tcase_add_checked_fixture(forget, open_store, close_store);
    tcase_add_test(forget, numbers_texts_and_cells_go_and_what_is_counted_stays);
    tcase_add_test(forget, what_an_answer_quoted_is_forgotten_and_the_try_is_not);
    tcase_add_test(forget, a_test_message_keeps_its_outcome_alone);
    tcase_add_test(forget, a_forgotten_number_is_found_no_more_and_the_other_campaigns_are);
    tcase_add_test(forget, what_is_pending_becomes_invalid_for_it_can_not_be_sent);
    tcase_add_test(forget, a_campaign_that_is_forgotten_again_keeps_its_date);
    tcase_add_test(forget, a_campaign_that_is_not_over_is_named_with_what_is_open_and_left_as_it_is);
    tcase_add_test(forget, the_check_counts_every_state_and_changes_nothing);
    tcase_add_test(forget, a_row_that_is_inflight_is_never_forgotten);
    tcase_add_test(forget, a_campaign_that_is_not_there_is_a_bug_and_nothing_is_stored);
    tcase_add_test(forget, nothing_is_forgotten_while_another_process_may_send);
    tcase_add_loop_test(forget, a_step_of_forgetting_that_fails_undoes_those_before_it, 0, 4);
    tcase_add_test(forget, a_campaign_was_last_used_by_whatever_came_last);
    TCase *erase = fixture_case(suite, "erase");
    tcase_add_checked_fixture(erase, open_store, close_store);
    tcase_add_test(erase, not_one_byte_of_it_is_left_in_the_files_once_they_are_erased);
    tcase_add_test(erase, a_reader_in_the_way_is_named_and_it_can_be_tried_again);
    tcase_add_test(erase, a_writer_in_the_way_is_named_and_it_can_be_tried_again);
    tcase_add_test(erase, a_full_disk_leaves_it_to_be_forgotten_or_erased_another_time);
    tcase_add_test(erase, a_database_in_memory_forgets_without_a_lock_or_a_log);
    tcase_add_test(erase, a_database_that_cannot_be_read_is_told);
    return run_suite(suite);
}
