/* What only a bug of ours, or somebody else's hand in the database, can bring about: it is named as that, and
 * nothing is stored on top of it. */
#include "../../src/io/store_internal.h"
#include "campana/store_figures.h"
#include "campana/store_forget.h"
#include "store_fixture.h"

static struct store *store;
static struct campaign campaign;
static struct run run;

static void open_store(void)
{
    store = fixture_open(STORE_CREATE);
    campaign = fixture_load_pending(store, "c", 4);
    run = fixture_run(store, &campaign);
}

static void close_store(void)
{
    campaign_free(&campaign);
    store_close(store);
}

#define A_BUG "this is a bug of campana, or somebody else wrote to the database"

START_TEST(nothing_is_written_in_a_transaction_that_sqlite_has_undone)
{
    struct job job;
    int count;
    assert_ok(store_begin(store, &error));
    assert_ok(store_peek(store, campaign.id, 0, &job, 1, &count, &error));
    ck_assert_int_eq(sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_fails(store_claim(store, &job, NOW_MS, &error), ERROR_MACHINE,
                 "the transaction was undone by an earlier failure");
    assert_says(A_BUG);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'inflight'"), 0);
    assert_fails(store_commit(store, &error), ERROR_MACHINE, "there is no transaction to commit");
    fixture_send(store, &campaign, &run, JOB_ACCEPTED, 7, REASON_NONE);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'accepted'"), 1);
}
END_TEST

START_TEST(a_load_into_which_somebody_puts_rows_is_undone)
{
    struct campaign other = fixture_campaign("other");
    struct fixture_row row = {"573001112233", "Hola", JOB_PENDING, REASON_NONE};
    struct store_message message = fixture_message(2, &row);
    fixture_sql("CREATE TRIGGER intruder AFTER INSERT ON message WHEN NEW.row = 2 BEGIN"
                " INSERT INTO message (campaign_id, row, msisdn, text, fields, state)"
                " VALUES (NEW.campaign_id, 99, '573009998877', 'Hola', '[]', 'pending'); END");
    assert_ok(store_load_begin(store, &other, true, &error));
    assert_ok(store_load_message(store, &other, &message, &error));
    message.row = 3;
    assert_ok(store_load_message(store, &other, &message, &error));
    assert_fails(store_load_end(store, &other, &error), ERROR_MACHINE, "did not get the id that it should");
    assert_says(A_BUG);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM campaign"), 1);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message"), 4);
    campaign_free(&other);
}
END_TEST

START_TEST(a_snapshot_is_not_taken_within_a_transaction)
{
    assert_ok(store_begin(store, &error));
    assert_fails(store_snapshot_begin(store, &error), ERROR_MACHINE,
                 "a snapshot was begun within a transaction");
    assert_ok(store_commit(store, &error));
    assert_ok(store_snapshot_begin(store, &error));
    store_snapshot_end(store);
}
END_TEST

START_TEST(answers_of_two_runs_do_not_share_a_transaction)
{
    struct run second = fixture_run(store, &campaign);
    struct job jobs[] = {fixture_claim(store, &campaign), fixture_claim(store, &campaign)};
    struct settlement first = fixture_settlement(&run, &jobs[0], JOB_ACCEPTED, 7, REASON_NONE);
    struct settlement other = fixture_settlement(&second, &jobs[1], JOB_ACCEPTED, 8, REASON_NONE);
    assert_ok(store_begin(store, &error));
    assert_ok(store_settle(store, &first, &error));
    assert_fails(store_settle(store, &other, &error), ERROR_MACHINE, "answers of two runs came at once");
    assert_says(A_BUG);
    store_rollback(store);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'inflight'"), 2);
    ck_assert_int_eq(fixture_number("SELECT sum(accepted) FROM run"), 0);
}
END_TEST

