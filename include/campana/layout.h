/* Words laid out for a terminal: wrapped, fitted, counted, cited. */
#ifndef CAMPANA_LAYOUT_H
#define CAMPANA_LAYOUT_H

#include "campana/buffer.h"
#include <stdint.h>

#define LAYOUT_COLUMNS 80 /* what help is wrapped to, whatever the terminal's width */

/* Appends `text` broken at spaces so that no line passes LAYOUT_COLUMNS, if its words allow it, and a line
 * break at its end. The first line starts where the caller stands, in column `column`; the others are
 * indented by `indent`. A line break in the text stays one. */
void layout_put_wrapped(struct buffer *out, const char *text, size_t column, size_t indent);

/* Appends text that was laid out without regard to a terminal's width, so that no line of it passes `columns`, if its words
 * allow it: longer lines are broken at spaces, and go on under the words behind their first wide gap, or a little behind
 * their own indent, or at column `indent` where that is not 0. A command to copy ("campana …" up to a sign that ends it) is
 * kept in one piece where it fits. Fewer than LAYOUT_COLUMNS_LEAST columns: as it is. */
#define LAYOUT_COLUMNS_LEAST 40
void layout_fit(struct buffer *out, const char *text, size_t len, size_t columns, size_t indent);

/* Appends "1 message", "2 messages". */
void layout_put_count(struct buffer *out, int64_t count, const char *singular, const char *plural);

/* Appends text that came from a file or an argument between «quotes», so that a terminal obeys nothing in it.
 * At most `width` columns of it; 0: no limit. */
void layout_put_cited(struct buffer *out, const char *data, size_t len, size_t width);

/* Appends a JSON string of an argument or a file's name, which need not be UTF-8: then as it would be shown.
 */
void layout_put_json(struct buffer *out, const char *word);

#endif
