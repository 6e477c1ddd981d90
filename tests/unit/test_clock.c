#include "campana/clock.h"
#include "main.h"
#include <time.h>

static const struct {
    int64_t at_ms;
    const char *text;
} instants[] = {
    {0, "1970-01-01T00:00:00.000Z"},
    {1, "1970-01-01T00:00:00.001Z"},
    {999, "1970-01-01T00:00:00.999Z"},
    {1000, "1970-01-01T00:00:01.000Z"},
    {951782400000, "2000-02-29T00:00:00.000Z"},
    {1795435200000, "2026-11-23T12:00:00.000Z"},
    {2147483648000, "2038-01-19T03:14:08.000Z"},
    {4107542399999, "2100-02-28T23:59:59.999Z"},
    {253402300799999, "9999-12-31T23:59:59.999Z"},
    /* clamped */
    {253402300800000, "9999-12-31T23:59:59.999Z"},
    {INT64_MAX, "9999-12-31T23:59:59.999Z"},
    {-1, "1970-01-01T00:00:00.000Z"},
    {INT64_MIN, "1970-01-01T00:00:00.000Z"},
};
#define INSTANTS ((int)(sizeof instants / sizeof instants[0]))

START_TEST(an_instant_is_written_by_rfc_3339_in_utc)
{
    char text[CLOCK_UTC_BYTES];
    clock_format_utc(instants[_i].at_ms, text);
    ck_assert_str_eq(text, instants[_i].text);
}
END_TEST

START_TEST(the_host_s_time_zone_does_not_matter)
{
    char text[CLOCK_UTC_BYTES];
    setenv("TZ", "America/Bogota", 1);
    tzset();
    clock_format_utc(1795435200000, text);
    ck_assert_str_eq(text, "2026-11-23T12:00:00.000Z");
}
END_TEST

static const struct {
    int64_t ms;
    const char *text;
} durations[] = {
    {0, "0 s"},
    {-1, "0 s"},
    {INT64_MIN, "0 s"},
    {1, "1 s"},
    {1000, "1 s"},
    {1001, "2 s"},
    {45000, "45 s"},
    {59000, "59 s"},
    {59001, "1 min 00 s"},
    {185000, "3 min 05 s"},
    {3599000, "59 min 59 s"},
    {3599001, "1 h 0 min"},
    {7800000, "2 h 10 min"},
    {172799000, "47 h 59 min"},
    {172799001, "2 d 0 h"},
    {273600000, "3 d 4 h"},
    {INT64_MAX, "106751991167 d 7 h"},
};
#define DURATIONS ((int)(sizeof durations / sizeof durations[0]))

START_TEST(a_duration_is_rounded_up_and_written_for_people)
{
    char text[CLOCK_DURATION_BYTES];
    clock_format_duration(durations[_i].ms, text);
    ck_assert_str_eq(text, durations[_i].text);
}
END_TEST

static int64_t wall_of(void *context)
{
    return *(int64_t *)context + 1;
}

static int64_t monotonic_of(void *context)
{
    return *(int64_t *)context + 2;
}

START_TEST(a_clock_is_asked_with_its_context)
{
    int64_t context = 40;
    struct clock clock = {wall_of, monotonic_of, &context};
    ck_assert_int_eq(clock_wall_ms(&clock), 41);
    ck_assert_int_eq(clock_monotonic_ns(&clock), 42);
}
END_TEST

START_TEST(the_system_s_clock_tells_today_and_runs_forward)
{
    int64_t before = clock_monotonic_ns(&clock_system);
    int64_t today = (int64_t)time(NULL) * MS_PER_S;
    int64_t wall = clock_wall_ms(&clock_system);
    ck_assert_int_ge(wall, today - MS_PER_S);
    ck_assert_int_le(wall, today + 60 * MS_PER_S);
    struct timespec pause = {0, 2 * NS_PER_MS};
    nanosleep(&pause, NULL);
    int64_t passed = clock_monotonic_ns(&clock_system) - before;
    ck_assert_int_ge(passed, 2 * NS_PER_MS);
    ck_assert_int_lt(passed, 60 * NS_PER_S);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clock");
    TCase *tests = tcase_create("clock");
    tcase_add_loop_test(tests, an_instant_is_written_by_rfc_3339_in_utc, 0, INSTANTS);
    tcase_add_test(tests, the_host_s_time_zone_does_not_matter);
    tcase_add_loop_test(tests, a_duration_is_rounded_up_and_written_for_people, 0, DURATIONS);
    tcase_add_test(tests, a_clock_is_asked_with_its_context);
    tcase_add_test(tests, the_system_s_clock_tells_today_and_runs_forward);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
