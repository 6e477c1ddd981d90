/* Decides which of Unicode's properties answer campana's questions, and what a terminal gets to see. Refuses
 * to know Unicode's data: that is libunistring's. Invariant: what utf8_put_visible() writes is valid UTF-8 in
 * which nothing moves the cursor, hides, or turns the direction of writing. */
#include "campana/utf8.h"
#include "campana/block.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>
#include <uniwidth.h>

#define REPLACEMENT    0xFFFDu
#define ELLIPSIS       "…"
#define CHARACTER_MOST 4 /* bytes */
#define ESCAPE_BYTES   16

static const uint8_t *bytes(const char *data)
{
    return (const uint8_t *)data;
}

#define HIGH_BITS BLOCK_EACH(UINT64_C(0x80))

/* How many bytes at the beginning are ASCII, by many at a time as long as there are so many. */
static size_t ascii_run(const char *data, size_t len)
{
    size_t run = 0;
    for (uint64_t words[4]; run + sizeof words <= len; run += sizeof words) {
        memcpy(words, data + run, sizeof words);
        if (((words[0] | words[1] | words[2] | words[3]) & HIGH_BITS) != 0)
            break;
    }
    while (len - run >= BLOCK_BYTES && (block_load(data + run) & HIGH_BITS) == 0)
        run += BLOCK_BYTES;
    while (run < len && (unsigned char)data[run] < 0x80)
        run++;
    return run;
}

/* A character of two bytes, as most are that are not ASCII; false for whatever else stands there. */
static bool take_two(const char *data, size_t len, uint32_t *character)
{
    unsigned char first = (unsigned char)data[0];
    if (first < 0xC2 || first > 0xDF || len < 2 || ((unsigned char)data[1] & 0xC0) != 0x80)
        return false;
    *character = (first & 0x1Fu) << 6 | ((unsigned char)data[1] & 0x3Fu);
    return true;
}

size_t utf8_valid_len(const char *data, size_t len, int64_t *long_characters)
{
    size_t at;
    int64_t count = 0;
    for (at = ascii_run(data, len); at < len; at += ascii_run(data + at, len - at)) {
        ucs4_t character;
        int used = take_two(data + at, len - at, &character)
                       ? 2
                       : u8_mbtoucr(&character, bytes(data + at), len - at);
        if (used <= 0)
            break;
        at += (size_t)used;
        count++;
    }
    *long_characters += count;
    return at;
}

bool utf8_valid(const char *data, size_t len)
{
    int64_t long_characters = 0;
    return utf8_valid_len(data, len, &long_characters) == len;
}

size_t utf8_next(const char *data, size_t len, uint32_t *code_point)
{
    if (len == 0)
        return 0;
    if ((unsigned char)data[0] < 0x80) {
        *code_point = (unsigned char)data[0];
        return 1;
    }
    if (take_two(data, len, code_point))
        return 2;
    ucs4_t character;
    int used = u8_mbtouc(&character, bytes(data), len);
    *code_point = character;
    return (size_t)used;
}

void utf8_put(struct buffer *out, uint32_t code_point)
{
    uint8_t character[CHARACTER_MOST];
    int len = u8_uctomb(character, code_point, CHARACTER_MOST);
    if (len < 0)
        len = u8_uctomb(character, REPLACEMENT, CHARACTER_MOST);
    buffer_append(out, character, (size_t)len);
}

bool utf8_is_space(uint32_t code_point)
{
    if (code_point < 0x80)
        return code_point == ' ' || (code_point >= '\t' && code_point <= '\r');
    return uc_is_property_white_space(code_point);
}

static bool is_accent(uint32_t code_point)
{
    int class = uc_combining_class(code_point);
    return class != UC_CCC_NR && class != UC_CCC_OV;
}

uint32_t utf8_base(uint32_t code_point)
{
    ucs4_t parts[UC_DECOMPOSITION_MAX_LENGTH];
    int tag;
    uint32_t base = 0;
    for (int count = uc_decomposition(code_point, &tag, parts); count > 0;
         count = uc_decomposition(base, &tag, parts)) {
        for (int i = 1; i < count; i++) {
            if (!is_accent(parts[i]))
                return 0;
        }
        base = parts[0];
    }
    return base;
}

/* Whether each character is composed and stays as it is beside any other (Unicode Standard Annex 15): true of
 * all below U+0300, and of the blocks of punctuation, currencies and emoji that messages use. */
static bool is_surely_nfc(const char *data, size_t len)
{
    for (size_t at = ascii_run(data, len); at < len; at += ascii_run(data + at, len - at)) {
        uint32_t character;
        at += utf8_next(data + at, len - at, &character);
        bool sure = character < 0x0300 || (character >= 0x2002 && character <= 0x20CF) ||
                    (character >= 0x1F000 && character <= 0x1FAFF);
        if (!sure)
            return false;
    }
    return true;
}

