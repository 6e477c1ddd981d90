/* The little JSON that campana writes by the million and reads back: strings, and flat arrays of strings and nulls as
 * they stand in message.fields and campaign.columns. Everything else that is JSON is left to SQLite's functions. */
#ifndef CAMPANA_JSON_H
#define CAMPANA_JSON_H

#include "campana/buffer.h"

/* Appends a quoted JSON string (RFC 8259). The bytes must be valid UTF-8; control characters, NUL among them, become
 * \u escapes. */
void json_put_string(struct buffer *out, const char *data, size_t len);

/* Reads on in an array of strings and nulls, such as ["Ana",null,"Bogotá"]. Start with the whole text in `rest`; each
 * call moves `rest` on, and leaves the unescaped string in `value` (cleared first).
 * Returns 1 for a string, 2 for null, 0 at the array's end, -1 when the text is not such an array. */
int json_next(struct slice *rest, struct buffer *value);

#endif
