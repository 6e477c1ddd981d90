/* Quotes in odd places, put right before a CSV parser sees them, so that no row is swallowed by the one
 * before it. Streams; what is well formed (RFC 4180) passes as it is. The rest is read as LibreOffice and
 * Excel read it:
 * - Blanks between a delimiter and an opening quote, and between a closing quote and a delimiter, are
 * dropped: x, "y" ,z.
 * - A quote inside a quoted cell that is neither doubled nor followed by a delimiter or a line end is part of
 * the text: "Hola "Ana", bienvenida". While the quotes of such a cell are even in number, the line's end is
 * the row's: of `1,"5" inches` and `2,x` none becomes part of the other.
 * - Such a quote is ambiguous, most likely because one was never closed, in a cell that goes on over a line's
 * end, and where a delimiter stands between it and the row's end: `1,"5" inches,red`. */
#ifndef CAMPANA_QUOTING_H
#define CAMPANA_QUOTING_H

#include <stdbool.h>
#include <stddef.h>

#define QUOTING_BLANKS_MOST 64 /* more in a row are text like any other */

/* Zero-initialise, then set `delimiter`. */
struct quoting {
    char delimiter;
    enum { QUOTING_CELL_START, QUOTING_PLAIN, QUOTING_QUOTED, QUOTING_QUOTE_SEEN } state;
    bool stray;          /* the quoted cell has a quote that is not doubled */
    bool even;           /* its quotes so far are even in number */
    bool delimiter_seen; /* and a delimiter behind that */
    bool line_break;     /* it goes on over a line's end */
    char blanks[QUOTING_BLANKS_MOST];
    size_t blank_count; /* held back until it is known what follows them */
};

/* Gets what is well formed, piece by piece; len 0 where something is mended in the row that is then being
 * handed on. Returning anything but 0 ends the work with that value; 1 is taken. */
typedef int quoting_sink(void *context, const char *data, size_t len);

#define QUOTING_AMBIGUOUS 1

/* Returns 0, QUOTING_AMBIGUOUS (everything before the cell at fault, and its beginning, went to the sink), or
 * what the sink returned. */
int quoting_add(struct quoting *quoting, const char *data, size_t len, quoting_sink *sink, void *context);

/* Hands on what was held back. */
int quoting_end(struct quoting *quoting, quoting_sink *sink, void *context);

#endif
