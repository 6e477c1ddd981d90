/* Reads what people write about contact hours: specifications and instants. Decides nothing about them. */
#include "campana/buffer.h"
#include "campana/calendar.h"
#include "campana/error.h"
#include "campana/hours.h"
#include "campana/utf8.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define DAYS_A_WEEK 7
#define MIN_PER_DAY (24 * 60)
#define MS_PER_SEC  1000LL
#define MS_PER_MIN  (60 * MS_PER_SEC)

static bool read_digits(const char *text, int count, int *value)
{
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

static const char example[] = "Mon-Fri 08:00-18:00, Sat 09:00-13:00, holidays off";

static const struct {
    const char *name;
    const char *specification;
} named_specifications[] = {
    {"co", "Mon-Fri 07:00-19:00, Sat 08:00-15:00, holidays off"},
    {"any", "Mon-Sun 00:00-24:00"},
};

/* Without case and accents. */
static const char *const day_names[DAYS_A_WEEK][4] = {
    {"mon", "monday", "lun", "lunes"},        {"tue", "tuesday", "mar", "martes"},
    {"wed", "wednesday", "mie", "miercoles"}, {"thu", "thursday", "jue", "jueves"},
    {"fri", "friday", "vie", "viernes"},      {"sat", "saturday", "sab", "sabado"},
    {"sun", "sunday", "dom", "domingo"},
};

struct reader {
    const char *at;
    struct buffer word; /* the last one read, folded */
    struct hours *hours;
    bool named[DAYS_A_WEEK];
    struct error *error;
};

/* Shows `len` bytes of the specification as the part at fault. */
static int fail(struct reader *reader, const char *part, size_t len, const char *fault)
{
    struct buffer shown = {0};
    utf8_put_visible(&shown, part, len, 40);
    error_set(reader->error, ERROR_INPUT, "contact hours: \"%s\" %s; write \"co\", \"any\" or such as \"%s\"",
              buffer_string(&shown), fault, example);
    buffer_free(&shown);
    return -1;
}

/* The same for what stands from `part` to the next comma. */
static int fail_rest(struct reader *reader, const char *part, const char *fault)
{
    return fail(reader, part, strcspn(part, ","), fault);
}

static void skip_spaces(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t");
}

/* Whether the sign comes next; then it is passed, with the spaces around it. */
static bool pass(struct reader *reader, char sign)
{
    skip_spaces(reader);
    if (*reader->at != sign)
        return false;
    reader->at++;
    skip_spaces(reader);
    return true;
}

static int read_word(struct reader *reader)
{
    size_t len = strcspn(reader->at, " \t,-:0123456789");
    buffer_clear(&reader->word);
    utf8_put_folded(&reader->word, reader->at, len);
    reader->at += len;
    return buffer_check(&reader->word, reader->error);
}

static bool word_is(struct reader *reader, const char *word)
{
    return strcmp(buffer_string(&reader->word), word) == 0;
}

static int read_day(struct reader *reader, int *day)
{
    const char *start = reader->at;
    if (read_word(reader) != 0)
        return -1;
    for (*day = 0; *day < DAYS_A_WEEK; (*day)++) {
        for (int i = 0; i < 4; i++) {
            if (word_is(reader, day_names[*day][i]))
                return 0;
        }
    }
    return fail_rest(reader, start, "does not begin with a day of the week");
}

static int read_time(struct reader *reader, int *minute_of_day)
{
    const char *start = reader->at;
    int hour = 0, minute = 0;
    int digits = (int)strspn(start, "0123456789");
    if (digits < 1 || digits > 2 || start[digits] != ':' || strspn(start + digits + 1, "0123456789") != 2)
        return fail_rest(reader, start, "does not begin with a time of day such as 08:00");
    read_digits(start, digits, &hour);
    read_digits(start + digits + 1, 2, &minute);
    *minute_of_day = hour * 60 + minute;
    if (minute > 59 || *minute_of_day > MIN_PER_DAY)
        return fail_rest(reader, start, "begins with no time of day");
    reader->at += digits + 3;
    return 0;
}

static int read_window(struct reader *reader, struct hours_day *window)
{
    skip_spaces(reader);
    const char *start = reader->at;
    if (read_time(reader, &window->opens_min) != 0)
        return -1;
    if (!pass(reader, '-'))
        return fail_rest(reader, start, "has no closing time");
    if (read_time(reader, &window->closes_min) != 0)
        return -1;
    if (window->opens_min >= window->closes_min)
        return fail_rest(reader, start, "closes no later than it opens");
    return 0;
}

static int read_days(struct reader *reader)
{
    const char *start = reader->at;
    struct hours_day window;
    int first, last;
    if (read_day(reader, &first) != 0)
        return -1;
    last = first;
    if (pass(reader, '-') && read_day(reader, &last) != 0)
        return -1;
    if (read_window(reader, &window) != 0)
        return -1;
    for (int day = first;; day = (day + 1) % DAYS_A_WEEK) {
        if (reader->named[day])
            return fail_rest(reader, start, "names a day for the second time");
        reader->named[day] = true;
        reader->hours->day[day] = window;
        if (day == last)
            return 0;
    }
}

/* One part between commas: days with their window, or "holidays off". */
static int read_part(struct reader *reader)
{
    const char *start = reader->at;
    if (read_word(reader) != 0)
        return -1;
    if (!word_is(reader, "holidays")) {
        reader->at = start;
        return read_days(reader);
    }
    skip_spaces(reader);
    if (read_word(reader) != 0)
        return -1;
    if (!word_is(reader, "off"))
        return fail_rest(reader, start, "says of holidays something other than off");
    reader->hours->holidays_off = true;
    return 0;
}

static int read_specification(struct reader *reader)
{
    bool any_day = false;
    const char *start = reader->at;
    do {
        skip_spaces(reader);
        if (read_part(reader) != 0)
            return -1;
    } while (pass(reader, ','));
    if (*reader->at != '\0')
        return fail_rest(reader, reader->at, "is more than days and a window");
    for (int day = 0; day < DAYS_A_WEEK; day++)
        any_day = any_day || reader->named[day];
    return any_day ? 0 : fail(reader, start, strlen(start), "opens on no day");
}

static const char *specification_named(const char *name)
{
    for (size_t i = 0; i < sizeof named_specifications / sizeof named_specifications[0]; i++) {
        if (strcmp(name, named_specifications[i].name) == 0)
            return named_specifications[i].specification;
    }
    return name;
}

int hours_parse(const char *specification, struct hours *hours, struct error *error)
{
    struct reader reader = {.at = specification_named(specification), .hours = hours, .error = error};
    if (!utf8_valid(reader.at, strlen(reader.at)))
        return fail(&reader, reader.at, strlen(reader.at), "is not valid UTF-8");
    *hours = (struct hours){0};
    int result = read_specification(&reader);
    buffer_free(&reader.word);
    return result;
}

/* What may stand behind the minutes: ":SS", and the zone's offset, "Z" or such as "-05:00". *shift_ms goes
 * onto the instant of the same digits in Colombian time. */
static bool read_seconds_and_zone(const char *text, int64_t *shift_ms)
{
    int second = 0;
    int hour = 0;
    int minute = 0;
    if (text[0] == ':') {
        if (strlen(text) < 3 || !read_digits(text + 1, 2, &second) || second > 59)
            return false;
        text += 3;
    }
    *shift_ms = second * MS_PER_SEC;
    if (text[0] == '\0')
        return true;
    if (strcmp(text, "Z") != 0 &&
        (strlen(text) != strlen("+HH:MM") || (text[0] != '+' && text[0] != '-') || text[3] != ':' ||
         !read_digits(text + 1, 2, &hour) || !read_digits(text + 4, 2, &minute) || hour > 23 || minute > 59))
        return false;
    int64_t offset_ms = (hour * 60 + minute) * MS_PER_MIN;
    *shift_ms -= hours_instant(1970, 1, 1, 0, 0) + (text[0] == '-' ? -offset_ms : offset_ms);
    return true;
}

int hours_parse_local(const char *text, int64_t *at_ms)
{
    int year, month, day, hour, minute;
    int64_t shift_ms;
    if (strlen(text) < strlen("YYYY-MM-DD HH:MM") || text[4] != '-' || text[7] != '-' ||
        (text[10] != ' ' && text[10] != 'T') || text[13] != ':')
        return -1;
    if (!read_digits(text, 4, &year) || !read_digits(text + 5, 2, &month) ||
        !read_digits(text + 8, 2, &day) || !read_digits(text + 11, 2, &hour) ||
        !read_digits(text + 14, 2, &minute) || !read_seconds_and_zone(text + 16, &shift_ms))
        return -1;
    if (year < 1970 || !calendar_valid(year, month, day) || hour > 23 || minute > 59)
        return -1;
    *at_ms = hours_instant(year, month, day, hour, minute) + shift_ms;
    return 0;
}

int hours_parse_day(const char *text, int64_t *at_ms)
{
    char instant[sizeof "YYYY-MM-DD 00:00"];
    if (strlen(text) != strlen("YYYY-MM-DD"))
        return -1;
    snprintf(instant, sizeof instant, "%s 00:00", text);
    return hours_parse_local(instant, at_ms);
}
