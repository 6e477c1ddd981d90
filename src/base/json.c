#include "campana/json.h"
#include "campana/block.h"
#include "campana/utf8.h"
#include <stdint.h>
#include <string.h>

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

/* Not 0 where one of the eight bytes is below n, which is 0x80 at most. */
static uint64_t below(uint64_t block, uint64_t n)
{
    return (block - BLOCK_EACH(n)) & ~block & BLOCK_EACH(0x80);
}

/* is_plain() of eight bytes at once. */
static bool is_plain_block(const char *data)
{
    uint64_t block = block_load(data);
    return (below(block, 0x20) | below(block ^ BLOCK_EACH('"'), 1) | below(block ^ BLOCK_EACH('\\'), 1)) == 0;
}

static size_t plain_run(const char *data, size_t len)
{
    size_t run = 0;
    while (len - run >= BLOCK_BYTES && is_plain_block(data + run))
        run += BLOCK_BYTES;
    while (run < len && is_plain((unsigned char)data[run]))
        run++;
    return run;
}

static void put_escape(struct buffer *out, unsigned char byte)
{
    switch (byte) {
    case '"': buffer_puts(out, "\\\""); break;
    case '\\': buffer_puts(out, "\\\\"); break;
    case '\n': buffer_puts(out, "\\n"); break;
    case '\r': buffer_puts(out, "\\r"); break;
    case '\t': buffer_puts(out, "\\t"); break;
    default: buffer_printf(out, "\\u%04x", byte); break;
    }
}

static void put_escaped(struct buffer *out, const char *data, size_t len)
{
    size_t at = 0;
    for (;;) {
        size_t plain = plain_run(data + at, len - at);
        buffer_append(out, data + at, plain);
        at += plain;
        if (at == len)
            return;
        put_escape(out, (unsigned char)data[at++]);
    }
}

void json_put_string(struct buffer *out, const char *data, size_t len)
{
    buffer_put(out, '"');
    if (len > 0)
        put_escaped(out, data, len);
    buffer_put(out, '"');
}

static char peek(const struct slice *rest)
{
    return rest->len > 0 ? rest->data[0] : '\0';
}

static void skip(struct slice *rest, size_t len)
{
    rest->data += len;
    rest->len -= len;
}

static void skip_space(struct slice *rest)
{
    while (rest->len > 0 && strchr(" \t\r\n", rest->data[0]) != NULL && rest->data[0] != '\0')
        skip(rest, 1);
}

/* Four hexadecimal digits. */
static int read_unit(struct slice *rest, uint32_t *unit)
{
    if (rest->len < 4)
        return -1;
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        char c = rest->data[i];
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (uint32_t)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            digit = (uint32_t)(c - 'A' + 10);
        else
            return -1;
        *unit = *unit << 4 | digit;
    }
    skip(rest, 4);
    return 0;
}

/* What follows a backslash. */
static int read_escape(struct slice *rest, struct buffer *value)
{
    static const char names[] = "\"\\/bfnrt";
    static const char bytes[] = "\"\\/\b\f\n\r\t";
    char name = peek(rest);
    if (rest->len == 0 || name == '\0')
        return -1;
    skip(rest, 1);
    const char *found = strchr(names, name);
    if (found != NULL) {
        buffer_put(value, bytes[found - names]);
        return 0;
    }
    uint32_t unit;
    if (name != 'u' || read_unit(rest, &unit) != 0)
        return -1;
    if (unit >= 0xD800 && unit < 0xDC00) {
        uint32_t low;
        if (rest->len < 2 || rest->data[0] != '\\' || rest->data[1] != 'u')
            return -1;
        skip(rest, 2);
        if (read_unit(rest, &low) != 0 || low < 0xDC00 || low > 0xDFFF)
            return -1;
        unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    } else if (unit >= 0xDC00 && unit < 0xE000) {
        return -1;
    }
    utf8_put(value, unit);
    return 0;
}

static int read_string(struct slice *rest, struct buffer *value)
{
    skip(rest, 1);
    for (;;) {
        size_t plain = 0;
        while (plain < rest->len && rest->data[plain] != '"' && rest->data[plain] != '\\' &&
               (unsigned char)rest->data[plain] >= 0x20)
            plain++;
        buffer_append(value, rest->data, plain);
        skip(rest, plain);
        char c = peek(rest);
        if (c != '"' && c != '\\')
            return -1;
        skip(rest, 1);
        if (c == '"')
            return 0;
        if (read_escape(rest, value) != 0)
            return -1;
    }
}

/* What must stand behind an item tells whether the text is an array so far: there `rest` has no memory. */
static int end_item(struct slice *rest, int item)
{
    skip_space(rest);
    char next = peek(rest);
    return next == ',' || next == ']' ? item : -1;
}

int json_next(struct slice *rest, struct buffer *value)
{
    buffer_clear(value);
    skip_space(rest);
    char before = peek(rest);
    if (before != '[' && before != ',' && before != ']')
        return -1;
    skip(rest, 1);
    skip_space(rest);
    if (before != ']' && peek(rest) == '"')
        return read_string(rest, value) == 0 ? end_item(rest, 1) : -1;
    if (before != ']' && rest->len >= 4 && memcmp(rest->data, "null", 4) == 0) {
        skip(rest, 4);
        return end_item(rest, 2);
    }
    if (before == '[' && peek(rest) == ']') {
        skip(rest, 1);
        skip_space(rest);
        return rest->len == 0 ? 0 : -1;
    }
    return before == ']' && rest->len == 0 ? 0 : -1;
}
