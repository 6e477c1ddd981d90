/* Character encodings of files: recognised, decoded to UTF-8 and written again. By iconv: the only includer of iconv.h.
 *
 * Recognised by a rule that holds up on short files: a byte-order mark first (UTF-8, UTF-16LE, UTF-16BE); else, valid as
 * UTF-8 from the first byte to the last, UTF-8; else Windows-1252, which Excel's plain "CSV" is in Latin America. */
#ifndef CAMPANA_ENCODING_H
#define CAMPANA_ENCODING_H

#include "campana/buffer.h"
#include <stdbool.h>

struct error;

#define ENCODING_NAME_BYTES 32

/* Looks at a whole file, piece by piece, in constant memory. Zero-initialise. */
struct encoding_scan {
    unsigned char head[4]; /* the first bytes */
    size_t head_len;
    unsigned char tail[4]; /* an unfinished UTF-8 character at the end of the last piece */
    size_t tail_len;
    bool not_utf8;
};
void encoding_scan_add(struct encoding_scan *scan, const char *data, size_t len);

/* "UTF-8", "UTF-16LE", "UTF-16BE" or "WINDOWS-1252", and the length of the byte-order mark. */
const char *encoding_scan_result(const struct encoding_scan *scan, size_t *bom_bytes);

/* What a file is that is no delimited text at all, judged by its first bytes (16 or more where the file has them), with
 * how to save it as CSV: "an Excel workbook (.xlsx): open it in Excel and save it as «CSV UTF-8 (comma delimited)»".
 * Workbooks (PK: xlsx, ods; D0CF11E0: xls), PDF, images (PNG, JPEG, GIF), gzip, SQLite, rich text, HTML. NULL where it
 * may be text. */
const char *encoding_foreign(const char *head, size_t len);

struct decoder;

/* Decodes from `name` (as iconv knows it, any case) to UTF-8. In Windows-1252 the five bytes that it leaves undefined
 * (81 8D 8F 90 9D) become U+FFFD. Returns -1 with ERROR_INPUT for a name that iconv does not know. */
int decoder_open(const char *name, struct decoder **decoder, struct error *error);
void decoder_free(struct decoder *decoder);

/* Appends the decoded text to `out`. Bytes of a character that is not complete yet are kept for the next call; with
 * `last`, and wherever bytes are not valid, -1 with ERROR_INPUT that tells the byte's place in the input. */
int decoder_add(struct decoder *decoder, struct slice in, bool last, struct buffer *out, struct error *error);

/* Appends UTF-8 text in the encoding `name`; a character that it lacks becomes `?`. */
int encoding_put(struct buffer *out, const char *name, struct slice text, struct error *error);

#endif
