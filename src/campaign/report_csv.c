/* CSV (RFC 4180) for programs, and with `excel` for Excel as it is set up in Latin America: a byte-order
 * mark, `;`, CRLF, Colombian times, and what Excel would change kept as text. Formulas are defused in both.
 */
#include "campana/clock.h"
#include "campana/columns.h"
#include "campana/csvfile.h"
#include "campana/digits.h"
#include "campana/hours.h"
#include "campana/json.h"
#include "report_internal.h"
#include <string.h>

static char delimiter(const struct report *report)
{
    return report->options->excel ? ';' : ',';
}

static void end_line(struct report *report)
{
    buffer_puts(&report->out, report->options->excel ? "\r\n" : "\n");
}

static void put_cell(struct report *report, struct slice cell)
{
    if (report->options->excel)
        csv_put_cell_excel(&report->out, cell.data, cell.len, delimiter(report));
    else
        csv_put_cell_defused(&report->out, cell.data, cell.len, delimiter(report));
}

static void put_number(struct report *report, bool there, int64_t number)
{
    buffer_put(&report->out, delimiter(report));
    if (!there)
        return;
    if (!report->options->excel) {
        digits_put(&report->out, number);
        return;
    }
    buffer_clear(&report->cell);
    digits_put(&report->cell, number);
    put_cell(report, buffer_slice(&report->cell));
}

static void put_instant(struct report *report, int64_t at_ms)
{
    buffer_put(&report->out, delimiter(report));
    if (at_ms == 0)
        return;
    if (report->options->excel) {
        char local[HOURS_TEXT_BYTES];
        hours_format_second(at_ms, local);
        buffer_puts(&report->out, local);
        return;
    }
    char text[CLOCK_UTC_BYTES];
    clock_format_utc(at_ms, text);
    buffer_puts(&report->out, text);
}

static void begin(struct report *report)
{
    struct buffer unique = {0};
    size_t fixed = 0;
    if (report->options->excel)
        buffer_puts(&report->out, "\xEF\xBB\xBF");
    for (; report_columns[fixed] != NULL; fixed++) {
        if (fixed > 0)
            buffer_put(&report->out, delimiter(report));
        buffer_puts(&report->out, report_columns[fixed]);
    }
    columns_put_unique(report->own, report->own_count, report_columns, fixed, &unique);
    struct slice rest = buffer_slice(&unique);
    while (json_next(&rest, &report->cell) == 1) {
        buffer_put(&report->out, delimiter(report));
        put_cell(report, buffer_slice(&report->cell));
    }
    report->out.failed = report->out.failed || unique.failed;
    buffer_free(&unique);
    end_line(report);
}

static void put_row(struct report *report, const struct report_row *row)
{
    struct slice rest = row->fields;
    struct slice cell;
    char separator = delimiter(report);
    digits_put(&report->out, row->row);
    buffer_put(&report->out, separator);
    put_cell(report, row->msisdn);
    buffer_put(&report->out, separator);
    put_cell(report, row->text);
    buffer_put(&report->out, separator);
    buffer_puts(&report->out, job_state_name(row->state));
    put_number(report, row->has_code, row->code);
    buffer_put(&report->out, separator);
    put_cell(report, report_reason(report, row));
    put_number(report, true, row->attempts);
    put_number(report, row->has_http_status, row->http_status);
    put_instant(report, row->first_sent_at_ms);
    put_instant(report, row->finished_at_ms);
    put_number(report, row->has_latency, row->latency_ms);
    for (size_t i = 0; i < report->own_count; i++) {
        buffer_put(&report->out, separator);
        if (report_next_cell(report, row, i, &rest, &cell))
            put_cell(report, cell);
    }
    end_line(report);
}

const struct report_writer report_csv_writer = {begin, put_row, NULL};
