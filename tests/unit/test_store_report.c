/* What is read: campaigns, counts, reasons, rows. */
#include "store_fixture.h"

static struct store *store;
static struct campaign campaign;

static const struct fixture_row rows[] = {
    {"573000000000", "uno", JOB_PENDING, REASON_NONE},
    {"573000000001", "dos", JOB_PENDING, REASON_NONE},
    {"573000000002", "tres", JOB_PENDING, REASON_NONE},
    {"573000000003", "cuatro", JOB_PENDING, REASON_NONE},
    {"573000000004", "cinco", JOB_PENDING, REASON_NONE},
    {"12", "", JOB_INVALID, REASON_NUMBER_SHORT},
    {"13", "", JOB_INVALID, REASON_NUMBER_SHORT},
    {"573000000005", "", JOB_INVALID, REASON_TEXT_EMPTY},
    {"573000000000", "otra", JOB_DUPLICATE, REASON_DUPLICATE},
    {"573000000009", "nadie", JOB_SUPPRESSED, REASON_SUPPRESSED},
};
#define ROWS ((int)(sizeof rows / sizeof *rows))

/* One row in every state. */
static void open_store(void)
{
    store = fixture_open(STORE_CREATE);
    struct campaign before = fixture_load(store, "before", rows, 1);
    campaign = fixture_load(store, "c", rows, ROWS);
    struct campaign after = fixture_load(store, "after", rows, 2);
    struct run run = fixture_run(store, &campaign);
    fixture_send(store, &campaign, &run, JOB_ACCEPTED, 7, REASON_NONE);
    fixture_send(store, &campaign, &run, JOB_REFUSED, -5, REASON_GATEWAY_TEXT);
    fixture_send(store, &campaign, &run, JOB_UNKNOWN, 0, REASON_TIMEOUT);
    fixture_claim(store, &campaign);
    campaign_free(&before);
    campaign_free(&after);
}

static void close_store(void)
{
    campaign_free(&campaign);
    store_close(store);
}

/* ---- campaigns ---- */

static int note_name(void *context, const struct campaign *found, struct error *into)
{
    (void)into;
    strcat(context, found->name);
    strcat(context, " ");
    return 0;
}

static int count_within(void *context, const struct campaign *found, struct error *into)
{
    struct counts counts;
    if (store_count(store, found, &counts, into) != 0)
        return -1;
    *(int64_t *)context += counts.of[JOB_PENDING];
    return 0;
}

static int enough(void *context, const struct campaign *found, struct error *into)
{
    (void)found;
    (*(int *)context)++;
    return error_set(into, ERROR_INPUT, "enough");
}

