#include "campana/error.h"
#include "campana/hours.h"
#include "holidays_2020_2050.h"
#include "main.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND 1000LL
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* 2020-01-01 00:00 in Colombia, a Wednesday. */
#define START_OF_2020 1577854800000LL

/* For loops of many rounds: ck_assert() reports each time that it holds, which is slow. */
#define must(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            ck_abort_msg("not so: %s", #condition);                                                          \
    } while (0)

static struct error error;
static struct hours co;

static void read_co(void)
{
    error_clear(&error);
    ck_assert_int_eq(hours_parse("co", &co, &error), 0);
}

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

static void seed_random(void)
{
    read_co();
    random_state = 20261123;
}

/* ---- another way to the same answer: counts days one by one and looks holidays up in the literal table ----
 */

struct civil {
    int year, month, day, weekday; /* weekday 0 = Monday */
    int64_t midnight_ms;
};

static const struct civil first_civil = {2020, 1, 1, 2, START_OF_2020};

static void next_civil(struct civil *civil)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int last = days[civil->month - 1] + (civil->month == 2 && civil->year % 4 == 0 ? 1 : 0);
    civil->midnight_ms += DAY;
    civil->weekday = (civil->weekday + 1) % 7;
    civil->day++;
    if (civil->day > last) {
        civil->day = 1;
        civil->month++;
    }
    if (civil->month > 12) {
        civil->month = 1;
        civil->year++;
    }
}

static bool is_published_holiday(const struct civil *civil)
{
    char date[32];
    snprintf(date, sizeof date, "%02d%02d", civil->month, civil->day);
    return strstr(published_holidays[civil->year - 2020].dates, date) != NULL;
}

/* Whether it is open, and the end of that state, by going through the days from 2020 on. Windows that meet at
 * midnight are one. */
#define CIVIL_DAYS 11323 /* 2020 to 2050 */
static struct hours_day expected_day[CIVIL_DAYS];
static struct civil expected_civil[CIVIL_DAYS];

static void expect_by_table(const struct hours *hours)
{
    struct civil civil = first_civil;
    for (int i = 0; i < CIVIL_DAYS; i++) {
        expected_civil[i] = civil;
        expected_day[i] = hours->day[civil.weekday];
        if (hours->holidays_off && is_published_holiday(&civil))
            expected_day[i] = (struct hours_day){0, 0};
        next_civil(&civil);
    }
    ck_assert_int_eq(civil.year, 2051);
    ck_assert_int_eq(civil.day, 1);
}

static bool expected_open(int64_t at_ms)
{
    int64_t since_ms = at_ms - START_OF_2020;
    struct hours_day window = expected_day[since_ms / DAY];
    int64_t of_day_ms = since_ms % DAY;
    return of_day_ms >= window.opens_min * MINUTE && of_day_ms < window.closes_min * MINUTE;
}

/* ---- contact hours by law ---- */

static const struct {
    const char *when;
    bool open;
    const char *changes;
} instants[] = {
    {"2026-11-23 06:59", false, "2026-11-23 07:00"}, /* Monday */
    {"2026-11-23 07:00", true, "2026-11-23 19:00"},
    {"2026-11-23 18:59", true, "2026-11-23 19:00"},
    {"2026-11-23 19:00", false, "2026-11-24 07:00"},
    {"2026-11-24 00:00", false, "2026-11-24 07:00"},
    {"2026-11-27 19:00", false, "2026-11-28 08:00"}, /* Friday evening */
    {"2026-11-28 07:59", false, "2026-11-28 08:00"}, /* Saturday */
    {"2026-11-28 08:00", true, "2026-11-28 15:00"},
    {"2026-11-28 14:59", true, "2026-11-28 15:00"},
    {"2026-11-28 15:00", false, "2026-11-30 07:00"},
    {"2026-11-29 12:00", false, "2026-11-30 07:00"}, /* Sunday */
    {"2026-11-14 15:00", false, "2026-11-17 07:00"}, /* before Independencia de Cartagena */
    {"2026-11-16 12:00", false, "2026-11-17 07:00"}, /* on it */
    {"2026-04-01 19:00", false, "2026-04-04 08:00"}, /* before Maundy Thursday */
    {"2026-04-03 12:00", false, "2026-04-04 08:00"}, /* Good Friday */
    {"2026-12-07 19:00", false, "2026-12-09 07:00"}, /* before the Immaculate Conception, a Tuesday */
    {"2026-12-24 18:59", true, "2026-12-24 19:00"},
    {"2026-12-24 19:00", false, "2026-12-26 08:00"}, /* Christmas, a Friday */
    {"2026-12-31 18:59", true, "2026-12-31 19:00"},
    {"2026-12-31 19:00", false, "2027-01-02 08:00"}, /* over the end of the year */
    {"2027-01-01 00:00", false, "2027-01-02 08:00"},
    {"2024-12-31 23:59", false, "2025-01-02 07:00"},
    {"2025-06-28 15:00", false, "2025-07-01 07:00"}, /* two holidays on one Monday */
    {"2030-06-29 15:00", false, "2030-07-02 07:00"},
    {"2024-07-19 19:00", false, "2024-07-22 07:00"}, /* a holiday on a Saturday */
    {"2025-07-19 15:00", false, "2025-07-21 07:00"}, /* a holiday on a Sunday moves nothing */
};

