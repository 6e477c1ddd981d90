/* The table for people: what a terminal is wide enough for, aligned by display width, obeying nothing that
 * stands in a message. The file's own columns are left to the other formats. */
#include "campana/utf8.h"
#include "report_internal.h"
#include <inttypes.h>
#include <string.h>

#define ROW_WIDTH    7
#define NUMBER_WIDTH 13
#define STATE_WIDTH  10
#define CODE_WIDTH   12
#define TEXT_LEAST   20
#define TEXT_HEADING "TEXT, OR WHY NOT"
#define GAPS         4
#define CODE_GAP     1

/* A narrow terminal has no room for the code beside a text that says something. */
static bool has_code(const struct report *report)
{
    size_t width = report->options->width;
    return width == 0 ||
           width >= ROW_WIDTH + NUMBER_WIDTH + STATE_WIDTH + CODE_WIDTH + CODE_GAP + GAPS + TEXT_LEAST;
}

/* Width of the text's and the reason's column; 0: as wide as it takes. */
static size_t text_width(const struct report *report)
{
    size_t fixed =
        ROW_WIDTH + NUMBER_WIDTH + STATE_WIDTH + GAPS + (has_code(report) ? CODE_WIDTH + CODE_GAP : 0);
    if (report->options->width == 0)
        return 0;
    return report->options->width > fixed ? report->options->width - fixed : 1;
}

/* A cell at most `width` columns wide and filled up to it. */
static void put_cell(struct report *report, struct slice cell, size_t width)
{
    size_t before = report->out.len;
    utf8_put_visible(&report->out, cell.data, cell.len, width);
    size_t used =
        report->out.failed ? width : utf8_width(report->out.data + before, report->out.len - before);
    for (; used < width; used++)
        buffer_put(&report->out, ' ');
    buffer_put(&report->out, ' ');
}

static void put_right(struct report *report, int64_t number, int width)
{
    buffer_printf(&report->out, "%*" PRId64 " ", width, number);
}

static void begin(struct report *report)
{
    buffer_printf(&report->out, "%*s %-*s %-*s ", ROW_WIDTH, "ROW", NUMBER_WIDTH, "NUMBER", STATE_WIDTH,
                  "STATE");
    if (has_code(report))
        buffer_printf(&report->out, "%*s ", CODE_WIDTH, "CODE");
    buffer_put(&report->out, ' ');
    utf8_put_visible(&report->out, TEXT_HEADING, strlen(TEXT_HEADING), text_width(report));
    buffer_put(&report->out, '\n');
}

static void put_row(struct report *report, const struct report_row *row)
{
    struct slice reason = report_reason(report, row);
    put_right(report, row->row, ROW_WIDTH);
    put_cell(report, row->msisdn, NUMBER_WIDTH);
    put_cell(report, slice_of(job_state_name(row->state)), STATE_WIDTH);
    if (has_code(report) && row->has_code)
        put_right(report, row->code, CODE_WIDTH);
    else if (has_code(report))
        buffer_printf(&report->out, "%*s ", CODE_WIDTH, "");
    buffer_put(&report->out, ' ');
    struct slice shown = reason.len > 0 ? reason : row->text;
    utf8_put_visible(&report->out, shown.data, shown.len, text_width(report));
    buffer_put(&report->out, '\n');
}

const struct report_writer report_table_writer = {begin, put_row, NULL};
