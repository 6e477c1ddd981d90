/* Spans: from one look at the balance to the next, every message in exactly one of them. */
#include "campana/reconcile.h"
#include "store_fixture.h"

#define UNIT RECKONING_UNIT

static struct store *store;
static struct campaign campaign, other;
static struct reconcile reconcile;

static void open_store(void)
{
    store = fixture_open(STORE_CREATE);
    campaign = fixture_load_pending(store, "c", 20);
    other = fixture_load_pending(store, "other", 20);
    reconcile = (struct reconcile){0};
}

static void close_store(void)
{
    reconcile_free(&reconcile);
    campaign_free(&campaign);
    campaign_free(&other);
    store_close(store);
}

/* Time goes on by ten seconds for every run and test message. */
static int64_t clock_ms;

static struct run begin(const struct campaign *of, const char *balance)
{
    return fixture_begin(store, of, NOW_MS + (clock_ms += 10000), balance);
}

/* A whole run; returns when it began. */
static int64_t run_of(const struct campaign *of, const char *before, int accepted, int unknown,
                      const char *after)
{
    struct run run = begin(of, before);
    for (int i = 0; i < accepted; i++)
        fixture_send(store, of, &run, JOB_ACCEPTED, 7, REASON_NONE);
    for (int i = 0; i < unknown; i++)
        fixture_send(store, of, &run, JOB_UNKNOWN, 0, REASON_CUT);
    fixture_end(store, &run, after);
    return run.started_at_ms;
}

static void send_test(enum job_state state)
{
    int64_t id = 0;
    struct outcome outcome = {.reason = state == JOB_ACCEPTED ? REASON_NONE : REASON_CUT,
                              .code = state == JOB_ACCEPTED ? 7 : 0};
    assert_ok(store_test_begin(store, campaign.id, "573209998877", slice_of("Hola"),
                               NOW_MS + (clock_ms += 10000), &id, &error));
    assert_ok(store_test_end(store, id, state, &outcome, &error));
}

static void read_books(const char *now, bool sending, size_t spans)
{
    assert_ok(reconcile_read(store, &campaign, now, sending, &reconcile, &error));
    ck_assert_uint_eq(reconcile.count, spans);
}

static void assert_between(size_t at, const char *from, const char *to, bool to_now)
{
    const struct reconcile_span *span = &reconcile.spans[at];
    ck_assert_str_eq(span->from, from);
    ck_assert_str_eq(span->to, to);
    ck_assert_int_eq(span->to_now, to_now);
}

static void assert_spent(size_t at, int64_t spent)
{
    ck_assert(reconcile.spans[at].span.known);
    ck_assert_int_eq(reconcile.spans[at].span.spent, spent);
}

static void assert_messages(size_t at, int64_t accepted, int64_t open, int64_t own)
{
    ck_assert_int_eq(reconcile.spans[at].span.accepted, accepted);
    ck_assert_int_eq(reconcile.spans[at].span.open, open);
    ck_assert_int_eq(reconcile.spans[at].open, own);
}

static void assert_runs(size_t at, int64_t first, int64_t last)
{
    ck_assert_int_eq(reconcile.spans[at].first_run, first);
    ck_assert_int_eq(reconcile.spans[at].last_run, last);
}

START_TEST(without_a_run_there_is_no_span_and_a_message_costs_one_unit)
{
    read_books("100", false, 0);
    ck_assert_int_eq(reconcile.price.amount, UNIT);
    ck_assert_int_eq(reconcile.price.source, PRICE_ASSUMED);
}
END_TEST

START_TEST(a_run_with_both_balances_is_a_span)
{
    int64_t at_ms = run_of(&campaign, "100", 3, 2, "96.5");
    read_books("96.5", false, 1);
    assert_between(0, "100", "96.5", false);
    assert_spent(0, 3 * UNIT + UNIT / 2);
    assert_messages(0, 3, 2, 2);
    assert_runs(0, 1, 1);
    ck_assert_int_eq(reconcile.spans[0].at_ms, at_ms);
    ck_assert(!reconcile.spans[0].running);
    ck_assert_int_eq(reconcile.spans[0].inflight, 0);
}
END_TEST

START_TEST(a_run_that_could_not_ask_ends_with_the_next_look)
{
    int64_t at_ms = run_of(&campaign, "100", 1, 1, "");
    run_of(&campaign, "98", 2, 0, "96");
    read_books("96", false, 2);
    assert_between(0, "100", "98", false);
    assert_spent(0, 2 * UNIT);
    assert_messages(0, 1, 1, 1);
    ck_assert_int_eq(reconcile.spans[0].at_ms, at_ms);
    assert_between(1, "98", "96", false);
    assert_messages(1, 2, 0, 0);
    assert_runs(1, 2, 2);
}
END_TEST