START_TEST(the_law_decides_and_tells_the_next_change)
{
    int64_t at_ms, changes_at_ms;
    ck_assert_int_eq(hours_parse_local(instants[_i].when, &at_ms), 0);
    ck_assert_int_eq(hours_parse_local(instants[_i].changes, &changes_at_ms), 0);
    struct hours_decision decision = hours_at(&co, at_ms);
    ck_assert_int_eq(decision.open, instants[_i].open);
    ck_assert_int_eq(decision.changes_at_ms, changes_at_ms);
}
END_TEST

START_TEST(every_minute_of_a_week_begins_and_ends_as_the_law_says)
{
    int64_t monday_ms = hours_instant(2026, 11, 23, 0, 0);
    for (int minute = 0; minute < 7 * 24 * 60; minute++) {
        int weekday = minute / 1440;
        int of_day = minute % 1440;
        bool open =
            weekday < 5 ? of_day >= 420 && of_day < 1140 : weekday == 5 && of_day >= 480 && of_day < 900;
        must(hours_at(&co, monday_ms + minute * MINUTE).open == open);
        must(hours_at(&co, monday_ms + minute * MINUTE + 59 * SECOND).open == open);
        must(hours_at(&co, monday_ms + (minute + 1) * MINUTE - 1).open == open);
    }
}
END_TEST

static void check_change(const struct hours *hours, int64_t before_ms, int64_t change_ms, bool opens)
{
    const int64_t instants_ms[] = {before_ms, before_ms + 1, change_ms - SECOND, change_ms - 1};
    for (int i = 0; i < 4; i++) {
        struct hours_decision decision = hours_at(hours, instants_ms[i]);
        if (decision.open == opens || decision.changes_at_ms != change_ms)
            ck_abort_msg("at %lld: open %d, changes at %lld, not at %lld", (long long)instants_ms[i],
                         decision.open, (long long)decision.changes_at_ms, (long long)change_ms);
    }
    must(hours_at(hours, change_ms).open == opens);
}

START_TEST(every_change_from_2020_to_2050_is_exact_to_the_millisecond)
{
    expect_by_table(&co);
    int64_t last_ms = START_OF_2020;
    int changes = 0;
    for (int i = 0; i < CIVIL_DAYS; i++) {
        if (expected_day[i].opens_min == expected_day[i].closes_min)
            continue;
        int64_t opens_ms = expected_civil[i].midnight_ms + expected_day[i].opens_min * MINUTE;
        int64_t closes_ms = expected_civil[i].midnight_ms + expected_day[i].closes_min * MINUTE;
        check_change(&co, last_ms, opens_ms, true);
        check_change(&co, opens_ms, closes_ms, false);
        last_ms = closes_ms;
        changes += 2;
    }
    ck_assert_int_gt(changes, 31 * 285 * 2);
}
END_TEST

/* ---- any other hours ---- */

START_TEST(hours_that_are_always_open_never_change)
{
    struct hours any;
    ck_assert_int_eq(hours_parse("any", &any, &error), 0);
    for (int i = 0; i < 1000; i++) {
        struct hours_decision decision = hours_at(&any, START_OF_2020 + i * (9 * DAY + 12345));
        ck_assert(decision.open);
        ck_assert_int_eq(decision.changes_at_ms, INT64_MAX);
    }
}
END_TEST

