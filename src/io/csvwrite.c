/* Cells as CSV text. libcsv's writer quotes every cell; people read these files, so only cells that need it
 * are quoted. */
#include "campana/csvfile.h"
#include <string.h>

#define EXCEL_DIGITS 11 /* from 12 digits on Excel shows 5.73102E+11 */

static bool needs_quotes(const char *data, size_t len, char delimiter)
{
    if (len == 0)
        return false;
    if (data[0] == ' ' || data[0] == '\t' || data[len - 1] == ' ' || data[len - 1] == '\t')
        return true;
    return memchr(data, delimiter, len) != NULL || memchr(data, '"', len) != NULL ||
           memchr(data, '\n', len) != NULL || memchr(data, '\r', len) != NULL;
}

static void put(struct buffer *out, const char *before, const char *data, size_t len, char delimiter)
{
    if (!needs_quotes(data, len, delimiter)) {
        buffer_puts(out, before);
        buffer_append(out, data, len);
        return;
    }
    buffer_put(out, '"');
    buffer_puts(out, before);
    for (size_t plain = 0; plain < len;) {
        const char *quote = memchr(data + plain, '"', len - plain);
        size_t end = quote == NULL ? len : (size_t)(quote - data) + 1;
        buffer_append(out, data + plain, end - plain);
        if (quote != NULL)
            buffer_put(out, '"');
        plain = end;
    }
    buffer_put(out, '"');
}

void csv_put_cell(struct buffer *out, const char *data, size_t len, char delimiter)
{
    put(out, "", data, len, delimiter);
}

/* A number as people write it, with a sign and grouping. */
static bool is_plain_number(const char *data, size_t len)
{
    size_t digits = 0;
    for (size_t i = data[0] == '+' || data[0] == '-'; i < len; i++) {
        if (data[i] >= '0' && data[i] <= '9')
            digits++;
        else if (strchr(" .,", data[i]) == NULL || data[i] == '\0')
            return false;
    }
    return digits > 0;
}

void csv_put_cell_defused(struct buffer *out, const char *data, size_t len, char delimiter)
{
    bool formula =
        len > 0 && data[0] != '\0' && strchr("=+-@\t\r", data[0]) != NULL && !is_plain_number(data, len);
    put(out, formula ? "'" : "", data, len, delimiter);
}

/* What stands behind `at` in digits, moved over. */
static size_t pass_digits(const char *data, size_t len, size_t at)
{
    while (at < len && data[at] >= '0' && data[at] <= '9')
        at++;
    return at;
}

/* A whole number, or one with a decimal comma, that Excel in Spanish shows as it stands. */
static bool is_number_to_excel(const char *data, size_t len)
{
    size_t start = data[0] == '-';
    size_t point = pass_digits(data, len, start);
    size_t digits = point - start;
    if (digits == 0 || digits > EXCEL_DIGITS || (digits > 1 && data[start] == '0'))
        return false;
    size_t end = point < len && data[point] == ',' ? pass_digits(data, len, point + 1) : point;
    bool zeros_stay = end == point ? start == 0 || data[1] != '0' : data[end - 1] != '0';
    return end == len && data[end - 1] != ',' && zeros_stay && end - start <= EXCEL_DIGITS;
}

/* Made of what numbers, dates, times, fractions and powers are made of: Excel reads something into it. */
static bool is_numeric(const char *data, size_t len)
{
    size_t digits = 0;
    for (size_t i = 0; i < len; i++) {
        if (data[i] == '\0' || strchr("0123456789 +-.,:/eE%", data[i]) == NULL)
            return false;
        digits += data[i] >= '0' && data[i] <= '9';
    }
    return digits > 0;
}

void csv_put_cell_excel(struct buffer *out, const char *data, size_t len, char delimiter)
{
    if (len == 0 || is_number_to_excel(data, len) || !is_numeric(data, len)) {
        csv_put_cell_defused(out, data, len, delimiter);
        return;
    }
    buffer_puts(out, "\"=\"\"");
    buffer_append(out, data, len);
    buffer_puts(out, "\"\"\"");
}