START_TEST(runs_without_a_look_between_them_are_one_span)
{
    int64_t at_ms = run_of(&campaign, "100", 1, 1, "");
    run_of(&other, "", 1, 2, "");
    run_of(&campaign, "", 0, 3, "94");
    read_books("", false, 1);
    assert_between(0, "100", "94", false);
    assert_messages(0, 2, 6, 4);
    assert_runs(0, 1, 2);
    ck_assert_int_eq(reconcile.spans[0].at_ms, at_ms);
}
END_TEST

START_TEST(the_last_run_ends_with_the_balance_of_now)
{
    run_of(&campaign, "100", 1, 1, "");
    read_books("98", false, 1);
    assert_between(0, "100", "98", true);
    assert_spent(0, 2 * UNIT);
}
END_TEST

START_TEST(a_span_without_a_balance_is_kept_and_not_known)
{
    run_of(&campaign, "", 1, 1, "97");
    run_of(&campaign, "97", 1, 2, "");
    read_books("", false, 2);
    assert_between(0, "", "97", false);
    ck_assert(!reconcile.spans[0].span.known);
    ck_assert_int_eq(reconcile.spans[0].span.spent, 0);
    assert_messages(0, 1, 1, 1);
    assert_between(1, "97", "", false);
    ck_assert(!reconcile.spans[1].span.known);
    assert_messages(1, 1, 2, 2);
}
END_TEST

START_TEST(a_balance_that_cannot_be_read_is_no_look)
{
    run_of(&campaign, "100", 1, 0, "9999999999999999");
    run_of(&campaign, "0.0000001", 1, 1, "97");
    read_books("99999999999999", false, 1);
    assert_between(0, "100", "97", false);
    assert_messages(0, 2, 1, 1);
}
END_TEST

START_TEST(runs_of_other_campaigns_are_spans_without_rows_of_this_one)
{
    run_of(&campaign, "100", 0, 1, "99");
    run_of(&other, "99", 2, 3, "95");
    run_of(&campaign, "95", 1, 0, "94");
    read_books("94", false, 3);
    assert_messages(1, 2, 3, 0);
    assert_runs(1, 0, 0);
    assert_runs(2, 2, 2);
}
END_TEST

START_TEST(what_a_person_has_decided_is_told_apart)
{
    int64_t count;
    int64_t row = 3;
    run_of(&campaign, "100", 0, 3, "98");
    struct store_resolve resolve = {.from = JOB_UNKNOWN,
                                    .to = JOB_ACCEPTED,
                                    .rows = &row,
                                    .row_count = 1,
                                    .who = "ana@pc",
                                    .now_ms = NOW_MS};
    assert_ok(store_resolve_apply(store, &campaign, &resolve, &count, &error));
    row = 4;
    resolve.to = JOB_REFUSED;
    assert_ok(store_resolve_apply(store, &campaign, &resolve, &count, &error));
    read_books("", false, 1);
    assert_messages(0, 0, 1, 1);
    ck_assert_int_eq(reconcile.spans[0].span.decided_charged, 1);
    ck_assert_int_eq(reconcile.spans[0].span.decided_free, 1);
}
END_TEST

/* ---- what a crash left, and what runs still ---- */

START_TEST(rows_that_a_crash_left_inflight_are_open)
{
    begin(&campaign, "100");
    fixture_claim(store, &campaign);
    fixture_claim(store, &campaign);
    read_books("99", false, 1);
    assert_between(0, "100", "99", true);
    assert_spent(0, UNIT);
    assert_messages(0, 0, 2, 2);
    ck_assert_int_eq(reconcile.spans[0].inflight, 2);
    ck_assert(!reconcile.spans[0].running);
}
END_TEST

START_TEST(what_another_campaigns_crash_left_inflight_is_open_but_not_this_ones)
{
    begin(&other, "100");
    fixture_claim(store, &other);
    read_books("99", false, 1);
    assert_messages(0, 0, 1, 0);
    ck_assert_int_eq(reconcile.spans[0].inflight, 0);
}
END_TEST

START_TEST(a_run_under_way_is_not_judged)
{
    run_of(&campaign, "100", 1, 0, "99");
    begin(&campaign, "99");
    fixture_claim(store, &campaign);
    read_books("98", true, 2);
    ck_assert(!reconcile.spans[0].running);
    ck_assert(reconcile.spans[1].running);
    ck_assert(!reconcile.spans[1].span.known);
    assert_messages(1, 0, 0, 0);
    ck_assert_int_eq(reconcile.spans[1].inflight, 0);
}
END_TEST

/* ---- what is charged late ---- */

START_TEST(what_goes_between_a_runs_end_and_the_next_look_is_late)
{
    run_of(&campaign, "100", 1, 2, "99");
    run_of(&campaign, "97", 1, 0, "96");
    read_books("95", false, 2);
    ck_assert_int_eq(reconcile.spans[0].span.late_spent, 2 * UNIT);
    ck_assert_int_eq(reconcile.spans[0].span.late_accepted, 0);
    ck_assert_int_eq(reconcile.spans[1].span.late_spent, UNIT);
}
END_TEST

