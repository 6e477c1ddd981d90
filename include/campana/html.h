/* Text that came from a file, put into HTML so that it is text and nothing else (HTML Living Standard, 13.1). */
#ifndef CAMPANA_HTML_H
#define CAMPANA_HTML_H

#include "campana/buffer.h"

/* Appends the text with & < > " ' as references, for an element's content or a quoted attribute. What a reader could not
 * see or what would turn the direction of writing is written as visible escapes, as utf8_put_visible() does, but for line
 * breaks and for what joins emoji and chooses their looks (U+200D, U+FE0E, U+FE0F). Bytes that are not UTF-8 are shown as
 * escapes. At most `most` characters, then "…"; 0: all. */
void html_put_text(struct buffer *out, struct slice text, size_t most);

/* The same for a whole string. */
void html_put_string(struct buffer *out, const char *text);

/* Appends 'sha256-…', by which a Content-Security-Policy names the one style sheet or script that may act (CSP Level 3,
 * 2.3.1), from 64 hexadecimal digits. */
void html_put_hash_source(struct buffer *out, const char *sha256_hex);

#endif