START_TEST(a_pending_text_that_is_longer_than_any_message_is_not_sent)
{
    struct job jobs[4];
    int count;
    fixture_sql("UPDATE message SET text = hex(zeroblob(1000)) WHERE row = 3");
    assert_ok(store_begin(store, &error));
    assert_fails(store_peek(store, campaign.id, 0, jobs, 4, &count, &error), ERROR_MACHINE,
                 "a pending row is longer than any message");
    assert_says(A_BUG);
    store_rollback(store);
}
END_TEST

START_TEST(a_question_about_a_campaign_that_is_gone_is_not_answered)
{
    int64_t at_ms;
    struct campaign gone = campaign;
    gone.id = 99;
    assert_fails(store_last_used(store, &gone, &at_ms, &error), ERROR_MACHINE, "a question was not answered");
}
END_TEST

START_TEST(a_decision_that_changes_another_number_of_rows_is_undone)
{
    int64_t count;
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_CUT);
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_CUT);
    fixture_sql("CREATE TRIGGER hand BEFORE UPDATE ON message WHEN OLD.row = 3"
                " BEGIN SELECT raise(IGNORE); END");
    struct store_resolve resolve = {
        .from = JOB_UNKNOWN, .to = JOB_ACCEPTED, .who = "ana@pc", .now_ms = NOW_MS};
    assert_fails(store_resolve_apply(store, &campaign, &resolve, &count, &error), ERROR_MACHINE,
                 "another number of rows changed than was counted");
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'unknown'"), 2);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM resolution"), 0);
}
END_TEST

static int note_nothing(void *context, const struct report_row *row, struct error *into)
{
    (void)context;
    (void)row;
    (void)into;
    return 0;
}

START_TEST(a_state_of_a_later_version_is_named_and_not_guessed)
{
    fixture_sql("PRAGMA ignore_check_constraints = ON; DROP TRIGGER message_moves;"
                "UPDATE message SET state = 'read' WHERE row = 4");
    assert_fails(store_report(store, &campaign, 0, note_nothing, NULL, &error), ERROR_MACHINE,
                 "a message is in a state that this version does not know");
}
END_TEST

/* The first page of a table becomes a page of another kind. */
START_TEST(damage_that_sqlite_finds_is_told_with_its_words)
{
    assert_ok(store_check(store, &error));
    fixture_sql("PRAGMA wal_checkpoint(TRUNCATE)");
    int root = (int)fixture_number("SELECT rootpage FROM sqlite_schema WHERE name = 'steering'");
    int page_bytes = (int)fixture_number("PRAGMA page_size");
    store_close(store);
    FILE *file = fopen(fixture_database, "r+");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, (long)(root - 1) * page_bytes, SEEK_SET), 0);
    ck_assert_int_eq(fputc(0x05, file), 0x05);
    fclose(file);
    store = fixture_open(STORE_READ);
    assert_fails(store_check(store, &error), ERROR_MACHINE, "the database is damaged");
    assert_says(".recover");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_bugs");
    TCase *bugs = fixture_case(suite, "bugs");
    tcase_add_checked_fixture(bugs, open_store, close_store);
    tcase_add_test(bugs, nothing_is_written_in_a_transaction_that_sqlite_has_undone);
    tcase_add_test(bugs, a_load_into_which_somebody_puts_rows_is_undone);
    tcase_add_test(bugs, a_snapshot_is_not_taken_within_a_transaction);
    tcase_add_test(bugs, answers_of_two_runs_do_not_share_a_transaction);
    tcase_add_test(bugs, a_pending_text_that_is_longer_than_any_message_is_not_sent);
    tcase_add_test(bugs, a_question_about_a_campaign_that_is_gone_is_not_answered);
    tcase_add_test(bugs, a_decision_that_changes_another_number_of_rows_is_undone);
    tcase_add_test(bugs, a_state_of_a_later_version_is_named_and_not_guessed);
    tcase_add_test(bugs, damage_that_sqlite_finds_is_told_with_its_words);
    return run_suite(suite);
}
