#include "campana/utf8.h"
#include "main.h"
#include <stdio.h>
#include <string.h>

#define CODE_POINTS 0x110000u

static struct buffer out;
static struct buffer other;

static void open_buffers(void)
{
    buffer_init(&out);
    buffer_init(&other);
}

static void close_buffers(void)
{
    buffer_free(&out);
    buffer_free(&other);
}

static bool is_surrogate(uint32_t code_point)
{
    return code_point >= 0xD800 && code_point <= 0xDFFF;
}

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)random_state * limit) >> 32);
}

/* Of all characters, and often of those that combine. */
static void put_random_text(struct buffer *text)
{
    static const struct {
        uint32_t first;
        uint32_t count;
    } kinds[] = {{0, 0x80},       {0x80, 0x280},    {0x300, 0x70},    {0x1E00, 0x100}, {0x2000, 0x100},
                 {0x1100, 0x100}, {0xAC00, 0x2BA4}, {0x1F300, 0x300}, {0, 0x3000},     {0, CODE_POINTS},
                 {0x590, 0x30},   {0xFB00, 0x100},  {0x1D15E, 0x30},  {0x0900, 0x100}};
    for (uint32_t left = random_below(12); left > 0; left--) {
        uint32_t kind = random_below(sizeof kinds / sizeof kinds[0]);
        utf8_put(text, kinds[kind].first + random_below(kinds[kind].count));
    }
}

/* ---- UTF-8 ---- */

static const struct {
    const char *data;
    size_t len;
    bool valid;
} encodings[] = {
    {NULL, 0, true},
    {"", 0, true},
    {"plain", 5, true},
    {"a\0b", 3, true},
    {"\x7F", 1, true},
    {"ñ", 2, true},
    {"€", 3, true},
    {"😀", 4, true},
    {"\xC2\x80", 2, true},
    {"\xED\x9F\xBF", 3, true},     /* U+D7FF */
    {"\xEE\x80\x80", 3, true},     /* U+E000 */
    {"\xEF\xBF\xBF", 3, true},     /* U+FFFF */
    {"\xF4\x8F\xBF\xBF", 4, true}, /* U+10FFFF */
    {"\x80", 1, false},
    {"a\xBF", 2, false},
    {"\xC3", 1, false},
    {"\xC3 ", 2, false},
    {"\xE2\x82", 2, false},
    {"\xF0\x9F\x98", 3, false},
    {"\xC0\x80", 2, false}, /* over-long forms */
    {"\xC1\xBF", 2, false},
    {"\xE0\x9F\xBF", 3, false},
    {"\xF0\x8F\xBF\xBF", 4, false},
    {"\xED\xA0\x80", 3, false}, /* surrogates */
    {"\xED\xBF\xBF", 3, false},
    {"\xF4\x90\x80\x80", 4, false}, /* above U+10FFFF */
    {"\xF5\x80\x80\x80", 4, false},
    {"\xF8\x88\x80\x80\x80", 5, false},
    {"\xFE", 1, false},
    {"\xFF", 1, false},
    {"a\xF1o", 3, false}, /* ISO 8859-1 */
};
#define ENCODINGS ((int)(sizeof encodings / sizeof encodings[0]))

START_TEST(utf8_is_told_from_what_is_not)
{
    for (int i = 0; i < ENCODINGS; i++)
        ck_assert_msg(utf8_valid(encodings[i].data, encodings[i].len) == encodings[i].valid, "encoding %d",
                      i);
}
END_TEST

/* ASCII is passed over eight bytes at a time: what stands behind it is seen wherever it begins. */
START_TEST(utf8_is_told_from_what_is_not_wherever_it_stands_among_ascii)
{
    for (int i = 0; i < ENCODINGS; i++) {
        for (int before = 0; before <= 20; before++) {
            for (int behind = 0; behind <= 20; behind++) {
                buffer_clear(&out);
                buffer_printf(&out, "%.*s", before, "twenty characters...");
                buffer_append(&out, encodings[i].data, encodings[i].len);
                buffer_printf(&out, "%.*s", behind, "twenty characters...");
                if (utf8_valid(out.data, out.len) != encodings[i].valid)
                    ck_abort_msg("encoding %d behind %d bytes and before %d", i, before, behind);
            }
        }
    }
}
END_TEST

