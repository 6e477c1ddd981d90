/* Character encodings of files: recognised, decoded to UTF-8 and written again. By iconv: the only includer
 * of iconv.h.
 *
 * Recognised by a rule that holds up on short files: a byte-order mark first (UTF-8, UTF-16, UTF-32); else,
 * with a zero in nearly every pair of bytes, UTF-16 without its mark; else, valid as UTF-8 from the first
 * byte to the last, UTF-8; else Windows-1252, which Excel's plain "CSV" is in Latin America. One case is
 * neither: more characters that only UTF-8 writes so than bytes that UTF-8 forbids. That is UTF-8 which
 * something else was mixed into; read as Windows-1252, every ñ of it would become Ã±. */
#ifndef CAMPANA_ENCODING_H
#define CAMPANA_ENCODING_H

#include "campana/buffer.h"
#include <stdbool.h>
#include <stdint.h>

struct error;

#define ENCODING_NAME_BYTES 32

/* Looks at a whole file, piece by piece, in constant memory. Zero-initialise. */
struct encoding_scan {
    unsigned char head[4]; /* the first bytes */
    size_t head_len;
    unsigned char tail[4]; /* an unfinished UTF-8 character at the end of the last piece */
    size_t tail_len;
    int64_t bytes;
    int64_t zeros[2];        /* zero bytes in even and odd places near the beginning */
    int64_t long_characters; /* of UTF-8, in more than one byte */
    int64_t invalid_bytes;   /* part of no character of UTF-8 */
};
void encoding_scan_add(struct encoding_scan *scan, const char *data, size_t len);

/* "UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE" or "WINDOWS-1252", and the length of the byte-order
 * mark. */
const char *encoding_scan_result(const struct encoding_scan *scan, size_t *bom_bytes);

/* Whether all of it is valid UTF-8. Where the result is UTF-8 and this is false, decoding it will find the
 * bytes. */
bool encoding_scan_is_utf8(const struct encoding_scan *scan);

/* Whether two names are the same but for case, dashes and underscores: UTF8 and utf-8. */
bool encoding_same_name(const char *a, const char *b);

struct decoder;

/* Decodes from `name` (as iconv knows it, any case) to UTF-8. In Windows-1252 the five bytes that it leaves
 * undefined (81 8D 8F 90 9D) become U+FFFD. Returns -1 with ERROR_INPUT for a name that iconv does not know,
 * and for names with its suffixes (//IGNORE), which drop or change characters. */
int decoder_open(const char *name, struct decoder **decoder, struct error *error);
void decoder_free(struct decoder *decoder);

/* Bytes that stand in the file before what the decoder gets: they count where an error tells a byte's place.
 */
void decoder_skip(struct decoder *decoder, size_t bytes);

/* Appends the decoded text to `out`, in an error's case what stands before the byte at fault. Bytes of a
 * character that is not complete yet are kept for the next call; with `last`, and wherever bytes are not
 * valid, -1 with ERROR_INPUT that tells the byte's place in the input. */
int decoder_add(struct decoder *decoder, struct slice in, bool last, struct buffer *out, struct error *error);

/* Appends UTF-8 text in the encoding `name`; a character that it lacks becomes `?`. */
int encoding_put(struct buffer *out, const char *name, struct slice text, struct error *error);

#endif