START_TEST(hours_that_are_never_open_never_change)
{
    struct hours never = {.holidays_off = true};
    struct hours_decision decision = hours_at(&never, START_OF_2020);
    ck_assert(!decision.open);
    ck_assert_int_eq(decision.changes_at_ms, INT64_MAX);
    never.day[3] = (struct hours_day){600, 600};
    decision = hours_at(&never, START_OF_2020);
    ck_assert(!decision.open);
    ck_assert_int_eq(decision.changes_at_ms, INT64_MAX);
}
END_TEST

START_TEST(windows_that_meet_at_midnight_are_one)
{
    struct hours hours;
    ck_assert_int_eq(hours_parse("Mon 20:00-24:00, Tue 00:00-24:00, Wed 00:00-03:00", &hours, &error), 0);
    struct hours_decision decision = hours_at(&hours, hours_instant(2026, 11, 23, 20, 0));
    ck_assert(decision.open);
    ck_assert_int_eq(decision.changes_at_ms, hours_instant(2026, 11, 25, 3, 0));
    decision = hours_at(&hours, hours_instant(2026, 11, 25, 3, 0));
    ck_assert(!decision.open);
    ck_assert_int_eq(decision.changes_at_ms, hours_instant(2026, 11, 30, 20, 0));
}
END_TEST

START_TEST(open_around_the_clock_but_on_holidays_closes_at_their_midnight)
{
    struct hours hours;
    ck_assert_int_eq(hours_parse("Mon-Sun 00:00-24:00, holidays off", &hours, &error), 0);
    struct hours_decision decision = hours_at(&hours, hours_instant(2026, 8, 18, 0, 0));
    ck_assert(decision.open);
    ck_assert_int_eq(decision.changes_at_ms, hours_instant(2026, 10, 12, 0, 0));
    decision = hours_at(&hours, hours_instant(2026, 4, 2, 0, 0));
    ck_assert(!decision.open);
    ck_assert_int_eq(decision.changes_at_ms, hours_instant(2026, 4, 4, 0, 0));
}
END_TEST

START_TEST(mondays_alone_are_waited_for_over_a_row_of_holidays)
{
    struct hours hours;
    ck_assert_int_eq(hours_parse("Mon 10:00-11:00, holidays off", &hours, &error), 0);
    /* 8 and 15 June 2026 are holidays. */
    struct hours_decision decision = hours_at(&hours, hours_instant(2026, 6, 1, 11, 0));
    ck_assert(!decision.open);
    ck_assert_int_eq(decision.changes_at_ms, hours_instant(2026, 6, 22, 10, 0));
}
END_TEST

static struct hours random_hours(void)
{
    static const int edges[] = {0, 0, 1, 419, 420, 719, 720, 1139, 1140, 1439, 1440, 1440};
    struct hours hours = {.holidays_off = random_below(2) == 0};
    for (int day = 0; day < 7; day++) {
        int a = edges[random_below(12)];
        int b = edges[random_below(12)];
        hours.day[day] = (struct hours_day){a < b ? a : b, a < b ? b : a};
    }
    return hours;
}

START_TEST(any_hours_stay_as_they_are_until_they_change)
{
    for (int round = 0; round < 25; round++) {
        struct hours hours = random_hours();
        expect_by_table(&hours);
        for (int i = 0; i < 40; i++) {
            int64_t at_ms = START_OF_2020 + random_below(10000) * DAY + random_below(1440) * MINUTE;
            at_ms += random_below(2) == 0 ? 0 : random_below(60000);
            struct hours_decision decision = hours_at(&hours, at_ms);
            must(decision.open == expected_open(at_ms));
            must(decision.changes_at_ms > at_ms);
            int64_t until_ms = decision.changes_at_ms;
            if (until_ms == INT64_MAX)
                until_ms = at_ms + 400 * DAY;
            else
                must(expected_open(until_ms) != decision.open);
            for (int64_t t = at_ms; t < until_ms; t += t % MINUTE == 0 ? MINUTE : MINUTE - t % MINUTE)
                must(expected_open(t) == decision.open);
            must(expected_open(until_ms - 1) == decision.open);
        }
    }
}
END_TEST

