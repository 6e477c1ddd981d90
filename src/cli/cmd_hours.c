/* What the contact hours say about a day. The hours themselves are hours.h's. */
#include "campana/calendar.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/hours.h"
#include "campana/output.h"
#include "command.h"
#include <string.h>

/* "YYYY-MM-DD" → the day's first instant. */
static int read_date(const char *text, int64_t *at_ms, struct error *error)
{
    if (hours_parse_day(text, at_ms) == 0)
        return 0;
    return error_set(error, ERROR_INPUT, "\"%s\" is no date; write it as 2026-12-24", text);
}

static void put_date(struct buffer *out, int year, int month, int day)
{
    char text[HOURS_TEXT_BYTES];
    hours_format(hours_instant(year, month, day, 0, 0), text);
    buffer_append(out, text, strcspn(text, ","));
}

static void put_window(struct buffer *out, const struct hours *hours, const struct hours_local *day)
{
    const struct hours_day *window = &hours->day[day->weekday];
    const char *holiday = holiday_on(day->year, day->month, day->day);
    put_date(out, day->year, day->month, day->day);
    if (holiday != NULL)
        buffer_printf(out, ", holiday (%s)", holiday);
    if (window->opens_min == window->closes_min || (holiday != NULL && hours->holidays_off))
        buffer_puts(out, ": closed all day\n");
    else
        buffer_printf(out, ": open from %02d:%02d to %02d:%02d\n", window->opens_min / 60,
                      window->opens_min % 60, window->closes_min / 60, window->closes_min % 60);
}

static void put_now(struct buffer *out, const struct hours *hours, int64_t now_ms)
{
    char text[HOURS_TEXT_BYTES];
    struct hours_decision decision = hours_at(hours, now_ms);
    hours_format(now_ms, text);
    buffer_printf(out, "Now (%s): %s", text, decision.open ? "open" : "closed");
    if (decision.changes_at_ms == INT64_MAX) {
        buffer_puts(out, ", always\n");
        return;
    }
    hours_format(decision.changes_at_ms, text);
    buffer_printf(out, " until %s\n", text);
}

static void put_holidays(struct buffer *out, int year)
{
    struct holiday holidays[HOLIDAYS_MOST];
    int count = holidays_of(year, holidays);
    buffer_printf(out, "\nHolidays of %d:\n", year);
    for (int i = 0; i < count; i++) {
        int day = calendar_day(year, holidays[i].month, holidays[i].day);
        static const char *const names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
        buffer_printf(out, "  %04d-%02d-%02d %s  %s\n", year, holidays[i].month, holidays[i].day,
                      names[calendar_weekday(day)], holidays[i].name);
    }
}

int cmd_hours(struct invocation *invocation, struct error *error)
{
    const char *date = invocation_argument(invocation, 0);
    int64_t now_ms = clock_wall_ms(invocation->clock);
    int64_t at_ms = now_ms;
    struct hours hours;
    struct buffer out = {0};
    if ((date != NULL && read_date(date, &at_ms, error) != 0) ||
        invocation_read_settings(invocation, error) != 0 ||
        hours_parse(setting_text(&invocation->settings, SETTING_HOURS), &hours, error) != 0)
        return -1;
    struct hours_local day = hours_local(at_ms);
    buffer_printf(&out, "Contact hours: %s (%s)\n", setting_text(&invocation->settings, SETTING_HOURS),
                  setting_origin(&invocation->settings, SETTING_HOURS));
    put_window(&out, &hours, &day);
    put_now(&out, &hours, now_ms);
    put_holidays(&out, day.year);
    int result = output_buffer(&out, error);
    buffer_free(&out);
    return result == 0 ? EXIT_DONE : -1;
}
