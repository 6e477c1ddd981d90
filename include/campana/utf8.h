/* UTF-8 and Unicode, by libunistring (RFC 3629, Unicode 14): the only includer of its headers. */
#ifndef CAMPANA_UTF8_H
#define CAMPANA_UTF8_H

#include "campana/buffer.h"
#include <stdbool.h>
#include <stdint.h>

/* Whether the bytes are UTF-8 by RFC 3629: no over-long forms, no surrogates, nothing above U+10FFFF. */
bool utf8_valid(const char *data, size_t len);

/* Decodes the first character of valid UTF-8. Returns how many bytes it takes; 0 where len is 0. */
size_t utf8_next(const char *data, size_t len, uint32_t *code_point);

/* Appends one character. */
void utf8_put(struct buffer *out, uint32_t code_point);

/* The one character that is left of `code_point` once it is decomposed (NFKD) and its combining marks are put aside: á → a,
 * ² → 2, full-width A → A; 0 where it has no decomposition, or more than one character is left. */
uint32_t utf8_base(uint32_t code_point);

/* Appends the text in Unicode normalisation form C. Text that is ASCII or normalised already costs one scan. */
void utf8_put_nfc(struct buffer *out, const char *data, size_t len);

/* Appends what is left of a name once case, accents, white space, '_', '-', '.' and ':' are put aside:
 * "Número de Celular" and "NUMERO_DE_CELULAR" both give "numerodecelular". */
void utf8_put_folded(struct buffer *out, const char *data, size_t len);

/* Columns the text takes on a terminal (Unicode East Asian Width); combining marks take none. */
size_t utf8_width(const char *data, size_t len);

/* Appends the text so that a terminal shows it and obeys nothing in it: control characters (C0, C1, DEL, so escape
 * sequences and line breaks), bidirectional controls (U+061C, U+200E..F, U+202A..E, U+2066..9), zero-width characters,
 * U+2028..9, tags and bytes that are not UTF-8 are written as visible escapes: \n, \t, \x1b, \u{202e}. At most `width`
 * columns; what does not fit ends in "…". Width 0: no limit. */
void utf8_put_visible(struct buffer *out, const char *data, size_t len, size_t width);

#endif
