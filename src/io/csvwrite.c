/* Cells as CSV text. libcsv's writer quotes every cell; people read these files, so only cells that need it
 * are quoted. */
#include "campana/csvfile.h"
#include <string.h>

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
