/* The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, 6.2.1 and 6.2.1.1), and what stands in for
 * characters that it lacks. A letter with diacritics falls back to its base letter by Unicode's own decomposition; the
 * table here has what that rule does not know. */
#include "campana/text.h"
#include "campana/utf8.h"
#include <stdlib.h>

/* Characters outside ASCII, ascending. */
static const uint16_t basic_beyond_ascii[] = {
    0x00A1, 0x00A3, 0x00A4, 0x00A5, 0x00A7, 0x00BF, 0x00C4, 0x00C5, 0x00C6, 0x00C7, 0x00C9, 0x00D1, 0x00D6,
    0x00D8, 0x00DC, 0x00DF, 0x00E0, 0x00E4, 0x00E5, 0x00E6, 0x00E8, 0x00E9, 0x00EC, 0x00F1, 0x00F2, 0x00F6,
    0x00F8, 0x00F9, 0x00FC, 0x0393, 0x0394, 0x0398, 0x039B, 0x039E, 0x03A0, 0x03A3, 0x03A6, 0x03A8, 0x03A9,
};
#define BASIC_BEYOND_ASCII (sizeof basic_beyond_ascii / sizeof *basic_beyond_ascii)

#define EURO_SIGN 0x20AC

static int compare_characters(const void *key, const void *element)
{
    uint32_t character = *(const uint32_t *)key;
    uint16_t other = *(const uint16_t *)element;
    return character < other ? -1 : character > other;
}

static int ascii_septets(uint32_t character)
{
    switch (character) {
    case '\n': case '\r': return 1;
    case '\f': case '^': case '{': case '}': case '\\': case '[': case '~': case ']': case '|': return 2;
    case '`': return 0;
    default: return character >= 0x20 && character < 0x7F ? 1 : 0;
    }
}

int text_septets(uint32_t code_point)
{
    if (code_point < 0x80)
        return ascii_septets(code_point);
    if (code_point == EURO_SIGN)
        return 2;
    return bsearch(&code_point, basic_beyond_ascii, BASIC_BEYOND_ASCII, sizeof *basic_beyond_ascii,
                   compare_characters) != NULL;
}

struct counterpart {
    uint32_t first, last; /* characters with this counterpart */
    const char *text;
};

/* Ascending. */
static const struct counterpart counterparts[] = {
    {'\t', '\t', " "},        {'`', '`', "'"},          {0x00A0, 0x00A0, " "},    {0x00A2, 0x00A2, "c"},
    {0x00A6, 0x00A6, "|"},    {0x00A8, 0x00A8, "\""},   {0x00A9, 0x00A9, "(c)"},  {0x00AB, 0x00AB, "\""},
    {0x00AD, 0x00AD, ""},     {0x00AE, 0x00AE, "(r)"},  {0x00AF, 0x00AF, "-"},    {0x00B0, 0x00B0, "o"},
    {0x00B1, 0x00B1, "+-"},   {0x00B4, 0x00B4, "'"},    {0x00B5, 0x00B5, "u"},    {0x00B7, 0x00B7, "."},
    {0x00B8, 0x00B8, ","},    {0x00BB, 0x00BB, "\""},   {0x00BC, 0x00BC, "1/4"},  {0x00BD, 0x00BD, "1/2"},
    {0x00BE, 0x00BE, "3/4"},  {0x00D0, 0x00D0, "D"},    {0x00D7, 0x00D7, "x"},    {0x00DE, 0x00DE, "Th"},
    {0x00F0, 0x00F0, "d"},    {0x00F7, 0x00F7, "/"},    {0x00FE, 0x00FE, "th"},   {0x0110, 0x0110, "D"},
    {0x0111, 0x0111, "d"},    {0x0126, 0x0126, "H"},    {0x0127, 0x0127, "h"},    {0x0131, 0x0131, "i"},
    {0x0132, 0x0132, "IJ"},   {0x0133, 0x0133, "ij"},   {0x0138, 0x0138, "k"},    {0x013F, 0x013F, "L"},
    {0x0140, 0x0140, "l"},    {0x0141, 0x0141, "L"},    {0x0142, 0x0142, "l"},    {0x014A, 0x014A, "N"},
    {0x014B, 0x014B, "n"},    {0x0152, 0x0152, "OE"},   {0x0153, 0x0153, "oe"},   {0x0166, 0x0166, "T"},
    {0x0167, 0x0167, "t"},    {0x0192, 0x0192, "f"},    {0x02B9, 0x02BF, "'"},    {0x02C6, 0x02C6, "^"},
    {0x02C8, 0x02C8, "'"},    {0x02CA, 0x02CB, "'"},    {0x02DC, 0x02DC, "~"},    {0x0300, 0x036F, ""},
    {0x1E9E, 0x1E9E, "SS"},   {0x2000, 0x200A, " "},    {0x200B, 0x200D, ""},     {0x2010, 0x2015, "-"},
    {0x2018, 0x201B, "'"},    {0x201C, 0x201F, "\""},   {0x2020, 0x2021, "+"},    {0x2022, 0x2023, "-"},
    {0x2024, 0x2024, "."},    {0x2025, 0x2025, ".."},   {0x2026, 0x2026, "..."},  {0x202F, 0x202F, " "},
    {0x2032, 0x2032, "'"},    {0x2033, 0x2033, "\""},   {0x2035, 0x2035, "'"},    {0x2036, 0x2036, "\""},
    {0x2039, 0x203A, "'"},    {0x203C, 0x203C, "!!"},   {0x2043, 0x2043, "-"},    {0x2044, 0x2044, "/"},
    {0x205F, 0x205F, " "},    {0x2060, 0x2060, ""},     {0x2116, 0x2116, "No"},   {0x2122, 0x2122, "TM"},
    {0x2190, 0x2190, "<-"},   {0x2192, 0x2192, "->"},   {0x2212, 0x2212, "-"},    {0x2215, 0x2215, "/"},
    {0x2219, 0x2219, "."},    {0x2248, 0x2248, "~"},    {0x2260, 0x2260, "!="},   {0x2264, 0x2264, "<="},
    {0x2265, 0x2265, ">="},   {0x25CF, 0x25CF, "-"},    {0x25E6, 0x25E6, "-"},    {0x3000, 0x3000, " "},
    {0x301D, 0x301E, "\""},   {0xFB00, 0xFB00, "ff"},   {0xFB01, 0xFB01, "fi"},   {0xFB02, 0xFB02, "fl"},
    {0xFB03, 0xFB03, "ffi"},  {0xFB04, 0xFB04, "ffl"},  {0xFB05, 0xFB06, "st"},   {0xFE00, 0xFE0F, ""},
    {0xFE58, 0xFE58, "-"},    {0xFEFF, 0xFEFF, ""},     {0xFF40, 0xFF40, "'"},
};