START_TEST(campaigns_come_in_the_order_they_were_loaded)
{
    char names[64] = "";
    int calls = 0;
    assert_ok(store_each_campaign(store, note_name, names, &error));
    ck_assert_str_eq(names, "before c after ");
    assert_fails(store_each_campaign(store, enough, &calls, &error), ERROR_INPUT, "enough");
    ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(a_walk_over_campaigns_may_ask_the_store)
{
    int64_t pending = 0;
    assert_ok(store_each_campaign(store, count_within, &pending, &error));
    ck_assert_int_eq(pending, 1 + 1 + 2);
}
END_TEST

START_TEST(a_campaign_that_is_not_there_is_missed_with_the_names_there_are)
{
    struct campaign found;
    ck_assert_int_eq(store_find_campaign(store, "C", &found, &error), 0);
    assert_fails(store_need_campaign(store, "C", &found, &error), ERROR_INPUT,
                 "there is no campaign \"C\" in ");
    assert_says("the newest are: after, c, before");
    for (int i = 0; i < 10; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        struct campaign more = fixture_load(store, name, NULL, 0);
        campaign_free(&more);
    }
    assert_fails(store_need_campaign(store, "", &found, &error), ERROR_INPUT,
                 "n9, n8, n7, n6, n5, n4, n3, n2, n1, n0 and 3 more");
    ck_assert_int_eq(store_need_campaign(store, "c", &found, &error), 1);
    campaign_free(&found);
}
END_TEST

START_TEST(where_nothing_was_loaded_that_is_said)
{
    struct store *empty;
    struct campaign found;
    assert_ok(store_open(":memory:", STORE_CREATE, NULL, &empty, &error));
    assert_fails(store_need_campaign(empty, "c", &found, &error), ERROR_INPUT,
                 "none has been loaded into :memory: yet");
    store_close(empty);
}
END_TEST

START_TEST(a_name_is_never_read_as_a_part_of_sql)
{
    struct campaign found;
    struct campaign odd = fixture_load(store, "'; DROP TABLE message; --", NULL, 0);
    ck_assert_int_eq(store_find_campaign(store, "'; DROP TABLE message; --", &found, &error), 1);
    campaign_free(&odd);
    campaign_free(&found);
}
END_TEST

/* ---- counts ---- */

START_TEST(every_state_is_counted_in_its_place)
{
    static const int64_t expected[JOB_STATES] = {
        [JOB_PENDING] = 1, [JOB_INFLIGHT] = 1, [JOB_ACCEPTED] = 1,  [JOB_REFUSED] = 1,
        [JOB_UNKNOWN] = 1, [JOB_INVALID] = 3,  [JOB_DUPLICATE] = 1, [JOB_SUPPRESSED] = 1,
    };
    struct counts counts;
    int64_t total = 0;
    assert_ok(store_count(store, &campaign, &counts, &error));
    for (int state = 0; state < JOB_STATES; state++) {
        ck_assert_msg(counts.of[state] == expected[state], "%s: %lld", job_state_name((enum job_state)state),
                      (long long)counts.of[state]);
        total += counts.of[state];
    }
    ck_assert_int_eq(total, ROWS);
    int64_t pending;
    int64_t unknown;
    assert_ok(store_count_pending(store, campaign.id, &pending, &error));
    assert_ok(store_count_unknown(store, campaign.id, &unknown, &error));
    ck_assert_int_eq(pending, 1);
    ck_assert_int_eq(unknown, 2);
}
END_TEST

START_TEST(an_empty_campaign_counts_nothing)
{
    struct counts counts;
    struct campaign empty = fixture_load(store, "empty", NULL, 0);
    assert_ok(store_count(store, &empty, &counts, &error));
    for (int state = 0; state < JOB_STATES; state++)
        ck_assert_int_eq(counts.of[state], 0);
    campaign_free(&empty);
}
END_TEST

static int note_reason(void *context, enum job_state state, const char *code, int64_t count,
                       struct error *into)
{
    char *notes = context;
    (void)into;
    sprintf(notes + strlen(notes), "%s/%s/%lld ", job_state_name(state), code, (long long)count);
    return 0;
}

START_TEST(reasons_come_by_state_and_number)
{
    char notes[512] = "";
    assert_ok(store_each_reason(store, &campaign, note_reason, notes, &error));
    ck_assert_str_eq(notes, "pending//1 inflight//1 accepted//1 refused/gateway_text/1 unknown/timeout/1 "
                            "invalid/number_short/2 invalid/text_empty/1 duplicate/duplicate/1 "
                            "suppressed/suppressed/1 ");
}
END_TEST

/* ---- rows ---- */

static int note_row(void *context, const struct report_row *row, struct error *into)
{
    char *notes = context;
    (void)into;
    sprintf(notes + strlen(notes), "%lld", (long long)row->row);
    return 0;
}

START_TEST(rows_come_in_file_order_all_or_by_state)
{
    char notes[64] = "";
    assert_ok(store_report(store, &campaign, 0, note_row, notes, &error));
    ck_assert_str_eq(notes, "234567891011");
    notes[0] = '\0';
    assert_ok(store_report(store, &campaign, 1u << JOB_INVALID | 1u << JOB_PENDING, note_row, notes, &error));
    ck_assert_str_eq(notes, "6789");
    notes[0] = '\0';
    assert_ok(store_report(store, &campaign, 1u << JOB_SUPPRESSED, note_row, notes, &error));
    ck_assert_str_eq(notes, "11");
}
END_TEST

static int keep_first(void *context, const struct report_row *row, struct error *into)
{
    (void)into;
    bool *seen = context;
    if (*seen)
        return 0;
    *seen = true;
    ck_assert_int_eq(row->row, 2);
    ck_assert(slice_equal(row->msisdn, slice_of("573000000000")));
    ck_assert(slice_equal(row->text, slice_of("uno")));
    ck_assert(slice_equal(row->fields, slice_of("[null,null]")));
    ck_assert_int_eq(row->state, JOB_ACCEPTED);
    ck_assert(row->has_code && row->has_http_status && row->has_latency);
    ck_assert_int_eq(row->code, 7);
    ck_assert_int_eq(row->http_status, 200);
    ck_assert_int_eq(row->latency_ms, 100);
    ck_assert_int_eq(row->reason, REASON_NONE);
    ck_assert_uint_eq(row->detail.len, 0);
    ck_assert_int_eq(row->attempts, 1);
    ck_assert_int_eq(row->first_sent_at_ms, NOW_MS + 2);
    ck_assert_int_eq(row->finished_at_ms, NOW_MS + 102);
    return 0;
}

static int keep_duplicate(void *context, const struct report_row *row, struct error *into)
{
    (void)into;
    *(bool *)context = true;
    ck_assert_int_eq(row->state, JOB_DUPLICATE);
    ck_assert(!row->has_code && !row->has_http_status && !row->has_latency);
    ck_assert_int_eq(row->reason, REASON_DUPLICATE);
    ck_assert(slice_equal(row->detail, slice_of("on row 2")));
    ck_assert_int_eq(row->attempts, 0);
    ck_assert_int_eq(row->first_sent_at_ms, 0);
    ck_assert_int_eq(row->finished_at_ms, 0);
    return 0;
}

START_TEST(a_row_is_told_with_all_that_is_known_of_it)
{
    bool seen = false;
    assert_ok(store_report(store, &campaign, 0, keep_first, &seen, &error));
    ck_assert(seen);
    seen = false;
    assert_ok(store_report(store, &campaign, 1u << JOB_DUPLICATE, keep_duplicate, &seen, &error));
    ck_assert(seen);
}
END_TEST

static int fail_at_third(void *context, const struct report_row *row, struct error *into)
{
    (void)row;
    return ++*(int *)context == 3 ? error_set(into, ERROR_MACHINE, "the pipe is closed") : 0;
}

START_TEST(a_report_that_cannot_be_delivered_ends_and_can_be_given_again)
{
    int calls = 0;
    char notes[64] = "";
    assert_fails(store_report(store, &campaign, 0, fail_at_third, &calls, &error), ERROR_MACHINE,
                 "the pipe is closed");
    ck_assert_int_eq(calls, 3);
    assert_ok(store_report(store, &campaign, 0, note_row, notes, &error));
    ck_assert_str_eq(notes, "234567891011");
}
END_TEST

struct picture {
    struct store *sender;
    struct run *run;
    int pending;
};

static int send_meanwhile(void *context, const struct report_row *row, struct error *into)
{
    struct picture *picture = context;
    (void)into;
    if (row->row == 2)
        fixture_send(picture->sender, &campaign, picture->run, JOB_ACCEPTED, 8, REASON_NONE);
    picture->pending += row->state == JOB_PENDING;
    return 0;
}

START_TEST(a_report_is_one_picture_while_a_sender_goes_on)
{
    struct picture picture = {.sender = fixture_open(STORE_WRITE)};
    struct run run = fixture_run(picture.sender, &campaign);
    picture.run = &run;
    assert_ok(store_report(store, &campaign, 0, send_meanwhile, &picture, &error));
    ck_assert_int_eq(picture.pending, 1);
    picture.pending = 0;
    int64_t pending;
    assert_ok(store_count_pending(store, campaign.id, &pending, &error));
    ck_assert_int_eq(pending, 0);
    store_close(picture.sender);
}
END_TEST

START_TEST(a_state_of_nobodys_knowledge_is_told_and_not_taken_for_another)
{
    char notes[64] = "";
    struct counts counts;
    fixture_sql(
        "PRAGMA ignore_check_constraints = ON; PRAGMA writable_schema = ON; DROP TRIGGER message_moves; "
        "UPDATE message SET state = 'delivered' WHERE id = 3");
    assert_fails(store_report(store, &campaign, 0, note_row, notes, &error), ERROR_MACHINE,
                 "in a state that this version does not know");
    assert_ok(store_count(store, &campaign, &counts, &error));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store_report");
    TCase *campaigns = fixture_case(suite, "campaigns");
    tcase_add_checked_fixture(campaigns, open_store, close_store);
    tcase_add_test(campaigns, campaigns_come_in_the_order_they_were_loaded);
    tcase_add_test(campaigns, a_walk_over_campaigns_may_ask_the_store);
    tcase_add_test(campaigns, a_campaign_that_is_not_there_is_missed_with_the_names_there_are);
    tcase_add_test(campaigns, where_nothing_was_loaded_that_is_said);
    tcase_add_test(campaigns, a_name_is_never_read_as_a_part_of_sql);
    TCase *counts = fixture_case(suite, "counts");
    tcase_add_checked_fixture(counts, open_store, close_store);
    tcase_add_test(counts, every_state_is_counted_in_its_place);
    tcase_add_test(counts, an_empty_campaign_counts_nothing);
    tcase_add_test(counts, reasons_come_by_state_and_number);
    TCase *report = fixture_case(suite, "rows");
    tcase_add_checked_fixture(report, open_store, close_store);
    tcase_add_test(report, rows_come_in_file_order_all_or_by_state);
    tcase_add_test(report, a_row_is_told_with_all_that_is_known_of_it);
    tcase_add_test(report, a_report_that_cannot_be_delivered_ends_and_can_be_given_again);
    tcase_add_test(report, a_report_is_one_picture_while_a_sender_goes_on);
    tcase_add_test(report, a_state_of_nobodys_knowledge_is_told_and_not_taken_for_another);
    return run_suite(suite);
}
