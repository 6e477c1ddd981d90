/* Civil dates of the Gregorian calendar by arithmetic alone: no time zone and no C library calendar. A day is
 * counted in whole days from 1970-01-01, which is day 0. Years 1 to 9999. */
#ifndef CAMPANA_CALENDAR_H
#define CAMPANA_CALENDAR_H

#include <stdbool.h>

struct date {
    int year, month, day; /* month and day from 1 */
};

/* Whether there is such a day. */
bool calendar_valid(int year, int month, int day);

/* The number of a valid date, and the date of a number. */
int calendar_day(int year, int month, int day);
struct date calendar_date(int day_number);

/* 0 = Monday. */
int calendar_weekday(int day_number);

#endif
