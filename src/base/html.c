/* Decides which characters of a foreign text go into a page as they are. */
#include "campana/html.h"
#include "campana/utf8.h"
#include <assert.h>
#include <stdint.h>
#include <string.h>

#define HASH_BYTES 32

static const char *reference(char byte)
{
    switch (byte) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

/* Invisible by itself, and harmless: a line break; U+200D, U+FE0E and U+FE0F make an emoji what it is. */
static bool is_kept(const char *data, size_t len)
{
    return (len == 1 && data[0] == '\n') ||
           (len == 3 && (memcmp(data, "\xE2\x80\x8D", 3) == 0 || memcmp(data, "\xEF\xB8\x8E", 3) == 0 ||
                         memcmp(data, "\xEF\xB8\x8F", 3) == 0));
}

void html_put_text(struct buffer *out, struct slice text, size_t most)
{
    size_t characters = 0;
    for (size_t at = 0; at < text.len; characters++) {
        uint32_t character;
        size_t used = utf8_next(text.data + at, text.len - at, &character);
        if (most > 0 && characters == most) {
            buffer_puts(out, "…");
            return;
        }
        if (reference(text.data[at]) != NULL)
            buffer_puts(out, reference(text.data[at]));
        else if (is_kept(text.data + at, used))
            buffer_append(out, text.data + at, used);
        else
            utf8_put_visible(out, text.data + at, used, 0);
        at += used;
    }
}

void html_put_string(struct buffer *out, const char *text)
{
    html_put_text(out, slice_of(text), 0);
}

static unsigned nibble(char digit)
{
    return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a' + 10);
}

void html_put_hash_source(struct buffer *out, const char *sha256_hex)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bytes[HASH_BYTES + 1] = {0}; /* base64 takes three at a time */
    assert(strlen(sha256_hex) == 2 * (size_t)HASH_BYTES);
    for (size_t i = 0; i < HASH_BYTES; i++)
        bytes[i] = nibble(sha256_hex[2 * i]) << 4 | nibble(sha256_hex[2 * i + 1]);
    buffer_puts(out, "'sha256-");
    for (size_t i = 0; i < HASH_BYTES; i += 3) {
        unsigned three = bytes[i] << 16 | bytes[i + 1] << 8 | (i + 2 < HASH_BYTES ? bytes[i + 2] : 0);
        buffer_put(out, letters[three >> 18 & 63]);
        buffer_put(out, letters[three >> 12 & 63]);
        buffer_put(out, letters[three >> 6 & 63]);
        buffer_put(out, i + 2 < HASH_BYTES ? letters[three & 63] : '=');
    }
    buffer_put(out, '\'');
}
