/* A short text in a file, as editors write it: a message template. */
#ifndef CAMPANA_TEXTFILE_H
#define CAMPANA_TEXTFILE_H

#include "campana/buffer.h"

struct error;

/* Appends the text as UTF-8, whatever the file's encoding (encoding.h says how that is recognised; *encoding
 * gets its name, static storage). What an editor adds is left out: a byte-order mark and the last line's end.
 * Every line ends in LF. `path`
 * "-" is standard input. Returns -1 with ERROR_INPUT for a file that is missing, longer than `most_bytes`, a
 * document of another kind (foreign.h), of two encodings mixed, or holds a NUL. */
int textfile_read(const char *path, size_t most_bytes, struct buffer *text, const char **encoding,
                  struct error *error);

#endif
