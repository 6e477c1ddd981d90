/* Decides what a row of the report says, whatever the format, and moves the bytes to the sink. */
#include "campana/report.h"
#include "campana/error.h"
#include "campana/json.h"
#include "report_internal.h"
#include <stdlib.h>
#include <string.h>

#define PIECE_BYTES 65536

static const struct {
    const char *name;
    const struct report_writer *writer; /* NULL: a page as a whole */
} formats[REPORT_FORMATS] = {
    [REPORT_TABLE] = {"table", &report_table_writer},
    [REPORT_CSV] = {"csv", &report_csv_writer},
    [REPORT_JSON] = {"json", &report_json_writer},
    [REPORT_JSONL] = {"jsonl", &report_jsonl_writer},
    [REPORT_HTML] = {"html", NULL},
};

const char *const report_columns[] = {"row",           "msisdn",      "text",       "state",
                                      "code",          "reason",      "attempts",   "http_status",
                                      "first_sent_at", "finished_at", "latency_ms", NULL};

int report_format_from_name(const char *name, enum report_format *format)
{
    for (size_t i = 0; i < REPORT_FORMATS; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            *format = (enum report_format)i;
            return 0;
        }
    }
    return -1;
}

struct slice report_reason(struct report *report, const struct report_row *row)
{
    buffer_clear(&report->sentence);
    reason_put(&report->sentence, row->reason, row->detail);
    return buffer_slice(&report->sentence);
}

bool report_next_cell(struct report *report, const struct report_row *row, size_t column, struct slice *rest,
                      struct slice *cell)
{
    switch (json_next(rest, &report->cell)) {
    case 1: *cell = buffer_slice(&report->cell); return true;
    case 2: *cell = (int64_t)column == report->campaign->phone_column ? row->msisdn : row->text; return true;
    default: *rest = (struct slice){"", 0}; return false;
    }
}

static int read_own_columns(struct report *report, struct error *error)
{
    struct buffer name = {0};
    struct slice rest = slice_of(report->campaign->columns);
    int found;
    while ((found = json_next(&rest, &name)) > 0) {
        struct slice *more = realloc(report->own, (report->own_count + 1) * sizeof *more);
        if (more == NULL)
            break;
        report->own = more;
        report->own[report->own_count++].len = name.len;
        buffer_append(&report->own_bytes, name.data, name.len);
    }
    buffer_free(&name);
    if (found > 0 || report->own_bytes.failed)
        return error_no_memory(error);
    size_t at = 0;
    for (size_t i = 0; i < report->own_count; i++) {
        report->own[i].data = report->own_bytes.len == 0 ? "" : report->own_bytes.data + at;
        at += report->own[i].len;
    }
    return 0;
}

struct delivery {
    struct report report;
    const struct report_writer *writer;
    report_sink *sink;
    void *context;
};

static int deliver(struct delivery *delivery, size_t from_bytes, struct error *error)
{
    struct buffer *out = &delivery->report.out;
    if (buffer_check(out, error) != 0 || buffer_check(&delivery->report.cell, error) != 0 ||
        buffer_check(&delivery->report.sentence, error) != 0)
        return -1;
    if (out->len < from_bytes || out->len == 0)
        return 0;
    int result = delivery->sink(delivery->context, out->data, out->len, error);
    buffer_clear(out);
    return result;
}

static int on_row(void *context, const struct report_row *row, struct error *error)
{
    struct delivery *delivery = context;
    delivery->writer->row(&delivery->report, row);
    delivery->report.rows++;
    return deliver(delivery, PIECE_BYTES, error);
}

int report_write(struct store *store, const struct campaign *campaign, const struct report_options *options,
                 report_sink *sink, void *context, struct error *error)
{
    struct delivery delivery = {.report = {.campaign = campaign, .options = options},
                                .writer = formats[options->format].writer,
                                .sink = sink,
                                .context = context};
    struct report *report = &delivery.report;
    int result = -1;

    if (read_own_columns(report, error) != 0)
        goto out;
    if (delivery.writer == NULL) {
        result = report_put_page(report, store, error) == 0 ? deliver(&delivery, 0, error) : -1;
        goto out;
    }
    if (delivery.writer->begin != NULL)
        delivery.writer->begin(report);
    if (store_report(store, campaign, options->states, on_row, &delivery, error) != 0)
        goto out;
    if (delivery.writer->end != NULL)
        delivery.writer->end(report);
    result = deliver(&delivery, 0, error);
out:
    buffer_free(&report->out);
    buffer_free(&report->own_bytes);
    buffer_free(&report->cell);
    buffer_free(&report->sentence);
    free(report->own);
    return result;
}
