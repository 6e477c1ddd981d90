/* What became of messages to one number, for support on the telephone with the customer. */
#include "campana/hours.h"
#include "campana/layout.h"
#include "campana/naming.h"
#include "campana/utf8.h"
#include "find.h"
#include <inttypes.h>
#include <string.h>

#define LABEL_WIDTH 11
#define EVENT_WIDTH 23 /* two spaces, date, time, two spaces */

static void put_label(struct buffer *out, const char *label)
{
    buffer_printf(out, "  %-*s", LABEL_WIDTH, label);
}

/* `words` are ours or have been made visible. */
static void put_wrapped(struct buffer *out, struct buffer *words, size_t indent)
{
    layout_put_wrapped(out, buffer_string(words), indent, indent);
    out->failed = out->failed || words->failed;
    buffer_clear(words);
}

static void put_reason(struct buffer *words, enum reason reason, struct slice detail)
{
    struct buffer plain = {0};
    reason_put(&plain, reason, detail);
    utf8_put_visible(words, plain.data, plain.len, 0);
    words->failed = words->failed || plain.failed;
    buffer_free(&plain);
}

/* "the gateway's answer was empty, HTTP 502, after 0.120 s: unknown" */
static void put_try(struct buffer *words, const struct history_event *event)
{
    if (event->state == JOB_ACCEPTED) {
        buffer_printf(words, "the gateway accepted it, code %" PRId64, event->code);
    } else {
        put_reason(words, event->reason, slice_of(event->words));
        if (event->has_code && event->state != JOB_REFUSED)
            buffer_printf(words, ", answer %" PRId64, event->code);
    }
    if (event->has_http_status && event->http_status != 200)
        buffer_printf(words, ", HTTP %" PRId64, event->http_status);
    if (event->has_latency)
        buffer_printf(words, ", after %" PRId64 ".%03" PRId64 " s", event->latency_ms / 1000,
                      event->latency_ms % 1000);
    buffer_printf(words, ": %s", job_state_name(event->state));
}

static void put_decision(struct buffer *words, const struct history_event *event)
{
    utf8_put_visible(words, event->words, strlen(event->words), 0);
    buffer_printf(words, " decided: no longer %s but %s%s", job_state_name(event->from),
                  job_state_name(event->state), event->state == JOB_PENDING ? ", to be sent again" : "");
}

static void put_event(struct buffer *out, struct buffer *words, const struct history_event *event)
{
    char when[HOURS_TEXT_BYTES];
    hours_format_second(event->at_ms, when);
    buffer_printf(out, "  %s  ", when);
    if (event->decided)
        put_decision(words, event);
    else
        put_try(words, event);
    put_wrapped(out, words, EVENT_WIDTH);
}

static void put_state(struct buffer *out, struct buffer *words, const struct report_row *row)
{
    const char *remedy = job_state_remedy(row->state);
    put_label(out, job_state_name(row->state));
    if (row->reason != REASON_NONE && row->attempts == 0)
        put_reason(words, row->reason, row->detail);
    else
        buffer_puts(words, job_state_meaning(row->state));
    if (remedy[0] != '\0')
        buffer_printf(words, "; %s", remedy);
    put_wrapped(out, words, LABEL_WIDTH + 2);
}

static void put_text(struct buffer *out, struct buffer *words, struct slice text)
{
    put_label(out, "text");
    layout_put_cited(words, text.data, text.len, 0);
    put_wrapped(out, words, LABEL_WIDTH + 2);
}

void find_put_message(const struct found_message *found, const struct history *history, struct buffer *out)
{
    struct buffer words = {0};
    char loaded[HOURS_TEXT_BYTES];
    hours_format_second(found->loaded_at_ms, loaded);
    buffer_put(out, '\n');
    layout_put_cited(out, found->campaign, strlen(found->campaign), 0);
    buffer_printf(out, ", row %" PRId64 " of ", found->row.row);
    const char *file = naming_shown_file(found->file);
    utf8_put_visible(out, file, strlen(file), 0);
    buffer_printf(out, ", loaded %s\n", loaded);
    put_state(out, &words, &found->row);
    put_text(out, &words, found->row.text);
    for (size_t i = 0; i < history->count; i++)
        put_event(out, &words, &history->events[i]);
    buffer_free(&words);
}

void find_put_test(const struct found_test *test, struct buffer *out)
{
    struct buffer words = {0};
    char sent[HOURS_TEXT_BYTES];
    hours_format_second(test->sent_at_ms, sent);
    buffer_puts(out, "\ntest message before ");
    layout_put_cited(out, test->campaign, strlen(test->campaign), 0);
    buffer_printf(out, ", sent %s\n", sent);
    put_label(out, job_state_name(test->state));
    if (test->state == JOB_ACCEPTED)
        buffer_printf(&words, "%s; code %" PRId64, job_state_meaning(test->state), test->code);
    else if (test->state == JOB_PENDING)
        buffer_puts(&words, "it was not sent");
    else
        buffer_puts(&words, job_state_meaning(test->state));
    if (test->reason != REASON_NONE || test->detail.len > 0) {
        buffer_puts(&words, ": ");
        put_reason(&words, test->reason, test->detail);
    }
    put_wrapped(out, &words, LABEL_WIDTH + 2);
    put_text(out, &words, test->text);
    buffer_free(&words);
}
