#include "campana/shell.h"
#include "campana/utf8.h"
#include <stdbool.h>
#include <string.h>

#define CHARACTER_BYTES_MOST 4

/* Bytes of the character at the beginning; 1 for what is none. */
static size_t character_len(const char *data, size_t len)
{
    for (size_t n = 1; n <= CHARACTER_BYTES_MOST && n <= len; n++)
        if (utf8_valid(data, n))
            return n;
    return 1;
}

static bool shows_itself(const char *data, size_t len)
{
    struct buffer shown = {0};
    utf8_put_visible(&shown, data, len, 0);
    bool itself = shown.len == len && memcmp(shown.data, data, len) == 0;
    buffer_free(&shown);
    return itself;
}

/* One character within $'…'. */
static void put_escaped(struct buffer *out, const char *data, size_t len)
{
    static const char named[] = "\n\t\r\\'";
    const char *found = strchr(named, data[0]);
    if (found != NULL)
        buffer_printf(out, "\\%c", "ntr\\'"[found - named]);
    else if (shows_itself(data, len))
        buffer_append(out, data, len);
    else
        for (size_t i = 0; i < len; i++)
            buffer_printf(out, "\\x%02x", (unsigned)(unsigned char)data[i]);
}

void shell_put_quoted(struct buffer *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-";
    size_t len = strlen(word);
    if (len > 0 && strspn(word, plain) == len) {
        buffer_puts(out, word);
        return;
    }
    if (len > 0 && !shows_itself(word, len)) {
        buffer_puts(out, "$'");
        for (size_t at = 0, next; at < len; at += next) {
            next = character_len(word + at, len - at);
            put_escaped(out, word + at, next);
        }
    } else {
        buffer_put(out, '\'');
        for (; *word != '\0'; word++) {
            if (*word == '\'')
                buffer_puts(out, "'\\''");
            else
                buffer_put(out, *word);
        }
    }
    buffer_put(out, '\'');
}
