#include "campana/digits.h"

#define DIGITS_MOST 20 /* of 2^64 */

void digits_put(struct buffer *out, int64_t number)
{
    char text[DIGITS_MOST + 1];
    char *at = text + sizeof text;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0)
        *--at = '-';
    buffer_append(out, at, (size_t)(text + sizeof text - at));
}

char *digits_write(char *text, int number, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        text[i] = (char)('0' + number % 10);
        number /= 10;
    }
    return text + width;
}
