/* A number is found wherever it stands, and what was tried and decided with its messages. */
#include "../../src/io/store_internal.h"
#include "campana/history.h"
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

static int note_row(void *context, const struct found_message *found, struct error *into)
{
    struct buffer *out = context;
    (void)into;
    buffer_printf(out, "%s:%d:%s ", found->campaign, (int)found->row.row, job_state_name(found->row.state));
    return 0;
}

static void assert_found(const char *msisdn, const char *expected)
{
    struct buffer out = {0};
    assert_ok(store_find(store, msisdn, note_row, &out, &error));
    ck_assert_str_eq(buffer_string(&out), expected);
    buffer_free(&out);
}

START_TEST(a_number_is_found_in_every_campaign_and_state_in_the_order_of_loading)
{
    static const struct fixture_row first[] = {
        {"573000000009", "uno", JOB_PENDING, REASON_NONE},
        {"573000000001", "dos", JOB_PENDING, REASON_NONE},
        {"573000000009", "otra", JOB_DUPLICATE, REASON_DUPLICATE},
        {"310", "corto", JOB_INVALID, REASON_NUMBER_SHORT},
    };
    static const struct fixture_row second[] = {
        {"573000000005", "", JOB_INVALID, REASON_TEXT_EMPTY},
        {"573000000009", "", JOB_INVALID, REASON_TEXT_EMPTY},
        {"573000000001", "nadie", JOB_SUPPRESSED, REASON_SUPPRESSED},
    };
    struct campaign a = fixture_load(store, "a", first, 4);
    struct campaign nothing = fixture_load(store, "nothing", first + 3, 1);
    struct campaign b = fixture_load(store, "b", second, 3);
    assert_found("573000000009", "a:2:pending a:4:duplicate b:3:invalid ");
    assert_found("573000000001", "a:3:pending b:4:suppressed ");
    assert_found("573000000005", "b:2:invalid ");
    assert_found("573000000004", "");
    assert_found("000000000000", "");
    assert_found("999999999999", "");
    campaign_free(&a);
    campaign_free(&nothing);
    campaign_free(&b);
}
END_TEST

START_TEST(an_empty_database_has_no_number)
{
    assert_found("573000000009", "");
}
END_TEST

/* The rows of one number fill more than a block, and the campaign more than a batch. */
START_TEST(a_number_is_found_in_batches_and_blocks_of_any_size)
{
    enum { ROWS = 131072 + 1500, REPEATED = 1200 };
    struct campaign campaign = fixture_campaign("c");
    char expected[64];
    int64_t count = 0;
    assert_ok(store_load_begin(store, &campaign, true, &error));
    for (int i = 0; i < ROWS; i++) {
        char msisdn[PHONE_BYTES];
        /* Steps of a prime through a range of numbers: no order, no number twice. */
        snprintf(msisdn, sizeof msisdn, "573%09lld", i < REPEATED ? 5LL : (i * 7919LL) % 999999937LL);
        struct fixture_row row = {msisdn, "Hola", JOB_PENDING, REASON_NONE};
        struct store_message message = fixture_message(i + 2, &row);
        assert_ok(store_load_message(store, &campaign, &message, &error));
    }
    assert_ok(store_load_end(store, &campaign, &error));
    for (int i = REPEATED; i < ROWS; i += 997) {
        char msisdn[PHONE_BYTES];
        snprintf(msisdn, sizeof msisdn, "573%09lld", (i * 7919LL) % 999999937LL);
        snprintf(expected, sizeof expected, "c:%d:pending ", i + 2);
        assert_found(msisdn, expected);
    }
    struct buffer out = {0};
    assert_ok(store_find(store, "573000000005", note_row, &out, &error));
    for (const char *at = buffer_string(&out); *at != '\0'; at += strcspn(at, " ") + 1) {
        snprintf(expected, sizeof expected, "c:%d:pending ", (int)count++ + 2);
        ck_assert_int_eq(strncmp(at, expected, strlen(expected)), 0);
    }
    ck_assert_int_eq(count, REPEATED);
    buffer_free(&out);
    campaign_free(&campaign);
}
END_TEST

START_TEST(a_load_that_is_given_up_leaves_no_number)
{
    static const struct fixture_row row = {"573000000009", "uno", JOB_PENDING, REASON_NONE};
    struct campaign campaign = fixture_campaign("given up");
    assert_ok(store_load_begin(store, &campaign, true, &error));
    struct store_message message = fixture_message(2, &row);
    assert_ok(store_load_message(store, &campaign, &message, &error));
    store_load_abort(store);
    campaign_free(&campaign);
    struct campaign other = fixture_load_pending(store, "other", 1);
    assert_found("573000000009", "");
    assert_found("573000000000", "other:2:pending ");
    campaign_free(&other);
}
END_TEST

START_TEST(a_message_that_lost_its_number_is_found_no_more)
{
    struct campaign campaign = fixture_load_pending(store, "c", 3);
    ck_assert_int_eq(
        fixture_execute(store->database, "UPDATE message SET msisdn = '000000000000' WHERE row = 3"),
        SQLITE_OK);
    assert_found("573000000001", "");
    assert_found("573000000002", "c:4:pending ");
    campaign_free(&campaign);
}
END_TEST

