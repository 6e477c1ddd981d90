/* Decides whether a message may be sent at an instant, and when that changes. Refuses to know what time it is
 * and how people write contact hours. Invariant: every window lies within one Colombian day; one that closes
 * at 24:00 before a day that opens at 00:00 is no change. */
#include "campana/hours.h"
#include "campana/calendar.h"
#include "campana/digits.h"
#include <stddef.h>
#include <stdio.h>

#define DAYS_A_WEEK     7
#define MIN_PER_DAY     (24 * 60)
#define MS_PER_MIN      60000LL
#define MS_PER_HOUR     (60 * MS_PER_MIN)
#define MS_PER_DAY      (24 * MS_PER_HOUR)
#define COLOMBIA_MS     (-5 * MS_PER_HOUR) /* to be added to UTC */
#define FIRST_MS        0LL
#define LAST_MS         253402300799999LL /* of the year 9999, in UTC */
#define DAYS_TO_LOOK_AT 400               /* holidays come every year: what changes at all changes sooner */

/* ---- instants and Colombian time ---- */

struct moment {
    int day_number;
    int64_t of_day_ms;
};

static struct moment colombian_moment(int64_t at_ms)
{
    int64_t clamped_ms = at_ms < FIRST_MS ? FIRST_MS : at_ms > LAST_MS ? LAST_MS : at_ms;
    int64_t from_eve_ms = clamped_ms + COLOMBIA_MS + MS_PER_DAY; /* since 1969-12-31: never negative */
    return (struct moment){(int)(from_eve_ms / MS_PER_DAY) - 1, from_eve_ms % MS_PER_DAY};
}

static int64_t instant_of(int day_number, int minute)
{
    return day_number * MS_PER_DAY + minute * MS_PER_MIN - COLOMBIA_MS;
}

struct hours_local hours_local(int64_t at_ms)
{
    struct moment moment = colombian_moment(at_ms);
    struct date date = calendar_date(moment.day_number);
    int second = (int)(moment.of_day_ms / 1000);
    return (struct hours_local){
        .year = date.year,
        .month = date.month,
        .day = date.day,
        .weekday = calendar_weekday(moment.day_number),
        .hour = second / 3600,
        .minute = second / 60 % 60,
        .second = second % 60,
    };
}

int64_t hours_instant(int year, int month, int day, int hour, int minute)
{
    return instant_of(calendar_day(year, month, day), hour * 60 + minute);
}

void hours_format(int64_t at_ms, char text[HOURS_TEXT_BYTES])
{
    static const char *const weekdays[DAYS_A_WEEK] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                      "Friday", "Saturday", "Sunday"};
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    struct hours_local local = hours_local(at_ms);
    snprintf(text, HOURS_TEXT_BYTES, "%s %d %s %d, %02d:%02d", weekdays[local.weekday], local.day,
             months[local.month - 1], local.year, local.hour, local.minute);
}

void hours_format_second(int64_t at_ms, char text[HOURS_TEXT_BYTES])
{
    struct hours_local local = hours_local(at_ms);
    text = digits_write(text, local.year, 4);
    *text++ = '-';
    text = digits_write(text, local.month, 2);
    *text++ = '-';
    text = digits_write(text, local.day, 2);
    *text++ = ' ';
    text = digits_write(text, local.hour, 2);
    *text++ = ':';
    text = digits_write(text, local.minute, 2);
    *text++ = ':';
    text = digits_write(text, local.second, 2);
    *text = '\0';
}

/* ---- the decision ---- */

static struct hours_day window_of(const struct hours *hours, int day_number)
{
    struct date date = calendar_date(day_number);
    if (hours->holidays_off && holiday_on(date.year, date.month, date.day) != NULL)
        return (struct hours_day){0, 0};
    return hours->day[calendar_weekday(day_number)];
}

static int64_t next_opening(const struct hours *hours, const struct moment *now)
{
    for (int i = 0; i < DAYS_TO_LOOK_AT; i++) {
        struct hours_day window = window_of(hours, now->day_number + i);
        bool opens = window.opens_min < window.closes_min;
        if (opens && (i > 0 || window.opens_min * MS_PER_MIN > now->of_day_ms))
            return instant_of(now->day_number + i, window.opens_min);
    }
    return INT64_MAX;
}

/* The end of the opening that the day's window belongs to. */
static int64_t next_closing(const struct hours *hours, int day_number)
{
    for (int i = 0; i < DAYS_TO_LOOK_AT; i++) {
        struct hours_day window = window_of(hours, day_number + i);
        if (i > 0 && window.opens_min > 0)
            return instant_of(day_number + i, 0);
        if (window.closes_min < MIN_PER_DAY)
            return instant_of(day_number + i, window.closes_min);
    }
    return INT64_MAX;
}

struct hours_decision hours_at(const struct hours *hours, int64_t at_ms)
{
    struct moment now = colombian_moment(at_ms);
    struct hours_day window = window_of(hours, now.day_number);
    if (now.of_day_ms >= window.opens_min * MS_PER_MIN && now.of_day_ms < window.closes_min * MS_PER_MIN)
        return (struct hours_decision){true, next_closing(hours, now.day_number)};
    return (struct hours_decision){false, next_opening(hours, &now)};
}