START_TEST(instants_beyond_the_calendar_are_taken_as_its_ends)
{
    ck_assert_int_eq(hours_local(INT64_MIN).year, 1969);
    ck_assert_int_eq(hours_local(0).hour, 19);
    ck_assert_int_eq(hours_local(INT64_MAX).year, 9999);
    ck_assert(!hours_at(&co, INT64_MIN).open);
    ck_assert_int_gt(hours_at(&co, INT64_MAX).changes_at_ms, 0);
}
END_TEST

/* ---- Colombian time ---- */

START_TEST(local_time_is_five_hours_behind_utc)
{
    struct hours_local local = hours_local(1795442445678LL); /* 2026-11-23T14:00:45.678Z */
    ck_assert_int_eq(local.year, 2026);
    ck_assert_int_eq(local.month, 11);
    ck_assert_int_eq(local.day, 23);
    ck_assert_int_eq(local.weekday, 0);
    ck_assert_int_eq(local.hour, 9);
    ck_assert_int_eq(local.minute, 0);
    ck_assert_int_eq(local.second, 45);
    ck_assert_int_eq(hours_instant(2026, 11, 23, 9, 0), 1795442400000LL);
    ck_assert_int_eq(hours_instant(2020, 1, 1, 0, 0), START_OF_2020);
}
END_TEST

START_TEST(local_time_and_instant_are_inverse)
{
    for (int i = 0; i < 30000; i++) {
        int64_t at_ms = random_below(4000000000u) * 60LL * SECOND;
        struct hours_local local = hours_local(at_ms);
        must(hours_instant(local.year, local.month, local.day, local.hour, local.minute) == at_ms);
        must(local.second == 0);
    }
}
END_TEST

START_TEST(an_instant_is_written_for_people)
{
    char text[HOURS_TEXT_BYTES];
    hours_format(hours_instant(2026, 11, 24, 10, 40), text);
    ck_assert_str_eq(text, "Tuesday 24 November 2026, 10:40");
    hours_format(hours_instant(2027, 1, 2, 8, 0) + 59 * SECOND + 999, text);
    ck_assert_str_eq(text, "Saturday 2 January 2027, 08:00");
    hours_format(hours_instant(2026, 9, 30, 0, 5), text);
    ck_assert_str_eq(text, "Wednesday 30 September 2026, 00:05");
    hours_format(INT64_MAX, text);
    ck_assert_str_eq(text, "Friday 31 December 9999, 18:59");
}
END_TEST

static const char *const good_locals[] = {
    "2026-11-23 09:00",          "2026-11-23T09:00",          "2026-11-23 09:00:00",
    "2026-11-23T09:00:00-05:00", "2026-11-23T14:00:00Z",      "2026-11-23 14:00Z",
    "2026-11-23T15:30:00+01:30", "2026-11-23T23:00:00+09:00", "2026-11-22T23:30:00-14:30",
};

START_TEST(a_local_time_is_read)
{
    int64_t at_ms = 0;
    ck_assert_int_eq(hours_parse_local(good_locals[_i], &at_ms), 0);
    ck_assert_int_eq(at_ms, 1795442400000LL);
    ck_assert_int_eq(hours_parse_local("2026-11-23T14:00:59Z", &at_ms), 0);
    ck_assert_int_eq(at_ms, 1795442459000LL);
}
END_TEST

static const char *const bad_locals[] = {
    "",
    "2026-11-23",
    "2026-11-23 9:00",
    "2026-11-23 09:00:60",
    "2026-11-23 09:00:0",
    "2026-11-23 09:00:000",
    "2026-11-23 09:00:00.5",
    "2026-11-23 09:00z",
    "2026-11-23 09:00 Z",
    "2026-11-23 09:00-5:00",
    "2026-11-23 09:00-0500",
    "2026-11-23 09:00-24:00",
    "2026-11-23 09:00-05:60",
    "2026-11-23 09:00 ",
    " 2026-11-23 09:00",
    "2026-11-23t09:00",
    "2026-11-23_09:00",
    "2026/11/23 09:00",
    "2026/11-23 09:00",
    "2026-11/23 09:00",
    "2026-11-23 09.00",
    "202a-11-23 09:00",
    "2026-11-2: 09:00",
    "2026-13-01 09:00",
    "2026-00-01 09:00",
    "2026-02-29 09:00",
    "2026-11-31 09:00",
    "2026-11-00 09:00",
    "2026-11-23 24:00",
    "2026-11-23 09:60",
    "2026-11-23 -9:00",
    "2026-11-23 +9:00",
    "1969-12-31 23:00",
    "0000-01-01 00:00",
    "23-11-2026 09:00",
    "tomorrow at nine",
    "2026-1١-23 09:0",
};

