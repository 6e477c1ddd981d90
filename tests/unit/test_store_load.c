/* A campaign's way in. */
#include "store_fixture.h"

static struct store *store;

static void open_store(void)
{
    store = fixture_open(STORE_CREATE);
}

static void close_store(void)
{
    store_close(store);
}

static const struct fixture_row mixed[] = {
    {"573001112233", "Hola", JOB_PENDING, REASON_NONE},          /* row 2 */
    {"abc", "Hola", JOB_INVALID, REASON_NUMBER_CHARACTERS},      /* 3 */
    {"573001112234", "Año", JOB_PENDING, REASON_NONE},           /* 4 */
    {"573001112233", "Otra", JOB_DUPLICATE, REASON_DUPLICATE},   /* 5: of 2 */
    {"573009999999", "Hola", JOB_SUPPRESSED, REASON_SUPPRESSED}, /* 6 */
    {"573001112234", "Otra", JOB_DUPLICATE, REASON_DUPLICATE},   /* 7: of 4 */
    {"573001112233", "Otra", JOB_DUPLICATE, REASON_DUPLICATE},   /* 8: of 2 */
};
#define MIXED (sizeof mixed / sizeof *mixed)

START_TEST(a_campaign_is_found_as_it_was_loaded)
{
    struct campaign campaign = fixture_load(store, "black-friday", mixed, MIXED);
    struct campaign found;
    ck_assert_int_eq(store_find_campaign(store, "black-friday", &found, &error), 1);
    ck_assert_int_eq(found.id, campaign.id);
    ck_assert_str_eq(found.name, "black-friday");
    ck_assert_str_eq(found.file, "recipients.csv");
    ck_assert_str_eq(found.settings, campaign.settings);
    ck_assert_str_eq(found.columns, campaign.columns);
    ck_assert_str_eq(found.sha256, campaign.sha256);
    ck_assert_int_eq(found.phone_column, 0);
    ck_assert_int_eq(found.text_column, 1);
    ck_assert_int_eq(found.loaded_at_ms, NOW_MS);
    ck_assert_int_eq(found.first_id, 1);
    ck_assert_int_eq(found.last_id, (int64_t)MIXED);
    ck_assert_int_eq(campaign.last_id, (int64_t)MIXED);
    campaign_free(&found);
    campaign_free(&campaign);
}
END_TEST

START_TEST(what_changes_during_a_load_is_kept)
{
    struct campaign found;
    struct campaign campaign = fixture_campaign("c");
    assert_ok(store_load_begin(store, &campaign, true, &error));
    free(campaign.columns);
    campaign.columns = strdup("[\"phone\",\"text\",\"3\"]");
    campaign.phone_column = 2;
    campaign.text_column = -1;
    assert_ok(store_load_end(store, &campaign, &error));
    ck_assert_int_eq(store_find_campaign(store, "c", &found, &error), 1);
    ck_assert_str_eq(found.columns, campaign.columns);
    ck_assert_int_eq(found.phone_column, 2);
    ck_assert_int_eq(found.text_column, -1);
    ck_assert_int_eq(found.last_id, found.first_id - 1);
    campaign_free(&found);
    campaign_free(&campaign);
}
END_TEST

/* A load looks up none of them. */
static void assert_references_are_checked(void)
{
    struct run lost = {.campaign_id = 99, .started_at_ms = NOW_MS, .rate = "1/s", .concurrency = 1};
    assert_fails(store_run_begin(store, &lost, &error), ERROR_MACHINE, "FOREIGN KEY constraint failed");
}

START_TEST(however_a_load_ends_a_row_must_name_what_is_there_afterwards)
{
    struct campaign campaign = fixture_load(store, "a", mixed, MIXED);
    assert_references_are_checked();
    struct campaign given_up = fixture_campaign("b");
    assert_ok(store_load_begin(store, &given_up, true, &error));
    store_load_abort(store);
    assert_references_are_checked();
    assert_fails(store_load_begin(store, &campaign, true, &error), ERROR_INPUT, "has just loaded");
    assert_references_are_checked();
    ck_assert_str_eq(fixture_text("SELECT quote((SELECT count(*) FROM pragma_foreign_key_check))"), "0");
    campaign_free(&given_up);
    campaign_free(&campaign);
}
END_TEST

