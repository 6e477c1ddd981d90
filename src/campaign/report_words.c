#include "campana/report_words.h"
#include "campana/hours.h"
#include "campana/html.h"
#include <inttypes.h>

#define GROUP_GAP "\u202F" /* narrow no-break space */

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void words_put_number(struct buffer *out, int64_t number)
{
    if (number < 0) {
        buffer_puts(out, "−");
        number = -number;
    }
    if (number < 1000) {
        buffer_printf(out, "%" PRId64, number);
        return;
    }
    words_put_number(out, number / 1000);
    buffer_printf(out, GROUP_GAP "%03" PRId64, number % 1000);
}

void words_put_count(struct buffer *out, int64_t count, const char *singular, const char *plural)
{
    words_put_number(out, count);
    buffer_printf(out, " %s", count == 1 ? singular : plural);
}

void words_put_share(struct buffer *out, int64_t part, int64_t whole)
{
    if (part <= 0 || whole <= 0) {
        buffer_puts(out, "0\u202F%");
        return;
    }
    if (part >= whole) {
        buffer_puts(out, "100\u202F%");
        return;
    }
    int64_t thousandths = part * 1000 / whole;
    if (thousandths == 0)
        buffer_puts(out, "under 0.1\u202F%");
    else
        buffer_printf(out, "%" PRId64 ".%" PRId64 "\u202F%%", thousandths / 10, thousandths % 10);
}

void words_put_day(struct buffer *out, int64_t at_ms)
{
    struct hours_local local = hours_local(at_ms);
    buffer_printf(out, "%d %s", local.day, months[local.month - 1]);
}

void words_put_time(struct buffer *out, int64_t at_ms, bool seconds)
{
    struct hours_local local = hours_local(at_ms);
    buffer_printf(out, "%02d:%02d", local.hour, local.minute);
    if (seconds)
        buffer_printf(out, ":%02d", local.second);
}

void words_put_instant(struct buffer *out, int64_t at_ms)
{
    words_put_day(out, at_ms);
    buffer_printf(out, " %d, ", hours_local(at_ms).year);
    words_put_time(out, at_ms, false);
}

void words_put_latency(struct buffer *out, int64_t latency_ms)
{
    if (latency_ms < 1000)
        buffer_printf(out, "%" PRId64 " ms", latency_ms);
    else if (latency_ms % 1000 < 100)
        buffer_printf(out, "%" PRId64 " s", latency_ms / 1000);
    else
        buffer_printf(out, "%" PRId64 ".%" PRId64 " s", latency_ms / 1000, latency_ms % 1000 / 100);
}

void words_put_sentence(struct buffer *out, const char *sentence)
{
    char first[2] = {sentence[0], '\0'};
    if (sentence[0] == '\0')
        return;
    if (first[0] >= 'a' && first[0] <= 'z')
        first[0] = (char)(first[0] - 'a' + 'A');
    html_put_string(out, first);
    html_put_string(out, sentence + 1);
    buffer_put(out, '.');
}