START_TEST(what_is_no_local_time_is_refused)
{
    int64_t at_ms = 77;
    ck_assert_msg(hours_parse_local(bad_locals[_i], &at_ms) == -1, "\"%s\" was read", bad_locals[_i]);
    ck_assert_int_eq(at_ms, 77);
}
END_TEST

START_TEST(a_local_time_comes_back_as_it_was_written)
{
    for (int i = 0; i < 20000; i++) {
        int64_t at_ms = random_below(33000000) * 60LL * SECOND + 5 * HOUR;
        struct hours_local local = hours_local(at_ms);
        char text[64];
        int64_t again_ms = 0;
        snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d", local.year, local.month, local.day,
                 local.hour, local.minute);
        must(hours_parse_local(text, &again_ms) == 0);
        must(again_ms == at_ms);
    }
}
END_TEST

static const char *const zones[] = {"UTC", "America/Bogota", "Asia/Tokyo", "XXX-14", ":nonsense"};

START_TEST(the_time_zone_of_the_host_changes_nothing)
{
    ck_assert_int_eq(setenv("TZ", zones[_i], 1), 0);
    tzset();
    int64_t at_ms = 0;
    char text[HOURS_TEXT_BYTES];
    ck_assert_int_eq(hours_parse_local("2026-11-23 19:00", &at_ms), 0);
    ck_assert_int_eq(at_ms, 1795478400000LL);
    ck_assert(!hours_at(&co, at_ms).open);
    ck_assert(hours_at(&co, at_ms - 1).open);
    ck_assert_int_eq(hours_local(at_ms).hour, 19);
    hours_format(at_ms, text);
    ck_assert_str_eq(text, "Monday 23 November 2026, 19:00");
}
END_TEST

/* ---- specifications ---- */

/* Days as "opens-closes" in minutes, "." for closed, Monday first, and "!" where holidays are off. */
static void describe(const struct hours *hours, char *text, size_t size)
{
    text[0] = '\0';
    for (int day = 0; day < 7; day++) {
        size_t len = strlen(text);
        if (hours->day[day].opens_min == hours->day[day].closes_min)
            snprintf(text + len, size - len, ". ");
        else
            snprintf(text + len, size - len, "%d-%d ", hours->day[day].opens_min, hours->day[day].closes_min);
    }
    size_t len = strlen(text);
    snprintf(text + len, size - len, hours->holidays_off ? "!" : "");
}

#define ALL(window) window " " window " " window " " window " " window " " window " " window " "

static const struct {
    const char *specification;
    const char *expected;
} good_specifications[] = {
    {"co", "420-1140 420-1140 420-1140 420-1140 420-1140 480-900 . !"},
    {"any", ALL("0-1440")},
    {"Mon-Fri 08:00-18:00, Sat 09:00-13:00, holidays off",
     "480-1080 480-1080 480-1080 480-1080 480-1080 540-780 . !"},
    {"Mon-Fri 08:00-18:00", "480-1080 480-1080 480-1080 480-1080 480-1080 . . "},
    {"lun-vie 8:00-18:00, sáb 9:00-13:00, dom 10:00-11:30",
     "480-1080 480-1080 480-1080 480-1080 480-1080 540-780 600-690 "},
    {"LUN 08:00-09:00, MAR 08:00-09:00, MIÉ 08:00-09:00, JUE 08:00-09:00, VIE 08:00-09:00, SÁB 08:00-09:00, "
     "DOM 08:00-09:00",
     ALL("480-540")},
    {"mie 08:00-09:00,sab 08:00-09:00", ". . 480-540 . . 480-540 . "},
    {"lunes-viernes 07:00-19:00, sábado 08:00-15:00",
     "420-1140 420-1140 420-1140 420-1140 420-1140 480-900 . "},
    {"miércoles 07:00-19:00", ". . 420-1140 . . . . "},
    {"Monday - Wednesday 07:00 - 19:00", "420-1140 420-1140 420-1140 . . . . "},
    {"Sat-Mon 00:00-24:00", "0-1440 . . . . 0-1440 0-1440 "},
    {"Sun-Sat 00:01-23:59", ALL("1-1439")},
    {"tue 00:00-00:01", ". 0-1 . . . . . "},
    {"holidays off, thu 10:00-12:00", ". . . 600-720 . . . !"},
    {"  fri   10:00-12:00 ,\tHolidays Off  ", ". . . . 600-720 . . !"},
};