START_TEST(a_second_campaign_goes_on_where_the_first_one_ended)
{
    struct campaign first = fixture_load(store, "a", mixed, MIXED);
    struct campaign empty = fixture_load(store, "b", NULL, 0);
    struct campaign third = fixture_load(store, "c", mixed, 2);
    ck_assert_int_eq(empty.first_id, first.last_id + 1);
    ck_assert_int_eq(third.first_id, first.last_id + 1);
    ck_assert_int_eq(third.last_id, first.last_id + 2);
    campaign_free(&first);
    campaign_free(&empty);
    campaign_free(&third);
}
END_TEST

START_TEST(a_message_is_kept_byte_for_byte)
{
    static const char odd[] = "a\0b'\";--\n\xf0\x9f\x98\x80";
    struct campaign campaign = fixture_campaign("c");
    struct store_message message = {
        .row = 17,
        .msisdn = {"", 0},
        .text = {odd, sizeof odd - 1},
        .fields = slice_of("[\"\",null]"),
        .state = JOB_INVALID,
        .reason = REASON_TEXT_CONTROL,
        .detail = slice_of("NUL (U+0000)"),
    };
    assert_ok(store_load_begin(store, &campaign, true, &error));
    assert_ok(store_load_message(store, &campaign, &message, &error));
    assert_ok(store_load_end(store, &campaign, &error));
    ck_assert_str_eq(fixture_text("SELECT hex(text) FROM message"), "61006227223B2D2D0AF09F9880");
    ck_assert_str_eq(fixture_text("SELECT row || reason_code || reason || fields FROM message"),
                     "17text_controlNUL (U+0000)[\"\",null]");
    ck_assert_str_eq(fixture_text("SELECT msisdn || typeof(msisdn) FROM message"), "text");
    campaign_free(&campaign);
}
END_TEST

/* Rows are inserted many at a time: every number of them, whole batches or not, comes through in order. */
START_TEST(no_row_is_lost_where_a_batch_ends)
{
    static const int sizes[] = {1, 63, 64, 65, 127, 128, 129, 1000};
    for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", sizes[size]);
        struct campaign campaign = fixture_campaign(name);
        assert_ok(store_load_begin(store, &campaign, true, &error));
        for (int i = 0; i < sizes[size]; i++) {
            char msisdn[32], text[32], reason[32];
            snprintf(msisdn, sizeof msisdn, "573%09d", i);
            snprintf(text, sizeof text, "%.*s", i % 20, "twenty characters...");
            snprintf(reason, sizeof reason, "%.*s", i % 3, "ab");
            struct fixture_row row = {msisdn, text, i % 5 == 0 ? JOB_INVALID : JOB_PENDING,
                                      i % 5 == 0 ? REASON_TEXT_EMPTY : REASON_NONE};
            struct store_message message = fixture_message(i + 2, &row);
            message.detail = slice_of(reason);
            assert_ok(store_load_message(store, &campaign, &message, &error));
        }
        assert_ok(store_load_end(store, &campaign, &error));
        ck_assert_int_eq(campaign.last_id - campaign.first_id + 1, sizes[size]);
        char sql[512];
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM message WHERE id BETWEEN %lld AND %lld AND campaign_id = %lld"
                 " AND row = id - %lld + 2 AND msisdn = '573' || printf('%%09d', row - 2)"
                 " AND text = substr('twenty characters...', 1, (row - 2) %% 20)"
                 " AND ifnull(reason, '') = substr('ab', 1, (row - 2) %% 3)"
                 " AND (state = 'invalid') = ((row - 2) %% 5 = 0)",
                 (long long)campaign.first_id, (long long)campaign.last_id, (long long)campaign.id,
                 (long long)campaign.first_id);
        ck_assert_int_eq(fixture_number(sql), sizes[size]);
        campaign_free(&campaign);
    }
}
END_TEST