START_TEST(every_character_is_written_and_read_back)
{
    for (uint32_t c = 0; c < CODE_POINTS; c++) {
        uint32_t read = CODE_POINTS;
        if (is_surrogate(c))
            continue;
        buffer_clear(&out);
        utf8_put(&out, c);
        size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (out.len != len || !utf8_valid(out.data, len) || utf8_next(out.data, len, &read) != len ||
            read != c)
            ck_abort_msg("U+%04X", c);
    }
}
END_TEST

START_TEST(a_number_that_is_no_character_is_written_as_the_replacement_character)
{
    utf8_put(&out, 0xD800);
    utf8_put(&out, 0xDFFF);
    utf8_put(&out, 0x110000);
    utf8_put(&out, UINT32_MAX);
    ck_assert_str_eq(buffer_string(&out), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}
END_TEST

START_TEST(nothing_holds_no_character)
{
    uint32_t character = 7;
    ck_assert_uint_eq(utf8_next("x", 0, &character), 0);
    ck_assert_uint_eq(utf8_next(NULL, 0, &character), 0);
    ck_assert_uint_eq(character, 7);
}
END_TEST

/* The caller vouches for the text; should it be wrong, reading still ends, and inside the text. */
START_TEST(reading_stays_inside_even_where_the_text_is_not_utf8)
{
    random_state = 5;
    for (int round = 0; round < 20000; round++) {
        size_t len = 1 + random_below(6);
        char *text = malloc(len);
        ck_assert_ptr_nonnull(text);
        for (size_t i = 0; i < len; i++)
            text[i] = (char)random_below(256);
        for (size_t at = 0; at < len;) {
            uint32_t character;
            size_t used = utf8_next(text + at, len - at, &character);
            if (used < 1 || used > len - at || character >= CODE_POINTS)
                ck_abort_msg("%zu bytes of %zu for U+%04X", used, len - at, character);
            at += used;
        }
        free(text);
    }
}
END_TEST

/* ---- properties ---- */

START_TEST(white_space_is_what_unicode_says)
{
    static const uint32_t spaces[] = {0x09,   0x0A,   0x0B,   0x0C,   0x0D,   0x20,   0x85,   0xA0,   0x1680,
                                      0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008,
                                      0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
    size_t next = 0;
    for (uint32_t c = 0; c < CODE_POINTS; c++) {
        bool expected = next < sizeof spaces / sizeof spaces[0] && c == spaces[next];
        next += expected;
        if (utf8_is_space(c) != expected)
            ck_abort_msg("U+%04X", c);
    }
}
END_TEST

static const struct {
    uint32_t character;
    uint32_t base;
} bases[] = {
    {U'á', 'a'},    {U'Ñ', 'N'}, {U'ü', 'u'},   {U'ç', 'c'},  {U'Å', 'A'},   {U'ế', 'e'},    {U'ǖ', 'u'},
    {U'ｆ', 'f'},   {U'²', '2'}, {U'ª', 'a'},   {U'①', '1'},  {U'Ⓜ', 'M'},   {U'ſ', 's'},    {0x1D400, 'A'},
    {0x1D7D9, '1'}, {0xA0, ' '}, {0x2003, ' '}, {U'Ǽ', U'Æ'}, {U'Ά', 0x391}, {0x1F130, 'A'}, {'a', 0},
    {' ', 0},       {U'ø', 0},   {U'æ', 0},     {U'ß', 0},    {U'½', 0},     {U'ﬁ', 0},      {U'…', 0},
    {U'≠', 0},      {U'≮', 0},   {U'😀', 0},     {0x0301, 0},  {0, 0},        {0x10FFFF, 0},
};
#define BASES ((int)(sizeof bases / sizeof bases[0]))

START_TEST(the_base_is_what_is_left_without_accents)
{
    for (int i = 0; i < BASES; i++)
        ck_assert_msg(utf8_base(bases[i].character) == bases[i].base, "U+%04X gave U+%04X",
                      bases[i].character, utf8_base(bases[i].character));
}
END_TEST

START_TEST(a_base_has_no_further_base)
{
    for (uint32_t c = 0; c < CODE_POINTS; c++) {
        if (utf8_base(utf8_base(c)) != 0)
            ck_abort_msg("U+%04X", c);
    }
}
END_TEST

/* ---- normalisation ---- */

static const struct {
    const char *text;
    const char *normal;
} compositions[] = {
    {"", ""},
    {"plain", "plain"},
    {"ñandú €", "ñandú €"},
    {"n\u0303andu\u0301", "ñandú"},
    {"N\u0303", "Ñ"},
    {"x\u0301", "x\u0301"},
    {"a\u0323\u0302", "ậ"},
    {"a\u0302\u0323", "ậ"},
    {"\u212B\u2126\u212A", "ÅΩK"},
    {"\u1FEF\u037E", "`;"},
    {"\u2000\u2001", "\u2002\u2003"},
    {"\u1100\u1161\u11A8", "각"},
    {"ﬁ², “…”", "ﬁ², “…”"},
    {"👍🏽👨‍👩‍👧", "👍🏽👨‍👩‍👧"},
};
#define COMPOSITIONS ((int)(sizeof compositions / sizeof compositions[0]))

START_TEST(text_is_composed)
{
    buffer_puts(&out, "> ");
    utf8_put_nfc(&out, compositions[_i].text, strlen(compositions[_i].text));
    ck_assert_str_eq(buffer_string(&out) + 2, compositions[_i].normal);
}
END_TEST

START_TEST(composing_keeps_nul_bytes)
{
    utf8_put_nfc(&out, "a\0n\xCC\x83\0", 6);
    ck_assert_uint_eq(out.len, 5);
    ck_assert_mem_eq(out.data, "a\0\xC3\xB1\0", 5);
}
END_TEST

/* Behind the text, a character that the scan does not vouch for and that composes with nothing. */
static void check_scan(const char *data, size_t len)
{
    buffer_clear(&out);
    utf8_put_nfc(&out, data, len);
    buffer_puts(&out, "一");
    struct buffer whole = {0};
    buffer_append(&whole, data, len);
    buffer_puts(&whole, "一");
    size_t before = out.len;
    utf8_put_nfc(&out, whole.data, whole.len);
    bool same = out.len == 2 * before && memcmp(out.data, out.data + before, before) == 0;
    buffer_free(&whole);
    if (!same)
        ck_abort_msg("the scan passed what is not composed: %.*s", (int)len, data);
}

START_TEST(the_scan_passes_only_what_is_composed)
{
    static const struct {
        uint32_t first;
        uint32_t count;
    } passed[] = {{0, 0x300}, {0x2000, 0xD0}, {0x1F000, 0xB00}};
    for (uint32_t c = 0; c < 0x20000; c++) {
        buffer_clear(&other);
        utf8_put(&other, c);
        check_scan(other.data, other.len);
    }
    random_state = 4;
    for (int round = 0; round < 20000; round++) {
        buffer_clear(&other);
        for (uint32_t left = 2 + random_below(8); left > 0; left--) {
            uint32_t kind = random_below(3);
            utf8_put(&other, passed[kind].first + random_below(passed[kind].count));
        }
        check_scan(other.data, other.len);
    }
}
END_TEST

START_TEST(composing_again_changes_nothing)
{
    random_state = 1;
    for (int round = 0; round < 20000; round++) {
        buffer_clear(&out);
        put_random_text(&out);
        buffer_clear(&other);
        utf8_put_nfc(&other, out.data, out.len);
        buffer_clear(&out);
        utf8_put_nfc(&out, other.data, other.len);
        if (!utf8_valid(other.data, other.len) || !slice_equal(buffer_slice(&out), buffer_slice(&other)))
            ck_abort_msg("round %d", round);
    }
}
END_TEST

/* ---- folding ---- */

static const struct {
    const char *name;
    const char *folded;
} names[] = {
    {"", ""},
    {"celular", "celular"},
    {"Número de Celular", "numerodecelular"},
    {"NUMERO_DE_CELULAR", "numerodecelular"},
    {"nu\u0301mero-de.celular:", "numerodecelular"},
    {" \tNu\u00ADmero\u00A0de\u200B celular\r\n", "numerodecelular"},
    {"\uFEFFCelular", "celular"},
    {"Nº Teléfono", "notelefono"},
    {"N° Teléfono", "n°telefono"},
    {"№ Teléfono", "notelefono"},
    {"Ｃｅｌｕｌａｒ", "celular"},
    {"Año", "ano"},
    {"STRASSE Straße", "strassestrasse"},
    {"İstanbul", "istanbul"},
    {"ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσσισυφοσ"},
    {"e–mail—x‑y−z", "emailxy−z"},
    {"™", "tm"},
    {"SMS#1 (texto)", "sms#1(texto)"},
    {"_-. :", ""},
    {"手機", "手機"},
};
#define NAMES ((int)(sizeof names / sizeof names[0]))

START_TEST(a_name_is_folded)
{
    utf8_put_folded(&out, names[_i].name, strlen(names[_i].name));
    ck_assert_str_eq(buffer_string(&out), names[_i].folded);
}
END_TEST

START_TEST(no_name_folds_to_nothing)
{
    utf8_put_folded(&out, NULL, 0);
    ck_assert_uint_eq(out.len, 0);
    ck_assert(!out.failed);
}
END_TEST

static void check_folding_is_final(const char *data, size_t len, uint32_t character)
{
    buffer_clear(&out);
    utf8_put_folded(&out, data, len);
    if (out.len > 0 && !utf8_valid(out.data, out.len))
        ck_abort_msg("U+%04X folds to what is not UTF-8", character);
    struct buffer again = {0};
    utf8_put_folded(&again, out.data, out.len);
    bool same = slice_equal(buffer_slice(&again), buffer_slice(&out));
    buffer_free(&again);
    if (!same)
        ck_abort_msg("U+%04X folds on", character);
}

START_TEST(folding_again_changes_nothing)
{
    for (uint32_t c = 0; c < 0x20000; c++) {
        buffer_clear(&other);
        utf8_put(&other, c);
        check_folding_is_final(other.data, other.len, c);
    }
    random_state = 2;
    for (int round = 0; round < 5000; round++) {
        buffer_clear(&other);
        put_random_text(&other);
        check_folding_is_final(other.data, other.len, 0);
    }
}
END_TEST

/* ---- width ---- */

static const struct {
    const char *text;
    size_t columns;
} widths[] = {
    {"", 0},       {"abc", 3},    {"año", 3},   {"an\u0303o", 3}, {"手機", 4},
    {"ｆ", 2},     {"😀", 2},      {"…“”–€", 5}, {"각", 2},        {"e\u0301\u0323\u0334", 1},
    {"\u200B", 0}, {"\uFEFF", 0}, {"\n", 0},
};
#define WIDTHS ((int)(sizeof widths / sizeof widths[0]))

START_TEST(a_text_takes_this_many_columns)
{
    for (int i = 0; i < WIDTHS; i++)
        ck_assert_msg(utf8_width(widths[i].text, strlen(widths[i].text)) == widths[i].columns, "%s",
                      widths[i].text);
}
END_TEST

/* ---- what a terminal may see ---- */

static const struct {
    const char *text;
    const char *shown;
} shows[] = {
    {"", ""},
    {"Hola, señor ¿cómo está? 50 €", "Hola, señor ¿cómo está? 50 €"},
    {"手機 각 😀 an\u0303o", "手機 각 😀 an\u0303o"},
    {"a\nb\r\nc\td", "a\\nb\\r\\nc\\td"},
    {"\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"},
    {"\x1b[31mred", "\\x1b[31mred"},
    {"\b\b\b\x7f", "\\x08\\x08\\x08\\x7f"},
    {"\v\f", "\\x0b\\x0c"},
    {"\xC2\x9B"
     "31m\xC2\x85\xC2\x90",
     "\\u{9b}31m\\u{85}\\u{90}"}, /* C1, as characters … */
    {"\x9b"
     "31m\x90",
     "\\x9b31m\\x90"}, /* … and as bytes */
    {"\u202egnp.exe", "\\u{202e}gnp.exe"},
    {"\u061c\u200e\u200f", "\\u{61c}\\u{200e}\\u{200f}"},
    {"\u202a\u202b\u202c\u202d", "\\u{202a}\\u{202b}\\u{202c}\\u{202d}"},
    {"\u2066\u2067\u2068\u2069", "\\u{2066}\\u{2067}\\u{2068}\\u{2069}"},
    {"\u206a\u206f", "\\u{206a}\\u{206f}"},
    {"a\u200bb\u200cc\u200dd\u2060e\ufefff", "a\\u{200b}b\\u{200c}c\\u{200d}d\\u{2060}e\\u{feff}f"},
    {"\u00ad\u034f\u180e\u115f\u3164", "\\u{ad}\\u{34f}\\u{180e}\\u{115f}\\u{3164}"},
    {"\u2028\u2029", "\\u{2028}\\u{2029}"},
    {"\U000E0041\U000E007F\U000E0001", "\\u{e0041}\\u{e007f}\\u{e0001}"},
    {"\ufe0f\U000E0100", "\\u{fe0f}\\u{e0100}"},
    {"\ufff9\ufffb", "\\u{fff9}\\u{fffb}"},
    {"\uffff\U0010FFFF\ufdd0", "\\u{ffff}\\u{10ffff}\\u{fdd0}"},
    {"a\xff"
     "b\xc3",
     "a\\xffb\\xc3"},
    {"\xc0\x9b", "\\xc0\\x9b"}, /* over-long ESC's kin */
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},
    {"\xf0\x9f\x98", "\\xf0\\x9f\\x98"},
    {"\ufffd", "\ufffd"},
    {"\\n", "\\n"},
};
#define SHOWS ((int)(sizeof shows / sizeof shows[0]))

START_TEST(a_terminal_sees_it_and_obeys_nothing)
{
    utf8_put_visible(&out, shows[_i].text, strlen(shows[_i].text), 0);
    ck_assert_str_eq(buffer_string(&out), shows[_i].shown);
}
END_TEST

START_TEST(a_nul_byte_is_shown)
{
    utf8_put_visible(&out, "a\0b", 3, 0);
    utf8_put_visible(&out, NULL, 0, 0);
    ck_assert_str_eq(buffer_string(&out), "a\\x00b");
}
END_TEST

static const struct {
    const char *text;
    size_t width;
    const char *shown;
} cuts[] = {
    {"", 1, ""},
    {"a", 1, "a"},
    {"ab", 1, "…"},
    {"ab", 2, "ab"},
    {"abc", 2, "a…"},
    {"campana", 7, "campana"},
    {"campanas", 7, "campan…"},
    {"año nuevo", 4, "año…"},
    {"año", 3, "año"},
    {"手機", 4, "手機"},
    {"手機x", 4, "手…"},
    {"手機", 3, "手…"},
    {"手機", 2, "…"},
    {"手", 1, "…"},
    {"a手", 2, "a…"},
    {"ab\u0301", 2, "ab\u0301"},
    {"ab\u0301c", 2, "a…"},
    {"a\u0301bc", 2, "a\u0301…"},
    {"a\nb", 4, "a\\nb"},
    {"a\nb", 3, "a…"}, /* an escape is never cut */
    {"\x1b", 4, "\\x1b"},
    {"\x1b", 3, "…"},
    {"ab\u202e", 9, "ab…"},
    {"ab\u202e", 10, "ab\\u{202e}"},
    {"\xff\xff", 7, "\\xff…"},
};
#define CUTS ((int)(sizeof cuts / sizeof cuts[0]))

START_TEST(what_does_not_fit_ends_in_an_ellipsis)
{
    buffer_puts(&out, "手");
    utf8_put_visible(&out, cuts[_i].text, strlen(cuts[_i].text), cuts[_i].width);
    ck_assert_str_eq(buffer_string(&out) + 3, cuts[_i].shown);
}
END_TEST

static bool is_terrible(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
           (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

START_TEST(of_all_characters_none_that_a_terminal_obeys_gets_through)
{
    int hidden = 0;
    for (uint32_t c = 0; c < CODE_POINTS; c++) {
        if (is_surrogate(c))
            continue;
        buffer_clear(&other);
        buffer_clear(&out);
        utf8_put(&other, c);
        utf8_put_visible(&out, other.data, other.len, 0);
        bool as_is = slice_equal(buffer_slice(&out), buffer_slice(&other));
        if (!as_is && out.data[0] != '\\')
            ck_abort_msg("U+%04X is neither shown nor escaped", c);
        if (as_is && is_terrible(c))
            ck_abort_msg("U+%04X gets through", c);
        hidden += !as_is;
    }
    ck_assert_int_lt(hidden, 5000); /* what people write is shown */
}
END_TEST

START_TEST(random_bytes_are_shown_within_the_width_as_utf8_without_controls)
{
    random_state = 3;
    for (int round = 0; round < 20000; round++) {
        size_t width = random_below(20);
        size_t len = 1 + random_below(30);
        bool noise = random_below(2) == 0;
        buffer_clear(&other);
        if (noise)
            for (size_t i = 0; i < len; i++)
                buffer_put(&other, (char)random_below(256));
        else
            put_random_text(&other);
        char *exact = malloc(other.len + 1);
        ck_assert_ptr_nonnull(exact);
        if (other.len > 0)
            memcpy(exact, other.data, other.len);
        buffer_clear(&out);
        utf8_put_visible(&out, exact, other.len, width);
        free(exact);
        ck_assert(utf8_valid(out.data, out.len));
        if (width > 0)
            ck_assert_uint_le(utf8_width(out.data, out.len), width);
        for (size_t at = 0; at < out.len;) {
            uint32_t character;
            at += utf8_next(out.data + at, out.len - at, &character);
            if (is_terrible(character))
                ck_abort_msg("U+%04X gets through", character);
        }
        /* Shown once, it is shown the same again. */
        buffer_clear(&other);
        utf8_put_visible(&other, out.data, out.len, width);
        ck_assert(slice_equal(buffer_slice(&other), buffer_slice(&out)));
    }
}
END_TEST

START_TEST(a_failed_buffer_stays_failed_and_as_it_was)
{
    static const char text[] = "an\u0303o \u202e";
    utf8_put(&out, 'x');
    out.failed = true;
    utf8_put(&out, 'y');
    utf8_put_nfc(&out, text, strlen(text));
    utf8_put_folded(&out, text, strlen(text));
    utf8_put_visible(&out, text, strlen(text), 3);
    ck_assert(out.failed);
    ck_assert_uint_eq(out.len, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("utf8");
    TCase *tests = tcase_create("utf8");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, open_buffers, close_buffers);
    tcase_add_test(tests, utf8_is_told_from_what_is_not);
    tcase_add_test(tests, utf8_is_told_from_what_is_not_wherever_it_stands_among_ascii);
    tcase_add_test(tests, every_character_is_written_and_read_back);
    tcase_add_test(tests, a_number_that_is_no_character_is_written_as_the_replacement_character);
    tcase_add_test(tests, nothing_holds_no_character);
    tcase_add_test(tests, reading_stays_inside_even_where_the_text_is_not_utf8);
    tcase_add_test(tests, white_space_is_what_unicode_says);
    tcase_add_test(tests, the_base_is_what_is_left_without_accents);
    tcase_add_test(tests, a_base_has_no_further_base);
    tcase_add_loop_test(tests, text_is_composed, 0, COMPOSITIONS);
    tcase_add_test(tests, composing_keeps_nul_bytes);
    tcase_add_test(tests, the_scan_passes_only_what_is_composed);
    tcase_add_test(tests, composing_again_changes_nothing);
    tcase_add_loop_test(tests, a_name_is_folded, 0, NAMES);
    tcase_add_test(tests, no_name_folds_to_nothing);
    tcase_add_test(tests, folding_again_changes_nothing);
    tcase_add_test(tests, a_text_takes_this_many_columns);
    tcase_add_loop_test(tests, a_terminal_sees_it_and_obeys_nothing, 0, SHOWS);
    tcase_add_test(tests, a_nul_byte_is_shown);
    tcase_add_loop_test(tests, what_does_not_fit_ends_in_an_ellipsis, 0, CUTS);
    tcase_add_test(tests, of_all_characters_none_that_a_terminal_obeys_gets_through);
    tcase_add_test(tests, random_bytes_are_shown_within_the_width_as_utf8_without_controls);
    tcase_add_test(tests, a_failed_buffer_stays_failed_and_as_it_was);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
