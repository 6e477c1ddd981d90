/* The books: each run with its balances, what it left unknown, and which decision answers that. */
#include "campana/store_books.h"
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

static int note_book(void *context, const struct store_book *book, struct error *into)
{
    struct buffer *out = context;
    (void)into;
    if (book->is_test)
        buffer_printf(out, "test %d: %d accepted, %d open\n", (int)book->campaign_id, (int)book->accepted,
                      (int)book->open);
    else
        buffer_printf(out, "%d/%d %s>%s%s: %d accepted, %d open, %d charged, %d free, %d inflight\n",
                      (int)book->campaign_id, (int)book->number, book->balance_before, book->balance_after,
                      book->has_end ? "" : " (no end)", (int)book->accepted, (int)book->open,
                      (int)book->decided_charged, (int)book->decided_free, (int)book->inflight);
    return 0;
}

static void assert_books(const char *expected)
{
    struct buffer out = {0};
    assert_ok(store_each_book(store, note_book, &out, &error));
    ck_assert_str_eq(buffer_string(&out), expected);
    buffer_free(&out);
}

static void resolve(const struct campaign *campaign, enum job_state from, enum job_state to, int64_t row)
{
    int64_t count = 0;
    struct store_resolve resolve = {
        .from = from, .to = to, .rows = &row, .row_count = 1, .who = "ana@pc", .now_ms = NOW_MS + 9000};
    assert_ok(store_resolve_apply(store, campaign, &resolve, &count, &error));
    ck_assert_int_eq(count, 1);
}

START_TEST(a_database_without_runs_has_no_books)
{
    assert_books("");
    struct campaign campaign = fixture_load_pending(store, "c", 1);
    assert_books("");
    campaign_free(&campaign);
}
END_TEST

START_TEST(runs_come_in_their_order_and_are_numbered_within_their_campaign)
{
    struct campaign a = fixture_load_pending(store, "a", 4);
    struct campaign b = fixture_load_pending(store, "b", 4);
    struct run run = fixture_begin(store, &a, NOW_MS, "100");
    fixture_send(store, &a, &run, JOB_ACCEPTED, 7, REASON_NONE);
    fixture_send(store, &a, &run, JOB_ACCEPTED, 8, REASON_NONE);
    fixture_end(store, &run, "98.50");
    run = fixture_begin(store, &b, NOW_MS + 2000, "98.50");
    fixture_send(store, &b, &run, JOB_ACCEPTED, 9, REASON_NONE);
    fixture_end(store, &run, "");
    run = fixture_begin(store, &a, NOW_MS + 4000, "");
    fixture_send(store, &a, &run, JOB_ACCEPTED, 10, REASON_NONE);
    assert_books("1/1 100>98.50: 2 accepted, 0 open, 0 charged, 0 free, 0 inflight\n"
                 "2/1 98.50>: 1 accepted, 0 open, 0 charged, 0 free, 0 inflight\n"
                 "1/2 > (no end): 1 accepted, 0 open, 0 charged, 0 free, 0 inflight\n");
    campaign_free(&a);
    campaign_free(&b);
}
END_TEST

START_TEST(only_what_became_unknown_is_open)
{
    struct campaign campaign = fixture_load_pending(store, "c", 5);
    struct run run = fixture_begin(store, &campaign, NOW_MS, "10");
    fixture_send(store, &campaign, &run, JOB_REFUSED, -4, REASON_GATEWAY_NUMBER);
    fixture_send(store, &campaign, &run, JOB_PENDING, 0, REASON_NOT_SENT);
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_CUT);
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_TIMEOUT);
    fixture_end(store, &run, "8");
    assert_books("1/1 10>8: 0 accepted, 2 open, 0 charged, 0 free, 0 inflight\n");
    campaign_free(&campaign);
}
END_TEST

/* What a person does to row 2, which a run has left unknown, and what the books make of it. */
static const struct {
    enum job_state from[2], to[2];
    int decisions;
    const char *books;
} decisions[] = {
    {{JOB_UNKNOWN}, {JOB_ACCEPTED}, 1, "0 open, 1 charged, 0 free"},
    {{JOB_UNKNOWN}, {JOB_REFUSED}, 1, "0 open, 0 charged, 1 free"},
    {{JOB_UNKNOWN}, {JOB_PENDING}, 1, "0 open, 0 charged, 1 free"},
    {{JOB_UNKNOWN, JOB_REFUSED}, {JOB_REFUSED, JOB_ACCEPTED}, 2, "0 open, 1 charged, 0 free"},
    {{JOB_UNKNOWN, JOB_REFUSED}, {JOB_REFUSED, JOB_PENDING}, 2, "0 open, 0 charged, 1 free"},
};

