#include "campana/once_a_day.h"
#include "campana/preflight.h"
#include "store_fixture.h"

#define DAY_MS 86400000LL
/* NOW_MS is 2025-11-23 08:00 UTC, 03:00 in Colombia: that day began at 05:00 UTC. */
#define DAY_BEGINS_MS (NOW_MS - 3 * 3600000LL)

static const struct fixture_row three[] = {{"573000000001", "Uno", JOB_PENDING, REASON_NONE},
                                           {"573000000002", "Dos", JOB_PENDING, REASON_NONE},
                                           {"573000000003", "Tres", JOB_PENDING, REASON_NONE}};

static struct store *store;
static struct engine_options options;

static void begin(void)
{
    fixture_setup();
    store = fixture_open(STORE_CREATE);
    options = (struct engine_options){0};
}

static void end(void)
{
    store_close(store);
    fixture_teardown();
}

static struct preflight look(const struct campaign *campaign, const char *balance, int64_t start_ms)
{
    struct preflight preflight;
    assert_ok(store_count_pending(store, campaign->id, &options.pending, &error));
    assert_ok(preflight_read(store, campaign, &options, balance, start_ms, &preflight, &error));
    return preflight;
}

START_TEST(the_day_begins_at_midnight_in_colombia)
{
    ck_assert_int_eq(once_a_day_begins(NOW_MS), DAY_BEGINS_MS);
    ck_assert_int_eq(once_a_day_begins(DAY_BEGINS_MS), DAY_BEGINS_MS);
    ck_assert_int_eq(once_a_day_begins(DAY_BEGINS_MS - 1), DAY_BEGINS_MS - DAY_MS);
    ck_assert_int_eq(once_a_day_ends(DAY_BEGINS_MS), DAY_BEGINS_MS + DAY_MS);
    ck_assert_int_eq(once_a_day_ends(DAY_BEGINS_MS - 1), DAY_BEGINS_MS);
}
END_TEST

START_TEST(whom_another_campaign_reached_that_day_is_held_back)
{
    struct campaign first = fixture_load(store, "first", three, 2);
    struct campaign second = fixture_load(store, "second", three, 3);
    struct run run = fixture_run(store, &first);
    options.once_per_day = true;
    fixture_send(store, &first, &run, JOB_ACCEPTED, 17, REASON_NONE);
    fixture_send(store, &first, &run, JOB_UNKNOWN, 0, REASON_TIMEOUT);
    static const struct {
        int64_t reached_ms, held_back;
    } cases[] = {{DAY_BEGINS_MS, 2}, {DAY_BEGINS_MS - 1, 0}, {DAY_BEGINS_MS - DAY_MS, 0}, {NOW_MS, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char sql[256];
        snprintf(sql, sizeof sql, "UPDATE message SET finished_at_ms = %lld WHERE state <> 'pending'",
                 (long long)cases[i].reached_ms);
        fixture_sql(sql);
        struct preflight preflight = look(&second, "100", NOW_MS);
        ck_assert_int_eq(preflight.held_back, cases[i].held_back);
        ck_assert_int_eq(preflight.count, 3 - cases[i].held_back);
    }
    ck_assert_int_eq(look(&second, "", DAY_BEGINS_MS + DAY_MS).held_back,
                     0); /* the next day knows nobody yet */
    options.once_per_day = false;
    ck_assert_int_eq(look(&second, "", NOW_MS).held_back, 0);
    campaign_free(&first);
    campaign_free(&second);
}
END_TEST

START_TEST(a_number_that_stands_three_times_gets_one_that_day)
{
    const struct fixture_row rows[] = {three[0], three[1], three[0], three[0]};
    struct campaign campaign = fixture_load(store, "thrice", rows, 4);
    options.once_per_day = true;
    ck_assert_int_eq(look(&campaign, "", NOW_MS).held_back, 2);
    campaign_free(&campaign);
}
END_TEST

START_TEST(the_credit_reaches_to_a_row)
{
    struct campaign campaign = fixture_load_pending(store, "c", 10);
    static const struct {
        const char *balance;
        int64_t pays_for, last_row;
    } cases[] = {{"10", 10, 0}, {"11", 11, 0}, {"9", 9, 10}, {"1.99", 1, 2},
                 {"0", 0, 0},   {"-5", 0, 0},  {"", -1, 0},  {"x", -1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct preflight preflight = look(&campaign, cases[i].balance, NOW_MS);
        ck_assert_int_eq(preflight.pays_for, cases[i].pays_for);
        ck_assert_int_eq(preflight.last_paid_row, cases[i].last_row);
        ck_assert_int_eq(preflight.count, 10);
    }
    options.limit = 4;
    ck_assert_int_eq(look(&campaign, "9", NOW_MS).count, 4);
    ck_assert_int_eq(look(&campaign, "9", NOW_MS).last_paid_row, 0);
    campaign_free(&campaign);
}
END_TEST

START_TEST(earlier_runs_tell_the_price)
{
    struct campaign campaign = fixture_load_pending(store, "c", 10);
    struct run run = fixture_run(store, &campaign);
    fixture_send(store, &campaign, &run, JOB_ACCEPTED, 17, REASON_NONE);
    fixture_send(store, &campaign, &run, JOB_ACCEPTED, 18, REASON_NONE);
    fixture_sql("UPDATE run SET balance_before = '1000', balance_after = '950'");
    struct preflight preflight = look(&campaign, "100", NOW_MS);
    ck_assert_int_eq(preflight.price.amount, 25 * RECKONING_UNIT);
    ck_assert_int_eq(preflight.pays_for, 4);
    ck_assert_int_eq(preflight.last_paid_row, 7); /* rows 2 and 3 are sent */
    campaign_free(&campaign);
}
END_TEST

START_TEST(samples_come_from_the_beginning_the_middle_and_the_end)
{
    struct campaign many = fixture_load_pending(store, "many", 100);
    struct campaign few = fixture_load(store, "few", three, 2);
    struct campaign one = fixture_load(store, "one", three, 1);
    struct preflight preflight = look(&many, "", NOW_MS);
    ck_assert_int_eq(preflight.sample_count, 3);
    ck_assert_int_eq(preflight.samples[0].row, 2);
    ck_assert_int_eq(preflight.samples[1].row, 52);
    ck_assert_int_eq(preflight.samples[2].row, 101);
    ck_assert_int_eq(look(&few, "", NOW_MS).sample_count, 2);
    preflight = look(&one, "", NOW_MS);
    ck_assert_int_eq(preflight.sample_count, 1);
    ck_assert_str_eq(preflight.samples[0].msisdn, "573000000001");
    campaign_free(&many);
    campaign_free(&few);
    campaign_free(&one);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("preflight");
    TCase *tcase = tcase_create("preflight");
    tcase_add_checked_fixture(tcase, begin, end);
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, the_day_begins_at_midnight_in_colombia);
    tcase_add_test(tcase, whom_another_campaign_reached_that_day_is_held_back);
    tcase_add_test(tcase, a_number_that_stands_three_times_gets_one_that_day);
    tcase_add_test(tcase, the_credit_reaches_to_a_row);
    tcase_add_test(tcase, earlier_runs_tell_the_price);
    tcase_add_test(tcase, samples_come_from_the_beginning_the_middle_and_the_end);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