START_TEST(a_specification_is_read)
{
    struct hours hours;
    char text[256];
    ck_assert_msg(hours_parse(good_specifications[_i].specification, &hours, &error) == 0, "%s", error.text);
    describe(&hours, text, sizeof text);
    ck_assert_str_eq(text, good_specifications[_i].expected);
}
END_TEST

static const struct {
    const char *specification;
    const char *at_fault; /* what the error shows */
} bad_specifications[] = {
    {"", "\"\" does not begin with a day"},
    {" ", "\"\" does not begin with a day"},
    {",", "\"\" does not begin with a day"},
    {"CO2", "\"CO2\" does not begin with a day"},
    {"always", "\"always\" does not begin with a day"},
    {"Mun-Fri 08:00-18:00", "\"Mun-Fri 08:00-18:00\" does not begin with a day"},
    {"Mon-Fry 08:00-18:00, Sat 09:00-10:00", "\"Fry 08:00-18:00\" does not begin with a day"},
    {"Mon- 08:00-18:00", "\"08:00-18:00\" does not begin with a day"},
    {"Mon-Tue-Wed 08:00-18:00", "\"-Wed 08:00-18:00\" does not begin with a time"},
    {"Mon", "\"\" does not begin with a time"},
    {"Mon 08:00", "\"08:00\" has no closing time"},
    {"Mon 08:00-", "\"\" does not begin with a time"},
    {"Mon 08:00-18", "\"18\" does not begin with a time"},
    {"Mon 0800-1800", "\"0800-1800\" does not begin with a time"},
    {"Mon 8-18", "\"8-18\" does not begin with a time"},
    {"Mon 08:0-18:00", "\"08:0-18:00\" does not begin with a time"},
    {"Mon 08:000-18:00", "\"08:000-18:00\" does not begin with a time"},
    {"Mon 008:00-18:00", "\"008:00-18:00\" does not begin with a time"},
    {"Mon 08:00-24:01", "\"24:01\" begins with no time of day"},
    {"Mon 08:60-18:00", "\"08:60-18:00\" begins with no time of day"},
    {"Mon 08:00-99:00", "\"99:00\" begins with no time of day"},
    {"Mon 18:00-08:00", "\"18:00-08:00\" closes no later than it opens"},
    {"Mon 08:00-08:00", "\"08:00-08:00\" closes no later than it opens"},
    {"Mon 24:00-24:00", "\"24:00-24:00\" closes no later than it opens"},
    {"Mon-Wed 08:00-09:00, Tue 10:00-11:00", "\"Tue 10:00-11:00\" names a day for the second time"},
    {"Mon 08:00-09:00 10:00-11:00", "\"10:00-11:00\" is more than days and a window"},
    {"Mon 08:00-09:00; Tue 10:00-11:00", "\"; Tue 10:00-11:00\" is more than days and a window"},
    {"Mon 08:00-09:00pm", "\"pm\" is more than days and a window"},
    {"Mon 08:00-09:00,", "\"\" does not begin with a day"},
    {"Mon 08:00-09:00,, Tue 08:00-09:00", "\"\" does not begin with a day"},
    {"Mon 08:00-09:00, holidays on", "\"holidays on\" says of holidays"},
    {"Mon 08:00-09:00, holidays", "\"holidays\" says of holidays"},
    {"holidays off", "\"holidays off\" opens on no day"},
    {"Mon 08:00\xe2\x80\x93"
     "18:00",
     "\"08:00\xe2\x80\x93"
     "18:00\" has no closing time"},
    {"Mon \xff", "is not valid UTF-8"},
};