START_TEST(a_decision_closes_what_was_open_as_charged_or_free)
{
    char expected[128];
    struct campaign campaign = fixture_load_pending(store, "c", 2);
    struct run run = fixture_begin(store, &campaign, NOW_MS, "10");
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_CUT);
    fixture_end(store, &run, "9");
    for (int i = 0; i < decisions[_i].decisions; i++)
        resolve(&campaign, decisions[_i].from[i], decisions[_i].to[i], 2);
    snprintf(expected, sizeof expected, "1/1 10>9: 0 accepted, %s, 0 inflight\n", decisions[_i].books);
    assert_books(expected);
    campaign_free(&campaign);
}
END_TEST

START_TEST(the_nth_decision_answers_the_nth_time_that_a_row_became_unknown)
{
    struct campaign campaign = fixture_load_pending(store, "c", 1);
    struct run run = fixture_begin(store, &campaign, NOW_MS, "10");
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_CUT);
    fixture_end(store, &run, "10");
    resolve(&campaign, JOB_UNKNOWN, JOB_PENDING, 2);
    run = fixture_begin(store, &campaign, NOW_MS + 2000, "10");
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_CUT);
    fixture_end(store, &run, "9");
    assert_books("1/1 10>10: 0 accepted, 0 open, 0 charged, 1 free, 0 inflight\n"
                 "1/2 10>9: 0 accepted, 1 open, 0 charged, 0 free, 0 inflight\n");
    resolve(&campaign, JOB_UNKNOWN, JOB_ACCEPTED, 2);
    assert_books("1/1 10>10: 0 accepted, 0 open, 0 charged, 1 free, 0 inflight\n"
                 "1/2 10>9: 0 accepted, 0 open, 1 charged, 0 free, 0 inflight\n");
    campaign_free(&campaign);
}
END_TEST

START_TEST(a_refusal_that_a_person_overrules_is_no_answer_to_a_later_unknown)
{
    struct campaign campaign = fixture_load_pending(store, "c", 1);
    struct run run = fixture_begin(store, &campaign, NOW_MS, "10");
    fixture_send(store, &campaign, &run, JOB_REFUSED, -4, REASON_GATEWAY_NUMBER);
    fixture_end(store, &run, "10");
    resolve(&campaign, JOB_REFUSED, JOB_PENDING, 2);
    run = fixture_begin(store, &campaign, NOW_MS + 2000, "10");
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_CUT);
    fixture_end(store, &run, "9");
    assert_books("1/1 10>10: 0 accepted, 0 open, 0 charged, 0 free, 0 inflight\n"
                 "1/2 10>9: 0 accepted, 1 open, 0 charged, 0 free, 0 inflight\n");
    campaign_free(&campaign);
}
END_TEST

START_TEST(rows_inflight_stand_in_the_last_run_of_their_campaign)
{
    struct campaign a = fixture_load_pending(store, "a", 4);
    struct campaign b = fixture_load_pending(store, "b", 1);
    struct run run = fixture_begin(store, &a, NOW_MS, "10");
    fixture_end(store, &run, "10");
    run = fixture_begin(store, &a, NOW_MS + 2000, "10");
    fixture_claim(store, &a);
    fixture_claim(store, &a);
    struct run other = fixture_begin(store, &b, NOW_MS + 3000, "10");
    fixture_end(store, &other, "10");
    assert_books("1/1 10>10: 0 accepted, 0 open, 0 charged, 0 free, 0 inflight\n"
                 "1/2 10> (no end): 0 accepted, 0 open, 0 charged, 0 free, 2 inflight\n"
                 "2/1 10>10: 0 accepted, 0 open, 0 charged, 0 free, 0 inflight\n");
    campaign_free(&a);
    campaign_free(&b);
}
END_TEST

/* ---- test messages ---- */

static void send_test(const struct campaign *campaign, int64_t at_ms, enum job_state state)
{
    int64_t id = 0;
    struct outcome outcome = {.reason = state == JOB_ACCEPTED ? REASON_NONE : REASON_CUT,
                              .code = state == JOB_ACCEPTED ? 7 : 0};
    assert_ok(store_test_begin(store, campaign->id, "573209998877", slice_of("Hola"), at_ms, &id, &error));
    if (state != JOB_INFLIGHT)
        assert_ok(store_test_end(store, id, state, &outcome, &error));
}

