/* Decides how words are laid out; knows nothing about what they say. */
#include "campana/layout.h"
#include "campana/json.h"
#include "campana/shell.h"
#include "campana/utf8.h"
#include <inttypes.h>
#include <string.h>

static void put_spaces(struct buffer *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buffer_put(out, ' ');
}

static void put_line(struct buffer *out, struct slice line, size_t column, size_t indent)
{
    bool first = true;
    for (size_t at = 0; at < line.len;) {
        size_t end = at;
        while (end < line.len && line.data[end] != ' ')
            end++;
        size_t width = utf8_width(line.data + at, end - at);
        if (!first && column + 1 + width > LAYOUT_COLUMNS) {
            buffer_put(out, '\n');
            put_spaces(out, indent);
            column = indent;
        } else if (!first) {
            buffer_put(out, ' ');
            column++;
        }
        buffer_append(out, line.data + at, end - at);
        column += width;
        first = false;
        at = end + (end < line.len);
    }
    buffer_put(out, '\n');
}

void layout_put_wrapped(struct buffer *out, const char *text, size_t column, size_t indent)
{
    for (;;) {
        size_t len = strcspn(text, "\n");
        put_line(out, (struct slice){text, len}, column, indent);
        if (text[len] == '\0')
            return;
        text += len + 1;
        put_spaces(out, *text == '\n' || *text == '\0' ? 0 : indent);
        column = indent;
    }
}

void layout_put_count(struct buffer *out, int64_t count, const char *singular, const char *plural)
{
    buffer_printf(out, "%" PRId64 " %s", count, count == 1 ? singular : plural);
}

void layout_put_quoted(struct buffer *out, const char *word)
{
    shell_put_quoted(out, word);
}

void layout_put_cited(struct buffer *out, const char *data, size_t len, size_t width)
{
    buffer_puts(out, "«");
    utf8_put_visible(out, data, len, width);
    buffer_puts(out, "»");
}

void layout_put_json(struct buffer *out, const char *word)
{
    struct buffer visible = {0};
    if (utf8_valid(word, strlen(word))) {
        json_put_string(out, word, strlen(word));
        return;
    }
    utf8_put_visible(&visible, word, strlen(word), 0);
    json_put_string(out, buffer_string(&visible), visible.len);
    out->failed = out->failed || visible.failed;
    buffer_free(&visible);
}
