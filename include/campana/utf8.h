/* UTF-8 and Unicode, by libunistring (RFC 3629, Unicode 14): the only includer of its headers. Texts given must be valid
 * UTF-8, except to utf8_valid() and utf8_put_visible(), and may hold NUL bytes. Running out of memory shows in `out`. */
#ifndef CAMPANA_UTF8_H
#define CAMPANA_UTF8_H

#include "campana/buffer.h"
#include <stdbool.h>
#include <stdint.h>

/* Whether the bytes are UTF-8 by RFC 3629: no over-long forms, no surrogates, nothing above U+10FFFF. */
bool utf8_valid(const char *data, size_t len);

/* How many bytes from the beginning are. Adds to *long_characters how many characters in them take more than one. */
size_t utf8_valid_len(const char *data, size_t len, int64_t *long_characters);

/* Decodes the first character of valid UTF-8. Returns how many bytes it takes; 0 where len is 0. */
size_t utf8_next(const char *data, size_t len, uint32_t *code_point);

/* Appends one character; U+FFFD for a number that is none (a surrogate, or above U+10FFFF). */
void utf8_put(struct buffer *out, uint32_t code_point);

/* White space by Unicode's own property: no-break space and line separators included, zero-width space not. */
bool utf8_is_space(uint32_t code_point);

/* The one character left of a decomposition (canonical or compatibility) whose accents are put aside: á → a, ² → 2,
 * full-width Ａ → A. 0 where there is no decomposition, where more than one character is left (½, ﬁ), and where a stroke
 * strikes the base out (≠). */
uint32_t utf8_base(uint32_t code_point);

/* Appends the text in Unicode normalisation form C. Composed Latin text, with the punctuation, currencies and emoji
 * that go with it, costs one scan. */
void utf8_put_nfc(struct buffer *out, const char *data, size_t len);

/* Appends what is left of a name once case, accents, white space, invisible characters, dashes, '_', '.' and ':' are put
 * aside and compatibility forms are plain (NFKD): "Número de Celular" and "NUMERO_DE_CELULAR" both give
 * "numerodecelular", "Nº Teléfono" gives "notelefono". Folding again changes nothing. */
void utf8_put_folded(struct buffer *out, const char *data, size_t len);

/* Columns the text takes on a terminal (Unicode East Asian Width); combining marks take none. */
size_t utf8_width(const char *data, size_t len);

/* Appends the text so that a terminal shows it and obeys nothing in it: control characters (C0, C1, DEL, so escape
 * sequences and line breaks), bidirectional controls (U+061C, U+200E..F, U+202A..E, U+2066..9), zero-width characters,
 * U+2028..9, tags, whatever else Unicode calls a format character, an ignorable one or none at all, and bytes that are
 * not UTF-8 are written as visible escapes: \n, \r, \t, \x1b (ASCII's controls and stray bytes), \u{202e} (the rest). At
 * most `width` columns, escapes never cut; what does not fit ends in "…". Width 0: no limit. */
void utf8_put_visible(struct buffer *out, const char *data, size_t len, size_t width);

#endif
