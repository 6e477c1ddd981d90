/* Decides which cells are one telephone number and which only look like one. What is not certain is a reason,
 * never a guess: a message to a wrong number is paid for and reaches a stranger.
 *
 * It refuses to know operators and their prefixes, which change. A cell is first written in plain ASCII
 * (put_plain), so that every later rule sees one kind of blank, dash and line break. */
#include "campana/phone.h"
#include "campana/utf8.h"
#include <stdint.h>
#include <string.h>

#define DIGITS        "0123456789"
#define LETTERS       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define GROUPING      " .-()[]"      /* may stand between the digits of one number */
#define SEPARATORS    "/,;|&+\\\r\n" /* may stand between two numbers */
#define CELL_BYTES    256            /* in plain ASCII, runs of blanks counted once */
#define NUMBER_LEAST  7              /* a run of so many digits is a number of its own */
#define EXPONENT_MOST 3              /* digits */
#define MOBILE_FIRST  '3'            /* of a Colombian mobile's ten digits */
#define STRANGE       '?'            /* stands in plain ASCII for what no telephone number has */

static const char colombia[] = "57";

/* ITU-T E.164: the numbers of these world zones have ten digits behind the country code. */
static const char *const eleven_digits[] = {"1", "7"};

/* Between two numbers, as the signs of SEPARATORS. */
static const char *const words[] = {"y", "e", "o", "u", "and", "or"};

/* Blanks and dashes of every kind and line breaks. Blank are also zero-width characters and the marks of
 * direction that telephones wrap a copied number in; those that would show the digits in another order
 * (U+202B, U+202E, U+2067) are not here, and so STRANGE. */
static const struct {
    uint32_t first, last;
    char plain;
} plain_signs[] = {
    {0x0000, 0x0000, STRANGE}, {0x0009, 0x0009, ' '}, {0x0085, 0x0085, '\n'}, {0x00A0, 0x00A0, ' '},
    {0x00AD, 0x00AD, ' '},     {0x1680, 0x1680, ' '}, {0x2000, 0x200F, ' '},  {0x2010, 0x2015, '-'},
    {0x2028, 0x2029, '\n'},    {0x202A, 0x202A, ' '}, {0x202C, 0x202D, ' '},  {0x202F, 0x202F, ' '},
    {0x205F, 0x2060, ' '},     {0x2066, 0x2066, ' '}, {0x2068, 0x2069, ' '},  {0x2212, 0x2212, '-'},
    {0x3000, 0x3000, ' '},     {0xFE58, 0xFE58, '-'}, {0xFE63, 0xFE63, '-'},  {0xFEFF, 0xFEFF, ' '},
    {0xFF0D, 0xFF0D, '-'},
};

bool phone_country_valid(const char *country)
{
    size_t len = strlen(country);
    return len >= 1 && len <= 3 && strspn(country, DIGITS) == len && country[0] != '0';
}

static char plain_sign(uint32_t character)
{
    if (character > '\t' && character < 0x80)
        return (char)character;
    for (size_t i = 0; i < sizeof plain_signs / sizeof *plain_signs; i++)
        if (character >= plain_signs[i].first && character <= plain_signs[i].last)
            return plain_signs[i].plain;
    return character < 0x80 ? (char)character : STRANGE;
}

/* The cell in plain ASCII without blanks in front; what is longer than any number ends in STRANGE. */
static void put_plain(struct slice cell, char plain[CELL_BYTES])
{
    size_t len = 0;
    for (size_t at = 0; at < cell.len;) {
        uint32_t character;
        at += utf8_next(cell.data + at, cell.len - at, &character);
        char sign = plain_sign(character);
        if (sign == ' ' && (len == 0 || plain[len - 1] == ' '))
            continue;
        if (len == CELL_BYTES - 1) {
            plain[len - 1] = STRANGE;
            break;
        }
        plain[len++] = sign;
    }
    plain[len] = '\0';
}

static char *trim(char *text)
{
    text += strspn(text, " \r\n");
    size_t len = strlen(text);
    while (len > 0 && strchr(" \r\n", text[len - 1]) != NULL)
        text[--len] = '\0';
    return text;
}

/* Takes away what spreadsheets put around a number: ="573…", '573…. */
static char *unwrap(char *text)
{
    text = trim(text);
    size_t len = strlen(text);
    if (len >= 3 && strncmp(text, "=\"", 2) == 0 && text[len - 1] == '"') {
        text[len - 1] = '\0';
        text = trim(text + 2);
    }
    return text[0] == '\'' ? trim(text + 1) : text;
}

