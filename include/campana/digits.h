/* Whole numbers as decimal digits, where millions are written and printf's reading of a format would be most of the
 * work. */
#ifndef CAMPANA_DIGITS_H
#define CAMPANA_DIGITS_H

#include "campana/buffer.h"
#include <stdint.h>

/* Appends it, with a minus sign where it is negative. */
void digits_put(struct buffer *out, int64_t number);

/* Writes the lowest `width` digits of a number that is not negative, zeros in front, and no NUL byte. Returns the place
 * behind them. */
char *digits_write(char *text, int number, int width);

#endif
