/* What became of messages to one number, for a program. Names and meanings are those of the report; a value
 * that is missing is null, and times are UTC. */
#include "campana/clock.h"
#include "campana/json.h"
#include "find.h"
#include <inttypes.h>
#include <string.h>

static void put_name(struct buffer *out, const char *name)
{
    buffer_printf(out, "%s\"%s\":", out->len > 0 && out->data[out->len - 1] == '{' ? "" : ",", name);
}

/* "" is null. */
static void put_string(struct buffer *out, const char *name, struct slice value)
{
    put_name(out, name);
    if (value.len == 0)
        buffer_puts(out, "null");
    else
        json_put_string(out, value.data, value.len);
}

static void put_number(struct buffer *out, const char *name, bool there, int64_t value)
{
    put_name(out, name);
    if (there)
        buffer_printf(out, "%" PRId64, value);
    else
        buffer_puts(out, "null");
}

static void put_instant(struct buffer *out, const char *name, int64_t at_ms)
{
    char text[CLOCK_UTC_BYTES] = "";
    if (at_ms != 0)
        clock_format_utc(at_ms, text);
    put_string(out, name, slice_of(text));
}

static void put_reason(struct buffer *out, enum reason reason, struct slice detail)
{
    struct buffer words = {0};
    reason_put(&words, reason, detail);
    put_string(out, "reason_code", slice_of(reason_code(reason)));
    put_string(out, "reason", buffer_slice(&words));
    out->failed = out->failed || words.failed;
    buffer_free(&words);
}

static void put_event(struct buffer *out, const struct history_event *event)
{
    buffer_put(out, '{');
    put_instant(out, "at", event->at_ms);
    put_string(out, "event", slice_of(event->decided ? "decision" : "try"));
    put_string(out, "state", slice_of(job_state_name(event->state)));
    if (event->decided) {
        put_string(out, "from_state", slice_of(job_state_name(event->from)));
        put_string(out, "who", slice_of(event->words));
    } else {
        put_number(out, "code", event->has_code, event->code);
        put_reason(out, event->reason, slice_of(event->words));
        put_number(out, "http_status", event->has_http_status, event->http_status);
        put_number(out, "latency_ms", event->has_latency, event->latency_ms);
    }
    buffer_put(out, '}');
}

void find_put_message_json(const struct found_message *found, const struct history *history,
                           struct buffer *out)
{
    const struct report_row *row = &found->row;
    buffer_put(out, '{');
    put_string(out, "campaign", slice_of(found->campaign));
    put_string(out, "file", slice_of(found->file));
    put_instant(out, "loaded_at", found->loaded_at_ms);
    put_number(out, "row", true, row->row);
    put_string(out, "text", row->text);
    put_string(out, "state", slice_of(job_state_name(row->state)));
    put_number(out, "code", row->has_code, row->code);
    put_reason(out, row->reason, row->detail);
    put_number(out, "attempts", true, row->attempts);
    put_number(out, "http_status", row->has_http_status, row->http_status);
    put_instant(out, "first_sent_at", row->first_sent_at_ms);
    put_instant(out, "finished_at", row->finished_at_ms);
    put_number(out, "latency_ms", row->has_latency, row->latency_ms);
    put_name(out, "history");
    buffer_put(out, '[');
    for (size_t i = 0; i < history->count; i++) {
        if (i > 0)
            buffer_put(out, ',');
        put_event(out, &history->events[i]);
    }
    buffer_puts(out, "]}");
}

void find_put_test_json(const struct found_test *test, struct buffer *out)
{
    buffer_put(out, '{');
    put_string(out, "campaign", slice_of(test->campaign));
    put_string(out, "text", test->text);
    put_instant(out, "sent_at", test->sent_at_ms);
    put_string(out, "state", slice_of(job_state_name(test->state)));
    put_number(out, "code", test->has_code, test->code);
    put_reason(out, test->reason, test->detail);
    buffer_put(out, '}');
}