/* Digits with a decimal sign and an exponent: 5,73102E+11, 573102E6. */
static bool is_scientific(const char *text)
{
    if (strpbrk(text, "eE") == NULL)
        return false;
    text += strspn(text, "+-");
    size_t mantissa = strspn(text, DIGITS ".,");
    if (strcspn(text, DIGITS) >= mantissa)
        return false;
    text += mantissa;
    text += strspn(text, " ");
    if (*text != 'E' && *text != 'e')
        return false;
    text++;
    text += strspn(text, " +-");
    size_t exponent = strspn(text, DIGITS);
    return exponent > 0 && exponent <= EXPONENT_MOST && text[exponent] == '\0';
}

/* 573102111111.0 is a number that went through a column of numbers. A dot or comma that stands elsewhere too
 * is no decimal sign: 310.211.11.00. */
static void drop_fraction(char *text)
{
    size_t len = strlen(text);
    size_t zeros = 0;
    while (zeros < len && text[len - 1 - zeros] == '0')
        zeros++;
    if (zeros < 1 || zeros > 2 || len < zeros + 2)
        return;
    char *sign = text + len - 1 - zeros;
    if ((*sign == '.' || *sign == ',') && strchr(text, *sign) == sign && strspn(sign - 1, DIGITS) > 0)
        *sign = '\0';
}

struct reading {
    char digits[CELL_BYTES];
    size_t count;
    size_t run;             /* digits since the last separator */
    bool apart[CELL_BYTES]; /* apart[n]: something stands behind the nth digit */
    bool plus;              /* a + before the first digit */
    bool slash;             /* within the number */
    bool separated, several, strange;
};

static void read_digit(struct reading *reading, char digit)
{
    reading->digits[reading->count++] = digit;
    reading->run++;
    if (reading->separated && reading->run >= NUMBER_LEAST)
        reading->several = true;
}

static void read_separator(struct reading *reading)
{
    reading->strange = true;
    if (reading->run >= NUMBER_LEAST)
        reading->separated = true;
    reading->run = 0;
}

static bool is_separating_word(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == len && strncasecmp(words[i], word, len) == 0)
            return true;
    return false;
}

static void read_sign(struct reading *reading, char sign)
{
    reading->apart[reading->count] = true;
    if (sign == '+' && reading->count == 0 && !reading->plus)
        reading->plus = true;
    else if (sign == '/' && reading->run > 0 && reading->run < NUMBER_LEAST)
        reading->slash = true;
    else if (strchr(SEPARATORS, sign) != NULL)
        read_separator(reading);
    else if (strchr(GROUPING, sign) == NULL)
        reading->strange = true;
}

static void read_text(struct reading *reading, const char *text)
{
    while (*text != '\0') {
        if (*text >= '0' && *text <= '9') {
            read_digit(reading, *text++);
            continue;
        }
        size_t letters = strspn(text, LETTERS);
        if (letters > 0 && is_separating_word(text, letters))
            read_separator(reading);
        else if (letters > 0)
            reading->strange = true;
        else
            read_sign(reading, *text);
        text += letters > 0 ? letters : 1;
    }
}

/* Digits of a national number, so that there are 12 with the country code; 0: this country has none. */
static size_t national_digits(const char *country)
{
    for (size_t i = 0; i < sizeof eleven_digits / sizeof *eleven_digits; i++)
        if (strcmp(country, eleven_digits[i]) == 0)
            return 0;
    return PHONE_DIGITS - strlen(country);
}

static bool starts_with(const char *digits, const char *prefix)
{
    return strncmp(digits, prefix, strlen(prefix)) == 0;
}

static enum reason judge_national(const char *digits, const char *country)
{
    if (strcmp(country, colombia) != 0 || digits[0] == MOBILE_FIRST)
        return REASON_NONE;
    return starts_with(digits, colombia) ? REASON_NUMBER_SHORT : REASON_NUMBER_LANDLINE;
}

/* Whether the first digits are a whole national number with more behind it: 310 211 1111 12. Where a national
 * number has no first digit to know it by, it must stand unbroken. */
static bool is_national_and_more(const struct reading *reading, const char *country)
{
    size_t national = national_digits(country);
    if (national == 0 || !reading->apart[national])
        return false;
    if (strcmp(country, colombia) == 0)
        return reading->digits[0] == MOBILE_FIRST;
    return memchr(reading->apart + 1, true, national - 1) == NULL;
}

/* Twelve digits without + or 00 whose first are not this country's code: another country's number, or what
 * only looks like one. */