/* ---- what happened ---- */

static int note_history(void *context, const struct found_message *found, struct error *into)
{
    struct buffer *out = context;
    struct history history;
    assert_ok(history_read(store, found, &history, into));
    for (size_t i = 0; i < history.count; i++) {
        const struct history_event *event = &history.events[i];
        if (event->decided)
            buffer_printf(out, "%s:%s>%s ", event->words, job_state_name(event->from),
                          job_state_name(event->state));
        else
            buffer_printf(out, "%s:%s:%d ", reason_code(event->reason), job_state_name(event->state),
                          event->has_code ? (int)event->code : 0);
    }
    history_free(&history);
    return 0;
}

static void decide(const struct campaign *campaign, enum job_state from, enum job_state to, int64_t now_ms)
{
    int64_t count = 0;
    struct store_resolve resolve = {.from = from, .to = to, .who = "ana@pc", .now_ms = now_ms};
    assert_ok(store_resolve_apply(store, campaign, &resolve, &count, &error));
    ck_assert_int_eq(count, 1);
}

START_TEST(the_history_tells_tries_and_decisions_in_the_order_of_time)
{
    struct buffer out = {0};
    struct campaign campaign = fixture_load_pending(store, "c", 1);
    struct run run = fixture_run(store, &campaign);
    fixture_send(store, &campaign, &run, JOB_PENDING, -3, REASON_GATEWAY_BALANCE);
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_TIMEOUT);
    decide(&campaign, JOB_UNKNOWN, JOB_PENDING, NOW_MS + 102);
    struct job job = fixture_claim(store, &campaign);
    struct settlement settlement = fixture_settlement(&run, &job, JOB_ACCEPTED, 77, REASON_NONE);
    settlement.finished_at_ms = NOW_MS + 500;
    assert_ok(store_begin(store, &error));
    assert_ok(store_settle(store, &settlement, &error));
    assert_ok(store_commit(store, &error));
    assert_ok(store_find(store, "573000000000", note_history, &out, &error));
    ck_assert_str_eq(buffer_string(&out),
                     "gateway_balance:pending:-3 timeout:unknown:0 ana@pc:unknown>pending :accepted:77 ");
    buffer_free(&out);
    campaign_free(&campaign);
}
END_TEST

START_TEST(a_decision_that_it_was_accepted_is_no_answer_of_the_gateway)
{
    struct buffer out = {0};
    struct campaign campaign = fixture_load_pending(store, "c", 1);
    struct run run = fixture_run(store, &campaign);
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_CUT);
    decide(&campaign, JOB_UNKNOWN, JOB_ACCEPTED, NOW_MS + 9000);
    assert_ok(store_find(store, "573000000000", note_history, &out, &error));
    ck_assert_str_eq(buffer_string(&out), "cut:unknown:0 ana@pc:unknown>accepted ");
    buffer_free(&out);
    campaign_free(&campaign);
}
END_TEST

static int note_test(void *context, const struct found_test *test, struct error *into)
{
    (void)into;
    buffer_printf(context, "%s:%s:%d:%.*s ", test->campaign, job_state_name(test->state), (int)test->code,
                  (int)test->text.len, test->text.data);
    return 0;
}

START_TEST(test_messages_are_found_by_their_number)
{
    struct buffer out = {0};
    int64_t id;
    struct outcome outcome = {.kind = OUTCOME_ACCEPTED, .code = 9, .http_status = 200, .retry_after_ms = -1};
    struct campaign campaign = fixture_load_pending(store, "c", 1);
    assert_ok(store_test_begin(store, campaign.id, "573000000042", slice_of("prueba"), NOW_MS, &id, &error));
    assert_ok(store_test_end(store, id, JOB_ACCEPTED, &outcome, &error));
    assert_ok(store_find_tests(store, "573000000042", note_test, &out, &error));
    assert_ok(store_find_tests(store, "573000000000", note_test, &out, &error));
    ck_assert_str_eq(buffer_string(&out), "c:accepted:9:prueba ");
    buffer_free(&out);
    campaign_free(&campaign);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_find");
    TCase *numbers = fixture_case(suite, "numbers");
    tcase_add_checked_fixture(numbers, open_store, close_store);
    tcase_add_test(numbers, a_number_is_found_in_every_campaign_and_state_in_the_order_of_loading);
    tcase_add_test(numbers, an_empty_database_has_no_number);
    tcase_add_test(numbers, a_number_is_found_in_batches_and_blocks_of_any_size);
    tcase_add_test(numbers, a_load_that_is_given_up_leaves_no_number);
    tcase_add_test(numbers, a_message_that_lost_its_number_is_found_no_more);
    TCase *history = fixture_case(suite, "history");
    tcase_add_checked_fixture(history, open_store, close_store);
    tcase_add_test(history, the_history_tells_tries_and_decisions_in_the_order_of_time);
    tcase_add_test(history, a_decision_that_it_was_accepted_is_no_answer_of_the_gateway);
    tcase_add_test(history, test_messages_are_found_by_their_number);
    return run_suite(suite);
}
