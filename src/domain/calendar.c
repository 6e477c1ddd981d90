/* Decides how dates and day numbers belong together. Knows no time of day, no time zone and no holiday.
 * Invariant: calendar_date() and calendar_day() are each other's inverse for the years 1 to 9999. */
#include "campana/calendar.h"

#define MONTHS           12
#define LAST_YEAR        9999
#define DAYS_BEFORE_1970 719162 /* from 0001-01-01 */
#define DAYS_IN_ERA      146097 /* the calendar repeats after so many days … */
#define YEARS_IN_ERA     400    /* … which are so many years */
#define WEEKDAY_OF_DAY_0 3      /* a Thursday */

static const int days_before_month[MONTHS + 1] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 0001-01-01 to the first day of that year. */
static int days_before_year(int year)
{
    int past = year - 1;
    return 365 * past + past / 4 - past / 100 + past / 400;
}

/* Days from the first day of the year to the first day of the month after `months` whole months. */
static int days_before(int year, int months)
{
    return days_before_month[months] + (months >= 2 && is_leap(year) ? 1 : 0);
}

bool calendar_valid(int year, int month, int day)
{
    return year >= 1 && year <= LAST_YEAR && month >= 1 && month <= MONTHS && day >= 1 &&
           day <= days_before(year, month) - days_before(year, month - 1);
}

int calendar_day(int year, int month, int day)
{
    return days_before_year(year) + days_before(year, month - 1) + day - 1 - DAYS_BEFORE_1970;
}

struct date calendar_date(int day_number)
{
    int left = day_number + DAYS_BEFORE_1970;
    int year = (int)((long long)left * YEARS_IN_ERA / DAYS_IN_ERA) + 1; /* never too late */
    while (days_before_year(year + 1) <= left)
        year++;
    left -= days_before_year(year);
    int months = 0;
    while (days_before(year, months + 1) <= left)
        months++;
    return (struct date){year, months + 1, left - days_before(year, months) + 1};
}

int calendar_weekday(int day_number)
{
    int weekday = (day_number + WEEKDAY_OF_DAY_0) % 7;
    return weekday < 0 ? weekday + 7 : weekday;
}
