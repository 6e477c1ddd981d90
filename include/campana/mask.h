/* Telephone numbers made unreadable, for reports that go from hand to hand: of twelve digits the first five and the last
 * four stay, 57310•••1111. Pure. Texts are valid UTF-8. */
#ifndef CAMPANA_MASK_H
#define CAMPANA_MASK_H

#include "campana/buffer.h"

/* Appends a number, or the cell that was meant for one. Whatever stands between the digits stays: 31021A1111 becomes
 * 31•••A1111. Fewer than seven digits identify nobody and stay, too: 5,73102E+11. */
void mask_put_number(struct buffer *out, struct slice cell);

/* Appends a text. `number` is masked in it however it is written there (310 211 1111, +57 310-2111111), and so is
 * anything else that looks like a telephone number: ten or more digits in a row, or ten and more in groups that end in a
 * Colombian number. Prices, dates and times stay. */
void mask_put_text(struct buffer *out, struct slice text, struct slice number);

#endif