START_TEST(a_duplicate_names_the_first_row_of_its_number)
{
    struct campaign before = fixture_load(store, "before", mixed, 1);
    struct campaign campaign = fixture_load(store, "c", mixed, MIXED);
    ck_assert_str_eq(fixture_text("SELECT group_concat(row || ' ' || reason, ', ') FROM message "
                                  "WHERE state = 'duplicate' AND campaign_id = 2"),
                     "5 on row 2, 7 on row 4, 8 on row 2");
    campaign_free(&before);
    campaign_free(&campaign);
}
END_TEST

START_TEST(duplicates_of_several_loads_do_not_mix)
{
    for (int i = 0; i < 3; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", i);
        struct campaign campaign = fixture_load(store, name, mixed, MIXED);
        campaign_free(&campaign);
    }
    ck_assert_str_eq(fixture_text("SELECT group_concat(DISTINCT row || ' ' || reason) FROM message "
                                  "WHERE state = 'duplicate'"),
                     "5 on row 2,7 on row 4,8 on row 2");
}
END_TEST

START_TEST(many_duplicates_all_name_their_first_row)
{
    enum { ROWS = 20000, NUMBERS = 5000 };
    struct campaign campaign = fixture_campaign("c");
    assert_ok(store_load_begin(store, &campaign, true, &error));
    for (int i = 0; i < ROWS; i++) {
        char msisdn[32];
        snprintf(msisdn, sizeof msisdn, "573%09d", i * 7919 % NUMBERS);
        struct fixture_row row = {msisdn, "Hola", i < NUMBERS ? JOB_PENDING : JOB_DUPLICATE,
                                  i < NUMBERS ? REASON_NONE : REASON_DUPLICATE};
        struct store_message message = fixture_message(i + 2, &row);
        assert_ok(store_load_message(store, &campaign, &message, &error));
    }
    assert_ok(store_load_end(store, &campaign, &error));
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message WHERE state = 'duplicate'"),
                     ROWS - NUMBERS);
    ck_assert_int_eq(
        fixture_number("SELECT count(*) FROM message AS d JOIN message AS f "
                       "ON f.id = CAST(substr(d.reason, 8) AS INTEGER) - 1 AND f.msisdn = d.msisdn "
                       "WHERE d.state = 'duplicate' AND f.state = 'pending'"),
        ROWS - NUMBERS);
    campaign_free(&campaign);
}
END_TEST

START_TEST(a_load_that_is_given_up_leaves_nothing)
{
    struct campaign campaign = fixture_campaign("c");
    struct store_message message = fixture_message(2, &mixed[0]);
    assert_ok(store_load_begin(store, &campaign, true, &error));
    assert_ok(store_load_message(store, &campaign, &message, &error));
    store_load_abort(store);
    store_load_abort(store);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM campaign"), 0);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message"), 0);
    campaign_free(&campaign);
    campaign = fixture_load(store, "c", mixed, MIXED);
    campaign_free(&campaign);
}
END_TEST

START_TEST(a_message_that_the_schema_refuses_is_told_and_the_load_can_be_given_up)
{
    struct campaign campaign = fixture_campaign("c");
    struct store_message message = fixture_message(2, &mixed[1]);
    message.state = JOB_PENDING;
    assert_ok(store_load_begin(store, &campaign, true, &error));
    assert_ok(store_load_message(store, &campaign, &message, &error));
    assert_fails(store_load_end(store, &campaign, &error), ERROR_MACHINE, "cannot store a row");
    assert_says("CHECK constraint failed");
    assert_says("campana.db");
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM campaign"), 0);
    store_load_abort(store);
    campaign_free(&campaign);
}
END_TEST

