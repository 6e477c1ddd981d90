/* A bill as a table, CSV, JSON and JSON Lines. One list of columns; a column that is not of this bill is left
 * out. */
#include "bill_internal.h"
#include "campana/csvfile.h"
#include "campana/digits.h"
#include "campana/hours.h"
#include "campana/json.h"
#include "campana/reckoning.h"
#include "campana/utf8.h"
#include <stdio.h>
#include <string.h>

#define MS_PER_DAY 86400000LL

enum column {
    COLUMN_SINCE,
    COLUMN_UNTIL,
    COLUMN_DAY,
    COLUMN_CAMPAIGN,
    COLUMN_REASON_CODE,
    COLUMN_REASON,
    COLUMN_ACCEPTED,
    COLUMN_REFUSED,
    COLUMN_UNKNOWN,
    COLUMN_ATTEMPTS,
    COLUMN_TESTS,
    COLUMN_CREDIT,
    COLUMNS
};

static const char *const names[COLUMNS] = {"since",       "until",    "day",      "campaign",
                                           "reason_code", "reason",   "accepted", "refused",
                                           "unknown",     "attempts", "tests",    "credit"};

static bool has_column(const struct bill *bill, enum column column)
{
    enum bill_by by = bill->options->by;
    switch (column) {
    case COLUMN_SINCE:
    case COLUMN_UNTIL: return by == BILL_TOTAL;
    case COLUMN_DAY: return by == BILL_BY_DAY;
    case COLUMN_CAMPAIGN: return by == BILL_BY_CAMPAIGN;
    case COLUMN_REASON_CODE:
    case COLUMN_REASON: return by == BILL_BY_REASON;
    case COLUMN_CREDIT: return by != BILL_BY_REASON;
    default: return true;
    }
}

static bool is_figure(enum column column)
{
    return column >= COLUMN_ACCEPTED;
}

/* The cell in `cell`; false: it is missing. */
static bool read_cell(const struct bill *bill, const struct bill_line *line, enum column column,
                      struct buffer *cell)
{
    char text[HOURS_TEXT_BYTES];
    const char *word = NULL;
    buffer_clear(cell);
    switch (column) {
    case COLUMN_SINCE: word = bill->options->since; break;
    case COLUMN_UNTIL: word = bill->options->until; break;
    case COLUMN_DAY:
        hours_format_second(hours_instant(1970, 1, 1, 0, 0) + line->day * MS_PER_DAY, text);
        text[strcspn(text, " ")] = '\0';
        word = line->name[0] == '\0' ? text : line->name; /* the total's */
        break;
    case COLUMN_CAMPAIGN:
    case COLUMN_REASON_CODE: word = line->name; break;
    case COLUMN_REASON: word = reason_sentence(reason_from_code(line->name)); break;
    case COLUMN_ACCEPTED: digits_put(cell, line->figures.accepted); return true;
    case COLUMN_REFUSED: digits_put(cell, line->figures.refused); return true;
    case COLUMN_UNKNOWN: digits_put(cell, line->figures.unknown); return true;
    case COLUMN_ATTEMPTS: digits_put(cell, line->figures.attempts); return true;
    case COLUMN_TESTS: digits_put(cell, line->figures.tests); return true;
    default:
        reckoning_format_amount(line->credit, text);
        word = line->has_credit ? text : NULL;
        break;
    }
    if (word == NULL || word[0] == '\0')
        return false;
    buffer_puts(cell, word);
    return true;
}

/* ---- CSV ---- */

static void put_csv_line(const struct bill *bill, const struct bill_line *line, struct buffer *cell,
                         struct buffer *out)
{
    bool excel = bill->options->excel;
    bool first = true;
    for (enum column column = 0; column < COLUMNS; column++) {
        if (!has_column(bill, column))
            continue;
        if (!first)
            buffer_put(out, excel ? ';' : ',');
        first = false;
        if (line == NULL) {
            buffer_puts(out, names[column]);
        } else if (read_cell(bill, line, column, cell)) {
            char *point = excel && column == COLUMN_CREDIT ? memchr(cell->data, '.', cell->len) : NULL;
            if (point != NULL)
                *point = ',';
            /* A day is a day to Excel, too. */
            if (excel && column != COLUMN_DAY && column != COLUMN_SINCE && column != COLUMN_UNTIL)
                csv_put_cell_excel(out, cell->data, cell->len, ';');
            else
                csv_put_cell_defused(out, cell->data, cell->len, excel ? ';' : ',');
        }
    }
    buffer_puts(out, excel ? "\r\n" : "\n");
}

static void put_csv(const struct bill *bill, struct buffer *cell, struct buffer *out)
{
    if (bill->options->excel)
        buffer_puts(out, "\xEF\xBB\xBF");
    put_csv_line(bill, NULL, cell, out);
    for (size_t i = 0; i < bill->count; i++)
        put_csv_line(bill, &bill->lines[i], cell, out);
}

/* ---- JSON ---- */

