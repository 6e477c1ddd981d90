/* Contact hours in Colombia: instants in, decision and next change out. Pure: no clock, no time zone of the
 * host.
 *
 * Default "co" (Ley 2300 de 2023, art. 3, in force since 2023-10-10; art. 5 par. 3 binds advertising messages
 * too): Monday to Friday 07:00 to 19:00, Saturday 08:00 to 15:00, not on Sundays or holidays (holidays.h). A
 * window holds its opening second and not its closing one. Colombian time is UTC−5 all the year.
 *
 * Instants are wall milliseconds since 1970 UTC; those before 1970 or after 9999 are taken as the first or
 * the last one between. */
#ifndef CAMPANA_HOURS_H
#define CAMPANA_HOURS_H

#include "campana/holidays.h"
#include <stdbool.h>
#include <stdint.h>

struct error;

struct hours_day {
    int opens_min;  /* minutes since midnight */
    int closes_min; /* closed all day: equal to opens_min */
};

struct hours {
    struct hours_day day[7]; /* Monday first */
    bool holidays_off;
};

/* "co", "any" (always open), or such as "Mon-Fri 08:00-18:00, Sat 09:00-13:00, holidays off". Days and ranges
 * of days by their English or Spanish names, whole or the first three letters (lun, mar, mié, jue, vie, sáb,
 * dom), case and accents aside; a range may go past Sunday; one window a day, within the day; days that are
 * not named are closed, and at least one must be named; holidays are like any day unless "holidays off" is
 * said. "24:00" closes at midnight. Returns -1 with ERROR_INPUT that shows the part at fault and an example.
 */
int hours_parse(const char *specification, struct hours *hours, struct error *error);

struct hours_decision {
    bool open;
    int64_t changes_at_ms; /* when `open` next changes, INT64_MAX if never */
};

struct hours_decision hours_at(const struct hours *hours, int64_t at_ms);

struct hours_local {
    int year, month, day; /* month and day from 1 */
    int weekday;          /* 0 = Monday */
    int hour, minute, second;
};

/* Colombian time of an instant, and back. */
struct hours_local hours_local(int64_t at_ms);
int64_t hours_instant(int year, int month, int day, int hour, int minute);

/* "YYYY-MM-DD HH:MM" (or with a T between, and ":SS" behind), Colombian time unless a zone stands behind as
 * RFC 3339 writes one ("Z", "-05:00"), years 1970 to 9999. Returns -1 where it is not such a date. */
int hours_parse_local(const char *text, int64_t *at_ms);

/* "YYYY-MM-DD": that day's first instant in Colombia. Returns -1 likewise. */
int hours_parse_day(const char *text, int64_t *at_ms);

#define HOURS_TEXT_BYTES 64
/* "Tuesday 24 November 2026, 10:40". */
void hours_format(int64_t at_ms, char text[HOURS_TEXT_BYTES]);

/* "2026-11-24 10:40:07". */
void hours_format_second(int64_t at_ms, char text[HOURS_TEXT_BYTES]);

#endif