START_TEST(a_name_that_is_taken_is_refused)
{
    struct campaign campaign = fixture_load(store, "c", mixed, MIXED);
    assert_fails(store_load_begin(store, &campaign, true, &error), ERROR_INPUT,
                 "has just loaded the campaign \"c\"");
    assert_says("Give the command again");
    assert_ok(store_begin(store, &error));
    store_rollback(store);
    campaign_free(&campaign);
}
END_TEST

START_TEST(a_content_that_is_loaded_is_refused_unless_a_second_campaign_of_it_is_meant)
{
    struct campaign first = fixture_load(store, "first", mixed, MIXED);
    struct campaign second = fixture_campaign("second");
    assert_fails(store_load_begin(store, &second, false, &error), ERROR_INPUT,
                 "has just loaded the campaign \"first\"");
    assert_says("Give the command again");
    assert_ok(store_load_begin(store, &second, true, &error));
    store_load_abort(store);
    second.sha256[0] ^= 1;
    assert_ok(store_load_begin(store, &second, false, &error));
    assert_ok(store_load_end(store, &second, &error));
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM campaign"), 2);
    campaign_free(&first);
    campaign_free(&second);
}
END_TEST

START_TEST(a_campaign_that_the_schema_refuses_leaves_no_transaction)
{
    struct campaign campaign = fixture_campaign("");
    assert_fails(store_load_begin(store, &campaign, true, &error), ERROR_MACHINE, "cannot store a campaign");
    assert_ok(store_begin(store, &error));
    store_rollback(store);
    campaign_free(&campaign);
}
END_TEST

START_TEST(nobody_sees_a_load_before_it_is_whole_and_nobody_waits_for_it)
{
    struct campaign campaign = fixture_campaign("c");
    struct store_message message = fixture_message(2, &mixed[0]);
    struct store *reader = fixture_open(STORE_READ);
    struct campaign found;
    assert_ok(store_load_begin(store, &campaign, true, &error));
    assert_ok(store_load_message(store, &campaign, &message, &error));
    ck_assert_int_eq(store_find_campaign(reader, "c", &found, &error), 0);
    assert_ok(store_load_end(store, &campaign, &error));
    ck_assert_int_eq(store_find_campaign(reader, "c", &found, &error), 1);
    campaign_free(&found);
    campaign_free(&campaign);
    store_close(reader);
}
END_TEST

START_TEST(the_first_load_passes_by_the_log_and_leads_to_it)
{
    struct stat file;
    struct campaign campaign = fixture_campaign("c");
    struct store_message message = fixture_message(2, &mixed[0]);
    assert_ok(store_load_begin(store, &campaign, true, &error));
    assert_ok(store_load_message(store, &campaign, &message, &error));
    ck_assert_int_ne(stat(fixture_path("campana.db-wal"), &file), 0);
    assert_ok(store_load_end(store, &campaign, &error));
    ck_assert_str_eq(fixture_text("PRAGMA journal_mode"), "wal");
    ck_assert_int_ne(stat(fixture_path("campana.db-journal"), &file), 0);
    campaign_free(&campaign);
}
END_TEST

START_TEST(a_first_load_that_is_given_up_leads_to_the_log_too)
{
    struct stat file;
    struct campaign campaign = fixture_campaign("c");
    assert_ok(store_load_begin(store, &campaign, true, &error));
    store_load_abort(store);
    ck_assert_str_eq(fixture_text("PRAGMA journal_mode"), "wal");
    ck_assert_int_ne(stat(fixture_path("campana.db-journal"), &file), 0);
    campaign_free(&campaign);
}
END_TEST

START_TEST(a_first_load_that_others_look_on_goes_by_the_log)
{
    struct store *other = fixture_open(STORE_WRITE);
    struct campaign first = fixture_load(other, "first", mixed, MIXED);
    struct campaign second = fixture_load(store, "second", mixed, MIXED);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM message"), 2 * (int64_t)MIXED);
    ck_assert_str_eq(fixture_text("PRAGMA journal_mode"), "wal");
    campaign_free(&first);
    campaign_free(&second);
    store_close(other);
}
END_TEST