START_TEST(test_messages_between_runs_are_a_span_and_account_for_what_went)
{
    run_of(&campaign, "100", 1, 1, "99");
    send_test(JOB_ACCEPTED);
    send_test(JOB_UNKNOWN);
    run_of(&campaign, "97", 1, 0, "96");
    read_books("96", false, 3);
    ck_assert_int_eq(reconcile.spans[0].span.late_spent, 2 * UNIT);
    ck_assert_int_eq(reconcile.spans[0].span.late_accepted, 1);
    assert_between(1, "99", "97", false);
    assert_messages(1, 1, 0, 0);
    ck_assert_int_eq(reconcile.spans[1].span.tests_unknown, 1);
    assert_runs(1, 0, 0);
    ck_assert_int_eq(reconcile.spans[1].span.late_spent, 0);
}
END_TEST

START_TEST(what_a_run_without_a_look_before_it_spent_is_not_late)
{
    run_of(&campaign, "100", 1, 1, "99");
    run_of(&campaign, "", 3, 0, "96");
    read_books("96", false, 2);
    ck_assert_int_eq(reconcile.spans[0].span.late_spent, 0);
    assert_between(1, "99", "96", false);
    assert_spent(1, 3 * UNIT);
}
END_TEST

START_TEST(a_span_that_ended_with_the_next_runs_look_has_nothing_late)
{
    run_of(&campaign, "100", 1, 1, "");
    run_of(&campaign, "98", 0, 0, "97");
    read_books("97", false, 2);
    ck_assert_int_eq(reconcile.spans[0].span.late_spent, 0);
}
END_TEST

/* ---- the price ---- */

START_TEST(the_price_is_what_spans_without_unknown_rows_show_in_any_campaign)
{
    run_of(&other, "1000", 4, 0, "900");
    run_of(&campaign, "900", 1, 2, "850");
    read_books("850", false, 2);
    ck_assert_int_eq(reconcile.price.amount, 25 * UNIT);
    ck_assert_int_eq(reconcile.price.source, PRICE_SHOWN);
    ck_assert_int_eq(reconcile.price.messages, 4);
}
END_TEST

/* ---- failures ---- */

START_TEST(books_that_cannot_be_read_are_told)
{
    run_of(&campaign, "100", 1, 0, "99");
    fixture_sql("ALTER TABLE attempt RENAME TO gone");
    assert_fails(reconcile_read(store, &campaign, "99", false, &reconcile, &error), ERROR_MACHINE,
                 "cannot read what runs and balances say");
}
END_TEST

START_TEST(what_was_freed_can_be_read_again)
{
    run_of(&campaign, "100", 1, 0, "99");
    read_books("99", false, 1);
    reconcile_free(&reconcile);
    ck_assert_ptr_null(reconcile.spans);
    reconcile_free(&reconcile);
    read_books("99", false, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reconcile");
    TCase *spans = fixture_case(suite, "spans");
    tcase_add_checked_fixture(spans, open_store, close_store);
    tcase_add_test(spans, without_a_run_there_is_no_span_and_a_message_costs_one_unit);
    tcase_add_test(spans, a_run_with_both_balances_is_a_span);
    tcase_add_test(spans, a_run_that_could_not_ask_ends_with_the_next_look);
    tcase_add_test(spans, runs_without_a_look_between_them_are_one_span);
    tcase_add_test(spans, the_last_run_ends_with_the_balance_of_now);
    tcase_add_test(spans, a_span_without_a_balance_is_kept_and_not_known);
    tcase_add_test(spans, a_balance_that_cannot_be_read_is_no_look);
    tcase_add_test(spans, runs_of_other_campaigns_are_spans_without_rows_of_this_one);
    tcase_add_test(spans, what_a_person_has_decided_is_told_apart);
    tcase_add_test(spans, rows_that_a_crash_left_inflight_are_open);
    tcase_add_test(spans, what_another_campaigns_crash_left_inflight_is_open_but_not_this_ones);
    tcase_add_test(spans, a_run_under_way_is_not_judged);
    tcase_add_test(spans, what_goes_between_a_runs_end_and_the_next_look_is_late);
    tcase_add_test(spans, test_messages_between_runs_are_a_span_and_account_for_what_went);
    tcase_add_test(spans, what_a_run_without_a_look_before_it_spent_is_not_late);
    tcase_add_test(spans, a_span_that_ended_with_the_next_runs_look_has_nothing_late);
    tcase_add_test(spans, the_price_is_what_spans_without_unknown_rows_show_in_any_campaign);
    tcase_add_test(spans, books_that_cannot_be_read_are_told);
    tcase_add_test(spans, what_was_freed_can_be_read_again);
    return run_suite(suite);
}