static enum reason judge_foreign(const struct reading *reading, const char *country)
{
    if (reading->slash)
        return REASON_NUMBER_SEVERAL;
    return is_national_and_more(reading, country) ? REASON_NUMBER_LONG : REASON_NONE;
}

static enum reason judge(const struct reading *reading, const char *country, char msisdn[PHONE_BYTES])
{
    bool zeros = !reading->plus && starts_with(reading->digits, "00");
    bool international = reading->plus || zeros;
    const char *digits = reading->digits + (zeros ? 2 : 0);
    size_t count = strlen(digits);
    size_t national = national_digits(country);
    enum reason reason = REASON_NONE;
    char whole[PHONE_BYTES] = "";

    if (digits[0] == '0')
        return count - strspn(digits, "0") < PHONE_DIGITS - strlen(country) ? REASON_NUMBER_SHORT
                                                                            : REASON_NUMBER_LONG;
    if (!international && national > 0 && count == national) {
        reason = judge_national(digits, country);
        memcpy(whole, country, strlen(country));
        memcpy(whole + strlen(country), digits, count);
    } else if (count != PHONE_DIGITS) {
        return count < PHONE_DIGITS ? REASON_NUMBER_SHORT : REASON_NUMBER_LONG;
    } else {
        reason =
            international || starts_with(digits, country) ? REASON_NONE : judge_foreign(reading, country);
        memcpy(whole, digits, count);
    }
    if (reason == REASON_NONE && starts_with(whole, colombia) && whole[strlen(colombia)] != MOBILE_FIRST)
        reason = REASON_NUMBER_LANDLINE;
    if (reason == REASON_NONE)
        memcpy(msisdn, whole, PHONE_BYTES);
    return reason;
}

static bool is_colombian_mobile(const char *digits)
{
    if (digits[0] != MOBILE_FIRST)
        return false;
    for (size_t i = 1; i < PHONE_DIGITS - (sizeof colombia - 1); i++)
        if (digits[i] < '0' || digits[i] > '9')
            return false;
    return true;
}

/* Most cells are a Colombian mobile's twelve digits, as the gateway wants them, or its ten digits where that
 * is the country, and nothing else. The rules come to the same for these; there may be millions. */
static bool stands_ready(struct slice cell, const char *country, char msisdn[PHONE_BYTES])
{
    const size_t code = sizeof colombia - 1;
    size_t there = cell.len == PHONE_DIGITS ? code : 0;
    if (cell.len != PHONE_DIGITS - code + there || memcmp(cell.data, colombia, there) != 0 ||
        (there == 0 && strcmp(country, colombia) != 0) || !is_colombian_mobile(cell.data + there))
        return false;
    memcpy(msisdn, colombia, code);
    memcpy(msisdn + code, cell.data + there, PHONE_DIGITS - code);
    msisdn[PHONE_DIGITS] = '\0';
    return true;
}

enum reason phone_normalise(struct slice cell, const char *country, char msisdn[PHONE_BYTES])
{
    if (stands_ready(cell, country, msisdn))
        return REASON_NONE;
    struct reading reading = {0};
    char plain[CELL_BYTES];
    msisdn[0] = '\0';
    put_plain(cell, plain);
    char *text = unwrap(plain);
    if (is_scientific(text))
        return REASON_NUMBER_SCIENTIFIC;
    drop_fraction(text);
    read_text(&reading, text);
    if (reading.several)
        return REASON_NUMBER_SEVERAL;
    if (reading.strange)
        return REASON_NUMBER_CHARACTERS;
    if (reading.count == 0)
        return reading.plus ? REASON_NUMBER_CHARACTERS : REASON_NUMBER_EMPTY;
    return judge(&reading, country, msisdn);
}

void phone_describe(struct slice cell, const char *country, enum reason reason, struct buffer *out)
{
    size_t digits = 0;
    bool zero = false;
    if (reason != REASON_NUMBER_SHORT && reason != REASON_NUMBER_LONG)
        return;
    for (size_t i = 0; i < cell.len; i++) {
        if (cell.data[i] < '0' || cell.data[i] > '9')
            continue;
        zero = zero || (digits == 0 && cell.data[i] == '0');
        digits++;
    }
    if (zero && digits > 1)
        buffer_printf(out, "a 0 stands in front; write the number without it, or with the country code");
    else if (national_digits(country) > 0)
        buffer_printf(out, "%zu digit%s; expected are %zu, or %d with %s in front", digits,
                      digits == 1 ? "" : "s", national_digits(country), PHONE_DIGITS, country);
    else
        buffer_printf(out, "%zu digit%s; expected are %d with the country code", digits,
                      digits == 1 ? "" : "s", PHONE_DIGITS);
}