/* Takes over what libunistring allocated; NULL is its word for no memory. */
static void put_owned(struct buffer *out, uint8_t *text, size_t len)
{
    if (text == NULL)
        out->failed = true;
    else
        buffer_append(out, text, len);
    free(text);
}

void utf8_put_nfc(struct buffer *out, const char *data, size_t len)
{
    if (is_surely_nfc(data, len)) {
        buffer_append(out, data, len);
        return;
    }
    size_t normal_len = 0;
    uint8_t *normal = u8_normalize(UNINORM_NFC, bytes(data), len, NULL, &normal_len);
    put_owned(out, normal, normal_len);
}

static bool is_put_aside(uint32_t character)
{
    return character == '_' || character == '.' || character == ':' ||
           uc_is_property_white_space(character) || uc_is_property_default_ignorable_code_point(character) ||
           uc_is_general_category_withtable(character, UC_CATEGORY_MASK_Pd | UC_CATEGORY_MASK_M);
}

static void put_kept(struct buffer *out, const char *data, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t character;
        size_t used = utf8_next(data + at, len - at, &character);
        if (!is_put_aside(character))
            buffer_append(out, data + at, used);
        at += used;
    }
}

/* Decomposing comes first, because it brings out capitals: ™ gives TM. */
void utf8_put_folded(struct buffer *out, const char *data, size_t len)
{
    if (len == 0)
        return;
    size_t apart_len = 0;
    size_t folded_len = 0;
    uint8_t *folded = NULL;
    uint8_t *apart = u8_normalize(UNINORM_NFKD, bytes(data), len, NULL, &apart_len);
    if (apart != NULL)
        folded = u8_casefold(apart, apart_len, NULL, UNINORM_NFKD, NULL, &folded_len);
    if (folded == NULL)
        out->failed = true;
    else
        put_kept(out, (const char *)folded, folded_len);
    free(folded);
    free(apart);
}

static size_t columns_of(uint32_t character)
{
    int columns = uc_width(character, "UTF-8");
    return columns < 0 ? 0 : (size_t)columns;
}

size_t utf8_width(const char *data, size_t len)
{
    size_t columns = 0;
    for (size_t at = 0; at < len;) {
        uint32_t character;
        at += utf8_next(data + at, len - at, &character);
        columns += columns_of(character);
    }
    return columns;
}

/* What a terminal might obey, and what nobody would see. */
static bool is_unshowable(uint32_t character)
{
    return uc_is_general_category_withtable(character, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
                                                           UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp) ||
           uc_is_property_default_ignorable_code_point(character) ||
           uc_is_property_not_a_character(character);
}

/* What is shown or left out as a whole. */
struct piece {
    char text[ESCAPE_BYTES];
    size_t len;
    size_t columns;
};

/* A byte that is no character is written as ASCII's control characters are; the two cannot be confused. */
static void escape_byte(struct piece *piece, unsigned char byte)
{
    int len;
    switch (byte) {
    case '\n': len = snprintf(piece->text, sizeof piece->text, "\\n"); break;
    case '\r': len = snprintf(piece->text, sizeof piece->text, "\\r"); break;
    case '\t': len = snprintf(piece->text, sizeof piece->text, "\\t"); break;
    default: len = snprintf(piece->text, sizeof piece->text, "\\x%02x", byte); break;
    }
    piece->len = piece->columns = (size_t)len;
}

static void escape_character(struct piece *piece, uint32_t character)
{
    int len = snprintf(piece->text, sizeof piece->text, "\\u{%x}", character);
    piece->len = piece->columns = (size_t)len;
}

/* Returns how many bytes the piece stands for. */
static size_t take_piece(struct piece *piece, const char *data, size_t len)
{
    ucs4_t character;
    int used = u8_mbtoucr(&character, bytes(data), len);
    if (used <= 0 || (character < 0x80 && is_unshowable(character))) {
        escape_byte(piece, (unsigned char)data[0]);
        return 1;
    }
    if (is_unshowable(character)) {
        escape_character(piece, character);
    } else {
        memcpy(piece->text, data, (size_t)used);
        piece->len = (size_t)used;
        piece->columns = columns_of(character);
    }
    return (size_t)used;
}

void utf8_put_visible(struct buffer *out, const char *data, size_t len, size_t width)
{
    size_t columns = 0;
    size_t end_before_ellipsis = out->len;
    for (size_t at = 0; at < len;) {
        struct piece piece;
        at += take_piece(&piece, data + at, len - at);
        columns += piece.columns;
        if (width > 0 && columns > width) {
            out->len = end_before_ellipsis;
            buffer_puts(out, ELLIPSIS);
            return;
        }
        buffer_append(out, piece.text, piece.len);
        if (columns < width)
            end_before_ellipsis = out->len;
    }
}
