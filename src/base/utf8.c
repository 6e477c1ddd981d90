/* Thin on purpose: libunistring knows Unicode; this file decides only what of it campana wants to hear. */
#include "campana/utf8.h"
#include <stdlib.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>
#include <uniwidth.h>

#define ENCODING "UTF-8"

static const uint8_t *bytes(const char *data)
{
    return (const uint8_t *)data;
}

bool utf8_valid(const char *data, size_t len)
{
    return len == 0 || u8_check(bytes(data), len) == NULL;
}

size_t utf8_next(const char *data, size_t len, uint32_t *code_point)
{
    ucs4_t character;
    if (len == 0)
        return 0;
    if ((unsigned char)data[0] < 0x80) {
        *code_point = (unsigned char)data[0];
        return 1;
    }
    int used = u8_mbtouc(&character, bytes(data), len);
    *code_point = character;
    return (size_t)used;
}

void utf8_put(struct buffer *out, uint32_t code_point)
{
    uint8_t encoded[6];
    int len = u8_uctomb(encoded, code_point, sizeof encoded);
    if (len > 0)
        buffer_append(out, encoded, (size_t)len);
}

static bool is_ascii(const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)data[i] >= 0x80)
            return false;
    return true;
}

uint32_t utf8_base(uint32_t code_point)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    int tag;
    int count = uc_decomposition(code_point, &tag, parts);
    uint32_t base = 0;
    for (int i = 0; i < count; i++) {
        if (uc_combining_class(parts[i]) != UC_CCC_NR)
            continue;
        if (base != 0)
            return 0;
        base = parts[i];
    }
    uint32_t further = base == 0 ? 0 : utf8_base(base);
    return further == 0 ? base : further;
}

/* Characters below U+0300 are not combining marks and, precomposed as they are, are normalised already
 * (Unicode Standard Annex 15, "Quick_Check"): in UTF-8 no byte of such text is above 0xCB. */
static bool is_surely_nfc(const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)data[i] > 0xCB)
            return false;
    return true;
}

/* Appends what libunistring allocated, and frees it. */
static void put_result(struct buffer *out, uint8_t *result, size_t len)
{
    if (result == NULL)
        out->failed = true;
    else
        buffer_append(out, result, len);
    free(result);
}

void utf8_put_nfc(struct buffer *out, const char *data, size_t len)
{
    if (is_surely_nfc(data, len)) {
        buffer_append(out, data, len);
        return;
    }
    size_t result_len = 0;
    uint8_t *result = u8_normalize(UNINORM_NFC, bytes(data), len, NULL, &result_len);
    put_result(out, result, result_len);
}

static bool is_set_aside(uint32_t character)
{
    switch (character) {
    case '_':
    case '-':
    case '.':
    case ':':
    case '\t':
    case '\n':
    case '\r':
    case ' ':
    case 0x00A0:
    case 0x200B:
    case 0xFEFF: return true;
    default:
        return (character >= 0x0300 && character <= 0x036F) || (character >= 0x2000 && character <= 0x200A) ||
               (character >= 0x2010 && character <= 0x2015);
    }
}

void utf8_put_folded(struct buffer *out, const char *data, size_t len)
{
    size_t folded_len = 0;
    if (len == 0)
        return;
    uint8_t *folded = u8_casefold(bytes(data), len, NULL, UNINORM_NFKD, NULL, &folded_len);
    if (folded == NULL) {
        out->failed = true;
        return;
    }
    for (size_t at = 0; at < folded_len;) {
        uint32_t character;
        size_t used = utf8_next((const char *)folded + at, folded_len - at, &character);
        if (!is_set_aside(character))
            buffer_append(out, folded + at, used);
        at += used;
    }
    free(folded);
}

size_t utf8_width(const char *data, size_t len)
{
    if (len == 0)
        return 0;
    if (is_ascii(data, len))
        return len;
    int width = u8_width(bytes(data), len, ENCODING);
    return width < 0 ? 0 : (size_t)width;
}

static bool is_dangerous(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x00AD || c == 0x034F || c == 0x061C || c == 0x115F ||
           c == 0x1160 || (c >= 0x17B4 && c <= 0x17B5) || (c >= 0x180B && c <= 0x180F) ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
           c == 0x3164 || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || c == 0xFFA0 ||
           (c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0x1D173 && c <= 0x1D17A) || (c >= 0xE0000 && c <= 0xE0FFF);
}

static void put_escape(struct buffer *out, uint32_t character)
{
    switch (character) {
    case '\n': buffer_puts(out, "\\n"); break;
    case '\r': buffer_puts(out, "\\r"); break;
    case '\t': buffer_puts(out, "\\t"); break;
    default: buffer_printf(out, character < 0x100 ? "\\x%02x" : "\\u{%x}", (unsigned)character); break;
    }
}

/* One character as a terminal may show it; moves *at on. */
static void put_visible_character(struct buffer *out, const char *data, size_t len, size_t *at)
{
    ucs4_t character;
    int used = u8_mbtoucr(&character, bytes(data) + *at, len - *at);
    if (used <= 0) {
        put_escape(out, (unsigned char)data[(*at)++]);
        return;
    }
    if (is_dangerous(character))
        put_escape(out, character);
    else
        buffer_append(out, data + *at, (size_t)used);
    *at += (size_t)used;
}

void utf8_put_visible(struct buffer *out, const char *data, size_t len, size_t width)
{
    size_t start = out->len;
    size_t cut = start; /* where the text ends if the ellipsis must follow */
    size_t used = 0;
    for (size_t at = 0; at < len;) {
        size_t before = out->len;
        put_visible_character(out, data, len, &at);
        if (out->failed)
            return;
        used += utf8_width(out->data + before, out->len - before);
        if (width == 0)
            continue;
        if (used > width) {
            out->len = cut;
            buffer_puts(out, "…");
            return;
        }
        if (used < width)
            cut = out->len;
    }
}
