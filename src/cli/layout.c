/* Decides how words are laid out; knows nothing about what they say. */
#include "campana/layout.h"
#include "campana/json.h"
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

/* ---- fitting what is laid out already ---- */

#define GAP_MOST 32 /* a gap behind this column is none of a table's */

/* Where a line's words go on below. */
static size_t hanging_indent(struct slice line)
{
    size_t spaces = 0;
    while (spaces < line.len && line.data[spaces] == ' ')
        spaces++;
    for (size_t at = spaces; at + 2 < line.len && at < GAP_MOST; at++) {
        if (line.data[at] != ' ' || line.data[at + 1] != ' ')
            continue;
        while (at < line.len && line.data[at] == ' ')
            at++;
        return utf8_width(line.data, at);
    }
    return spaces + 2;
}

static size_t word_end(struct slice line, size_t at)
{
    while (at < line.len && line.data[at] != ' ')
        at++;
    return at;
}

/* A word that fits no line (JSON, a list) may be broken behind its commas. */
static size_t break_word(struct slice line, size_t at, size_t end, size_t room)
{
    size_t fits = at;
    for (size_t comma = at; comma < end; comma++)
        if (line.data[comma] == ',' && (fits == at || utf8_width(line.data + at, comma + 1 - at) <= room))
            fits = comma + 1;
    return fits == at ? end : fits;
}

/* The end of a command that begins here, or of the word. */
static size_t piece_end(struct slice line, size_t at, size_t room)
{
    static const char name[] = "campana";
    size_t end = word_end(line, at);
    size_t first = end;
    if (end - at != sizeof name - 1 || memcmp(line.data + at, name, sizeof name - 1) != 0)
        return end;
    while (end < line.len && strchr(";.,:)?", line.data[end - 1]) == NULL)
        end = word_end(line, end + 1);
    return utf8_width(line.data + at, end - at) <= room ? end : first;
}

static void fit_line(struct buffer *out, struct slice line, size_t columns, size_t indent)
{
    if (utf8_width(line.data, line.len) <= columns) {
        buffer_append(out, line.data, line.len);
        return;
    }
    indent = indent == 0 ? hanging_indent(line) : indent;
    indent = indent > columns / 2 ? 2 : indent;
    size_t column = 0;
    size_t at = 0;
    bool first = true;
    while (at < line.len) {
        size_t word = at;
        while (word < line.len && line.data[word] == ' ')
            word++;
        size_t end = word == line.len ? word : piece_end(line, word, columns - indent);
        size_t width = utf8_width(line.data + word, end - word);
        if (width > columns - indent) {
            end = break_word(line, word, end, columns - indent);
            width = utf8_width(line.data + word, end - word);
        }
        if (!first && column + (word - at) + width > columns) {
            buffer_put(out, '\n');
            put_spaces(out, indent);
            column = indent;
        } else {
            put_spaces(out, word - at);
            column += word - at;
        }
        buffer_append(out, line.data + word, end - word);
        column += width;
        first = first && word == end;
        at = end;
    }
}

void layout_fit(struct buffer *out, const char *text, size_t len, size_t columns, size_t indent)
{
    if (columns < LAYOUT_COLUMNS_LEAST) {
        buffer_append(out, text, len);
        return;
    }
    for (size_t at = 0; at < len;) {
        const char *line_end = memchr(text + at, '\n', len - at);
        size_t end = line_end == NULL ? len : (size_t)(line_end - text);
        fit_line(out, (struct slice){text + at, end - at}, columns, indent);
        if (line_end != NULL)
            buffer_put(out, '\n');
        at = end + 1;
    }
}

void layout_put_count(struct buffer *out, int64_t count, const char *singular, const char *plural)
{
    buffer_printf(out, "%" PRId64 " %s", count, count == 1 ? singular : plural);
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
    struct slice whole = buffer_slice(&visible);
    json_put_string(out, whole.data, whole.len);
    out->failed = out->failed || visible.failed;
    buffer_free(&visible);
}
