#include "campana/calendar.h"
#include "main.h"
#include <stdint.h>
#include <time.h>

/* For loops of many rounds: ck_assert() reports each time that it holds, which is slow. */
#define must(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            ck_abort_msg("not so: %s", #condition);                                                          \
    } while (0)

START_TEST(a_date_and_its_number_are_what_the_c_library_says)
{
    for (int day = -719162; day <= 2932896; day += day > -2000 && day < 100000 ? 1 : 7) {
        time_t seconds = (time_t)day * 86400;
        struct tm utc;
        must(gmtime_r(&seconds, &utc) != NULL);
        struct date date = calendar_date(day);
        must(date.year == utc.tm_year + 1900);
        must(date.month == utc.tm_mon + 1);
        must(date.day == utc.tm_mday);
        must(calendar_weekday(day) == (utc.tm_wday + 6) % 7);
        must(calendar_day(date.year, date.month, date.day) == day);
    }
}
END_TEST

START_TEST(days_are_counted_from_1970)
{
    ck_assert_int_eq(calendar_day(1970, 1, 1), 0);
    ck_assert_int_eq(calendar_day(1969, 12, 31), -1);
    ck_assert_int_eq(calendar_day(2000, 2, 29), 11016);
    ck_assert_int_eq(calendar_weekday(calendar_day(2026, 11, 23)), 0);
    ck_assert_int_eq(calendar_weekday(calendar_day(2026, 11, 22)), 6);
}
END_TEST

static const struct {
    int year, month, day;
    bool valid;
} dates[] = {
    {2026, 1, 1, true},   {2026, 12, 31, true}, {2026, 2, 28, true},  {2026, 2, 29, false},
    {2024, 2, 29, true},  {2024, 2, 30, false}, {1900, 2, 29, false}, {2000, 2, 29, true},
    {2100, 2, 29, false}, {2026, 4, 30, true},  {2026, 4, 31, false}, {2026, 12, 32, false},
    {2026, 13, 1, false}, {2026, 0, 1, false},  {2026, 1, 0, false},  {2026, -1, 1, false},
    {2026, 1, -1, false}, {0, 1, 1, false},     {1, 1, 1, true},      {9999, 12, 31, true},
    {10000, 1, 1, false}, {2026, 6, 31, false}, {2026, 9, 31, false}, {2026, 11, 31, false},
    {2026, 1, 31, true},
};

START_TEST(a_date_is_valid_when_there_is_such_a_day)
{
    ck_assert_msg(calendar_valid(dates[_i].year, dates[_i].month, dates[_i].day) == dates[_i].valid,
                  "%d-%d-%d", dates[_i].year, dates[_i].month, dates[_i].day);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("calendar");
    TCase *tests = tcase_create("calendar");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_date_and_its_number_are_what_the_c_library_says);
    tcase_add_test(tests, days_are_counted_from_1970);
    tcase_add_loop_test(tests, a_date_is_valid_when_there_is_such_a_day, 0, sizeof dates / sizeof dates[0]);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
