/* Decides which cells are a number and which only look like one. What is not certain is a reason, never a
 * guess. */
#include "campana/phone.h"
#include "campana/utf8.h"
#include <string.h>

#define DIGITS_MOST     32 /* more than any number; what is behind is not kept */
#define NUMBER_LEAST    7  /* a run of so many digits is a number of its own */
#define NATIONAL_MOBILE '3'

bool phone_country_valid(const char *country)
{
    size_t len = strlen(country);
    return len >= 1 && len <= 3 && strspn(country, "0123456789") == len && country[0] != '0';
}

/* Signs that stand between the digits of one number. */
static bool is_grouping(uint32_t c)
{
    return c == ' ' || c == '\t' || c == '.' || c == '-' || c == '(' || c == ')' || c == '[' || c == ']' ||
           c == 0x00A0 || c == 0x00AD || (c >= 0x2000 && c <= 0x200F) || (c >= 0x2010 && c <= 0x2015) ||
           c == 0x202A || c == 0x202C || c == 0x202F || c == 0x2060 || c == 0x2212 || c == 0x3000 ||
           c == 0xFEFF;
}

/* Signs that stand between two numbers; letters of "y", "o", "and" fall under them where digits surround
 * them. */
static bool is_separator(uint32_t c)
{
    return c == '/' || c == ',' || c == ';' || c == '|' || c == '&' || c == '\n' || c == '\r' || c == '+' ||
           c == '\\';
}

struct reading {
    char digits[DIGITS_MOST + 1];
    size_t count; /* digits seen, also those that were not kept */
    size_t run;   /* digits since the last separator */
    bool plus;    /* a + before the first digit */
    bool separated, several, strange;
};

static void read_digit(struct reading *reading, char digit)
{
    if (reading->count < DIGITS_MOST)
        reading->digits[reading->count] = digit;
    reading->count++;
    reading->run++;
    if (reading->separated && reading->run >= NUMBER_LEAST)
        reading->several = true;
}

static void read_character(struct reading *reading, uint32_t c)
{
    if (c >= '0' && c <= '9') {
        read_digit(reading, (char)c);
    } else if (c == '+' && reading->count == 0 && !reading->plus) {
        reading->plus = true;
    } else if (is_separator(c) || c == 'y' || c == 'Y' || c == 'o' || c == 'O') {
        reading->strange = true;
        if (reading->run >= NUMBER_LEAST)
            reading->separated = true;
        reading->run = 0;
    } else if (!is_grouping(c)) {
        reading->strange = true;
    }
}

static struct slice cut_ends(struct slice cell, const char *front, const char *back)
{
    size_t front_len = strlen(front);
    size_t back_len = strlen(back);
    if (cell.len < front_len + back_len || memcmp(cell.data, front, front_len) != 0 ||
        memcmp(cell.data + cell.len - back_len, back, back_len) != 0)
        return cell;
    return (struct slice){cell.data + front_len, cell.len - front_len - back_len};
}

static struct slice trim(struct slice cell)
{
    while (cell.len > 0 && strchr(" \t\r\n", cell.data[0]) != NULL && cell.data[0] != '\0')
        cell = (struct slice){cell.data + 1, cell.len - 1};
    while (cell.len > 0 && strchr(" \t\r\n", cell.data[cell.len - 1]) != NULL &&
           cell.data[cell.len - 1] != '\0')
        cell.len--;
    return cell;
}

static bool is_digits(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return text.len > 0;
}

/* What spreadsheets put around a number: ="573…", '573…, 573….0. */
static struct slice unwrap(struct slice cell)
{
    cell = trim(cell);
    cell = trim(cut_ends(cell, "=\"", "\""));
    cell = trim(cut_ends(cell, "'", ""));
    struct slice whole = cut_ends(cut_ends(cell, "", ".0"), "", ",0");
    return is_digits(whole) ? whole : cell;
}

/* Digits with a decimal sign and an exponent: 5,73102E+11, 573102E6. */
static bool is_scientific(struct slice cell)
{
    size_t at = 0;
    size_t digits = 0;
    for (; at < cell.len &&
           ((cell.data[at] >= '0' && cell.data[at] <= '9') || cell.data[at] == '.' || cell.data[at] == ',');
         at++)
        digits += cell.data[at] >= '0' && cell.data[at] <= '9';
    if (digits == 0 || at >= cell.len || (cell.data[at] != 'E' && cell.data[at] != 'e'))
        return false;
    at++;
    if (at < cell.len && (cell.data[at] == '+' || cell.data[at] == '-'))
        at++;
    size_t exponent = at;
    while (at < cell.len && cell.data[at] >= '0' && cell.data[at] <= '9')
        at++;
    return at > exponent && at == cell.len;
}

/* The digits as they stand, without the international prefix 00. */
static enum reason judge(const char *digits, size_t count, bool international, const char *country,
                         char msisdn[PHONE_BYTES])
{
    size_t country_len = strlen(country);
    bool national = !international && count + country_len == PHONE_DIGITS;
    bool colombian_national = strcmp(country, "57") == 0;
    if (national && colombian_national && digits[0] != NATIONAL_MOBILE)
        return digits[0] == '6' ? REASON_NUMBER_LANDLINE : REASON_NUMBER_SHORT;
    if (!national && count != PHONE_DIGITS)
        return count < PHONE_DIGITS ? REASON_NUMBER_SHORT : REASON_NUMBER_LONG;
    char whole[PHONE_BYTES] = {0};
    if (national)
        memcpy(whole, country, country_len);
    memcpy(whole + (national ? country_len : 0), digits, count);
    bool colombian = whole[0] == '5' && whole[1] == '7';
    if (whole[0] == '0' || (colombian && whole[2] != NATIONAL_MOBILE))
        return REASON_NUMBER_LANDLINE;
    memcpy(msisdn, whole, PHONE_BYTES);
    return REASON_NONE;
}

enum reason phone_normalise(struct slice cell, const char *country, char msisdn[PHONE_BYTES])
{
    struct reading reading = {0};
    msisdn[0] = '\0';
    cell = unwrap(cell);
    if (is_scientific(cell))
        return REASON_NUMBER_SCIENTIFIC;
    for (size_t at = 0; at < cell.len;) {
        uint32_t character;
        at += utf8_next(cell.data + at, cell.len - at, &character);
        read_character(&reading, character);
    }
    if (reading.several)
        return REASON_NUMBER_SEVERAL;
    if (reading.strange)
        return REASON_NUMBER_CHARACTERS;
    if (reading.count == 0)
        return cell.len == 0 || !reading.plus ? REASON_NUMBER_EMPTY : REASON_NUMBER_CHARACTERS;
    if (reading.count > DIGITS_MOST)
        return REASON_NUMBER_LONG;
    bool zeros = !reading.plus && reading.count > PHONE_DIGITS && strncmp(reading.digits, "00", 2) == 0;
    size_t skip = zeros ? 2 : 0;
    return judge(reading.digits + skip, reading.count - skip, reading.plus || zeros, country, msisdn);
}