static void put_object(const struct bill *bill, const struct bill_line *line, struct buffer *cell,
                       struct buffer *out)
{
    bool first = true;
    for (enum column column = 0; column < COLUMNS; column++) {
        if (!has_column(bill, column))
            continue;
        buffer_printf(out, "%s\"%s\":", first ? "{" : ",", names[column]);
        first = false;
        if (!read_cell(bill, line, column, cell))
            buffer_puts(out, "null");
        else if (is_figure(column))
            buffer_append(out, cell->data, cell->len);
        else
            json_put_string(out, cell->data, cell->len);
    }
    buffer_put(out, '}');
}

static void put_json(const struct bill *bill, struct buffer *cell, struct buffer *out)
{
    bool array = bill->options->format == REPORT_JSON;
    if (array)
        buffer_put(out, '[');
    for (size_t i = 0; i < bill->count; i++) {
        if (array)
            buffer_puts(out, i == 0 ? "\n" : ",\n");
        put_object(bill, &bill->lines[i], cell, out);
        if (!array)
            buffer_put(out, '\n');
    }
    if (array)
        buffer_puts(out, "\n]\n");
}

/* ---- the table ---- */

static void put_table_cell(const char *data, size_t len, size_t width, bool right, struct buffer *out)
{
    size_t used = utf8_width(data, len);
    size_t fill = used < width ? width - used : 0;
    if (right)
        buffer_printf(out, "%*s", (int)fill, "");
    utf8_put_visible(out, data, len, 0);
    if (!right)
        buffer_printf(out, "%*s", (int)fill, "");
}

/* As it is shown: a missing one as a dash. */
static void read_shown(const struct bill *bill, const struct bill_line *line, enum column column,
                       struct buffer *cell, struct buffer *shown)
{
    buffer_clear(shown);
    if (read_cell(bill, line, column, cell))
        utf8_put_visible(shown, cell->data, cell->len, 0);
    else if (column == COLUMN_REASON_CODE || column == COLUMN_REASON)
        buffer_puts(shown, column == COLUMN_REASON ? "" : "-");
    else
        buffer_puts(shown, "-");
}

static void put_table_line(const struct bill *bill, const struct bill_line *line, const size_t *widths,
                           struct buffer *cell, struct buffer *out)
{
    struct buffer shown = {0};
    bool first = true;
    for (enum column column = 0; column < COLUMNS; column++) {
        if (!has_column(bill, column) || column == COLUMN_REASON)
            continue;
        buffer_puts(out, first ? "" : "  ");
        first = false;
        if (line == NULL) {
            put_table_cell(names[column], strlen(names[column]), widths[column], is_figure(column), out);
        } else {
            read_shown(bill, line, column, cell, &shown);
            put_table_cell(shown.data, shown.len, widths[column], is_figure(column), out);
        }
    }
    /* The sentence has no width, and stands last. */
    if (line != NULL && has_column(bill, COLUMN_REASON) && read_cell(bill, line, COLUMN_REASON, cell))
        buffer_printf(out, "  %s", buffer_string(cell));
    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->len--;
    buffer_put(out, '\n');
    out->failed = out->failed || shown.failed;
    buffer_free(&shown);
}

static struct bill_line total_of(const struct bill *bill, char *name)
{
    struct bill_line total = {.name = name};
    for (size_t i = 0; i < bill->count; i++) {
        const struct bill_line *line = &bill->lines[i];
        total.figures.accepted += line->figures.accepted;
        total.figures.refused += line->figures.refused;
        total.figures.unknown += line->figures.unknown;
        total.figures.attempts += line->figures.attempts;
        total.figures.tests += line->figures.tests;
        total.has_credit = total.has_credit || line->has_credit;
        total.credit += line->credit;
    }
    return total;
}

static void widen(const struct bill *bill, const struct bill_line *line, size_t *widths, struct buffer *cell)
{
    struct buffer shown = {0};
    for (enum column column = 0; column < COLUMNS; column++) {
        read_shown(bill, line, column, cell, &shown);
        size_t width = utf8_width(shown.data, shown.len);
        if (width > widths[column])
            widths[column] = width;
    }
    cell->failed = cell->failed || shown.failed;
    buffer_free(&shown);
}

static void put_table(const struct bill *bill, struct buffer *cell, struct buffer *out)
{
    char total_name[] = "total";
    struct bill_line total = total_of(bill, total_name);
    size_t widths[COLUMNS];
    for (enum column column = 0; column < COLUMNS; column++)
        widths[column] = strlen(names[column]);
    for (size_t i = 0; i < bill->count; i++)
        widen(bill, &bill->lines[i], widths, cell);
    widen(bill, &total, widths, cell);
    put_table_line(bill, NULL, widths, cell, out);
    for (size_t i = 0; i < bill->count; i++)
        put_table_line(bill, &bill->lines[i], widths, cell, out);
    if (bill->options->by != BILL_TOTAL)
        put_table_line(bill, &total, widths, cell, out);
}

void bill_write(const struct bill *bill, struct buffer *out)
{
    struct buffer cell = {0};
    switch (bill->options->format) {
    case REPORT_CSV: put_csv(bill, &cell, out); break;
    case REPORT_JSON:
    case REPORT_JSONL: put_json(bill, &cell, out); break;
    default: put_table(bill, &cell, out); break;
    }
    out->failed = out->failed || cell.failed;
    buffer_free(&cell);
}
