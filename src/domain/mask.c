/* Decides which digits nobody may read. Invariant: of what is masked, at least three digits are hidden. */
#include "campana/mask.h"
#include "campana/phone.h"
#include "campana/utf8.h"
#include <stdint.h>
#include <string.h>

#define DOT "•"

#define FIRST_SHOWN     5
#define LAST_SHOWN      4
#define LEAST_HIDDEN    3
#define LEAST_DIGITS    (LAST_SHOWN + LEAST_HIDDEN)
#define NATIONAL_DIGITS 10
#define RUN_DIGITS_MOST 64
#define GAP_MOST        3 /* signs between two digits of one number: ") " and a dash */

/* Full-width digits and the like count. */
static bool is_digit(uint32_t character, char *digit)
{
    uint32_t base = character >= 0x80 ? utf8_base(character) : character;
    if (base < '0' || base > '9')
        return false;
    *digit = (char)base;
    return true;
}

/* What people write between the digits of one number. */
static bool is_gap(uint32_t character)
{
    return character == '.' || character == '-' || character == '(' || character == ')' ||
           (character >= 0x2010 && character <= 0x2015) || (character != '\n' && utf8_is_space(character));
}

/* The first digits of a text, and how many there are in all. */
struct digits {
    char of[RUN_DIGITS_MOST + 1];
    size_t count;
};

static void add_digit(struct digits *digits, char digit)
{
    if (digits->count < RUN_DIGITS_MOST)
        digits->of[digits->count] = digit;
    digits->count++;
}

static const char *end_digits(struct digits *digits)
{
    digits->of[digits->count < RUN_DIGITS_MOST ? digits->count : RUN_DIGITS_MOST] = '\0';
    return digits->of;
}

static void read_digits(struct slice text, struct digits *digits)
{
    digits->count = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t character;
        char digit;
        at += utf8_next(text.data + at, text.len - at, &character);
        if (is_digit(character, &digit))
            add_digit(digits, digit);
    }
    end_digits(digits);
}

/* Appends the text with its middle digits hidden, `count` digits being in it. */
static void put_masked(struct buffer *out, struct slice text, size_t count)
{
    size_t first = count - LEAST_DIGITS < FIRST_SHOWN ? count - LEAST_DIGITS : FIRST_SHOWN;
    size_t seen = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t character;
        char digit;
        size_t used = utf8_next(text.data + at, text.len - at, &character);
        bool is = is_digit(character, &digit);
        if (is && seen >= first && seen < count - LAST_SHOWN)
            buffer_puts(out, DOT);
        else
            buffer_append(out, text.data + at, used);
        seen += is;
        at += used;
    }
}

/* Where Excel's exponent begins: 5,73102E+11. */
static size_t exponent_at(struct slice cell)
{
    size_t at = cell.len;
    while (at > 0 && cell.data[at - 1] >= '0' && cell.data[at - 1] <= '9')
        at--;
    if (at == cell.len || at < 2 || cell.data[at - 1] != '+' ||
        (cell.data[at - 2] != 'E' && cell.data[at - 2] != 'e'))
        return cell.len;
    return at - 2;
}

void mask_put_number(struct buffer *out, struct slice cell)
{
    struct digits digits;
    size_t end = exponent_at(cell);
    read_digits((struct slice){cell.data, end}, &digits);
    if (digits.count < LEAST_DIGITS) {
        buffer_append(out, cell.data, cell.len);
        return;
    }
    put_masked(out, (struct slice){cell.data, end}, digits.count);
    buffer_append(out, cell.data + end, cell.len - end);
}

/* Reads the digits that the text begins with and that belong together. Returns the bytes up to the last one.
 */
static size_t read_run(struct slice text, struct digits *run, bool *gaps)
{
    size_t end = 0;
    size_t between = 0;
    run->count = 0;
    *gaps = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t character;
        char digit;
        at += utf8_next(text.data + at, text.len - at, &character);
        if (is_digit(character, &digit)) {
            *gaps = *gaps || between > 0;
            between = 0;
            add_digit(run, digit);
            end = at;
        } else if (!is_gap(character) || ++between > GAP_MOST) {
            break;
        }
    }
    end_digits(run);
    return end;
}

static bool looks_like_a_number(const struct digits *run, bool gaps)
{
    if (run->count < NATIONAL_DIGITS)
        return false;
    if (!gaps || run->count > RUN_DIGITS_MOST)
        return true;
    char first = run->of[run->count - NATIONAL_DIGITS];
    return first == '3' || first == '6';
}

static bool is_part_of(const struct digits *part, const struct digits *whole)
{
    return part->count >= LEAST_DIGITS && strstr(whole->of, part->of) != NULL;
}

void mask_put_text(struct buffer *out, struct slice text, struct slice number)
{
    struct digits own;
    struct digits run;
    bool gaps;
    read_digits(number, &own);
    bool cited = own.count >= LEAST_DIGITS;
    if (own.count == PHONE_DIGITS) {
        memmove(own.of, own.of + PHONE_DIGITS - NATIONAL_DIGITS, NATIONAL_DIGITS + 1);
        own.count = NATIONAL_DIGITS;
    }
    for (size_t at = 0; at < text.len;) {
        struct slice rest = {text.data + at, text.len - at};
        if (cited && number.len <= rest.len && memcmp(rest.data, number.data, number.len) == 0) {
            mask_put_number(out, number);
            at += number.len;
            continue;
        }
        size_t len = read_run(rest, &run, &gaps);
        if (len == 0) {
            uint32_t character;
            len = utf8_next(rest.data, rest.len, &character);
            buffer_append(out, rest.data, len);
        } else if (looks_like_a_number(&run, gaps) || is_part_of(&own, &run) || is_part_of(&run, &own)) {
            put_masked(out, (struct slice){rest.data, len}, run.count);
        } else {
            buffer_append(out, rest.data, len);
        }
        at += len;
    }
}
