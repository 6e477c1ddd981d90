/* The dialect of a delimited file, found from its first rows. */
#ifndef CAMPANA_DIALECT_H
#define CAMPANA_DIALECT_H

#include "campana/buffer.h"
#include <stdbool.h>

struct dialect {
    char delimiter;    /* ',' ';' '\t' or '|' when found; any ASCII sign when given */
    size_t skip_bytes; /* length of a first line `sep=;` with its line end, which is not data; else 0 */
    bool named_by_sep; /* such a line named the delimiter */
};

/* `sample` is the beginning of the file as UTF-8, without BOM; it may end anywhere. A first line `sep=;` (also in
 * quotes) decides. Else the delimiter out of , ; tab | under which the first rows (quotes and quoted line breaks
 * respected) have the same number of cells and more than one, and, where several do, the one whose first row has a
 * usual column name, then the one with most cells. A file of one column: ','. Returns -1 where memory ran out. */
int dialect_guess(struct slice sample, struct dialect *dialect);

/* "auto" → '\0'; "tab", "\t", "comma", "semicolon", "pipe" or one ASCII sign that is not a quote, a letter, a digit,
 * a space or a line end → that sign. Returns -1 for anything else. */
int dialect_delimiter_from_name(const char *name, char *delimiter);

/* "comma", "semicolon", "tab", "pipe", else the sign itself as a string (static storage). */
const char *dialect_delimiter_name(char delimiter);

#endif
