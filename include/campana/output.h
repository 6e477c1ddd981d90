/* Where results go: standard output, or a file of their own. */
#ifndef CAMPANA_OUTPUT_H
#define CAMPANA_OUTPUT_H

#include "campana/buffer.h"
#include <stddef.h>

struct error;

#define OUTPUT_CLOSED "nobody reads the output any more"

/* Writes to standard output. Returns -1 with ERROR_NONE and OUTPUT_CLOSED where nobody reads it any more
 * (`report | head`): the command has nothing left to do, and that is no failure. */
int output_write(const char *data, size_t len, struct error *error);

/* The same with a buffer that was filled before; its failure is told here. */
int output_buffer(const struct buffer *buffer, struct error *error);

/* The same with words for people: on a terminal long lines are broken at its width. */
int output_text(const struct buffer *buffer, struct error *error);

/* A file that appears whole or not at all: it is written under a temporary name beside it, for its owner
 * alone (0600), and renamed when it is complete and on the disk. A file of that name is replaced; a symbolic
 * link itself is, not what it points to. A directory or a device is refused. */
struct output_file;
int output_file_open(const char *path, struct output_file **file, struct error *error);
int output_file_write(struct output_file *file, const char *data, size_t len, struct error *error);
/* Completes and frees, also after -1. */
int output_file_finish(struct output_file *file, struct error *error);
/* Takes the temporary file away and frees. NULL is taken. */
void output_file_abandon(struct output_file *file);

#endif