START_TEST(what_is_no_specification_is_refused_with_the_part_at_fault)
{
    struct hours hours;
    ck_assert_int_eq(hours_parse(bad_specifications[_i].specification, &hours, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_msg(strstr(error.text, bad_specifications[_i].at_fault) != NULL, "%s: %s",
                  bad_specifications[_i].specification, error.text);
    ck_assert_ptr_nonnull(strstr(error.text, "\"Mon-Fri 08:00-18:00, Sat 09:00-13:00, holidays off\""));
}
END_TEST

START_TEST(a_long_specification_is_shown_in_part)
{
    char text[4000];
    struct hours hours;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    ck_assert_int_eq(hours_parse(text, &hours, &error), -1);
    ck_assert_uint_lt(strlen(error.text), 300);
}
END_TEST

START_TEST(garbage_is_read_as_sound_hours_or_refused)
{
    static const char *const pieces[] = {
        "Mon",  "Sun",   "mié",      "sáb",   "holidays", "off",         " ",    ",",    "-",
        ":",    "08:00", "24:00",    "00:00", "7",        "99",          "\xff", "\xc3", "\t",
        "\x01", "😀",     "Mon-Fri ", "co",    "any",      "08:00-18:00", ", ",   "tue",  "\n",
        "é",    "Sat ",  "lun",      "dom ",  "x",        "…",           "+",    "vie",  "23:59",
    };
    int read = 0;
    for (int i = 0; i < 30000; i++) {
        char text[256] = "";
        uint32_t count = random_below(9);
        for (uint32_t j = 0; j < count; j++)
            strncat(text, pieces[random_below(sizeof pieces / sizeof pieces[0])],
                    sizeof text - strlen(text) - 1);
        struct hours hours;
        error_clear(&error);
        if (hours_parse(text, &hours, &error) != 0) {
            must(error.kind == ERROR_INPUT);
            continue;
        }
        read++;
        for (int day = 0; day < 7; day++) {
            struct hours_day window = hours.day[day];
            must(window.opens_min >= 0);
            must(window.closes_min <= 1440);
            must(window.opens_min < window.closes_min || (window.opens_min == 0 && window.closes_min == 0));
        }
    }
    ck_assert_int_gt(read, 10);
}
END_TEST

#define LOOP(tests, test, table) tcase_add_loop_test(tests, test, 0, (int)(sizeof table / sizeof table[0]))

int main(void)
{
    Suite *suite = suite_create("hours");
    TCase *decisions = tcase_create("decisions");
    tcase_set_timeout(decisions, 60);
    tcase_add_checked_fixture(decisions, seed_random, NULL);
    LOOP(decisions, the_law_decides_and_tells_the_next_change, instants);
    tcase_add_test(decisions, every_minute_of_a_week_begins_and_ends_as_the_law_says);
    tcase_add_test(decisions, every_change_from_2020_to_2050_is_exact_to_the_millisecond);
    tcase_add_test(decisions, hours_that_are_always_open_never_change);
    tcase_add_test(decisions, hours_that_are_never_open_never_change);
    tcase_add_test(decisions, windows_that_meet_at_midnight_are_one);
    tcase_add_test(decisions, open_around_the_clock_but_on_holidays_closes_at_their_midnight);
    tcase_add_test(decisions, mondays_alone_are_waited_for_over_a_row_of_holidays);
    tcase_add_test(decisions, any_hours_stay_as_they_are_until_they_change);
    tcase_add_test(decisions, instants_beyond_the_calendar_are_taken_as_its_ends);
    suite_add_tcase(suite, decisions);

    TCase *time_tests = tcase_create("Colombian time");
    tcase_set_timeout(time_tests, 60);
    tcase_add_checked_fixture(time_tests, seed_random, NULL);
    tcase_add_test(time_tests, local_time_is_five_hours_behind_utc);
    tcase_add_test(time_tests, local_time_and_instant_are_inverse);
    tcase_add_test(time_tests, an_instant_is_written_for_people);
    LOOP(time_tests, a_local_time_is_read, good_locals);
    LOOP(time_tests, what_is_no_local_time_is_refused, bad_locals);
    tcase_add_test(time_tests, a_local_time_comes_back_as_it_was_written);
    LOOP(time_tests, the_time_zone_of_the_host_changes_nothing, zones);
    suite_add_tcase(suite, time_tests);

    TCase *specifications = tcase_create("specifications");
    tcase_set_timeout(specifications, 60);
    tcase_add_checked_fixture(specifications, seed_random, NULL);
    LOOP(specifications, a_specification_is_read, good_specifications);
    LOOP(specifications, what_is_no_specification_is_refused_with_the_part_at_fault, bad_specifications);
    tcase_add_test(specifications, a_long_specification_is_shown_in_part);
    tcase_add_test(specifications, garbage_is_read_as_sound_hours_or_refused);
    suite_add_tcase(suite, specifications);
    return run_suite(suite);
}
