/* What the contact hours say about a day. The hours themselves are hours.h's. */
#include "campana/calendar.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/hours.h"
#include "campana/layout.h"
#include "campana/output.h"
#include "campana/utf8.h"
#include "command.h"
#include <string.h>

#define DAYS_A_WEEK 7

/* "YYYY-MM-DD" → the day's first instant. */
static int read_date(const char *text, int64_t *at_ms, struct error *error)
{
    if (hours_parse_day(text, at_ms) == 0)
        return 0;
    return error_set(error, ERROR_INPUT, "\"%s\" is no date; write it as 2026-12-24", text);
}

static const char *const day_names[DAYS_A_WEEK] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

static bool is_closed(const struct hours_day *window)
{
    return window->opens_min == window->closes_min;
}

static bool same_window(const struct hours_day *one, const struct hours_day *other)
{
    return (is_closed(one) && is_closed(other)) ||
           (one->opens_min == other->opens_min && one->closes_min == other->closes_min);
}

static void put_window(struct buffer *out, const struct hours_day *window)
{
    if (is_closed(window))
        buffer_puts(out, "closed");
    else
        buffer_printf(out, "%02d:%02d-%02d:%02d", window->opens_min / 60, window->opens_min % 60,
                      window->closes_min / 60, window->closes_min % 60);
}

/* "Mon-Fri 07:00-19:00, Sat 08:00-15:00, Sun closed; closed on holidays". */
static void put_week(struct buffer *out, const struct hours *hours)
{
    int last;
    for (int first = 0; first < DAYS_A_WEEK; first = last + 1) {
        last = first;
        while (last + 1 < DAYS_A_WEEK && same_window(&hours->day[first], &hours->day[last + 1]))
            last++;
        buffer_printf(out, "%s%s", first == 0 ? "" : ", ", day_names[first]);
        if (last > first)
            buffer_printf(out, "-%s", day_names[last]);
        buffer_put(out, ' ');
        put_window(out, &hours->day[first]);
    }
    buffer_puts(out, hours->holidays_off ? "; closed on holidays" : "; holidays are days like any other");
}

static void put_day(struct buffer *out, const struct hours *hours, const struct hours_local *day)
{
    static const struct hours_day closed = {0, 0};
    const char *holiday = holiday_on(day->year, day->month, day->day);
    char text[HOURS_TEXT_BYTES];
    hours_format(hours_instant(day->year, day->month, day->day, 0, 0), text);
    buffer_append(out, text, strcspn(text, ","));
    if (holiday != NULL)
        buffer_printf(out, ", holiday (%s)", holiday);
    buffer_puts(out, ": ");
    put_window(out, holiday != NULL && hours->holidays_off ? &closed : &hours->day[day->weekday]);
}

static void put_now(struct buffer *out, const struct hours *hours, int64_t now_ms)
{
    char text[HOURS_TEXT_BYTES];
    struct hours_decision decision = hours_at(hours, now_ms);
    hours_format(now_ms, text);
    buffer_printf(out, "Now, %s: %s", text, decision.open ? "open" : "closed");
    if (decision.changes_at_ms == INT64_MAX) {
        buffer_puts(out, ", always");
        return;
    }
    hours_format(decision.changes_at_ms, text);
    buffer_printf(out, " until %s", text);
}

static void put_holidays(struct buffer *out, int year)
{
    struct holiday holidays[HOLIDAYS_MOST];
    int count = holidays_of(year, holidays);
    buffer_printf(out, "\nHolidays of %d:\n", year);
    for (int i = 0; i < count; i++) {
        int day = calendar_day(year, holidays[i].month, holidays[i].day);
        buffer_printf(out, "  %04d-%02d-%02d %s  %s\n", year, holidays[i].month, holidays[i].day,
                      day_names[calendar_weekday(day)], holidays[i].name);
    }
    if (count == 0)
        buffer_puts(out, "  none are known: the law is of 1983\n");
}

/* What one of the above has put into `words`, as a paragraph. */
static void put_paragraph(struct buffer *out, struct buffer *words)
{
    layout_put_wrapped(out, buffer_string(words), 0, 2);
    out->failed = out->failed || words->failed;
    buffer_clear(words);
}

static void put_all(struct buffer *out, const struct settings *settings, const struct hours *hours,
                    int64_t at_ms, int64_t now_ms)
{
    struct buffer words = {0};
    struct hours_local day = hours_local(at_ms);
    const char *specification = setting_text(settings, SETTING_HOURS);
    buffer_puts(&words, "Contact hours: ");
    utf8_put_visible(&words, specification, strlen(specification), 0);
    buffer_printf(&words, " (%s), in Colombian time", setting_origin(settings, SETTING_HOURS));
    put_paragraph(out, &words);
    buffer_puts(out, "  ");
    put_week(&words, hours);
    layout_put_wrapped(out, buffer_string(&words), 2, 2);
    out->failed = out->failed || words.failed;
    buffer_clear(&words);
    buffer_put(out, '\n');
    put_day(&words, hours, &day);
    put_paragraph(out, &words);
    put_now(&words, hours, now_ms);
    put_paragraph(out, &words);
    put_holidays(out, day.year);
    buffer_free(&words);
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
    put_all(&out, &invocation->settings, &hours, at_ms, now_ms);
    int result = output_text(&out, error);
    buffer_free(&out);
    return result == 0 ? EXIT_DONE : -1;
}
