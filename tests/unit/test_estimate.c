#include "campana/error.h"
#include "campana/estimate.h"
#include "main.h"

static struct hours hours;

static struct rate rate_of(const char *text)
{
    struct rate rate;
    struct error error;
    ck_assert_int_eq(rate_parse(text, &rate, &error), 0);
    return rate;
}

static struct estimate estimate(const char *specification, const char *rate_text, int64_t count, bool wait,
                                int64_t start_ms)
{
    struct error error;
    struct rate rate = rate_of(rate_text);
    ck_assert_int_eq(hours_parse(specification, &hours, &error), 0);
    return estimate_run(&rate, &hours, count, wait, start_ms);
}

#define assert_ends(estimate, year, month, day, hour, minute)                                                \
    do {                                                                                                     \
        char got_[HOURS_TEXT_BYTES], wanted_[HOURS_TEXT_BYTES];                                              \
        ck_assert((estimate).known);                                                                         \
        hours_format((estimate).ends_at_ms, got_);                                                           \
        hours_format(hours_instant(year, month, day, hour, minute), wanted_);                                \
        ck_assert_str_eq(got_, wanted_);                                                                     \
    } while (0)

START_TEST(within_a_day_it_is_the_messages_by_the_rate)
{
    int64_t monday = hours_instant(2026, 11, 23, 9, 0);
    struct estimate found = estimate("co", "10/s", 36000, true, monday);
    ck_assert_int_eq(found.sending_ms, 3600000);
    assert_ends(found, 2026, 11, 23, 10, 0);
    assert_ends(estimate("co", "600/min", 36000, false, monday), 2026, 11, 23, 10, 0);
    assert_ends(estimate("any", "1/s", 1, false, monday), 2026, 11, 23, 9, 0);
}
END_TEST

START_TEST(nights_are_left_out)
{
    /* 18:00, an hour is left; the second hour begins at 07:00 */
    assert_ends(estimate("co", "10/s", 72000, true, hours_instant(2026, 11, 23, 18, 0)), 2026, 11, 24, 8, 0);
}
END_TEST

START_TEST(saturdays_are_short_and_sundays_closed)
{
    /* Saturday 2026-11-21 14:00: one hour, then Monday */
    assert_ends(estimate("co", "10/s", 72000, true, hours_instant(2026, 11, 21, 14, 0)), 2026, 11, 23, 8, 0);
}
END_TEST

START_TEST(holidays_are_left_out)
{
    /* Mondays 2026-11-02 and 2026-11-16 are holidays. Friday 1 h, Saturday 7 h, Tuesday 2 h */
    assert_ends(estimate("co", "10/s", 36000 * 10, true, hours_instant(2026, 10, 30, 18, 0)), 2026, 11, 3, 9,
                0);
    assert_ends(estimate("co", "10/s", 36000, true, hours_instant(2026, 11, 16, 10, 0)), 2026, 11, 17, 8, 0);
}
END_TEST

START_TEST(two_hundred_thousand_at_ten_a_second_take_until_tomorrow)
{
    struct estimate found = estimate("co", "10/s", 200000, true, hours_instant(2026, 11, 23, 15, 0));
    /* 4 h on Monday: 144,000; 56,000 are 93 min 20 s on Tuesday */
    assert_ends(found, 2026, 11, 24, 8, 33);
    ck_assert_int_eq(found.left, 0);
}
END_TEST

START_TEST(without_waiting_the_closing_ends_it_and_what_is_left_is_counted)
{
    struct estimate found = estimate("co", "10/s", 200000, false, hours_instant(2026, 11, 23, 15, 0));
    assert_ends(found, 2026, 11, 23, 19, 0);
    ck_assert_int_eq(found.left, 56000);
    /* what begins outside the hours, with a start to come: at the opening */
    found = estimate("co", "10/s", 10, true, hours_instant(2026, 11, 22, 12, 0));
    assert_ends(found, 2026, 11, 23, 7, 0);
}
END_TEST

START_TEST(what_ends_at_the_closing_second_is_not_left_over)
{
    struct estimate found = estimate("co", "10/s", 36000, false, hours_instant(2026, 11, 23, 18, 0));
    assert_ends(found, 2026, 11, 23, 19, 0);
    ck_assert_int_eq(found.left, 0);
    ck_assert_int_eq(estimate("co", "10/s", 36001, false, hours_instant(2026, 11, 23, 18, 0)).left, 1);
}
END_TEST

START_TEST(no_limit_and_no_end_in_sight_are_not_known)
{
    ck_assert(!estimate("any", "max", 1000, true, 0).known);
    ck_assert(!estimate("Mon 10:00-10:01", "1/h", 1000000000, true, 0).known);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("estimate");
    TCase *tcase = tcase_create("estimate");
    tcase_add_test(tcase, within_a_day_it_is_the_messages_by_the_rate);
    tcase_add_test(tcase, nights_are_left_out);
    tcase_add_test(tcase, saturdays_are_short_and_sundays_closed);
    tcase_add_test(tcase, holidays_are_left_out);
    tcase_add_test(tcase, two_hundred_thousand_at_ten_a_second_take_until_tomorrow);
    tcase_add_test(tcase, without_waiting_the_closing_ends_it_and_what_is_left_is_counted);
    tcase_add_test(tcase, what_ends_at_the_closing_second_is_not_left_over);
    tcase_add_test(tcase, no_limit_and_no_end_in_sight_are_not_known);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
