/* A person's decisions. */
#include "store_fixture.h"

static struct store *store;
static struct campaign campaign;

/* Rows 2 and 3 are unknown (3 with a code that the manual does not list), 4 and 5 refused, 6 accepted, 7
 * pending. */
static void open_store(void)
{
    store = fixture_open(STORE_CREATE);
    campaign = fixture_load_pending(store, "c", 6);
    struct run run = fixture_run(store, &campaign);
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_TIMEOUT);
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, -2, REASON_ANSWER_UNKNOWN);
    fixture_send(store, &campaign, &run, JOB_REFUSED, -4, REASON_GATEWAY_NUMBER);
    fixture_send(store, &campaign, &run, JOB_REFUSED, -5, REASON_GATEWAY_TEXT);
    fixture_send(store, &campaign, &run, JOB_ACCEPTED, 7, REASON_NONE);
    struct campaign other = fixture_load_pending(store, "other", 2);
    struct run other_run = fixture_run(store, &other);
    fixture_send(store, &other, &other_run, JOB_UNKNOWN, 0, REASON_CUT);
    campaign_free(&other);
}

static void close_store(void)
{
    campaign_free(&campaign);
    store_close(store);
}

static struct store_resolve decision(enum job_state from, enum job_state to, const int64_t *rows,
                                     size_t count)
{
    return (struct store_resolve){.from = from,
                                  .to = to,
                                  .rows = rows,
                                  .row_count = count,
                                  .who = "ana@oficina",
                                  .now_ms = NOW_MS + 5000};
}

static void assert_counts(const char *expected)
{
    ck_assert_str_eq(fixture_text("SELECT group_concat(state) FROM message"), expected);
}

START_TEST(all_unknown_rows_of_a_campaign_are_resolved_at_once)
{
    int64_t count = 0;
    struct store_resolve resolve = decision(JOB_UNKNOWN, JOB_ACCEPTED, NULL, 0);
    assert_ok(store_resolve_count(store, &campaign, &resolve, &count, &error));
    ck_assert_int_eq(count, 2);
    assert_counts("unknown,unknown,refused,refused,accepted,pending,unknown,pending");
    assert_ok(store_resolve_apply(store, &campaign, &resolve, &count, &error));
    ck_assert_int_eq(count, 2);
    assert_counts("accepted,accepted,refused,refused,accepted,pending,unknown,pending");
    ck_assert_str_eq(
        fixture_text("SELECT group_concat(message_id || ' ' || at_ms || ' ' || who || ' ' || from_state || "
                     "' ' || to_state, ', ') FROM resolution"),
        "1 1763884805000 ana@oficina unknown accepted, 2 1763884805000 ana@oficina unknown accepted");
    ck_assert_str_eq(
        fixture_text("SELECT group_concat(reason_code || ' ' || reason || ' ' || quote(code) || ' ' || "
                     "attempts || ' ' || finished_at_ms, ', ') FROM message WHERE id < 3"),
        "resolved by ana@oficina, was unknown NULL 1 1763884800102, "
        "resolved by ana@oficina, was unknown -2 1 1763884800102");
    assert_ok(store_resolve_apply(store, &campaign, &resolve, &count, &error));
    ck_assert_int_eq(count, 0);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM resolution"), 2);
}
END_TEST

static const struct {
    enum job_state from, to;
    const char *row, *message;
} moves[] = {
    {JOB_UNKNOWN, JOB_ACCEPTED, "2", "accepted NULL 1 1763884800102"},
    {JOB_UNKNOWN, JOB_REFUSED, "2", "refused NULL 1 1763884800102"},
    {JOB_UNKNOWN, JOB_PENDING, "2", "pending NULL 1 NULL"},
    {JOB_UNKNOWN, JOB_PENDING, "3", "pending NULL 1 NULL"},
    {JOB_REFUSED, JOB_ACCEPTED, "4", "accepted -4 1 1763884800102"},
    {JOB_REFUSED, JOB_PENDING, "5", "pending NULL 1 NULL"},
};

