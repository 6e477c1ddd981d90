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
 * leading apostrophe, Excel's ="…" wrapping, and a trailing ".0" or ",0". `00` before the country code is dropped; a
 * national number gets `country` (with 57: ten digits that start with 3).
 *
 * Returns REASON_NONE and fills `msisdn`, or the NUMBER_* reason and leaves msisdn "". Twelve digits that start with 57
 * must go on with 3: Colombian mobile numbers do, fixed lines (5760…) do not, and narrower prefixes are not checked
 * because such tables go stale. Digits are never guessed, dropped from between letters, or joined from two numbers. */
enum reason phone_normalise(struct slice cell, const char *country, char msisdn[PHONE_BYTES]);

#endif
