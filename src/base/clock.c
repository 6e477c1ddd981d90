#include "campana/clock.h"
#include "campana/digits.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define YEAR_9999_MS 253402300799999LL /* its last millisecond */

static int64_t system_wall_ms(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS;
}

static int64_t system_monotonic_ns(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

const struct clock clock_system = {system_wall_ms, system_monotonic_ns, NULL};

int64_t clock_wall_ms(const struct clock *clock)
{
    return clock->wall_ms(clock->context);
}

int64_t clock_monotonic_ns(const struct clock *clock)
{
    return clock->monotonic_ns(clock->context);
}

void clock_format_utc(int64_t at_ms, char text[CLOCK_UTC_BYTES])
{
    if (at_ms < 0)
        at_ms = 0;
    if (at_ms > YEAR_9999_MS)
        at_ms = YEAR_9999_MS;
    time_t seconds = (time_t)(at_ms / MS_PER_S);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    text = digits_write(text, utc.tm_year + 1900, 4);
    *text++ = '-';
    text = digits_write(text, utc.tm_mon + 1, 2);
    *text++ = '-';
    text = digits_write(text, utc.tm_mday, 2);
    *text++ = 'T';
    text = digits_write(text, utc.tm_hour, 2);
    *text++ = ':';
    text = digits_write(text, utc.tm_min, 2);
    *text++ = ':';
    text = digits_write(text, utc.tm_sec, 2);
    *text++ = '.';
    text = digits_write(text, (int)(at_ms % MS_PER_S), 3);
    memcpy(text, "Z", sizeof "Z");
}

void clock_format_duration(int64_t duration_ms, char text[CLOCK_DURATION_BYTES])
{
    int64_t seconds = duration_ms <= 0 ? 0 : duration_ms / MS_PER_S + (duration_ms % MS_PER_S != 0);
    int64_t minutes = seconds / 60;
    int64_t hours = minutes / 60;
    if (minutes == 0)
        snprintf(text, CLOCK_DURATION_BYTES, "%" PRId64 " s", seconds);
    else if (hours == 0)
        snprintf(text, CLOCK_DURATION_BYTES, "%" PRId64 " min %02" PRId64 " s", minutes, seconds % 60);
    else if (hours < 48)
        snprintf(text, CLOCK_DURATION_BYTES, "%" PRId64 " h %" PRId64 " min", hours, minutes % 60);
    else
        snprintf(text, CLOCK_DURATION_BYTES, "%" PRId64 " d %" PRId64 " h", hours / 24, hours % 24);
}
