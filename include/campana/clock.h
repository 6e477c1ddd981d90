/* Time. One owner of "now": the engine and the commands read a clock, everything below them gets the time as an
 * argument. Wall instants are milliseconds since 1970 UTC (`_at_ms`) and are what the database keeps; durations and
 * due times are monotonic nanoseconds (`_ns`, `_due_ns`). */
#ifndef CAMPANA_CLOCK_H
#define CAMPANA_CLOCK_H

#include <stdint.h>

#define NS_PER_MS 1000000LL
#define NS_PER_S  1000000000LL
#define MS_PER_S  1000LL

struct clock {
    int64_t (*wall_ms)(void *context);
    int64_t (*monotonic_ns)(void *context);
    void *context;
};

/* CLOCK_REALTIME and CLOCK_MONOTONIC. */
extern const struct clock clock_system;

int64_t clock_wall_ms(const struct clock *clock);
int64_t clock_monotonic_ns(const struct clock *clock);

#define CLOCK_UTC_BYTES 32

/* RFC 3339 in UTC with milliseconds: "2026-11-23T12:00:00.000Z". Years 1970 to 9999; anything else is clamped. */
void clock_format_utc(int64_t at_ms, char text[CLOCK_UTC_BYTES]);

/* A duration for people, rounded up to the second: "45 s", "3 min 05 s", "2 h 10 min", "3 d 4 h". */
#define CLOCK_DURATION_BYTES 32
void clock_format_duration(int64_t duration_ms, char text[CLOCK_DURATION_BYTES]);

#endif