START_TEST(a_row_becomes_what_the_person_decided)
{
    int64_t count = 0;
    int64_t row = strtol(moves[_i].row, NULL, 10);
    char sql[256];
    struct store_resolve resolve = decision(moves[_i].from, moves[_i].to, &row, 1);
    assert_ok(store_resolve_apply(store, &campaign, &resolve, &count, &error));
    ck_assert_int_eq(count, 1);
    snprintf(
        sql, sizeof sql,
        "SELECT state || ' ' || quote(code) || ' ' || attempts || ' ' || quote(finished_at_ms) FROM message "
        "WHERE campaign_id = 1 AND reason_code = 'resolved' AND row = %s",
        moves[_i].row);
    ck_assert_str_eq(fixture_text(sql), moves[_i].message);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM resolution"), 1);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM attempt"), 5);
    struct counts decided;
    assert_ok(store_count_decided(store, &campaign, &decided, &error));
    ck_assert_int_eq(decided.of[JOB_ACCEPTED], moves[_i].to == JOB_ACCEPTED);
    ck_assert_int_eq(decided.of[JOB_REFUSED], moves[_i].to == JOB_REFUSED);
    ck_assert_int_eq(decided.of[JOB_PENDING], 0);
}
END_TEST

START_TEST(a_row_resolved_as_pending_is_sent_again_and_its_attempts_go_on_counting)
{
    int64_t count;
    int64_t row = 2;
    struct store_resolve resolve = decision(JOB_UNKNOWN, JOB_PENDING, &row, 1);
    assert_ok(store_resolve_apply(store, &campaign, &resolve, &count, &error));
    struct job job = fixture_claim(store, &campaign);
    ck_assert_int_eq(job.row, 2);
    ck_assert_int_eq(job.first_sent_at_ms, NOW_MS + 2);
    ck_assert_int_eq(fixture_number("SELECT attempts FROM message WHERE id = 1"), 2);
}
END_TEST

static const struct {
    enum job_state from, to;
} impossible[] = {
    {JOB_REFUSED, JOB_REFUSED},  {JOB_UNKNOWN, JOB_UNKNOWN},   {JOB_UNKNOWN, JOB_INFLIGHT},
    {JOB_PENDING, JOB_INFLIGHT}, {JOB_ACCEPTED, JOB_PENDING},  {JOB_INFLIGHT, JOB_ACCEPTED},
    {JOB_INVALID, JOB_PENDING},  {JOB_UNKNOWN, JOB_DUPLICATE}, {JOB_DUPLICATE, JOB_PENDING},
};

START_TEST(what_is_no_decision_is_refused)
{
    int64_t count;
    struct store_resolve resolve = decision(impossible[_i].from, impossible[_i].to, NULL, 0);
    assert_fails(store_resolve_count(store, &campaign, &resolve, &count, &error), ERROR_INPUT,
                 "cannot be resolved as");
    assert_fails(store_resolve_apply(store, &campaign, &resolve, &count, &error), ERROR_INPUT,
                 "cannot be resolved as");
    assert_counts("unknown,unknown,refused,refused,accepted,pending,unknown,pending");
}
END_TEST

START_TEST(one_wrong_row_among_the_given_stops_all)
{
    static const int64_t rows[] = {3, 2, 99, 4, 2, 1};
    int64_t count;
    struct store_resolve resolve = decision(JOB_UNKNOWN, JOB_ACCEPTED, rows, 6);
    assert_fails(
        store_resolve_count(store, &campaign, &resolve, &count, &error), ERROR_INPUT,
        "row 1 is not in the campaign, row 4 is refused, row 99 is not in the campaign; nothing was changed");
    assert_fails(store_resolve_apply(store, &campaign, &resolve, &count, &error), ERROR_INPUT, "row 99");
    assert_counts("unknown,unknown,refused,refused,accepted,pending,unknown,pending");
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM resolution"), 0);
}
END_TEST

START_TEST(a_row_given_twice_is_resolved_once)
{
    static const int64_t rows[] = {3, 2, 3, 2};
    int64_t count;
    struct store_resolve resolve = decision(JOB_UNKNOWN, JOB_REFUSED, rows, 4);
    assert_ok(store_resolve_count(store, &campaign, &resolve, &count, &error));
    ck_assert_int_eq(count, 2);
    assert_ok(store_resolve_apply(store, &campaign, &resolve, &count, &error));
    ck_assert_int_eq(count, 2);
    ck_assert_int_eq(fixture_number("SELECT count(*) FROM resolution"), 2);
}
END_TEST