START_TEST(a_test_message_stands_behind_the_last_run_that_had_begun)
{
    struct campaign campaign = fixture_load_pending(store, "c", 1);
    send_test(&campaign, NOW_MS - 1, JOB_ACCEPTED);
    struct run run = fixture_begin(store, &campaign, NOW_MS, "10");
    fixture_end(store, &run, "10");
    run = fixture_begin(store, &campaign, NOW_MS + 5000, "8");
    fixture_end(store, &run, "8");
    send_test(&campaign, NOW_MS + 4999, JOB_UNKNOWN);
    send_test(&campaign, NOW_MS + 5000, JOB_REFUSED);
    assert_books("test 1: 1 accepted, 0 open\n"
                 "1/1 10>10: 0 accepted, 0 open, 0 charged, 0 free, 0 inflight\n"
                 "test 1: 0 accepted, 1 open\n"
                 "1/2 8>8: 0 accepted, 0 open, 0 charged, 0 free, 0 inflight\n"
                 "test 1: 0 accepted, 0 open\n");
    campaign_free(&campaign);
}
END_TEST

START_TEST(a_test_message_without_an_outcome_is_open)
{
    struct campaign campaign = fixture_load_pending(store, "c", 1);
    send_test(&campaign, NOW_MS, JOB_INFLIGHT);
    send_test(&campaign, NOW_MS + 1, JOB_PENDING);
    assert_books("test 1: 0 accepted, 1 open\n"
                 "test 1: 0 accepted, 0 open\n");
    campaign_free(&campaign);
}
END_TEST

/* ---- the walk ---- */

static int stop_at_second(void *context, const struct store_book *book, struct error *into)
{
    int *seen = context;
    (void)book;
    (void)into;
    return ++*seen == 2 ? 4711 : 0;
}

START_TEST(the_walk_ends_where_it_is_told_and_keeps_nobody_from_writing)
{
    int seen = 0;
    struct campaign campaign = fixture_load_pending(store, "c", 1);
    for (int i = 0; i < 3; i++) {
        struct run run = fixture_begin(store, &campaign, NOW_MS + i * 2000, "10");
        fixture_end(store, &run, "10");
    }
    ck_assert_int_eq(store_each_book(store, stop_at_second, &seen, &error), 4711);
    ck_assert_int_eq(seen, 2);
    struct run run = fixture_begin(store, &campaign, NOW_MS + 9000, "10");
    ck_assert_int_eq(run.id, 4);
    seen = 2;
    assert_ok(store_each_book(store, stop_at_second, &seen, &error));
    ck_assert_int_eq(seen, 6);
    campaign_free(&campaign);
}
END_TEST

START_TEST(books_that_cannot_be_read_are_told)
{
    struct buffer out = {0};
    fixture_sql("ALTER TABLE run RENAME TO gone");
    assert_fails(store_each_book(store, note_book, &out, &error), ERROR_MACHINE,
                 "cannot read what runs and balances say");
    ck_assert_uint_eq(out.len, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_books");
    TCase *books = fixture_case(suite, "books");
    tcase_add_checked_fixture(books, open_store, close_store);
    tcase_add_test(books, a_database_without_runs_has_no_books);
    tcase_add_test(books, runs_come_in_their_order_and_are_numbered_within_their_campaign);
    tcase_add_test(books, only_what_became_unknown_is_open);
    tcase_add_loop_test(books, a_decision_closes_what_was_open_as_charged_or_free, 0,
                        (int)(sizeof decisions / sizeof *decisions));
    tcase_add_test(books, the_nth_decision_answers_the_nth_time_that_a_row_became_unknown);
    tcase_add_test(books, a_refusal_that_a_person_overrules_is_no_answer_to_a_later_unknown);
    tcase_add_test(books, rows_inflight_stand_in_the_last_run_of_their_campaign);
    tcase_add_test(books, a_test_message_stands_behind_the_last_run_that_had_begun);
    tcase_add_test(books, a_test_message_without_an_outcome_is_open);
    tcase_add_test(books, the_walk_ends_where_it_is_told_and_keeps_nobody_from_writing);
    tcase_add_test(books, books_that_cannot_be_read_are_told);
    return run_suite(suite);
}
