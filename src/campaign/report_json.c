/* JSON: one array of objects, or an object a line (JSON Lines). The file's own columns are one object
 * `columns`; a value that is missing is null. */
#include "campana/clock.h"
#include "campana/digits.h"
#include "campana/json.h"
#include "report_internal.h"

/* `name` comes with its quotes, its colon and what stands before it. */
static void put_string(struct report *report, const char *name, struct slice value)
{
    buffer_puts(&report->out, name);
    json_put_string(&report->out, value.data, value.len);
}

static void put_number(struct report *report, const char *name, bool there, int64_t value)
{
    buffer_puts(&report->out, name);
    if (there)
        digits_put(&report->out, value);
    else
        buffer_puts(&report->out, "null");
}

static void put_instant(struct report *report, const char *name, int64_t at_ms)
{
    char text[CLOCK_UTC_BYTES] = "";
    buffer_puts(&report->out, name);
    if (at_ms == 0) {
        buffer_puts(&report->out, "null");
        return;
    }
    clock_format_utc(at_ms, text);
    buffer_put(&report->out, '"');
    buffer_puts(&report->out, text);
    buffer_put(&report->out, '"');
}

static void put_own_columns(struct report *report, const struct report_row *row)
{
    struct slice rest = row->fields;
    struct slice cell;
    buffer_puts(&report->out, ",\"columns\":{");
    for (size_t i = 0; i < report->own_count; i++) {
        if (i > 0)
            buffer_put(&report->out, ',');
        json_put_string(&report->out, report->own[i].data, report->own[i].len);
        buffer_put(&report->out, ':');
        if (report_next_cell(report, row, i, &rest, &cell))
            json_put_string(&report->out, cell.data, cell.len);
        else
            buffer_puts(&report->out, "null");
    }
    buffer_put(&report->out, '}');
}

static void put_object(struct report *report, const struct report_row *row)
{
    struct slice reason = report_reason(report, row);
    put_number(report, "{\"row\":", true, row->row);
    put_string(report, ",\"msisdn\":", row->msisdn);
    put_string(report, ",\"text\":", row->text);
    put_string(report, ",\"state\":", slice_of(job_state_name(row->state)));
    put_number(report, ",\"code\":", row->has_code, row->code);
    if (reason.len > 0)
        put_string(report, ",\"reason\":", reason);
    else
        buffer_puts(&report->out, ",\"reason\":null");
    put_number(report, ",\"attempts\":", true, row->attempts);
    put_number(report, ",\"http_status\":", row->has_http_status, row->http_status);
    put_instant(report, ",\"first_sent_at\":", row->first_sent_at_ms);
    put_instant(report, ",\"finished_at\":", row->finished_at_ms);
    put_number(report, ",\"latency_ms\":", row->has_latency, row->latency_ms);
    put_own_columns(report, row);
    buffer_put(&report->out, '}');
}

static void begin_array(struct report *report)
{
    buffer_put(&report->out, '[');
}

static void put_element(struct report *report, const struct report_row *row)
{
    buffer_puts(&report->out, report->rows == 0 ? "\n" : ",\n");
    put_object(report, row);
}

static void end_array(struct report *report)
{
    buffer_puts(&report->out, "\n]\n");
}

static void put_line(struct report *report, const struct report_row *row)
{
    put_object(report, row);
    buffer_put(&report->out, '\n');
}

const struct report_writer report_json_writer = {begin_array, put_element, end_array};
const struct report_writer report_jsonl_writer = {NULL, put_line, NULL};