/* In ASCII alone: what the alphabet has and ASCII has not. Letters with diacritics fall back as above. */
static const struct counterpart ascii_counterparts[] = {
    {0x00A1, 0x00A1, ""},     {0x00A3, 0x00A3, "GBP"},  {0x00A4, 0x00A4, "*"},    {0x00A5, 0x00A5, "JPY"},
    {0x00A7, 0x00A7, "S"},    {0x00BF, 0x00BF, ""},     {0x00C6, 0x00C6, "AE"},   {0x00D8, 0x00D8, "O"},
    {0x00DF, 0x00DF, "ss"},   {0x00E6, 0x00E6, "ae"},   {0x00F8, 0x00F8, "o"},    {0x0393, 0x0393, "G"},
    {0x0394, 0x0394, "D"},    {0x0398, 0x0398, "TH"},   {0x039B, 0x039B, "L"},    {0x039E, 0x039E, "X"},
    {0x03A0, 0x03A0, "P"},    {0x03A3, 0x03A3, "S"},    {0x03A6, 0x03A6, "F"},    {0x03A8, 0x03A8, "PS"},
    {0x03A9, 0x03A9, "O"},    {EURO_SIGN, EURO_SIGN, "EUR"},
};

static int compare_ranges(const void *key, const void *element)
{
    uint32_t character = *(const uint32_t *)key;
    const struct counterpart *counterpart = element;
    return character < counterpart->first ? -1 : character > counterpart->last;
}

static const char *look_up(const struct counterpart *table, size_t count, uint32_t character)
{
    const struct counterpart *found = bsearch(&character, table, count, sizeof *table, compare_ranges);
    return found == NULL ? NULL : found->text;
}

/* One printable ASCII character as a string. */
static const char *ascii_string(uint32_t character)
{
    static const char strings[] =
        " \0!\0\"\0#\0$\0%\0&\0'\0(\0)\0*\0+\0,\0-\0.\0/\0" "0\0" "1\0" "2\0" "3\0" "4\0" "5\0" "6\0" "7\0" "8\0" "9\0"
        ":\0;\0<\0=\0>\0?\0@\0" "A\0" "B\0" "C\0" "D\0" "E\0" "F\0G\0H\0I\0J\0K\0L\0M\0N\0O\0P\0Q\0R\0S\0T\0U\0V\0W\0X\0Y\0Z\0"
        "[\0\\\0]\0^\0_\0'\0" "a\0" "b\0" "c\0" "d\0" "e\0" "f\0g\0h\0i\0j\0k\0l\0m\0n\0o\0p\0q\0r\0s\0t\0u\0v\0w\0x\0y\0z\0"
        "{\0|\0}\0~";
    return character < 0x20 || character > 0x7E ? NULL : &strings[(character - 0x20) * 2];
}

const char *text_counterpart(uint32_t code_point, bool ascii)
{
    const char *text = look_up(counterparts, sizeof counterparts / sizeof *counterparts, code_point);
    if (text == NULL && ascii)
        text = look_up(ascii_counterparts, sizeof ascii_counterparts / sizeof *ascii_counterparts, code_point);
    if (text != NULL || code_point < 0x80)
        return text;
    uint32_t base = utf8_base(code_point);
    if (base == 0 || base == code_point)
        return NULL;
    return base < 0x80 ? ascii_string(base) : text_counterpart(base, true);
}
