/* Decides by pairs: the first byte of a letter in UTF-8, read as a letter of its own, and behind it what a
 * byte from 80 to BF is then read as. Spanish has neither Ã nor Â. */
#include "campana/garbled.h"
#include "campana/utf8.h"
#include <stdint.h>
#include <string.h>

#define LEAD_BYTES 2 /* Ã, Â and â take as many in UTF-8 */

/* What Windows-1252 has at 80 to 9F, but for what it leaves undefined. */
static const uint16_t upper_controls[] = {
    0x20AC, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x017D, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x017E, 0x0178, 0xFFFD,
};

static bool is_continuation(uint32_t code_point)
{
    for (size_t i = 0; i < sizeof upper_controls / sizeof *upper_controls; i++)
        if (upper_controls[i] == code_point)
            return true;
    return code_point >= 0x80 && code_point <= 0xBF;
}

/* Nearly every Spanish text has a first byte as these have: the second one is looked at before anything else.
 */
static bool is_garbled_at(const char *data, size_t len)
{
    enum { A_CIRCUMFLEX = 0x82, A_TILDE = 0x83, SMALL_A_CIRCUMFLEX = 0xA2 };
    unsigned char letter = len < LEAD_BYTES ? 0 : (unsigned char)data[1];
    uint32_t second;
    if ((letter != A_CIRCUMFLEX && letter != A_TILDE && letter != SMALL_A_CIRCUMFLEX) ||
        utf8_next(data + LEAD_BYTES, len - LEAD_BYTES, &second) == 0)
        return false;
    return letter == SMALL_A_CIRCUMFLEX ? second == 0x20AC || second == 0x80 : is_continuation(second);
}

bool garbled_is(struct slice text)
{
    const char *end = text.data + text.len;
    const char *at = text.len == 0 ? NULL : memchr(text.data, 0xC3, text.len);
    while (at != NULL && !is_garbled_at(at, (size_t)(end - at)))
        at = memchr(at + 1, 0xC3, (size_t)(end - at - 1));
    return at != NULL;
}