/* As long as the load fits into memory; a larger one makes them wait. */
START_TEST(who_comes_to_look_during_a_first_load_sees_nothing_yet)
{
    struct campaign found;
    struct campaign campaign = fixture_campaign("c");
    struct store_message message = fixture_message(2, &mixed[0]);
    assert_ok(store_load_begin(store, &campaign, true, &error));
    assert_ok(store_load_message(store, &campaign, &message, &error));
    struct store *reader = fixture_open(STORE_READ);
    ck_assert_int_eq(store_find_campaign(reader, "c", &found, &error), 0);
    assert_ok(store_load_end(store, &campaign, &error));
    ck_assert_int_eq(store_find_campaign(reader, "c", &found, &error), 1);
    campaign_free(&found);
    campaign_free(&campaign);
    store_close(reader);
}
END_TEST

START_TEST(the_log_gives_its_room_back_after_a_load)
{
    struct campaign before = fixture_load_pending(store, "before", 1);
    struct campaign campaign = fixture_load_pending(store, "c", 20000);
    campaign_free(&before);
    struct stat log;
    ck_assert_int_eq(stat(fixture_path("campana.db-wal"), &log), 0);
    ck_assert_int_eq(log.st_size, 0);
    campaign_free(&campaign);
}
END_TEST

static void count_step(void *context, const char *step)
{
    int *counts = context;
    counts[0] += strcmp(step, "before-commit") == 0;
    counts[1] += strcmp(step, "commit:load") == 0;
}

START_TEST(the_steps_of_a_load_are_told)
{
    int counts[2] = {0, 0};
    const struct steps steps = {count_step, counts};
    struct store *watched = NULL;
    assert_ok(store_open(fixture_database, STORE_WRITE, &steps, &watched, &error));
    struct campaign campaign = fixture_load(watched, "c", mixed, MIXED);
    ck_assert_int_eq(counts[0], 1);
    ck_assert_int_eq(counts[1], 1);
    campaign_free(&campaign);
    store_close(watched);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_load");
    TCase *load = fixture_case(suite, "load");
    tcase_add_checked_fixture(load, open_store, close_store);
    tcase_add_test(load, a_campaign_is_found_as_it_was_loaded);
    tcase_add_test(load, what_changes_during_a_load_is_kept);
    tcase_add_test(load, a_second_campaign_goes_on_where_the_first_one_ended);
    tcase_add_test(load, a_message_is_kept_byte_for_byte);
    tcase_add_test(load, no_row_is_lost_where_a_batch_ends);
    tcase_add_test(load, a_duplicate_names_the_first_row_of_its_number);
    tcase_add_test(load, duplicates_of_several_loads_do_not_mix);
    tcase_add_test(load, many_duplicates_all_name_their_first_row);
    tcase_add_test(load, a_load_that_is_given_up_leaves_nothing);
    tcase_add_test(load, a_message_that_the_schema_refuses_is_told_and_the_load_can_be_given_up);
    tcase_add_test(load, a_name_that_is_taken_is_refused);
    tcase_add_test(load, a_content_that_is_loaded_is_refused_unless_a_second_campaign_of_it_is_meant);
    tcase_add_test(load, a_campaign_that_the_schema_refuses_leaves_no_transaction);
    tcase_add_test(load, nobody_sees_a_load_before_it_is_whole_and_nobody_waits_for_it);
    tcase_add_test(load, the_first_load_passes_by_the_log_and_leads_to_it);
    tcase_add_test(load, a_first_load_that_is_given_up_leads_to_the_log_too);
    tcase_add_test(load, a_first_load_that_others_look_on_goes_by_the_log);
    tcase_add_test(load, who_comes_to_look_during_a_first_load_sees_nothing_yet);
    tcase_add_test(load, the_log_gives_its_room_back_after_a_load);
    tcase_add_test(load, the_steps_of_a_load_are_told);
    tcase_add_test(load, however_a_load_ends_a_row_must_name_what_is_there_afterwards);
    return run_suite(suite);
}