START_TEST(an_empty_list_of_rows_is_not_all_rows)
{
    static const int64_t none[1] = {0};
    int64_t count = 4711;
    struct store_resolve resolve = decision(JOB_UNKNOWN, JOB_ACCEPTED, none, 0);
    assert_ok(store_resolve_apply(store, &campaign, &resolve, &count, &error));
    ck_assert_int_eq(count, 0);
    assert_counts("unknown,unknown,refused,refused,accepted,pending,unknown,pending");
}
END_TEST

START_TEST(many_wrong_rows_are_named_in_part)
{
    int64_t rows[40];
    int64_t count;
    for (int i = 0; i < 40; i++)
        rows[i] = 100 + i;
    struct store_resolve resolve = decision(JOB_UNKNOWN, JOB_ACCEPTED, rows, 40);
    assert_fails(store_resolve_count(store, &campaign, &resolve, &count, &error), ERROR_INPUT,
                 "row 109 is not in the campaign and 30 more");
}
END_TEST

START_TEST(thousands_of_rows_are_resolved_by_their_numbers)
{
    enum { ROWS = 5000 };
    static int64_t rows[ROWS];
    int64_t count;
    struct campaign large = fixture_load_pending(store, "large", ROWS);
    fixture_sql(
        "UPDATE message SET state = 'inflight', attempts = 1, first_sent_at_ms = 5 WHERE campaign_id = 3");
    fixture_sql("UPDATE message SET state = 'unknown', reason_code = 'cut', finished_at_ms = 6 WHERE "
                "campaign_id = 3");
    for (int i = 0; i < ROWS; i++)
        rows[i] = ROWS + 1 - i;
    struct store_resolve resolve = decision(JOB_UNKNOWN, JOB_PENDING, rows, ROWS);
    assert_ok(store_resolve_apply(store, &large, &resolve, &count, &error));
    ck_assert_int_eq(count, ROWS);
    ck_assert_int_eq(
        fixture_number("SELECT count(*) FROM message WHERE campaign_id = 3 AND state = 'pending'"), ROWS);
    campaign_free(&large);
}
END_TEST

START_TEST(a_decision_does_not_reach_into_another_campaign)
{
    int64_t count;
    struct campaign other;
    ck_assert_int_eq(store_find_campaign(store, "other", &other, &error), 1);
    struct store_resolve resolve = decision(JOB_UNKNOWN, JOB_REFUSED, NULL, 0);
    assert_ok(store_resolve_apply(store, &other, &resolve, &count, &error));
    ck_assert_int_eq(count, 1);
    assert_counts("unknown,unknown,refused,refused,accepted,pending,refused,pending");
    campaign_free(&other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_resolve");
    TCase *resolve = fixture_case(suite, "resolve");
    tcase_add_checked_fixture(resolve, open_store, close_store);
    tcase_add_test(resolve, all_unknown_rows_of_a_campaign_are_resolved_at_once);
    tcase_add_loop_test(resolve, a_row_becomes_what_the_person_decided, 0,
                        (int)(sizeof moves / sizeof *moves));
    tcase_add_test(resolve, a_row_resolved_as_pending_is_sent_again_and_its_attempts_go_on_counting);
    tcase_add_loop_test(resolve, what_is_no_decision_is_refused, 0,
                        (int)(sizeof impossible / sizeof *impossible));
    tcase_add_test(resolve, one_wrong_row_among_the_given_stops_all);
    tcase_add_test(resolve, a_row_given_twice_is_resolved_once);
    tcase_add_test(resolve, an_empty_list_of_rows_is_not_all_rows);
    tcase_add_test(resolve, many_wrong_rows_are_named_in_part);
    tcase_add_test(resolve, thousands_of_rows_are_resolved_by_their_numbers);
    tcase_add_test(resolve, a_decision_does_not_reach_into_another_campaign);
    return run_suite(suite);
}
