/* Decides how a request is written, by the manual's example URLs. Refuses to know how bytes travel and what
 * comes back. Invariant: what is between two '&' is unreserved characters and %XX, but for the '=' behind the
 * name. */
#include "campana/gateway.h"
#include "campana/utf8.h"
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    enum gateway_charset charset;
} charsets[] = {
    {"utf-8", GATEWAY_UTF8},
    {"iso-8859-1", GATEWAY_LATIN1},
};

static const bool unreserved[256] = {
    ['-'] = true, ['.'] = true, ['_'] = true, ['~'] = true, ['0'] = true, ['1'] = true, ['2'] = true,
    ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true, ['7'] = true, ['8'] = true, ['9'] = true,
    ['A'] = true, ['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true, ['G'] = true,
    ['H'] = true, ['I'] = true, ['J'] = true, ['K'] = true, ['L'] = true, ['M'] = true, ['N'] = true,
    ['O'] = true, ['P'] = true, ['Q'] = true, ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true,
    ['V'] = true, ['W'] = true, ['X'] = true, ['Y'] = true, ['Z'] = true, ['a'] = true, ['b'] = true,
    ['c'] = true, ['d'] = true, ['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true,
    ['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true, ['o'] = true, ['p'] = true,
    ['q'] = true, ['r'] = true, ['s'] = true, ['t'] = true, ['u'] = true, ['v'] = true, ['w'] = true,
    ['x'] = true, ['y'] = true, ['z'] = true,
};

int gateway_charset_from_name(const char *name, enum gateway_charset *charset)
{
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++) {
        if (strcasecmp(name, charsets[i].name) == 0) {
            *charset = charsets[i].charset;
            return 0;
        }
    }
    return -1;
}

void gateway_put_encoded(struct buffer *out, const char *data, size_t len)
{
    static const char hex[] = "0123456789ABCDEF";
    char block[3 * 256];
    size_t used = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)data[i];
        if (used > sizeof block - 3) {
            buffer_append(out, block, used);
            used = 0;
        }
        if (unreserved[byte]) {
            block[used++] = (char)byte;
        } else {
            block[used++] = '%';
            block[used++] = hex[byte >> 4];
            block[used++] = hex[byte & 0xF];
        }
    }
    buffer_append(out, block, used);
}

static void put_pair(struct buffer *out, const char *name_and_sign, const char *value)
{
    buffer_puts(out, name_and_sign);
    gateway_put_encoded(out, value, strlen(value));
}

void gateway_put_credentials(struct buffer *out, const char *user, const char *password)
{
    put_pair(out, "user=", user);
    put_pair(out, "&password=", password);
}

/* In UTF-8 what is not in ISO 8859-1, and nothing else, begins with a byte above C3. */
int gateway_check_text(struct slice text, enum gateway_charset charset, uint32_t *offender)
{
    for (size_t at = 0; charset == GATEWAY_LATIN1 && at < text.len; at++) {
        if ((unsigned char)text.data[at] > 0xC3) {
            utf8_next(text.data + at, text.len - at, offender);
            return -1;
        }
    }
    return 0;
}

static void put_latin1(struct buffer *out, struct slice text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t code_point;
        at += utf8_next(text.data + at, text.len - at, &code_point);
        char byte = (char)(unsigned char)code_point;
        gateway_put_encoded(out, &byte, 1);
    }
}

int gateway_put_message(struct buffer *out, const char *msisdn, struct slice text,
                        enum gateway_charset charset, uint32_t *offender)
{
    if (gateway_check_text(text, charset, offender) != 0)
        return -1;
    put_pair(out, "&GSM=", msisdn);
    buffer_puts(out, "&SMSText=");
    if (charset == GATEWAY_LATIN1)
        put_latin1(out, text);
    else
        gateway_put_encoded(out, text.data, text.len);
    return 0;
}
