/* Which column holds the telephone number and which the message: by the names that Spanish and English
 * spreadsheets give them, or by the name that the user gave. */
#ifndef CAMPANA_COLUMNS_H
#define CAMPANA_COLUMNS_H

#include "campana/buffer.h"
#include <stdbool.h>

struct error;

enum column_role { COLUMN_PHONE, COLUMN_TEXT };

/* Whether a header is one of the usual names of that role ("celular", "Número de teléfono", "msisdn", "GSM";
 * "mensaje", "texto", "SMS", "SMSText"), case, accents, spaces and underscores aside: 1, 0, or -1 where
 * memory ran out. */
int columns_usual(struct slice name, enum column_role role);

/* Finds the column. `wanted` is the user's name for it (an exact name wins over one that only folds alike; a
 * number that is no name counts columns from 1), or NULL for the usual names, where the list's order decides
 * between two. Returns 0 and *index from 0, or -1 with ERROR_INPUT that says which columns there are and
 * which option names one, or with ERROR_MACHINE where memory ran out: a column that could not be looked at
 * must not make another one the best. */
int columns_find(const struct slice *names, size_t count, enum column_role role, const char *wanted,
                 size_t *index, struct error *error);

/* Another column whose name folds like that of the one at `index`: *place counts from 1, 0: there is none.
 * Returns 0, or -1 with ERROR_MACHINE where memory ran out. */
int columns_find_namesake(const struct slice *names, size_t count, size_t index, size_t *place,
                          struct error *error);

/* Makes names unique as reports show them: an empty name becomes its place counted from 1 ("3"), a repeated
 * one gets "_2", "_3" … `taken` (may be NULL, `taken_count` 0) are names that are gone already. Appends to
 * `out` the `count` names as a JSON array. Running out of memory shows in `out`. */
void columns_put_unique(const struct slice *names, size_t count, const char *const *taken, size_t taken_count,
                        struct buffer *out);

#endif
