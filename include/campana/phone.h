/* Telephone numbers as spreadsheets hold them, made into the gateway's form: 12 digits, country code first (manual,
 * section 1: "Prefijo del país y el Número telefónico"; -4 when there are not 12). */
#ifndef CAMPANA_PHONE_H
#define CAMPANA_PHONE_H

#include "campana/buffer.h"
#include "campana/reason.h"
#include <stdbool.h>

#define PHONE_DIGITS 12
#define PHONE_BYTES  (PHONE_DIGITS + 1)

/* Whether `country` is a country code that --country may name: 1 to 3 digits, not starting with 0 (E.164). */
bool phone_country_valid(const char *country);

/* Reads one cell of valid UTF-8. Accepted around and between the digits: white space (no-break and zero-width spaces
 * among it), dots, dashes of every kind, brackets, slashes only as no separator of two numbers, one leading `+`, a
 * leading apostrophe, Excel's ="…" wrapping, and a fraction of one or two zeros at the end (".0", ",00"). `00` before
 * the country code is dropped; a national number gets `country` (with 57: ten digits that start with 3).
 *
 * Returns REASON_NONE and fills `msisdn`, or the NUMBER_* reason and leaves msisdn "". Twelve digits that start with 57
 * must go on with 3: Colombian mobile numbers do, fixed lines (5760…) do not, and narrower prefixes are not checked
 * because such tables go stale. Digits are never guessed, dropped from between letters, or joined from two numbers:
 * - A 0 in front (03102111111) is refused. It is the trunk prefix in one country and part of the number in another.
 * - A national number with more digits set apart behind it ("3102111111 12", "3102111111.25") is NUMBER_LONG: joined,
 *   they would be the number of a stranger abroad, and an extension or a second ending is likelier. With a + or 00 in
 *   front the same digits are taken at their word.
 * - Countries 1 and 7 have no national numbers here: theirs are 11 digits with the country code, never 12. */
enum reason phone_normalise(struct slice cell, const char *country, char msisdn[PHONE_BYTES]);

/* Appends what is special about a cell that was refused as too short or too long: "9 digits; expected are 10, or 12 with
 * 57 in front". Nothing for other reasons. */
void phone_describe(struct slice cell, const char *country, enum reason reason, struct buffer *out);

#endif
